import {day} from "./dialects/dialect.ts";

/** From `from` on (microseconds since 1970 UTC), local time is UTC + `offset` microseconds. */
export interface Offset {
  readonly from: number;
  readonly offset: number;
}

/**
 * Returns the offsets of a time zone between two moments (microseconds since 1970 UTC), earliest first; the first one
 * holds from the beginning of time. Days that the clocks change are found by asking `Intl`, so that SQL needs no
 * table of time zones and every engine gives the same days.
 *
 * @throws {RangeError} if the zone is unknown
 */
export function zoneOffsets(timezone: string, from: number, to: number): Offset[] {
  const offsetAt = offsetReader(timezone);
  const offsets: Offset[] = [{from: -Infinity, offset: offsetAt(from - day)}];
  for (let time = from - day; time <= to + day; time += day) {
    let low = time;
    const before = offsetAt(low);
    let high = time + day;
    if (offsetAt(high) === before) continue;
    while (high - low > 1_000_000) {
      const middle = low + Math.floor((high - low) / 2_000_000) * 1_000_000;
      if (middle === low) break;
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    offsets.push({from: high, offset: offsetAt(high)});
  }
  return offsets;
}

/** Returns SQL for the local time of a moment, both in microseconds. */
export function localTime(sql: string, offsets: readonly Offset[]): string {
  const [first, ...rest] = offsets;
  if (first === undefined) return sql;
  if (rest.length === 0) return first.offset === 0 ? sql : `(${sql} + ${first.offset})`;
  const cases = rest.map(({from}, i) => `WHEN ${sql} < ${from} THEN ${offsets[i]?.offset ?? 0}`);
  return `(${sql} + CASE ${cases.join(" ")} ELSE ${rest.at(-1)?.offset ?? 0} END)`;
}

/** Returns the same for a moment itself. */
export function localClock(offsets: readonly Offset[]): (time: number) => number {
  const [first, ...rest] = offsets;
  const only = first?.offset ?? 0;
  if (rest.length === 0) return (time) => time + only;
  const since = Float64Array.from(rest, ({from}) => from);
  const added = Float64Array.from(offsets, ({offset}) => offset);
  return (time) => {
    let i = since.length;
    while (i > 0 && time < since[i - 1]!) i--;
    return time + added[i]!;
  };
}

/** Returns the date, 2026-01-31, of a number of days since 1970. */
export function dateOfDay(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** Returns the number of days since 1970 of a date, 2026-01-31. */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

function offsetReader(timezone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    era: "short"
  });
  return (time) => {
    const milliseconds = Math.floor(time / 1_000_000) * 1000;
    const parts = new Map(format.formatToParts(milliseconds).map(({type, value}) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
    const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return (local - milliseconds) * 1000;
  };
}
