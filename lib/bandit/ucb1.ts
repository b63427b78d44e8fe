import {checkArms} from "./arms.ts";
import type {FloorOptions, Policy} from "./policy.ts";
import {bestOf, withFloor} from "./policy.ts";

/** Range and floor of UCB1. */
export interface Ucb1Options extends FloorOptions {
  /** The rewards' range, highest less lowest; positive, defaults to 1 (rewards in [0, 1]). */
  readonly range?: number;
}

/**
 * Returns the policy UCB1: the arm with the highest mean + range sqrt(2 ln N / n) gets the whole next batch, ties sharing it; arms
 * without a reward come first, evenly. Its probabilities are 0 and 1 unless there is a floor, so without one no honest inference is possible.
 *
 * @throws {RangeError} if the range is not positive; from the policy, if sums are impossible or the floor does not fit
 * @see Auer, Cesa-Bianchi, Fischer (2002), https://link.springer.com/article/10.1023/A:1013689704352
 * @example ucb1()([{n: 10, sum: 1, sumSquares: 1}, {n: 10, sum: 3, sumSquares: 3}]) // [0, 1]
 */
export function ucb1({range = 1, floor = 0}: Ucb1Options = {}): Policy {
  if (!(0 < range && range < Infinity)) throw new RangeError(`invalid range; not a positive number: ${range}`);
  return (arms) => {
    checkArms(arms);
    const total = arms.reduce((n, arm) => n + arm.n, 0);
    return withFloor(
      bestOf(arms.map(({n, sum}) => (n ? sum / n + range * Math.sqrt((2 * Math.log(total)) / n) : Infinity))),
      floor
    );
  };
}
