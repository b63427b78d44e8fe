import type {NumberColumn} from "../../engines/engine.ts";
import type {Part, Scale} from "../../sql/totals.ts";
import {isEarlier, sameParts} from "../../sql/totals.ts";
import {placesByMask} from "./placesByMask.ts";
import type {UnitHits} from "../hits/unitHits.ts";

/** A part, and which hits it looks at. */
export interface Look {
  readonly bit: number;
  /** Whether it looks at the time before the exposure; else at that since the entry. */
  readonly earlier: boolean;
  /** That time in whole microseconds: from, and to before. */
  readonly from: number;
  readonly to: number;
  readonly reduce: "any" | "count" | "sum" | "first";
  /** The values that it adds up, in steps; of no length where it adds up none. */
  readonly values: Float64Array;
}

const none = new Float64Array(0);

/** Returns what a part looks at. */
export function lookOf({bit, values}: UnitHits, {letter, side}: Part): Look {
  const {stream, reduce, from, to} = side;
  if (reduce === "values") throw new TypeError(`invalid part; not one number: ${stream.id}`);
  const earlier = isEarlier(letter);
  return {
    bit: bit.get(stream.id) ?? 0,
    earlier,
    // Moments are whole numbers.
    from: earlier ? 1 : from,
    to: earlier ? to + 1 : to,
    reduce,
    values: (reduce === "sum" ? values.get(stream.id) : undefined) ?? none
  };
}

/** Returns the totals of each unit, a column per part by place; NaN for null. */
export function totalsByPlace(
  hits: UnitHits,
  parts: readonly Part[],
  {asOf}: Pick<Scale, "asOf">
): Map<string, Float64Array> {
  const {same, distinct, looks, from, to, earlier} = looksOf(hits, parts);
  const {start, day, since, streams, lead} = hits;
  const size = start.length - 1;
  const columns = looks.map(({reduce}) => new Float64Array(size).fill(reduce === "first" ? NaN : 0));
  const ofHit = placesByMask(looks.map(({bit}) => bit));
  const reduces = Int32Array.from(looks, ({reduce}) => ["any", "count", "sum", "first"].indexOf(reduce));
  const values = looks.map((look) => look.values);
  const addUp = (place: number): void => {
    const end = start[place + 1]!;
    for (let i = start[place]!; i < end && day[i]! <= asOf; ++i) {
      const own = ofHit(streams[i]!);
      const after = since[i]!;
      for (let o = 0; o < own.length; ++o) {
        const p = own[o]!;
        const time = earlier[p] === 1 ? lead[place]! - after : after;
        if (!(time >= from[p]! && time < to[p]!)) continue;
        const column = columns[p]!;
        if (reduces[p] === 0) column[place] = 1;
        else if (reduces[p] === 1) column[place]!++;
        else if (reduces[p] === 2) column[place]! += values[p]![i]!;
        else if (!(column[place]! <= after)) column[place] = after;
      }
    }
  };
  for (let place = 0; place < size; ++place) addUp(place);
  const byName = new Map(distinct.map(({column}, p) => [column, columns[p]!]));
  return new Map(parts.map(({column}) => [column, byName.get(same.get(column) ?? column)!]));
}

/** Returns the places of the units with a hit at a time that any part looks at, whatever the hit's streams. */
export function placesReached(hits: UnitHits, parts: readonly Part[], {asOf}: Pick<Scale, "asOf">): Int32Array {
  const {from, to, earlier} = looksOf(hits, parts);
  const {start, day, since, lead} = hits;
  const isReached = (place: number): boolean => {
    for (let i = start[place]!; i < start[place + 1]! && day[i]! <= asOf; ++i)
      for (let p = 0; p < from.length; ++p) {
        const time = earlier[p] === 1 ? lead[place]! - since[i]! : since[i]!;
        if (time >= from[p]! && time < to[p]!) return true;
      }
    return false;
  };
  const found = new Int32Array(start.length - 1);
  let count = 0;
  for (let place = 0; place < found.length; ++place) if (isReached(place)) found[count++] = place;
  return found.slice(0, count);
}

/** Totals by unit: the places of the units that have any, and a column per part by place; NaN for null. */
export interface UnitTotals {
  readonly places: Int32Array;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** Returns what `totals` by unit gives: a row for each unit with a hit that any part looks at. */
export function unitTotals(hits: UnitHits, parts: readonly Part[], scale: Pick<Scale, "asOf">): UnitTotals {
  return {places: placesReached(hits, parts, scale), columns: totalsByPlace(hits, parts, scale)};
}

/** The distinct ones of some parts, and what they look at in arrays of numbers, so that a loop is compiled once, whatever the parts. */
function looksOf(hits: UnitHits, parts: readonly Part[]) {
  const same = sameParts(parts);
  const distinct = parts.filter(({column}) => same.get(column) === column);
  const looks = distinct.map((part) => lookOf(hits, part));
  return {
    same,
    distinct,
    looks,
    from: Float64Array.from(looks, (look) => look.from),
    to: Float64Array.from(looks, (look) => look.to),
    earlier: Uint8Array.from(looks, (look) => (look.earlier ? 1 : 0))
  };
}

/** Returns the totals as columns of a table, `u` first, a row for each unit that has any. */
export function totalColumns({u}: UnitHits, {places, columns}: UnitTotals): Record<string, NumberColumn> {
  const numbers = new Int32Array(places.length);
  for (let i = 0; i < places.length; ++i) numbers[i] = u[places[i]!]!;
  const named = [...columns].map(([name, column]): [string, NumberColumn] => {
    const own = new Float64Array(places.length);
    for (let i = 0; i < places.length; ++i) own[i] = column[places[i]!]!;
    return [name, own];
  });
  return {u: numbers, ...Object.fromEntries(named)};
}
