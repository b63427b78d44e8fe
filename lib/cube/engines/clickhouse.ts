import {randomUUID} from "node:crypto";
import type {Readable} from "node:stream";
import {createClient} from "@clickhouse/client";
import type {Column} from "../dialects/dialect.ts";
import {clickhouse} from "../dialects/clickhouse.ts";
import type {Engine, Value} from "./engine.ts";

export interface ClickhouseOptions {
  /** http(s)://user:password@host:8123/database. */
  url: string;
  /** Milliseconds after which the server stops a statement. */
  timeout: number;
}

/** ClickHouse at the other end of HTTP. */
export interface ClickhouseEngine extends Engine {
  /** The database that an unqualified table is in; null where there is none of that name. */
  schemaOf(table: string): Promise<string | null>;
  /** Sends a SELECT with a FORMAT of its own, and streams what comes as it is. */
  download(sql: string): Promise<Readable>;
}

/** What makes ClickHouse's SQL that of the standard. 2 lets a session make temporary tables and change nothing else. */
const standard = {
  readonly: "2",
  join_use_nulls: 1,
  group_by_use_nulls: 1,
  cast_keep_nullable: 1,
  union_default_mode: "DISTINCT",
  prefer_column_name_to_alias: 1,
  session_timezone: "UTC",
  // The answer comes when it is whole, so that what goes wrong halfway is an error and not a short answer.
  wait_end_of_query: 1,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 1
} as const;

/**
 * Opens a session of temporary tables, which end with it. Each fact is read once, into one of them.
 *
 * @throws {Error} with the server's code, as @clickhouse/client has it
 */
export async function openClickhouse({url, timeout}: ClickhouseOptions): Promise<ClickhouseEngine> {
  const seconds = Math.max(1, Math.ceil(timeout / 1000));
  const client = createClient({
    url,
    application: "readout",
    session_id: randomUUID(),
    request_timeout: timeout + 10_000,
    log: {LoggerClass: Silent},
    clickhouse_settings: {...standard, max_execution_time: seconds, http_receive_timeout: seconds}
  });
  let last: Promise<unknown> = Promise.resolve();
  /** One statement after another: a session takes one at a time. */
  const alone = <T>(task: () => Promise<T>): Promise<T> => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
  const command = (query: string) => alone(async () => void (await client.command({query})));
  const rows = (query: string) =>
    alone(async (): Promise<Value[][]> => {
      const answer = await client.query({query, format: "JSONCompactEachRowWithNamesAndTypes"});
      const [, types = [], ...found] = await answer.json<unknown[]>();
      const plain = types.map((type) => plainType(String(type)));
      return found.map((row) => row.map((value, i) => valueOf(value, plain[i] ?? "")));
    });
  return {
    dialect: clickhouse,
    async table(name, select) {
      await command(`DROP TEMPORARY TABLE IF EXISTS ${name}`);
      // A column that a join selects as t.u would be called "t.u" in the table.
      const found = await rows(`DESCRIBE TABLE (${select})`);
      const columns = found.map(([column, type]) => `${String(column).replace(/^\w+\./, "")} ${String(type)}`);
      await command(`CREATE TEMPORARY TABLE ${name} (${columns.join(", ")})`);
      await command(`INSERT INTO ${name} ${select}`);
    },
    drop: (name) => command(`DROP TEMPORARY TABLE IF EXISTS ${name}`),
    async *query(sql) {
      const found = await rows(sql);
      if (found.length > 0) yield found;
    },
    async columns(relation): Promise<Column[]> {
      const found = await rows(`DESCRIBE TABLE (SELECT * FROM ${relation})`);
      return found.map(([name, type]) => ({name: String(name), type: String(type)}));
    },
    async schemaOf(table) {
      const name = clickhouse.literal(table);
      const [found] = await rows(
        `SELECT database FROM system.tables WHERE database = currentDatabase() AND name = ${name} AND NOT is_temporary`
      );
      return typeof found?.[0] === "string" ? found[0] : null;
    },
    download: (query) =>
      alone(async () => {
        // The server need not keep the whole answer until its end.
        const settings = {wait_end_of_query: 0, output_format_parquet_string_as_string: 1} as const;
        const {stream} = await client.exec({query, clickhouse_settings: settings});
        return stream;
      }),
    async close() {
      await last.catch(() => undefined);
      await client.close();
    }
  };
}

/** The client writes failed requests to the console, statements and all; the error that it throws says enough. */
class Silent {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}

function plainType(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1];
  return inner === undefined ? type : plainType(inner);
}

function valueOf(value: unknown, type: string): Value {
  if (value === null || value === undefined) return null;
  if (/^U?Int(64|128|256)$/.test(type)) return BigInt(String(value));
  if (type.startsWith("Float")) return Number(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}
