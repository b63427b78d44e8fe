import {day as dayLength} from "../dialects/dialect.ts";
import type {Scale} from "../sql/totals.ts";
import type {TenureColumn} from "../tenure/tenureSql.ts";
import {daysBefore} from "../tenure/tenureSql.ts";
import {longestRun} from "./dailyIncrements.ts";
import {largestOf} from "./largestTotals.ts";
import type {UnitHits} from "./unitHits.ts";

/** What units did on each of their days, one unit at a time. */
export interface TenureHits {
  /** Gathers the days of the unit at a place on which it did anything, and returns how many these are. */
  gather(place: number): number;
  /** Of the unit gathered last the tenure days, or the dates as numbers of days; ascending. */
  readonly k: Int32Array;
  /** Of that unit the numbers or sums of each day alone, in steps, by column. */
  readonly values: readonly Float64Array[];
  /** No number of any day is larger than this without its sign, by column. */
  readonly most: readonly number[];
  /** No tenure day is later; 0 at least. */
  readonly lastDay: number;
}

/** Returns what `tenureDays` gives, from hits in steps. */
export function tenureHits(
  hits: UnitHits,
  columns: readonly TenureColumn[],
  {asOf}: Pick<Scale, "asOf">,
  {key}: {key: "k" | "day"}
): TenureHits {
  const {groups, start, day, since, streams, lead} = hits;
  const bits = Int32Array.from(columns, ({side}) => hits.bit.get(side.stream.id) ?? 0);
  const all = bits.reduce((sum, bit) => sum | bit, 0);
  const none = new Float64Array(0);
  const numbers = columns.map(({side}) => (side.reduce === "sum" ? (hits.values.get(side.stream.id) ?? none) : none));
  const reduces = Int32Array.from(columns, ({side: {reduce}}) => (reduce === "sum" ? 2 : reduce === "any" ? 0 : 1));
  const longest = longestRun(start);
  const most = columns.map(({side: {reduce}}, c) =>
    reduce === "any" ? 1 : reduce === "sum" ? largestOf(numbers[c]!) * longest : longest
  );
  const k = new Int32Array(longest);
  const values = columns.map(() => new Float64Array(longest));
  const byDate = key === "day";
  const reach = daysBefore * dayLength;
  const firstEntry = groups.reduce((least, {entryDay}) => Math.min(least, entryDay), Infinity);
  return {gather, k, values, most, lastDay: Number.isFinite(firstEntry) ? Math.max(0, asOf - firstEntry + 1) : 0};

  function gather(place: number): number {
    let count = 0;
    const end = start[place + 1]!;
    for (let i = start[place]!; i < end && day[i]! <= asOf; ++i) {
      const own = streams[i]! & all;
      if (own === 0) continue;
      const after = since[i]!;
      let at = day[i]!;
      if (after < 0) {
        const before = lead[place]! - after;
        if (byDate || !(before > 0 && before <= reach)) continue;
        at = -Math.ceil(before / dayLength);
      } else if (!byDate) at = Math.floor(after / dayLength);
      let row = count - 1;
      if (row < 0 || k[row]! < at) open((row = count++), at);
      else if (k[row] !== at) {
        // Hits of one date lie in any order, and may be of two tenure days.
        row = rowOf(at, count);
        if (k[row] !== at) insert(row, at, count++);
      }
      for (let c = 0; c < bits.length; ++c) {
        if ((own & bits[c]!) === 0) continue;
        const column = values[c]!;
        if (reduces[c] === 2) column[row]! += numbers[c]![i]!;
        else if (reduces[c] === 1) column[row]!++;
        else column[row] = 1;
      }
    }
    return count;
  }

  function open(row: number, at: number): void {
    k[row] = at;
    for (let c = 0; c < values.length; ++c) values[c]![row] = 0;
  }

  /** The first row that is of a day or later. */
  function rowOf(at: number, count: number): number {
    let row = count;
    while (row > 0 && k[row - 1]! >= at) row--;
    return row;
  }

  function insert(row: number, at: number, count: number): void {
    k.copyWithin(row + 1, row, count);
    for (const column of values) column.copyWithin(row + 1, row, count);
    open(row, at);
  }
}
