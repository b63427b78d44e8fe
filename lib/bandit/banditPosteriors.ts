import {betaPosterior, gaussianPosterior, type Posterior} from "../stats/posterior.ts";
import type {ArmSums} from "./arms.ts";
import {checkArms} from "./arms.ts";
import {pooledVariance} from "./thompson.ts";

/** What rewards are: 0 and 1, or amounts. */
export type RewardKind = "bernoulli" | "normal";

/**
 * Returns the posterior of each arm's mean: beta with a uniform prior for rewards of 0 and 1; normal with a flat prior and the variance
 * pooled within arms for amounts. Null for all arms if there are amounts and an arm has none, or they do not vary.
 *
 * @throws {RangeError} if sums are impossible
 */
export function banditPosteriors(arms: readonly ArmSums[], kind: RewardKind): Posterior[] | null {
  checkArms(arms);
  if (kind === "bernoulli") {
    for (const {n, sum} of arms)
      if (!(0 <= sum && sum <= n)) throw new RangeError(`invalid sum; not of rewards in [0, 1]: ${sum} of ${n}`);
    return arms.map(({n, sum}) => betaPosterior(1 + sum, 1 + n - sum));
  }
  const variance = pooledVariance(arms);
  if (!(variance > 0) || arms.some(({n}) => n === 0)) return null;
  return arms.map(({n, sum}) => gaussianPosterior(sum / n, Math.sqrt(variance / n)));
}
