import {normal} from "../stats/distributions.ts";
import {addArms} from "./arms.ts";
import type {BanditRun} from "./simulateBandit.ts";
import {simulateBandit} from "./simulateBandit.ts";

/** How wrong the plain mean of one arm is when a bandit collected the data. */
export interface NaiveBias {
  /** Mean of (the arm's plain mean - its true mean), over the runs in which the arm was chosen; below 0 as a rule. Null if never. */
  readonly bias: number | null;
  /** The bias over the true mean; null if that is 0. */
  readonly relativeBias: number | null;
  /** Share of runs whose plain interval mean +- z s / sqrt(n) held the true mean, in [0, 1]; null if never chosen twice. */
  readonly coverage: number | null;
}

/**
 * Returns for each arm how biased its plain mean is, and how often the plain interval holds, by simulating the bandit many times. An arm
 * whose first rewards are low by chance is given up and never corrected; one whose first rewards are high is: so means come out low.
 *
 * @param run the bandit, with true means
 * @param runs how many; a positive integer. The bias's Monte Carlo error falls as 1 / sqrt(runs)
 * @param options confidence of the plain intervals, in (0, 1), by default 0.95
 * @see Nie, Tian, Taylor, Zou (2018), Why adaptively collected data have negative bias, https://arxiv.org/abs/1708.01977
 */
export function naiveBias(
  run: BanditRun,
  runs: number,
  {confidence = 0.95}: {readonly confidence?: number} = {}
): NaiveBias[] {
  if (!(Number.isInteger(runs) && runs > 0)) throw new RangeError(`invalid runs; not a positive integer: ${runs}`);
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  const z = normal.quantile(1 - (1 - confidence) / 2);
  const totals = run.arms.map(() => ({bias: 0, runs: 0, held: 0, intervals: 0}));
  for (let r = 0; r < runs; ++r) {
    const arms = simulateBandit(run)
      .batches.map((batch) => batch.arms)
      .reduce(addArms);
    for (const [i, {n, sum, sumSquares}] of arms.entries()) {
      const [total, truth] = [totals[i], run.arms[i]?.mean ?? NaN];
      if (!total || n === 0) continue;
      const mean = sum / n;
      total.bias += mean - truth;
      ++total.runs;
      if (n < 2) continue;
      const standardError = Math.sqrt(Math.max(0, sumSquares - n * mean ** 2) / (n - 1) / n);
      ++total.intervals;
      if (Math.abs(mean - truth) <= z * standardError) ++total.held;
    }
  }
  return totals.map((total, i) => {
    const truth = run.arms[i]?.mean ?? NaN;
    const bias = total.runs ? total.bias / total.runs : null;
    return {
      bias,
      relativeBias: bias !== null && truth !== 0 ? bias / Math.abs(truth) : null,
      coverage: total.intervals ? total.held / total.intervals : null
    };
  });
}
