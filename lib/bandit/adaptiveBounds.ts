import {t} from "../stats/distributions.ts";
import {normalTail} from "../stats/normalTail.ts";

/**
 * What the intervals of an adaptively weighted mean are made of. If the mean is m, the estimate has variance
 * scale v + pull[0] m^2 - 2 pull[1] m + pull[2], with v the variance of a reward.
 */
export interface IntervalTerms {
  readonly n: number;
  readonly mean: number;
  /** Of a reward; null if rewards are 0 and 1, so that the mean m has it as m (1 - m). */
  readonly variance: number | null;
  readonly scale: number;
  readonly pull: readonly [number, number, number];
}

/** Returns the standard error of an adaptively weighted mean, at its estimate; 0 where rewards of 0 and 1 were all alike. */
export function standardErrorOf({mean, variance, scale, pull}: IntervalTerms): number {
  const own = variance ?? mean * (1 - mean);
  return Math.sqrt(scale * own + Math.max(0, pull[0] * mean ** 2 - 2 * pull[1] * mean + pull[2]));
}

/**
 * Returns the bounds of an adaptively weighted mean so many standard errors away; for rewards of 0 and 1 the means m, within [0, 1],
 * whose own standard error is that far from the estimate, otherwise the mean and its standard error times the t quantile that has the
 * normal one's tail.
 *
 * @param critical a normal quantile; negative turns the bounds round, 0 gives the mean twice
 */
export function adaptiveBounds(terms: IntervalTerms, critical: number): [lower: number, upper: number] {
  const {n, mean, variance, scale, pull} = terms;
  if (critical < 0) {
    const [lower, upper] = adaptiveBounds(terms, -critical);
    return [upper, lower];
  }
  if (variance !== null) {
    const tail = normalTail(critical);
    // Beyond what a tail probability can hold the two quantiles no longer matter.
    const margin = (tail > 0 ? t.upperQuantile(tail, n - 1) : critical) * standardErrorOf(terms);
    return [mean - margin, mean + margin];
  }
  const square = critical ** 2;
  const a = 1 + square * (scale - pull[0]);
  const b = mean + square * (scale / 2 - pull[1]);
  const c = mean ** 2 - square * pull[2];
  const root = Math.sqrt(Math.max(0, b ** 2 - a * c));
  return [Math.max(0, Math.min(mean, (b - root) / a)), Math.min(1, Math.max(mean, (b + root) / a))];
}
