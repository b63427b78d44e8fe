import {join} from "node:path";
import type {DuckdbEngine} from "../../lib/cube/engines/duckdb.ts";
import {define} from "../cube/define.ts";

/** Sizes of a log, and the form of its two files. */
export interface LogSize {
  readonly events: number;
  readonly units: number;
  readonly format?: "csv" | "parquet";
}

/** Writes `exposures` over 20 days and `events` over 28 into a folder: the same rows every time. */
export async function writeLogs(
  engine: DuckdbEngine,
  folder: string,
  {events, units, format = "csv"}: LogSize
): Promise<void> {
  const time = (salt: number, days: number) =>
    `strftime(TIMESTAMP '2026-01-05' + to_microseconds(CAST(hash(i + ${salt}) % (${days} * 86400) AS BIGINT) * 1000000), '%Y-%m-%d %H:%M:%S')`;
  const options = format === "csv" ? "FORMAT csv, HEADER" : "FORMAT parquet";
  const copy = (select: string, file: string) =>
    engine.run(`COPY (${select}) TO ${engine.dialect.literal(join(folder, `${file}.${format}`))} (${options})`);
  await copy(
    `SELECT i AS user_id, CASE WHEN hash(i) % 2 = 0 THEN 'control' ELSE 'green' END AS variant, ${time(7, 20)} AS ts, ['web', 'ios', 'android'][1 + CAST(hash(i * 3) % 3 AS INTEGER)] AS platform, 'c' || (hash(i * 5) % 8) AS country, CASE WHEN hash(i * 7) % 4 = 0 THEN 'paid' ELSE 'free' END AS plan FROM range(${units}) t(i)`,
    "exposures"
  );
  await copy(
    `SELECT CAST(hash(i) % ${units} AS BIGINT) AS user_id, ${time(11, 28)} AS ts, ['purchase', 'view', 'view', 'search'][1 + CAST(hash(i * 3) % 4 AS INTEGER)] AS event, round(CAST(hash(i * 11) % 100000 AS DOUBLE) / 97, 2) AS amount FROM range(${events}) t(i)`,
    "events"
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

/** What the definitions of a log ask for, and where the log is. */
export interface LogAsked {
  /** The fifth metric, with three dimensions; default: three metrics and two dimensions. */
  readonly last?: "retention" | "quantile";
  readonly format?: "csv" | "parquet";
  /** A connection that has both tables; default: files. */
  readonly connection?: Record<string, unknown>;
}

/** Returns the definitions of an experiment on the logs of `writeLogs`. */
export function logDefinitions({last, format = "csv", connection}: LogAsked = {}): ReturnType<typeof define> {
  const secondary = ["revenue", "views", ...(last === undefined ? [] : ["ratio", last])];
  const used = Object.entries(metrics).filter(([key]) => key === "purchase" || secondary.includes(key));
  const place = (name: string) =>
    connection === undefined ? {path: `${name}.${format}`} : {connection: "warehouse", table: name};
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
        ...place("exposures"),
        unit: "user_id",
        variant: "variant",
        timestamp: "ts",
        dimensions: ["platform", "country", "plan"]
      },
      events: {
        shape: "events",
        ...place("events"),
        unit: "user_id",
        timestamp: "ts",
        event: "event",
        values: ["amount"]
      }
    },
    ...(connection && {connections: {warehouse: connection}})
  });
}
