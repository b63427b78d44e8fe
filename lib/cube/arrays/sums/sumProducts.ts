import type {UnitGroup} from "../hits/placedUnits.ts";
import type {ExactRows} from "./exactRows.ts";
import {exactRows} from "./exactRows.ts";
import {addToEach, kindsOf, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";

/** What products of days are summed with. */
export interface ProductOptions {
  readonly pairs: readonly (readonly [a: number, b: number])[];
  /** The first tenure day. */
  readonly first: number;
  /** The phase of an entry day by its place, and the last day that its cohort has lived through; none for a day without a cohort. */
  readonly livedOf: ReadonlyMap<number, {readonly phase: number; readonly lastDay: number}>;
}

/** Sums over units that are gathered one after another, run by run of one entry day and variant. */
export interface ProductSums {
  /** Begins a run. */
  begin(run: UnitGroup): void;
  /** Adds the units gathered last. */
  add(units: number): void;
  /** Returns the rows of all runs. */
  end(): ExactRows;
}

/** What a phase and variant add up to. */
interface PhaseSums {
  readonly phase: number;
  readonly variant: number;
  readonly sums: Float64Array;
  readonly seen: Uint8Array;
}

/**
 * Returns sums over units of products of two of their days by phase, variant and days `j` < `k` that the unit's cohort has
 * lived through.
 *
 * @param units how many there are
 */
export function sumProducts(
  {start, k, values, most, lastDay}: TenureHits,
  {pairs, first, livedOf}: ProductOptions,
  units: number
): ProductSums {
  const rows = exactRows(["phase", "variant", "j", "k"], sumsOfPairs(pairs, most, {prefix: "p", rows: units}));
  const {width, offsets} = rows;
  const kinds = kindsOf(rows);
  const days = Math.max(0, lastDay - first + 1);
  const known = new Map<string, PhaseSums>();
  // Of the run of units that is added up.
  let sums: Float64Array = new Float64Array(0);
  let seen: Uint8Array = new Uint8Array(0);
  let until = -Infinity;
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
        if (j < first || j > until) continue;
        while (next < lateEnd && late[next]! <= j) next++;
        if (count + lateEnd - next > atOnce) flush();
        const row = (j - first) * days - first;
        for (let l = next; l < lateEnd && late[l]! <= until; ++l) {
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
    begin({entryDay, variant}) {
      const lived = livedOf.get(entryDay);
      until = lived?.lastDay ?? -Infinity;
      if (lived === undefined) return;
      const {phase} = lived;
      const key = `${phase} ${variant}`;
      const own = known.get(key) ?? {
        phase,
        variant,
        sums: new Float64Array(days * days * width),
        seen: new Uint8Array(days * days)
      };
      known.set(key, own);
      ({sums, seen} = own);
    },
    add(units) {
      if (until < first) return;
      for (let p = 0; p < pairs.length; ++p) addOne(p, units, pairs[p]![0], pairs[p]![1]);
    },
    end() {
      for (const {phase, variant, sums: own, seen: isSeen} of known.values())
        for (let at = 0; at < isSeen.length; ++at)
          if (isSeen[at] === 1)
            rows.add([phase, variant, first + Math.floor(at / days), first + (at % days)], own, at * width);
      return rows;
    }
  };
}
