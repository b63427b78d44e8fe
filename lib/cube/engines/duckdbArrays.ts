import type {DuckDBConnection, DuckDBMaterializedResult, DuckDBResult} from "@duckdb/node-api";
import {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  DuckDBUBigIntVector,
  INTEGER,
  UBIGINT
} from "@duckdb/node-api";
import type {NumberArrays, NumberColumn, ReadColumn} from "./engine.ts";

/** Rows of a chunk: as many as DuckDB takes at once. */
const chunkRows = 2048;

/** Returns what moves numbers between a connection's tables and typed arrays, a chunk at a time. */
export function duckdbArrays(connection: DuckDBConnection): NumberArrays {
  return {
    async read(select) {
      const result = await connection.run(select);
      const columns = columnsFor(result, result.rowCount);
      move(result, columns, 0);
      return columns;
    },
    async readParts([first = "", ...later], rows) {
      let running = connection.run(first);
      let columns: ReadColumn[] | null = null;
      let at = 0;
      for (const next of [...later, null]) {
        const result = await running;
        if (next !== null) {
          running = connection.run(next);
          // Should it fail while the rows before it are moved, that is told when it is waited for.
          running.catch(() => undefined);
        }
        columns ??= columnsFor(result, rows);
        if (at + result.rowCount > rows) throw new Error(`invalid rows; more than there were: ${rows}`);
        move(result, columns, at);
        at += result.rowCount;
      }
      if (at < rows) throw new Error(`invalid rows; fewer than there were: ${at} of ${rows}`);
      return columns ?? [];
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

/** Columns of the types of a result, of so many rows. */
function columnsFor(result: DuckDBResult, rows: number): ReadColumn[] {
  return result.columnTypes().map((type, i): ReadColumn => {
    if (type === INTEGER) return new Int32Array(new SharedArrayBuffer(4 * rows));
    if (type === DOUBLE) return new Float64Array(new SharedArrayBuffer(8 * rows));
    if (type === UBIGINT) return new BigUint64Array(new SharedArrayBuffer(8 * rows));
    throw new TypeError(`invalid column ${i}; neither INTEGER, DOUBLE nor UBIGINT: ${type.toString()}`);
  });
}

/** Moves the rows of a result into columns, from a row on. */
function move(result: DuckDBMaterializedResult, columns: readonly ReadColumn[], from: number): void {
  let at = from;
  for (let c = 0; c < result.chunkCount; ++c) {
    const chunk = result.getChunk(c);
    for (let i = 0; i < columns.length; ++i) copy(itemsOf(chunk, i), columns[i]!, at);
    at += chunk.rowCount;
  }
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
