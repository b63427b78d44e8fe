import {betaBinomial, betaBinomialBest} from "../stats/betaBinomial.ts";
import {effectPosterior, normalBest} from "../stats/normalPosterior.ts";
import type {ArmResult, BayesianResult, ComparisonResult} from "./readout.ts";
import type {Direction, Kind} from "./words.ts";

/** What the Bayesian view is made from: the arms, control first, and the comparisons. */
export interface BayesianInput {
  readonly kind: Kind;
  readonly direction: Direction;
  readonly arms: readonly ArmResult[];
  readonly comparisons: readonly ComparisonResult[];
  readonly level: number;
}

/**
 * Returns the Bayesian view of a metric: for plain shares beta-binomial with a uniform prior, for everything else a flat
 * prior of the effect. "Better" follows the metric's direction. It explains and never decides; it is not corrected for
 * looking often.
 */
export function bayesianOf({kind, direction, arms, comparisons, level}: BayesianInput): BayesianResult {
  const shares = kind === "proportion" || kind === "retention";
  const plain = shares && comparisons.every(({adjustment}) => adjustment.covariate === null && adjustment.phases === 1);
  const counts = arms.map(({n, mean}) => ({successes: Math.round((mean ?? 0) * n), n}));
  const up = direction === "increase";
  const results = comparisons.map((comparison): BayesianResult["comparisons"][number] => {
    const at = arms.findIndex(({variant}) => variant === comparison.variant);
    const base = arms.findIndex(({variant}) => variant === comparison.baseline);
    const {difference, standardError, variant} = comparison;
    const [c, t] = [counts[base], counts[at]];
    const nothing = {variant, probabilityBetter: null, expectedLoss: null, credibleInterval: null, posterior: []};
    if (plain && c !== undefined && t !== undefined && c.n > 0 && t.n > 0) {
      const posterior = betaBinomial(c, t, {level});
      return {
        variant,
        probabilityBetter: up
          ? posterior.probabilityTreatmentBeatsControl
          : 1 - posterior.probabilityTreatmentBeatsControl,
        expectedLoss: up ? posterior.expectedLossTreatment : posterior.expectedLossControl,
        credibleInterval: posterior.difference.interval,
        posterior: [
          {
            variant: comparison.baseline,
            mean: posterior.control.mean,
            standardDeviation: posterior.control.standardDeviation
          },
          {variant, mean: posterior.treatment.mean, standardDeviation: posterior.treatment.standardDeviation}
        ],
        reason: null
      };
    }
    if (difference === null || standardError === null || !(standardError > 0))
      return {...nothing, reason: comparison.reason ?? "no standard error"};
    const posterior = effectPosterior({mean: difference, standardError}, {level});
    return {
      variant,
      probabilityBetter: up
        ? posterior.probabilityTreatmentBeatsControl
        : 1 - posterior.probabilityTreatmentBeatsControl,
      expectedLoss: up ? posterior.expectedLossTreatment : posterior.expectedLossControl,
      credibleInterval: posterior.difference.interval,
      posterior: [
        {variant, mean: posterior.difference.mean, standardDeviation: posterior.difference.standardDeviation}
      ],
      reason: null
    };
  });
  return {
    prior: plain ? "uniform on each share" : "flat on the difference",
    comparisons: results,
    probabilityBest: plain
      ? best(arms, betaBinomialBest(up ? counts : counts.map(failures)).probabilityBest)
      : bestMeans(arms, up)
  };
}

function best(arms: readonly ArmResult[], probabilities: readonly number[]): BayesianResult["probabilityBest"] {
  return arms.map(({variant}, i) => ({variant, probability: probabilities[i] ?? 0}));
}

function bestMeans(arms: readonly ArmResult[], up: boolean): BayesianResult["probabilityBest"] {
  const known = arms.flatMap(({variant, n, mean, standardDeviation}) =>
    mean !== null && standardDeviation !== null && standardDeviation > 0
      ? [{variant, mean: up ? mean : -mean, standardError: standardDeviation / Math.sqrt(n)}]
      : []
  );
  if (known.length < arms.length) return [];
  const {probabilityBest} = normalBest(known);
  return known.map(({variant}, i) => ({variant, probability: probabilityBest[i] ?? 0}));
}

function failures({successes, n}: {successes: number; n: number}): {successes: number; n: number} {
  return {successes: n - successes, n};
}
