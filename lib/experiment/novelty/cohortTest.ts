import {effectTrend} from "../../stats/effectTrend.ts";
import {varianceOf} from "../../stats/moments.ts";
import {commonRatio} from "../commonRatio.ts";
import type {NoveltyResult} from "../readout.ts";
import type {TenureBlocks} from "./tenureBlocks.ts";
import type {TenureRow, TenureSums} from "./tenureSums.ts";

/** Whether cohorts respond alike, and which way later ones differ. */
export type CohortTest = NonNullable<NoveltyResult["cohorts"]> & {
  /** Change of the early log ratio per block of entry dates, and its two-sided normal p-value. */
  readonly slope: number | null;
  readonly slopePValue: number | null;
};

/**
 * Returns Cochran's Q of the early effects (ratio of arms over the early span) of disjoint groups of cohorts: chi-square
 * with groups - 1 degrees of freedom if units that entered on different dates respond alike. Errors are those under one
 * common ratio, see `commonRatio`. Groups with fewer than four units or without variance are left out; with fewer than two
 * left it is null with a reason.
 */
export function cohortTest(
  {groups}: TenureBlocks,
  sums: TenureSums,
  [control, treatment]: readonly [string, string]
): CohortTest {
  const {ratio, effects, standardErrors} = commonRatio(
    groups.map(({early}) => {
      const [c, t] = [meanOf(early.get(control) ?? [], sums), meanOf(early.get(treatment) ?? [], sums)];
      if (c === null || t === null) return null;
      const spread = {control: c.variance, treatment: t.variance, covariance: 0};
      return {control: c.mean, treatment: t.mean, spread: () => spread};
    })
  );
  const log = (value: number | null) => (value === null || ratio === null ? null : value / ratio);
  const {cochranQ, heterogeneityP, k, slope, slopeP} = effectTrend(
    groups.map(({block}) => block),
    effects.map(log),
    standardErrors.map((error) => (error === null ? null : Math.abs(log(error) ?? 0)))
  );
  const reason =
    k >= 2
      ? null
      : groups.length < 2
        ? "one cohort has nothing to be compared with"
        : sums.spans === null
          ? "no cohort has lived through both spans"
          : "fewer than two cohorts have an effect in the early span";
  return {
    cochranQ,
    degreesOfFreedom: k >= 2 ? k - 1 : null,
    pValue: heterogeneityP,
    reason,
    slope,
    slopePValue: slopeP
  };
}

/** An arm's mean per day, of a ratio the ratio, with its variance, larger by what z² is too large with few units. */
function meanOf(rows: readonly TenureRow[], {kind, origin}: TenureSums): {mean: number; variance: number} | null {
  const sums = addRows(rows);
  if (sums === null || sums.n < 4) return null;
  const {n, y, yy, w, ww, yw} = sums;
  const outcome = (origin.y ?? 0) + y / n;
  const spread = varianceOf(n, y, yy);
  const few = (n - 1) / (n - 3) / n;
  if (kind !== "ratio") return {mean: outcome, variance: few * spread};
  const denominator = (origin.w ?? 0) + w / n;
  if (denominator === 0) return null;
  const mean = outcome / denominator;
  const shared = (yw - (y * w) / n) / (n - 1);
  const variance = Math.max(0, spread + mean * (mean * varianceOf(n, w, ww) - 2 * shared)) / denominator ** 2;
  return {mean, variance: few * variance};
}

function addRows(rows: Iterable<TenureRow>): Required<Omit<TenureRow, "cohort" | "variant">> | null {
  let [n, y, yy, w, ww, yw] = [0, 0, 0, 0, 0, 0];
  for (const row of rows) {
    n += row.n;
    y += row.y;
    yy += row.yy;
    w += row.w ?? 0;
    ww += row.ww ?? 0;
    yw += row.yw ?? 0;
  }
  return n === 0 ? null : {n, y, yy, w, ww, yw};
}
