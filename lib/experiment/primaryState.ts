import type {Experiment} from "./definition.ts";
import type {PrimaryState} from "./decide.ts";
import {parseShare} from "./parseShare.ts";
import type {ComparisonResult, MetricResult} from "./readout.ts";

/**
 * Returns what a primary metric says of one treatment under the registered design: `gain` or `harm` only by a crossing
 * (group-sequential, always-valid) or at the planned end (fixed; p-value adjusted over primary comparisons, alpha as
 * declared); `ruled-out` where the interval that is valid tonight leaves no room for the minimum effect and the planned
 * end is reached or the design may stop; else `unclear`. Null without a number.
 */
export function primaryState(
  {alpha, minimumEffect}: Experiment,
  metric: MetricResult,
  comparison: ComparisonResult,
  {ended}: {ended: boolean}
): PrimaryState | null {
  const {relativeDifference, difference, relativeInterval, adjustedPValue} = comparison;
  if (difference === null) return null;
  const good = metric.direction === "increase" ? difference > 0 : difference < 0;
  if (metric.method === "fixed") {
    if (!ended) return "unclear";
    if (adjustedPValue !== null && adjustedPValue < alpha) return good ? "gain" : "harm";
  } else {
    const crossed = metric.sequential?.comparisons.find(({variant}) => variant === comparison.variant)?.crossed ?? null;
    if (crossed !== null) return crossed.side === "efficacy" ? "gain" : crossed.side === "harm" ? "harm" : "ruled-out";
  }
  const declared = minimumEffect[metric.key];
  if (declared === undefined || relativeDifference === null || relativeInterval === null) return "unclear";
  const best =
    metric.direction === "increase" ? relativeInterval[1] : relativeInterval[0] === null ? null : -relativeInterval[0];
  return best !== null && best < parseShare(declared) ? "ruled-out" : "unclear";
}
