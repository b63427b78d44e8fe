import type {Interval, Measure} from "../../lib/experiment/format.ts";
import {
  decimalsOf,
  formatAmount,
  formatDifference,
  formatDifferenceInterval,
  formatNumber,
  formatPercent,
  formatPercentInterval,
  intervalDecimals
} from "../../lib/experiment/format.ts";

/** The numbers of an effect that a sentence or a table cell needs. */
export type Effect = {
  difference: number | null;
  interval: Interval;
  relativeDifference: number | null;
  relativeInterval: Interval;
};

/** Returns the effect as people read it: relative where that can be had, else absolute; an en dash where neither can. */
export function effectText(effect: Effect, measure: Measure): string {
  const {difference, relativeDifference, interval, relativeInterval} = effect;
  if (relativeDifference !== null) {
    return formatPercent(relativeDifference, {
      signed: true,
      decimals: relativeInterval ? intervalDecimals(relativeInterval, {scale: 100}) : undefined
    });
  }
  return formatDifference(difference, measure, interval ? {decimals: sharedDecimals(interval, measure)} : {});
}

/** Returns the interval of the same scale as `effectText`, in words. */
export function intervalText({relativeDifference, interval, relativeInterval}: Effect, measure: Measure): string {
  if (relativeDifference !== null || interval === null) return formatPercentInterval(relativeInterval);
  return formatDifferenceInterval(interval, measure);
}

/** Returns the interval for a table cell, the unit once: `+1.4 … +4.8%`. */
export function intervalCell({relativeDifference, interval, relativeInterval}: Effect, measure: Measure): string {
  if (relativeDifference === null && interval !== null) return formatDifferenceInterval(interval, measure);
  const [lower, upper] = relativeInterval ?? [null, null];
  if (lower === null || upper === null) return formatPercentInterval(relativeInterval);
  const decimals = intervalDecimals(relativeInterval, {scale: 100});
  return `${formatNumber(lower * 100, {signed: true, decimals})} \u2026 ${formatPercent(upper, {signed: true, decimals})}`;
}

/** Returns the mean of an arm with as many digits as the difference between the arms needs to be seen. */
export function meanText(mean: number | null, difference: number | null, measure: Measure): string {
  const scale = measure.kind === "proportion" || measure.kind === "retention" ? 100 : 1;
  const seen = difference ? decimalsOf(difference * scale) : undefined;
  const usual = mean ? Math.max(0, 2 - Math.floor(Math.log10(Math.abs(mean * scale)))) : 0;
  if (measure.unit === "USD" || measure.unit === "EUR") return formatAmount(mean, measure);
  return formatAmount(mean, measure, {decimals: seen === undefined ? undefined : Math.min(seen, usual + 1)});
}

function sharedDecimals(interval: Interval, {kind}: Measure): number {
  return intervalDecimals(interval, {scale: kind === "proportion" || kind === "retention" ? 100 : 1});
}
