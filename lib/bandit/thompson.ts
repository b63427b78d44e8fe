import type {ArmSums} from "./arms.ts";
import {checkArms} from "./arms.ts";
import {bestShares} from "./bestShares.ts";
import type {FloorOptions, Policy} from "./policy.ts";
import {bestOf, withFloor} from "./policy.ts";

/** Prior and floor of Thompson sampling with 0/1 rewards. */
export interface ThompsonBernoulliOptions extends FloorOptions {
  /** The beta prior of every arm's mean, [a, b], both positive; defaults to [1, 1], uniform. */
  readonly prior?: readonly [number, number];
}

/**
 * Returns the policy of Thompson sampling for rewards of 0 and 1: each arm's probability is its posterior probability of being best.
 * Drawing a mean from each posterior and taking the highest has the same probabilities, but leaves nothing to log; here they are
 * computed on a grid, to about 0.002.
 *
 * @throws {RangeError} if the prior is not positive; from the policy, if the sums are not those of 0/1 rewards, or the floor does not fit
 * @see Russo et al. (2018), A tutorial on Thompson sampling, https://arxiv.org/abs/1707.02038
 * @example thompsonBernoulli()([{n: 10, sum: 1, sumSquares: 1}, {n: 10, sum: 3, sumSquares: 3}]) // [0.13…, 0.86…]
 */
export function thompsonBernoulli({prior = [1, 1], floor = 0}: ThompsonBernoulliOptions = {}): Policy {
  const [a, b] = prior;
  if (!(0 < a && a < Infinity && 0 < b && b < Infinity))
    throw new RangeError(`invalid prior; not two positive numbers: ${prior.join(", ")}`);
  return (arms) => {
    checkArms(arms);
    for (const {n, sum} of arms)
      if (!(0 <= sum && sum <= n)) throw new RangeError(`invalid sum; not of rewards in [0, 1]: ${sum} of ${n}`);
    return withFloor(
      bestShares(
        arms.map(({n, sum}) => {
          const [hits, misses] = [a + sum, b + n - sum];
          return {
            center: Math.log(hits / misses),
            scale: Math.sqrt(1 / hits + 1 / misses),
            logDensity: (u) => -hits * Math.log1p(Math.exp(-u)) - misses * Math.log1p(Math.exp(u))
          };
        })
      ),
      floor
    );
  };
}

/**
 * Returns the policy of Thompson sampling for rewards of any size: flat priors of the means, a variance common to all arms estimated
 * from within them (n - arms in the denominator), normal posteriors. Arms with fewer than two rewards come first, with equal
 * probabilities; if the rewards do not vary at all, the arms with the highest mean share 1.
 *
 * @throws {RangeError} from the policy, if sums are impossible or the floor does not fit
 * @see Russo et al. (2018), A tutorial on Thompson sampling, https://arxiv.org/abs/1707.02038
 */
export function thompsonNormal({floor = 0}: FloorOptions = {}): Policy {
  return (arms) => {
    checkArms(arms);
    const isNew = arms.map(({n}) => n < 2);
    if (isNew.includes(true))
      return withFloor(
        isNew.map((is) => (is ? 1 / isNew.filter(Boolean).length : 0)),
        floor
      );
    const variance = pooledVariance(arms);
    if (!(variance > 0)) return withFloor(bestOf(arms.map(({n, sum}) => sum / n)), floor);
    return withFloor(
      bestShares(
        arms.map(({n, sum}) => {
          const [center, scale] = [sum / n, Math.sqrt(variance / n)];
          return {center, scale, logDensity: (u) => -(((u - center) / scale) ** 2) / 2};
        })
      ),
      floor
    );
  };
}

/** Returns the variance within arms, with n - arms in the denominator; 0 if there are no more rewards than arms. */
export function pooledVariance(arms: readonly ArmSums[]): number {
  const df = arms.reduce((total, {n}) => total + n, 0) - arms.filter(({n}) => n > 0).length;
  const within = arms.reduce(
    (total, {n, sum, sumSquares}) => total + (n ? Math.max(0, sumSquares - sum ** 2 / n) : 0),
    0
  );
  return df > 0 ? within / df : 0;
}
