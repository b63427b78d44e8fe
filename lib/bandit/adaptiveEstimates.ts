import {normal} from "../stats/distributions.ts";
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
}

/** The difference between two arms' means. */
export interface AdaptiveDifference {
  readonly difference: number | null;
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly reason: string | null;
}

/**
 * Returns each arm's mean reward with a two-sided interval that holds though the data chose the arms: the adaptively weighted
 * augmented inverse-propensity estimate. Each unit's score is m + 1{its arm} (reward - m) / propensity, with m the arm's mean over
 * earlier batches; scores are averaged with weights that keep their variances alike; the interval is normal.
 *
 * Needs every batch's probabilities. An arm that never had a reward has no estimate; one whose rewards never vary has a standard
 * error that comes from its first batch alone. `plain` also has none if the arm was impossible in some batch.
 *
 * @param batches in order of time, as `batchRows` or `simulateBandit` give them
 * @throws {RangeError} if the probabilities of a batch are missing or are not ones, an arm with probability 0 was chosen, or an
 * option is out of range
 * @see Hadad, Hirshberg, Zhan, Wager, Athey (2021), Confidence intervals for policy evaluation in adaptive experiments,
 * https://arxiv.org/abs/1911.02768, equations 5, 7, 14 to 18
 */
export function adaptiveEstimates(
  batches: readonly BanditBatch[],
  {weighting = "constant", confidence = 0.95, decay = 0}: AdaptiveEstimateOptions = {}
): AdaptiveEstimate[] {
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  if (!(0 <= decay && decay < 1)) throw new RangeError(`invalid decay; not in [0, 1): ${decay}`);
  batches.forEach(checkBatch);
  const z = normal.quantile(1 - (1 - confidence) / 2);
  return (batches[0]?.arms ?? []).map((_, arm) =>
    estimate(
      batches.map((batch) => takeArm(batch, arm)),
      weighting,
      decay,
      z
    )
  );
}

/**
 * Returns the difference of two of `adaptiveEstimates`, treatment less control: the two are asymptotically uncorrelated, so that
 * their variances add.
 *
 * @see Hadad et al. (2021), https://arxiv.org/abs/1911.02768, section 2.5
 */
export function adaptiveDifference(
  treatment: AdaptiveEstimate,
  control: AdaptiveEstimate,
  {confidence = 0.95}: {readonly confidence?: number} = {}
): AdaptiveDifference {
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  if (
    treatment.mean === null ||
    control.mean === null ||
    treatment.standardError === null ||
    control.standardError === null
  )
    return {
      difference: null,
      standardError: null,
      lower: null,
      upper: null,
      reason: treatment.reason ?? control.reason
    };
  const difference = treatment.mean - control.mean;
  const standardError = Math.hypot(treatment.standardError, control.standardError);
  const margin = normal.quantile(1 - (1 - confidence) / 2) * standardError;
  return {difference, standardError, lower: difference - margin, upper: difference + margin, reason: null};
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

function estimate(parts: readonly Part[], weighting: Weighting, decay: number, z: number): AdaptiveEstimate {
  const n = parts.reduce((total, part) => total + part.n, 0);
  const none = (reason: string): AdaptiveEstimate => ({
    n,
    mean: null,
    standardError: null,
    lower: null,
    upper: null,
    reason
  });
  if (n < 2) return none("fewer than two units got this arm");
  if (weighting === "plain" && parts.some(({propensity, units}) => units > 0 && propensity === 0))
    return none("the arm could not be chosen in some batches");

  const weights = chooseWeights(parts, weighting, decay);
  const guesses = earlierMeans(parts).map((mean) => (weighting === "plain" ? 0 : mean));
  let [total, score] = [0, 0];
  for (const [b, {units, n: own, sum, propensity}] of parts.entries()) {
    const [h, m] = [weights[b] ?? 0, guesses[b] ?? 0];
    if (h === 0) continue;
    total += h * units;
    score += h * (units * m + (sum - own * m) / propensity);
  }
  const mean = score / total;
  let squares = 0;
  for (const [b, {units, n: own, sum, sumSquares, propensity}] of parts.entries()) {
    const [h, m] = [weights[b] ?? 0, guesses[b] ?? 0];
    if (h === 0) continue;
    const off = m - mean;
    const around = Math.max(0, sumSquares - 2 * m * sum + own * m ** 2);
    squares += h ** 2 * (units * off ** 2 + (2 * off * (sum - own * m)) / propensity + around / propensity ** 2);
  }
  const standardError = Math.sqrt(Math.max(0, squares)) / total;
  if (!(standardError > 0)) return {...none("the rewards do not vary"), mean};
  return {n, mean, standardError, lower: mean - z * standardError, upper: mean + z * standardError, reason: null};
}

/** The arm's mean over earlier batches; 0 until it has a reward. */
function earlierMeans(parts: readonly Part[]): number[] {
  let [n, sum] = [0, 0];
  return parts.map((part) => {
    const mean = n ? sum / n : 0;
    n += part.n;
    sum += part.sum;
    return mean;
  });
}

/**
 * The weights h of each unit of each batch. Both rates say which part of the variance that is left to allot a batch takes, and
 * h^2 units / propensity is that part.
 */
function chooseWeights(parts: readonly Part[], weighting: Weighting, decay: number): number[] {
  const total = parts.reduce((sum, {units}) => sum + units, 0);
  if (weighting === "plain") return parts.map(() => 1);
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
