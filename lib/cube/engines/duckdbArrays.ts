import type {DuckDBConnection, DuckDBType} from "@duckdb/node-api";
import {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  DuckDBScalarFunction,
  DuckDBUBigIntVector,
  INTEGER,
  UBIGINT
} from "@duckdb/node-api";
import type {NumberArrays, NumberColumn, ReadColumn} from "./engine.ts";

/** Rows of a chunk: as many as DuckDB takes at once. */
const chunkRows = 2048;

/** Returns what moves numbers between a connection's tables and typed arrays, a chunk at a time. */
export function duckdbArrays(connection: DuckDBConnection): NumberArrays {
  const takers = new Map<string, Taker>();
  // A taker has the rows of one query at a time.
  let before: Promise<unknown> = Promise.resolve();
  return {
    async read(select) {
      const result = await connection.run(select);
      const columns = result.columnTypes().map((type) => columnOf(type, result.rowCount));
      for (let c = 0, at = 0; c < result.chunkCount; ++c) {
        const chunk = result.getChunk(c);
        columns.forEach((column, i) => copy(itemsOf(chunk, i), column, at));
        at += chunk.rowCount;
      }
      return columns;
    },
    gather(select, rows) {
      const gathering = before.then(() => gather(connection, takers, {select, rows}));
      before = gathering.catch(() => undefined);
      return gathering;
    },
    async write(name, columns) {
      const entries = Object.entries(columns);
      const arrays = entries.map(([, array]) => array);
      const types = arrays.map((array) => (array instanceof Int32Array ? INTEGER : DOUBLE));
      const listed = entries.map(([column], i) => `${column} ${types[i]!.toString()}`);
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} (${listed.join(", ")})`);
      const rows = arrays[0]?.length ?? 0;
      const appender = await connection.createAppender(name);
      for (let from = 0; from < rows; from += chunkRows) {
        const chunk = DuckDBDataChunk.create(types, Math.min(chunkRows, rows - from));
        arrays.forEach((array, i) => {
          copy(array.subarray(from, from + chunkRows), itemsOf(chunk, i), 0);
          chunk.getColumnVector(i).flush();
        });
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    }
  };
}

/** A function in SQL that takes the numbers of rows as they pass, on this thread, whichever thread they are on. */
interface Taker {
  readonly name: string;
  /** Where they go, and how many there are. */
  columns: ReadColumn[];
  rows: number;
}

async function gather(
  connection: DuckDBConnection,
  takers: Map<string, Taker>,
  {select, rows}: {select: string; rows: number}
): Promise<ReadColumn[]> {
  const prepared = await connection.prepare(select);
  const types = Array.from({length: prepared.columnCount}, (_, i) => prepared.columnType(i));
  prepared.destroySync();
  const key = types.join(" ");
  const taker = takers.get(key) ?? createTaker(connection, `take_${takers.size}`, types);
  takers.set(key, taker);
  taker.columns = types.map((type) => columnOf(type, Math.ceil(rows)));
  taker.rows = 0;
  const names = types.map((_, i) => `c${i}`).join(", ");
  await connection.run(`SELECT max(${taker.name}(${names})) FROM (${select}) AS r (${names})`);
  const columns = taker.columns.map((column) => column.subarray(0, taker.rows));
  taker.columns = [];
  return columns;
}

function createTaker(connection: DuckDBConnection, name: string, types: readonly DuckDBType[]): Taker {
  const taker: Taker = {name, columns: [], rows: 0};
  const mainFunction = (_: unknown, chunk: DuckDBDataChunk): void => {
    const at = taker.rows;
    const end = at + chunk.rowCount;
    if (end > taker.columns[0]!.length)
      taker.columns = taker.columns.map((column, i) => longer(column, types[i]!, end));
    taker.columns.forEach((column, i) => copy(itemsOf(chunk, i), column, at));
    taker.rows = end;
  };
  // Volatile: else it might be asked once for rows that are equal, or not at all.
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({name, mainFunction, parameterTypes: types, returnType: INTEGER, volatile: true})
  );
  return taker;
}

function longer(column: ReadColumn, type: DuckDBType, rows: number): ReadColumn {
  const all = columnOf(type, Math.max(rows, 2 * column.length));
  copy(column, all, 0);
  return all;
}

/** Room for the numbers of rows; pages are taken as they are written to. */
function columnOf(type: DuckDBType, rows: number): ReadColumn {
  if (type === INTEGER) return new Int32Array(new SharedArrayBuffer(4 * rows));
  if (type === DOUBLE) return new Float64Array(new SharedArrayBuffer(8 * rows));
  if (type === UBIGINT) return new BigUint64Array(new SharedArrayBuffer(8 * rows));
  throw new TypeError(`invalid column; neither INTEGER, DOUBLE nor UBIGINT: ${type.toString()}`);
}

function copy(from: ReadColumn, to: ReadColumn, at: number): void {
  if (from instanceof BigUint64Array) (to as BigUint64Array).set(from, at);
  else (to as NumberColumn).set(from, at);
}

/** The numbers of a vector as they lie in memory; the only way to have them without a call for each. */
function itemsOf(chunk: DuckDBDataChunk, at: number): ReadColumn {
  const vector = chunk.getColumnVector(at);
  if (vector instanceof DuckDBIntegerVector) return vector["items"];
  if (vector instanceof DuckDBDoubleVector) return vector["items"];
  if (vector instanceof DuckDBUBigIntVector) return vector["items"];
  throw new TypeError(`invalid column ${at}; neither INTEGER, DOUBLE nor UBIGINT: ${vector.type.toString()}`);
}
