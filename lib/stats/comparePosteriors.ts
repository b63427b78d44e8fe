import {expectedLosses, probabilitiesBest} from "./bestPosterior.ts";
import {checkLevel} from "./checks.ts";
import type {Posterior} from "./posterior.ts";

/** What is believed about one parameter: posterior mean, standard deviation and equal-tailed credible interval. */
export type Belief = {mean: number; standardDeviation: number; interval: [number, number]};

/** What is believed about two arms and their difference (treatment - control), in the parameter's unit. */
export type TwoArmPosterior = {
  /** P(treatment > control), in [0, 1]. */
  probabilityTreatmentBeatsControl: number;
  /** Mean of what is lost by choosing the treatment where the control is better: E max(control - treatment, 0). */
  expectedLossTreatment: number;
  /** Mean of what is lost by choosing the control where the treatment is better. */
  expectedLossControl: number;
  control: Belief;
  treatment: Belief;
  difference: Belief;
  level: number;
};

/** What is believed about k arms; each list is in the order of the arms. */
export type ManyArmPosterior = {probabilityBest: number[]; expectedLoss: number[]; arms: Belief[]; level: number};

/** Returns the record of two posteriors, given the credible interval of their difference. */
export function comparePosteriors(
  control: Posterior,
  treatment: Posterior,
  level: number,
  interval: (control: Posterior, treatment: Posterior, level: number) => [number, number]
): TwoArmPosterior {
  checkLevel(level);
  const [, beats = 0] = probabilitiesBest([control, treatment]);
  const [lossControl = 0, lossTreatment = 0] = expectedLosses([control, treatment]);
  return {
    probabilityTreatmentBeatsControl: beats,
    expectedLossTreatment: lossTreatment,
    expectedLossControl: lossControl,
    control: believe(control, level),
    treatment: believe(treatment, level),
    difference: {
      mean: treatment.mean - control.mean,
      standardDeviation: Math.hypot(treatment.standardDeviation, control.standardDeviation),
      interval: interval(control, treatment, level)
    },
    level
  };
}

/** Returns the record of k posteriors. */
export function rankPosteriors(posteriors: readonly Posterior[], level: number): ManyArmPosterior {
  checkLevel(level);
  return {
    probabilityBest: probabilitiesBest(posteriors),
    expectedLoss: expectedLosses(posteriors),
    arms: posteriors.map((posterior) => believe(posterior, level)),
    level
  };
}

/** Returns mean, standard deviation and equal-tailed interval of one posterior. */
export function believe({mean, standardDeviation, quantile}: Posterior, level: number): Belief {
  return {mean, standardDeviation, interval: [quantile((1 - level) / 2), quantile((1 + level) / 2)]};
}
