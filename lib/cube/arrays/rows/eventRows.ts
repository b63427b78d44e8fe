/** The rows of a fact of events in typed arrays, in the order that they came in, in memory that threads share. */
export interface EventRows {
  /** The number of the unit; 0 for one that was never exposed, -1 for a row that does not count: without a unit, or a moment, or equal to another one. */
  readonly u: Int32Array;
  /** Microseconds since 1970 UTC; NaN where there is none. */
  readonly t: Float64Array;
  /** The streams that a row belongs to, a bit each, and those of `rowBits`. */
  readonly bits: Int32Array;
  /** The values of streams, by id; what a row of another stream has there does not matter. Streams share what is one column. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Rows until they are handed over, and let go of. */
export interface HeldRows {
  rows: EventRows | null;
  /** Memory that nobody needs any more. */
  spare: readonly SharedArrayBuffer[];
  /** The first and the last moment of any row; 0 without one. */
  readonly from: number;
  readonly to: number;
}

/** Returns what is held, which is not held any more. */
export function handOver(held: HeldRows): {rows: EventRows; spare: readonly SharedArrayBuffer[]} {
  const {rows, spare} = held;
  if (rows === null) throw new Error("missing rows; handed over already");
  held.rows = null;
  held.spare = [];
  return {rows, spare};
}
