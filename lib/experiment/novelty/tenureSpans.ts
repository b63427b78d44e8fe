import type {TenureSpans} from "./tenureSums.ts";

/** How spans are chosen. */
export interface TenureSpanOptions {
  /** Whether day 0 is left out. */
  readonly calendarOnly: boolean;
  /** Spans fixed beforehand, in days since exposure; by default the first and the last week. */
  readonly spans?: {readonly early: readonly [number, number]; readonly late: readonly [number, number]} | null;
}

/**
 * Returns the days that a novelty test compares: the declared spans, else the first week and the last week that at
 * least half of the units have lived through, or, where half have not lived through two weeks, the second week. Calendar-only
 * data move a declared day 0 to day 1. The trend is over all days from early to late, cut to whole weeks where there are
 * two or more of them.
 *
 * Null if no cohort has lived through both spans.
 *
 * @param cohorts the last day that each cohort has lived through, and its units of all variants
 */
export function tenureSpans(
  cohorts: readonly {readonly lastDay: number; readonly n: number}[],
  {calendarOnly, spans = null}: TenureSpanOptions
): TenureSpans | null {
  const first = calendarOnly ? 1 : 0;
  const total = cohorts.reduce((sum, {n}) => sum + n, 0);
  const lived = (day: number) => cohorts.reduce((sum, {lastDay, n}) => sum + (lastDay >= day ? n : 0), 0);
  const last = Math.max(-1, ...cohorts.filter(({n}) => n > 0).map(({lastDay}) => lastDay));
  let [early, late] = [spans?.early, spans?.late];
  if (early === undefined || late === undefined) {
    let end = first + 13;
    while (end < last && 2 * lived(end + 1) >= total) end++;
    early = [first, first + 6];
    late = [end - 6, end];
  }
  early = [Math.max(first, early[0]), Math.max(first, early[1])];
  if (last < late[1] || late[0] <= early[1]) return null;
  const length = late[1] - early[0] + 1;
  const weeks = Math.floor(length / 7);
  return {early, late, trend: [early[0], early[0] + (weeks >= 2 ? 7 * weeks : length) - 1]};
}
