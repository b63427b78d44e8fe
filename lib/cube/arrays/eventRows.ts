import type {Engine, ReadColumn} from "../engines/engine.ts";
import type {Plan, Stream} from "../plan.ts";
import {isSummed} from "../plan.ts";
import type {EventsContext} from "../sql/events.ts";
import {numberedRows} from "../sql/events.ts";

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

/** One of several shares of the rows. */
export type Share = readonly [index: number, of: number];

/** Returns the rows of a share: from one to before another. */
export function rangeOf(rows: number, [index, of]: Share): [from: number, to: number] {
  return [Math.floor((rows * index) / of), Math.floor((rows * (index + 1)) / of)];
}

/** Rows until they are handed over, and let go of. */
export interface HeldRows {
  rows: EventRows | null;
  /** The first and the last moment of any row; 0 without one. */
  readonly from: number;
  readonly to: number;
}

/** Returns what is held, which is not held any more. */
export function handOver(held: HeldRows): EventRows {
  const {rows} = held;
  if (rows === null) throw new Error("missing rows; handed over already");
  held.rows = null;
  return rows;
}

/** Returns the bit of each stream, by its id. */
export function streamBits({streams}: Plan): Map<string, number> {
  return new Map(streams.map(({id}, i) => [id, 2 ** i]));
}

/** The streams whose values are added up, or that are themselves what a quantile is of. */
export function isValued(plan: Plan, id: string): boolean {
  return isSummed(plan, id) || isMeasured(plan, id);
}

/** Whether any metric is a quantile of the values of a stream. */
export function isMeasured({metrics}: Plan, id: string): boolean {
  return metrics.some(({sides: {y}}) => y?.of === "stream" && y.stream.id === id && y.reduce === "values");
}

/**
 * Reads the rows of a staged fact, and the hash of each.
 *
 * @param numbers the table that has the numbers of units
 * @param hashed columns of the hash; none is returned without
 * @param only whether rows that no stream looks at are left out; default: they are not
 * @param inParts what to read in place of the fact's table, part by part, and the rows of all parts
 */
export async function readEventRows(
  {arrays}: Engine,
  plan: Plan,
  context: EventsContext,
  {
    numbers,
    hashed,
    only = false,
    inParts = null
  }: {
    numbers: string;
    hashed: readonly string[];
    only?: boolean;
    inParts?: {tables: readonly string[]; rows: number} | null;
  }
): Promise<{rows: EventRows; hashes: BigUint64Array}> {
  if (arrays === undefined) throw new Error("missing typed arrays of the engine");
  const valued = context.streams.filter(({id}) => isValued(plan, id));
  const distinct = [...new Map(valued.map((stream) => [stream.value, stream])).values()];
  const options = {numbers, bits: streamBits(plan), values: distinct, hashed, only};
  const columns =
    inParts === null
      ? await arrays.read(numberedRows(context, options))
      : await arrays.readParts(
          inParts.tables.map((table) => numberedRows({...context, table}, options)),
          inParts.rows
        );
  const [u, t, bits] = [whole(columns[0]), doubles(columns[1]), whole(columns[2])];
  const columnOf = ({value}: Stream) => doubles(columns[3 + distinct.findIndex((each) => each.value === value)]);
  const last = columns.at(-1);
  return {
    rows: {u, t, bits, values: new Map(valued.map((stream) => [stream.id, columnOf(stream)]))},
    hashes: last instanceof BigUint64Array ? last : new BigUint64Array(0)
  };
}

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
