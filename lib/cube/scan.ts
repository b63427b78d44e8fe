import {closeSync, existsSync, openSync, readSync, statSync} from "node:fs";
import {extname, resolve} from "node:path";
import type {Connection, Definitions, Fact} from "../experiment/definition/definition.ts";
import type {Column} from "./dialects/dialect.ts";
import type {DuckdbEngine} from "./engines/duckdb.ts";
import {rowsOf} from "./engines/engine.ts";
import {enclose} from "./expression.ts";

/** A fact as something that may stand after FROM, and its columns. */
export interface Relation {
  readonly fact: string;
  readonly sql: string;
  readonly columns: readonly Column[];
  /** The analyst's paths, for errors; empty for tables and statements. */
  readonly files: readonly string[];
  /** Whether its columns are not known: any name is taken for one. */
  readonly open?: boolean;
  /** About how many rows it has, where that is quick to tell: of packed text, a table or a statement it is not (null). */
  readonly rowsAbout?: () => Promise<number | null>;
}

export interface ScanOptions {
  /** Folder that paths are relative to. */
  dataDir: string;
  connections?: Readonly<Record<string, Connection>>;
  /** What says which columns are needed of a fact that comes from another system; default: all are. */
  definitions?: Definitions;
  /** Name of a column to add that holds the file of each row; files only. */
  filename?: string;
}

/**
 * Returns the relation of a fact: its files, the table of a DuckDB file, or the analyst's own SELECT. CSV and JSON are
 * read as text, so that a value that is not what it should be can be counted instead of stopping the build.
 *
 * @throws {Error} naming the fact if a file is missing or empty, or cannot be read
 */
export async function scanFact(
  engine: DuckdbEngine,
  name: string,
  fact: Fact,
  {dataDir, connections = {}, definitions, filename}: ScanOptions
): Promise<Relation> {
  const {identifier, literal} = engine.dialect;
  const paths = fact.path === undefined ? [] : [fact.path].flat().map((path) => resolve(dataDir, path));
  const connection = fact.connection === undefined ? undefined : connections[fact.connection];
  if (connection !== undefined && connection.engine !== "duckdb") {
    const {pulledRelation} = await import("./pull/pulledRelation.ts");
    return pulledRelation(engine, name, fact, {connection, dataDir, ...(definitions && {definitions})});
  }
  const database = connection?.path === undefined ? paths.find(isDatabase) : resolve(dataDir, connection.path);
  for (const path of database === undefined ? paths : [database]) checkFile(name, path);

  const alias = database === undefined ? null : await reading(name, () => engine.attach(database));
  const relation = async (): Promise<string> => {
    if (fact.sql !== undefined) return `${enclose(fact.sql, `fact ${name}, sql`)} AS t`;
    if (alias !== null) {
      if (fact.table === undefined)
        throw new Error(`missing table of fact ${name}; a database file needs table or sql`);
      const table = fact.table.split(".").map(identifier).join(".");
      return fact.table.includes(".") ? `${alias}.${table}` : `${alias}.main.${table}`;
    }
    if (paths.length === 0) throw new Error(`missing path of fact ${name}; give path, or connection with table or sql`);
    const files = `[${paths.map(literal).join(", ")}]`;
    const format = fact.format ?? formatOf(name, paths[0] ?? "");
    const named = filename === undefined ? "" : `, filename = ${literal(filename)}`;
    if (format === "parquet") return `read_parquet(${files}, union_by_name = true${named})`;
    if (format === "json") return jsonRelation(engine, files, fact, named);
    const delimiter = format === "tsv" ? "\t" : await delimiterOf(engine, files, mappedColumns(fact));
    return `read_csv(${files}, all_varchar = true, header = true, skip = 0, union_by_name = true, delim = ${literal(delimiter)}, quote = '"', escape = '"'${named})`;
  };
  const sql = await reading(name, relation);
  const files = fact.path === undefined ? [] : [fact.path].flat();
  const columns = await reading(name, () => engine.columns(sql));
  checkHeader(name, fact, columns, files);
  const rowsAbout = async (): Promise<number | null> => {
    // A table may be a view, and a look at it as long as a look at all its rows.
    if (fact.sql !== undefined || alias !== null) return null;
    if (sql.startsWith("read_parquet(")) return Number((await rowsOf(engine, `SELECT count(*) FROM ${sql}`))[0]?.[0]);
    const found = await rowsOf(engine, `SELECT file FROM glob([${paths.map(literal).join(", ")}])`);
    const texts = found.map(([file]) => String(file));
    if (texts.some((file) => /\.(gz|zst)$/i.test(file))) return null;
    return texts.reduce((sum, file) => sum + statSync(file).size / lineBytes(file), 0);
  };
  return {fact: name, sql, columns, files, rowsAbout};
}

/** The bytes of a line of a text file, about: of its first lines. */
function lineBytes(path: string): number {
  const start = Buffer.alloc(2 ** 16);
  const file = openSync(path, "r");
  try {
    const read = start.subarray(0, readSync(file, start));
    const lines = read.reduce((sum, byte) => (byte === newline ? sum + 1 : sum), 0);
    return Math.max(1, read.length) / Math.max(1, lines);
  } finally {
    closeSync(file);
  }
}

const newline = 0x0a;

/** A first line with none of the mapped columns is data, not a header: it may hold unit ids, so it is not repeated. */
function checkHeader(name: string, fact: Fact, columns: readonly Column[], files: readonly string[]): void {
  const mapped = mappedColumns(fact);
  const there = new Set(columns.map((column) => column.name.toLowerCase()));
  if (files.length === 0 || mapped.length === 0 || mapped.some((column) => there.has(column.toLowerCase()))) return;
  throw new Error(
    `missing header of fact ${name}; none of its columns (${mapped.join(", ")}) is in the first line: ${files.join(", ")}`
  );
}

/** Returns the relation's column of a name, as the engine types it; the case of letters need not match. */
export function columnOf(relation: Relation, name: string, place: string): Column {
  const exact = relation.columns.find((column) => column.name === name);
  const found = exact ?? relation.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  if (relation.open) return {name, type: "unknown"};
  const names = relation.columns.map((column) => column.name).join(", ");
  const where = relation.files.length === 0 ? "" : ` (${relation.files.join(", ")})`;
  throw new Error(`missing column of ${place} in fact ${relation.fact}${where}: ${name}; its columns are ${names}`);
}

/**
 * What stands between the fields of a file's first line: whatever gives most of the mapped columns, else most fields.
 * It is not left to the engine, which takes a file whose last line is cut off for one with a single column.
 */
async function delimiterOf(engine: DuckdbEngine, files: string, mapped: readonly string[]): Promise<string> {
  const lines = `read_csv(${files}, auto_detect = false, header = false, columns = {'line': 'VARCHAR'}, delim = '\x1f', quote = '', escape = '', strict_mode = false)`;
  const [row] = await rowsOf(engine, `SELECT line FROM ${lines} LIMIT 1`);
  const line = String(row?.[0] ?? "").replace(/^\uFEFF/, "");
  const counts = [",", ";", "\t", "|"].map((delimiter) => {
    const fields = fieldsOf(line, delimiter);
    return {delimiter, found: mapped.filter((name) => fields.includes(name)).length, count: fields.length};
  });
  const better = (a: (typeof counts)[0], b: (typeof counts)[0]) => b.found - a.found || b.count - a.count;
  return [...counts].sort(better)[0]?.delimiter ?? ",";
}

/** The fields of a line, without the quotes around them; none where something else follows a quoted one. */
function fieldsOf(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  for (let i = 0; i <= line.length;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(line.slice(i));
    const after = i + (quoted?.[0].length ?? 0);
    const end = line.indexOf(delimiter, after);
    if (quoted !== null && after < line.length && end !== after) return [];
    fields.push(quoted === null ? line.slice(i, end < 0 ? undefined : end) : (quoted[1] ?? "").replaceAll('""', '"'));
    if (end < 0) break;
    i = end + 1;
  }
  return fields;
}

/** The columns that a definition names. */
function mappedColumns(fact: Fact): string[] {
  const {unit, variant, timestamp, experiment, event, users, metric, values, dimensions} = fact;
  const names = [unit, variant, timestamp, experiment, event, users, metric, ...values, ...dimensions];
  return [...new Set(names.filter((column) => column !== undefined))];
}

/** JSON lines, every value as text; a first look finds the names, and those that the definition needs are added. */
async function jsonRelation(engine: DuckdbEngine, files: string, fact: Fact, named: string): Promise<string> {
  const {identifier} = engine.dialect;
  const options = "format = 'newline_delimited', union_by_name = true";
  const found = await engine.columns(`read_json_auto(${files}, ${options})`);
  const names = new Set([...found.map((column) => column.name), ...mappedColumns(fact)]);
  const types = [...names].map((name) => `${identifier(name)}: 'VARCHAR'`);
  return `read_json(${files}, ${options}, columns = {${types.join(", ")}}${named})`;
}

function checkFile(fact: string, path: string): void {
  if (/[*?[\]{}]/.test(path) && !existsSync(path)) return;
  if (!existsSync(path)) throw new Error(`missing file of fact ${fact}: ${path}`);
  if (statSync(path).isFile() && statSync(path).size === 0) throw new Error(`empty file of fact ${fact}: ${path}`);
}

/** Returns the format of a file by its ending. */
export function formatOf(fact: string, path: string): NonNullable<Fact["format"]> {
  const ending = extname(path.replace(/\.(gz|zst)$/i, "")).toLowerCase();
  if (ending === ".csv" || ending === ".txt") return "csv";
  if (ending === ".tsv" || ending === ".tab") return "tsv";
  if (ending === ".parquet" || ending === ".pq") return "parquet";
  if (ending === ".json" || ending === ".jsonl" || ending === ".ndjson") return "json";
  throw new Error(`unknown format of fact ${fact}; give format: csv, tsv, parquet or json: ${path}`);
}

function isDatabase(path: string): boolean {
  return /\.(duckdb|ddb)$/i.test(path);
}

/** Says which fact could not be read, in the engine's own words. */
export async function reading<T>(fact: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.message.includes(`fact ${fact}`)) throw error;
    throw new Error(`cannot read fact ${fact}: ${error.message.split("\n\n")[0] ?? ""}`, {cause: error});
  }
}
