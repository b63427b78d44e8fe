import {checkProbability} from "./checks.ts";
import {checkSplit, sequentialSampleRatioMismatch} from "./sequentialSampleRatioMismatch.ts";
import type {SequentialMismatchOptions} from "./sequentialSampleRatioMismatch.ts";

/** New units of one day, per arm. */
export interface DailyUnits {
  readonly date: string;
  readonly units: readonly number[];
}

/** The level and the prior. */
export interface RunningMismatchOptions extends SequentialMismatchOptions {
  /** In (0, 1); defaults to 0.01. */
  alpha?: number;
}

/** The mismatch test over a whole experiment. */
export interface RunningMismatch {
  /** By day: all units until then, the evidence then, and the smallest p-value until then. */
  path: {date: string; units: number[]; logBayesFactor: number; pValue: number}[];
  /** The smallest p-value so far: valid over the experiment's whole life; 1 without days. */
  pValue: number;
  /** The first day on which it was at most alpha; null if never. A crossing is final. */
  crossed: string | null;
}

/**
 * Returns the sequential mismatch test over days of new units, with the smallest always-valid p-value so far and the day
 * on which it crossed: an alarm whose error holds over all nights together, unlike a chi-square test repeated nightly.
 *
 * @param days new units per day and arm, in order of time; dates are only names
 * @param expectedWeights the split by design, positive; scaled to add up to 1
 * @throws {RangeError} if counts, weights or options are out of range
 * @see Lindon & Malek (2022), https://arxiv.org/abs/2011.03567
 * @example runningSampleRatioMismatch([{date: "2026-01-05", units: [900, 1100]}], [0.5, 0.5]).pValue // about 0.06
 */
export function runningSampleRatioMismatch(
  days: readonly DailyUnits[],
  expectedWeights: readonly number[],
  {alpha = 0.01, concentration = 10000}: RunningMismatchOptions = {}
): RunningMismatch {
  checkProbability("alpha", alpha);
  let units = expectedWeights.map(() => 0);
  let smallest = 1;
  let crossed: string | null = null;
  const path = days.map(({date, units: added}) => {
    checkSplit(added, expectedWeights);
    units = units.map((count, i) => count + (added[i] ?? 0));
    const {logBayesFactor, pValue} = sequentialSampleRatioMismatch(units, expectedWeights, {concentration});
    smallest = Math.min(smallest, pValue);
    if (crossed === null && smallest <= alpha) crossed = date;
    return {date, units, logBayesFactor, pValue: smallest};
  });
  return {path, pValue: smallest, crossed};
}
