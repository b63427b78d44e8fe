import type {DuckDBConnection} from "@duckdb/node-api";
import {DOUBLE, DuckDBDataChunk, DuckDBDoubleVector, DuckDBIntegerVector, INTEGER} from "@duckdb/node-api";
import type {NumberArrays, NumberColumn} from "./engine.ts";

/** Rows of a chunk: as many as DuckDB takes at once. */
const chunkRows = 2048;

/** Returns what moves numbers between a connection's tables and typed arrays, a chunk at a time. */
export function duckdbArrays(connection: DuckDBConnection): NumberArrays {
  return {
    async read(select, {rows: expected = chunkRows} = {}) {
      const result = await connection.run(select);
      const columns = result.columnTypes().map((type, i): NumberColumn => {
        if (type === INTEGER) return new Int32Array(expected);
        if (type === DOUBLE) return new Float64Array(expected);
        throw new TypeError(`invalid column ${i}; neither INTEGER nor DOUBLE: ${type.toString()}`);
      });
      let rows = 0;
      let next = result.fetchChunk();
      for (;;) {
        const chunk = await next;
        const count = chunk?.rowCount ?? 0;
        if (chunk === null || count === 0) return columns.map((column) => column.subarray(0, rows));
        // The next chunk comes over while this one is copied.
        next = result.fetchChunk();
        for (let i = 0; i < columns.length; ++i) {
          if (rows + count > columns[i]!.length) columns[i] = grown(columns[i]!, rows + count);
          columns[i]!.set(itemsOf(chunk, i), rows);
        }
        rows += count;
      }
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

function grown(column: NumberColumn, least: number): NumberColumn {
  const larger = new (column instanceof Int32Array ? Int32Array : Float64Array)(Math.max(least, 2 * column.length));
  larger.set(column);
  return larger;
}

/** The numbers of a vector as they lie in memory; the only way to have them without a call for each. */
function itemsOf(chunk: DuckDBDataChunk, at: number): NumberColumn {
  const vector = chunk.getColumnVector(at);
  if (vector instanceof DuckDBIntegerVector) return vector["items"];
  if (vector instanceof DuckDBDoubleVector) return vector["items"];
  throw new TypeError(`invalid column ${at}; neither INTEGER nor DOUBLE: ${vector.type.toString()}`);
}
