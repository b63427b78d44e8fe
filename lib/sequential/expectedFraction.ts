import {crossingProbabilities} from "./crossingProbabilities.ts";
import type {CrossingOptions} from "./crossingProbabilities.ts";

/**
 * Returns the expected information at the stop, as a share of the planned one: times the planned units it is the expected
 * sample size. Stops on both sides count; a path without an exit ends at the last look.
 *
 * @param fractions information at each look as a share of the planned one, increasing
 * @param z upper bounds on z, one per look
 * @throws {RangeError} as `crossingProbabilities`
 * @example expectedFraction([0.5, 1], [2.797, 1.977], {drift: 3}) // about 0.87
 */
export function expectedFraction(
  fractions: readonly number[],
  z: readonly number[],
  options: CrossingOptions = {}
): number {
  const {upper, lower} = crossingProbabilities(fractions, z, options);
  const last = fractions[fractions.length - 1] ?? NaN;
  // A stop before the last look saves what is missing there: no remainder of 1 has to be formed.
  return fractions.reduce((left, fraction, k) => left - (last - fraction) * ((upper[k] ?? 0) + (lower[k] ?? 0)), last);
}
