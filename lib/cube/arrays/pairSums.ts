import type {ExactRows, ExactSum} from "./exactRows.ts";
import {addNumber, addProduct} from "./exactRows.ts";
import type {UnitGroup} from "./placedUnits.ts";

/** A sum of one column, or of the product of two, by their places. */
export type Pair = readonly [a: number, b: number | null];

/** Sums over units that are gathered one after another, group by group. */
export interface UnitSums {
  readonly rows: ExactRows;
  /** Adds the unit gathered last, which did anything on so many days. */
  add(days: number): void;
  /** Makes rows of the sums of a group, whose units are all added, and begins anew. */
  end(group: UnitGroup): void;
}

export type PairAdder = (to: Float64Array, at: number, values: readonly Float64Array[], i: number, j: number) => void;

/** Returns what adds each pair of row `i` and row `j` to sums that begin at a place. */
export function pairAdder({sums, offsets}: ExactRows, pairs: readonly Pair[]): PairAdder {
  const left = Int32Array.from(pairs, ([a]) => a);
  const right = Int32Array.from(pairs, ([, b]) => b ?? -1);
  const kinds = Int32Array.from(sums, ({of}) => (of === "small" ? 0 : of === "numbers" ? 1 : 2));
  return (to, at, values, i, j) => {
    for (let p = 0; p < left.length; ++p) {
      const a = values[left[p]!]![i]!;
      if (a === 0) continue;
      const b = right[p]! < 0 ? 1 : values[right[p]!]![j]!;
      if (b === 0) continue;
      const place = at + offsets[p]!;
      if (kinds[p] === 0) to[place]! += a * b;
      else if (kinds[p] === 1) addNumber(to, place, a);
      else addProduct(to, place, a, b);
    }
  };
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
