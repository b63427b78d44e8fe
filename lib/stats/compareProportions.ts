import {bracketedRoot} from "./bracketedRoot.ts";
import {checkAlternative, checkLevel} from "./checks.ts";
import type {Alternative} from "./checks.ts";
import {compareEstimates, criticalValue, oneSide, tailProbability} from "./comparison.ts";
import type {ArmEstimate, Comparison, ComparisonOptions, Interval} from "./comparison.ts";
import type {Moments} from "./moments.ts";
import {checkProportion, newcombeBounds, nurminenInflation, plusOne, wilson} from "./proportionIntervals.ts";
import type {Bounds, Proportion} from "./proportionIntervals.ts";
import {differenceAtScore, ratioAtScore, scoreOfDifference} from "./scoreTest.ts";
import type {TwoByTwo} from "./scoreTest.ts";

/** How two proportions are compared; each is a test with the interval that inverts it. */
export type ProportionMethod = "score" | "miettinen-nurminen" | "wald" | "agresti-caffo" | "newcombe";

/** What is asked of a comparison of proportions. */
export type ProportionOptions = ComparisonOptions & {
  /** Defaults to "score". */
  readonly method?: ProportionMethod;
};

/**
 * Returns the comparison of two proportions. The method is one for the test and the intervals, so that they cannot contradict each other:
 *
 * - `score`, the default: the pooled z test without continuity correction, and the differences and ratios that the same test does not
 *   reject (Mee's and Koopman's intervals)
 * - `miettinen-nurminen`: the same with the variance multiplied by N/(N-1)
 * - `wald`: unpooled z; `agresti-caffo`: the same after one success and one failure are added to each arm; Fieller's relative intervals
 * - `newcombe`: from the Wilson intervals of the arms, the p-value by inverting the interval; relative interval by the same (MOVER-R)
 *
 * `standardError` is the unpooled one in every method but agresti-caffo; `statistic` is the method's z. Both arms at 0, or both at 1: the score methods
 * give an interval, but no statistic and no p-value. No units in an arm: all null. Each with a reason.
 *
 * @param control sums of the control's units; y is 0 or 1 for each, so y + n origin is the number of successes
 * @param treatment sums of the treatment's units
 * @throws {RangeError} if n is not a count, successes are not in [0, n] or the level is not in (0, 1)
 * @throws {TypeError} if the method or the alternative is unknown
 * @see Mee (1984), https://doi.org/10.2307/2531174; Koopman (1984), https://doi.org/10.2307/2531405; Donner & Zou (2012),
 * https://doi.org/10.1177/0962280210383088, for MOVER-R
 */
export function compareProportions(
  control: Moments,
  treatment: Moments,
  {method = "score", level = 0.95, alternative = "two-sided"}: ProportionOptions = {}
): Comparison {
  checkLevel(level);
  checkAlternative(alternative);
  const c = successesOf(control);
  const s = successesOf(treatment);
  checkProportion("control successes", c, control.n);
  checkProportion("treatment successes", s, treatment.n);
  const counts: TwoByTwo = [c, control.n, s, treatment.n];
  const arms = [estimate(c, control.n), estimate(s, treatment.n)] as const;
  if (control.n === 0 || treatment.n === 0) return compareEstimates(method, arms[0], arms[1], {level, alternative});
  switch (method) {
    case "score":
      return compareScores(method, arms, counts, 1, level, alternative);
    case "miettinen-nurminen":
      return compareScores(method, arms, counts, nurminenInflation(counts), level, alternative);
    case "wald":
      return compareEstimates(method, arms[0], arms[1], {level, alternative});
    case "agresti-caffo":
      return compareAgrestiCaffo(compareEstimates(method, arms[0], arms[1], {level, alternative}), counts);
    case "newcombe":
      return compareNewcombe(compareEstimates(method, arms[0], arms[1], {level, alternative}), counts);
    default:
      throw new TypeError(
        `unknown method; not score, miettinen-nurminen, wald, agresti-caffo or newcombe: ${String(method)}`
      );
  }
}

/**
 * Returns the pooled z test of two proportions by itself: no continuity correction; null for both without units or with no success, or no failure,
 * in either arm.
 *
 * @throws {RangeError} if n is not a count or successes are not in [0, n]
 * @throws {TypeError} if the alternative is unknown
 * @example twoProportionZTest({successes: 1200, n: 10000}, {successes: 1290, n: 10000}).z // 1.9275…
 */
export function twoProportionZTest(
  control: Proportion,
  treatment: Proportion,
  {alternative = "two-sided"}: {readonly alternative?: Alternative} = {}
): {readonly z: number | null; readonly pValue: number | null} {
  checkAlternative(alternative);
  checkProportion("control successes", control.successes, control.n);
  checkProportion("treatment successes", treatment.successes, treatment.n);
  const all = control.successes + treatment.successes;
  if (control.n === 0 || treatment.n === 0 || all === 0 || all === control.n + treatment.n)
    return {z: null, pValue: null};
  const z = scoreOfDifference([control.successes, control.n, treatment.successes, treatment.n], 0);
  return {z, pValue: tailProbability(z, alternative)};
}

function compareScores(
  method: string,
  [control, treatment]: readonly [ArmEstimate, ArmEstimate],
  counts: TwoByTwo,
  inflation: number,
  level: number,
  alternative: Alternative
): Comparison {
  const [c, m, s, n] = counts;
  const [b, a, sb, sa] = [c / m, s / n, control.standardError ?? 0, treatment.standardError ?? 0];
  const critical = criticalValue(level, alternative);
  const decided = c + s > 0 && c + s < m + n;
  const statistic = decided ? scoreOfDifference(counts, 0, {inflation}) : null;
  return {
    method,
    alternative,
    level,
    control,
    treatment,
    covariance: 0,
    difference: a - b,
    standardError: Math.sqrt(sa * sa + sb * sb),
    statistic,
    degreesOfFreedom: null,
    pValue: statistic === null ? null : tailProbability(statistic, alternative),
    interval: bounds((score) => differenceAtScore(counts, score, {inflation}), critical, alternative),
    relativeDifference: c > 0 ? (a - b) / b : null,
    relativeStandardError: c > 0 ? Math.sqrt(sa * sa + ((a * a) / (b * b)) * sb * sb) / b : null,
    relativeInterval:
      c > 0 ? bounds((score) => ratioAtScore(counts, score, {inflation}) - 1, critical, alternative) : null,
    reason: decided ? null : `no ${c + s === 0 ? "successes" : "failures"} in either arm`,
    relativeReason: c > 0 ? null : "control is zero"
  };
}

function bounds(boundAt: (score: number) => number, critical: number, alternative: Alternative): Interval {
  if (alternative === "greater") return [boundAt(critical), null];
  if (alternative === "less") return [null, boundAt(-critical)];
  return [boundAt(critical), boundAt(-critical)];
}

function compareAgrestiCaffo(base: Comparison, counts: TwoByTwo): Comparison {
  const [c, m, s, n] = plusOne(counts);
  const {alternative, level} = base;
  const shrunk = compareEstimates(base.method, estimate(c, m), estimate(s, n), {level, alternative});
  return {
    ...base,
    standardError: shrunk.standardError,
    statistic: shrunk.statistic,
    pValue: shrunk.pValue,
    interval: shrunk.interval,
    relativeInterval: counts[0] > 0 ? shrunk.relativeInterval : null,
    reason: null,
    relativeReason: counts[0] > 0 ? shrunk.relativeReason : "control is zero"
  };
}

function compareNewcombe(base: Comparison, counts: TwoByTwo): Comparison {
  const {alternative, level, difference} = base;
  const critical = criticalValue(level, alternative);
  const both = newcombeBounds(counts, critical);
  // the critical value at which the nearer bound reaches 0
  const statistic =
    difference === null || difference === 0
      ? 0
      : Math.sign(difference) *
        bracketedRoot((x) => Math.sign(difference) * newcombeBounds(counts, x)[difference > 0 ? 0 : 1], [0, 2], {
          limits: [0, 1e4]
        });
  const relative = counts[0] > 0 ? moverRatio(counts, critical) : null;
  return {
    ...base,
    statistic,
    pValue: tailProbability(statistic, alternative),
    interval: oneSide(both[0], both[1], alternative),
    relativeInterval: relative && oneSide(relative[0] - 1, relative[1] - 1, alternative),
    reason: null,
    relativeReason: counts[0] > 0 ? null : "control is zero"
  };
}

function moverRatio([c, m, s, n]: TwoByTwo, critical: number): Bounds {
  const [pc, pt] = [c / m, s / n];
  const [lowerC, upperC] = wilson(c, m, critical);
  const [lowerT, upperT] = wilson(s, n, critical);
  const product = pt * pc;
  const [t0, t1] = [lowerT * (2 * pt - lowerT), upperT * (2 * pt - upperT)];
  const [c0, c1] = [lowerC * (2 * pc - lowerC), upperC * (2 * pc - upperC)];
  const toLower = Math.sqrt(Math.max(0, product * product - t0 * c1));
  const toUpper = Math.sqrt(Math.max(0, product * product - t1 * c0));
  // the smaller root as a quotient: its denominator would be 0 or negative for rare events
  return critical > 0
    ? [pt === 0 ? 0 : t0 / (product + toLower), (product + toUpper) / c0]
    : [(product + toLower) / c1, pt === 0 ? 0 : t1 / (product + toUpper)];
}

/** The number of successes that sums about an origin stand for; rounding of the origin's part is taken away. */
function successesOf({n, y, origin}: Moments): number {
  if (!origin.y) return y;
  const successes = y + n * origin.y;
  const whole = Math.round(successes);
  return Math.abs(successes - whole) <= 1e-12 * n ? whole : successes;
}

function estimate(successes: number, n: number): ArmEstimate {
  if (n === 0) return {n, estimate: null, standardError: null};
  const p = successes / n;
  return {n, estimate: p, standardError: Math.sqrt((p * (1 - p)) / n)};
}
