import {bracketedRoot} from "./bracketedRoot.ts";
import {normal} from "./distributions.ts";
import {
  checkPower,
  checkUnits,
  sampleSize,
  shiftForPower,
  undetectable,
  zPower,
  type PowerOptions,
  type SampleSize
} from "./power.ts";

/**
 * Returns Cohen's h, the difference of two shares on the arcsine scale, where its variance does not depend on the
 * shares: positive if the treatment's is larger, in [-pi, pi].
 * @throws {RangeError} if a share is not in [0, 1]
 * @see Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 6
 * @see https://en.wikipedia.org/wiki/Cohen%27s_h
 * @example cohensH(0.1, 0.12) // 0.0639…
 */
export function cohensH(baseline: number, treatment: number): number {
  checkShare(baseline, "baseline");
  checkShare(treatment, "treatment");
  return 2 * Math.asin(Math.sqrt(treatment)) - 2 * Math.asin(Math.sqrt(baseline));
}

/**
 * Returns the units needed to tell two shares apart by a z-test on the arcsine scale (Cohen's h), with h itself. Equal
 * shares, or a difference on the wrong side of a one-sided test, give nulls with a reason.
 * @param baseline the control's share, in [0, 1]
 * @param treatment the treatment's share, in [0, 1]
 * @throws {RangeError} if a share or an option is out of range
 * @example cohensHSampleSize(0.1, 0.12).nControlCeil // 3835
 */
export function cohensHSampleSize(
  baseline: number,
  treatment: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): SampleSize & {h: number} {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  const h = cohensH(baseline, treatment);
  const reason = undetectable(h, options);
  const shift = shiftForPower(options);
  if (reason !== null || shift === null) return {h, ...sampleSize(null, ratio, reason ?? "")};
  return {h, ...sampleSize((shift / h) ** 2 * (1 + 1 / ratio) * (1 - varianceReduction), ratio)};
}

/**
 * Returns the power, in (0, 1), of a z-test on the arcsine scale between two shares.
 * @param nControl units in the control, positive; the treatment has `ratio` times as many
 * @throws {RangeError} if an argument is out of range
 * @example cohensHPower(0.1, 0.12, 3835) // 0.80003…
 */
export function cohensHPower(
  baseline: number,
  treatment: number,
  nControl: number,
  {alpha = 0.05, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): number {
  checkPower({alpha, ratio, alternative, varianceReduction});
  checkUnits(nControl);
  const standardError = Math.sqrt(((1 + 1 / ratio) * (1 - varianceReduction)) / nControl);
  return zPower(cohensH(baseline, treatment) / standardError, {alpha, alternative});
}

/** The smallest effect that a test detects with the power asked for. */
export type MinimumEffect = {
  /** Treatment - control, in the metric's unit; negative for `less`. */
  difference: number | null;
  /** The difference relative to the control, as a fraction; null where the control is 0. */
  relative: number | null;
  /** Why the numbers are null. */
  reason?: string;
};

/**
 * Returns the smallest increase of a share (decrease for `less`) that a z-test on the arcsine scale detects with the
 * power asked for. Null with a reason where even a share of 1 (0 for `less`) is too near.
 * @throws {RangeError} if an argument is out of range
 * @example cohensHMinimumEffect(0.1, 3835).difference // 0.01999…
 */
export function cohensHMinimumEffect(
  baseline: number,
  nControl: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): MinimumEffect {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  checkUnits(nControl);
  checkShare(baseline, "baseline");
  const shift = shiftForPower(options);
  if (shift === null) return {difference: null, relative: null, reason: "the power asked for is not above alpha"};
  const h = shift * Math.sqrt(((1 + 1 / ratio) * (1 - varianceReduction)) / nControl);
  const angle = Math.asin(Math.sqrt(baseline)) + h / 2;
  if (!(0 <= angle && angle <= Math.PI / 2)) {
    return {difference: null, relative: null, reason: `no share in [0, 1] is that far from ${baseline}`};
  }
  // sin²(a + d) - sin²(a) = sin(2a + d) sin(d), without the cancellation of a small effect.
  const difference = Math.sin(2 * angle - h / 2) * Math.sin(h / 2);
  return {difference, relative: baseline === 0 ? null : difference / baseline};
}

/**
 * Returns the units needed to tell two shares apart by a z-test with unpooled variance: the textbook formula
 * (z(1 - alpha / 2) + z(power))² (p1 q1 + p2 q2 / ratio) / (p2 - p1)², which counts one tail only.
 * @param baseline the control's share, in (0, 1)
 * @param relativeEffect the change relative to the baseline, as a fraction (0.1 = +10%); baseline (1 + it) in [0, 1]
 * @throws {RangeError} if a share or an option is out of range
 * @see Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, section 4.2, https://doi.org/10.1002/0471445428
 * @example unpooledSampleSize(0.15, 0.1).nControlCeil // 9254
 */
export function unpooledSampleSize(
  baseline: number,
  relativeEffect: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): SampleSize {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  const {difference, variance} = unpooled(baseline, relativeEffect, ratio);
  const reason = undetectable(difference, options);
  if (reason !== null) return sampleSize(null, ratio, reason);
  const shift = oneTailShift(options);
  return sampleSize((shift / difference) ** 2 * variance * (1 - varianceReduction), ratio);
}

/**
 * Returns the power, in (0, 1), of a z-test with unpooled variance between a share and its relative change; one tail is
 * counted, as in unpooledSampleSize.
 * @throws {RangeError} if an argument is out of range
 * @example unpooledPower(0.15, 0.1, 9254) // 0.80001…
 */
export function unpooledPower(
  baseline: number,
  relativeEffect: number,
  nControl: number,
  {alpha = 0.05, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): number {
  checkPower({alpha, ratio, alternative, varianceReduction});
  checkUnits(nControl);
  const {difference, variance} = unpooled(baseline, relativeEffect, ratio);
  // Two certain outcomes that differ are always told apart, two that do not never are.
  if (variance === 0) return difference === 0 ? alpha : 1;
  const shift = difference / Math.sqrt((variance * (1 - varianceReduction)) / nControl);
  const towards = alternative === "two-sided" ? Math.abs(shift) : alternative === "less" ? -shift : shift;
  return normal.cdf(towards + normal.quantile(alternative === "two-sided" ? alpha / 2 : alpha));
}

/**
 * Returns the smallest increase of a share (decrease for `less`) that a z-test with unpooled variance detects with the
 * power asked for, the inverse of unpooledSampleSize. Null with a reason where no share in [0, 1] is far enough.
 * @param baseline the control's share, in (0, 1)
 * @throws {RangeError} if an argument is out of range
 * @example unpooledMinimumEffect(0.15, 9254).relative // 0.0999…
 */
export function unpooledMinimumEffect(
  baseline: number,
  nControl: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): MinimumEffect {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  checkUnits(nControl);
  checkOpenShare(baseline);
  if (!(power > alpha)) return {difference: null, relative: null, reason: "the power asked for is not above alpha"};
  const sign = alternative === "less" ? -1 : 1;
  const farthest = alternative === "less" ? baseline : 1 - baseline;
  const needed = oneTailShift(options) ** 2 * ((1 - varianceReduction) / nControl);
  const excess = (difference: number) => {
    const share = Math.min(1, Math.max(0, baseline + sign * difference));
    return difference ** 2 - needed * (baseline * (1 - baseline) + (share * (1 - share)) / ratio);
  };
  if (excess(farthest) < 0) {
    return {difference: null, relative: null, reason: `no share in [0, 1] is far enough from ${baseline}`};
  }
  const difference = sign * bracketedRoot(excess, [0, farthest], {limits: [0, farthest]});
  return {difference, relative: difference / baseline};
}

function oneTailShift({alpha = 0.05, power = 0.8, alternative}: PowerOptions): number {
  return normal.quantile(power) - normal.quantile(alternative === "two-sided" ? alpha / 2 : alpha);
}

function unpooled(baseline: number, relativeEffect: number, ratio: number): {difference: number; variance: number} {
  checkOpenShare(baseline);
  const treatment = baseline * (1 + relativeEffect);
  if (!(0 <= treatment && treatment <= 1)) {
    throw new RangeError(`invalid relativeEffect; baseline (1 + it) not in [0, 1]: ${relativeEffect}`);
  }
  return {
    difference: baseline * relativeEffect,
    variance: baseline * (1 - baseline) + (treatment * (1 - treatment)) / ratio
  };
}

function checkShare(share: number, name: string): void {
  if (!(0 <= share && share <= 1)) throw new RangeError(`invalid ${name}; not in [0, 1]: ${share}`);
}

function checkOpenShare(baseline: number): void {
  if (!(0 < baseline && baseline < 1)) throw new RangeError(`invalid baseline; not in (0, 1): ${baseline}`);
}
