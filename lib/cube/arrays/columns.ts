import type {ReadColumn} from "../engines/engine.ts";

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
