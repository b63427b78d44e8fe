import {mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {DuckDBInstance} from "@duckdb/node-api";
import {Command} from "commander";
import {afterEach, beforeEach, describe, expect, it, vi} from "vitest";
import {register} from "../../lib/commands/simulate.ts";
import {simulateExperiments} from "../../lib/commands/simulateExperiments.ts";
import {experimentSchema, sourcesSchema} from "../../lib/experiment/definition/definition.ts";
import type {Definitions, Experiment} from "../../lib/experiment/definition/definition.ts";
import {completeExperiment} from "../../lib/experiment/definition/completeExperiment.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "readout-simulate-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, {recursive: true, force: true});
});

const block = {
  seed: 8,
  units: 500,
  entries: "3d",
  days: "5d",
  dimensions: {platform: {ios: 1, web: 1}},
  events: {
    visit: {kind: "repeated", rate: 1, pre: "2d"},
    purchase: {kind: "conversion", probability: 0.3, value: {column: "amount", mean: 20}}
  }
};

function experiment(id: string, simulate?: object): Experiment {
  const written = experimentSchema.parse({
    title: id,
    start: "2026-01-05",
    exposures: "exposures",
    variants: {control: {role: "control", weight: 0.5}, treatment: {weight: 0.5}},
    metrics: {primary: ["purchase"]},
    ...(simulate ? {simulate} : {})
  });
  return completeExperiment(id, written);
}

const definitions = {
  experiments: [experiment("one", block), experiment("two", {...block, seed: 9}), experiment("real")]
};
const read = (id: string, name: string) => readFile(join(folder, id, name));

describe("simulateExperiments(definitions, options)", () => {
  it("writes a folder for each experiment with a simulate block, and nothing else", async () => {
    const logs = await simulateExperiments(definitions, {outDir: folder});
    expect(logs.map(({id, skipped}) => [id, skipped])).toEqual([
      ["one", false],
      ["two", false]
    ]);
    expect((await readdir(folder)).toSorted()).toEqual(["one", "two"]);
    expect((await readdir(join(folder, "one"))).toSorted()).toEqual(["events.csv", "exposures.csv", "simulated.json"]);
    const lines = (await read("one", "events.csv")).toString().trim().split("\n");
    expect(lines[0]).toBe("user_id,ts,event,amount");
    expect(lines.length - 1).toBe(logs[0]?.events);
    expect((await read("one", "exposures.csv")).toString().trim().split("\n")).toHaveLength(501);
  });

  it.each(["csv", "parquet"] as const)("writes the same bytes each time, as %s", async (format) => {
    const options = {outDir: folder, ids: ["one"], format, force: true};
    const names = ["exposures.csv", `events.${format}`, "simulated.json"];
    await simulateExperiments(definitions, options);
    const first = await Promise.all(names.map((name) => read("one", name)));
    await simulateExperiments(definitions, options);
    expect(await Promise.all(names.map((name) => read("one", name)))).toEqual(first);
  });

  it("writes the same rows as Parquet as it does as CSV, in the same order", async () => {
    await simulateExperiments(definitions, {outDir: join(folder, "csv"), ids: ["one"], format: "csv"});
    await simulateExperiments(definitions, {outDir: join(folder, "parquet"), ids: ["one"], format: "parquet"});
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const rows = async (path: string) =>
      (
        await connection.runAndReadAll(
          `SELECT user_id, strftime(ts, '%Y-%m-%d %H:%M:%S.%g') AS ts, event, amount::DOUBLE AS amount FROM '${join(folder, path)}'`
        )
      ).getRowsJson();
    const csv = await rows("csv/one/events.csv");
    expect(csv.length).toBeGreaterThan(1000);
    expect(await rows("parquet/one/events.parquet")).toEqual(csv);
    connection.closeSync();
  });

  it("leaves logs of the same block, makes them again for another one, a damaged file, or by force", async () => {
    const again = async (changed: Pick<Definitions, "experiments">, force = false) =>
      (await simulateExperiments(changed, {outDir: folder, ids: ["one"], force}))[0];
    const first = await again(definitions);
    await utimes(join(folder, "one", "events.csv"), 1, 1);
    expect(await again(definitions)).toEqual({...first, skipped: true});
    expect((await stat(join(folder, "one", "events.csv"))).mtimeMs).toBe(1000);

    const other = {experiments: [experiment("one", {...block, units: 400})]};
    expect(await again(other)).toMatchObject({skipped: false, exposures: 400});
    expect(await again(definitions)).toEqual(first);

    await truncate(join(folder, "one", "events.csv"), 100);
    expect(await again(definitions)).toEqual(first);
    await rm(join(folder, "one", "exposures.csv"));
    expect(await again(definitions)).toEqual(first);
    await writeFile(join(folder, "one", "simulated.json"), "{");
    expect(await again(definitions)).toEqual(first);
    expect(await again(definitions, true)).toEqual(first);
  });

  it("keeps events of one format only, so that no glob finds them twice", async () => {
    await simulateExperiments(definitions, {outDir: folder, ids: ["one"], format: "csv"});
    await simulateExperiments(definitions, {outDir: folder, ids: ["one"], format: "parquet"});
    expect((await readdir(join(folder, "one"))).toSorted()).toEqual([
      "events.parquet",
      "exposures.csv",
      "simulated.json"
    ]);
  });

  it("writes what the sources read", async () => {
    const sources = sourcesSchema.parse({facts: {events: {shape: "events", path: "demo/*/events.parquet"}}});
    await simulateExperiments({...definitions, sources}, {outDir: folder, ids: ["one"]});
    expect(await readdir(join(folder, "one"))).toContain("events.parquet");
  });

  it("tells which experiment it is at", async () => {
    const told: string[] = [];
    const options = {
      outDir: folder,
      onStart: (id: string) => told.push(id),
      onDone: ({id}: {id: string}) => told.push(`${id}!`)
    };
    await simulateExperiments(definitions, options);
    await simulateExperiments(definitions, options);
    expect(told).toEqual(["one", "one!", "two", "two!", "one!", "two!"]);
  });

  it("refuses an unknown id, one without a block, and a wrong block, before anything is written", async () => {
    const run = (ids: string[], experiments = definitions.experiments) =>
      simulateExperiments({experiments}, {dataDir: "data", outDir: join(folder, "new"), ids});
    await expect(run(["one", "tow"])).rejects.toThrow("unknown experiment: tow; did you mean two?");
    await expect(run(["real"])).rejects.toThrow("data/experiments/real.yaml: missing simulate block: real");
    const wrong = [experiment("one", block), experiment("bad", {...block, units: -1, seed: "x"})];
    await expect(run([], wrong)).rejects.toThrow(
      /^data\/experiments\/bad.yaml: invalid simulate block of bad; seed: .*\ndata\/experiments\/bad.yaml: invalid simulate block of bad; units: /
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves no half-written file behind when it cannot write", async () => {
    await simulateExperiments(definitions, {outDir: folder, ids: ["one"]});
    await writeFile(join(folder, "two"), "a file where a folder should be");
    await expect(simulateExperiments(definitions, {outDir: folder})).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect((await readdir(join(folder, "one"))).toSorted()).toEqual(["events.csv", "exposures.csv", "simulated.json"]);
  });
});

describe("readout simulate", () => {
  const command = () => {
    const program = new Command("readout").exitOverride();
    const simulate = program.command("simulate").copyInheritedSettings(program);
    simulate.configureOutput({writeErr: () => {}});
    register(simulate);
    return program;
  };

  it("writes the logs of the experiments that are named, of the demo's definitions", async () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
    await command().parseAsync(["simulate", "no-effect", "--data", "data", "--out", folder], {from: "user"});
    expect(await readdir(folder)).toEqual(["no-effect"]);
    expect((await readdir(join(folder, "no-effect"))).toSorted()).toEqual([
      "events.parquet",
      "exposures.csv",
      "simulated.json"
    ]);
    expect(lines.join("")).toMatch(/no-effect: \d+ exposures, \d+ events/);
  });

  it("refuses a format that it does not know", async () => {
    await expect(command().parseAsync(["simulate", "--format", "xlsx"], {from: "user"})).rejects.toThrow(
      "Allowed choices are csv, parquet"
    );
  });
});
