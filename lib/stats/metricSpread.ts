import {estimateMean} from "./compareMeans.ts";
import {estimateRatio} from "./compareRatios.ts";
import type {ArmEstimate} from "./comparison.ts";
import {covariance, variance, type Moments} from "./moments.ts";

/** What planning needs to know of a metric; a null has a reason beside it. */
export type MeasuredSpread = {mean: number | null; standardDeviation: number | null; reason?: string};

/**
 * Returns mean and standard deviation (n - 1) of one unit's outcome, for planning by the mean. No units: both null; one
 * unit: no standard deviation.
 * @throws {RangeError} if the count is negative or a sum is not finite
 */
export function spreadOfMean(moments: Moments): MeasuredSpread {
  return spread(estimateMean(moments));
}

/**
 * Returns the ratio of the sums and the standard deviation of one unit's part in it, sqrt(n) times the delta-method
 * standard error: with these a ratio metric is planned like a mean. No units or a denominator of 0: both null; one
 * unit: no standard deviation.
 * @throws {RangeError} if the count is negative or a sum is not finite
 * @see Deng, Knoblich and Lu (2018), https://arxiv.org/abs/1803.06336
 */
export function spreadOfRatio(moments: Moments): MeasuredSpread {
  return spread(estimateRatio(moments));
}

/**
 * Returns the share of the outcome's variance that CUPED would take away, the squared correlation of y with the
 * pre-period x, in [0, 1); pass it as `varianceReduction`. 0 where there is nothing to take away: fewer than three
 * units, or zero variance of either.
 */
export function expectedVarianceReduction(moments: Moments): number {
  const [yy, xx, xy] = [variance(moments, "y"), variance(moments, "x"), covariance(moments, "x", "y")];
  if (yy === null || xx === null || xy === null || moments.n < 3 || !(yy > 0) || !(xx > 0)) return 0;
  return Math.min(1 - 1e-12, (xy / yy) * (xy / xx));
}

function spread({n, estimate, standardError}: ArmEstimate): MeasuredSpread {
  const standardDeviation = standardError === null ? null : standardError * Math.sqrt(n);
  if (standardDeviation !== null) return {mean: estimate, standardDeviation};
  const reason = n === 0 ? "no units" : estimate === null ? "zero denominator" : "fewer than two units";
  return {mean: estimate, standardDeviation, reason};
}
