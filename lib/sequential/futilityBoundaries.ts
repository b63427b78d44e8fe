import {checkFinite, checkProbability} from "./checks.ts";
import {increments} from "./alphaSpendingBoundaries.ts";
import {looksOf} from "./crossingProbabilities.ts";
import {solveBounds} from "./solveBounds.ts";
import {spentAlpha} from "./spentAlpha.ts";
import type {SpendingOptions} from "./spentAlpha.ts";

/** How the probability of a miss is spent. */
export interface FutilityOptions extends SpendingOptions {
  /** E(Z) at full information under the effect that the experiment is to find. */
  drift: number;
  /** Probability of stopping without success under that drift, in (0, 1); defaults to 0.2. */
  beta?: number;
}

/** Futility bounds. */
export interface FutilityBoundaries {
  /** Stop for futility when z is below; one for each look but the last, where it would be the efficacy bound. */
  z: number[];
  /** Beta spent until and with each look but the last. */
  cumulativeBeta: number[];
  /** Probability of success under the drift, when every stop for futility is obeyed. */
  power: number;
}

/**
 * Returns non-binding futility bounds by beta spending: under the drift, the paths that have not stopped before fall below
 * them at each look with the probability that the spending function allows. The efficacy bounds are fixed first and stay
 * valid whether or not a stop for futility is obeyed. Paths stop at the upper bounds; a lower efficacy bound is ignored.
 * A futility bound that would pass the efficacy bound is set to it: the trial then stops at that look in any case.
 * -Infinity stands where nothing may be spent yet.
 *
 * @param fractions information at each look as a share of the planned one, increasing
 * @param z the efficacy bounds, one per look
 * @throws {RangeError} if the fractions, bounds, drift or beta are out of range
 * @see Pampallona, Tsiatis & Kim (2001), Drug Inf. J. 35:1113-1121; Jennison & Turnbull (2000), section 4.5
 * @example futilityBoundaries([0.5, 1], [2.963, 1.969], {drift: 3.24, beta: 0.1}).z // about [0.25]
 */
export function futilityBoundaries(
  fractions: readonly number[],
  z: readonly number[],
  {drift, beta = 0.2, ...spending}: FutilityOptions
): FutilityBoundaries {
  checkFinite("drift", drift);
  checkProbability("beta", beta);
  looksOf(fractions, z, {sides: 1});
  const cumulativeBeta = spentBeta(fractions, beta, spending);
  const {futility, power} = solveBounds({
    fractions,
    sides: 1,
    alphaIncrements: [],
    takenBounds: z,
    futility: {drift, betaIncrements: increments(cumulativeBeta), takenBounds: [], binding: false}
  });
  return {z: futility, cumulativeBeta, power};
}

/** Returns the beta spent until and with each look but the last. */
export function spentBeta(fractions: readonly number[], beta: number, spending: SpendingOptions): number[] {
  return fractions.slice(0, -1).map((fraction) => spentAlpha(fraction, beta, spending));
}
