import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import type {DuckdbEngine} from "../../lib/cube/engines/duckdb.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {publishable} from "../../lib/cube/publish.ts";
import {momentsAsOf} from "../../lib/cube/reader.ts";
import {define} from "../cube/define.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures the cube of 10 million events of 1 million units, from CSV, with the whole daily path, against DuckDB's plain
 * `GROUP BY unit, day` over the same file in the same run; the memory; and the reader.
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
    const {experiment, definitions} = definitionsOf();
    let seconds = Infinity;
    let [path, published] = [0, 0];
    let reading = Infinity;
    for (let i = 0; i < 2; ++i) {
      const start = performance.now();
      const cube = await buildCube(experiment, definitions, {dataDir: folder, engine});
      const publication = publishable(cube);
      const table = cubeTable(publication.path, publication);
      momentsAsOf(table, {metric: "purchase"});
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
      [path, published] = [cube.path.length, publication.path.length];
      reading = await readerMilliseconds(cube.path);
    }
    const parquet = await fromParquet(engine, folder);
    const memory = process.resourceUsage().maxRSS / 1024 / 1024;
    return [
      {name: "plain GROUP BY unit, day over CSV", value: groupBy, unit: "s"},
      {name: "cube from CSV, daily path", value: seconds, unit: "s"},
      {name: "cube / plain GROUP BY", value: seconds / groupBy, unit: "x", bound: 7},
      ...parquet,
      {name: "peak memory of the process", value: memory, unit: "GB", bound: 4},
      {name: "path rows", value: path, unit: "rows"},
      {name: "published path rows", value: published, unit: "rows"},
      {name: "reader, 200,000 rows filtered and crossed", value: reading, unit: "ms", bound: 50}
    ];
  } finally {
    await engine.close();
    await rm(folder, {recursive: true, force: true});
  }
}

/** Five metrics of different kinds and three dimensions, from Parquet, with and without the quantile among them. */
async function fromParquet(engine: DuckdbEngine, folder: string): Promise<Measured[]> {
  for (const name of ["exposures", "events"])
    await engine.run(
      `COPY (SELECT * FROM read_csv('${name}.csv')) TO ${engine.dialect.literal(join(folder, `${name}.parquet`))} (FORMAT parquet)`
    );
  const plain =
    "SELECT count(*) FROM (SELECT user_id, CAST(ts AS DATE) AS day, count(*), sum(amount) FROM 'events.parquet' GROUP BY 1, 2)";
  const groupBy = await fastest(2, async () => {
    for await (const _ of engine.query(plain));
  });
  const rows: Measured[] = [{name: "plain GROUP BY unit, day over Parquet", value: groupBy, unit: "s"}];
  for (const [last, bound] of [
    ["retention", 6],
    ["quantile", 8]
  ] as const) {
    const {experiment, definitions} = definitionsOf({last, format: "parquet"});
    const seconds = await fastest(
      2,
      async () => void (await buildCube(experiment, definitions, {dataDir: folder, engine}))
    );
    rows.push({
      name: `five metrics with a ${last} / plain GROUP BY over Parquet`,
      value: seconds / groupBy,
      unit: "x",
      bound
    });
  }
  return rows;
}

async function writeLogs(engine: DuckdbEngine, folder: string, {events, units}: {events: number; units: number}) {
  const time = (salt: number, days: number) =>
    `strftime(TIMESTAMP '2026-01-05' + to_microseconds(CAST(hash(i + ${salt}) % (${days} * 86400) AS BIGINT) * 1000000), '%Y-%m-%d %H:%M:%S')`;
  const copy = (select: string, file: string) =>
    engine.run(`COPY (${select}) TO ${engine.dialect.literal(join(folder, file))} (FORMAT csv, HEADER)`);
  await copy(
    `SELECT i AS user_id, CASE WHEN hash(i) % 2 = 0 THEN 'control' ELSE 'green' END AS variant, ${time(7, 20)} AS ts, ['web', 'ios', 'android'][1 + CAST(hash(i * 3) % 3 AS INTEGER)] AS platform, 'c' || (hash(i * 5) % 8) AS country, CASE WHEN hash(i * 7) % 4 = 0 THEN 'paid' ELSE 'free' END AS plan FROM range(${units}) t(i)`,
    "exposures.csv"
  );
  await copy(
    `SELECT CAST(hash(i) % ${units} AS BIGINT) AS user_id, ${time(11, 28)} AS ts, ['purchase', 'view', 'view', 'search'][1 + CAST(hash(i * 3) % 4 AS INTEGER)] AS event, round(CAST(hash(i * 11) % 100000 AS DOUBLE) / 97, 2) AS amount FROM range(${events}) t(i)`,
    "events.csv"
  );
}

const metrics = {
  purchase: {kind: "proportion", fact: "events", event: "purchase", window: "7d", covariate: "14d"},
  revenue: {kind: "mean", fact: "events", event: "purchase", value: "amount"},
  views: {kind: "mean", fact: "events", event: "view"},
  ratio: {
    kind: "ratio",
    numerator: {fact: "events", event: "purchase", value: "amount"},
    denominator: {fact: "events", event: "view"}
  },
  retention: {kind: "retention", fact: "events", event: "view", days: [1, 7]},
  quantile: {kind: "quantile", quantile: 0.95, fact: "events", event: "search", value: "amount"}
};

function definitionsOf({last, format = "csv"}: {last?: "retention" | "quantile"; format?: string} = {}) {
  const secondary = ["revenue", "views", ...(last === undefined ? [] : ["ratio", last])];
  const used = Object.entries(metrics).filter(([key]) => key === "purchase" || secondary.includes(key));
  return define({
    experiment: {
      start: "2026-01-05",
      variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
      dimensions: last === undefined ? ["platform", "country"] : ["platform", "country", "plan"],
      metrics: {primary: ["purchase"], secondary}
    },
    metrics: Object.fromEntries(used),
    facts: {
      exposures: {
        shape: "exposures",
        path: `exposures.${format}`,
        unit: "user_id",
        variant: "variant",
        timestamp: "ts",
        dimensions: ["platform", "country", "plan"]
      },
      events: {
        shape: "events",
        path: `events.${format}`,
        unit: "user_id",
        timestamp: "ts",
        event: "event",
        values: ["amount"]
      }
    }
  });
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
