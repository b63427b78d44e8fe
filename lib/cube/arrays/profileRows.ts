import type {DayStatistics} from "../asOf.ts";
import {day} from "../dialects/dialect.ts";
import type {Offset} from "../zone.ts";
import {localClock} from "../zone.ts";
import type {EventRows, HeldRows} from "./eventRows.ts";

/** What a look at all rows tells. */
export interface RowsProfile {
  /** The first and the last moment; 0 without any. */
  readonly from: number;
  readonly to: number;
  /** Rows without a unit, and others without a moment. */
  readonly blank: number;
  readonly timeless: number;
}

/** Returns the profile of rows of which none was taken out. */
export function profileRows({u, t}: EventRows): RowsProfile {
  let [from, to, blank, timeless] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < t.length; ++i) {
    const at = t[i]!;
    if (u[i]! < 0) blank++;
    else if (at !== at) timeless++;
    if (at < from) from = at;
    if (at > to) to = at;
  }
  return from > to ? {from: 0, to: 0, blank, timeless} : {from, to, blank, timeless};
}

/** Whether no moment has a time of day. */
export function haveNoTime({t}: EventRows, offsets: readonly Offset[]): boolean {
  const local = localClock(offsets);
  for (let i = 0; i < t.length; ++i) if (t[i] === t[i] && local(t[i]!) % day !== 0) return false;
  return true;
}

/** Returns the rows of each day from the first one on, and the latest time of it, null without times of day. */
export function dayStatistics(
  {rows: held, from, to}: HeldRows,
  {offsets, calendar, start}: {offsets: readonly Offset[]; calendar: boolean; start: number}
): DayStatistics[] {
  const local = localClock(offsets);
  if (held === null) return [];
  const {u, t} = held;
  // Days from the first one that any row is of; clocks that change move a moment by less than a day.
  const first = Math.max(start, Math.floor(local(from) / day) - 1);
  const size = Math.max(0, Math.floor(local(to) / day) + 2 - first);
  const [rows, latest] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < t.length; ++i) {
    if (u[i]! < 0 || t[i] !== t[i]) continue;
    const at = local(t[i]!);
    const date = Math.floor(at / day);
    if (date < start) continue;
    const own = date - first;
    rows[own]!++;
    if (at - date * day > latest[own]!) latest[own] = at - date * day;
  }
  return [...rows.keys()].flatMap((own) =>
    rows[own] === 0 ? [] : [{day: first + own, rows: rows[own]!, latest: calendar ? null : latest[own]!}]
  );
}
