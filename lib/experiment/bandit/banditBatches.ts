import type {BanditBatch} from "../../bandit/index.ts";
import type {Experiment} from "../definition/definition.ts";
import {variantKeys} from "../health/healthInput.ts";
import type {BanditSums} from "../sums.ts";

/** Returns a metric's rewards by slices of entry time, control first; null for a metric without rewards of units. */
export function banditBatches(
  experiment: Pick<Experiment, "variants">,
  {slices, metrics}: BanditSums,
  metric: string
): BanditBatch[] | null {
  const own = metrics[metric];
  if (own === undefined) return null;
  const keys = variantKeys(experiment);
  return slices.map(({time, probabilities}, i) => ({
    time,
    probabilities: probabilities === null ? null : keys.map((key) => probabilities[key] ?? 0),
    arms: keys.map((key) => own.arms[i]?.[key] ?? {n: 0, sum: 0, sumSquares: 0})
  }));
}

/** Returns how the estimates weight batches in an experiment. */
export function weightingOf({bandit}: Pick<Experiment, "bandit">): "constant" | "two-point" {
  return typeof bandit === "object" ? bandit.weighting : "constant";
}
