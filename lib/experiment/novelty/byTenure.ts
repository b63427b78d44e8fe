import {compareEstimates} from "../../stats/comparison.ts";
import {welchDegrees} from "../../stats/compareMeans.ts";
import {normal} from "../../stats/distributions.ts";
import {pair} from "../comparisonOf.ts";
import type {NoveltyResult} from "../readout.ts";
import type {DayCovariances} from "./dayCovariances.ts";
import {isKnown} from "./dayEffects.ts";
import type {DayEffect} from "./dayEffects.ts";
import {choleskyOfCovariance} from "./matrix.ts";
import {maxNormalQuantile} from "./maxNormalQuantile.ts";
import type {TenureIndex} from "./tenureIndex.ts";

/**
 * How simultaneous intervals are made: from the joint distribution of all days (the narrowest, and what takes the longest),
 * by Sidak's rule (never too narrow, at once), or not at all.
 */
export type Bands = "joint" | "sidak" | "none";

/** Further arguments of `byTenure`. */
export interface ByTenureOptions {
  readonly alpha?: number;
  /** See `Bands`; defaults to joint. */
  readonly bands?: Bands;
}

/**
 * Returns the effect on each tenure day: Welch's test pointwise (normal for ratios and several phases), the relative
 * intervals Fieller's. The simultaneous intervals hold for all days from 0 on together: their width is the quantile of
 * the largest |z| under the covariance between days; where the products between days are missing it is Sidak's, which is
 * never too narrow. Days before the exposure have pointwise intervals only. What a day cannot tell is null with a reason.
 */
export function byTenure(
  index: TenureIndex,
  effects: readonly DayEffect[],
  covariances: DayCovariances | null,
  {alpha = 0.05, bands = "joint"}: ByTenureOptions = {}
): NoveltyResult["byTenure"] {
  const plain = index.phases.length === 1 && index.sums.kind !== "ratio";
  const together = bands === "none" ? null : simultaneousLevel(bands === "joint" ? covariances : null, effects, alpha);
  return effects.map(({day, control: c, treatment: t}) => {
    const degreesOfFreedom = plain ? welchDegrees(c, t) : null;
    const own = compareEstimates("by tenure", c, t, {level: 1 - alpha, degreesOfFreedom});
    const wide =
      together === null || day < 0 ? null : compareEstimates("by tenure", c, t, {level: together}).relativeInterval;
    return {
      day,
      n: c.n + t.n,
      difference: own.difference,
      interval: pair(own.interval),
      relativeDifference: own.relativeDifference,
      relativeInterval: pair(own.relativeInterval),
      simultaneousInterval: pair(wide),
      reason: own.reason ?? own.relativeReason
    };
  });
}

function simultaneousLevel(
  covariances: DayCovariances | null,
  effects: readonly DayEffect[],
  alpha: number
): number | null {
  const count = effects.filter(isKnown).length;
  if (count === 0) return null;
  const factor = covariances === null ? null : choleskyOfCovariance(covariances.relative, count);
  if (factor === null) return (1 - alpha) ** (1 / count);
  return 1 - 2 * normal.sf(maxNormalQuantile(factor, count, 1 - alpha));
}
