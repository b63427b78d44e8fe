import type {ArmSums} from "./arms.ts";
import {addReward, emptyArms} from "./arms.ts";
import {checkProbabilities} from "./policy.ts";

/** One unit of a bandit's log. */
export interface BanditRow {
  /** When, as ISO 8601 text or any text that sorts by time. */
  readonly time: string;
  readonly arm: string;
  readonly reward: number;
  /** The probability of each arm when this unit was assigned, in the order of the arms; the best that a log can hold. */
  readonly probabilities?: readonly number[] | null;
  /** The probability of the arm that was chosen, in (0, 1]; where the others were not logged. */
  readonly propensity?: number | null;
}

/** The sums of units that were assigned with the same probabilities, one after another. */
export interface BanditBatch {
  readonly time: string;
  /** The probability of each arm; null if they were not logged. */
  readonly probabilities: readonly number[] | null;
  readonly arms: readonly ArmSums[];
}

/** How to cut time. */
export interface BatchRowsOptions {
  /** The batch that a time belongs to, at most; defaults to its first ten characters, the day of an ISO 8601 time. */
  readonly by?: (time: string) => string;
}

/**
 * Returns a bandit's log as batches, in order of time: consecutive rows of one day (or whatever `by` says) with equal probabilities.
 * Where only the chosen arm's propensity was logged, a day's probabilities are put together if every arm was chosen on it, always
 * with one propensity, and these add up to 1; otherwise they count as not logged.
 *
 * @param rows in any order; none gives []
 * @param keys the arms
 * @throws {RangeError} if a row's arm is unknown, its reward is not finite, or its probabilities are not ones
 */
export function batchRows(
  rows: readonly BanditRow[],
  keys: readonly string[],
  {by = (time) => time.slice(0, 10)}: BatchRowsOptions = {}
): BanditBatch[] {
  const index = new Map(keys.map((key, i) => [key, i]));
  if (index.size < keys.length)
    throw new RangeError(`duplicate arm: ${keys.find((key, i) => keys.indexOf(key) !== i)}`);
  const batches: {
    time: string;
    slice: string;
    key: string;
    probabilities: readonly number[] | null;
    arms: ArmSums[];
    chosen: Set<number>[];
  }[] = [];
  for (const {time, arm, reward, probabilities = null, propensity = null} of [...rows].sort((a, b) =>
    a.time < b.time ? -1 : a.time > b.time ? 1 : 0
  )) {
    const i = index.get(arm);
    if (i === undefined) throw new RangeError(`unknown arm: ${arm}`);
    if (propensity !== null && !(0 < propensity && propensity <= 1))
      throw new RangeError(`invalid propensity; not in (0, 1]: ${propensity}`);
    const key = probabilities?.join() ?? "";
    const slice = by(time);
    let batch = batches.at(-1);
    if (!batch || batch.slice !== slice || batch.key !== key) {
      if (probabilities) {
        if (probabilities.length !== keys.length)
          throw new RangeError(`invalid probabilities; not ${keys.length}: ${key}`);
        checkProbabilities(probabilities);
      }
      batch = {
        time,
        slice,
        key,
        probabilities,
        arms: emptyArms(keys.length),
        chosen: keys.map(() => new Set<number>())
      };
      batches.push(batch);
    }
    if (probabilities && !((probabilities[i] ?? 0) > 0))
      throw new RangeError(`invalid probability of ${arm}; 0, yet it was chosen: ${time}`);
    batch.arms = addReward(batch.arms, i, reward);
    batch.chosen[i]?.add(propensity ?? NaN);
  }
  return batches.map(({slice, probabilities, arms, chosen}) => ({
    time: slice,
    probabilities: probabilities ?? assemble(chosen),
    arms
  }));
}

function assemble(chosen: readonly ReadonlySet<number>[]): number[] | null {
  const probabilities = chosen.map((propensities) => (propensities.size === 1 ? ([...propensities][0] ?? NaN) : NaN));
  return Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-6 ? probabilities : null;
}
