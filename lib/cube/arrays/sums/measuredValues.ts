import type {BinGroups} from "../../bins.ts";
import {lowerEdge} from "../../bins.ts";
import {firstEntry} from "../hits/placedUnits.ts";
import type {UnitHits} from "../hits/unitHits.ts";

/** Which values of hits a quantile is of. */
export interface MeasuredLook {
  /** The stream. */
  readonly id: string;
  /** Microseconds since the entry: from, and to before. */
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
  /** The day that all values of a unit count from, by place among all units; null where each counts from its own. */
  readonly days: Float64Array | null;
}

/** The columns of `valueIncrements`, in a row's order. */
export const incrementColumns = ["variant", "day", "place", "touched", "n", "c", "mm", "mk"] as const;

/** Returns the least and the greatest value, and the distinct ones if there are at most so many; null without a value. */
export function valueRange(
  hits: UnitHits,
  look: MeasuredLook,
  few: number
): {least: number; most: number; distinct: number[] | null} | null {
  let [least, most] = [Infinity, -Infinity];
  const distinct = new Set<number>();
  eachValue(hits, look, (_, __, ___, value) => {
    if (value < least) least = value;
    if (value > most) most = value;
    if (distinct.size <= few) distinct.add(value);
  });
  return least > most ? null : {least, most, distinct: distinct.size > few ? null : [...distinct]};
}

/** Returns how many values each group has that count from each day: a variant, a day, the group's place and a count, and so on. */
export function valueCounts(hits: UnitHits, look: MeasuredLook, groups: BinGroups): Float64Array {
  const placeOf = searchGroups(groups);
  const first = firstDay(hits);
  const found = new Map<number, Float64Array[]>();
  let [of, days]: [number, Float64Array[]] = [-1, []];
  eachValue(hits, look, (variant, _, day, value) => {
    if (variant !== of) {
      of = variant;
      days = found.get(variant) ?? [];
      found.set(variant, days);
    }
    (days[day - first] ??= new Float64Array(groups.length))[placeOf(value)]!++;
  });
  const rows: number[] = [];
  for (const [variant, list] of found)
    list.forEach((counts, d) => {
      counts.forEach((count, place) => {
        if (count > 0) rows.push(variant, first + d, place, count);
      });
    });
  return Float64Array.from(rows);
}

/**
 * Returns what `clusterIncrements` gives: what each day adds to the sketch of the values, in rows of `incrementColumns` by
 * variant, day and place of the group.
 */
export function valueIncrements(hits: UnitHits, look: MeasuredLook, groups: BinGroups): Float64Array {
  const placeOf = searchGroups(groups);
  const width = 5;
  const first = firstDay(hits);
  const sums = new Map<number, Float64Array[]>();
  // The occupied groups of a unit, ascending, and for each its values so far, and what it added as of the last day.
  const places = new Int32Array(groups.length);
  const [counts, before, beforeMM, beforeMK] = [0, 1, 2, 3].map(() => new Float64Array(groups.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array
  ];
  const lists = [counts, before, beforeMM, beforeMK];
  let occupied = 0;
  let unit = -1;
  let today = -1;
  let entered = -1;
  let all = 0;
  let days: Float64Array[] = [];
  const flush = (): void => {
    if (unit < 0) return;
    const to = (days[today - first] ??= new Float64Array(width * groups.length));
    let m = 0;
    for (let i = 0; i < occupied; ++i) {
      const c = counts[i]!;
      m += c;
      const mm = m * m - (m - c) * (m - c);
      const mk = c * all;
      const at = width * places[i]!;
      if (i === occupied - 1) {
        to[at]!++;
        if (today === entered) to[at + 1]!++;
      }
      to[at + 2]! += c - before[i]!;
      to[at + 3]! += mm - beforeMM[i]!;
      to[at + 4]! += mk - beforeMK[i]!;
      before[i] = c;
      beforeMM[i] = mm;
      beforeMK[i] = mk;
    }
  };
  const insert = (at: number, group: number): void => {
    places.copyWithin(at + 1, at, occupied);
    places[at] = group;
    for (const list of lists) {
      list.copyWithin(at + 1, at, occupied);
      list[at] = 0;
    }
    occupied++;
  };
  eachValue(hits, look, (variant, place, day, value) => {
    if (place !== unit || day !== today) flush();
    if (place !== unit) {
      occupied = 0;
      unit = place;
      entered = day;
      all = 0;
      days = sums.get(variant) ?? [];
      sums.set(variant, days);
    }
    today = day;
    all++;
    const group = placeOf(value);
    let at = 0;
    while (at < occupied && places[at]! < group) at++;
    if (at === occupied || places[at] !== group) insert(at, group);
    counts[at]!++;
  });
  flush();
  const rows: number[] = [];
  for (const [variant, list] of sums)
    list.forEach((own, d) => {
      for (let group = 0; group < groups.length; ++group) {
        const row = own.subarray(width * group, width * (group + 1));
        if (row.some((sum) => sum !== 0)) rows.push(variant, first + d, group, ...row);
      }
    });
  return Float64Array.from(rows);
}

/** What happens since the entry is of its day or later, or of the day before where clocks are set back at midnight. */
function firstDay({groups}: UnitHits): number {
  return firstEntry(groups) - 1;
}

/** Calls back with each value that counts: those of a unit one after another, and day by day. */
function eachValue(
  {groups, start, day, since, streams, bit, measured}: UnitHits,
  {id, from, to, asOf, days}: MeasuredLook,
  task: (variant: number, place: number, day: number, value: number) => void
): void {
  const [own, values] = [bit.get(id) ?? 0, measured.get(id) ?? new Float64Array(0)];
  for (const {variant, from: first, to: end} of groups)
    for (let place = first; place < end; ++place) {
      if (days !== null && days[place]! > asOf) continue;
      for (let i = start[place]!; i < start[place + 1]! && day[i]! <= asOf; ++i) {
        if ((streams[i]! & own) === 0 || !(since[i]! >= from && since[i]! < to)) continue;
        task(variant, place, days === null ? day[i]! : days[place]!, values[i]!);
      }
    }
}

/** Returns what finds the place of a value's group: a bin above zero holds its lower edge, one below zero its upper edge. */
function searchGroups(groups: BinGroups): (value: number) => number {
  const edges = Float64Array.from(groups, lowerEdge);
  const strict = Uint8Array.from(groups, (bin) => (bin === 0 || bin > 1 ? 0 : 1));
  return (value) => {
    let low = 0;
    let high = edges.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const edge = edges[middle]!;
      if (strict[middle] === 1 ? value > edge : value >= edge) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}
