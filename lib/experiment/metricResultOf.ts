import {adjustedIntervals, chiSquareIndependence, estimateQuantile, estimateRatio} from "../stats/index.ts";
import type {QuantileBins} from "../stats/index.ts";
import {mean, variance} from "../stats/moments.ts";
import type {Moments} from "../stats/moments.ts";
import {comparisonOf, pair} from "./comparisonOf.ts";
import {distributionOf} from "./distributionOf.ts";
import type {Experiment, Metric} from "./definition/definition.ts";
import {effectOf} from "./effectOf.ts";
import type {Effect} from "./effectOf.ts";
import {variantKeys} from "./health/healthInput.ts";
import {notYetJudged} from "./notYetJudged.ts";
import {parseDays} from "./definition/parseDays.ts";
import {phasesOf} from "./definition/phasesOf.ts";
import type {ArmResult, ComparisonResult, MetricResult, PathComparison} from "./readout.ts";
import {segmentsOf} from "./segmentsOf.ts";
import type {MetricSums} from "./sums.ts";
import type {Role} from "./words.ts";

/** A metric of an experiment with its role and its sums. */
export interface MetricInUse {
  readonly key: string;
  readonly role: Role;
  readonly metric: Metric;
  readonly sums: MetricSums;
}

/** The effect of every treatment on a metric: today, and as of the end of each day. */
export interface MetricEffects extends MetricInUse {
  readonly effects: readonly {readonly variant: string; readonly baseline: string; readonly effect: Effect}[];
}

/** Returns the metrics of an experiment in the order of their roles, each once; those without sums are left out. */
export function metricsInUse(
  experiment: Experiment,
  metrics: Readonly<Record<string, Metric>>,
  sums: Readonly<Record<string, MetricSums>>
): MetricInUse[] {
  const {primary, secondary, guardrails} = experiment.metrics;
  const listed: [string, Role][] = [
    ...primary.map((key): [string, Role] => [key, "primary"]),
    ...secondary.map((key): [string, Role] => [key, "secondary"]),
    ...guardrails.map(({metric}): [string, Role] => [metric, "guardrail"])
  ];
  return listed.flatMap(([key, role], i) => {
    const [metric, own] = [metrics[key], sums[key]];
    const first = listed.findIndex(([other]) => other === key) === i;
    return metric === undefined || own === undefined || !first ? [] : [{key, role, metric, sums: own}];
  });
}

/** Returns the effects of all treatments on a metric as of the readout's day. */
export function effectsOf(experiment: Experiment, use: MetricInUse): MetricEffects {
  const [control, ...treatments] = variantKeys(experiment);
  const options = effectOptions(experiment, use.metric);
  return {
    ...use,
    effects: treatments.map((variant) => ({
      variant,
      baseline: control ?? "",
      effect: effectOf([control ?? "", variant], use.sums.strata, options)
    }))
  };
}

/** Returns how effects of a metric are computed in an experiment. */
export function effectOptions(experiment: Experiment, metric: Metric) {
  return {
    kind: metric.kind,
    alternative: experiment.alternative,
    covariate: metric.covariate !== undefined,
    ...(metric.quantile === undefined ? {} : {quantile: metric.quantile}),
    ...(metric.minimumTotal === undefined ? {} : {minimumTotal: metric.minimumTotal})
  };
}

/**
 * Returns the comparisons of a family of metrics, by metric key: p-value and interval of one test at level 1 - alpha,
 * beside them the adjusted p-value and the interval that goes with it, corrected over all comparisons of the family.
 */
export function comparisonsOf(
  experiment: Experiment,
  family: readonly MetricEffects[],
  correction: Experiment["correction"]
): Map<string, ComparisonResult[]> {
  const level = 1 - experiment.alpha;
  const all = family.flatMap((metric) => metric.effects.map((effect) => ({...effect, metric})));
  const results = all.map(({effect}) => effect.at(level));
  const adjusted =
    correction === "none"
      ? null
      : adjustedIntervals(
          all.map(({effect}, i) => ({
            pValue: results[i]!.pValue,
            intervalAt: (own: number) => effect.at(own).interval
          })),
          correction,
          {level}
        );
  const byMetric = new Map<string, ComparisonResult[]>(family.map(({key}) => [key, []]));
  all.forEach(({metric, variant, baseline, effect}, i) => {
    const own = adjusted?.[i];
    byMetric.get(metric.key)?.push(
      comparisonOf(results[i]!, effect, {
        variant,
        baseline,
        covariate: covariateText(metric.metric),
        correction,
        adjustedPValue: own?.adjustedPValue ?? results[i]!.pValue,
        adjustedInterval: own === undefined ? results[i]!.interval : own.interval,
        intervalKind: own?.kind ?? null
      })
    );
  });
  return byMetric;
}

/** Returns each variant's arm of a metric, control first; a variant without units has n = 0 and a reason. */
export function armsOf(experiment: Experiment, {metric, sums}: MetricInUse): ArmResult[] {
  return variantKeys(experiment).map((variant) => {
    const sketch = sums.strata.length === 1 ? sums.strata[0]?.sketches?.[variant] : undefined;
    if (metric.kind === "quantile" && sketch !== undefined) return quantileArm(variant, sketch, metric.quantile ?? 0.5);
    return armOf(variant, sums.arms[variant], metric);
  });
}

function quantileArm(variant: string, sketch: QuantileBins, quantile: number): ArmResult {
  const {n, estimate} = estimateQuantile(sketch, quantile);
  return {
    variant,
    n,
    mean: estimate,
    standardDeviation: null,
    reason: estimate === null ? "no values" : "a quantile has no standard deviation of units"
  };
}

function armOf(variant: string, moments: Moments | undefined, {kind}: Metric): ArmResult {
  if (moments === undefined || moments.n === 0)
    return {variant, n: 0, mean: null, standardDeviation: null, reason: "no units"};
  if (kind === "ratio") {
    const {estimate, standardError} = estimateRatio(moments);
    // Of a unit's linearised share in the ratio: what its standard error comes from.
    const standardDeviation = standardError === null ? null : standardError * Math.sqrt(moments.n);
    const reason =
      estimate === null ? "the denominator is zero" : standardError === null ? "fewer than two units" : null;
    return {variant, n: moments.n, mean: estimate, standardDeviation, sums: sumsOf(moments), reason};
  }
  const spread = variance(moments, "y");
  const standardDeviation = spread === null ? null : Math.sqrt(spread);
  const reason = standardDeviation === null ? "fewer than two units" : null;
  return {variant, n: moments.n, mean: mean(moments, "y"), standardDeviation, sums: sumsOf(moments), reason};
}

/** The sums that a metric has: y and its square always, of the others those that are not zero. */
function sumsOf({n: _, origin: __, ...sums}: Moments): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).filter(([key, sum]) => key === "y" || key === "yy" || sum !== 0));
}

/**
 * Returns the path of a metric: the comparisons as of the end of each day, at level 1 - alpha, by the same method as
 * tonight's. Days without both arms are left out.
 */
export function pathOf(experiment: Experiment, use: MetricInUse): MetricResult["path"] {
  const [control, ...treatments] = variantKeys(experiment);
  const options = effectOptions(experiment, use.metric);
  return use.sums.days.flatMap(({date, arms, strata}) => {
    const comparisons = treatments.flatMap((variant): PathComparison[] => {
      const n = (arms[control ?? ""]?.n ?? 0) + (arms[variant]?.n ?? 0);
      const {difference, interval, relativeDifference, relativeInterval, pValue} = effectOf(
        [control ?? "", variant],
        strata,
        options
      ).at(1 - experiment.alpha);
      if (difference === null) return [];
      return [
        {
          variant,
          n,
          difference,
          interval: pair(interval),
          relativeDifference,
          relativeInterval: pair(relativeInterval),
          pValue
        }
      ];
    });
    return comparisons.length === 0 ? [] : [{date, comparisons}];
  });
}

/** Returns the part of a metric's result that needs no other metric, no memory and no design. */
export function metricResultOf(
  experiment: Experiment,
  use: MetricInUse,
  comparisons: ComparisonResult[]
): MetricResult {
  const {key, role, metric, sums} = use;
  const keys = variantKeys(experiment);
  const [control, ...treatments] = keys;
  // The minimum is one of the whole metric: its segments are judged with it, each whatever its own total.
  const early = notYetJudged(sums.strata, metric.minimumTotal);
  const {minimumTotal: _, ...options} = effectOptions(experiment, metric);
  const spans = phasesOf(experiment);
  const {segments, summaries} = segmentsOf(
    early === null ? sums : {...sums, segments: []},
    [control ?? "", ...treatments],
    {
      ...options,
      level: 1 - experiment.alpha,
      weights: (name) => spans.find((phase, _, all) => all.length === 1 || phase.name === name)?.weights ?? {}
    }
  );
  const arms = armsOf(experiment, use);
  const sketches = metric.kind === "quantile" ? sums.strata[0]?.sketches : undefined;
  return {
    key,
    name: metric.name ?? key,
    description: metric.description ?? describe(metric),
    role,
    kind: metric.kind,
    direction: metric.direction,
    unit: metric.unit ?? null,
    method: role === "primary" ? experiment.design.method : "fixed",
    window: metric.window === undefined ? null : parseDays(metric.window),
    mature: metric.window !== undefined && metric.mature !== false,
    quantile: metric.kind === "quantile" ? (metric.quantile ?? null) : null,
    origin: Object.fromEntries(Object.entries(Object.values(sums.arms)[0]?.origin ?? {})),
    exactFrom: sums.exactFrom,
    arms,
    comparisons,
    overall: early === null ? overallOf(use, arms) : null,
    path: pathOf(experiment, use),
    sequential: null,
    novelty: null,
    segments,
    segmentSummaries: summaries,
    guardrail: null,
    power: null,
    bayesian: null,
    distribution: sketches === undefined ? null : distributionOf(sketches),
    sql: null,
    reason: arms.every(({n}) => n === 0) ? "no units count for this metric yet" : early
  };
}

/** That any arm differs: the chi-square test over k shares. Null for two arms, where it is the comparison itself. */
function overallOf({metric, sums}: MetricInUse, arms: readonly ArmResult[]): MetricResult["overall"] {
  if (arms.length < 3 || (metric.kind !== "proportion" && metric.kind !== "retention")) return null;
  const counts = arms.map(({variant, n}) => {
    const moments = sums.arms[variant];
    return moments === undefined ? 0 : Math.round(moments.y + n * (moments.origin.y ?? 0));
  });
  const {chiSquare, df, pValue, reason} = chiSquareIndependence(
    counts,
    arms.map(({n}) => n)
  );
  return {chiSquare, degreesOfFreedom: df, pValue, reason: reason ?? null};
}

/** Returns in words what CUPED adjusts by; null without a covariate. */
export function covariateText({covariate}: Metric): string | null {
  if (covariate === undefined) return null;
  if (typeof covariate === "string") return `the same metric in the ${parseDays(covariate)} days before exposure`;
  return "column" in covariate ? covariate.column : covariate.value;
}

/** Returns a sentence that says what a metric measures, for metrics that have none of their own. */
function describe({kind, event, value, window, quantile, days}: Metric): string {
  const what = event ?? value ?? "events";
  const within = window === undefined ? "" : ` within ${parseDays(window)} days of first exposure`;
  switch (kind) {
    case "proportion":
      return `Share of units with ${what}${within}.`;
    case "mean":
      return value === undefined ? `Number of ${what} per unit${within}.` : `Sum of ${value} per unit${within}.`;
    case "ratio":
      return `Ratio of two sums over units${within}.`;
    case "retention":
      return `Share of units with ${what} on days ${days?.[0]} to ${days?.[1]} since first exposure.`;
    case "time-to-event":
      return `Mean days until ${what}${within}, counted up to the window's end.`;
    case "quantile":
      return `${(quantile ?? 0) * 100}th percentile of ${value ?? what}${within}.`;
  }
}
