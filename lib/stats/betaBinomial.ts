import {comparePosteriors, rankPosteriors, type ManyArmPosterior, type TwoArmPosterior} from "./comparePosteriors.ts";
import {credibleDifference} from "./credibleDifference.ts";
import {betaPosterior, type Posterior} from "./posterior.ts";

/** Units of one arm and how many of them had the event. */
export type BinomialArm = {readonly successes: number; readonly n: number};

/** Prior and level of a beta-binomial analysis. */
export type BetaBinomialOptions = {
  /** Shapes [a, b] of the beta prior of every arm, each positive: a - 1 successes and b - 1 failures seen beforehand, as it were; defaults to the uniform [1, 1]. */
  prior?: readonly [number, number];
  /** Posterior probability inside a credible interval, in (0, 1); defaults to 0.95, equal tails. */
  level?: number;
};

/**
 * Returns the posterior of two shares under independent beta priors: P(treatment > control), expected losses and
 * credible intervals, all exact integrals by quadrature (no simulation: the same digits every time, relative 1e-8).
 * Explanatory only: decisions in a readout rest on the test, and these numbers are not corrected for looking often.
 *
 * An arm without units gives its prior; no successes or all successes are no special case.
 *
 * @throws {RangeError} if a count is not an integer in range, a prior shape is not positive or the level not in (0, 1)
 * @see Gelman et al., Bayesian Data Analysis, 3rd ed., chapter 2, http://www.stat.columbia.edu/~gelman/book/
 * @example betaBinomial({successes: 120, n: 1000}, {successes: 141, n: 1000}).probabilityTreatmentBeatsControl // 0.918
 */
export function betaBinomial(
  control: BinomialArm,
  treatment: BinomialArm,
  {prior = [1, 1], level = 0.95}: BetaBinomialOptions = {}
): TwoArmPosterior {
  const c = posteriorOf(control, prior);
  const t = posteriorOf(treatment, prior);
  return comparePosteriors(c, t, level, credibleDifference);
}

/**
 * Returns the posterior of k shares under independent beta priors: for each arm the probability that it is the best and
 * the expected loss of choosing it. One arm is best with probability 1; no arm gives empty lists.
 * @throws {RangeError} as betaBinomial
 * @example betaBinomialBest([{successes: 5, n: 50}, {successes: 9, n: 50}]).probabilityBest // [0.126…, 0.873…]
 */
export function betaBinomialBest(
  arms: readonly BinomialArm[],
  {prior = [1, 1], level = 0.95}: BetaBinomialOptions = {}
): ManyArmPosterior {
  return rankPosteriors(
    arms.map((arm) => posteriorOf(arm, prior)),
    level
  );
}

function posteriorOf({successes, n}: BinomialArm, [a, b]: readonly [number, number]): Posterior {
  if (!(0 < a && a < Infinity)) throw new RangeError(`invalid prior; not positive and finite: ${a}`);
  if (!(0 < b && b < Infinity)) throw new RangeError(`invalid prior; not positive and finite: ${b}`);
  if (!(Number.isSafeInteger(n) && n >= 0)) throw new RangeError(`invalid n; not an integer of at least 0: ${n}`);
  if (!(Number.isSafeInteger(successes) && 0 <= successes && successes <= n)) {
    throw new RangeError(`invalid successes; not an integer in [0, ${n}]: ${successes}`);
  }
  return betaPosterior(a + successes, b + n - successes);
}
