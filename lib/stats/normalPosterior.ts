import {checkLevel} from "./checks.ts";
import {believe, rankPosteriors, type ManyArmPosterior, type TwoArmPosterior} from "./comparePosteriors.ts";
import {normal} from "./distributions.ts";
import {gaussianPosterior, type Posterior} from "./posterior.ts";

/** The estimate of one arm's mean, or of a difference, with its standard error. */
export type NormalArm = {readonly mean: number; readonly standardError: number};

/** Prior and level of a normal analysis. */
export type NormalPosteriorOptions = {
  /** A normal prior of every arm's mean, in the metric's unit; none (flat) by default. */
  prior?: {readonly mean: number; readonly standardDeviation: number};
  /** Posterior probability inside a credible interval, in (0, 1); defaults to 0.95, equal tails. */
  level?: number;
};

/**
 * Returns the posterior of two means with known standard errors under independent flat or normal priors:
 * P(treatment > control), expected losses and credible intervals in closed form. Explanatory only: decisions in a
 * readout rest on the test, and these numbers are not corrected for looking often.
 *
 * @throws {RangeError} if a mean is not finite, a standard error or the prior's standard deviation not positive, or the
 *   level not in (0, 1); an arm whose standard error cannot be had (one unit, zero variance) is for the caller to leave out
 * @see Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.5, http://www.stat.columbia.edu/~gelman/book/
 * @example normalPosterior({mean: 10, standardError: 0.3}, {mean: 10.5, standardError: 0.35}).expectedLossTreatment // 0.0326
 */
export function normalPosterior(
  control: NormalArm,
  treatment: NormalArm,
  {prior, level = 0.95}: NormalPosteriorOptions = {}
): TwoArmPosterior {
  const c = posteriorOf(control, prior);
  const t = posteriorOf(treatment, prior);
  const difference = gaussianPosterior(t.mean - c.mean, Math.hypot(t.standardDeviation, c.standardDeviation));
  return {...describe(difference, level), control: believe(c, level), treatment: believe(t, level)};
}

/** What is believed about an effect, without its arms. */
export type EffectPosterior = Omit<TwoArmPosterior, "control" | "treatment">;

/**
 * Returns the posterior of an effect (treatment - control) that was estimated with a known standard error, under a flat
 * prior or a normal prior of the effect itself, such as the spread of effects in earlier experiments.
 * @throws {RangeError} as normalPosterior
 * @example effectPosterior({mean: 2, standardError: 1}, {prior: {mean: 0, standardDeviation: 1}}).difference.mean // 1
 */
export function effectPosterior(
  effect: NormalArm,
  {prior, level = 0.95}: NormalPosteriorOptions = {}
): EffectPosterior {
  return describe(posteriorOf(effect, prior), level);
}

/**
 * Returns the posterior of k means: for each arm the probability that its mean is the highest and the expected loss of
 * choosing it, by quadrature. One arm is best with probability 1; no arm gives empty lists.
 * @throws {RangeError} as normalPosterior
 */
export function normalBest(
  arms: readonly NormalArm[],
  {prior, level = 0.95}: NormalPosteriorOptions = {}
): ManyArmPosterior {
  const posteriors = arms.map((arm) => posteriorOf(arm, prior));
  // About the first mean, so that means far from 0 with small standard errors keep their digits.
  const origin = posteriors[0]?.mean ?? 0;
  const centred = posteriors.map(({mean, standardDeviation}) => gaussianPosterior(mean - origin, standardDeviation));
  return {...rankPosteriors(centred, level), arms: posteriors.map((posterior) => believe(posterior, level))};
}

function describe(difference: Posterior, level: number): EffectPosterior {
  checkLevel(level);
  const {mean, standardDeviation} = difference;
  const z = mean / standardDeviation;
  return {
    probabilityTreatmentBeatsControl: normal.cdf(z),
    expectedLossTreatment: standardDeviation * unitLoss(z),
    expectedLossControl: standardDeviation * unitLoss(-z),
    difference: believe(difference, level),
    level
  };
}

/** Returns E max(-Z, 0) for Z normal with mean z and standard deviation 1. */
function unitLoss(z: number): number {
  // Far out the two terms cancel to 1 part in z^2; their asymptotic series does not.
  if (z > 30) return (normal.pdf(z) / z ** 2) * (1 - 3 / z ** 2 + 15 / z ** 4 - 105 / z ** 6);
  return normal.pdf(z) - z * normal.sf(z);
}

function posteriorOf({mean, standardError}: NormalArm, prior: NormalPosteriorOptions["prior"]): Posterior {
  if (!Number.isFinite(mean)) throw new RangeError(`invalid mean; not finite: ${mean}`);
  if (!(0 < standardError && standardError < Infinity)) {
    throw new RangeError(`invalid standardError; not positive and finite: ${standardError}`);
  }
  if (prior === undefined) return gaussianPosterior(mean, standardError);
  if (!Number.isFinite(prior.mean)) throw new RangeError(`invalid prior mean; not finite: ${prior.mean}`);
  if (!(0 < prior.standardDeviation && prior.standardDeviation < Infinity)) {
    throw new RangeError(`invalid prior standardDeviation; not positive and finite: ${prior.standardDeviation}`);
  }
  // The precision-weighted mean, written so that a prior far wider or narrower than the data does not overflow.
  const ratio = standardError / prior.standardDeviation;
  const weight = 1 / (1 + ratio ** 2);
  return gaussianPosterior(weight * mean + (1 - weight) * prior.mean, standardError * Math.sqrt(weight));
}
