import {normal} from "../stats/index.ts";
import type {Experiment} from "./definition.ts";
import {judgeGuardrail} from "./judgeGuardrail.ts";
import type {GuardrailRule} from "./judgeGuardrail.ts";
import {parseShare} from "./parseShare.ts";
import type {GuardrailResult, MetricResult} from "./readout.ts";

/**
 * Returns the judgement of a metric's guardrail for every treatment; null where the experiment has none on that metric.
 * Intervals are the metric's own at level 1 - alpha; the treatment's own value is held against a hard limit with a
 * normal interval of its mean, for quantiles with the standard error that the comparison implies.
 */
export function guardrailsOf(
  {metrics: {guardrails}, alpha}: Experiment,
  metric: MetricResult
): GuardrailResult[] | null {
  const guardrail = guardrails.find((each) => each.metric === metric.key);
  if (guardrail === undefined) return null;
  const {margin, limit, ratio} = guardrail;
  const rule: GuardrailRule = {
    direction: metric.direction,
    ...(margin === undefined
      ? {}
      : {
          margin:
            typeof margin === "number" ? {value: margin, relative: false} : {value: parseShare(margin), relative: true}
        }),
    ...(limit === undefined ? {} : {limit}),
    ...(ratio === undefined ? {} : {ratio})
  };
  const z = normal.quantile(1 - alpha / 2);
  return metric.comparisons.flatMap((comparison) => {
    const treatment = metric.arms.find(({variant}) => variant === comparison.variant);
    const control = metric.arms.find(({variant}) => variant === comparison.baseline);
    if (treatment === undefined || control === undefined) return [];
    const {mean, standardDeviation, n} = treatment;
    const error =
      metric.kind === "quantile" || metric.kind === "ratio"
        ? comparison.standardError === null
          ? null
          : comparison.standardError / Math.SQRT2
        : standardDeviation === null || n === 0
          ? null
          : standardDeviation / Math.sqrt(n);
    const treatmentInterval: [number, number] | null =
      mean === null || error === null ? null : [mean - z * error, mean + z * error];
    return [judgeGuardrail(rule, {comparison, treatment, control, treatmentInterval, name: metric.name})];
  });
}
