import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import type {DuckdbEngine} from "../../lib/cube/engines/duckdb.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {momentsAsOf} from "../../lib/cube/reader.ts";
import type {CubeRow} from "../../lib/cube/row.ts";
import {buildOne, freshFolder} from "../../lib/commands/buildOne.ts";
import {emptyMemory} from "../../lib/experiment/history/memory.ts";
import {logDefinitions, writeLogs} from "./logs.ts";
import type {LogSize} from "./logs.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures 10 million events of 1 million units, from CSV to readout.json with the whole daily path (what `readout build
 * --no-store` does of one experiment), against DuckDB's plain `GROUP BY unit, day` over the same file in the same run; cubes
 * from Parquet; the memory; and the reader.
 */
export async function bench({events = 10_000_000, units = 1_000_000} = {}): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "readout-bench-"));
  const engine = await openDuckdb({directory: folder});
  try {
    await writeLogs(engine, folder, {events, units});
    const plain = `SELECT count(*) FROM (SELECT user_id, CAST(ts AS DATE) AS day, count(*), sum(amount) FROM read_csv('events.csv') GROUP BY 1, 2)`;
    const groupBy = await fastest(2, async () => {
      for await (const _ of engine.query(plain));
    });
    const {experiment, definitions} = logDefinitions();
    let published = 0;
    const seconds = await fastest(2, async () => {
      const to = await freshFolder(join(folder, "readout"));
      const options = {dataDir: folder, folder: to, memory: emptyMemory, engine};
      const {readout} = await buildOne(experiment, definitions, options);
      published = readout.files.find(({name}) => name === "path.parquet")?.rows ?? 0;
    });
    const {rows: parquet, path} = await fromParquet(engine, folder, {events, units});
    const reading = await readerMilliseconds(path);
    const memory = process.resourceUsage().maxRSS / 1024 / 1024;
    return [
      {name: "plain GROUP BY unit, day over CSV", value: groupBy, unit: "s"},
      {name: "from CSV to readout.json", value: seconds, unit: "s"},
      {name: "from CSV to readout.json / plain GROUP BY", value: seconds / groupBy, unit: "x", bound: 7},
      ...parquet,
      {name: "peak memory of the process", value: memory, unit: "GB", bound: 4},
      {name: "published path rows", value: published, unit: "rows"},
      {name: "reader, 200,000 rows filtered and crossed", value: reading, unit: "ms", bound: 50}
    ];
  } finally {
    await engine.close();
    await rm(folder, {recursive: true, force: true});
  }
}

/** Five metrics of different kinds and three dimensions, from Parquet, with and without the quantile among them. */
async function fromParquet(
  engine: DuckdbEngine,
  folder: string,
  size: LogSize
): Promise<{rows: Measured[]; path: readonly CubeRow[]}> {
  await writeLogs(engine, folder, {...size, format: "parquet"});
  const plain =
    "SELECT count(*) FROM (SELECT user_id, CAST(ts AS DATE) AS day, count(*), sum(amount) FROM 'events.parquet' GROUP BY 1, 2)";
  const groupBy = await fastest(2, async () => {
    for await (const _ of engine.query(plain));
  });
  const rows: Measured[] = [{name: "plain GROUP BY unit, day over Parquet", value: groupBy, unit: "s"}];
  // Every fourth of the 28 days is asked about, and stands for four.
  const asked = await fastest(1, async () => {
    for (let day = 4; day <= 28; day += 4)
      for (const question of questionsOf(new Date(Date.UTC(2026, 0, 4 + day)).toISOString().slice(0, 10)))
        for await (const _ of engine.query(question));
  });
  rows.push({name: "asking the log per metric and day: 5 x 28 statements", value: 4 * asked, unit: "s"});
  let path: readonly CubeRow[] = [];
  for (const [last, bound] of [
    ["retention", 6],
    ["quantile", 8]
  ] as const) {
    const {experiment, definitions} = logDefinitions({last, format: "parquet"});
    const seconds = await fastest(2, async () => {
      ({path} = await buildCube(experiment, definitions, {dataDir: folder, engine}));
    });
    rows.push({
      name: `five metrics with a ${last} / plain GROUP BY over Parquet`,
      value: seconds / groupBy,
      unit: "x",
      bound
    });
    if (last === "retention")
      rows.push({
        name: "cube / asking the log per metric and day",
        value: seconds / (4 * asked),
        unit: "x",
        bound: 0.05
      });
  }
  return {rows, path};
}

/** What somebody does who has no cube: a statement per metric and day, over the log, by cell. */
function questionsOf(date: string): string[] {
  const until = `TIMESTAMP '${date}' + INTERVAL 1 DAY`;
  const ask = (value: string, {within = "", units = ""}: {within?: string; units?: string} = {}) =>
    `WITH first AS (SELECT user_id, min(CAST(ts AS TIMESTAMP)) AS t, any_value(variant) AS variant, any_value(platform) AS platform, any_value(country) AS country, any_value(plan) AS plan FROM 'exposures.parquet' GROUP BY user_id),
    totals AS (SELECT f.user_id, ${value} AS y FROM first AS f JOIN 'events.parquet' AS e ON e.user_id = f.user_id WHERE CAST(e.ts AS TIMESTAMP) >= f.t AND CAST(e.ts AS TIMESTAMP) < ${until}${within} GROUP BY f.user_id)
    SELECT variant, platform, country, plan, count(*), sum(y), sum(y * y) FROM first AS f LEFT JOIN totals USING (user_id) WHERE f.t < ${until}${units} GROUP BY ALL`;
  const mature = " AND f.t + INTERVAL 7 DAY <= ";
  return [
    ask("1", {
      within: " AND event = 'purchase' AND CAST(e.ts AS TIMESTAMP) < f.t + INTERVAL 7 DAY",
      units: mature + until
    }),
    ask("sum(amount)", {within: " AND event = 'purchase'"}),
    ask("count(*)", {within: " AND event = 'view'"}),
    ask("sum(CASE WHEN event = 'purchase' THEN amount END) / nullif(sum(CASE WHEN event = 'view' THEN 1 END), 0)"),
    ask("1", {
      within: " AND event = 'view' AND CAST(e.ts AS TIMESTAMP) BETWEEN f.t + INTERVAL 1 DAY AND f.t + INTERVAL 8 DAY",
      units: mature + until
    })
  ];
}

async function fastest(times: number, task: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < times; ++i) {
    const start = performance.now();
    await task();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

/** The time of one question to 200,000 rows, made of the cube's own over and over. */
async function readerMilliseconds(rows: Parameters<typeof cubeTable>[0]): Promise<number> {
  const many = Array.from({length: 200_000}, (_, i) => rows[i % rows.length]).filter((row) => row !== undefined);
  const table = cubeTable(many, {dimensions: ["platform", "country"]});
  const ask = async () =>
    void momentsAsOf(table, {metric: "revenue", where: {country: ["c1", "c2", "c3"]}, by: ["platform"]});
  return (await fastest(5, ask)) * 1000;
}
