/** What one day of the data looks like. */
export interface DayStatistics {
  /** Days since 1970. */
  readonly day: number;
  readonly rows: number;
  /** Latest time of day, in microseconds since midnight; null for rows without a time of day. */
  readonly latest: number | null;
}

/**
 * Returns the last complete day of the data, or null without any. It is the last day, unless that day is plainly cut
 * off: there are at least 3 earlier days, it has fewer rows than half the median of those, and its latest row is
 * earlier in the day than the latest of each of them. Then it is the day before it that has rows. Days without a time
 * of day cannot show that they are cut off.
 */
export function chooseAsOf(statistics: readonly DayStatistics[]): number | null {
  const days = new Map<number, {rows: number; latest: number | null}>();
  for (const {day, rows, latest} of statistics) {
    const known = days.get(day) ?? {rows: 0, latest: null};
    const timed = latest === null ? known.latest : Math.max(latest, known.latest ?? 0);
    days.set(day, {rows: known.rows + (latest === null ? 0 : rows), latest: timed});
  }
  const ordered = [...days.keys()].sort((a, b) => a - b);
  const last = ordered.at(-1);
  if (last === undefined) return null;
  const {rows: lastRows, latest: lastTime} = days.get(last) ?? {rows: 0, latest: null};
  if (lastTime === null) return last;
  const earlier = ordered.slice(0, -1).filter((day) => days.get(day)?.latest !== null);
  if (earlier.length < 3) return last;
  const cutOff =
    lastRows < median(earlier.map((day) => days.get(day)?.rows ?? 0)) / 2 &&
    earlier.every((day) => lastTime < (days.get(day)?.latest ?? 0));
  return cutOff ? (ordered.at(-2) ?? last) : last;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
