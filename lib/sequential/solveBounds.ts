import {normal} from "../stats/distributions.ts";
import type {Sides} from "./checks.ts";
import {advance, exitProbability, REACH, solveScore, start} from "./recursion.ts";
import type {Density} from "./recursion.ts";

/** What there is to spend, and what is fixed already. */
export interface BoundsProblem {
  readonly fractions: readonly number[];
  readonly sides: Sides;
  /** Alpha of each look, on one side. */
  readonly alphaIncrements: readonly number[];
  /** Bounds on z of the first looks that are fixed already. */
  readonly takenBounds: readonly number[];
  readonly futility?: {
    /** The drift under which beta is spent. */
    readonly drift: number;
    /** Beta of each look but the last. */
    readonly betaIncrements: readonly number[];
    /** Futility bounds of the first looks that are fixed already. */
    readonly takenBounds: readonly number[];
    /** Whether paths below the futility bound count as stopped for the efficacy bounds too. */
    readonly binding: boolean;
  };
}

/**
 * Returns the bounds on z at which the first exits above have the given probabilities under no drift and, with futility,
 * those at which the first exits below have theirs under a drift. Futility has one bound less than there are looks.
 */
export function solveBounds({fractions, sides, alphaIncrements, takenBounds, futility}: BoundsProblem): {
  z: number[];
  futility: number[];
  /** Probability of an exit above under the futility's drift; 0 without futility. */
  power: number;
} {
  const far = reaches(fractions, alphaIncrements, takenBounds);
  const z: number[] = [];
  const below: number[] = [];
  let paths: Density = start;
  let drifting: Density = start;
  let power = 0;
  const end = fractions[fractions.length - 1] ?? NaN;
  const total = alphaIncrements.reduce((sum, increment) => sum + increment, 0);
  // With less than half to spend every bound is above 0, and hardly a path comes back to one from further below.
  const deepest = (time: number) => (total < 0.5 ? REACH * Math.sqrt(time * (1 - time / end)) : Infinity);
  fractions.forEach((time, k) => {
    const root = Math.sqrt(time);
    const kept = takenBounds[k];
    const free = kept === undefined ? solveScore(paths, time, alphaIncrements[k] ?? 0, 1) : kept * root;
    // Where binding futility leaves fewer paths than alpha, no success is called below 0 all the same.
    const score = kept === undefined && futility?.binding ? Math.max(0, free) : free;
    z.push(kept ?? score / root);
    if (futility !== undefined) power += exitProbability(drifting, time, score, 1, futility.drift);
    const next = fractions[k + 1];
    if (next === undefined) return;
    const nextDeviation = Math.sqrt(next - time);
    const reach = (far[k] ?? REACH) * root;
    let lowest = -Infinity;
    if (futility !== undefined) {
      const {drift} = futility;
      const keptBelow = futility.takenBounds[k];
      const spent = futility.betaIncrements[k] ?? 0;
      // Once every path has stopped the two bounds have met, and stay so.
      const low =
        keptBelow !== undefined
          ? keptBelow * root
          : drifting.x.length === 0
            ? score
            : Math.min(score, solveScore(drifting, time, spent, -1, drift));
      below.push(keptBelow ?? low / root);
      const mean = drift * time;
      drifting = advance(drifting, time, Math.max(low, mean - reach), Math.min(score, mean + reach), {
        drift,
        nextDeviation
      });
      if (futility.binding) lowest = low;
    }
    // Paths under no drift only matter where a bound is left to be found.
    if (takenBounds.length >= fractions.length) return;
    const upper = Math.min(score, reach);
    const lower = sides === 2 ? -upper : Math.max(lowest, -Math.min(reach, deepest(time)));
    paths = advance(paths, time, lower, upper, {nextDeviation, symmetric: sides === 2});
  });
  return {z, futility: below, power};
}

/**
 * How many standard deviations from the mean matter at each look: those from where a later exit of its small probability
 * comes. A path that exits at a later time s at bound b was, at time t, near b t / s with variance t (1 - t / s).
 */
function reaches(
  fractions: readonly number[],
  increments: readonly number[],
  takenBounds: readonly number[]
): number[] {
  const quantiles = increments.map((increment, k) => {
    const kept = takenBounds[k];
    if (kept !== undefined) return Number.isFinite(kept) ? Math.min(38, Math.abs(kept)) : 0;
    return increment > 0 ? normal.upperQuantile(increment) : 0;
  });
  return fractions.map((time, k) => {
    let reach = REACH;
    for (let j = k + 1; j < fractions.length; ++j) {
      const share = time / (fractions[j] ?? time);
      reach = Math.max(reach, (quantiles[j] ?? 0) * Math.sqrt(share) + REACH * Math.sqrt(1 - share));
    }
    return reach;
  });
}
