import {AsyncDuckDB, VoidLogger} from "@duckdb/duckdb-wasm";
import {arrowOf} from "./arrowOf.ts";
import {engineBytes} from "./engineBytes.ts";
import type {Progress} from "./fetchBytes.ts";
import {fetchBytes} from "./fetchBytes.ts";
import {identifier} from "./identifier.ts";
import type {ParquetColumns} from "./parquetColumns.ts";

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

/** Returns columns as the engine takes them: work that needs no engine, so it can be done while that is on its way. */
export function prepareTable({length, columns}: ParquetColumns): PreparedTable {
  return {columns: Object.keys(columns), stream: length === 0 ? null : arrowOf({columns})};
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

/**
 * Starts DuckDB in a worker: 34 MB of WebAssembly, so only when a reader asks for it.
 *
 * @throws {Error} in words for a reader if this browser cannot, or the engine cannot be loaded
 */
export async function openDatabase({
  onProgress = () => {}
}: {onProgress?: (progress: Progress) => void} = {}): Promise<Database> {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function")
    throw new Error("this browser does not run WebAssembly, which the SQL console needs");
  const wasm = import.meta.resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
  const script = import.meta.resolve("@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js");
  // The worker would wait for ever for an engine that does not come or is cut short, so the page fetches it.
  const bytes = await fetchBytes(wasm, {onProgress, expected: engineBytes});
  if (bytes.length !== engineBytes || String.fromCharCode(...bytes.subarray(1, 4)) !== "asm")
    throw new Error(`the engine's file is damaged: ${bytes.length} bytes instead of ${engineBytes}`);
  const engine = URL.createObjectURL(new Blob([bytes], {type: "application/wasm"}));
  const worker = new Worker(script, {type: "module"});
  const database = new AsyncDuckDB(new VoidLogger(), worker);
  const failed = new Promise<never>((_, reject) =>
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error(`the engine could not be started${event.message ? `: ${event.message}` : ""}`));
    })
  );
  try {
    await Promise.race([failed, database.instantiate(engine)]);
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
  } finally {
    URL.revokeObjectURL(engine);
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
      for (const setting of [
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true"
      ])
        await connection.query(`SET ${setting}`);
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
