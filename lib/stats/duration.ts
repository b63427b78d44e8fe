/** How a traffic series goes on after its last day. */
export type TrafficOptions = {
  /** Days after which the series repeats; the forecast of a day is the mean of the same days of earlier seasons; a positive integer, defaults to 7. */
  season?: number;
};

/** How long an experiment has to run. */
export type DaysNeeded = {
  /** Days from the first day of the series until the units are there and mature; null if that is not within maximumDays. */
  days: number | null;
  /** The same, rounded up to whole seasons, so that every weekday counts alike. */
  wholeSeasons: number | null;
  /** Units in the series itself, times share. */
  unitsSoFar: number;
  /** Units expected by maximumDays. */
  unitsAtMost: number;
  /** Why days is null. */
  reason?: string;
};

/**
 * Returns how many days an experiment has to run until enough units have entered, from a series of new units a day: the
 * days already run, or those of the pages where it is to run. Days beyond the series are forecast by the mean of the
 * same weekday. New units, not visitors: people who come back are not new, so a series of daily visitors is too hopeful.
 *
 * A series that is empty or all zeros gives null with a reason, unless no units are needed (0 days).
 *
 * @param traffic new units a day, oldest first; each at least 0 and finite
 * @param units units needed in all compared arms together; at least 0
 * @param options.share share of the traffic that enters the compared arms, in (0, 1]; defaults to 1
 * @param options.maturity days that a unit takes to count after it entered (a metric's window), at least 0; defaults to 0
 * @param options.maximumDays looks no farther than this; defaults to 730
 * @throws {RangeError} if a number is out of range
 * @example daysNeeded([1000, 1200, 900], 6000).days // 6
 */
export function daysNeeded(
  traffic: readonly number[],
  units: number,
  {
    season = 7,
    share = 1,
    maturity = 0,
    maximumDays = 730
  }: TrafficOptions & {share?: number; maturity?: number; maximumDays?: number} = {}
): DaysNeeded {
  checkTraffic(traffic, season);
  if (!(0 <= units && units < Infinity)) throw new RangeError(`invalid units; not at least 0 and finite: ${units}`);
  if (!(0 < share && share <= 1)) throw new RangeError(`invalid share; not in (0, 1]: ${share}`);
  if (!(Number.isInteger(maturity) && maturity >= 0)) {
    throw new RangeError(`invalid maturity; not an integer of at least 0: ${maturity}`);
  }
  if (!(Number.isInteger(maximumDays) && maximumDays >= 1)) {
    throw new RangeError(`invalid maximumDays; not a positive integer: ${maximumDays}`);
  }
  const unitsSoFar = traffic.reduce((sum, n) => sum + n, 0) * share;
  if (units === 0) return {days: 0, wholeSeasons: 0, unitsSoFar, unitsAtMost: 0};
  if (traffic.length === 0) {
    return {days: null, wholeSeasons: null, unitsSoFar: 0, unitsAtMost: 0, reason: "no traffic to forecast from"};
  }
  const cumulative = forecastUnits(traffic, maximumDays, {season});
  // A sum of shares may end a hair below a round number of units.
  const enough = cumulative.findIndex((n) => n * share >= units * (1 - 1e-12));
  const unitsAtMost = (cumulative.at(-1) ?? 0) * share;
  const days = enough + 1 + maturity;
  if (enough < 0 || days > maximumDays) {
    return {days: null, wholeSeasons: null, unitsSoFar, unitsAtMost, reason: `not within ${maximumDays} days`};
  }
  return {days, wholeSeasons: Math.ceil(days / season) * season, unitsSoFar, unitsAtMost};
}

/**
 * Returns the units that have entered by the end of each day, for that many days: the series as it is, and beyond it the
 * mean of the same day of earlier seasons (of all days, where the series has no such day). An empty series gives zeros.
 * @param traffic new units a day, oldest first; each at least 0 and finite
 * @param days how many days; an integer of at least 0
 * @throws {RangeError} if a number is out of range
 * @example forecastUnits([10, 20], 4, {season: 2}) // [10, 30, 40, 60]
 */
export function forecastUnits(traffic: readonly number[], days: number, {season = 7}: TrafficOptions = {}): number[] {
  checkTraffic(traffic, season);
  if (!(Number.isInteger(days) && days >= 0))
    throw new RangeError(`invalid days; not an integer of at least 0: ${days}`);
  const overall = mean(traffic) ?? 0;
  const cycle = Array.from(
    {length: Math.min(season, days)},
    (_, phase) => mean(traffic.filter((_, day) => day % season === phase)) ?? overall
  );
  let sum = 0;
  return Array.from({length: days}, (_, day) => (sum += traffic[day] ?? cycle[day % season] ?? 0));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function checkTraffic(traffic: readonly number[], season: number): void {
  if (!(Number.isInteger(season) && season >= 1)) {
    throw new RangeError(`invalid season; not a positive integer: ${season}`);
  }
  for (const n of traffic) {
    if (!(0 <= n && n < Infinity)) throw new RangeError(`invalid traffic; not at least 0 and finite: ${n}`);
  }
}
