import {trafficAnomaly} from "../sequential/index.ts";
import {
  formatCount,
  formatDate,
  formatNumber,
  formatPercent,
  formatPercentInterval,
  plural,
  sayPValue
} from "./format.ts";
import type {MetricResult, Readout} from "./readout.ts";
import type {ExperimentSums} from "./sums.ts";

type Insight = Readout["insights"][number];

/** At most this many are shown: a long list is not read. */
const shown = 6;

/**
 * Returns what stands out in a readout, at most six, most telling first, each with its evidence and no advice beyond it:
 * anomalies (what health checks found tonight, and the day before tonight on which the fewest units came, fewer than half of the week before
 * it and three standard deviations below), a segment that differs (Cochran's Q, p < 0.01, or Simpson's paradox), a guardrail that has used half of its
 * margin or of the way to its limit (and how much a week earlier), a metric that moved against the primary (adjusted p below alpha), how much is left.
 */
export function insightsOf(
  metrics: readonly MetricResult[],
  health: Readout["health"],
  traffic: ExperimentSums["traffic"] = []
): Insight[] {
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
  insights.push(...trafficInsights(traffic));
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

/** A guardrail that moved the wrong way by half of its margin or more, or half of the way to its limit, and is not proven to be within it. */
function guardrailInsights({key, name, direction, guardrail, comparisons, arms, path}: MetricResult): Insight[] {
  const sign = direction === "decrease" ? 1 : -1;
  return (guardrail ?? [])
    .filter(({status}) => status === "worsened" || status === "not-yet-known")
    .flatMap(({variant, margin, limit}): Insight[] => {
      const own = comparisons.find((comparison) => comparison.variant === variant);
      const control = arms.find((arm) => arm.variant === own?.baseline)?.mean ?? null;
      const room = limit === null || control === null ? null : sign * (limit - control);
      const used = (effect: Effect | undefined): number => {
        const change = (margin?.relative ? effect?.relativeDifference : effect?.difference) ?? 0;
        const ofMargin = margin === null ? 0 : (sign * change) / margin.value;
        const ofRoom = room === null || room <= 0 ? 0 : (sign * (effect?.difference ?? 0)) / room;
        return Math.max(ofMargin, ofRoom);
      };
      const now = used(own);
      if (now < 0.5) return [];
      const earlier = weekBefore(path)?.comparisons.find((comparison) => comparison.variant === variant);
      const then =
        earlier === undefined ? "" : `, ${formatPercent(Math.max(0, used(earlier)), {decimals: 0})} a week earlier`;
      return [
        {
          key: `guardrail-${key}-${variant}`,
          text: `${name} has used ${formatPercent(now, {decimals: 0})} of its ${margin === null ? "room to the limit" : "margin"}${then}.`,
          evidence: `${formatPercent(own?.relativeDifference ?? null, {signed: true})} (${formatPercentInterval(own?.relativeInterval ?? null)})`,
          weight: 60
        }
      ];
    });
}

type Effect = {readonly difference: number | null; readonly relativeDifference: number | null};

/** The path's day a week before its last; undefined where it is shorter. */
function weekBefore(path: MetricResult["path"]): MetricResult["path"][number] | undefined {
  const last = path.at(-1)?.date;
  if (last === undefined) return undefined;
  const day = new Date(Date.parse(last) - 7 * 86_400_000).toISOString().slice(0, 10);
  return path.findLast(({date}) => date <= day);
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

/** The deepest drop of new units before the last day, which a health check looks at. */
function trafficInsights(traffic: ExperimentSums["traffic"]): Insight[] {
  const counts = traffic.map(({units}) => Object.values(units).reduce((sum, n) => sum + n, 0));
  const drops = counts.slice(0, -1).flatMap((count, i) => {
    // A week before it, so that a first weekend is no drop.
    const {anomaly, mean, zScore} = trafficAnomaly(counts.slice(Math.max(0, i - 7), i + 1));
    const isDrop = i >= 7 && anomaly && mean !== null && count < mean / 2;
    return isDrop ? [{date: traffic[i]?.date ?? null, count, mean, zScore}] : [];
  });
  const [deepest] = drops.sort((a, b) => a.count / a.mean - b.count / b.mean);
  if (deepest === undefined) return [];
  const {date, count, mean, zScore} = deepest;
  return [
    {
      key: "traffic-drop",
      text: `New units fell to ${formatCount(count)} on ${formatDate(date)}.`,
      evidence: `${formatCount(Math.round(mean))} a day in the week before${zScore === null ? "" : `, z = ${formatNumber(zScore, {decimals: 1})}`}`,
      weight: 35
    }
  ];
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
