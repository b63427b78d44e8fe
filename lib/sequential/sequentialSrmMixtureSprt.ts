import {checkProbability} from "./checks.ts";

/** The target and the deviations that are looked for. */
export interface MixtureSprtOptions {
  /** Share of treatment by design, in (0, 1); defaults to 0.5. */
  targetTreatmentRatio?: number;
  /** Absolute deviation of that share; target -+ delta must be in (0, 1). Defaults to 0.02. */
  delta?: number;
  /** Crossed at a likelihood ratio of 1 / alpha; in (0, 1), defaults to 0.01. */
  alpha?: number;
}

/** Whether and when the assignment left its target. */
export interface MixtureSprt {
  /** Natural logarithm of the likelihood ratio after the last unit; 0 without units. */
  logLikelihoodRatio: number;
  /** The same as a ratio; null where it exceeds the range of numbers, then `reason` says so. */
  finalLikelihoodRatio: number | null;
  /** Index of the first unit, from 0, at which the ratio was at least 1 / alpha; null if never. */
  firstCrossing: number | null;
  reason: string | null;
}

/**
 * Returns the sequential test of a sample ratio mismatch between two arms, unit by unit: the equal mixture of the
 * likelihoods at target + delta and target - delta, over that at the target. It may be looked at after every unit:
 * with a right target it ever crosses with a probability of at most alpha, and a crossing is final.
 *
 * @param assignments 1 for treatment, 0 for control, in order of arrival; may be empty
 * @throws {RangeError} if an assignment is not 0 or 1, or an option is out of range
 * @see Wald (1947), Sequential Analysis; Ville's inequality
 * @example sequentialSrmMixtureSprt([1, 1, 1, 1], {delta: 0.2}).firstCrossing // null
 */
export function sequentialSrmMixtureSprt(
  assignments: Iterable<number>,
  {targetTreatmentRatio = 0.5, delta = 0.02, alpha = 0.01}: MixtureSprtOptions = {}
): MixtureSprt {
  const steps = logSteps(targetTreatmentRatio, delta);
  checkProbability("alpha", alpha);
  const threshold = -Math.log(alpha);
  let above = 0;
  let below = 0;
  let logLikelihoodRatio = 0;
  let firstCrossing: number | null = null;
  let index = 0;
  for (const assignment of assignments) {
    if (!(assignment === 0 || assignment === 1)) {
      throw new RangeError(`invalid assignments; not 0 or 1: ${assignment}`);
    }
    above += assignment === 1 ? steps.above.treatment : steps.above.control;
    below += assignment === 1 ? steps.below.treatment : steps.below.control;
    logLikelihoodRatio = logMean(above, below);
    if (firstCrossing === null && logLikelihoodRatio >= threshold) firstCrossing = index;
    ++index;
  }
  const ratio = Math.exp(logLikelihoodRatio);
  const fits = ratio < Infinity;
  return {
    logLikelihoodRatio,
    finalLikelihoodRatio: fits ? ratio : null,
    firstCrossing,
    reason: fits ? null : "the likelihood ratio exceeds the range of numbers; see its logarithm"
  };
}

/** Returns the log likelihood ratio of the same mixture for counts: it depends on the order of arrival no further. */
export function mixtureSprtLogRatio(
  control: number,
  treatment: number,
  {targetTreatmentRatio = 0.5, delta = 0.02}: Omit<MixtureSprtOptions, "alpha"> = {}
): number {
  for (const count of [control, treatment]) {
    if (!(Number.isInteger(count) && count >= 0)) {
      throw new RangeError(`invalid counts; not integers from 0 up: ${count}`);
    }
  }
  const {above, below} = logSteps(targetTreatmentRatio, delta);
  return logMean(
    treatment * above.treatment + control * above.control,
    treatment * below.treatment + control * below.control
  );
}

function logSteps(target: number, delta: number) {
  checkProbability("targetTreatmentRatio", target);
  if (!(0 < delta && 0 < target - delta && target + delta < 1)) {
    throw new RangeError(`invalid delta; target -+ delta not in (0, 1): ${delta}`);
  }
  const steps = (change: number) => ({
    treatment: Math.log1p(change / target),
    control: Math.log1p(-change / (1 - target))
  });
  return {above: steps(delta), below: steps(-delta)};
}

/** ln((exp a + exp b) / 2) without overflow. */
function logMean(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2;
}
