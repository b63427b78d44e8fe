import {checkAlternative, checkLevel} from "./checks.ts";
import type {Alternative} from "./checks.ts";
import {normal, t} from "./distributions.ts";
import {normalTail} from "./normalTail.ts";
import {studentTail} from "./studentTail.ts";

/** What is asked of a comparison. */
export type ComparisonOptions = {
  /** Level of the intervals, in (0, 1); the test is at alpha = 1 - level, all of it on one side where one is asked; defaults to 0.95. */
  readonly level?: number;
  /** Which side the test looks to: "greater" means treatment above control; defaults to two-sided. */
  readonly alternative?: Alternative;
};

/** Bounds of an interval; null at the open end of a one-sided one ("greater" has no upper bound, "less" no lower). */
export type Interval = readonly [lower: number | null, upper: number | null];

/** What one arm says by itself. */
export type ArmEstimate = {
  /** Number of units. */
  readonly n: number;
  /** Mean, proportion, ratio or quantile; null where it does not exist. */
  readonly estimate: number | null;
  /** Of the estimate; null where it does not exist. */
  readonly standardError: number | null;
};

/**
 * The comparison of a treatment with a control. Test and interval are one method: the interval holds the differences that the test
 * does not reject, so it leaves out 0 exactly when pValue < 1 - level; so does the relative interval. A number that cannot be had is
 * null, with the reason beside it.
 */
export type Comparison = {
  /** Name of the method of both the test and the interval. */
  readonly method: string;
  readonly alternative: Alternative;
  readonly level: number;
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** Covariance of the two estimates; 0 where arms are independent, as all are but adjusted ones. */
  readonly covariance: number;
  /** Treatment minus control, in units of the metric. */
  readonly difference: number | null;
  readonly standardError: number | null;
  /** The difference over its standard error under the hypothesis of none. */
  readonly statistic: number | null;
  /** Of the t distribution that the statistic is held against; null if that is the normal one. */
  readonly degreesOfFreedom: number | null;
  /** In [0, 1]; two-sided or one-sided as the alternative says. */
  readonly pValue: number | null;
  readonly interval: Interval | null;
  /** The difference over the control's estimate, as a fraction: 0.05 is 5% above control. */
  readonly relativeDifference: number | null;
  /** By the delta method. */
  readonly relativeStandardError: number | null;
  /** Inverts the same test in the ratio of the arms (Fieller's method, or the score test's); not symmetric. */
  readonly relativeInterval: Interval | null;
  /** Why numbers are missing, or null. */
  readonly reason: string | null;
  /** Why the relative numbers are missing, or null. */
  readonly relativeReason: string | null;
};

/** Further arguments of `compareEstimates`. */
export type CompareEstimatesOptions = ComparisonOptions & {
  /** Covariance of the two estimates; defaults to 0. */
  readonly covariance?: number;
  /** Degrees of freedom of the t distribution; null, the default, means the normal one. */
  readonly degreesOfFreedom?: number | null;
};

/**
 * Returns the comparison of two estimates with known standard errors, by the difference over its standard error. The relative interval is
 * Fieller's with the same critical value, so it leaves out 0 exactly when the test rejects.
 *
 * Null with a reason: everything if an estimate is missing; test and intervals if a standard error is missing or both are 0; the relative
 * numbers if the control's estimate is 0, the relative interval if the control is not told from 0 at this level (it would be unbounded).
 *
 * @throws {RangeError} if the level is not in (0, 1)
 * @throws {TypeError} if the alternative is unknown
 * @see Fieller (1954), https://doi.org/10.1111/j.2517-6161.1954.tb00159.x
 */
export function compareEstimates(
  method: string,
  control: ArmEstimate,
  treatment: ArmEstimate,
  {level = 0.95, alternative = "two-sided", covariance = 0, degreesOfFreedom = null}: CompareEstimatesOptions = {}
): Comparison {
  checkLevel(level);
  checkAlternative(alternative);
  const b = control.estimate;
  const a = treatment.estimate;
  const sb = control.standardError;
  const sa = treatment.standardError;
  const difference = a === null || b === null ? null : a - b;
  const relativeDifference = difference === null || b === null || b === 0 ? null : difference / b;
  let standardError: number | null = null;
  let relativeStandardError: number | null = null;
  let statistic: number | null = null;
  let pValue: number | null = null;
  let interval: Interval | null = null;
  let relativeInterval: Interval | null = null;
  let reason: string | null = null;
  let relativeReason: string | null = null;
  if (difference === null || a === null || b === null) reason = missing(control, treatment);
  else if (sa === null || sb === null) reason = missing(control, treatment);
  else {
    const va = sa * sa;
    const vb = sb * sb;
    const v = Math.max(0, va + vb - 2 * covariance);
    standardError = Math.sqrt(v);
    if (b !== 0) {
      const ratio = a / b;
      relativeStandardError = Math.sqrt(Math.max(0, va + ratio * ratio * vb - 2 * ratio * covariance)) / Math.abs(b);
    }
    if (v > 0) {
      const critical = criticalValue(level, alternative, degreesOfFreedom);
      statistic = difference / standardError;
      pValue = tailProbability(statistic, alternative, degreesOfFreedom);
      interval = oneSide(difference - critical * standardError, difference + critical * standardError, alternative);
      if (relativeDifference !== null)
        relativeInterval = fieller(difference, b, v, vb, covariance - vb, critical, alternative);
    } else reason = "no variance in either arm";
  }
  if (reason !== null) relativeReason = reason;
  else if (relativeDifference === null) relativeReason = "control is zero";
  else if (relativeInterval === null) relativeReason = "control is not told from zero";
  return {
    method,
    alternative,
    level,
    control,
    treatment,
    covariance,
    difference,
    standardError,
    statistic,
    degreesOfFreedom,
    pValue,
    interval,
    relativeDifference,
    relativeStandardError,
    relativeInterval,
    reason,
    relativeReason
  };
}

/**
 * Returns how many standard errors an interval reaches: the two-sided or one-sided quantile of the t distribution, or of the normal one if
 * degrees of freedom are null. Negative for a one-sided level below 0.5.
 *
 * @throws {RangeError} if the level is not in (0, 1)
 */
export function criticalValue(level: number, alternative: Alternative, degreesOfFreedom: number | null = null): number {
  checkLevel(level);
  const alpha = alternative === "two-sided" ? (1 - level) / 2 : 1 - level;
  return degreesOfFreedom === null ? normal.upperQuantile(alpha) : t.upperQuantile(alpha, degreesOfFreedom);
}

/** Returns the p-value of a statistic held against the t distribution, or the normal one if degrees of freedom are null. */
export function tailProbability(
  statistic: number,
  alternative: Alternative,
  degreesOfFreedom: number | null = null
): number {
  const x = alternative === "two-sided" ? Math.abs(statistic) : alternative === "greater" ? statistic : -statistic;
  const tail = degreesOfFreedom === null ? normalTail(x) : studentTail(x, degreesOfFreedom);
  return alternative === "two-sided" ? Math.min(1, 2 * tail) : tail;
}

/** Returns the interval that belongs to an alternative: both bounds, or the one that it asks about. */
export function oneSide(lower: number, upper: number, alternative: Alternative): Interval {
  return alternative === "two-sided" ? [lower, upper] : alternative === "greater" ? [lower, null] : [null, upper];
}

/**
 * Returns the relative differences r that the test of `difference - r * control = 0` does not reject, or null where they are not bounded.
 * With a control below 0 a one-sided interval is open at the other end.
 *
 * @param difference treatment minus control
 * @param v variance of the difference
 * @param vb variance of the control's estimate
 * @param covariance of the difference and the control's estimate
 * @param critical how many standard errors are not rejected
 */
export function fieller(
  difference: number,
  control: number,
  v: number,
  vb: number,
  covariance: number,
  critical: number,
  alternative: Alternative
): Interval | null {
  const square = critical * critical;
  const a = control * control - square * vb;
  if (!(a > 0)) return null;
  const b = difference * control - square * covariance;
  const spread = difference * difference * vb - 2 * difference * control * covariance + control * control * v;
  const root = critical * Math.sqrt(Math.max(0, spread - square * (v * vb - covariance * covariance)));
  const lower = (b - root) / a;
  const upper = (b + root) / a;
  if (alternative === "two-sided") return [lower, upper];
  return (alternative === "greater") === control > 0 ? [lower, null] : [null, upper];
}

function missing(control: ArmEstimate, treatment: ArmEstimate): string {
  const arm = control.n < 2 ? "control" : treatment.n < 2 ? "treatment" : null;
  const n = arm === "control" ? control.n : treatment.n;
  if (arm !== null) return n === 0 ? `no units in ${arm}` : `fewer than two units in ${arm}`;
  return `no estimate for ${control.estimate === null || control.standardError === null ? "control" : "treatment"}`;
}
