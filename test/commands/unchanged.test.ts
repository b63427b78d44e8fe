import {mkdir, readFile, rename, rm, utimes, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {quotedFiles} from "../../lib/commands/inputHash.ts";
import {bytesOf, smallDefinitions, smallExperiment, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const log = smallLog();
const history = (): string => join(place.folder, "history");

describe("readout build when nothing changed", () => {
  it("computes nothing, and leaves the bytes that a clean build gives", async () => {
    place = await workplace(smallDefinitions(["one", "two"]));
    await log.write(place.dataDir);
    expect((await place.build()).unchanged).toEqual([]);
    const before = await bytesOf(place.outDir, history());
    expect(await place.build()).toMatchObject({exitCode: 0, built: ["one", "two"], unchanged: ["one", "two"]});
    expect(await bytesOf(place.outDir, history())).toEqual(before);
    await rm(join(place.folder, ".readout"), {recursive: true});
    expect((await place.build()).unchanged).toEqual([]);
    expect(await bytesOf(place.outDir, history())).toEqual(before);
    await rm(place.outDir, {recursive: true});
    await rm(history(), {recursive: true});
    await place.build();
    expect(await bytesOf(place.outDir, history())).toEqual(before);
  });

  it("computes what a changed byte, word, memory or published file concerns, and only that", async () => {
    place = await workplace({...smallDefinitions(["one", "two"])});
    await log.write(place.dataDir, 9);
    await place.build();
    await writeFile(join(place.dataDir, "experiments/two.yaml"), smallExperiment("two").replace("Experiment", "Trial"));
    expect((await place.build()).unchanged).toEqual(["one"]);
    expect((await place.readout("two")).title).toBe("Trial two");

    await writeFile(join(place.outDir, "one", "path.parquet"), "damaged");
    expect((await place.build()).unchanged).toEqual(["two"]);
    await rm(join(place.outDir, "one", "readout.json"));
    expect((await place.build()).unchanged).toEqual(["two"]);
    await writeFile(join(place.outDir, "one", "more.json"), "{}");
    expect((await place.build()).unchanged).toEqual(["two"]);

    const runs = join(history(), "one.jsonl");
    await writeFile(runs, (await readFile(runs, "utf8")).replace(/"runId":"./, '"runId":"x'));
    expect((await place.build()).unchanged).toEqual(["two"]);

    await log.write(place.dataDir, 10);
    expect((await place.build()).unchanged).toEqual([]);
    expect((await place.readout("one")).changes.some(({what}) => what === "data")).toBe(true);
  });

  it("goes by content: a new time alone changes nothing, new bytes with the old time and size do", async () => {
    place = await workplace(smallDefinitions());
    await log.write(place.dataDir);
    const events = join(place.dataDir, "events.csv");
    const old = new Date("2026-02-01T00:00:00Z");
    await utimes(events, old, old);
    await place.build();
    await utimes(events, new Date("2026-03-01"), new Date("2026-03-01"));
    expect((await place.build()).unchanged).toEqual(["one"]);
    const text = await readFile(events, "utf8");
    await writeFile(events, text.replace(/,buy,1\n/, ",buy,7\n"));
    await utimes(events, old, old);
    expect((await place.build()).unchanged).toEqual([]);
  });

  it("sees a new file of a glob, and a file that is named in a SELECT", async () => {
    const files = smallDefinitions();
    place = await workplace({
      ...files,
      "sources.yaml": `facts:
  exposed: {shape: exposures, path: "days/*.csv", unit: user, variant: arm, timestamp: at}
  events: {shape: events, sql: "SELECT * FROM read_csv('events.csv', all_varchar = true)", unit: user, timestamp: at, event: event, values: [amount]}
`
    });
    await log.write(place.dataDir);
    await mkdir(join(place.dataDir, "days"));
    await rename(join(place.dataDir, "exposures.csv"), join(place.dataDir, "days", "1.csv"));
    expect((await place.build()).failed).toEqual([]);
    expect((await place.build()).unchanged).toEqual(["one"]);
    await writeFile(join(place.dataDir, "days", "2.csv"), "user,arm,at\nnew1,a,2026-01-06T00:00:00Z\n");
    expect((await place.build()).unchanged).toEqual([]);
    await writeFile(
      join(place.dataDir, "events.csv"),
      `${await readFile(join(place.dataDir, "events.csv"), "utf8")}new1,2026-01-06T01:00:00Z,buy,2\n`
    );
    expect((await place.build()).unchanged).toEqual([]);
    expect((await place.build()).unchanged).toEqual(["one"]);
  });

  it("always computes a SELECT with a clock in it, and with force", async () => {
    place = await workplace({
      ...smallDefinitions(),
      "sources.yaml": `facts:
  exposed: {shape: exposures, sql: "SELECT * FROM read_csv('exposures.csv', all_varchar = true) WHERE now() IS NOT NULL", unit: user, variant: arm, timestamp: at}
  events: {shape: events, path: events.csv, unit: user, timestamp: at, event: event, values: [amount]}
`
    });
    await log.write(place.dataDir);
    expect((await place.build()).failed).toEqual([]);
    expect((await place.build()).unchanged).toEqual([]);
  });
});

describe("quotedFiles(sql)", () => {
  it("finds what may be a file in either quotes, not plain words", () => {
    expect(quotedFiles(`SELECT 'it''s', "group" FROM read_csv('a/b''s.csv'), "c.parquet", 'd/*'`)).toEqual([
      "a/b's.csv",
      "c.parquet",
      "d/*"
    ]);
  });
});
