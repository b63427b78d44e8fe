import type {ClientConfig, FieldDef, QueryArrayConfig, QueryArrayResult} from "pg";
import pg from "pg";
import type {Column} from "../dialects/dialect.ts";
import {postgres} from "../dialects/postgres.ts";
import type {Engine, Value} from "./engine.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:port/database, with what libpq knows besides, such as ?sslmode=require. */
  url: string;
  /** Milliseconds after which the server stops a statement. */
  timeout: number;
  /** Memory of one sort or join on the server, such as 256MB (the default). */
  memory?: string;
}

/** PostgreSQL at the other end of a connection. */
export interface PostgresEngine extends Engine {
  /** The schema that an unqualified table is in; null where there is none of that name. */
  schemaOf(table: string): Promise<string | null>;
  /** Begins anew: sees what was written since, and has no temporary tables. */
  refresh(): Promise<void>;
  /** Sends a statement that streams its result as it is (COPY … TO STDOUT); returns the rows that came. */
  copy(sql: string, write: (chunk: Uint8Array) => Promise<void> | null): Promise<number>;
}

/** Tables can only be made in a transaction that may write; whatever reads the data then may not. */
const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE";

/** Rows that come over in one go. */
const batch = 5000;

/**
 * Opens a connection and one transaction on it, that sees the data as they are now. Whatever reads the data runs read
 * only: tables are made empty, and filled in a subtransaction that may only write to temporary tables. Closing drops
 * them and rolls back.
 *
 * @throws {Error} with the server's code, as pg has it
 */
export async function openPostgres({url, timeout, memory = "256MB"}: PostgresOptions): Promise<PostgresEngine> {
  const client = new pg.Client(configOf(url, timeout));
  let lost: Error | null = null;
  client.on("error", (error) => (lost = error));
  let last: Promise<unknown> = Promise.resolve();

  /** One statement after another: a connection has one transaction, and a subtransaction is not to be shared. */
  const alone = <T>(task: () => Promise<T>): Promise<T> => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
  const send = async (text: string, values: unknown[] = []): Promise<QueryArrayResult> => {
    if (lost !== null) throw lost;
    // The extended protocol takes one statement only, whatever the text holds.
    const query: QueryArrayConfig & {queryMode: "extended"} = {
      text,
      values,
      rowMode: "array",
      queryMode: "extended",
      types: {getTypeParser: asText}
    };
    return client.query(query);
  };
  const readOnly = async <T>(task: () => Promise<T>): Promise<T> => {
    await send("SAVEPOINT reading");
    try {
      await send("SET TRANSACTION READ ONLY");
      const found = await task();
      await send("RELEASE SAVEPOINT reading");
      return found;
    } catch (error) {
      await send("ROLLBACK TO SAVEPOINT reading").catch(() => undefined);
      throw error;
    }
  };

  try {
    await client.connect();
    for (const [name, value] of Object.entries(settings(timeout, memory)))
      await send("SELECT set_config($1, $2, false)", [name, value]);
    await send(begin);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }

  return {
    dialect: postgres,
    table: (name, select) =>
      alone(async () => {
        await send(`DROP TABLE IF EXISTS pg_temp.${name}`);
        await send(`CREATE TEMPORARY TABLE ${name} AS ${select} WITH NO DATA`);
        await readOnly(() => send(`INSERT INTO pg_temp.${name} ${select}`));
        await send(`ANALYZE pg_temp.${name}`);
      }),
    drop: (name) => alone(async () => void (await send(`DROP TABLE IF EXISTS pg_temp.${name}`))),
    async *query(sql) {
      let release = (): void => undefined;
      const before = last;
      last = new Promise<void>((resolve) => (release = resolve));
      await before;
      try {
        await send("SAVEPOINT reading");
        await send("SET TRANSACTION READ ONLY");
        await send(`DECLARE reader NO SCROLL CURSOR FOR ${sql}`);
        for (;;) {
          const {rows, fields} = await send(`FETCH ${batch} FROM reader`);
          if (rows.length > 0) yield rows.map((row) => row.map((text: unknown, i) => valueOf(text, fields[i])));
          if (rows.length < batch) break;
        }
      } finally {
        // Nothing was written: undoing ends the cursor and the read-only mode, after an error too.
        await send("ROLLBACK TO SAVEPOINT reading").catch(() => undefined);
        await send("RELEASE SAVEPOINT reading").catch(() => undefined);
        release();
      }
    },
    columns: (relation) =>
      alone(async () => {
        const {fields} = await readOnly(() => send(`SELECT * FROM ${relation} LIMIT 0`));
        return readOnly(() => typed(send, fields));
      }),
    schemaOf: (table) =>
      alone(async () => {
        const found = await send(
          "SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = $1 AND pg_table_is_visible(c.oid) AND c.relpersistence <> 't' AND c.relkind IN ('r', 'v', 'm', 'f', 'p')",
          [table]
        );
        const schema: unknown = found.rows[0]?.[0];
        return typeof schema === "string" ? schema : null;
      }),
    refresh: () =>
      alone(async () => {
        await send("ROLLBACK");
        await send(begin);
      }),
    copy: (sql, write) => alone(() => readOnly(() => copyOut(client, sql, write))),
    async close() {
      await last.catch(() => undefined);
      await client.end().catch(() => undefined);
    }
  };
}

function configOf(url: string, timeout: number): ClientConfig {
  return {
    connectionString: url,
    application_name: "readout",
    connectionTimeoutMillis: Math.min(timeout, 15_000),
    keepAlive: true
  };
}

function settings(timeout: number, memory: string): Record<string, string> {
  return {
    application_name: "readout",
    statement_timeout: String(timeout),
    lock_timeout: String(Math.min(timeout, 30_000)),
    TimeZone: "UTC",
    DateStyle: "ISO, YMD",
    standard_conforming_strings: "on",
    extra_float_digits: "1",
    // A cursor is read to its end.
    cursor_tuple_fraction: "1",
    work_mem: memory
  };
}

async function typed(
  send: (text: string, values: unknown[]) => Promise<QueryArrayResult>,
  fields: readonly FieldDef[]
): Promise<Column[]> {
  const ids = [...new Set(fields.map(({dataTypeID}) => dataTypeID))];
  const {rows} = await send("SELECT oid, format_type(oid, NULL) FROM pg_type WHERE oid = ANY($1::oid[])", [ids]);
  const names = new Map(rows.map(([id, name]) => [Number(id), String(name)]));
  return fields.map(({name, dataTypeID}) => ({name, type: names.get(dataTypeID) ?? "unknown"}));
}

/** Every value comes as text, and is read by `valueOf`. */
function asText(): (text: string) => string {
  return (text) => text;
}

const [boolean, int8, int2, int4, oid, float4, float8, numeric] = [16, 20, 21, 23, 26, 700, 701, 1700];

function valueOf(text: unknown, field: FieldDef | undefined): Value {
  if (typeof text !== "string") return null;
  switch (field?.dataTypeID) {
    case boolean:
      return text === "t";
    case int2:
    case int4:
    case oid:
    case float4:
    case float8:
      return Number(text);
    case int8:
      return BigInt(text);
    case numeric:
      return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
    default:
      return text;
  }
}

/** Streams what a COPY sends; a slow reader slows the server down. */
function copyOut(client: pg.Client, sql: string, write: (chunk: Uint8Array) => Promise<void> | null): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    let failed: Error | null = null;
    const fail = (error: Error): void => void (failed ??= error);
    const waiting = new Set<Promise<void>>();
    const ended = (): void =>
      void Promise.all(waiting).then(() => (failed === null ? resolve(rows) : reject(failed)), reject);
    const submittable = {
      submit: (connection: {query: (text: string) => void}) => void connection.query(sql),
      handleCopyData(message: {chunk: Uint8Array}, connection: {stream: {pause(): void; resume(): void}}) {
        if (failed !== null) return;
        // The driver uses the same memory for what comes next.
        const busy = write(Uint8Array.from(message.chunk));
        if (busy === null) return;
        connection.stream.pause();
        const waited = busy.catch(fail).finally(() => {
          waiting.delete(waited);
          connection.stream.resume();
        });
        waiting.add(waited);
      },
      handleCommandComplete(message: {text: string}) {
        rows = Number(/^COPY (\d+)/.exec(message.text)?.[1] ?? 0);
      },
      handleError(error: Error) {
        fail(error);
        reject(error);
      },
      handleReadyForQuery: ended,
      handleRowDescription: () => undefined,
      handleDataRow: () => undefined,
      handlePortalSuspended: () => undefined,
      handleEmptyQuery: () => undefined
    };
    client.query(submittable);
  });
}
