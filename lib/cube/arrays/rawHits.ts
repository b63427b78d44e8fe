import type {Offset} from "../zone.ts";
import {placesTogether} from "./placeRows.ts";

/** Units that entered on one day, of one variant and cell. */
export interface UnitGroup {
  readonly entryDay: number;
  readonly variant: number;
  readonly cell: number;
  /** Its units: from one place to before another. */
  readonly from: number;
  readonly to: number;
}

/** The units that count, group by group. */
export interface PlacedUnits {
  readonly groups: readonly UnitGroup[];
  /** The number of the unit at each place. */
  readonly u: Int32Array;
  /** The place of each number; -1 for units that do not count, -2 for numbers that are none of theirs. */
  readonly placeOf: Int32Array;
  /** Microseconds from entry to exposure, by place: 0, or less where units are activated later. */
  readonly lead: Float64Array;
  /** The entry in microseconds since 1970, by place; with calendar days the local midnight before it. */
  readonly entry: Float64Array;
}

/** The units that count and their hits as they came from the engine, in memory that threads share. */
export interface RawHits extends PlacedUnits {
  readonly hits: readonly RawColumns[];
  /** Whether whole days are compared. */
  readonly calendar: boolean;
  /** How many of them each so many places have together. */
  readonly together: Int32Array;
  /** The streams: each its bit. */
  readonly bits: readonly (readonly [id: string, bit: number])[];
  /** The streams whose values are added up. */
  readonly summed: readonly string[];
  /** The streams whose values are looked at as they are. */
  readonly measured: readonly string[];
}

/** The hits of one fact, in any order, and rows that are none. */
export interface RawColumns {
  /** The place of the unit; -1 for a row that is no hit of a unit that counts. */
  readonly place: Int32Array;
  /** Microseconds since 1970 UTC. */
  readonly t: Float64Array;
  /** The streams that a hit belongs to, a bit each. */
  readonly streams: Int32Array;
  /** The values of streams, by id; of no meaning where a hit is of another stream. */
  readonly values: ReadonlyMap<string, Float64Array>;
  /** What makes days of moments. */
  readonly offsets: readonly Offset[];
}

/** Units from one place to before another. */
export type Span = readonly [from: number, to: number];

/** Returns the place of each number of a unit, in memory that threads share. */
export function placesOf(u: Int32Array, outside: Int32Array): Int32Array {
  let most = 0;
  for (let i = 0; i < u.length; ++i) most = Math.max(most, u[i]!);
  for (let i = 0; i < outside.length; ++i) most = Math.max(most, outside[i]!);
  const places = sharedWhole(most + 1).fill(-2);
  for (let i = 0; i < u.length; ++i) places[u[i]!] = i;
  for (let i = 0; i < outside.length; ++i) places[outside[i]!] = -1;
  return places;
}

/** Returns the runs of units with the same entry day, variant and cell. */
export function groupsOf(entryDay: Int32Array, variant: Int32Array, cell: Int32Array): UnitGroup[] {
  const groups: UnitGroup[] = [];
  const size = entryDay.length;
  for (let from = 0, to = 0; from < size; from = to) {
    const [e, v, c] = [entryDay[from]!, variant[from]!, cell[from]!];
    while (to < size && entryDay[to] === e && variant[to] === v && cell[to] === c) to++;
    groups.push({entryDay: e, variant: v, cell: c, from, to});
  }
  return groups;
}

/**
 * Returns the units in spans with about as many hits each, so that threads take as long. Units of one entry day and variant
 * stay together: the products of their days then need not be merged.
 *
 * @param hits how many hits each so many places have together (`placesTogether`)
 */
export function spansOf({groups, u}: Pick<RawHits, "groups" | "u">, hits: Int32Array, count: number): Span[] {
  const spans: Span[] = [];
  const before = new Float64Array(hits.length + 1);
  for (let i = 0; i < hits.length; ++i) before[i + 1] = before[i]! + hits[i]!;
  const weight = (place: number): number => {
    const part = Math.floor(place / placesTogether);
    const first = part * placesTogether;
    const share = (place - first) / Math.min(placesTogether, u.length - first);
    return place + before[part]! + (place === first ? 0 : share * hits[part]!);
  };
  const all = weight(u.length);
  let from = 0;
  for (const [i, {to, entryDay, variant}] of groups.entries()) {
    const next = groups[i + 1];
    if (next?.entryDay === entryDay && next.variant === variant) continue;
    if (next !== undefined && weight(to) < (all * (spans.length + 1)) / count) continue;
    spans.push([from, to]);
    from = to;
  }
  return spans.length === 0 ? [[0, 0]] : spans;
}

function sharedWhole(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}
