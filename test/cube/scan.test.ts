import {gzipSync} from "node:zlib";
import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {scanFact} from "../../lib/cube/scan.ts";
import {define} from "./define.ts";
import {csv, withFiles} from "./logs.ts";

const rows = [
  ["user_id", "variant", "ts", "platform"],
  ["1", "control", "2026-01-01 10:00:00", "web"],
  ["0012", "green", "2026-01-02 10:00:00", "ios"],
  ["12", "control", "2026-01-02 11:00:00", null],
  ["9007199254740993", "green", "2026-01-03 00:00:00", "web"],
  ["9007199254740992", "control", "2026-01-03 23:59:59", "web"]
];
const text = csv(rows);
const events = csv([
  ["user_id", "ts", "amount"],
  ["9007199254740993", "2026-01-03 00:00:00", 2],
  ["0012", "2026-01-03 09:00:00", 3],
  ["1", "2025-12-31 10:00:00", 4]
]);

function defined(
  exposures: object,
  more: {metrics?: object; connections?: Record<string, unknown>; dimensions?: unknown} = {}
) {
  return define({
    experiment: {
      variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
      dimensions: more.dimensions ?? ["platform"],
      metrics: {primary: ["bought"]}
    },
    metrics: {bought: {kind: "mean", fact: "events", value: "amount", ...more.metrics}},
    facts: {
      exposures: {shape: "exposures", unit: "user_id", variant: "variant", timestamp: "ts", ...exposures},
      events: {shape: "events", path: "events.csv", unit: "user_id", timestamp: "ts", values: ["amount"]}
    },
    ...(more.connections && {connections: more.connections})
  });
}

/** What the five rows say, whatever file they came from. */
async function expectRows(
  exposures: object,
  {
    files = {},
    prepare,
    connections
  }: {
    files?: Record<string, string>;
    prepare?: (folder: string) => Promise<void> | void;
    connections?: Record<string, unknown>;
  } = {}
) {
  const {experiment, definitions} = defined(exposures, connections === undefined ? {} : {connections});
  await withFiles({"events.csv": events, ...files}, async (dataDir) => {
    await prepare?.(dataDir);
    const cube = await buildCube(experiment, definitions, {dataDir});
    const whole = cube.path.filter(({cell}) => cell === null);
    expect(whole.map(({date, variant, n, y, yy}) => [date, variant, n, y, yy])).toEqual([
      ["2026-01-01", "control", 1, 0, 0],
      ["2026-01-02", "control", 1, 0, 0],
      ["2026-01-02", "green", 1, 0, 0],
      ["2026-01-03", "control", 1, 0, 0],
      ["2026-01-03", "green", 1, 5, 13]
    ]);
    expect(new Set(cube.path.flatMap(({cell}) => cell ?? []))).toEqual(new Set(["web", "ios", "unknown"]));
  });
}

async function withDuckdb(task: (engine: Awaited<ReturnType<typeof openDuckdb>>) => Promise<void>) {
  const engine = await openDuckdb();
  try {
    await task(engine);
  } finally {
    await engine.close();
  }
}

describe("scanFact: the same rows from every kind of file", () => {
  it("reads CSV, with ids as text: 0012 is not 12, and 2^53 + 1 is not 2^53", () =>
    expectRows({path: "a.csv"}, {files: {"a.csv": text}}));
  it("reads CSV with CRLF and a semicolon between fields", () =>
    expectRows({path: "a.csv"}, {files: {"a.csv": text.replaceAll("\n", "\r\n").replaceAll(",", ";")}}));
  it("reads TSV", () => expectRows({path: "a.tsv"}, {files: {"a.tsv": text.replaceAll(",", "\t")}}));
  it("reads gzipped CSV", () =>
    expectRows({path: "a.csv.gz"}, {prepare: (folder) => writeFileSync(join(folder, "a.csv.gz"), gzipSync(text))}));
  it("reads JSON lines, numbers as they are written", () => {
    const [names = [], ...data] = rows;
    const lines = data.map((row) => JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]]))));
    return expectRows({path: "a.jsonl"}, {files: {"a.jsonl": lines.join("\n")}});
  });
  it("reads a glob over folders with odd names", () => {
    const lines = text.trim().split("\n");
    const parts = [lines.slice(1, 3), lines.slice(3)].map((part) => [lines[0], ...part].join("\n"));
    return expectRows(
      {path: "o'dd \"logs/*.csv"},
      {
        prepare: (folder) => {
          mkdirSync(join(folder, "o'dd \"logs"));
          parts.forEach((part, i) => writeFileSync(join(folder, "o'dd \"logs", `${i}.csv`), part));
        }
      }
    );
  });
  it("reads a list of files whose columns are ordered differently", () => {
    const [names = [], ...data] = rows;
    const swapped = csv([[...names].reverse(), ...data.slice(2).map((row) => [...row].reverse())]);
    return expectRows(
      {path: ["a.csv", "b.csv"]},
      {files: {"a.csv": csv([names, ...data.slice(0, 2)]), "b.csv": swapped}}
    );
  });
  it("reads Parquet with typed columns", () =>
    expectRows(
      {path: "a.parquet"},
      {
        files: {"a.csv": text},
        prepare: (folder) =>
          withDuckdb((engine) =>
            engine.run(
              `COPY (SELECT user_id, variant, CAST(ts AS TIMESTAMP) AS ts, platform FROM read_csv('${folder}/a.csv', all_varchar = true)) TO '${folder}/a.parquet'`
            )
          )
      }
    ));
  it.each([
    ["at the fact's path", {path: "a.duckdb", table: 'log"s'}, undefined],
    ["at a connection", {connection: "file", table: 'log"s'}, {file: {engine: "duckdb", path: "a.duckdb"}}],
    ["by a SELECT", {connection: "file", sql: 'SELECT * FROM "log""s"'}, {file: {engine: "duckdb", path: "a.duckdb"}}]
  ])("reads a table of a DuckDB file, %s", (_, exposures, connections) =>
    expectRows(exposures, {
      files: {"a.csv": text},
      ...(connections && {connections}),
      prepare: (folder) =>
        withDuckdb(async (engine) => {
          await engine.run(`ATTACH '${folder}/a.duckdb' AS made`);
          await engine.run(
            `CREATE TABLE made."log""s" AS SELECT * FROM read_csv('${folder}/a.csv', all_varchar = true)`
          );
        })
    })
  );
  it("reads a SELECT over files relative to the data folder", () =>
    expectRows({sql: "SELECT * FROM read_csv('a.csv', all_varchar = true) -- all of it"}, {files: {"a.csv": text}}));
});

describe("scanFact: files that cannot be read", () => {
  const failing = (files: Record<string, string>, exposures: object = {path: "a.csv"}) => {
    const {experiment, definitions} = defined(exposures);
    return withFiles({"events.csv": events, ...files}, (dataDir) => buildCube(experiment, definitions, {dataDir}));
  };
  it("names a file that is missing, and a glob without files", async () => {
    await expect(failing({})).rejects.toThrow(/missing file of fact exposures: .*a\.csv/);
    await expect(failing({}, {path: "*.nothing.csv"})).rejects.toThrow(/cannot read fact exposures: .*nothing/);
  });
  it("names a file that is empty", async () => {
    await expect(failing({"a.csv": ""})).rejects.toThrow(/empty file of fact exposures: .*a\.csv/);
  });
  it("names the column that the file lacks, and those that it has", async () => {
    await expect(failing({"a.csv": text.replace("variant", "group")})).rejects.toThrow(
      "missing column of variant in fact exposures (a.csv): variant; its columns are user_id, group, ts, platform"
    );
  });
  it("names the fact of a file that is cut off, or not UTF-8", async () => {
    await expect(failing({"a.csv": `${text}5,gre`})).rejects.toThrow(/cannot read fact exposures/);
    const {experiment, definitions} = defined({path: "a.csv"});
    const latin = Buffer.from(text.replace("ios", "i\u00f6s"), "latin1");
    await withFiles({"events.csv": events}, async (dataDir) => {
      writeFileSync(join(dataDir, "a.csv"), latin);
      await expect(buildCube(experiment, definitions, {dataDir})).rejects.toThrow(/cannot read fact exposures/);
    });
  });
  it("gives an empty cube of a file that has a header only", async () => {
    const cube = await failing({"a.csv": "user_id,variant,ts,platform\n"});
    expect(cube).toMatchObject({asOf: null, path: [], entries: [], units: 0});
  });
  it("says what format it does not know", async () => {
    await expect(failing({"a.xls": text}, {path: "a.xls"})).rejects.toThrow(/unknown format of fact exposures/);
  });

  it("tells about how many rows there are in files of text, by their first lines; not of packed ones", async () => {
    const engine = await openDuckdb();
    try {
      const lines = Array.from({length: 20_000}, (_, i) => [`unit-${i}`, "2026-01-03 00:00:00", i]);
      const log = csv([["user_id", "ts", "amount"], ...lines]);
      await withFiles({"a.csv": log, "b.csv": log}, async (dataDir) => {
        writeFileSync(join(dataDir, "c.csv.gz"), gzipSync(log));
        const fact = defined({path: "exposures.csv"}).definitions.sources.facts["events"];
        if (fact === undefined) throw new Error("missing fact");
        const rowsOfPath = async (path: string) =>
          (await scanFact(engine, "log", {...fact, path}, {dataDir})).rowsAbout?.();
        const two = (await rowsOfPath("?.csv")) ?? 0;
        expect(two / 40_002).toBeGreaterThan(0.95);
        expect(two / 40_002).toBeLessThan(1.1);
        expect(await rowsOfPath("c.csv.gz")).toBeNull();
      });
    } finally {
      await engine.close();
    }
  });
});
