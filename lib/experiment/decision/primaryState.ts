import type {Experiment} from "../definition/definition.ts";
import type {PrimaryState} from "./decide.ts";
import {parseShare} from "../definition/parseShare.ts";
import type {ComparisonResult, MetricResult} from "../readout.ts";

/**
 * Returns what a primary metric says of one treatment under the registered design, at the declared alpha and sides:
 *
 * - `gain` or `harm` only by a crossing (group-sequential, always-valid) or at the planned end (fixed: p-value adjusted
 *   over primary comparisons);
 * - `ruled-out` where no harm is shown and the interval that may be read tonight leaves no room for the minimum effect,
 *   also of a gain that is significant and too small to act on; or where a futility boundary was crossed;
 * - else `unclear`; null without a number.
 */
export function primaryState(
  {alpha, minimumEffect}: Pick<Experiment, "alpha" | "minimumEffect">,
  metric: MetricResult,
  comparison: ComparisonResult,
  {ended}: {ended: boolean}
): PrimaryState | null {
  const {difference, adjustedPValue, variant} = comparison;
  if (difference === null) return null;
  const fixed = metric.method === "fixed";
  if (fixed && !ended) return "unclear";
  const good = metric.direction === "increase" ? difference > 0 : difference < 0;
  const crossed = metric.sequential?.comparisons.find((each) => each.variant === variant)?.crossed?.side ?? null;
  const significant = fixed && adjustedPValue !== null && adjustedPValue < alpha;
  if (fixed ? significant && !good : crossed === "harm") return "harm";
  if (tooSmall(minimumEffect[metric.key], metric, comparison)) return "ruled-out";
  if (fixed ? significant : crossed === "efficacy") return "gain";
  return crossed === "futility" ? "ruled-out" : "unclear";
}

/** Whether the best effect that the interval holds is below the smallest worth acting on. */
function tooSmall(
  declared: string | undefined,
  {direction}: MetricResult,
  {relativeInterval}: ComparisonResult
): boolean {
  if (declared === undefined || relativeInterval === null) return false;
  const [lower, upper] = relativeInterval;
  const best = direction === "increase" ? upper : lower === null ? null : -lower;
  return best !== null && best < parseShare(declared);
}
