import {checkLevel} from "./checks.ts";
import {chiSquare, normal} from "./distributions.ts";
import {iSquaredOf, pool, weighted} from "./effectTrend.ts";

/** Segments' effects drawn towards their common mean. Lists are in the order given. */
export type SegmentShrinkage = {
  /** Segments that were used: those with a number and a positive standard error. */
  k: number;
  /** Variance of the true effects between segments (DerSimonian-Laird), in the effect's unit squared; at least 0. */
  tauSquared: number | null;
  /** Random-effects mean of the segments. */
  mean: number | null;
  meanStandardError: number | null;
  /** Each segment's effect after shrinkage; null for a segment left out. */
  shrunk: (number | null)[];
  /** Share of the way from a segment's own estimate to the mean, in [0, 1]; 1 where segments do not differ. */
  shrinkage: (number | null)[];
  /** Standard error of each shrunk effect (Morris), with the price of estimating tauSquared and the mean. */
  shrunkStandardErrors: (number | null)[];
  intervals: ([number, number] | null)[];
  /** Cochran's Q, and the chi-square p-value (k - 1 degrees of freedom) that all segments have the same effect. */
  cochranQ: number | null;
  interactionP: number | null;
  iSquared: number | null;
  level: number;
  /** Why a field is null. */
  reason?: string;
};

/**
 * Returns the effects of independent segments shrunk towards their random-effects mean by empirical Bayes: a segment
 * that stands out among twenty by chance is drawn back, one that stands out beyond its noise keeps most of its effect.
 * With B = se² / (se² + tau²) a segment becomes B mean + (1 - B) own.
 *
 * A segment whose effect or standard error is null, or whose standard error is 0, is left out and stays null. With no
 * segment left all is null; a single segment is its own mean, and there is no interaction to test.
 *
 * @param effects each segment's estimate
 * @param standardErrors their standard errors, of the same length, at least 0
 * @throws {RangeError} if the lists differ in length, a number is not finite, a standard error is negative or the level
 *   not in (0, 1)
 * @see DerSimonian and Laird (1986), https://doi.org/10.1016/0197-2456(86)90046-2
 * @see Morris (1983), Parametric empirical Bayes inference, https://doi.org/10.1080/01621459.1983.10477920
 * @example segmentShrinkage([1, 3], [1, 1]).shrunk // [1.5, 2.5]
 */
export function segmentShrinkage(
  effects: readonly (number | null)[],
  standardErrors: readonly (number | null)[],
  {level = 0.95}: {level?: number} = {}
): SegmentShrinkage {
  checkLevel(level);
  const rows = weighted(effects, standardErrors);
  const k = rows.length;
  const shrunk = effects.map((): number | null => null);
  const shrinkage = [...shrunk];
  const shrunkStandardErrors = [...shrunk];
  const intervals = effects.map((): [number, number] | null => null);
  const lists = {k, shrunk, shrinkage, shrunkStandardErrors, intervals, level};
  const nothing = {tauSquared: null, cochranQ: null, interactionP: null, iSquared: null};
  if (k === 0) {
    return {
      ...lists,
      ...nothing,
      mean: null,
      meanStandardError: null,
      reason: "no effect with a standard error above 0"
    };
  }
  const {cochranQ} = pool(rows);
  const total = rows.reduce((sum, {weight}) => sum + weight, 0);
  const squares = rows.reduce((sum, {weight}) => sum + weight ** 2, 0);
  const tauSquared = k === 1 ? 0 : Math.max(0, (cochranQ - (k - 1)) / (total - squares / total));
  const random = rows.map((row) => ({...row, weight: 1 / (row.standardError ** 2 + tauSquared)}));
  const {pooled: mean, standardError: meanStandardError} = pool(random);
  const z = normal.upperQuantile((1 - level) / 2);
  const all = random.reduce((sum, {weight}) => sum + weight, 0);
  const typical = random.reduce((sum, {weight, standardError}) => sum + standardError ** 2 * weight, 0) / all;
  for (const {index, effect, standardError, weight} of random) {
    const toMean = standardError ** 2 * weight;
    const centre = toMean * mean + (1 - toMean) * effect;
    const error = Math.sqrt(spreadAround(k, weight / all, toMean, standardError, effect - mean, typical + tauSquared));
    shrunk[index] = centre;
    shrinkage[index] = toMean;
    shrunkStandardErrors[index] = error;
    intervals[index] = [centre - z * error, centre + z * error];
  }
  if (k === 1) return {...lists, ...nothing, mean, meanStandardError, reason: "one segment has no interaction to test"};
  return {
    ...lists,
    tauSquared,
    mean,
    meanStandardError,
    cochranQ,
    interactionP: chiSquare.sf(cochranQ, k - 1),
    iSquared: iSquaredOf(cochranQ, k)
  };
}

/**
 * Returns Morris's variance of a shrunk effect: what the segment's own noise leaves, and what it costs that tauSquared and
 * the mean are estimated from k segments. With three segments or fewer nothing is gained on the segment's own.
 */
function spreadAround(
  k: number,
  share: number,
  toMean: number,
  standardError: number,
  fromMean: number,
  typical: number
): number {
  if (k <= 3) return standardError ** 2;
  const shrinkage = ((k - 3) / (k - 1)) * toMean;
  const unsure = ((2 / (k - 3)) * typical * toMean) / standardError ** 2;
  return standardError ** 2 * (1 - (1 - share) * shrinkage) + unsure * (shrinkage * fromMean) ** 2;
}
