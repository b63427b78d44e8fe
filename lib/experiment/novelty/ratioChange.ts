import {bracketedRoot} from "../../stats/bracketedRoot.ts";
import {chiSquare, normal} from "../../stats/distributions.ts";

/** One arm's means per day in two spans, both above 0, with the variances and the covariance of these means. */
export interface SpanMeans {
  readonly early: number;
  readonly late: number;
  readonly earlyVariance: number;
  readonly lateVariance: number;
  readonly covariance: number;
}

/** The test that both arms move by the same ratio, and the interval that inverts it. */
export interface RatioChange {
  readonly pValue: number;
  /** Of log(late / early) of treatment minus that of control; a bound is null where the data set none. */
  readonly interval: [number | null, number | null];
}

/**
 * Returns the test that late / early is the same in both arms, against the nearest means that obey it: the squared distance
 * of the means (normal, their covariance taken as known) from those for which the treatment's late / early is exp(change)
 * times the control's, chi-square with one degree of freedom. This is Fieller's idea for two ratios at once. Where means
 * are known well it is the Wald test of the log ratios; where values are skewed or rare it keeps its level, which Wald's
 * does not: a few large values move a mean and its variance together, and on the scale of logarithms the variance lags.
 *
 * @param error the standard error of the change by the delta method, above 0: where the search for the bounds begins
 * @see Fieller (1954), https://doi.org/10.1111/j.2517-6161.1954.tb00159.x
 */
export function ratioChange(
  [control, treatment]: readonly [SpanMeans, SpanMeans],
  error: number,
  {alpha = 0.05}: {alpha?: number} = {}
): RatioChange {
  const [logC, logT] = [control, treatment].map(({early, late}) => Math.log(late / early)) as [number, number];
  const estimate = logT - logC;
  const distance = (change: number) => {
    const shift = Math.exp(change);
    const at = (log: number) => {
      const ratio = Math.exp(log);
      return squaredDistance(control, ratio) + squaredDistance(treatment, shift * ratio);
    };
    return smallest(at, Math.min(logC, logT - change), Math.max(logC, logT - change));
  };
  const critical = normal.upperQuantile(alpha / 2);
  const bound = (side: -1 | 1): number | null => {
    const excess = (change: number) => Math.sqrt(distance(change)) - critical;
    const limit = estimate + side * (10 + 10 * critical * error);
    if (!(excess(limit) > 0)) return null;
    const [from, to] = [estimate + 0.5 * side * critical * error, estimate + 1.5 * side * critical * error];
    return bracketedRoot(excess, side < 0 ? [to, from] : [from, to], {
      limits: side < 0 ? [limit, estimate] : [estimate, limit],
      tolerance: 1e-8,
      absoluteTolerance: 1e-8 * error
    });
  };
  return {pValue: chiSquare.sf(distance(0), 1), interval: [bound(-1), bound(1)]};
}

/** How far an arm's means are from a ratio of late to early, in squared standard errors. */
function squaredDistance({early, late, earlyVariance, lateVariance, covariance}: SpanMeans, ratio: number): number {
  const off = late - ratio * early;
  const variance = lateVariance - 2 * ratio * covariance + ratio * ratio * earlyVariance;
  // An arm without variance keeps to its own ratio; its rounding errors are its variance.
  return (off * off) / Math.max(variance, 1e-14 * late * late);
}

/** The smallest value of a smooth function between two points: the best of a grid, then golden section around it. */
function smallest(f: (x: number) => number, from: number, to: number): number {
  const steps = 4;
  const width = (to - from) / steps;
  let [best, place] = [Infinity, from];
  for (let i = 0; i <= steps; i++) {
    const x = from + i * width;
    const value = f(x);
    if (value < best) [best, place] = [value, x];
  }
  let [low, high] = [Math.max(from, place - width), Math.min(to, place + width)];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [fLeft, fRight] = [f(left), f(right)];
  // The function is flat at its smallest value: a place good to 1e-5 gives it to 1e-9.
  while (high - low > 1e-5 * (to - from))
    if (fLeft < fRight) {
      [high, right, fRight] = [right, left, fLeft];
      left = high - golden * (high - low);
      fLeft = f(left);
    } else {
      [low, left, fLeft] = [left, right, fRight];
      right = low + golden * (high - low);
      fRight = f(right);
    }
  return Math.min(best, fLeft, fRight);
}

const golden = (Math.sqrt(5) - 1) / 2;
