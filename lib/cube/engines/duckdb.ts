import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {DuckDBInstance} from "@duckdb/node-api";
import {duckdbArrays} from "./duckdbArrays.ts";
import type {Column} from "../dialects/dialect.ts";
import {duckdb} from "../dialects/duckdb.ts";
import type {Engine, Value} from "./engine.ts";

export interface DuckdbOptions {
  /** Folder that relative file names in an analyst's SELECT start from; default: the working directory. */
  directory?: string;
  /** Threads; default: one per core. The result is the same at any number. */
  threads?: number;
  /** Whether rows stay in the order that they were added in; slower, and no matter for sums. */
  ordered?: boolean;
  /** Memory beyond which DuckDB writes to a temporary folder, such as 3GB (the default). */
  memory?: string;
}

/** DuckDB inside this process, with what only files need. */
export interface DuckdbEngine extends Engine {
  /** A folder of its own, which is removed when it is closed. */
  readonly scratch: string;
  /** Runs one statement that returns nothing. */
  run(sql: string): Promise<void>;
  /** Makes a database file readable, for this engine's life; returns the name to put before its tables. */
  attach(path: string): Promise<string>;
  /** Adds rows to a table, in its columns' order; texts, doubles and whole numbers of 32 bits (as its types say). */
  append(table: string, rows: Iterable<readonly (string | number | null)[]>): Promise<void>;
}

/**
 * Opens an empty in-memory DuckDB. Nothing is ever downloaded: extensions are neither installed nor loaded on demand.
 * Close it to remove the temporary folder that it spills to.
 */
export async function openDuckdb({
  directory,
  threads,
  ordered = false,
  memory = "3GB"
}: DuckdbOptions = {}): Promise<DuckdbEngine> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0))
    throw new RangeError(`invalid threads; not a positive integer: ${threads}`);
  const spill = await mkdtemp(join(tmpdir(), "readout-"));
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: memory,
    temp_directory: join(spill, "spill"),
    preserve_insertion_order: String(ordered),
    ...(threads === undefined ? {} : {threads: String(threads)})
  });
  const connection = await instance.connect();
  const attached = new Map<string, string>();
  const views = new Set<string>();
  await connection.run("SET TimeZone = 'UTC'");
  if (directory !== undefined) await connection.run(`SET file_search_path = ${duckdb.literal(directory)}`);

  const columns = async (relation: string): Promise<Column[]> => {
    const rows = await (await connection.run(`DESCRIBE SELECT * FROM ${relation}`)).getRowsJS();
    return rows.map((row) => ({name: String(row[0]), type: String(row[1])}));
  };

  return {
    dialect: duckdb,
    scratch: spill,
    async run(sql) {
      await connection.run(sql);
    },
    async table(name, select) {
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${select}`);
    },
    async view(name, select) {
      await connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${select}`);
      views.add(name);
    },
    async drop(name) {
      await connection.run(`DROP ${views.delete(name) ? "VIEW" : "TABLE"} IF EXISTS ${name}`);
    },
    async *query(sql) {
      const result = await connection.stream(sql);
      for await (const rows of result.yieldRowsJs()) yield rows.map((row) => row.map(value));
    },
    columns,
    arrays: duckdbArrays(connection),
    async attach(path) {
      const known = attached.get(path);
      if (known !== undefined) return known;
      const name = `file_${attached.size}`;
      await connection.run(`ATTACH ${duckdb.literal(path)} AS ${name} (READ_ONLY)`);
      attached.set(path, name);
      // So that an analyst's SELECT may name the tables of the file as they are.
      const names = ["memory.main", ...[...attached.values()].map((alias) => `${alias}.main`)];
      await connection.run(`SET search_path = ${duckdb.literal(names.join(","))}`);
      return name;
    },
    async append(table, rows) {
      const types = (await columns(table)).map(({type}) => type);
      const appender = await connection.createAppender(table);
      for (const row of rows) {
        row.forEach((cell, i) => {
          if (cell === null) appender.appendNull();
          else if (types[i] === "VARCHAR") appender.appendVarchar(String(cell));
          else if (types[i] === "INTEGER") appender.appendInteger(Number(cell));
          else appender.appendDouble(Number(cell));
        });
        appender.endRow();
      }
      appender.closeSync();
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(spill, {recursive: true, force: true});
    }
  };
}

function value(of: unknown): Value {
  if (of === null || of === undefined) return null;
  if (typeof of === "string" || typeof of === "number" || typeof of === "bigint" || typeof of === "boolean") return of;
  return of instanceof Date ? of.toISOString() : JSON.stringify(of);
}
