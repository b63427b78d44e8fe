import type {DayEffect} from "./dayEffects.ts";
import type {TenureIndex} from "./tenureIndex.ts";
import type {TenureCohort} from "./tenureSums.ts";

/** Further arguments of `daysNeeded`. */
export interface DaysNeededOptions {
  /** Last tenure day of the late span: as declared, or of the first two weeks. */
  readonly end: number;
  /** Whether the late span stays; else it is the last week that half of the units have lived through. Defaults to true. */
  readonly declared?: boolean;
  readonly calendarOnly: boolean;
  /** Whether more units will enter. */
  readonly entering: boolean;
}

/**
 * Returns the days since the first entry date after which that many units of both arms have lived through the late span,
 * at the rate of entry so far, days without entrants included. A late span that moves on with half of the units leaves the younger half behind: then the
 * older half must be that many. Null if no more enter, if there is no traffic, or if it would be more than ten years.
 */
export function daysNeeded(
  units: number,
  cohorts: readonly TenureCohort[],
  [control, treatment]: readonly [string, string],
  {end, declared = true, calendarOnly, entering}: DaysNeededOptions
): number | null {
  const [first, last] = [cohorts[0], cohorts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const start = Date.parse(first.cohort);
  const entered: Entered[] = [];
  let [pair, all, elapsed] = [0, 0, 0];
  for (const {until, lastDay, units: own} of cohorts) {
    const days = Math.round((Date.parse(until) - start) / 86_400_000) + 1;
    elapsed = Math.max(elapsed, days, days + lastDay + (calendarOnly ? 0 : 1));
    pair += (own[control] ?? 0) + (own[treatment] ?? 0);
    for (const variant in own) all += own[variant] ?? 0;
    entered.push({days, pair, all});
  }
  const known = entered.at(-1)!;
  const enough = dayWith("pair", units);
  if (enough === null) return null;
  const through = enough + end + (calendarOnly ? 0 : 1);
  const half = declared ? through : dayWith("all", 2 * unitsUntil(enough - 1) + 1);
  const days = half === null ? null : Math.max(through, half);
  return days !== null && days <= 3650 ? days : null;

  /** The first day by which so many have entered. */
  function dayWith(which: "pair" | "all", wanted: number): number | null {
    const day = entered.find((day) => day[which] >= wanted);
    if (day !== undefined) return day.days;
    return entering && known[which] > 0 ? Math.ceil((wanted / known[which]) * elapsed) : null;
  }

  /** Units of all variants that have entered by the end of a day. */
  function unitsUntil(day: number): number {
    if (day >= elapsed) return entering ? (known.all / elapsed) * day : known.all;
    return entered.findLast(({days}) => days <= day)?.all ?? 0;
  }
}

/** Units that have entered by the end of a day, of both arms and of all variants. */
interface Entered {
  readonly days: number;
  readonly pair: number;
  readonly all: number;
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
