import {checkBounds, checkFinite, checkFractions, checkSides} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {driftedDensities, exitsUnder} from "./exits.ts";
import type {Looks} from "./exits.ts";

/** Bounds below z and the drift under which paths run. */
export interface CrossingOptions {
  /** 2 (default) mirrors the bounds below 0; 1 has none below, unless `lower` is given. */
  sides?: Sides;
  /** E(Z) at full information; defaults to 0. */
  drift?: number;
  /** Lower bounds on z in place of the mirrored ones, such as futility bounds; -Infinity for none. */
  lower?: readonly number[];
}

/** Where paths stop first. */
export interface CrossingProbabilities {
  /** Probability of the first exit above, at each look. */
  upper: number[];
  /** Probability of the first exit below, at each look. */
  lower: number[];
  /** Probability of an exit above at any look: the power, or under no drift the error. */
  power: number;
  /** Probability of going through all looks without an exit. */
  none: number;
}

/**
 * Returns the probabilities of the first exit at each look, above and below, under a drift. Where the upper and the lower
 * bound meet at the last look every path stops; a lower bound above the upper one is refused.
 *
 * @param fractions information at each look as a share of the planned one, increasing
 * @param z upper bounds on z, one per look; Infinity for a look that cannot stop
 * @throws {RangeError} if the fractions, bounds, sides or drift are out of range
 * @see Jennison & Turnbull (2000), Group Sequential Methods, chapter 19
 * @example crossingProbabilities([0.5, 1], [2.797, 1.977]).power // about 0.025
 */
export function crossingProbabilities(
  fractions: readonly number[],
  z: readonly number[],
  {drift = 0, ...options}: CrossingOptions = {}
): CrossingProbabilities {
  checkFinite("drift", drift);
  const looks = looksOf(fractions, z, options);
  const {upper, lower} = exitsUnder(looks, driftedDensities(looks), drift);
  const power = sum(upper);
  return {upper, lower, power, none: Math.max(0, 1 - power - sum(lower))};
}

/** Returns checked looks with their lower bounds filled in, see `CrossingOptions`. */
export function looksOf(
  fractions: readonly number[],
  z: readonly number[],
  {sides = 2, lower}: CrossingOptions = {}
): Looks {
  checkFractions(fractions);
  checkSides(sides);
  checkBounds("z", z, fractions.length);
  if (lower !== undefined) checkBounds("lower", lower, fractions.length);
  const below = lower ?? z.map((bound) => (sides === 2 ? -bound : -Infinity));
  z.forEach((bound, k) => {
    if (!((below[k] ?? NaN) <= bound))
      throw new RangeError(`invalid lower; above the upper bound ${bound}: ${below[k]}`);
  });
  return {fractions, lower: below, upper: z};
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
