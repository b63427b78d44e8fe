import {checkPositive, checkProbability} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {mixtureTest} from "./msprt.ts";
import type {AlwaysValid} from "./msprt.ts";
import {mixtureMultiplier} from "./msprtLogLambda.ts";

/** The level and where the sequence is tightest. */
export interface ConfidenceSequenceOptions {
  /** Total over the sides, in (0, 1); defaults to 0.05. */
  alpha?: number;
  /** 2 (default) is two-sided; 1 looks towards positive differences only: the interval is open above. */
  sides?: Sides;
  /** Units in both arms together at which the interval is to be tightest, fixed beforehand; positive. */
  tuneAt: number;
}

/** A confidence sequence at one look. */
export interface ConfidenceSequence extends AlwaysValid {
  /** The interval is difference -+ multiplier * standard error. */
  multiplier: number;
}

/** Returns rho² of the normal mixture that is tightest at that many units: (-2 ln a + ln(1 - 2 ln a)) / tuneAt. */
export function tunedMixing(tuneAt: number, alpha: number): number {
  checkPositive("tuneAt", tuneAt);
  checkProbability("alpha", alpha);
  const evidence = -2 * Math.log(alpha);
  return (evidence + Math.log1p(evidence)) / tuneAt;
}

/**
 * Returns the asymptotic confidence sequence of a difference at one look, by a normal mixture tuned at a number of units:
 * difference -+ multiplier * standardError with multiplier² = 2 (n rho² + 1) / (n rho²) ln(sqrt(n rho² + 1) / alpha).
 * All intervals over time cover the difference together, in large samples. The p-value beside it inverts it. A standard
 * error of 0 gives nulls and a reason.
 *
 * @param difference treatment minus control, or any asymptotically normal estimate
 * @param standardError its standard error; not negative
 * @param n units in both arms together; positive
 * @throws {RangeError} if an argument is out of range
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), https://arxiv.org/abs/2103.06476
 * @example asymptoticConfidenceSequence(0.05, 0.02, 10000, {tuneAt: 20000}).multiplier // about 3.07
 */
export function asymptoticConfidenceSequence(
  difference: number,
  standardError: number,
  n: number,
  {alpha = 0.05, sides = 2, tuneAt}: ConfidenceSequenceOptions
): ConfidenceSequence {
  checkPositive("n", n);
  const ratio = n * tunedMixing(tuneAt, alpha);
  const multiplier = mixtureMultiplier(ratio, alpha, sides);
  return {...mixtureTest(difference, standardError, ratio, alpha, sides), multiplier};
}
