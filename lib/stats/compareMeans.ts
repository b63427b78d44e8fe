import {checkCount, checkFinite} from "./checks.ts";
import {compareEstimates} from "./comparison.ts";
import type {ArmEstimate, Comparison, ComparisonOptions} from "./comparison.ts";
import {varianceOf} from "./moments.ts";
import type {Moments} from "./moments.ts";

/**
 * Returns the comparison of two means by Welch's t-test: variances (n - 1) are not assumed equal, degrees of freedom are Satterthwaite's.
 * The interval inverts the test; the relative one is Fieller's with the same critical value.
 *
 * No units in an arm: all null; one unit in an arm, or no variance in either: the difference alone. Each with a reason.
 *
 * @param control sums of the control's units; y is the outcome
 * @param treatment sums of the treatment's units
 * @throws {RangeError} if a count is negative, a sum is not finite or the level is not in (0, 1)
 * @see Welch (1947), https://doi.org/10.1093/biomet/34.1-2.28
 * @example compareMeans(control, treatment, {level: 0.9})
 */
export function compareMeans(
  control: Moments,
  treatment: Moments,
  {level, alternative}: ComparisonOptions = {}
): Comparison {
  const b = estimateMean(control);
  const a = estimateMean(treatment);
  return compareEstimates("welch", b, a, {level, alternative, degreesOfFreedom: welchDegrees(b, a)});
}

/**
 * Returns the mean of the outcome in one arm with its standard error sd/√n; null where it does not exist (no units, one unit).
 *
 * @throws {RangeError} if the count is negative or a sum is not finite
 */
export function estimateMean({n, y, yy, origin}: Moments): ArmEstimate {
  checkCount("n", n);
  checkFinite("y", y);
  checkFinite("yy", yy);
  return {
    n,
    estimate: n > 0 ? (origin.y ?? 0) + y / n : null,
    standardError: n > 1 ? Math.sqrt(varianceOf(n, y, yy) / n) : null
  };
}

/**
 * Returns Satterthwaite's degrees of freedom of the difference of two estimates, or null if a standard error is missing or both are 0.
 *
 * @see Satterthwaite (1946), https://doi.org/10.2307/3002019
 */
export function welchDegrees(control: ArmEstimate, treatment: ArmEstimate): number | null {
  if (control.standardError === null || treatment.standardError === null) return null;
  const b = control.standardError ** 2;
  const a = treatment.standardError ** 2;
  const total = a + b;
  if (!(total > 0)) return null;
  const [shareB, shareA] = [b / total, a / total];
  return 1 / ((shareB * shareB) / (control.n - 1) + (shareA * shareA) / (treatment.n - 1));
}
