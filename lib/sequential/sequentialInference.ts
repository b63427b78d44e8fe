import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {normal} from "../stats/distributions.ts";
import {checkCount, checkFinite, checkProbability} from "./checks.ts";
import {looksOf} from "./crossingProbabilities.ts";
import type {CrossingOptions} from "./crossingProbabilities.ts";
import type {Looks} from "./exits.ts";
import {stageWise} from "./stageWise.ts";
import type {StageWise} from "./stageWise.ts";

/** Where it stopped, and the bounds on the other side. */
export interface SequentialInferenceOptions extends Omit<CrossingOptions, "drift"> {
  /** The look at which it stopped, counted from 1; defaults to the last. */
  stopLook?: number;
  /** The z at the stop. */
  stopZ: number;
  /** Coverage of the interval, in (0, 1); defaults to 0.95. */
  level?: number;
}

/** What may be said after a stop. Drifts are E(Z) at full information: divide by its root for effects. */
export interface SequentialInference {
  /** Stage-wise p-value towards positive z. */
  pValueOneSided: number;
  /** Twice the smaller of the two one-sided p-values, at most 1. */
  pValue: number;
  /** The drift that the stop would exceed in half of all repetitions. */
  medianUnbiasedDrift: number;
  /** Equal-tailed interval of the drift at the level asked for. */
  driftInterval: [number, number];
}

/**
 * Returns p-value, median-unbiased estimate and interval after a stop, by the stage-wise ordering: an exit above counts
 * as higher the earlier it comes, within a look z decides, and an exit below is lower the earlier it comes. Later looks,
 * taken or not, do not matter. The estimate is what the naive z / sqrt(fraction) overstates after an early stop. A stop
 * without a crossing (the planned end, or giving up) is a result of its look like any other.
 *
 * @param fractions information at each look as a share of the planned one, increasing
 * @param z upper bounds on z, one per look; Infinity for a look that could not stop
 * @throws {RangeError} if the fractions, bounds, look, z or level are out of range
 * @see Tsiatis, Rosner & Mehta (1984), Biometrics 40:797-803, https://doi.org/10.2307/2530924
 * @see Jennison & Turnbull (2000), Group Sequential Methods, sections 8.4 and 8.5
 * @example sequentialInference([0.5, 1], [2.963, 1.969], {stopLook: 1, stopZ: 3.2}).medianUnbiasedDrift // 4.525…
 */
export function sequentialInference(
  fractions: readonly number[],
  z: readonly number[],
  {stopLook = fractions.length, stopZ, level = 0.95, ...options}: SequentialInferenceOptions
): SequentialInference {
  const looks = looksOf(fractions, z, options);
  checkCount("stopLook", stopLook);
  if (!(stopLook <= fractions.length)) {
    throw new RangeError(`invalid stopLook; more than there are looks (${fractions.length}): ${stopLook}`);
  }
  checkFinite("stopZ", stopZ);
  checkProbability("level", level);
  const until: Looks = {
    fractions: looks.fractions.slice(0, stopLook),
    lower: looks.lower.slice(0, stopLook),
    upper: looks.upper.slice(0, stopLook)
  };
  const extreme = stageWise(until, stopZ);
  const {upper, lower} = extreme(0);
  const root = Math.sqrt(fractions[stopLook - 1] ?? NaN);
  const solve = (probability: number) => {
    const guess = (stopZ + normal.quantile(probability)) / root;
    const goal = normal.quantile(probability);
    return bracketedRoot((drift) => probit(extreme(drift)) - goal, [guess - 0.5 / root, guess + 0.5 / root], {
      tolerance: 1e-11,
      absoluteTolerance: 1e-11
    });
  };
  return {
    pValueOneSided: Math.min(1, upper),
    pValue: Math.min(1, 2 * Math.min(upper, lower)),
    medianUnbiasedDrift: solve(0.5),
    driftInterval: [solve((1 - level) / 2), solve((1 + level) / 2)]
  };
}

/** The upper probability as a normal quantile: nearly a straight line in the drift, exact at both ends. */
function probit({upper, lower}: StageWise): number {
  return upper < lower ? normal.quantile(Math.max(1e-300, upper)) : normal.upperQuantile(Math.max(1e-300, lower));
}
