import {normalTail} from "../stats/normalTail.ts";
import {checkFinite, checkPositive} from "./checks.ts";
import {checkStanding} from "./conditionalPower.ts";
import type {Standing} from "./conditionalPower.ts";

/** The prior of the drift and the final analysis. */
export interface PredictivePowerOptions {
  /** The critical value of the one final analysis at fraction 1; defaults to 1.959963984540054. */
  critical?: number;
  /** Mean and standard deviation of a normal prior of the drift; defaults to a flat one. */
  prior?: {mean: number; standardDeviation: number};
}

/**
 * Returns the predictive power at an interim look: the conditional power averaged over what is believed of the drift now,
 * a normal distribution from the data and the prior. One final analysis at fraction 1; from there on 1 or 0.
 *
 * @throws {RangeError} if the fraction is not positive, or z, the critical value or the prior are out of range
 * @see Spiegelhalter, Freedman & Blackburn (1986), Controlled Clinical Trials 7:8-17
 * @example predictivePower({fraction: 0.5, z: 1.5}) // Φ((1.5 - 1.96 sqrt(0.5)) / sqrt(0.5)) = 0.5640…
 */
export function predictivePower(
  {fraction, z}: Standing,
  {critical = 1.959963984540054, prior}: PredictivePowerOptions = {}
): number {
  checkStanding({fraction, z});
  checkFinite("critical", critical);
  if (prior !== undefined) {
    checkFinite("prior", prior.mean);
    checkPositive("prior", prior.standardDeviation);
  }
  if (fraction >= 1) return z >= critical ? 1 : 0;
  const score = z * Math.sqrt(fraction);
  const priorInformation = prior === undefined ? 0 : prior.standardDeviation ** -2;
  const information = priorInformation + fraction;
  const mean = (priorInformation * (prior?.mean ?? 0) + score) / information;
  const rest = 1 - fraction;
  return normalTail((critical - score - mean * rest) / Math.sqrt(rest + rest ** 2 / information));
}
