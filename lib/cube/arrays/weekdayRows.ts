import type {ExactRows} from "./exactRows.ts";
import {exactRows} from "./exactRows.ts";
import type {Pair} from "./pairSums.ts";
import {pairAdder, sumsOfPairs} from "./pairSums.ts";
import {runsOf} from "./placedUnits.ts";
import type {TenureHits} from "./tenureHits.ts";
import type {UnitHits} from "./unitHits.ts";

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
  {groups, start}: UnitHits,
  {gather, k, values, most}: TenureHits,
  {weeks, cohortOf}: WeekdayOptions
): {sums: ExactRows; products: ExactRows} {
  const [single, double] = [values.map((_, c): Pair => [c, null]), values.map((_, c): Pair => [c, c])];
  const largest = most.map((number) => number * Math.max(1, ...weeks));
  const kinds = (pairs: readonly Pair[]) => sumsOfPairs(pairs, largest, {prefix: "a", rows: start.length});
  const sums = exactRows(["cohort", "variant", "k"], kinds(single));
  const products = exactRows(["cohort", "variant", "j", "k"], kinds(double));
  const [addSum, addProducts] = [pairAdder(sums, single), pairAdder(products, double)];
  const ofDays = new Float64Array(7 * sums.width);
  const ofPairs = new Float64Array(49 * products.width);
  const own = values.map(() => new Float64Array(7));
  /** Adds what a unit did from one date to another. */
  const addUnit = (count: number, from: number, to: number): void => {
    let any = 0;
    for (let i = 0; i < count; ++i) {
      const date = k[i]!;
      if (date < from || date > to) continue;
      // 1970-01-01 was a Thursday: 3 after Monday.
      const weekday = (date + 3) % 7;
      any |= 1 << weekday;
      for (let c = 0; c < own.length; ++c) own[c]![weekday]! += values[c]![i]!;
    }
    for (let a = 0; a < 7; ++a) {
      if ((any & (1 << a)) === 0) continue;
      addSum(ofDays, a * sums.width, own, a, a);
      for (let b = a; b < 7; ++b)
        if ((any & (1 << b)) !== 0) addProducts(ofPairs, (7 * a + b) * products.width, own, a, b);
    }
    if (any !== 0) for (const column of own) column.fill(0);
  };
  for (const {entryDay, variant, from, to} of runsOf(groups)) {
    const cohort = cohortOf.get(entryDay);
    const until = entryDay + 7 * Math.max(0, weeks[cohort ?? -1] ?? 0);
    if (cohort === undefined || until === entryDay) continue;
    ofDays.fill(0);
    ofPairs.fill(0);
    for (let place = from; place < to; ++place) addUnit(gather(place), entryDay + 1, until);
    for (let a = 0; a < 7; ++a) {
      sums.add([cohort, variant, a + 1], ofDays, a * sums.width);
      for (let b = a; b < 7; ++b) products.add([cohort, variant, a + 1, b + 1], ofPairs, (7 * a + b) * products.width);
    }
  }
  return {sums, products};
}
