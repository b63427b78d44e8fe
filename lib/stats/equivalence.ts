import {tailProbability} from "./comparison.ts";
import type {Comparison} from "./comparison.ts";
import {checkMargin, testAgainst} from "./nonInferiority.ts";
import type {MarginOptions} from "./nonInferiority.ts";

/** Whether a treatment differs from the control by less than a margin either way. */
export type Equivalence = {
  readonly margin: number;
  readonly scale: "absolute" | "relative";
  readonly level: number;
  /** One-sided, of a difference of -margin or less and of +margin or more. */
  readonly pValues: readonly [lower: number, upper: number] | null;
  /** The larger of the two. */
  readonly pValue: number | null;
  /** The differences (fractions on the relative scale) that neither test rejects: two-sided of level 1 - 2 (1 - level), 90% for 0.95. */
  readonly interval: readonly [lower: number, upper: number] | null;
  /** Whether pValue < 1 - level, that is, the interval lies within the margins; null if that cannot be said. */
  readonly passed: boolean | null;
  /** Why numbers are missing, or null. */
  readonly reason: string | null;
};

/**
 * Returns the two one-sided tests that the treatment differs from the control by less than a margin, each at alpha = 1 - level, by the comparison's own
 * method (see `nonInferiority`).
 *
 * Whatever the comparison lacks is null here too, with its reason.
 *
 * @param comparison of any method but newcombe and agresti-caffo
 * @throws {RangeError} if the margin is not positive or the level is not in (0, 1)
 * @throws {TypeError} if the method has no test of a margin, or the scale is unknown
 * @see Schuirmann (1987), https://doi.org/10.1007/BF01068419
 * @example equivalence(compareMeans(control, treatment), {margin: 0.01, scale: "relative"}).passed
 */
export function equivalence(
  comparison: Comparison,
  {margin, scale = "absolute", level = 0.95}: Omit<MarginOptions, "direction">
): Equivalence {
  checkMargin(comparison, margin, scale, level);
  const above = testAgainst(comparison, -margin, scale, level);
  const below = testAgainst(comparison, margin, scale, level);
  const given = {margin, scale, level};
  if (above.statistic === null || below.statistic === null) {
    const reason = comparison.reason ?? "no variance at the margin";
    return {...given, pValues: null, pValue: null, interval: null, passed: null, reason};
  }
  const lower = tailProbability(above.statistic, "greater", comparison.degreesOfFreedom);
  const upper = tailProbability(below.statistic, "greater", comparison.degreesOfFreedom);
  const pValue = Math.max(lower, upper);
  const ends = above.limit === null || below.limit === null ? null : [above.limit, below.limit];
  return {
    ...given,
    pValues: [lower, upper],
    pValue,
    interval: ends && [Math.min(...ends), Math.max(...ends)],
    passed: pValue < 1 - level,
    reason: ends ? null : "control is not told from zero"
  };
}
