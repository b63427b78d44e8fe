import {AsyncDuckDB, VoidLogger} from "@duckdb/duckdb-wasm";
import {arrowOf} from "./arrowOf.ts";
import type {Progress} from "./fetchBytes.ts";
import {identifier} from "./identifier.ts";
import {loadEngine} from "./loadEngine.ts";
import type {ParquetColumns} from "./parquetColumns.ts";
import type {GivenEngine} from "./takeEngine.ts";

/** A statement's result: at most as many rows as asked for, in columns' order. */
export type QueryResult = {
  columns: string[];
  /** What a cell holds: number, text, truth or null. */
  rows: (string | number | boolean | null)[][];
  /** Whether there were more rows than were asked for. */
  cut: boolean;
  milliseconds: number;
};

/** A table as the engine takes it; no stream for one without rows. */
export type PreparedTable = {columns: readonly string[]; stream: Uint8Array | null};

/**
 * Returns columns as the engine takes them: work that needs no engine, so it is done while that is on its way, and in
 * small pieces, because the page hands on what arrives of the engine.
 */
export async function prepareTable({length, columns}: ParquetColumns): Promise<PreparedTable> {
  const pause = () => new Promise((done) => setTimeout(done));
  return {
    columns: Object.keys(columns),
    stream: length === 0 ? null : await arrowOf({columns}, {date: "date", together: "metric", pause})
  };
}

/** DuckDB in this page, with the tables that were put into it. */
export type Database = {
  /** Adds a table; an earlier one of that name must not exist. */
  insert(name: string, table: PreparedTable): Promise<void>;
  /** Refuses everything but reading what is already inside; to be called after the last insert. */
  lock(): Promise<void>;
  query(sql: string, options?: {limit?: number}): Promise<QueryResult>;
  /** Ends the engine at once, with whatever it is doing. */
  close(): Promise<void>;
};

/** The worker that DuckDB will live in, and what rejects once it cannot. */
export type EngineWorker = {worker: Worker; failed: Promise<never>};

/** Starts the worker, without DuckDB's engine: what can be done before a reader asks for that. */
export function startWorker(): EngineWorker {
  const worker = new Worker(import.meta.resolve("./engineWorker.js"), {type: "module"});
  const failed = new Promise<never>((_, reject) =>
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error(`the engine could not be started${event.message ? `: ${event.message}` : ""}`));
    })
  );
  // Until somebody waits for it.
  failed.catch(() => {});
  return {worker, failed};
}

/**
 * Starts DuckDB in a worker: 34 MB of WebAssembly, so only when a reader asks for it.
 *
 * @param options.started a worker that was started before; it is this database's own from now on
 * @throws {Error} in words for a reader if this browser cannot, or the engine cannot be loaded
 */
export async function openDatabase({
  started,
  onProgress = () => {}
}: {started?: EngineWorker | undefined; onProgress?: (progress: Progress) => void} = {}): Promise<Database> {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function")
    throw new Error("this browser does not run WebAssembly, which the SQL console needs");
  const {worker, failed} = started ?? startWorker();
  const database = new AsyncDuckDB(new VoidLogger(), worker);
  try {
    const given = loadEngine(onProgress).then((engine) => worker.postMessage({engine} satisfies GivenEngine));
    await Promise.race([failed, Promise.all([given, database.instantiate("engine")])]);
    await database.open({
      query: {
        castBigIntToDouble: true,
        castDecimalToDouble: true,
        castTimestampToDate: true,
        castDurationToTime64: true
      }
    });
  } catch (error) {
    worker.terminate();
    throw error instanceof Error ? error : new Error(String(error));
  }
  const connection = await database.connect();

  return {
    async insert(name, {columns, stream}) {
      if (stream === null) {
        const texts = columns.map((column) => `${identifier(column)} VARCHAR`);
        await connection.query(`CREATE TABLE ${identifier(name)} (${texts.join(", ")})`);
      } else await connection.insertArrowFromIPCStream(stream, {name, create: true});
    },
    async lock() {
      const settings = [
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true"
      ];
      await connection.query(settings.map((setting) => `SET ${setting};`).join(" "));
    },
    async query(sql, {limit = 10_000} = {}) {
      const start = performance.now();
      const reader = await connection.send(sql);
      const rows: QueryResult["rows"] = [];
      let columns: string[] = [];
      let cut = false;
      for await (const batch of reader) {
        columns = batch.schema.fields.map(({name}) => String(name));
        const vectors = columns.map((_, i) => batch.getChildAt(i));
        const types = batch.schema.fields.map(({type}) => String(type));
        for (let i = 0; i < batch.numRows && !cut; ++i) {
          if (rows.length === limit) cut = true;
          else rows.push(vectors.map((vector, k) => cellOf(vector?.get(i), types[k] ?? "")));
        }
        if (cut) {
          await connection.cancelSent();
          break;
        }
      }
      if (columns.length === 0) columns = reader.schema?.fields.map(({name}) => String(name)) ?? [];
      return {columns, rows, cut, milliseconds: performance.now() - start};
    },
    async close() {
      worker.terminate();
      await Promise.resolve();
    }
  };
}

/** Returns a value as a table shows it; `type` is Arrow's name of the column's type. */
function cellOf(value: unknown, type: string): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (type.startsWith("Interval")) return "cast an interval to text to read it";
  const time = typeof value === "number" || value instanceof Date ? Number(value) : NaN;
  if (/^(Date|Timestamp)/.test(type) && Math.abs(time) <= 8.64e15) {
    const text = new Date(time).toISOString();
    return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.replace("T", " ").replace(/(\.000)?Z$/, "");
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  try {
    return (
      JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? String(value)
    );
  } catch {
    return String(value);
  }
}
