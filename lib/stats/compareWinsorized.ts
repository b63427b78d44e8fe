import {checkFinite, checkProbability} from "./checks.ts";
import type {Comparison, ComparisonOptions} from "./comparison.ts";
import {compareMeans} from "./compareMeans.ts";
import {momentsOf} from "./moments.ts";

/** What is asked of a winsorized comparison. */
export type WinsorizedOptions = ComparisonOptions & {
  /** Values below this quantile of both arms together are raised to it; in [0, 1], defaults to 0 (none). */
  readonly lower?: number;
  /** Values above this quantile of both arms together are lowered to it; in [lower, 1], defaults to 0.99. */
  readonly upper?: number;
};

/** A comparison of capped means. */
export type WinsorizedComparison = Comparison & {
  /** The lowest and the highest value that is left; null without units. */
  readonly caps: readonly [lower: number, upper: number] | null;
  /** Number of units whose value was changed. */
  readonly changed: {readonly control: number; readonly treatment: number};
};

/**
 * Returns Welch's comparison of two means after the most extreme values are brought in to a quantile of both arms together. It estimates the
 * difference of capped means, which is not that of the means; the caps are taken as known. Where sums are kept, cap the values before summing
 * and use `compareMeans`: the same numbers.
 *
 * Empty arms, one unit, no variance: as in `compareMeans`.
 *
 * @param control the value of each unit of the control; not changed
 * @param treatment the value of each unit of the treatment; not changed
 * @throws {RangeError} if a value is not finite or a quantile or the level is out of range
 * @see quantiles by R's type 7: Hyndman & Fan (1996), https://doi.org/10.2307/2684934
 */
export function compareWinsorized(
  control: readonly number[],
  treatment: readonly number[],
  {lower = 0, upper = 0.99, ...options}: WinsorizedOptions = {}
): WinsorizedComparison {
  checkProbability("lower", lower);
  if (!(lower <= upper && upper <= 1)) throw new RangeError(`invalid upper; not in [${lower}, 1]: ${upper}`);
  for (const value of control) checkFinite("value", value);
  for (const value of treatment) checkFinite("value", value);
  const sorted = Float64Array.from([...control, ...treatment]).sort();
  const low = quantileOfSorted(sorted, lower);
  const high = quantileOfSorted(sorted, upper);
  const cap = (value: number): number => Math.min(high, Math.max(low, value));
  const isChanged = (value: number): boolean => value < low || value > high;
  const origin = {y: sorted.length > 0 ? (low + high) / 2 : 0};
  const moments = (values: readonly number[]) =>
    momentsOf(
      values.map((value) => ({y: cap(value)})),
      origin
    );
  return {
    ...compareMeans(moments(control), moments(treatment), options),
    method: "winsorized",
    caps: sorted.length > 0 ? [low, high] : null,
    changed: {control: control.filter(isChanged).length, treatment: treatment.filter(isChanged).length}
  };
}

/**
 * Returns a quantile of sorted values by R's type 7: linear between the values at ranks around (n - 1) p; NaN of none.
 *
 * @param sorted ascending
 * @param p in [0, 1]
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const rank = (sorted.length - 1) * p;
  const below = Math.floor(rank);
  const a = sorted[below] ?? NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return a + (rank - below) * (b - a);
}
