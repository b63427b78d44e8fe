import type {ArmSums} from "./arms.ts";
import {checkArms} from "./arms.ts";

/**
 * Returns each arm's mean drawn towards the mean of all: (sum + strength x overall mean) / (n + strength). A simple reward model for
 * `doublyRobust`; without any reward all are 0.
 *
 * @param options strength, how many units' worth of the overall mean each arm gets; not negative, defaults to 20
 * @throws {RangeError} if sums are impossible or the strength is negative
 * @example shrunkMeans([{n: 0, sum: 0, sumSquares: 0}, {n: 20, sum: 10, sumSquares: 10}]) // [0.5, 0.5]
 */
export function shrunkMeans(arms: readonly ArmSums[], {strength = 20}: {readonly strength?: number} = {}): number[] {
  checkArms(arms);
  if (!(0 <= strength && strength < Infinity))
    throw new RangeError(`invalid strength; not a non-negative number: ${strength}`);
  const n = arms.reduce((total, arm) => total + arm.n, 0);
  const overall = n ? arms.reduce((total, arm) => total + arm.sum, 0) / n : 0;
  return arms.map((arm) => (arm.n + strength > 0 ? (arm.sum + strength * overall) / (arm.n + strength) : overall));
}
