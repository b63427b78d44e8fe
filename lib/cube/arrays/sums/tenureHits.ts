import {day as dayLength} from "../../dialects/dialect.ts";
import type {Scale} from "../../sql/totals.ts";
import type {TenureColumn} from "../../tenure/tenureSql.ts";
import {daysBefore} from "../../tenure/tenureSql.ts";
import {firstEntry} from "../hits/placedUnits.ts";
import type {Batches} from "./batches.ts";
import {batches, largestBatch, longestRun} from "./batches.ts";
import {largestOf} from "./largestTotals.ts";
import {placesByMask} from "./placesByMask.ts";
import type {UnitHits} from "../hits/unitHits.ts";

/** What units did on each of their days, some units at a time: by column, the days on which they did any of it. */
export interface TenureHits extends Batches {
  /** Of which of these units each day is, from 0 on, by column. */
  readonly unit: readonly Int32Array[];
  /** Of these units the tenure days, or the dates as numbers of days; a unit's own ascending, by column. */
  readonly k: readonly Int32Array[];
  /** Of these units the number or sum of each of these days alone, in steps, by column. */
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
  const columnsOf = placesByMask(columns.map(({side}) => hits.bit.get(side.stream.id) ?? 0));
  const none = new Float64Array(0);
  const numbers = columns.map(({side}) => (side.reduce === "sum" ? (hits.values.get(side.stream.id) ?? none) : none));
  const reduces = Int32Array.from(columns, ({side: {reduce}}) => (reduce === "sum" ? 2 : reduce === "any" ? 0 : 1));
  const longest = longestRun(start);
  const most = columns.map(({side: {reduce}}, c) =>
    reduce === "any" ? 1 : reduce === "sum" ? largestOf(numbers[c]!) * longest : longest
  );
  const counts = new Int32Array(columns.length);
  const all = batches(counts, gatherUnit);
  const {start: first} = all;
  const size = largestBatch(start);
  const [k, unit] = [columns.map(() => new Int32Array(size)), columns.map(() => new Int32Array(size))];
  const values = columns.map(() => new Float64Array(size));
  const byDate = key === "day";
  const reach = daysBefore * dayLength;
  const lastDay = Math.max(0, asOf - firstEntry(groups) + 2);
  return {
    ...all,
    unit,
    k,
    values,
    most,
    lastDay
  };

  function gatherUnit(place: number, u: number): void {
    const end = start[place + 1]!;
    for (let i = start[place]!; i < end && day[i]! <= asOf; ++i) {
      const own = columnsOf(streams[i]!);
      if (own.length === 0) continue;
      const after = since[i]!;
      let at = day[i]!;
      if (after < 0) {
        const before = lead[place]! - after;
        if (byDate || !(before > 0 && before <= reach)) continue;
        at = -Math.ceil(before / dayLength);
      } else if (!byDate) at = Math.floor(after / dayLength);
      for (let o = 0; o < own.length; ++o) {
        const c = own[o]!;
        const days = k[c]!;
        const column = values[c]!;
        let row = counts[c]! - 1;
        if (row < first[c]![u]! || days[row]! < at) {
          row = counts[c]!++;
          days[row] = at;
          unit[c]![row] = u;
          column[row] = 0;
        } else if (days[row] !== at) row = earlierRow(c, u, at);
        if (reduces[c] === 2) column[row]! += numbers[c]![i]!;
        else if (reduces[c] === 1) column[row]!++;
        else column[row] = 1;
      }
    }
  }

  /** The row of a day before a unit's last one; a new one if need be. Hits of one date lie in any order, and may be of two tenure days. */
  function earlierRow(c: number, u: number, at: number): number {
    const [days, column, begin, count] = [k[c]!, values[c]!, first[c]![u]!, counts[c]!];
    let row = count;
    while (row > begin && days[row - 1]! >= at) row--;
    if (days[row] === at) return row;
    days.copyWithin(row + 1, row, count);
    column.copyWithin(row + 1, row, count);
    days[row] = at;
    column[row] = 0;
    unit[c]![count] = u;
    counts[c] = count + 1;
    return row;
  }
}
