import type {ExactRows} from "./exactRows.ts";
import {exactRows} from "./exactRows.ts";
import type {Pair} from "./pairSums.ts";
import {addToOne, kindsOf, sumsOfPairs} from "./pairSums.ts";
import {runsOf} from "../hits/placedUnits.ts";
import type {TenureHits} from "./tenureHits.ts";
import {gatheredUnits} from "./batches.ts";
import type {UnitHits} from "../hits/unitHits.ts";

/** What weekdays are summed with. */
export interface WeekdayOptions {
  /** Whole weeks that each cohort has lived through. */
  readonly weeks: readonly number[];
  /** The cohort of an entry day; none for a day without one. */
  readonly cohortOf: ReadonlyMap<number, number>;
}

/**
 * Returns sums of what each unit did on a weekday (1 is Monday) of its whole weeks, the entry day not among them, by cohort
 * and variant; and sums of products of two weekdays `j` <= `k`. A cohort may have several rows.
 *
 * @param dates what units did by date
 */
export function weekdayRows(
  {groups, u}: UnitHits,
  {gather, start, unit, k, values, most}: TenureHits,
  {weeks, cohortOf}: WeekdayOptions
): {sums: ExactRows; products: ExactRows} {
  const [single, double] = [values.map((_, c): Pair => [c, null]), values.map((_, c): Pair => [c, c])];
  const largest = most.map((number) => number * Math.max(1, ...weeks));
  const kinds = (pairs: readonly Pair[]) => sumsOfPairs(pairs, largest, {prefix: "a", rows: u.length});
  const sums = exactRows(["cohort", "variant", "k"], kinds(single));
  const products = exactRows(["cohort", "variant", "j", "k"], kinds(double));
  const [kindOfSum, kindOfProduct] = [kindsOf(sums), kindsOf(products)];
  const ofDays = new Float64Array(7 * sums.width);
  const ofPairs = new Float64Array(49 * products.width);
  const own = Array.from({length: 7}, () => new Float64Array(gatheredUnits));
  /** Adds what the units gathered last did from one date to another. */
  const addColumn = (c: number, units: number, [first, last]: readonly [number, number]): void => {
    const [dates, owner, column, end] = [k[c]!, unit[c]!, values[c]!, start[c]![units]!];
    for (const days of own) days.fill(0, 0, units);
    for (let i = 0; i < end; ++i)
      // 1970-01-01 was a Thursday: 3 after Monday.
      if (dates[i]! >= first && dates[i]! <= last) own[(dates[i]! + 3) % 7]![owner[i]!]! += column[i]!;
    for (let a = 0; a < 7; ++a) {
      addToOne(kindOfSum[c]!, ofDays, a * sums.width + sums.offsets[c]!, [own[a]!, null], units);
      for (let b = a; b < 7; ++b) {
        const place = (7 * a + b) * products.width + products.offsets[c]!;
        addToOne(kindOfProduct[c]!, ofPairs, place, [own[a]!, own[b]!], units);
      }
    }
  };
  for (const {entryDay, variant, from, to} of runsOf(groups)) {
    const cohort = cohortOf.get(entryDay);
    const until = entryDay + 7 * Math.max(0, weeks[cohort ?? -1] ?? 0);
    if (cohort === undefined || until === entryDay) continue;
    ofDays.fill(0);
    ofPairs.fill(0);
    gather(from, to, (units) => {
      for (let c = 0; c < values.length; ++c) addColumn(c, units, [entryDay + 1, until]);
    });
    for (let a = 0; a < 7; ++a) {
      sums.add([cohort, variant, a + 1], ofDays, a * sums.width);
      for (let b = a; b < 7; ++b) products.add([cohort, variant, a + 1, b + 1], ofPairs, (7 * a + b) * products.width);
    }
  }
  return {sums, products};
}
