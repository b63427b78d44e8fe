import {exactRows} from "./exactRows.ts";
import type {UnitSums} from "./pairSums.ts";
import {addToEach, kindsOf, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";

/** What products of days are summed with. */
export interface ProductOptions {
  readonly pairs: readonly (readonly [a: number, b: number])[];
  /** The first tenure day. */
  readonly first: number;
}

/**
 * Returns sums over units of products of two of their days by entry day, variant and days `j` < `k`.
 *
 * @param units how many there are
 */
export function sumProducts(
  {start, k, values, most, lastDay}: TenureHits,
  {pairs, first}: ProductOptions,
  units: number
): UnitSums {
  const rows = exactRows(["entry_day", "variant", "j", "k"], sumsOfPairs(pairs, most, {prefix: "p", rows: units}));
  const {width, offsets} = rows;
  const kinds = kindsOf(rows);
  const days = Math.max(0, lastDay - first + 1);
  const sums = new Float64Array(days * days * width);
  const seen = new Uint8Array(days * days);
  // Pairs of days that are added at once; no unit has more later days than all.
  const atOnce = Math.max(4096, days);
  const places = new Int32Array(atOnce);
  const [ones, others] = [new Float64Array(atOnce), new Float64Array(atOnce)];
  /** Adds a column of each day times another, or the same, of each later day. */
  const addOne = (p: number, units: number, a: number, b: number): void => {
    const [early, late, left, right] = [k[a]!, k[b]!, values[a]!, values[b]!];
    const [begin, lateBegin, offset] = [start[a]!, start[b]!, offsets[p]!];
    let count = 0;
    const flush = (): void => {
      addToEach(kinds[p]!, sums, places, [ones, others], count);
      count = 0;
    };
    for (let u = 0; u < units; ++u) {
      const end = begin[u + 1]!;
      const lateEnd = lateBegin[u + 1]!;
      for (let i = begin[u]!, next = lateBegin[u]!; i < end; ++i) {
        const j = early[i]!;
        if (j < first) continue;
        while (next < lateEnd && late[next]! <= j) next++;
        if (count + lateEnd - next > atOnce) flush();
        const row = (j - first) * days - first;
        for (let l = next; l < lateEnd; ++l) {
          const at = row + late[l]!;
          seen[at] = 1;
          places[count] = at * width + offset;
          ones[count] = left[i]!;
          others[count++] = right[l]!;
        }
      }
    }
    flush();
  };
  return {
    rows,
    add(units) {
      for (let p = 0; p < pairs.length; ++p) addOne(p, units, pairs[p]![0], pairs[p]![1]);
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
