import type {ArmSums} from "./arms.ts";
import {addArms, emptyArms} from "./arms.ts";
import type {BanditBatch} from "./batchRows.ts";
import type {RewardModel} from "./draw.ts";
import {checkReward, drawBinomial, drawNormal} from "./draw.ts";
import type {Policy} from "./policy.ts";
import {checkProbabilities} from "./policy.ts";

/** A run to simulate. */
export interface BanditRun {
  readonly arms: readonly RewardModel[];
  readonly policy: Policy;
  /** How many batches, and units in each; positive integers. */
  readonly batches: number;
  readonly batchSize: number;
  /** Uniform in [0, 1); a seeded one makes the run repeatable. */
  readonly random: () => number;
}

/** What a run gave: its log by batch, and the regret after each. */
export interface SimulatedBandit {
  readonly batches: BanditBatch[];
  /** Units so far times the best arm's mean, less the true means of the arms they got; never falls, 0 if all arms are equal. */
  readonly regret: number[];
}

/**
 * Returns a simulated run: at each batch the policy sees the sums so far, units draw arms with its probabilities, and rewards come in
 * before the next batch.
 *
 * @throws {RangeError} if there is no arm, a reward model or size is out of range, or the policy's probabilities are not ones
 */
export function simulateBandit({arms, policy, batches, batchSize, random}: BanditRun): SimulatedBandit {
  for (const [name, value] of Object.entries({batches, batchSize}))
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`invalid ${name}; not a positive integer: ${value}`);
  arms.forEach(checkReward);
  const best = Math.max(...arms.map(({mean}) => mean));
  const log: BanditBatch[] = [];
  const regret: number[] = [];
  let known = emptyArms(arms.length);
  let lost = 0;
  for (let b = 0; b < batches; ++b) {
    const probabilities = policy(known);
    checkProbabilities(probabilities);
    const sums = drawBatch(arms, probabilities, batchSize, random);
    known = addArms(known, sums);
    lost += sums.reduce((total, {n}, i) => total + n * (best - (arms[i]?.mean ?? NaN)), 0);
    log.push({time: String(b + 1), probabilities, arms: sums});
    regret.push(lost);
  }
  return {batches: log, regret};
}

/** The regret of one policy over many runs, after each batch. */
export interface RegretCurve {
  readonly units: number;
  readonly mean: number;
  /** The 5% and 95% quantiles over the runs. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Returns the mean regret over many runs, with its 5% and 95% quantiles, after each batch.
 *
 * @param runs how many; a positive integer
 * @throws as `simulateBandit`
 */
export function regretCurve(run: BanditRun, runs: number): RegretCurve[] {
  if (!(Number.isInteger(runs) && runs > 0)) throw new RangeError(`invalid runs; not a positive integer: ${runs}`);
  const all = Array.from({length: runs}, () => simulateBandit(run).regret);
  return Array.from({length: run.batches}, (_, b) => {
    const regrets = Float64Array.from(all, (regret) => regret[b] ?? NaN).sort();
    const quantile = (p: number): number => regrets[Math.round(p * (runs - 1))] ?? NaN;
    return {
      units: (b + 1) * run.batchSize,
      mean: regrets.reduce((sum, regret) => sum + regret, 0) / runs,
      lower: quantile(0.05),
      upper: quantile(0.95)
    };
  });
}

function drawBatch(
  arms: readonly RewardModel[],
  probabilities: readonly number[],
  size: number,
  random: () => number
): ArmSums[] {
  let left = size;
  let probability = 1;
  return arms.map((arm, i) => {
    const own = probabilities[i] ?? 0;
    const isLast = i === arms.length - 1;
    const n = isLast ? left : drawBinomial(left, Math.min(1, own / Math.max(probability, Number.MIN_VALUE)), random);
    left -= n;
    probability -= own;
    return drawRewards(arm, n, random);
  });
}

function drawRewards(arm: RewardModel, n: number, random: () => number): ArmSums {
  if (arm.kind === "bernoulli") {
    const sum = drawBinomial(n, arm.mean, random);
    return {n, sum, sumSquares: sum};
  }
  let [sum, sumSquares] = [0, 0];
  for (let i = 0; i < n; ++i) {
    const reward = arm.mean + arm.standardDeviation * drawNormal(random);
    sum += reward;
    sumSquares += reward ** 2;
  }
  return {n, sum, sumSquares};
}
