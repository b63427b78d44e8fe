import {normal} from "../stats/distributions.ts";
import {adaptiveBounds, standardErrorOf} from "./adaptiveBounds.ts";
import type {IntervalTerms} from "./adaptiveBounds.ts";
import type {RewardKind} from "./banditPosteriors.ts";
import type {BanditBatch} from "./batchRows.ts";
import {checkProbabilities} from "./policy.ts";

/** How much each batch counts. */
export type Weighting = "constant" | "two-point" | "plain";

/** What to estimate with. */
export interface AdaptiveEstimateOptions {
  /**
   * `constant` (the default): weights sqrt(propensity), the variance-stabilizing weights with constant allocation rate. `two-point`: for
   * propensities that end near 0 or 1. `plain`: equal weights and no augmentation, the usual inverse-propensity mean, whose
   * intervals do not hold on adaptive data; for comparison.
   */
  readonly weighting?: Weighting;
  /** Confidence in (0, 1); defaults to 0.95. Two-sided. */
  readonly confidence?: number;
  /** What rewards are; defaults to `bernoulli` if all of all arms can only have been 0 and 1, and some were 1. */
  readonly kind?: RewardKind;
  /** For `two-point`: the propensities of an arm that is given up fall as t^-decay; in [0, 1), defaults to 0, a fixed floor. */
  readonly decay?: number;
}

/** An arm's mean with its interval; null, with the reason, if it cannot be had. */
export interface AdaptiveEstimate {
  readonly n: number;
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly reason: string | null;
  /** What an interval at any confidence is made of, see `adaptiveBounds`; null without one. */
  readonly terms: IntervalTerms | null;
}

/**
 * Returns each arm's mean reward with a two-sided interval that holds though the data chose the arms: the adaptively weighted
 * augmented inverse-propensity estimate. Each unit's score is m + 1{its arm} (reward - m) / propensity, with m the arm's mean over
 * earlier batches (at its first units, over their own batch); scores are averaged with weights that keep their variances alike.
 *
 * A batch's scores have a variance that its propensity, m, the mean and the variance of a reward fix. For rewards of 0 and 1 the interval
 * holds the means that the score test does not reject, the variance being that of the mean in question, as Wilson's does in an even split; a
 * mean stays within [0, 1]. For amounts the variance of all the arm's rewards stands in, with a t quantile of n - 1.
 *
 * Needs every batch's probabilities. An arm that never had a reward has no estimate; amounts that never vary have no standard error.
 * `plain` is the usual estimate with the usual normal interval, and has none if the arm was impossible in some batch.
 *
 * @param batches in order of time, as `batchRows` or `simulateBandit` give them
 * @throws {RangeError} if the probabilities of a batch are missing or are not ones, an arm with probability 0 was chosen, or an
 * option is out of range
 * @see Hadad, Hirshberg, Zhan, Wager, Athey (2021), Confidence intervals for policy evaluation in adaptive experiments,
 * https://arxiv.org/abs/1911.02768, equations 5 and 14 to 18; Wilson (1927), https://doi.org/10.2307/2276774
 */
export function adaptiveEstimates(
  batches: readonly BanditBatch[],
  {weighting = "constant", confidence = 0.95, decay = 0, kind = kindOf(batches)}: AdaptiveEstimateOptions = {}
): AdaptiveEstimate[] {
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  if (!(0 <= decay && decay < 1)) throw new RangeError(`invalid decay; not in [0, 1): ${decay}`);
  batches.forEach(checkBatch);
  const critical = normal.upperQuantile((1 - confidence) / 2);
  return (batches[0]?.arms ?? []).map((_, arm) => {
    const parts = batches.map((batch) => takeArm(batch, arm));
    return weighting === "plain"
      ? estimatePlain(parts, critical)
      : estimate(parts, chooseWeights(parts, weighting, decay), kind, critical);
  });
}

/** What rewards must have been, by their sums. */
function kindOf(batches: readonly BanditBatch[]): RewardKind {
  const sums = batches.flatMap(({arms}) => arms);
  const fits = sums.every(({n, sum, sumSquares}) => sum === sumSquares && 0 <= sum && sum <= n);
  return fits && sums.some(({sum}) => sum > 0) ? "bernoulli" : "normal";
}

/** One arm's part of a batch: units in all, its own, their sums, and its propensity. */
interface Part {
  readonly units: number;
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly propensity: number;
}

function checkBatch({time, probabilities, arms}: BanditBatch): void {
  if (!probabilities) throw new RangeError(`missing probabilities of batch: ${time}`);
  if (probabilities.length !== arms.length)
    throw new RangeError(`invalid probabilities; not ${arms.length}: ${probabilities.length}`);
  checkProbabilities(probabilities);
  for (const [i, {n}] of arms.entries())
    if (n > 0 && !((probabilities[i] ?? 0) > 0))
      throw new RangeError(`invalid probability of arm ${i}; 0, yet it was chosen: ${time}`);
}

function takeArm({probabilities, arms}: BanditBatch, arm: number): Part {
  const {n, sum, sumSquares} = arms[arm] ?? {n: 0, sum: 0, sumSquares: 0};
  return {
    units: arms.reduce((total, other) => total + other.n, 0),
    n,
    sum,
    sumSquares,
    propensity: probabilities?.[arm] ?? 0
  };
}

function none(n: number, reason: string, mean: number | null = null): AdaptiveEstimate {
  return {n, mean, standardError: null, lower: null, upper: null, reason, terms: null};
}

function estimate(
  parts: readonly Part[],
  weights: readonly number[],
  kind: RewardKind,
  critical: number
): AdaptiveEstimate {
  let [n, sum, sumSquares] = [0, 0, 0];
  let [total, score] = [0, 0];
  let scale = 0;
  const pull = [0, 0, 0];
  for (const [b, {units, n: own, sum: ownSum, sumSquares: ownSquares, propensity}] of parts.entries()) {
    const weight = weights[b] ?? 0;
    const isFirst = n === 0;
    const guess = isFirst ? ownSum / own : sum / n;
    [n, sum, sumSquares] = [n + own, sum + ownSum, sumSquares + ownSquares];
    if (weight === 0 || n === 0) continue;
    total += weight * units;
    score += weight * (units * guess + (ownSum - own * guess) / propensity);
    if (isFirst) scale += (weight * units) ** 2 / own;
    else {
      const size = (weight ** 2 * units) / propensity;
      scale += size;
      for (let k = 0; k < 3; ++k) pull[k] = (pull[k] ?? 0) + size * (1 - propensity) * guess ** k;
    }
  }
  if (n < 2) return none(n, "fewer than two units got this arm");
  const share = kind === "bernoulli";
  const mean = share ? Math.min(1, Math.max(0, score / total)) : score / total;
  const variance = share ? null : Math.max(0, sumSquares - sum ** 2 / n) / (n - 1);
  if (variance === 0) return none(n, "the rewards do not vary", mean);
  const [d = 0, dm = 0, dmm = 0] = pull.map((value) => value / total ** 2);
  const terms = {n, mean, variance, scale: scale / total ** 2, pull: [d, dm, dmm] as const};
  const [lower, upper] = adaptiveBounds(terms, critical);
  return {n, mean, standardError: standardErrorOf(terms), lower, upper, reason: null, terms};
}

/** The usual inverse-propensity mean: equal weights, no guess. */
function estimatePlain(parts: readonly Part[], critical: number): AdaptiveEstimate {
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  if (n < 2) return none(n, "fewer than two units got this arm");
  if (parts.some(({propensity, units}) => units > 0 && propensity === 0))
    return none(n, "the arm could not be chosen in some batches");
  let [total, score, squares] = [0, 0, 0];
  for (const {units, sum, sumSquares, propensity} of parts) {
    if (units === 0) continue;
    total += units;
    score += sum / propensity;
    squares += sumSquares / propensity ** 2;
  }
  const mean = score / total;
  const standardError = Math.sqrt(Math.max(0, squares - total * mean ** 2)) / total;
  if (!(standardError > 0)) return none(n, "the rewards do not vary", mean);
  const margin = critical * standardError;
  return {n, mean, standardError, lower: mean - margin, upper: mean + margin, reason: null, terms: null};
}

/**
 * The weights h of each unit of each batch. Both rates say which part of the variance that is left to allot a batch takes, and
 * h^2 units / propensity is that part.
 */
function chooseWeights(parts: readonly Part[], weighting: Exclude<Weighting, "plain">, decay: number): number[] {
  const total = parts.reduce((sum, {units}) => sum + units, 0);
  if (weighting === "constant") return parts.map(({propensity}) => Math.sqrt(propensity / total));
  let [before, left] = [0, 1];
  return parts.map(({units, propensity}) => {
    if (!units) return 0;
    const after = before + units;
    const power = 1 - decay;
    const rest = total ** power - before ** power;
    const good = units / (total - before);
    const bad = (after ** power - before ** power) / rest;
    const rate = after === total ? 1 : propensity * good + (1 - propensity) * bad;
    const part = left * rate;
    left -= part;
    before = after;
    return Math.sqrt((part * propensity) / units);
  });
}
