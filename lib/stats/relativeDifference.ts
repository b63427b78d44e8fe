import {fieller, tailProbability, criticalValue, oneSide} from "./comparison.ts";
import type {Comparison, Interval} from "./comparison.ts";

/** What is asked of a relative difference. */
export type RelativeOptions = {
  /**
   * "delta": symmetric, by the delta method; "fieller": the ratios that the test of the absolute difference does not reject. Defaults to "auto":
   * the delta method where the control is at least ten standard errors from zero, Fieller's nearer to it, where the delta method is wrong.
   */
  readonly method?: "auto" | "delta" | "fieller";
};

/** A difference over the control's estimate, as fractions: 0.05 is 5% above control. */
export type RelativeDifference = {
  readonly method: "delta" | "fieller";
  readonly relative: number | null;
  /** By the delta method, also beside Fieller's interval. */
  readonly standardError: number | null;
  readonly statistic: number | null;
  /** Those of the absolute difference; null for the normal distribution. */
  readonly degreesOfFreedom: number | null;
  /** Of no difference: of the relative one in the delta method, of the absolute one in Fieller's. */
  readonly pValue: number | null;
  readonly interval: Interval | null;
  /** Why numbers are missing, or null. */
  readonly reason: string | null;
};

/**
 * Returns the relative difference of a comparison, with its own test and interval at the comparison's level and alternative.
 *
 * The control's estimate missing or 0: all null. No variance: the relative difference alone. Fieller's interval is null where the control is not
 * told from zero at this level, since it is unbounded then. Each with a reason.
 *
 * @param comparison any comparison; its arms' estimates, standard errors and covariance are used
 * @see delta method: Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336; Fieller (1954),
 * https://doi.org/10.1111/j.2517-6161.1954.tb00159.x
 * @example relativeDifference(compareMeans(control, treatment)).interval
 */
export function relativeDifference(
  comparison: Comparison,
  {method = "auto"}: RelativeOptions = {}
): RelativeDifference {
  if (method !== "auto" && method !== "delta" && method !== "fieller")
    throw new TypeError(`unknown method; not auto, delta or fieller: ${String(method)}`);
  const {alternative, covariance, degreesOfFreedom, difference, level} = comparison;
  const control = comparison.control.estimate;
  const error = comparison.control.standardError;
  const other = comparison.treatment.standardError;
  const near = control !== null && error !== null && Math.abs(control) < 10 * error;
  const used = method === "auto" ? (near ? "fieller" : "delta") : method;
  const relative = comparison.relativeDifference;
  const standardError = comparison.relativeStandardError;
  const none = {method: used, relative, standardError, statistic: null, degreesOfFreedom, pValue: null, interval: null};
  if (difference === null || control === null || error === null || other === null)
    return {...none, reason: comparison.reason};
  if (relative === null || standardError === null) return {...none, reason: "control is zero"};
  if (!(standardError > 0)) return {...none, reason: "no variance in either arm"};
  const critical = criticalValue(level, alternative, degreesOfFreedom);
  if (used === "delta") {
    const statistic = relative / standardError;
    const pValue = tailProbability(statistic, alternative, degreesOfFreedom);
    const interval = oneSide(relative - critical * standardError, relative + critical * standardError, alternative);
    return {...none, statistic, pValue, interval, reason: null};
  }
  const square = error * error;
  const v = Math.max(0, other * other + square - 2 * covariance);
  const statistic = difference / Math.sqrt(v);
  const pValue = tailProbability(statistic, alternative, degreesOfFreedom);
  const interval = fieller(difference, control, v, square, covariance - square, critical, alternative);
  return {...none, statistic, pValue, interval, reason: interval ? null : "control is not told from zero"};
}
