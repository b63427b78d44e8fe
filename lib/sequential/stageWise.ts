import {exitProbability, start} from "./recursion.ts";
import {driftedDensities} from "./exits.ts";
import type {Looks} from "./exits.ts";

/** The probabilities of a result at least as high, and at least as low, in the stage-wise ordering. */
export interface StageWise {
  upper: number;
  lower: number;
}

/**
 * Returns, as a function of the drift, how extreme a stop at the last of these looks is: `upper` is the probability of an
 * exit above at an earlier look or of z or more at this one, `lower` of an exit below earlier or of z or less now. They
 * add up to 1; both are sums, so that neither loses its digits near 0.
 *
 * @param looks the looks up to and with the stop; the bounds of the last do not matter
 * @param z where it stopped
 */
export function stageWise({fractions, lower, upper}: Looks, z: number): (drift: number) => StageWise {
  const last = fractions.length - 1;
  const looks: Looks = {
    fractions,
    lower: [...lower.slice(0, last), z],
    upper: [...upper.slice(0, last), z]
  };
  const densitiesUnder = driftedDensities(looks);
  return (drift) => {
    const densities = densitiesUnder(drift);
    const sum = (bounds: readonly number[], side: 1 | -1) =>
      fractions.reduce((total, time, k) => {
        const score = (bounds[k] ?? NaN) * Math.sqrt(time);
        return total + exitProbability(densities[k] ?? start, time, score, side, drift);
      }, 0);
    return {upper: sum(looks.upper, 1), lower: sum(looks.lower, -1)};
  };
}
