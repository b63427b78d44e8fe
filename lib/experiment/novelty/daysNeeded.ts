import type {DayEffect} from "./dayEffects.ts";
import type {TenureIndex} from "./tenureIndex.ts";
import type {TenureCohort} from "./tenureSums.ts";

/** Further arguments of `daysNeeded`. */
export interface DaysNeededOptions {
  /** Last tenure day of the late span. */
  readonly end: number;
  readonly calendarOnly: boolean;
  /** Whether more units will enter. */
  readonly entering: boolean;
}

/**
 * Returns the days since the first entry date after which that many units of both arms have lived through the late span,
 * at the rate of entry so far; null if no more enter, if there is no traffic, or if it would be more than ten years.
 */
export function daysNeeded(
  units: number,
  cohorts: readonly TenureCohort[],
  [control, treatment]: readonly [string, string],
  {end, calendarOnly, entering}: DaysNeededOptions
): number | null {
  const [first, last] = [cohorts[0], cohorts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const daysTo = (date: string) => Math.round((Date.parse(date) - Date.parse(first.cohort)) / 86_400_000) + 1;
  const wait = end + (calendarOnly ? 0 : 1);
  let entered = 0;
  for (const {until, units: own} of cohorts) {
    entered += (own[control] ?? 0) + (own[treatment] ?? 0);
    if (entered >= units) return daysTo(until) + wait;
  }
  if (!entering || entered === 0) return null;
  const days = Math.ceil((units / entered) * daysTo(last.until)) + wait;
  return days <= 3650 ? days : null;
}

/**
 * Returns the standard error that the log-ratio change between two weeks would have with one unit in each arm (divide by
 * the root of the units of an arm), from the days lived through so far: the mean variance of a day and the mean covariance
 * of two days. Null without them, or with an arm at zero.
 */
export function weekChangeError(
  {phases, length, first, arms}: TenureIndex,
  [control, treatment]: readonly [string, string],
  effects: readonly DayEffect[]
): number | null {
  let total = 0;
  for (const [i, variant] of [control, treatment].entries()) {
    const arm = i === 0 ? "control" : "treatment";
    const own = arms.get(variant);
    const days = effects.filter((effect) => effect.day >= 0 && effect[arm].estimate !== null);
    if (own === undefined || days.length === 0) return null;
    let [variance, covariance, single, between, mean] = [0, 0, 0, 0, 0];
    for (const a of days) {
      mean += ((a[arm].estimate ?? 0) * a[arm].scale) / days.length;
      for (const b of days) {
        if (b.day < a.day) continue;
        for (let p = 0; p < phases.length; p++) {
          const at = (p * length + a.day - first) * length + b.day - first;
          const degrees = own.units[at]! - 1;
          if (degrees < 1) continue;
          if (a === b) {
            variance += degrees * own.covariances[at]!;
            single += degrees;
          } else {
            covariance += degrees * own.covariances[at]!;
            between += degrees;
          }
        }
      }
    }
    if (single === 0 || mean === 0) return null;
    const spread = variance / single - (between === 0 ? 0 : covariance / between);
    total += (2 * Math.max(0, spread)) / 7 / (mean * mean);
  }
  return total > 0 ? Math.sqrt(total) : null;
}
