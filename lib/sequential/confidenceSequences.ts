import {asymptoticConfidenceSequence} from "./asymptoticConfidenceSequence.ts";
import type {ConfidenceSequence, ConfidenceSequenceOptions} from "./asymptoticConfidenceSequence.ts";
import {checkFinite} from "./checks.ts";

/** One arm's units in three numbers. */
export interface ArmSummary {
  readonly n: number;
  readonly mean: number;
  /** Of the units, by n - 1. */
  readonly variance: number;
}

/** One arm's counts. */
export interface ArmCounts {
  readonly n: number;
  readonly successes: number;
}

/** A confidence sequence at one look, with the estimate in its middle; all null with a reason where it cannot be had. */
export type EstimateSequence = {estimate: number | null; standardError: number | null} & (
  ConfidenceSequence | {multiplier: null; logLambda: null; pValue: null; interval: null; reason: string}
);

/**
 * Returns the confidence sequence of the difference of two proportions, treatment minus control: asymptotic, tuned at
 * `tuneAt` units in both arms, standard error unpooled with p (1 - p) / n. An arm without units, or no variance in both
 * arms, gives nulls and a reason.
 *
 * @throws {RangeError} if counts are not integers with 0 <= successes <= n, or an option is out of range
 * @example proportionConfidenceSequence({n: 1000, successes: 100}, {n: 1000, successes: 150}, {tuneAt: 2000}).estimate // 0.05
 */
export function proportionConfidenceSequence(
  control: ArmCounts,
  treatment: ArmCounts,
  options: ConfidenceSequenceOptions
): EstimateSequence {
  for (const {n, successes} of [control, treatment]) {
    checkSize(n);
    if (!(Number.isInteger(successes) && 0 <= successes && successes <= n)) {
      throw new RangeError(`invalid successes; not an integer in [0, ${n}]: ${successes}`);
    }
  }
  if (control.n === 0 || treatment.n === 0) return missing("an arm has no units");
  const rate = ({n, successes}: ArmCounts) => successes / n;
  const noise = (arm: ArmCounts) => (rate(arm) * (1 - rate(arm))) / arm.n;
  return sequence(
    rate(treatment) - rate(control),
    Math.sqrt(noise(control) + noise(treatment)),
    control.n + treatment.n,
    options
  );
}

/**
 * Returns the confidence sequence of the difference of two means, treatment minus control: asymptotic, tuned at `tuneAt`
 * units in both arms, standard error as Welch's. An arm with fewer than two units, or no variance in both arms, gives
 * nulls and a reason.
 *
 * @throws {RangeError} if an arm or an option is out of range
 * @example meanConfidenceSequence({n: 100, mean: 5, variance: 4}, {n: 100, mean: 6, variance: 4}, {tuneAt: 200}).estimate // 1
 */
export function meanConfidenceSequence(
  control: ArmSummary,
  treatment: ArmSummary,
  options: ConfidenceSequenceOptions
): EstimateSequence {
  const few = checkArms(control, treatment);
  if (few !== null) return missing(few);
  return sequence(
    treatment.mean - control.mean,
    Math.sqrt(control.variance / control.n + treatment.variance / treatment.n),
    control.n + treatment.n,
    options
  );
}

/**
 * Returns the confidence sequence of the relative difference, treatment / control - 1: asymptotic, tuned at `tuneAt` units
 * in both arms, standard error by the delta method. A control mean of 0, an arm with fewer than two units, or no variance
 * in both arms gives nulls and a reason. With a control mean within a few standard errors of 0 it should not be used.
 *
 * @throws {RangeError} if an arm or an option is out of range
 * @see GrowthBook, Sequential testing, https://docs.growthbook.io/statistics/sequential
 * @example relativeConfidenceSequence({n: 100, mean: 5, variance: 4}, {n: 100, mean: 6, variance: 4}, {tuneAt: 200}).estimate // 0.2
 */
export function relativeConfidenceSequence(
  control: ArmSummary,
  treatment: ArmSummary,
  options: ConfidenceSequenceOptions
): EstimateSequence {
  const few = checkArms(control, treatment);
  if (few !== null) return missing(few);
  if (control.mean === 0) return missing("the control mean is 0");
  const ratio = treatment.mean / control.mean;
  const noise = treatment.variance / treatment.n + (ratio ** 2 * control.variance) / control.n;
  return sequence(
    (treatment.mean - control.mean) / control.mean,
    Math.sqrt(noise) / Math.abs(control.mean),
    control.n + treatment.n,
    options
  );
}

function sequence(
  estimate: number,
  standardError: number,
  n: number,
  options: ConfidenceSequenceOptions
): EstimateSequence {
  return {estimate, standardError, ...asymptoticConfidenceSequence(estimate, standardError, n, options)};
}

function missing(reason: string): EstimateSequence {
  return {
    estimate: null,
    standardError: null,
    multiplier: null,
    logLambda: null,
    pValue: null,
    interval: null,
    reason
  };
}

/** Throws for what cannot be an arm; returns why two arms are too few, or null. */
function checkArms(control: ArmSummary, treatment: ArmSummary): string | null {
  for (const {n, mean, variance} of [control, treatment]) {
    checkSize(n);
    if (n < 2) continue;
    checkFinite("mean", mean);
    if (!(0 <= variance && variance < Infinity)) {
      throw new RangeError(`invalid variance; not a number from 0 up: ${variance}`);
    }
  }
  return control.n < 2 || treatment.n < 2 ? "an arm has fewer than two units" : null;
}

function checkSize(n: number): void {
  if (!(Number.isInteger(n) && n >= 0)) throw new RangeError(`invalid n; not an integer from 0 up: ${n}`);
}
