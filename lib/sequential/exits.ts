import {advance, exitProbability, REACH, start} from "./recursion.ts";
import type {Density} from "./recursion.ts";

/** Looks with a lower and an upper bound on z each; Infinity for none. */
export interface Looks {
  readonly fractions: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** First-exit probabilities at each look. */
export interface Exits {
  upper: number[];
  lower: number[];
}

/** How far from the drift of a recursion others may lie before it is run again, in standard deviations. */
const TILT = 4;

/**
 * Returns a function of the drift that gives the densities of paths going on: element k holds before look k. They are
 * computed once and reused for drifts near by, which follow by the likelihood ratio.
 */
export function driftedDensities({fractions, lower, upper}: Looks): (drift: number) => Density[] {
  let densities: Density[] = [];
  let centre = NaN;
  const longest = Math.sqrt(fractions[fractions.length - 1] ?? 1);
  return (drift) => {
    if (Math.abs(drift - centre) * longest <= TILT) return densities;
    centre = drift;
    densities = [start];
    for (let k = 0; k + 1 < fractions.length; ++k) {
      const time = fractions[k] ?? NaN;
      const root = Math.sqrt(time);
      const reach = furthest({fractions, lower, upper}, k, drift);
      const low = Math.max((lower[k] ?? NaN) * root, drift * time - reach);
      const high = Math.min((upper[k] ?? NaN) * root, drift * time + reach);
      const nextDeviation = Math.sqrt((fractions[k + 1] ?? NaN) - time);
      densities.push(advance(densities[k] ?? start, time, low, high, {drift, nextDeviation}));
    }
    return densities;
  };
}

/** The distance from its mean beyond which the score at a look leads nowhere: also later, rare exits are covered. */
function furthest({fractions, lower, upper}: Looks, k: number, drift: number): number {
  const time = fractions[k] ?? NaN;
  let reach = REACH + TILT;
  for (let j = k + 1; j < fractions.length; ++j) {
    const later = fractions[j] ?? NaN;
    const share = time / later;
    for (const bound of [upper[j] ?? NaN, lower[j] ?? NaN]) {
      const deviations = Math.abs(bound - drift * Math.sqrt(later));
      // Past 38 the exit's probability is no double any more.
      if (deviations < 38) reach = Math.max(reach, deviations * Math.sqrt(share) + REACH * Math.sqrt(1 - share));
    }
  }
  return reach * Math.sqrt(time);
}

/** Returns the first-exit probabilities of the looks under a drift, given the function that `driftedDensities` made. */
export function exitsUnder(
  {fractions, lower, upper}: Looks,
  densitiesUnder: (drift: number) => Density[],
  drift: number
): Exits {
  const densities = densitiesUnder(drift);
  const exits = (bounds: readonly number[], side: 1 | -1) =>
    fractions.map((time, k) => {
      const score = (bounds[k] ?? NaN) * Math.sqrt(time);
      return exitProbability(densities[k] ?? start, time, score, side, drift);
    });
  return {upper: exits(upper, 1), lower: exits(lower, -1)};
}
