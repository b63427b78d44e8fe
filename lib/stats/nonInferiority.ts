import {checkLevel, checkPositive} from "./checks.ts";
import {criticalValue, fieller, tailProbability} from "./comparison.ts";
import type {Comparison} from "./comparison.ts";
import {nurminenInflation} from "./proportionIntervals.ts";
import {differenceAtScore, ratioAtScore, scoreOfDifference, scoreOfRatio} from "./scoreTest.ts";
import type {TwoByTwo} from "./scoreTest.ts";

/** What is asked of a test against a margin. */
export type MarginOptions = {
  /** The largest difference that does not matter; a positive number in units of the metric, or a fraction of the control's estimate. */
  readonly margin: number;
  /** Whether the margin is a difference or a fraction of the control's estimate; defaults to "absolute". */
  readonly scale?: "absolute" | "relative";
  /** Which way is better; defaults to "increase". */
  readonly direction?: "increase" | "decrease";
  /** One-sided level: alpha = 1 - level is spent on one side; in (0, 1), defaults to 0.95. */
  readonly level?: number;
};

/** Whether a treatment is worse than the control by less than a margin. */
export type NonInferiority = {
  readonly margin: number;
  readonly scale: "absolute" | "relative";
  readonly direction: "increase" | "decrease";
  readonly level: number;
  /** Distance from the margin over its standard error; positive on the good side of it. */
  readonly statistic: number | null;
  /** One-sided, of the hypothesis that the treatment is worse by the margin or more. */
  readonly pValue: number | null;
  /** The worst difference (a fraction on the relative scale) that the test does not reject; null also where it is not bounded. */
  readonly limit: number | null;
  /** Whether pValue < 1 - level; null if that cannot be said. */
  readonly passed: boolean | null;
  /** Why numbers are missing, or null. */
  readonly reason: string | null;
};

/**
 * Returns the one-sided test that the treatment is worse than the control by less than a margin. It is the comparison's own test, moved to the margin:
 * for the score methods of proportions the score test of that difference or ratio (Farrington and Manning), else the distance over its standard error;
 * a relative margin m is tested in the linear form treatment - (1 - m) control, without dividing by the control.
 *
 * Whatever the comparison lacks is null here too, with its reason.
 *
 * @param comparison of any method but newcombe and agresti-caffo, which have no test of a margin; its level and alternative do not matter
 * @throws {RangeError} if the margin is not positive or the level is not in (0, 1)
 * @throws {TypeError} if the method has no test of a margin, or the scale or the direction is unknown
 * @see Farrington & Manning (1990), https://doi.org/10.1002/sim.4780091208
 * @example nonInferiority(compareMeans(control, treatment), {margin: 0.02, scale: "relative"}).passed
 */
export function nonInferiority(
  comparison: Comparison,
  {margin, scale = "absolute", direction = "increase", level = 0.95}: MarginOptions
): NonInferiority {
  checkMargin(comparison, margin, scale, level);
  if (direction !== "increase" && direction !== "decrease")
    throw new TypeError(`unknown direction; not increase or decrease: ${String(direction)}`);
  const worse = direction === "increase" ? -margin : margin;
  const {statistic, limit} = testAgainst(comparison, worse, scale, level);
  const given = {margin, scale, direction, level};
  if (statistic === null)
    return {
      ...given,
      statistic,
      pValue: null,
      limit,
      passed: null,
      reason: comparison.reason ?? "no variance at the margin"
    };
  const pValue = tailProbability(statistic, "greater", comparison.degreesOfFreedom);
  const reason = limit === null ? "control is not told from zero" : null;
  return {...given, statistic, pValue, limit, passed: pValue < 1 - level, reason};
}

/**
 * Returns how many standard errors the comparison lies on the good side of a margin, and the bound of the differences that the same one-sided test
 * does not reject.
 *
 * @param worse the difference that is ruled out, or the fraction of the control's size: negative if an increase is good
 */
export function testAgainst(
  comparison: Comparison,
  worse: number,
  scale: "absolute" | "relative",
  level: number
): {readonly statistic: number | null; readonly limit: number | null} {
  const {control, treatment, covariance, degreesOfFreedom, difference, method} = comparison;
  const [b, a, sb, sa] = [control.estimate, treatment.estimate, control.standardError, treatment.standardError];
  if (difference === null || a === null || b === null || sa === null || sb === null)
    return {statistic: null, limit: null};
  const side = worse < 0 ? 1 : -1;
  const critical = side * criticalValue(level, "greater", degreesOfFreedom);
  if (method === "score" || method === "miettinen-nurminen") {
    const counts: TwoByTwo = [b * control.n, control.n, a * treatment.n, treatment.n];
    const inflation = method === "score" ? 1 : nurminenInflation(counts);
    if (scale === "absolute")
      return {
        statistic: finite(side * scoreOfDifference(counts, Math.max(-1, Math.min(1, worse)), {inflation})),
        limit: differenceAtScore(counts, critical, {inflation})
      };
    return {
      statistic: finite(side * scoreOfRatio(counts, Math.max(0, 1 + worse), {inflation})),
      limit: b > 0 ? ratioAtScore(counts, critical, {inflation}) - 1 : null
    };
  }
  const [vb, va] = [sb * sb, sa * sa];
  const v = Math.max(0, va + vb - 2 * covariance);
  if (scale === "absolute") {
    if (!(v > 0)) return {statistic: null, limit: null};
    const error = Math.sqrt(v);
    return {statistic: (side * (difference - worse)) / error, limit: difference - critical * error};
  }
  const factor = 1 + worse * Math.sign(b);
  const variance = va + factor * factor * vb - 2 * factor * covariance;
  const bounds = fieller(difference, b, v, vb, covariance - vb, Math.abs(critical), "two-sided");
  const lowEnd = critical > 0 === b > 0;
  return {
    statistic: variance > 0 ? (side * (a - factor * b)) / Math.sqrt(variance) : null,
    limit: bounds && bounds[lowEnd ? 0 : 1]
  };
}

/** Refuses margins that cannot be tested. */
export function checkMargin({method}: Comparison, margin: number, scale: "absolute" | "relative", level: number): void {
  checkPositive("margin", margin);
  checkLevel(level);
  if (scale !== "absolute" && scale !== "relative")
    throw new TypeError(`unknown scale; not absolute or relative: ${String(scale)}`);
  if (method === "newcombe" || method === "agresti-caffo")
    throw new TypeError(`invalid method; without a test of a margin: ${method}`);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
