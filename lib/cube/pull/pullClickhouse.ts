import {createWriteStream} from "node:fs";
import {randomUUID} from "node:crypto";
import {join} from "node:path";
import {pipeline} from "node:stream/promises";
import {asyncBufferFromFile, parquetMetadataAsync} from "hyparquet";
import {clickhouse} from "../dialects/clickhouse.ts";
import type {Column} from "../dialects/dialect.ts";
import {duckdb} from "../dialects/duckdb.ts";
import type {ClickhouseOptions} from "../engines/clickhouse.ts";
import {openClickhouse} from "../engines/clickhouse.ts";
import {rowsOf} from "../engines/engine.ts";
import {withRetries} from "../engines/retries.ts";
import {columnOf} from "../scan.ts";
import {scanServer} from "../scanServer.ts";
import type {Pull} from "./pull.ts";
import type {PullRequest} from "./pullOf.ts";
import {chosenColumns, watermarkSql} from "./pullSql.ts";

/** Opens a fact in ClickHouse. Its rows come as Parquet: a stream that was cut off has no end, and is refused. */
export async function pullClickhouse(request: PullRequest, options: ClickhouseOptions): Promise<Pull> {
  const {name, fact} = request;
  const engine = await openClickhouse(options);
  try {
    const relation = await withRetries(() => scanServer(engine, name, fact));
    const chosen = chosenColumns(relation, request).map((column) => ({...column, ...comesAs(column)}));
    const timestamp = fact.timestamp === undefined ? null : columnOf(relation, fact.timestamp, "timestamp");
    const moment =
      timestamp &&
      clickhouse.microseconds(clickhouse.identifier(timestamp.name), timestamp.type, fact.timezone ?? "UTC");
    return {
      fact: name,
      columns: chosen.map(({name: column, as}): Column => ({name: column, type: as})),
      async watermark() {
        const [row] = await withRetries(() => rowsOf(engine, watermarkSql(relation, moment)));
        return {rows: Number(row?.[0] ?? 0), latest: row?.[1] == null ? null : Number(row[1])};
      },
      fetch: (folder, {since} = {}) =>
        withRetries(async () => {
          const path = join(folder, `${randomUUID()}.parquet`);
          const listed = chosen.map(({name: column, sql}) => `${sql} AS ${clickhouse.identifier(column)}`);
          const where =
            since === undefined || moment === null ? "" : ` WHERE ${moment} >= ${since} OR ${moment} IS NULL`;
          const select = `SELECT ${listed.join(", ")} FROM ${relation.sql}${where}`;
          await pipeline(await engine.download(`${select} FORMAT Parquet`), createWriteStream(path, {flags: "wx"}));
          const {num_rows: rows} = await parquetMetadataAsync(await asyncBufferFromFile(path));
          return {sql: `read_parquet([${duckdb.literal(path)}])`, files: [path], rows: Number(rows)};
        }),
      close: () => engine.close()
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** How a column comes over, and the type that DuckDB then has for it. */
function comesAs({name, type}: Column): {sql: string; as: string} {
  const sql = clickhouse.identifier(name);
  const plain = type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/s, "$1").replace(/^Nullable\((.*)\)$/s, "$1");
  if (/^(U?Int(8|16|32)|Int64)$/.test(plain)) return {sql: `CAST(${sql} AS Nullable(Int64))`, as: "BIGINT"};
  if (/^(Float|Decimal|BFloat)/.test(plain)) return {sql: `toFloat64(${sql})`, as: "DOUBLE"};
  if (plain === "Bool") return {sql: `toString(${sql})`, as: "VARCHAR"};
  if (plain.startsWith("DateTime")) return {sql: `toDateTime64(${sql}, 6, 'UTC')`, as: "TIMESTAMP WITH TIME ZONE"};
  if (plain.startsWith("Date")) return {sql: `toDate32(${sql})`, as: "DATE"};
  return {sql: `CAST(${sql} AS Nullable(String))`, as: "VARCHAR"};
}
