import {effectTrend} from "../../stats/effectTrend.ts";
import {varianceOf} from "../../stats/moments.ts";
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
 * Returns Cochran's Q of the early effects (log ratio of arms over the early span) of disjoint groups of cohorts:
 * chi-square with groups - 1 degrees of freedom if units that entered on different dates respond alike. Groups in which an
 * arm is not told from zero are left out; with fewer than two left it is null with a reason.
 */
export function cohortTest(
  {groups}: TenureBlocks,
  sums: TenureSums,
  [control, treatment]: readonly [string, string]
): CohortTest {
  const known = groups.flatMap(({block, early}) => {
    const [c, t] = [logMean(early.get(control) ?? [], sums), logMean(early.get(treatment) ?? [], sums)];
    if (c === null || t === null || c.sign !== t.sign) return [];
    return [{block, effect: t.log - c.log, standardError: Math.sqrt(c.variance + t.variance)}];
  });
  const {cochranQ, heterogeneityP, k, slope, slopeP} = effectTrend(
    known.map(({block}) => block),
    known.map(({effect}) => effect),
    known.map(({standardError}) => standardError)
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

function logMean(
  rows: readonly TenureRow[],
  {kind, origin}: TenureSums
): {log: number; variance: number; sign: number} | null {
  const sums = addRows(rows);
  if (sums === null || sums.n < 2) return null;
  const {n, y, yy, w, ww, yw} = sums;
  const outcome = (origin.y ?? 0) + y / n;
  const spread = varianceOf(n, y, yy) / n;
  if (!(Math.abs(outcome) > 3 * Math.sqrt(spread))) return null;
  const relative = spread / outcome ** 2;
  if (kind !== "ratio") return {log: Math.log(Math.abs(outcome)), variance: relative, sign: Math.sign(outcome)};
  const denominator = (origin.w ?? 0) + w / n;
  const own = varianceOf(n, w, ww) / n;
  if (!(Math.abs(denominator) > 3 * Math.sqrt(own))) return null;
  const shared = (yw - (y * w) / n) / (n - 1) / n;
  return {
    log: Math.log(Math.abs(outcome / denominator)),
    variance: Math.max(0, relative + own / denominator ** 2 - (2 * shared) / (outcome * denominator)),
    sign: Math.sign(outcome * denominator)
  };
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
