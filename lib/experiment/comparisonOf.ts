import type {Comparison} from "../stats/index.ts";
import type {Effect} from "./effectOf.ts";
import type {ComparisonResult} from "./readout.ts";
import type {Correction} from "./words.ts";

/** What a comparison in readout.json carries beside its numbers. */
export interface ComparisonContext {
  readonly variant: string;
  readonly baseline: string;
  /** What the covariate is, in words; null without one. */
  readonly covariate: string | null;
  readonly correction: Correction;
  readonly adjustedPValue: number | null;
  readonly adjustedInterval: readonly [number | null, number | null] | null;
  readonly intervalKind: string | null;
}

/** Returns a comparison as readout.json holds it. */
export function comparisonOf(
  comparison: Comparison,
  {adjusted, varianceReduction, phases}: Pick<Effect, "adjusted" | "varianceReduction" | "phases">,
  {variant, baseline, covariate, correction, adjustedPValue, adjustedInterval, intervalKind}: ComparisonContext
): ComparisonResult {
  const {difference, standardError, interval, pValue, relativeDifference, relativeInterval} = comparison;
  return {
    variant,
    baseline,
    difference,
    standardError,
    interval: pair(interval),
    pValue,
    adjustedPValue,
    adjustedInterval: pair(adjustedInterval),
    relativeDifference,
    relativeInterval: pair(relativeInterval),
    level: comparison.level,
    statistic: comparison.statistic,
    degreesOfFreedom: comparison.degreesOfFreedom,
    test: comparison.method,
    adjustment: {covariate: adjusted ? covariate : null, varianceReduction, correction, intervalKind, phases},
    reason: comparison.reason ?? comparison.relativeReason
  };
}

/** Returns an interval that may be written to, as the schema's type wants it. */
export function pair(interval: readonly [number | null, number | null] | null): [number | null, number | null] | null {
  return interval === null ? null : [interval[0], interval[1]];
}
