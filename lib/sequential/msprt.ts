import {checkFinite, checkPositive, checkProbability, checkSides} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {logMixture, mixtureMultiplier} from "./msprtLogLambda.ts";

/** An always-valid test with the interval that inverts it. */
export interface AlwaysValid {
  /** Natural logarithm of the mixture likelihood ratio; null without a positive standard error. */
  logLambda: number | null;
  /** Of this look: min(1, 1 / lambda). The smallest over the looks so far is always valid too; null as above. */
  pValue: number | null;
  /** The interval that leaves 0 out exactly when the p-value is at most alpha; open above (null) one-sided; null as above. */
  interval: [number, number | null] | null;
  /** Why the others are null, or null. */
  reason: string | null;
}

/** The mixing distribution and the level. */
export interface MsprtOptions {
  /** Standard deviation of the mixing distribution, see `mixingDeviation`; positive. */
  tau: number;
  /** Total over the sides, in (0, 1); defaults to 0.05. */
  alpha?: number;
  /** 2 (default) is two-sided; 1 looks towards positive differences only, mixing over positive effects. */
  sides?: Sides;
}

/**
 * Returns the mixture sequential probability ratio test of a difference at one look, with its always-valid
 * p-value and the confidence sequence that inverts it. Over all looks, however many and whenever taken, the p-value falls
 * to alpha with a probability of at most alpha under no difference, as far as the estimate is normal with a known
 * standard error. A standard error of 0 gives nulls and a reason.
 *
 * @param difference treatment minus control
 * @param standardError its standard error; not negative
 * @throws {RangeError} if an argument is out of range
 * @see Johari, Koomen, Pekelis & Walsh (2022), https://arxiv.org/abs/1512.04922
 * @example msprt(0.02, 0.005, {tau: 0.02}).pValue // about 0.0022
 */
export function msprt(
  difference: number,
  standardError: number,
  {tau, alpha = 0.05, sides = 2}: MsprtOptions
): AlwaysValid {
  checkPositive("tau", tau);
  return mixtureTest(difference, standardError, (tau / standardError) ** 2, alpha, sides);
}

/** Returns the test for a ratio of mixing variance to the estimate's variance; nulls for a standard error of 0. */
export function mixtureTest(
  difference: number,
  standardError: number,
  ratio: number,
  alpha: number,
  sides: Sides = 2
): AlwaysValid {
  checkFinite("difference", difference);
  checkProbability("alpha", alpha);
  checkSides(sides);
  if (standardError === 0) {
    return {logLambda: null, pValue: null, interval: null, reason: "the standard error is 0: all units are equal"};
  }
  checkPositive("standardError", standardError);
  const logLambda = logMixture(difference / standardError, ratio, sides);
  const halfWidth = mixtureMultiplier(ratio, alpha, sides) * standardError;
  return {
    logLambda,
    pValue: Math.min(1, Math.exp(-logLambda)),
    interval: [difference - halfWidth, sides === 2 ? difference + halfWidth : null],
    reason: null
  };
}
