import {checkLevel} from "./checks.ts";
import {adjustPValues, harmonicNumber, multiplicityMethods, type MultiplicityMethod} from "./multiplicity.ts";

/**
 * What intervals at adjusted levels promise. `simultaneous`: all of them hold their true effects at once with the family
 * level. `decision-matching`: an interval leaves out 0 exactly if its hypothesis is rejected, and no more is promised.
 * `false-coverage-rate`: among the intervals of rejected hypotheses, the expected share that misses is at most alpha.
 */
export type IntervalKind = "simultaneous" | "decision-matching" | "false-coverage-rate";

/** A corrected family: its decisions, and the level for each interval. Lists are in the order given. */
export type AdjustedLevels = {
  method: MultiplicityMethod;
  kind: IntervalKind;
  /** 1 - alpha of the family. */
  level: number;
  adjustedPValues: (number | null)[];
  /** Whether the adjusted p-value is at most alpha; null where there is no p-value. */
  rejected: (boolean | null)[];
  /** The level at which to compute each comparison's own interval; null where there is no p-value. */
  levels: (number | null)[];
};

/**
 * Returns, for a family of p-values, the confidence level at which each comparison's own interval belongs beside its
 * adjusted p-value, and what these intervals promise together. With alpha = 1 - level, m p-values and R rejected:
 *
 * - Bonferroni: 1 - alpha / m for all; simultaneous, and decision-matching too.
 * - Holm: 1 - alpha / (m - i + 1) for the rejected one of rank i, 1 - alpha / (m - R) for the others; decision-matching.
 * - Hochberg: 1 - alpha / (m - R + 1) for the rejected, 1 - alpha / (m - R) for the others; decision-matching.
 * - Benjamini-Hochberg: 1 - alpha max(R, 1) / m for all; false-coverage-rate (for the rejected ones), and decision-matching.
 * - Benjamini-Yekutieli: the same with m (1 + 1/2 + … + 1/m) for m; decision-matching.
 *
 * Each interval must invert the test that gave its p-value; at a p-value equal to its threshold the interval ends at 0.
 * Nulls pass through and do not count; a family of one is not corrected; an empty list gives empty lists.
 *
 * @param pValues p-values in [0, 1], or null
 * @throws {RangeError} if a p-value is not in [0, 1] or the level not in (0, 1)
 * @throws {TypeError} if the method is unknown
 * @see Benjamini and Yekutieli (2005), J. Am. Stat. Assoc. 100:71–81, https://doi.org/10.1198/016214504000001907
 * @example adjustedLevels([0.001, 0.2], "holm").levels // [0.975, 0.95]
 */
export function adjustedLevels(
  pValues: readonly (number | null)[],
  method: MultiplicityMethod,
  {level = 0.95}: {level?: number} = {}
): AdjustedLevels {
  checkLevel(level);
  const adjustedPValues = adjustPValues(pValues, method);
  const alpha = 1 - level;
  // 1 - 0.95 is a hair above 0.05; a p-value of exactly 0.05 is rejected, one of 0.0500001 is not.
  const rejected = adjustedPValues.map((p) => (p === null ? null : p <= alpha * (1 + 1e-12)));
  const m = pValues.filter((p) => p !== null).length;
  const count = rejected.filter(Boolean).length;
  const order = pValues
    .map((_, index) => index)
    .filter((index) => pValues[index] !== null)
    .sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0) || a - b);
  const share = shareOfAlpha(method, m, count);
  const levels = pValues.map((): number | null => null);
  order.forEach((index, i) => {
    const own = share(i + 1);
    levels[index] = own === 1 ? level : 1 - alpha * own;
  });
  return {method, kind: kindOf[method], level, adjustedPValues, rejected, levels};
}

const kindOf: Record<MultiplicityMethod, IntervalKind> = {
  bonferroni: "simultaneous",
  holm: "decision-matching",
  hochberg: "decision-matching",
  "benjamini-hochberg": "false-coverage-rate",
  "benjamini-yekutieli": "decision-matching"
};

/** Returns which share of alpha the interval of each rank (1 = smallest p-value) is to miss with. */
function shareOfAlpha(method: MultiplicityMethod, m: number, rejected: number): (rank: number) => number {
  switch (method) {
    case "bonferroni":
      return () => 1 / m;
    case "holm":
      return (rank) => 1 / (rank <= rejected ? m - rank + 1 : m - rejected);
    case "hochberg":
      return (rank) => 1 / (rank <= rejected ? m - rejected + 1 : m - rejected);
    case "benjamini-hochberg":
      return () => Math.max(rejected, 1) / m;
    case "benjamini-yekutieli":
      return () => Math.max(rejected, 1) / (m * harmonicNumber(m));
  }
}

/** Whether a string names a correction method. */
export function isMultiplicityMethod(method: string): method is MultiplicityMethod {
  return multiplicityMethods.some((known) => known === method);
}
