import {checkArms} from "./arms.ts";
import type {Policy} from "./policy.ts";
import {bestOf, withFloor} from "./policy.ts";

/** How much to explore. */
export interface EpsilonGreedyOptions {
  /** The share of units that are spread evenly over all arms, in [0, 1]; defaults to 0.1. The floor is epsilon / arms. */
  readonly epsilon?: number;
}

/**
 * Returns the policy epsilon-greedy: the arm with the highest mean so far gets all but `epsilon`, ties sharing it; arms without a
 * reward count as highest.
 *
 * @throws {RangeError} if epsilon is not in [0, 1]; from the policy, if sums are impossible
 * @see Sutton, Barto (2018), Reinforcement Learning, section 2.2, http://incompleteideas.net/book/the-book-2nd.html
 * @example epsilonGreedy()([{n: 10, sum: 1, sumSquares: 1}, {n: 10, sum: 3, sumSquares: 3}]) // [0.05, 0.95]
 */
export function epsilonGreedy({epsilon = 0.1}: EpsilonGreedyOptions = {}): Policy {
  if (!(0 <= epsilon && epsilon <= 1)) throw new RangeError(`invalid epsilon; not in [0, 1]: ${epsilon}`);
  return (arms) => {
    checkArms(arms);
    return withFloor(bestOf(arms.map(({n, sum}) => (n ? sum / n : Infinity))), epsilon / arms.length);
  };
}
