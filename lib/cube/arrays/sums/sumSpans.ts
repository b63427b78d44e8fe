import type {TenureSpans} from "../../../experiment/novelty/tenureSums.ts";
import {daysBefore} from "../../tenure/tenureSql.ts";
import {exactRows} from "./exactRows.ts";
import type {Pair, UnitSums} from "./pairSums.ts";
import {addToOne, kindsOf, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";
import {gatheredUnits} from "./batches.ts";
import {rounded} from "../hits/unitHits.ts";

/** What a unit did on some days, in steps: of the early or late span, or with the weights of a slope. */
export interface SpanLetter {
  readonly column: number;
  readonly of: "early" | "late" | "slope";
  /** What a day's value is divided by and rounded, 1 for none: slopes are sums of values times days. */
  readonly by: number;
}

/** What spans are summed with. */
export interface SpanOptions {
  readonly spans: TenureSpans;
  readonly letters: readonly SpanLetter[];
  readonly pairs: readonly Pair[];
  /** The cohort of an entry day; none for a day without one. */
  readonly cohortOf: ReadonlyMap<number, number>;
}

/**
 * Returns sums over units of what they did in spans of days, and of products of that, by cohort, variant and cell; a cell
 * may have several rows.
 *
 * @param units how many there are
 */
export function sumSpans(
  {start, unit, k, values, most, lastDay}: TenureHits,
  {spans: {early, late, trend}, letters, pairs, cohortOf}: SpanOptions,
  units: number
): UnitSums {
  const isWhole = (letter: SpanLetter, day: number): boolean => {
    const [from, to] = letter.of === "early" ? early : letter.of === "late" ? late : trend;
    return day >= from && day <= to;
  };
  // The weight of each letter's column on each day; with 2k - (from + to) a slope is a whole number over a constant.
  const weights = letters.map((letter) =>
    Float64Array.from({length: daysBefore + lastDay + 1}, (_, i) => {
      const day = i - daysBefore;
      if (!isWhole(letter, day)) return 0;
      return letter.of === "slope" ? 2 * day - trend[0] - trend[1] : 1;
    })
  );
  const largest = letters.map(
    ({column}, l) => weights[l]!.reduce((sum, weight) => sum + Math.abs(weight), 0) * (most[column] ?? 0)
  );
  const rows = exactRows(["cohort", "variant", "cell"], sumsOfPairs(pairs, largest, {prefix: "a", rows: units}));
  const {offsets} = rows;
  const kinds = kindsOf(rows);
  const columns = Int32Array.from(letters, ({column}) => column);
  const divisors = Float64Array.from(letters, ({by}) => by);
  const own = letters.map(() => new Float64Array(gatheredUnits));
  const sums = new Float64Array(rows.width);
  /** What each unit did, with the weight of each day. */
  const fillLetter = (l: number, units: number): void => {
    const c = columns[l]!;
    const [days, owner, column, end] = [k[c]!, unit[c]!, values[c]!, start[c]![units]!];
    const [weight, divisor, to] = [weights[l]!, divisors[l]!, own[l]!];
    to.fill(0, 0, units);
    if (divisor === 1) for (let i = 0; i < end; ++i) to[owner[i]!]! += weight[days[i]! + daysBefore]! * column[i]!;
    else for (let i = 0; i < end; ++i) to[owner[i]!]! += weight[days[i]! + daysBefore]! * rounded(column[i]! / divisor);
  };
  return {
    rows,
    add(units) {
      for (let l = 0; l < columns.length; ++l) fillLetter(l, units);
      for (let p = 0; p < pairs.length; ++p) {
        const [a, b] = pairs[p]!;
        addToOne(kinds[p]!, sums, offsets[p]!, [own[a]!, b === null ? null : own[b]!], units);
      }
    },
    end({entryDay, variant, cell}) {
      const cohort = cohortOf.get(entryDay);
      if (cohort !== undefined) rows.add([cohort, variant, cell], sums, 0);
      sums.fill(0);
    }
  };
}
