import {join} from "node:path";
import {randomUUID} from "node:crypto";
import type {Column} from "../dialects/dialect.ts";
import {postgres} from "../dialects/postgres.ts";
import type {PostgresEngine, PostgresOptions} from "../engines/postgres.ts";
import {openPostgres} from "../engines/postgres.ts";
import {rowsOf} from "../engines/engine.ts";
import {withRetries} from "../engines/retries.ts";
import {scanServer} from "../scanServer.ts";
import {columnOf} from "../scan.ts";
import {csvRelation, openCsvFile} from "./csvFile.ts";
import type {Pull} from "./pull.ts";
import type {PullRequest} from "./pullOf.ts";
import {chosenColumns, watermarkSql} from "./pullSql.ts";

/** Opens a fact in PostgreSQL: its rows come by COPY, in one read-only snapshot per fetch. */
export async function pullPostgres(request: PullRequest, options: PostgresOptions): Promise<Pull> {
  const {name, fact} = request;
  let open: PostgresEngine | null = null;
  /** Runs a task on an open connection, on a new one after it was cut. */
  const connected = <T>(task: (engine: PostgresEngine) => Promise<T>): Promise<T> =>
    withRetries(async () => {
      open ??= await openPostgres(options);
      try {
        return await task(open);
      } catch (error) {
        await open.close();
        open = null;
        throw error;
      }
    });
  const relation = await connected((engine) => scanServer(engine, name, fact));
  const chosen = chosenColumns(relation, request);
  const columns = chosen.map(({name: column, type}): Column => ({
    name: column,
    type: duckdbType(type, column === fact.unit)
  }));
  const timestamp = fact.timestamp === undefined ? null : columnOf(relation, fact.timestamp, "timestamp");
  const moment =
    timestamp && postgres.microseconds(postgres.identifier(timestamp.name), timestamp.type, fact.timezone ?? "UTC");
  return {
    fact: name,
    columns,
    watermark: () =>
      connected(async (engine) => {
        // A snapshot of its own, so that what came since the last one is seen.
        await engine.refresh();
        const [row] = await rowsOf(engine, watermarkSql(relation, moment));
        return {rows: Number(row?.[0] ?? 0), latest: row?.[1] == null ? null : Number(row[1])};
      }),
    fetch: (folder, {since} = {}) =>
      connected(async (engine) => {
        await engine.refresh();
        const file = openCsvFile(join(folder, `${randomUUID()}.csv`));
        try {
          const listed = chosen.map(({name: column, type}) => copied(postgres.identifier(column), type));
          const where = since === undefined || moment === null ? "" : ` WHERE ${sinceSql(timestamp, moment, since)}`;
          const select = `SELECT ${listed.join(", ")} FROM ${relation.sql}${where}`;
          const rows = await engine.copy(`COPY (${select}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)`, file.write);
          await file.end();
          return {sql: csvRelation([file.path], columns), files: [file.path], rows};
        } catch (error) {
          file.abandon();
          throw error;
        }
      }),
    async close() {
      await open?.close();
      open = null;
    }
  };
}

/** The type that DuckDB reads a column with; an id stays the text that it is. */
function duckdbType(type: string, isId: boolean): string {
  if (isId) return "VARCHAR";
  if (/^(smallint|integer|bigint)$/.test(type)) return "BIGINT";
  if (/^(real|double precision|numeric)/.test(type)) return "DOUBLE";
  if (type === "boolean") return "BOOLEAN";
  if (type === "date") return "DATE";
  if (type.startsWith("timestamp")) return type.endsWith("with time zone") ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
  return "VARCHAR";
}

function copied(sql: string, type: string): string {
  if (type === "boolean") return `CAST(${sql} AS text)`;
  // What is before 1 or after 9999 is written in ways that only PostgreSQL reads.
  if (type === "date" || type.startsWith("timestamp"))
    return `CASE WHEN isfinite(${sql}) AND extract(year FROM ${sql}) BETWEEN 1 AND 9999 THEN ${sql} END`;
  return sql;
}

/** Rows at or after a moment, or without one; an index on a timestamp serves. */
function sinceSql(timestamp: Column | null, moment: string, since: number): string {
  if (timestamp?.type !== "timestamp with time zone") return `(${moment} >= ${since} OR ${moment} IS NULL)`;
  const column = postgres.identifier(timestamp.name);
  return `(${column} >= TIMESTAMPTZ '1970-01-01 00:00:00+00' + ${since} * INTERVAL '1 microsecond' OR ${column} IS NULL OR ${column} = '-infinity')`;
}
