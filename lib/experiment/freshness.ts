import type {IndexEntry} from "./readout.ts";

/** How old an experiment's data are by a clock. */
export interface Freshness {
  readonly stale: boolean;
  /** Whole days between the last complete day of the data and the last complete day by the clock; null if not judged. */
  readonly daysBehind: number | null;
}

const dayLength = 86_400_000;

/**
 * Returns whether a running experiment's data are older than its schedule allows. Yesterday is the last complete day by
 * the clock, and until tonight's build the day before is as new as it gets: data are stale when they end more than
 * `schedule` days before yesterday. An experiment without any data is judged from the day before its start. Drafts,
 * paused and stopped experiments, and those whose planned end is in the data, are not judged.
 *
 * @param now milliseconds since 1970
 * @param timezone the experiment's; days begin and end there; default UTC
 */
export function freshness(
  {status, start, end, asOf, schedule}: Pick<IndexEntry, "status" | "start" | "end" | "asOf" | "schedule">,
  now: number,
  {timezone = "UTC"}: {timezone?: string} = {}
): Freshness {
  if (status !== "running" || (end !== null && asOf !== null && asOf >= end)) return {stale: false, daysBehind: null};
  const yesterday = Date.parse(dateIn(timezone, now)) - dayLength;
  const last = asOf === null ? Date.parse(start) - dayLength : Date.parse(asOf);
  const daysBehind = Math.max(0, Math.round((yesterday - last) / dayLength));
  return {stale: daysBehind > schedule, daysBehind};
}

/** Returns the date of an instant in a timezone, 2026-01-31. */
function dateIn(timeZone: string, now: number): string {
  const parts = new Intl.DateTimeFormat("en-US", {timeZone, year: "numeric", month: "2-digit", day: "2-digit"});
  const of = Object.fromEntries(parts.formatToParts(now).map(({type, value}) => [type, value]));
  return `${of.year}-${of.month}-${of.day}`;
}
