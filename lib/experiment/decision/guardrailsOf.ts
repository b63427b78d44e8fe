import {normal, wilsonInterval} from "../../stats/index.ts";
import type {Experiment, Guardrail} from "../definition/definition.ts";
import {judgeGuardrail} from "./judgeGuardrail.ts";
import type {GuardrailRule} from "./judgeGuardrail.ts";
import {parseShare} from "../definition/parseShare.ts";
import type {ArmResult, ComparisonResult, GuardrailResult, MetricResult} from "../readout.ts";

/**
 * Returns the judgement of a metric's guardrail for every treatment; null where the experiment has none on that metric.
 * Intervals are the metric's own; against a hard limit the treatment's own value is held with a two-sided interval at
 * level 1 - alpha: Wilson's for shares, normal for means, and for quantiles and ratios normal with the part of the
 * comparison's standard error that falls to the treatment by units.
 */
export function guardrailsOf(
  {metrics: {guardrails}, alpha}: Pick<Experiment, "metrics" | "alpha">,
  metric: MetricResult
): GuardrailResult[] | null {
  const guardrail = guardrails.find((each) => each.metric === metric.key);
  if (guardrail === undefined) return null;
  const rule = ruleOf(guardrail, metric);
  return metric.comparisons.flatMap((comparison) => {
    const treatment = metric.arms.find(({variant}) => variant === comparison.variant);
    const control = metric.arms.find(({variant}) => variant === comparison.baseline);
    if (treatment === undefined || control === undefined) return [];
    const treatmentInterval = ownInterval(metric, treatment, control, comparison, alpha);
    return [
      judgeGuardrail(rule, {comparison, treatment, control, treatmentInterval, name: metric.name, measure: metric})
    ];
  });
}

function ruleOf({margin, limit, ratio}: Guardrail, {direction}: MetricResult): GuardrailRule {
  return {
    direction,
    ...(margin === undefined ? {} : {margin: {value: parseShare(margin), relative: typeof margin === "string"}}),
    ...(limit === undefined ? {} : {limit}),
    ...(ratio === undefined ? {} : {ratio})
  };
}

function ownInterval(
  {kind}: MetricResult,
  {mean, standardDeviation, n}: ArmResult,
  control: ArmResult,
  {standardError}: ComparisonResult,
  alpha: number
): [number, number] | null {
  if (mean === null || n === 0) return null;
  if (kind === "proportion" || kind === "retention") {
    const successes = Math.min(n, Math.max(0, Math.round(mean * n)));
    const bounds = wilsonInterval({successes, n}, {level: 1 - alpha});
    return bounds === null ? null : [bounds[0], bounds[1]];
  }
  const split = kind === "quantile" || kind === "ratio";
  const error = split
    ? times(standardError, Math.sqrt(control.n / (control.n + n)))
    : times(standardDeviation, n ** -0.5);
  const half = times(error, normal.quantile(1 - alpha / 2));
  return half === null ? null : [mean - half, mean + half];
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
