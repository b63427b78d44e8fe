import {checkCount, checkFinite} from "./checks.ts";
import {compareEstimates} from "./comparison.ts";
import type {ArmEstimate, Comparison, ComparisonOptions} from "./comparison.ts";
import {varianceOf} from "./moments.ts";
import type {Moments} from "./moments.ts";

/**
 * Returns the comparison of two ratios of means, such as revenue per session with users as units: Σy / Σw of each arm, standard errors by the
 * delta method, normal test. The interval inverts the test; the relative one is Fieller's with the same critical value.
 *
 * No units in an arm, or a denominator of 0: all null; one unit in an arm, or no variance in either: the difference alone. Each with a reason.
 *
 * @param control sums of the control's units; y is the numerator, w the denominator
 * @param treatment sums of the treatment's units
 * @throws {RangeError} if a count is negative, a sum is not finite or the level is not in (0, 1)
 * @see Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336
 */
export function compareRatios(
  control: Moments,
  treatment: Moments,
  {level, alternative}: ComparisonOptions = {}
): Comparison {
  return compareEstimates("delta", estimateRatio(control), estimateRatio(treatment), {level, alternative});
}

/**
 * Returns the ratio of means of one arm with its standard error by the delta method; null where it does not exist (no units, a denominator
 * of 0; one unit for the standard error).
 *
 * @throws {RangeError} if the count is negative or a sum is not finite
 */
export function estimateRatio({n, y, yy, w, ww, yw, origin}: Moments): ArmEstimate {
  checkCount("n", n);
  checkFinite("y", y);
  checkFinite("w", w);
  if (n === 0) return {n, estimate: null, standardError: null};
  const denominator = (origin.w ?? 0) + w / n;
  if (denominator === 0) return {n, estimate: null, standardError: null};
  const estimate = ((origin.y ?? 0) + y / n) / denominator;
  if (n === 1) return {n, estimate, standardError: null};
  checkFinite("yw", yw);
  const ryy = varianceOf(n, y, yy);
  const rww = varianceOf(n, w, ww);
  const ryw = (yw - (y / n) * w) / (n - 1);
  const residual = ryy - 2 * estimate * ryw + estimate * estimate * rww;
  // a numerator in proportion to the denominator leaves nothing but rounding
  const rounding = 1e-14 * (ryy + estimate * estimate * rww);
  return {n, estimate, standardError: residual > rounding ? Math.sqrt(residual / n) / Math.abs(denominator) : 0};
}
