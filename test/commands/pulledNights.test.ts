import {readFile, rm} from "node:fs/promises";
import {join} from "node:path";
import sqlite from "node-sqlite3-wasm";
import {afterEach, describe, expect, it} from "vitest";
import type {Checkpoint} from "../../lib/cube/store/checkpoint.ts";
import {bytesOf, smallDefinitions} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const sources = `connections: {shop: {engine: sqlite, path: shop.sqlite}}
facts:
  exposed: {shape: exposures, connection: shop, table: exposed, unit: user, variant: arm, timestamp: at}
  events: {shape: events, connection: shop, table: events, unit: user, timestamp: at, event: event, values: [amount]}
`;

/** Runs SQL on the database of the workplace. */
function execute(sql: string): void {
  const database = new sqlite.Database(join(place.dataDir, "shop.sqlite"));
  database.exec(sql);
  database.close();
}

const stamp = (day: number, hour = 10): string =>
  new Date(Date.parse("2026-01-05") + day * 86_400_000 + hour * 3_600_000).toISOString();

/** Adds what came on one day: twenty units, and what half of them bought. */
function addDay(day: number): void {
  const users = Array.from({length: 20}, (_, i) => day * 20 + i);
  const exposed = users.map((i) => `('u${i}', '${i % 2 ? "b" : "a"}', '${stamp(day, i % 20)}')`);
  const events = users.filter((i) => i % 4 < 2).map((i) => `('u${i}', '${stamp(day, 20)}', 'buy', ${(i % 9) + 0.5})`);
  execute(`INSERT INTO exposed VALUES ${exposed.join()}; INSERT INTO events VALUES ${events.join()}`);
}

const checkpoint = async (fact: string): Promise<Checkpoint> =>
  JSON.parse(await readFile(join(place.folder, ".readout", "store", "facts", fact, "checkpoint.json"), "utf8"));

const changedDays = (before: Checkpoint, after: Checkpoint): string[] =>
  Object.keys(after.partitions).filter((day) => before.partitions[day]?.file !== after.partitions[day]?.file);

/** The published bytes are those of a build that has nothing but the memory. */
async function expectClean(): Promise<void> {
  const history = join(place.folder, "history");
  const before = await bytesOf(place.outDir, history);
  await rm(join(place.folder, ".readout"), {recursive: true, force: true});
  await rm(place.outDir, {recursive: true});
  expect((await place.build()).failed).toEqual([]);
  expect(await bytesOf(place.outDir, history)).toEqual(before);
}

describe("readout build from a database that is pulled", () => {
  it("reads what is new, later than the overlap allows for too, and nothing when nothing is", async () => {
    place = await workplace({...smallDefinitions(["one", "two"]), "sources.yaml": sources});
    execute(
      "CREATE TABLE exposed (user TEXT, arm TEXT, at TEXT); CREATE TABLE events (user TEXT, at TEXT, event TEXT, amount REAL)"
    );
    for (let day = 0; day < 9; ++day) addDay(day);
    expect((await place.build()).failed).toEqual([]);
    expect((await place.build()).unchanged).toEqual(["one", "two"]);

    const first = await checkpoint("events");
    addDay(9);
    execute(`INSERT INTO events VALUES ('u141', '${stamp(7, 23)}', 'buy', 3)`);
    expect(await place.build()).toMatchObject({failed: [], unchanged: []});
    const second = await checkpoint("events");
    expect(changedDays(first, second)).toEqual(["2026-01-12", "2026-01-14"]);
    await expectClean();

    // Five days late: the number of rows tells that something is missing, so all are read.
    execute(`INSERT INTO events VALUES ('u41', '${stamp(2, 23)}', 'buy', 3)`);
    expect((await place.build()).failed).toEqual([]);
    const third = await checkpoint("events");
    expect(changedDays(second, third)).toEqual(["2026-01-07"]);
    expect(third.partitions["2026-01-07"]!.rows).toBe(second.partitions["2026-01-07"]!.rows + 1);
    await expectClean();

    execute("DELETE FROM events WHERE user = 'u41'");
    await place.build();
    await expectClean();
  }, 60_000);

  it("keeps the last good readout, marked stale, when the database is not there", async () => {
    place = await workplace({...smallDefinitions(), "sources.yaml": sources});
    execute(
      "CREATE TABLE exposed (user TEXT, arm TEXT, at TEXT); CREATE TABLE events (user TEXT, at TEXT, event TEXT, amount REAL)"
    );
    for (let day = 0; day < 4; ++day) addDay(day);
    await place.build();
    const before = await place.readout("one");
    await rm(join(place.dataDir, "shop.sqlite"));
    expect((await place.build()).exitCode).toBe(1);
    const after = await place.readout("one");
    expect(after.metrics).toEqual(before.metrics);
    expect(after.stale?.reason).toMatch(/missing file of fact (exposed|events)/);
  }, 60_000);
});
