import type {DuckDBConnection} from "@duckdb/node-api";
import {DOUBLE, DuckDBDataChunk, DuckDBDoubleVector, DuckDBIntegerVector, INTEGER} from "@duckdb/node-api";
import type {NumberArrays, NumberColumn} from "./engine.ts";

/** Rows of a chunk: as many as DuckDB takes at once. */
const chunkRows = 2048;

/** Returns what moves numbers between a connection's tables and typed arrays, a chunk at a time. */
export function duckdbArrays(connection: DuckDBConnection): NumberArrays {
  return {
    async read(select) {
      const result = await connection.run(select);
      const rows = result.rowCount;
      const columns = result.columnTypes().map((type, i): NumberColumn => {
        if (type === INTEGER) return new Int32Array(new SharedArrayBuffer(4 * rows));
        if (type === DOUBLE) return new Float64Array(new SharedArrayBuffer(8 * rows));
        throw new TypeError(`invalid column ${i}; neither INTEGER nor DOUBLE: ${type.toString()}`);
      });
      let at = 0;
      for (let c = 0; c < result.chunkCount; ++c) {
        const chunk = result.getChunk(c);
        for (let i = 0; i < columns.length; ++i) columns[i]!.set(itemsOf(chunk, i), at);
        at += chunk.rowCount;
      }
      return columns;
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
          itemsOf(chunk, i).set(array.subarray(from, from + chunkRows));
          chunk.getColumnVector(i).flush();
        });
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    }
  };
}

/** The numbers of a vector as they lie in memory; the only way to have them without a call for each. */
function itemsOf(chunk: DuckDBDataChunk, at: number): NumberColumn {
  const vector = chunk.getColumnVector(at);
  if (vector instanceof DuckDBIntegerVector) return vector["items"];
  if (vector instanceof DuckDBDoubleVector) return vector["items"];
  throw new TypeError(`invalid column ${at}; neither INTEGER nor DOUBLE: ${vector.type.toString()}`);
}
