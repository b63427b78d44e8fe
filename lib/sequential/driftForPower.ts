import {normal} from "../stats/distributions.ts";
import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {checkProbability} from "./checks.ts";
import {looksOf} from "./crossingProbabilities.ts";
import type {CrossingOptions} from "./crossingProbabilities.ts";
import {driftedDensities, exitsUnder} from "./exits.ts";

/** The power wanted, and against which fixed-sample test the design is compared. */
export interface DriftForPowerOptions extends Omit<CrossingOptions, "drift"> {
  /** Probability of an exit above; in (0, 1), defaults to 0.8. */
  power?: number;
  /** Alpha on one side of the fixed-sample test behind `inflation`; in (0, 1), defaults to 0.025. */
  alphaPerSide?: number;
}

/** A drift and what the looks cost. */
export interface DriftForPower {
  /** E(Z) at full information. */
  drift: number;
  /** Planned information over that of the fixed-sample test with as much power: (drift / (z_alpha + z_power))². */
  inflation: number;
}

/**
 * Returns the drift under which the bounds are crossed above with the given probability; exits below do not count. An
 * effect is drift / sqrt(planned information), so the planned units for an effect are those of the fixed-sample test
 * times `inflation`.
 *
 * @param fractions information at each look as a share of the planned one, increasing
 * @param z upper bounds on z, one per look, at least one finite
 * @throws {RangeError} if the fractions, bounds or power are out of range, or no bound is finite
 * @example driftForPower([0.5, 1], [2.797, 1.977], {power: 0.9}).drift // about 3.25
 */
export function driftForPower(
  fractions: readonly number[],
  z: readonly number[],
  {power = 0.8, alphaPerSide = 0.025, ...options}: DriftForPowerOptions = {}
): DriftForPower {
  checkProbability("power", power);
  checkProbability("alphaPerSide", alphaPerSide);
  const looks = looksOf(fractions, z, options);
  const finite = fractions.filter((_, k) => Number.isFinite(z[k]));
  if (finite.length === 0) throw new RangeError("invalid z; requires at least one finite bound: 0");
  const densitiesUnder = driftedDensities(looks);
  const reached = (drift: number) => exitsUnder(looks, densitiesUnder, drift).upper.reduce((a, b) => a + b, 0);
  const guess = normal.quantile(power) + Math.min(...z);
  const drift = bracketedRoot((d) => probit(reached(d)) - probit(power), [guess - 1, guess + 1]);
  const fixed = normal.upperQuantile(alphaPerSide) + normal.quantile(power);
  return {drift, inflation: (drift / fixed) ** 2};
}

/** On this scale a power is nearly a straight line in the drift; the ends stay finite. */
function probit(probability: number): number {
  return normal.quantile(Math.min(1 - 1e-16, Math.max(1e-300, probability)));
}
