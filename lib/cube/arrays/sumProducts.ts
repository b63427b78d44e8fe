import {exactRows} from "./exactRows.ts";
import type {Pair, UnitSums} from "./pairSums.ts";
import {pairAdder, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";

/** What products of days are summed with. */
export interface ProductOptions {
  readonly pairs: readonly Pair[];
  /** The first tenure day. */
  readonly first: number;
}

/**
 * Returns sums over units of products of two of their days by entry day, variant and days `j` < `k`.
 *
 * @param units how many there are
 */
export function sumProducts(
  {k, values, most, lastDay}: TenureHits,
  {pairs, first}: ProductOptions,
  units: number
): UnitSums {
  const rows = exactRows(["entry_day", "variant", "j", "k"], sumsOfPairs(pairs, most, {prefix: "p", rows: units}));
  const {width} = rows;
  const addPairs = pairAdder(rows, pairs);
  const days = Math.max(0, lastDay - first + 1);
  const sums = new Float64Array(days * days * width);
  const seen = new Uint8Array(days * days);
  return {
    rows,
    add(count) {
      for (let i = 0; i < count; ++i) {
        if (k[i]! < first) continue;
        const row = (k[i]! - first) * days;
        for (let j = i + 1; j < count; ++j) {
          const at = row + k[j]! - first;
          seen[at] = 1;
          addPairs(sums, at * width, values, i, j);
        }
      }
    },
    end({entryDay, variant}) {
      for (let at = 0; at < seen.length; ++at) {
        if (seen[at] === 0) continue;
        rows.add([entryDay, variant, first + Math.floor(at / days), first + (at % days)], sums, at * width);
        // Most pairs of days are never seen: only those that were begin anew.
        sums.fill(0, at * width, (at + 1) * width);
        seen[at] = 0;
      }
    }
  };
}
