import type {ReadColumn} from "../../engines/engine.ts";

/** Returns a column of whole numbers. */
export function whole(column: ReadColumn | undefined): Int32Array {
  if (column instanceof Int32Array) return column;
  throw new TypeError("invalid column; not of whole numbers");
}

/** Returns a column of doubles. */
export function doubles(column: ReadColumn | undefined): Float64Array {
  if (column instanceof Float64Array) return column;
  throw new TypeError("invalid column; not of doubles");
}

/** Returns whole numbers in memory that threads share, all 0. */
export function sharedWhole(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** Returns doubles in memory that threads share, all 0. */
export function sharedDoubles(length: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}
