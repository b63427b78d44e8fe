import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {normalTail} from "../stats/normalTail.ts";
import {checkFinite, checkPositive} from "./checks.ts";
import type {Sides} from "./checks.ts";

/** A mean difference and what it rests on: its variance is `variance / n`. */
export interface MeanDifference {
  readonly n: number;
  readonly meanDifference: number;
  readonly variance: number;
}

/**
 * Returns the natural logarithm of the mixture likelihood ratio of the mSPRT: the likelihood of the difference averaged
 * over a normal mixing distribution of the true difference (mean 0, standard deviation tau), over that under no
 * difference. It stays on the log scale, so nothing overflows at n = 1e9. 1 / exp of it is an always-valid p-value.
 *
 * @param difference the difference; n and variance positive, Var(meanDifference) = variance / n
 * @param tau standard deviation of the mixing distribution, in units of the difference; positive
 * @throws {RangeError} if anything is out of range
 * @see Johari, Koomen, Pekelis & Walsh (2022), Oper. Res. 70:1806-1821, https://arxiv.org/abs/1512.04922
 * @see Robbins (1970), Ann. Math. Stat. 41:1397-1409
 * @example msprtLogLambda({n: 168123, meanDifference: 0.0609, variance: 16.41}, 0.0805) // about 16.6
 */
export function msprtLogLambda({n, meanDifference, variance}: MeanDifference, tau: number): number {
  checkPositive("n", n);
  checkFinite("meanDifference", meanDifference);
  checkPositive("variance", variance);
  checkPositive("tau", tau);
  const noise = variance / n;
  return logMixture(meanDifference / Math.sqrt(noise), (tau / noise) * tau);
}

/**
 * Returns the log mixture likelihood ratio for z and the ratio of the mixing variance to the variance of the estimate.
 * Asymptotic confidence sequences are the same with ratio n rho². One-sided, the mixing distribution is the half normal
 * of positive effects.
 */
export function logMixture(z: number, ratio: number, sides: Sides = 2): number {
  const both = (z * z * ratio) / (1 + ratio) / 2 - Math.log1p(ratio) / 2;
  if (sides === 2) return both;
  const shift = z * Math.sqrt(ratio / (1 + ratio));
  // Far below 0 the tail's logarithm and the square cancel: ln sf(x) = -x²/2 - ln(x sqrt(2 pi)) there.
  if (shift < -30) return -Math.log1p(ratio) / 2 + Math.LN2 - Math.log(-shift * Math.sqrt(2 * Math.PI));
  return both + Math.LN2 + Math.log(normalTail(-shift));
}

/** Returns the |z| (one-sided: the z) at which the log mixture likelihood ratio reaches ln(1 / alpha): the multiplier. */
export function mixtureMultiplier(ratio: number, alpha: number, sides: Sides = 2): number {
  const both = Math.sqrt((1 + 1 / ratio) * (Math.log1p(ratio) - 2 * Math.log(alpha)));
  if (sides === 2) return both;
  const goal = -Math.log(alpha);
  return bracketedRoot((z) => logMixture(z, ratio, 1) - goal, [both - 1, both]);
}
