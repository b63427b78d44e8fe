import {normal} from "../stats/distributions.ts";

/** A unit that one policy assigned, seen with the eyes of another. */
export interface LoggedRow {
  readonly reward: number;
  /** The probability with which the logging policy chose what it chose, in (0, 1]. */
  readonly logged: number;
  /** The probability with which the policy to evaluate would have chosen the same, in [0, 1]. */
  readonly target: number;
}

/** A row with a model's opinion, for the doubly robust estimate. */
export interface ModelledRow extends LoggedRow {
  /** The reward that the model expects of what was chosen. Fit the model on other rows, or the standard error is too small. */
  readonly predicted: number;
  /** The reward that the model expects under the policy to evaluate: its predictions, weighted by that policy's probabilities. */
  readonly expected: number;
}

/** Settings of off-policy evaluation. */
export interface OffPolicyOptions {
  /** Confidence in (0, 1); defaults to 0.95. Two-sided, normal. */
  readonly confidence?: number;
  /** Weights are cut at this; positive, defaults to Infinity: not cut. Cutting lowers the variance and biases towards 0. */
  readonly clip?: number;
}

/** The mean reward that a policy would have had; null, with the reason, if it cannot be had. */
export interface PolicyValue {
  readonly n: number;
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** (sum of weights)^2 / sum of squared weights: how many units the estimate really rests on; 0 without any weight. */
  readonly effectiveSampleSize: number;
  readonly largestWeight: number;
  readonly reason: string | null;
}

/**
 * Returns the value of a policy from another's log by inverse propensity scoring: the mean of reward x target / logged. Unbiased if
 * every choice of the target policy was possible under the logging one. With target = logged it is the plain mean.
 *
 * @param rows none, or one, has no interval
 * @throws {RangeError} if a reward is not finite, `logged` not in (0, 1], `target` not in [0, 1], or an option out of range
 * @see Horvitz, Thompson (1952); Dudík et al. (2014), https://arxiv.org/abs/1503.02834
 */
export function inversePropensity(rows: readonly LoggedRow[], options: OffPolicyOptions = {}): PolicyValue {
  return averageScores(rows, ({reward}, weight) => weight * reward, options);
}

/**
 * Returns the value of a policy by self-normalized inverse propensity scoring: the mean of rewards weighted by target / logged. Slightly
 * biased, often far less variable, and within the range of the rewards. Standard error by the delta method.
 *
 * @throws {RangeError} as `inversePropensity`
 * @see Swaminathan, Joachims (2015), https://papers.nips.cc/paper/2015/hash/39027dfad5138c9ca0c474d71db915c3-Abstract.html
 */
export function selfNormalized(rows: readonly LoggedRow[], options: OffPolicyOptions = {}): PolicyValue {
  const weights = takeWeights(rows, options);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0))
    return finish(weights, null, null, options, "the policy would have chosen nothing of what was logged");
  const mean = rows.reduce((sum, {reward}, i) => sum + (weights[i] ?? 0) * reward, 0) / total;
  const squares = rows.reduce((sum, {reward}, i) => sum + ((weights[i] ?? 0) * (reward - mean)) ** 2, 0);
  return finish(weights, mean, Math.sqrt(squares) / total, options);
}

/**
 * Returns the value of a policy by the doubly robust estimate: the mean of expected + (target / logged) (reward - predicted). Right if
 * either the propensities or the model are, and less variable than inverse propensity scoring the better the model.
 *
 * @throws {RangeError} as `inversePropensity`, or if a prediction is not finite
 * @see Dudík, Langford, Li (2011), https://arxiv.org/abs/1103.4601
 */
export function doublyRobust(rows: readonly ModelledRow[], options: OffPolicyOptions = {}): PolicyValue {
  for (const {predicted, expected} of rows)
    if (!Number.isFinite(predicted + expected))
      throw new RangeError(`invalid prediction; not finite: ${predicted}, ${expected}`);
  return averageScores(
    rows,
    ({reward, predicted, expected}, weight) => expected + weight * (reward - predicted),
    options
  );
}

function averageScores<Row extends LoggedRow>(
  rows: readonly Row[],
  scoreOf: (row: Row, weight: number) => number,
  options: OffPolicyOptions
): PolicyValue {
  const weights = takeWeights(rows, options);
  const scores = rows.map((row, i) => scoreOf(row, weights[i] ?? 0));
  const n = rows.length;
  if (n === 0) return finish(weights, null, null, options, "no rows");
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (n - 1);
  return finish(weights, mean, Math.sqrt(variance / n), options);
}

function takeWeights(rows: readonly LoggedRow[], {confidence = 0.95, clip = Infinity}: OffPolicyOptions): number[] {
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  if (!(clip > 0)) throw new RangeError(`invalid clip; not a positive number: ${clip}`);
  return rows.map(({reward, logged, target}) => {
    if (!Number.isFinite(reward)) throw new RangeError(`invalid reward; not finite: ${reward}`);
    if (!(0 < logged && logged <= 1)) throw new RangeError(`invalid logged; not in (0, 1]: ${logged}`);
    if (!(0 <= target && target <= 1)) throw new RangeError(`invalid target; not in [0, 1]: ${target}`);
    return Math.min(clip, target / logged);
  });
}

function finish(
  weights: readonly number[],
  mean: number | null,
  error: number | null,
  {confidence = 0.95}: OffPolicyOptions,
  why: string | null = null
): PolicyValue {
  const n = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const squares = weights.reduce((sum, weight) => sum + weight ** 2, 0);
  const standardError = error !== null && error > 0 && n > 1 ? error : null;
  const margin = standardError === null ? null : normal.quantile(1 - (1 - confidence) / 2) * standardError;
  return {
    n,
    mean,
    standardError,
    lower: mean === null || margin === null ? null : mean - margin,
    upper: mean === null || margin === null ? null : mean + margin,
    effectiveSampleSize: squares > 0 ? total ** 2 / squares : 0,
    largestWeight: weights.reduce((largest, weight) => Math.max(largest, weight), 0),
    reason: why ?? (standardError === null ? (n > 1 ? "the scores do not vary" : "fewer than two rows") : null)
  };
}
