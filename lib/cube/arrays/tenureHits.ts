import {day as dayLength} from "../dialects/dialect.ts";
import type {Scale} from "../sql/totals.ts";
import type {TenureColumn} from "../tenure/tenureSql.ts";
import {daysBefore} from "../tenure/tenureSql.ts";
import {largestOf} from "./largestTotals.ts";
import type {UnitHits} from "./unitHits.ts";

/** What units did on each of their days: a row per unit and day on which it did anything, a unit's own beside each other. */
export interface TenureHits {
  /** Where the rows of the unit at a place begin. */
  readonly start: Int32Array;
  /** The tenure day, or the date as a number of days; ascending in a unit. */
  readonly k: Int32Array;
  /** The numbers or sums of that day alone, in steps, by column. */
  readonly values: readonly Float64Array[];
  /** The largest of them without their signs, by column. */
  readonly most: readonly number[];
  /** The latest day; -Infinity without any. */
  readonly lastDay: number;
}

/** Returns what `tenureDays` gives, from hits in steps. */
export function tenureHits(
  hits: UnitHits,
  columns: readonly TenureColumn[],
  {asOf}: Pick<Scale, "asOf">,
  {key}: {key: "k" | "day"}
): TenureHits {
  const {start, day, since, streams, lead} = hits;
  const bits = columns.map(({side}) => hits.bit.get(side.stream.id) ?? 0);
  const all = bits.reduce((sum, bit) => sum | bit, 0);
  const summed = columns.map(({side}) => (side.reduce === "sum" ? (hits.values.get(side.stream.id) ?? null) : null));
  const isAny = columns.map(({side}) => side.reduce === "any");
  const size = start.length - 1;
  const rows = new Int32Array(size + 1);
  const k = new Int32Array(day.length);
  const values = columns.map(() => new Float64Array(day.length));
  const byDate = key === "day";
  const reach = daysBefore * dayLength;
  /** Gathers the days of one unit from a row on, and returns the row after them. */
  const gather = (place: number, from: number): number => {
    let count = from;
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
      if (row < from || k[row]! < at) k[(row = count++)] = at;
      else if (k[row] !== at) {
        // Hits of one date lie in any order, and may be of two tenure days.
        row = rowOf(from, at, count);
        if (k[row] !== at) insert(row, at, count++);
      }
      for (let c = 0; c < bits.length; ++c) {
        if ((own & bits[c]!) === 0) continue;
        const column = values[c]!;
        const numbers = summed[c]!;
        if (numbers !== null) column[row]! += numbers[i]!;
        else if (isAny[c]) column[row] = 1;
        else column[row]!++;
      }
    }
    return count;
  };
  for (let place = 0; place < size; ++place) rows[place + 1] = gather(place, rows[place]!);
  const count = rows[size]!;
  const made = values.map((column) => column.subarray(0, count));
  return {start: rows, k: k.subarray(0, count), values: made, most: made.map(largestOf), lastDay: latest(k, count)};

  /** The first row of a unit that is of a day or later. */
  function rowOf(from: number, at: number, until: number): number {
    let row = until;
    while (row > from && k[row - 1]! >= at) row--;
    return row;
  }

  function insert(row: number, at: number, until: number): void {
    k.copyWithin(row + 1, row, until);
    k[row] = at;
    for (const column of values) {
      column.copyWithin(row + 1, row, until);
      column[row] = 0;
    }
  }
}

function latest(k: Int32Array, count: number): number {
  let last = -Infinity;
  for (let i = 0; i < count; ++i) if (k[i]! > last) last = k[i]!;
  return last;
}
