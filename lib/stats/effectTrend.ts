import {checkFinite, checkLength} from "./checks.ts";
import {chiSquare, normal} from "./distributions.ts";

/** Pooled effect, spread and trend of effects that were estimated one by one. */
export type EffectTrend = {
  /** Effects that were used: those with a number and a positive standard error. */
  k: number;
  /** Inverse-variance weighted mean of the effects, in their unit. */
  pooled: number | null;
  pooledStandardError: number | null;
  /** Cochran's Q, chi-square with k - 1 degrees of freedom if all true effects are the same. */
  cochranQ: number | null;
  heterogeneityP: number | null;
  /** Share of the spread that is more than noise, in [0, 1). */
  iSquared: number | null;
  /** Change of the effect per unit of time, by weighted least squares. */
  slope: number | null;
  slopeStandardError: number | null;
  /** Two-sided normal p-value of a slope of 0. */
  slopeP: number | null;
  /** Why a field is null. */
  reason?: string;
};

/**
 * Returns the fixed-effect pooled mean of independent effects, how much they differ, and their trend over time. Standard
 * errors count as known: they are not rescaled by the residuals, and p-values are normal and chi-square. The effects of
 * successive days of the same units are not independent; for those use increments or a test that treats the unit.
 *
 * An effect or standard error that is null, or a standard error of 0, leaves that time out. With nothing left all is
 * null; with one effect, or all at the same time, the fields that cannot be had are null, with a reason.
 *
 * @param time when each effect was measured, in any unit; finite
 * @param effects estimates, of the same length
 * @param standardErrors their standard errors, of the same length, at least 0
 * @throws {RangeError} if the lists differ in length, a number is not finite or a standard error is negative
 * @see Borenstein et al. (2010), Res. Synth. Methods 1:97–111, https://doi.org/10.1002/jrsm.12
 * @example effectTrend([0, 1, 2], [3, 2, 1], [1, 1, 1]).slope // -1
 */
export function effectTrend(
  time: readonly number[],
  effects: readonly (number | null)[],
  standardErrors: readonly (number | null)[]
): EffectTrend {
  checkLength("time", time, effects.length);
  const rows = weighted(effects, standardErrors).map((row) => ({...row, t: time[row.index] ?? NaN}));
  for (const t of time) checkFinite("time", t);
  const k = rows.length;
  const nothing = {
    k,
    pooled: null,
    pooledStandardError: null,
    cochranQ: null,
    heterogeneityP: null,
    iSquared: null,
    slope: null,
    slopeStandardError: null,
    slopeP: null
  };
  if (k === 0) return {...nothing, reason: "no effect with a standard error above 0"};
  const {pooled, standardError: pooledStandardError, cochranQ} = pool(rows);
  if (k === 1) return {...nothing, pooled, pooledStandardError, reason: "one effect has neither spread nor trend"};
  const spread = {
    k,
    pooled,
    pooledStandardError,
    cochranQ,
    heterogeneityP: chiSquare.sf(cochranQ, k - 1),
    iSquared: iSquaredOf(cochranQ, k)
  };
  const total = rows.reduce((sum, {weight}) => sum + weight, 0);
  const centre = rows.reduce((sum, {weight, t}) => sum + weight * t, 0) / total;
  const sxx = rows.reduce((sum, {weight, t}) => sum + weight * (t - centre) ** 2, 0);
  if (rows.every(({t}) => t === rows[0]?.t)) {
    return {...spread, slope: null, slopeStandardError: null, slopeP: null, reason: "all effects are of the same time"};
  }
  const slope = rows.reduce((sum, {weight, t, effect}) => sum + weight * (t - centre) * (effect - pooled), 0) / sxx;
  const slopeStandardError = 1 / Math.sqrt(sxx);
  return {...spread, slope, slopeStandardError, slopeP: 2 * normal.sf(Math.abs(slope) / slopeStandardError)};
}

/** An effect with its standard error and its place in the list it came from; weight is 1 / standardError². */
export type WeightedEffect = {index: number; effect: number; standardError: number; weight: number};

/** Returns the effects that have a number and a positive standard error. */
export function weighted(
  effects: readonly (number | null)[],
  standardErrors: readonly (number | null)[]
): WeightedEffect[] {
  checkLength("standardErrors", standardErrors, effects.length);
  return effects.flatMap((effect, index) => {
    const standardError = standardErrors[index] ?? null;
    if (effect !== null) checkFinite("effect", effect);
    if (standardError !== null && !(0 <= standardError && standardError < Infinity)) {
      throw new RangeError(`invalid standardError; not at least 0 and finite: ${standardError}`);
    }
    if (effect === null || standardError === null) return [];
    const weight = 1 / standardError ** 2;
    return weight < Infinity ? [{index, effect, standardError, weight}] : [];
  });
}

/** Returns the weighted mean of at least one effect, its standard error and Cochran's Q. */
export function pool(rows: readonly {effect: number; weight: number}[]): {
  pooled: number;
  standardError: number;
  cochranQ: number;
} {
  const total = rows.reduce((sum, {weight}) => sum + weight, 0);
  const pooled = rows.reduce((sum, {weight, effect}) => sum + weight * effect, 0) / total;
  const cochranQ = rows.reduce((sum, {weight, effect}) => sum + weight * (effect - pooled) ** 2, 0);
  return {pooled, standardError: 1 / Math.sqrt(total), cochranQ};
}

/** Returns Higgins' I², the share of Cochran's Q beyond its k - 1 degrees of freedom; 0 where Q is 0. */
export function iSquaredOf(cochranQ: number, k: number): number {
  return cochranQ > 0 ? Math.max(0, (cochranQ - (k - 1)) / cochranQ) : 0;
}
