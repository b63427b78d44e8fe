import {bracketedRoot} from "./bracketedRoot.ts";
import {checkFinite, checkPositive} from "./checks.ts";
import {
  checkPower,
  checkUnits,
  sampleSize,
  shiftForPower,
  undetectable,
  type PowerOptions,
  type SampleSize
} from "./power.ts";
import type {MinimumEffect} from "./proportionPower.ts";
import {studentPower} from "./studentPower.ts";

/**
 * Returns the power, in (0, 1), of Student's t-test between two means by the noncentral t distribution with
 * n1 + n2 - 2 degrees of freedom; two-sided power counts both tails. Welch's test has practically the same.
 *
 * @param effectSize (treatment mean - control mean) / standard deviation (Cohen's d); finite
 * @param nControl units in the control, need not be whole; the treatment has `ratio` times as many, and both together
 *   more than 2
 * @throws {RangeError} if an argument is out of range
 * @see https://www.statsmodels.org/stable/generated/statsmodels.stats.power.TTestIndPower.html, the same convention
 * @example tTestPower(0.3, 176) // 0.8014…
 */
export function tTestPower(
  effectSize: number,
  nControl: number,
  {alpha = 0.05, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): number {
  checkPower({alpha, ratio, alternative, varianceReduction});
  checkUnits(nControl);
  checkFinite("effectSize", effectSize);
  const df = nControl * (1 + ratio) - 2;
  if (!(df > 0)) throw new RangeError(`invalid nControl; not more than 2 units in both arms: ${nControl}`);
  const shift = effectSize / Math.sqrt(((1 + 1 / ratio) * (1 - varianceReduction)) / nControl);
  return studentPower(shift, df, {alpha, alternative});
}

/**
 * Returns the units needed by a t-test between two means (see tTestPower). With a covariate give its squared
 * correlation as `varianceReduction`. At least 3 units in both arms together. No effect, or one on the wrong side of a one-sided test, gives nulls with a reason.
 *
 * @param effectSize (treatment mean - control mean) / standard deviation (Cohen's d); finite
 * @throws {RangeError} if an argument is out of range
 * @example tTestSampleSize(0.3).nControlCeil // 176
 */
export function tTestSampleSize(
  effectSize: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): SampleSize {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  checkFinite("effectSize", effectSize);
  const reason = undetectable(effectSize, options);
  const shift = shiftForPower(options);
  if (reason !== null || shift === null) return sampleSize(null, ratio, reason ?? "");
  const normal = (shift / effectSize) ** 2 * (1 + 1 / ratio) * (1 - varianceReduction);
  if (!Number.isFinite(normal)) return sampleSize(null, ratio, "the effect is too small for any number of units");
  // One degree of freedom: below it a threshold is astronomical, and no one plans with fewer than 3 units.
  const least = 3 / (1 + ratio);
  const lack = (logN: number) => tTestPower(effectSize, Math.exp(logN), options) - power;
  if (lack(Math.log(least)) > 0) return sampleSize(least, ratio);
  // The normal distribution's answer is short by about z²/4 units, so the root is close above it.
  const start = Math.log(Math.max(normal, least));
  const logN = bracketedRoot(lack, [start, start + Math.min(1, 4 / Math.max(normal, least))], {
    limits: [Math.log(least), 600],
    tolerance: 0,
    absoluteTolerance: 1e-11
  });
  return sampleSize(Math.exp(logN), ratio);
}

/**
 * Returns the smallest effect size (Cohen's d; negative for `less`) that a t-test detects with the power asked for; null
 * with a reason if that power is not above alpha.
 * @throws {RangeError} if an argument is out of range
 * @example tTestMinimumEffectSize(176).effectSize // 0.2994…
 */
export function tTestMinimumEffectSize(
  nControl: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): {effectSize: number | null; reason?: string} {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  checkUnits(nControl);
  const shift = shiftForPower(options);
  if (shift === null) return {effectSize: null, reason: "the power asked for is not above alpha"};
  const start = shift * Math.sqrt(((1 + 1 / ratio) * (1 - varianceReduction)) / nControl);
  const sign = alternative === "less" ? -1 : 1;
  const lack = (size: number) => tTestPower(sign * size, nControl, options) - power;
  const size = bracketedRoot(lack, [Math.abs(start) * 0.99, Math.abs(start) * 1.05], {limits: [0, Infinity]});
  return {effectSize: sign * size};
}

/** What is known of a metric before the experiment, or so far: of one unit, not of the mean. */
export type MetricSpread = {
  /** The control's mean; for a ratio metric the ratio of the sums. */
  readonly mean: number;
  /** Standard deviation of one unit's value; for a ratio metric ratioStandardDeviation. */
  readonly standardDeviation: number;
};

/**
 * Returns the units needed to detect a relative change of a mean, by the t-test. Zero variance, zero mean or no effect
 * give nulls with a reason.
 * @param relativeEffect the change relative to the mean, as a fraction (0.02 = +2%); finite
 * @throws {RangeError} if an argument is out of range
 * @example meanSampleSize({mean: 20, standardDeviation: 60}, 0.02).nControlCeil // 141280
 */
export function meanSampleSize(
  {mean, standardDeviation}: MetricSpread,
  relativeEffect: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): SampleSize {
  const options = {alpha, power, ratio, alternative, varianceReduction};
  checkPower(options);
  checkSpread(mean, standardDeviation);
  checkFinite("relativeEffect", relativeEffect);
  if (standardDeviation === 0) return sampleSize(null, ratio, "zero variance");
  if (mean === 0) return sampleSize(null, ratio, "zero mean, so no relative effect");
  return tTestSampleSize((relativeEffect * mean) / standardDeviation, options);
}

/**
 * Returns the power, in (0, 1), to detect a relative change of a mean by the t-test; null with a reason for zero
 * variance or a zero mean.
 * @throws {RangeError} if an argument is out of range
 */
export function meanPower(
  {mean, standardDeviation}: MetricSpread,
  relativeEffect: number,
  nControl: number,
  {alpha = 0.05, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): {power: number | null; reason?: string} {
  const options = {alpha, ratio, alternative, varianceReduction};
  checkPower(options);
  checkUnits(nControl);
  checkSpread(mean, standardDeviation);
  checkFinite("relativeEffect", relativeEffect);
  if (standardDeviation === 0) return {power: null, reason: "zero variance"};
  if (mean === 0) return {power: null, reason: "zero mean, so no relative effect"};
  return {power: tTestPower((relativeEffect * mean) / standardDeviation, nControl, options)};
}

/**
 * Returns the smallest change of a mean (negative for `less`) that a t-test detects with the power asked for, absolute and
 * relative to the size of the mean. With a zero mean the relative one is null.
 * @throws {RangeError} if an argument is out of range
 */
export function meanMinimumEffect(
  {mean, standardDeviation}: MetricSpread,
  nControl: number,
  {alpha = 0.05, power = 0.8, ratio = 1, alternative = "two-sided", varianceReduction = 0}: PowerOptions = {}
): MinimumEffect {
  checkSpread(mean, standardDeviation);
  const options = {alpha, power, ratio, alternative, varianceReduction};
  const {effectSize, reason} = tTestMinimumEffectSize(nControl, options);
  if (effectSize === null) return {difference: null, relative: null, reason};
  const difference = effectSize * standardDeviation;
  return {difference, relative: mean === 0 ? null : difference / Math.abs(mean)};
}

function checkSpread(mean: number, standardDeviation: number): void {
  checkFinite("mean", mean);
  if (standardDeviation !== 0) checkPositive("standardDeviation", standardDeviation);
}
