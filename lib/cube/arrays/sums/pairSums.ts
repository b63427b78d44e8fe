import type {ExactRows, ExactSum} from "./exactRows.ts";
import {addNumber, addProduct} from "./exactRows.ts";
import type {UnitGroup} from "../hits/placedUnits.ts";

/** A sum of one column, or of the product of two, by their places. */
export type Pair = readonly [a: number, b: number | null];

/** Sums over units that are gathered one after another, group by group. */
export interface UnitSums {
  readonly rows: ExactRows;
  /** Adds the units gathered last. */
  add(units: number): void;
  /** Makes rows of the sums of a group, whose units are all added, and begins anew. */
  end(group: UnitGroup): void;
}

/** How a pair is added: as a small number, in two parts or in four. */
export type Kind = 0 | 1 | 2;

/** Returns how each pair is added. */
export function kindsOf({sums}: ExactRows): Kind[] {
  return sums.map(({of}) => (of === "small" ? 0 : of === "numbers" ? 1 : 2));
}

/**
 * Adds products of two columns to one sum; without the second one, the numbers of the first. Numbers are handed over by the
 * column: V8 puts each number that a function takes on the heap where it does not take the function in.
 */
export function addToOne(
  kind: Kind,
  to: Float64Array,
  at: number,
  [left, right]: readonly [Float64Array, Float64Array | null],
  count: number
): void {
  if (kind === 0) {
    let sum = 0;
    if (right === null) for (let i = 0; i < count; ++i) sum += left[i]!;
    else for (let i = 0; i < count; ++i) sum += left[i]! * right[i]!;
    to[at]! += sum;
  } else if (right === null) for (let i = 0; i < count; ++i) addNumber(to, at, left[i]!);
  else for (let i = 0; i < count; ++i) if (left[i] !== 0 && right[i] !== 0) addProduct(to, at, left[i]!, right[i]!);
}

/** Adds the same, each number or product to the sum at a place of its own. */
export function addToEach(
  kind: Kind,
  to: Float64Array,
  places: Int32Array,
  [left, right]: readonly [Float64Array, Float64Array | null],
  count: number
): void {
  if (kind === 0 && right === null) for (let i = 0; i < count; ++i) to[places[i]!]! += left[i]!;
  else if (kind === 0) for (let i = 0; i < count; ++i) to[places[i]!]! += left[i]! * right![i]!;
  else if (right === null) for (let i = 0; i < count; ++i) addNumber(to, places[i]!, left[i]!);
  else
    for (let i = 0; i < count; ++i)
      if (left[i] !== 0 && right[i] !== 0) addProduct(to, places[i]!, left[i]!, right[i]!);
}

/**
 * Returns the sums of pairs of columns.
 *
 * @param most what no number of a column exceeds without its sign
 * @param rows how many are added to a sum at most
 */
export function sumsOfPairs(
  pairs: readonly Pair[],
  most: readonly number[],
  {prefix, rows}: {prefix: string; rows: number}
): ExactSum[] {
  return pairs.map(([a, b], i): ExactSum => {
    const bound = (most[a] ?? 0) * (b === null ? 1 : (most[b] ?? 0)) * (rows + 1);
    return {name: `${prefix}${i}`, of: bound < 2 ** 53 ? "small" : b === null ? "numbers" : "products"};
  });
}
