import {adjustedLevels, type IntervalKind} from "./adjustedLevels.ts";
import type {MultiplicityMethod} from "./multiplicity.ts";

/** A comparison as the correction needs it: its p-value, and its interval at any level by the method that gave the p-value. */
export type Adjustable<Interval> = {
  readonly pValue: number | null;
  /** Returns the interval at a level in (0, 1) that leaves out 0 exactly if pValue < 1 - level. */
  readonly intervalAt: (level: number) => Interval;
};

/** One comparison after the correction. */
export type AdjustedInterval<Interval> = {
  pValue: number | null;
  adjustedPValue: number | null;
  /** Whether the adjusted p-value is at most alpha; null where there is no p-value. */
  rejected: boolean | null;
  /** The comparison's own level, not below that of the family. */
  level: number | null;
  interval: Interval | null;
  /** What the intervals of the family promise. */
  kind: IntervalKind;
};

/**
 * Returns for each comparison of a family its adjusted p-value and the interval that goes with it, each saying what kind
 * it is (see adjustedLevels): no interval contradicts its adjusted p-value. A comparison without a p-value gets nulls.
 *
 * @param comparisons the members of the family; what `intervalAt` returns is passed on as it is
 * @throws {RangeError} if a p-value is not in [0, 1] or the level not in (0, 1)
 * @throws {TypeError} if the method is unknown
 * @example
 * adjustedIntervals(
 *   metrics.map(({control, treatment}) => ({
 *     pValue: compareMeans(control, treatment).pValue,
 *     intervalAt: (level) => compareMeans(control, treatment, {level}).interval
 *   })),
 *   "holm"
 * )
 */
export function adjustedIntervals<Interval>(
  comparisons: readonly Adjustable<Interval>[],
  method: MultiplicityMethod,
  {level = 0.95}: {level?: number} = {}
): AdjustedInterval<Interval>[] {
  const family = adjustedLevels(
    comparisons.map(({pValue}) => pValue),
    method,
    {level}
  );
  return comparisons.map(({pValue, intervalAt}, i) => {
    const own = family.levels[i] ?? null;
    return {
      pValue,
      adjustedPValue: family.adjustedPValues[i] ?? null,
      rejected: family.rejected[i] ?? null,
      level: own,
      interval: own === null ? null : intervalAt(own),
      kind: family.kind
    };
  });
}
