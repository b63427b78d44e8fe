import {formatCount, formatPercent, formatPercentInterval, plural, sayPValue} from "./format.ts";
import type {MetricResult, Readout} from "./readout.ts";

type Insight = Readout["insights"][number];

/** At most this many are shown: a long list is not read. */
const shown = 6;

/**
 * Returns what stands out in a readout, at most six, most telling first, each with its evidence and no advice beyond it:
 * anomalies, a segment that differs (Cochran's Q, p < 0.01, or Simpson's paradox), a guardrail that has used half of its
 * margin, a metric that moved against the primary (adjusted p below alpha), how much is left.
 */
export function insightsOf(metrics: readonly MetricResult[], health: Readout["health"]): Insight[] {
  const insights: Insight[] = health.checks
    .filter(({status}) => status !== "ok")
    .map(({key, message, status, value, threshold}) => ({
      key: `health-${key}`,
      text: message,
      evidence:
        value === null ? status : `value ${short(value)}, threshold ${threshold === null ? "none" : short(threshold)}`,
      weight: status === "blocked" ? 100 : 40
    }));
  for (const metric of metrics)
    insights.push(...segmentInsights(metric), ...guardrailInsights(metric), ...powerInsights(metric));
  const primary = metrics.find(({role}) => role === "primary");
  if (primary !== undefined) insights.push(...metrics.flatMap((metric) => againstInsights(primary, metric)));
  return insights.sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1)).slice(0, shown);
}

function segmentInsights({key, name, role, segmentSummaries, segments}: MetricResult): Insight[] {
  if (role !== "primary") return [];
  const differing = segmentSummaries.filter(
    ({interactionPValue, simpson}) => simpson || (interactionPValue ?? 1) < 0.01
  );
  return differing.map(({dimension, variant, sentence, interactionPValue, simpson}) => ({
    key: `segment-${key}-${dimension}-${variant}`,
    text: `${name}: ${sentence}`,
    evidence: `${plural(segments.filter((segment) => segment.dimension === dimension && segment.variant === variant).length, "segment")}, Cochran's Q ${sayPValue(interactionPValue)}`,
    weight: simpson ? 80 : 50
  }));
}

/** A guardrail that moved the wrong way by half of its margin or more, and is not proven to be within it. */
function guardrailInsights({key, name, direction, guardrail, comparisons}: MetricResult): Insight[] {
  return (guardrail ?? [])
    .filter(({status}) => status === "worsened" || status === "not-yet-known")
    .flatMap(({variant, margin}): Insight[] => {
      const own = comparisons.find((comparison) => comparison.variant === variant);
      const change = margin?.relative ? own?.relativeDifference : own?.difference;
      const worse = (direction === "decrease" ? 1 : -1) * (change ?? 0);
      const used = margin === null ? 0 : worse / margin.value;
      if (used < 0.5) return [];
      return [
        {
          key: `guardrail-${key}-${variant}`,
          text: `${name} has used ${formatPercent(used, {decimals: 0})} of its margin.`,
          evidence: `${formatPercent(own?.relativeDifference ?? null, {signed: true})} (${formatPercentInterval(own?.relativeInterval ?? null)})`,
          weight: 60
        }
      ];
    });
}

function againstInsights(primary: MetricResult, metric: MetricResult): Insight[] {
  if (metric.key === primary.key || metric.role === "primary") return [];
  return metric.comparisons.flatMap((comparison): Insight[] => {
    const lead = primary.comparisons.find(({variant}) => variant === comparison.variant);
    const good = (value: number | null, {direction}: MetricResult): number =>
      value === null ? 0 : Math.sign(value) * (direction === "increase" ? 1 : -1);
    const against = good(comparison.difference, metric) < 0 && good(lead?.difference ?? null, primary) > 0;
    if (!against || (comparison.adjustedPValue ?? 1) >= 1 - comparison.level) return [];
    return [
      {
        key: `against-${metric.key}-${comparison.variant}`,
        text: `${metric.name} moved against ${primary.name}.`,
        evidence: `${formatPercent(comparison.relativeDifference, {signed: true})} (${formatPercentInterval(comparison.relativeInterval)}), ${sayPValue(comparison.adjustedPValue)} adjusted`,
        weight: 70
      }
    ];
  });
}

function powerInsights({key, name, role, power}: MetricResult): Insight[] {
  if (role !== "primary" || power?.daysLeft == null || power.daysLeft === 0 || power.requiredUnits === null) return [];
  return [
    {
      key: `power-${key}`,
      text: `${name} needs about ${plural(power.daysLeft, "more day")}.`,
      evidence: `${formatCount(power.units)} of ${formatCount(power.requiredUnits)} units for a lift of ${formatPercent(power.minimumEffect)}`,
      weight: 30
    }
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
