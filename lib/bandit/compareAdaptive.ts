import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {compareEstimates, criticalValue, oneSide, tailProbability} from "../stats/comparison.ts";
import type {ArmEstimate, Comparison, ComparisonOptions} from "../stats/comparison.ts";
import type {AdaptiveEstimate} from "./adaptiveEstimates.ts";
import type {IntervalTerms} from "./adaptiveBounds.ts";
import {adaptiveBounds} from "./adaptiveBounds.ts";

const method = "adaptively weighted inverse propensities";

/**
 * Returns the comparison of two of `adaptiveEstimates`: the two are asymptotically uncorrelated, so that their variances add. For amounts
 * it is Welch's test with their standard errors. For rewards of 0 and 1 the interval is put together from the bounds of the two arms
 * (MOVER, as Newcombe's is from Wilson's), the p-value inverts it, and the relative interval is put together likewise.
 *
 * Null with a reason: everything if an estimate is missing; the relative numbers if the control's mean is 0.
 *
 * @throws {RangeError} if the level is not in (0, 1)
 * @throws {TypeError} if the alternative is unknown
 * @see Hadad et al. (2021), https://arxiv.org/abs/1911.02768, section 2.5; Donner & Zou (2012), https://doi.org/10.1177/0962280210383088
 */
export function compareAdaptive(
  control: AdaptiveEstimate,
  treatment: AdaptiveEstimate,
  {level = 0.95, alternative = "two-sided"}: ComparisonOptions = {}
): Comparison {
  const options = {level, alternative};
  const [b, a] = [control.terms, treatment.terms];
  const sides = [sideOf(control), sideOf(treatment)] as const;
  if (b === null || a === null || b.variance !== null || a.variance !== null) {
    const degreesOfFreedom = b && a && welch(sides);
    const comparison = compareEstimates(method, ...sides, {...options, degreesOfFreedom});
    return comparison.reason === null
      ? comparison
      : {...comparison, reason: treatment.reason ?? control.reason ?? comparison.reason};
  }
  const base = compareEstimates(method, ...sides, options);
  const critical = criticalValue(level, alternative);
  const difference = a.mean - b.mean;
  const sign = Math.sign(difference);
  // The critical value at which the nearer bound reaches 0.
  const statistic =
    sign === 0 ? 0 : sign * bracketedRoot((x) => sign * bounds(b, a, x)[sign > 0 ? 0 : 1], [0, 2], {limits: [0, 1e4]});
  const relative = b.mean > 0 ? ratioBounds(b, a, critical) : null;
  const relativeReason = b.mean > 0 ? "control is not told from zero" : "control is zero";
  return {
    ...base,
    statistic,
    pValue: tailProbability(statistic, alternative),
    interval: oneSide(...bounds(b, a, critical), alternative),
    relativeInterval: relative && oneSide(relative[0] - 1, relative[1] - 1, alternative),
    reason: null,
    relativeReason: relative ? null : relativeReason
  };
}

function sideOf({n, mean, standardError}: AdaptiveEstimate): ArmEstimate {
  return {n, estimate: mean, standardError};
}

function welch([control, treatment]: readonly [ArmEstimate, ArmEstimate]): number {
  const [b, a] = [(control.standardError ?? 0) ** 2, (treatment.standardError ?? 0) ** 2];
  return (a + b) ** 2 / (a ** 2 / (treatment.n - 1) + b ** 2 / (control.n - 1));
}

function bounds(control: IntervalTerms, treatment: IntervalTerms, critical: number): [number, number] {
  const [[l, u], [m, v]] = [adaptiveBounds(control, critical), adaptiveBounds(treatment, critical)];
  const difference = treatment.mean - control.mean;
  const sign = Math.sign(critical);
  return [
    difference - sign * Math.hypot(treatment.mean - m, u - control.mean),
    difference + sign * Math.hypot(v - treatment.mean, control.mean - l)
  ];
}

/** The ratios r for which the bounds of treatment - r control, put together in the same way, hold 0; null where the control may be 0. */
function ratioBounds(control: IntervalTerms, treatment: IntervalTerms, critical: number): [number, number] | null {
  const [[l, u], [m, v]] = [adaptiveBounds(control, critical), adaptiveBounds(treatment, critical)];
  const product = treatment.mean * control.mean;
  const [t0, t1] = [m * (2 * treatment.mean - m), v * (2 * treatment.mean - v)];
  const [c0, c1] = [l * (2 * control.mean - l), u * (2 * control.mean - u)];
  if (!(Math.min(c0, c1) > 0)) return null;
  const toLower = Math.sqrt(Math.max(0, product ** 2 - t0 * c1));
  const toUpper = Math.sqrt(Math.max(0, product ** 2 - t1 * c0));
  // The smaller root as a quotient: its denominator may be 0 or negative for rare rewards.
  return critical > 0
    ? [treatment.mean === 0 ? 0 : t0 / (product + toLower), (product + toUpper) / c0]
    : [(product + toLower) / c1, treatment.mean === 0 ? 0 : t1 / (product + toUpper)];
}
