import type {TenureSpans} from "../../experiment/novelty/tenureSums.ts";
import {exactRows} from "./exactRows.ts";
import type {Pair, UnitSums} from "./pairSums.ts";
import {pairAdder, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";
import {rounded} from "./unitHits.ts";

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
  {k, values, most}: TenureHits,
  {spans: {early, late, trend}, letters, pairs, cohortOf}: SpanOptions,
  units: number
): UnitSums {
  const until = Math.max(late[1], trend[1]);
  const isWhole = (letter: SpanLetter, day: number): boolean => {
    const [from, to] = letter.of === "early" ? early : letter.of === "late" ? late : trend;
    return day >= from && day <= to;
  };
  // The weight of each letter's column on each day; with 2k - (from + to) a slope is a whole number over a constant.
  const weights = letters.map((letter) =>
    Float64Array.from({length: until + 1}, (_, day) => {
      if (!isWhole(letter, day)) return 0;
      return letter.of === "slope" ? 2 * day - trend[0] - trend[1] : 1;
    })
  );
  const largest = letters.map(
    ({column}, l) => weights[l]!.reduce((sum, weight) => sum + Math.abs(weight), 0) * (most[column] ?? 0)
  );
  const rows = exactRows(["cohort", "variant", "cell"], sumsOfPairs(pairs, largest, {prefix: "a", rows: units}));
  const addPairs = pairAdder(rows, pairs);
  const columns = Int32Array.from(letters, ({column}) => column);
  const divisors = Float64Array.from(letters, ({by}) => by);
  const own = letters.map(() => new Float64Array(1));
  const sums = new Float64Array(rows.width);
  return {
    rows,
    add(count) {
      let any = false;
      for (let i = 0; i < count && k[i]! <= until; ++i) {
        const day = k[i]!;
        if (day < 0) continue;
        if (!any) for (let l = 0; l < own.length; ++l) own[l]![0] = 0;
        any = true;
        for (let l = 0; l < columns.length; ++l) {
          const number = values[columns[l]!]![i]!;
          const weight = weights[l]![day]!;
          if (number !== 0 && weight !== 0)
            own[l]![0]! += weight * (divisors[l] === 1 ? number : rounded(number / divisors[l]!));
        }
      }
      if (any) addPairs(sums, 0, own, 0, 0);
    },
    end({entryDay, variant, cell}) {
      const cohort = cohortOf.get(entryDay);
      if (cohort !== undefined) rows.add([cohort, variant, cell], sums, 0);
      sums.fill(0);
    }
  };
}
