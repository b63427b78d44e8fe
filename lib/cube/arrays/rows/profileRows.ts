import type {DayStatistics} from "../../asOf.ts";
import {day} from "../../dialects/dialect.ts";
import type {Offset} from "../../zone.ts";
import {localClock} from "../../zone.ts";
import type {EventRows} from "./eventRows.ts";
import type {Share} from "../threads/share.ts";
import {rangeOf} from "../threads/share.ts";
import {inBlocks} from "../threads/inBlocks.ts";

/** What a look at all rows tells. */
export interface RowsProfile {
  /** The first and the last moment; of all rows, 0 without any. */
  readonly from: number;
  readonly to: number;
  /** Rows without a unit, and others without a moment. */
  readonly blank: number;
  readonly timeless: number;
}

/** Returns the profile of a share of rows of which none was taken out. */
export function profileRows({u, t}: EventRows, share: Share): RowsProfile {
  const [first, end] = rangeOf(t.length, share);
  const blocks: RowsProfile[] = [];
  inBlocks([first, end], (begin, until) => {
    let [from, to, blank, timeless] = [Infinity, -Infinity, 0, 0];
    for (let i = begin; i < until; ++i) {
      const at = t[i]!;
      if (u[i]! < 0) blank++;
      else if (at !== at) timeless++;
      if (at < from) from = at;
      if (at > to) to = at;
    }
    blocks.push({from, to, blank, timeless});
  });
  return together(blocks);
}

/** Returns the profile of all shares together. */
export function mergeProfiles(shares: readonly RowsProfile[]): RowsProfile {
  const {from, to, ...counts} = together(shares);
  return from > to ? {from: 0, to: 0, ...counts} : {from, to, ...counts};
}

function together(parts: readonly RowsProfile[]): RowsProfile {
  const sum = (key: "blank" | "timeless"): number => parts.reduce((added, each) => added + each[key], 0);
  return {
    from: Math.min(Infinity, ...parts.map((each) => each.from)),
    to: Math.max(-Infinity, ...parts.map((each) => each.to)),
    blank: sum("blank"),
    timeless: sum("timeless")
  };
}

/** Whether no moment has a time of day. */
export function haveNoTime({t}: EventRows, offsets: readonly Offset[]): boolean {
  const local = localClock(offsets);
  for (let i = 0; i < t.length; ++i) if (t[i] === t[i] && local(t[i]!) % day !== 0) return false;
  return true;
}

/** What days are made with. */
export interface DayOptions {
  /** The first and the last moment of all rows. */
  readonly from: number;
  readonly to: number;
  readonly offsets: readonly Offset[];
  /** Whether there are no times of day. */
  readonly calendar: boolean;
  /** The first day that is asked for. */
  readonly start: number;
}

/** Returns the rows of each day of a share, from the first day on, and the latest time of it, null without times of day. */
export function dayStatistics(
  {u, t}: EventRows,
  {from, to, offsets, calendar, start}: DayOptions,
  share: Share
): DayStatistics[] {
  const local = localClock(offsets);
  // Days from the first one that any row is of; clocks that change move a moment by less than a day.
  const first = Math.max(start, Math.floor(local(from) / day) - 1);
  const size = Math.max(0, Math.floor(local(to) / day) + 2 - first);
  const [rows, latest] = [new Float64Array(size), new Float64Array(size)];
  inBlocks(rangeOf(t.length, share), (begin, end) => {
    for (let i = begin; i < end; ++i) {
      if (u[i]! < 0 || t[i] !== t[i]) continue;
      const at = local(t[i]!);
      const date = Math.floor(at / day);
      if (date < start) continue;
      const own = date - first;
      rows[own]!++;
      if (at - date * day > latest[own]!) latest[own] = at - date * day;
    }
  });
  return [...rows.keys()].flatMap((own) =>
    rows[own] === 0 ? [] : [{day: first + own, rows: rows[own]!, latest: calendar ? null : latest[own]!}]
  );
}
