import {adaptiveEstimates, compareAdaptive} from "../../bandit/index.ts";
import type {AdaptiveEstimate, BanditBatch} from "../../bandit/index.ts";
import {pair} from "../comparisonOf.ts";
import type {Experiment} from "../definition/definition.ts";
import type {Effect} from "../effectOf.ts";
import {variantKeys} from "../health/healthInput.ts";
import type {MetricEffects, MetricInUse} from "../metricResultOf.ts";
import type {MetricResult, PathComparison} from "../readout.ts";
import type {BanditSums} from "../sums.ts";
import {banditBatches, weightingOf} from "./banditBatches.ts";

/**
 * Returns the effects of all treatments on a metric of a bandit, from its units by entry time and the probabilities that they were
 * assigned with: estimates that hold though the data chose the arms. Without probabilities, and for metrics that are not sums of a unit,
 * there is none, with the reason.
 *
 * @see Hadad et al. (2021), https://arxiv.org/abs/1911.02768
 */
export function banditEffectsOf(experiment: Experiment, use: MetricInUse, bandit: BanditSums): MetricEffects {
  const batches = banditBatches(experiment, bandit, use.key);
  const [control, ...treatments] = variantKeys(experiment);
  const estimates = estimatesOf(experiment, bandit, use.key, batches);
  return {
    ...use,
    effects: treatments.map((variant, i) => ({
      variant,
      baseline: control ?? "",
      effect: effectBetween(experiment, estimates, i + 1, reasonOf(bandit, batches))
    }))
  };
}

/**
 * Puts into a metric's result what a bandit's log allows to be said: the arms' means as estimated, the comparisons by day from the units
 * that had had their window by then, and no segments, whose plain means would mislead. Changes the result.
 */
export function followBandit(experiment: Experiment, result: MetricResult, bandit: BanditSums): void {
  const keys = variantKeys(experiment);
  const batches = banditBatches(experiment, bandit, result.key);
  const estimates = estimatesOf(experiment, bandit, result.key, batches);
  result.overall = null;
  result.segments = [];
  result.segmentSummaries = [];
  result.path = [];
  if (estimates === null || batches === null) return;
  result.arms = result.arms.map((arm, i) => ({...arm, mean: estimates[i]?.mean ?? arm.mean}));
  const wait = result.mature && result.window !== null ? result.window * day : 0;
  const ends = [...new Set(batches.map(({time}) => time.slice(0, 10)))];
  for (const end of ends) {
    const seen = batches.filter(({time}) => time.slice(0, 10) <= end);
    const then = estimatesOf(experiment, bandit, result.key, seen);
    const comparisons = keys.slice(1).flatMap((variant, i): PathComparison[] => {
      const {difference, interval, relativeDifference, relativeInterval, pValue, control, treatment} = effectBetween(
        experiment,
        then,
        i + 1,
        null
      ).at(1 - experiment.alpha);
      if (difference === null) return [];
      return [
        {
          variant,
          n: control.n + treatment.n,
          difference,
          interval: pair(interval),
          relativeDifference,
          relativeInterval: pair(relativeInterval),
          pValue
        }
      ];
    });
    if (comparisons.length > 0)
      result.path.push({date: new Date(Date.parse(end) + wait).toISOString().slice(0, 10), comparisons});
  }
}

const day = 86_400_000;

function estimatesOf(
  experiment: Experiment,
  {reason, metrics}: BanditSums,
  metric: string,
  batches: readonly BanditBatch[] | null
): AdaptiveEstimate[] | null {
  if (reason !== null || batches === null || batches.length === 0) return null;
  const kind = metrics[metric]?.binary ? "bernoulli" : "normal";
  return adaptiveEstimates(batches, {weighting: weightingOf(experiment), kind});
}

function reasonOf({reason}: BanditSums, batches: readonly BanditBatch[] | null): string {
  if (batches === null)
    return "the traffic followed the result, and only sums of a unit can be weighted by their probabilities";
  if (reason !== null)
    return `the traffic followed the result, and ${reason}: plain means of such data are biased, so they are not compared`;
  return "no units count for this metric yet";
}

function effectBetween(
  {alternative}: Pick<Experiment, "alternative">,
  estimates: readonly AdaptiveEstimate[] | null,
  arm: number,
  reason: string | null
): Effect {
  const none: AdaptiveEstimate = {
    n: 0,
    mean: null,
    standardError: null,
    lower: null,
    upper: null,
    reason: reason ?? "no units count for this metric yet",
    terms: null
  };
  const [control, treatment] = [estimates?.[0] ?? none, estimates?.[arm] ?? none];
  return {
    at: (level) => compareAdaptive(control, treatment, {level, alternative}),
    adjusted: false,
    varianceReduction: null,
    phases: 1
  };
}
