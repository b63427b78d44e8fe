import {day as dayLength} from "../dialects/dialect.ts";
import type {Scale} from "../sql/totals.ts";
import {localClock} from "../zone.ts";
import {inBlocks} from "./inBlocks.ts";
import type {RawHits, Span, UnitGroup} from "./rawHits.ts";

/** Units that count, group by group, and their hits in typed arrays: a unit's own beside each other and by day. */
export interface UnitHits {
  readonly groups: readonly UnitGroup[];
  /** The number of the unit at each place. */
  readonly u: Int32Array;
  /** Microseconds from entry to exposure, by place: 0, or less where units are activated later. */
  readonly lead: Float64Array;
  /** Where the hits of the unit at a place begin; they end where those of the next one begin. */
  readonly start: Int32Array;
  /** The fact that each hit is of, by its place; of no length where there is one. */
  readonly fact: Uint8Array;
  readonly day: Int32Array;
  /** Microseconds since the entry. */
  readonly since: Float64Array;
  /** The streams that a hit belongs to, a bit each. */
  readonly streams: Int32Array;
  /** The bit of a stream, by its id. */
  readonly bit: ReadonlyMap<string, number>;
  /** The values of a stream that are added up, 0 where a hit has none; in steps once `inSteps` was called. */
  readonly values: ReadonlyMap<string, Float64Array>;
  /** The values of a stream that are looked at as they are. */
  readonly measured: ReadonlyMap<string, Float64Array>;
}

/** Returns the hits of a span of units, sorted by unit and day. Places are counted from the span's first. */
export function unitHits(raw: RawHits, [from, to]: Span): UnitHits {
  const before = raw.start[from]!;
  const start = raw.start.slice(from, to + 1);
  for (let i = 0; i < start.length; ++i) start[i]! -= before;
  const size = start.at(-1) ?? 0;
  const [day, streams, since] = [new Int32Array(size), new Int32Array(size), new Float64Array(size)];
  const made = (ids: readonly string[]) => new Map(ids.map((id) => [id, new Float64Array(size)]));
  const [values, measured] = [made(raw.summed), made(raw.measured)];
  const next = start.slice();
  const factOf = new Uint8Array(raw.hits.length > 1 ? size : 0);
  for (const [f, hits] of raw.hits.entries()) {
    const at = new Int32Array(hits.place.length);
    inBlocks([0, at.length], (begin, end) => {
      for (let i = begin; i < end; ++i) {
        const place = hits.place[i]!;
        at[i] = place >= from && place < to ? next[place - from]!++ : -1;
      }
    });
    moveWhole(hits.streams, streams, at);
    moveDoubles(hits.t, since, at);
    if (f > 0) for (let i = 0; i < at.length; ++i) if (at[i]! >= 0) factOf[at[i]!] = f;
    for (const [id, column] of [...values, ...measured]) {
      const bit = raw.bits.find(([stream]) => stream === id)?.[1] ?? 0;
      const own = hits.values.get(id);
      if (own !== undefined) moveValues(own, column, {at, streams: hits.streams, bit});
    }
  }
  const found: UnitHits = {
    groups: raw.groups
      .filter((group) => group.from >= from && group.to <= to)
      .map((group) => ({...group, from: group.from - from, to: group.to - from})),
    u: raw.u.subarray(from, to),
    lead: raw.lead.subarray(from, to),
    start,
    fact: factOf,
    day,
    since,
    streams,
    bit: new Map(raw.bits),
    values,
    measured
  };
  daysSince(found, raw, {from, factOf});
  sortDays(found);
  return found;
}

/** Puts the day of each hit beside it, and in place of its moment the time since the entry. */
function daysSince(
  {start, day, since}: UnitHits,
  {entry, calendar, hits}: RawHits,
  {from, factOf}: {from: number; factOf: Uint8Array}
): void {
  const clocks = hits.map(({offsets}) => localClock(offsets));
  const [only] = clocks;
  const single = clocks.length === 1 && only !== undefined && hits[0]?.offsets.length === 1;
  const offset = single ? only(0) : 0;
  inBlocks([0, start.length - 1], (begin, end) => {
    for (let place = begin; place < end; ++place) {
      const entered = entry[from + place]!;
      for (let i = start[place]!; i < start[place + 1]!; ++i) {
        const at = since[i]!;
        const today = Math.floor((single ? at + offset : clocks[factOf[i] ?? 0]!(at)) / dayLength);
        day[i] = today;
        since[i] = (calendar ? today * dayLength : at) - entered;
      }
    }
  });
}

// Several functions, so that each is compiled for one kind of array.
function moveWhole(column: Int32Array, to: Int32Array, at: Int32Array): void {
  inBlocks([0, at.length], (begin, end) => {
    for (let i = begin; i < end; ++i) if (at[i]! >= 0) to[at[i]!] = column[i]!;
  });
}

function moveDoubles(column: Float64Array, to: Float64Array, at: Int32Array): void {
  inBlocks([0, at.length], (begin, end) => {
    for (let i = begin; i < end; ++i) if (at[i]! >= 0) to[at[i]!] = column[i]!;
  });
}

function moveValues(
  column: Float64Array,
  to: Float64Array,
  {at, streams, bit}: {at: Int32Array; streams: Int32Array; bit: number}
): void {
  inBlocks([0, at.length], (begin, end) => {
    for (let i = begin; i < end; ++i) if (at[i]! >= 0 && (streams[i]! & bit) !== 0) to[at[i]!] = column[i]!;
  });
}

/** Sorts the hits of each unit by day, in place; hits of one day stay in any order: sums do not tell. */
function sortDays({start, fact, day, since, streams, values, measured}: UnitHits): void {
  const all = [...values.values(), ...measured.values()];
  const own = new Float64Array(all.length);
  const sortOne = (place: number): void => {
    const from = start[place]!;
    const to = start[place + 1]!;
    for (let i = from + 1; i < to; ++i) {
      const d = day[i]!;
      if (day[i - 1]! <= d) continue;
      const f = fact[i] ?? 0;
      const s = since[i]!;
      const bits = streams[i]!;
      for (let v = 0; v < all.length; ++v) own[v] = all[v]![i]!;
      let at = i;
      for (; at > from && day[at - 1]! > d; --at) {
        day[at] = day[at - 1]!;
        if (fact.length > 0) fact[at] = fact[at - 1]!;
        since[at] = since[at - 1]!;
        streams[at] = streams[at - 1]!;
        for (let v = 0; v < all.length; ++v) all[v]![at] = all[v]![at - 1]!;
      }
      day[at] = d;
      if (fact.length > 0) fact[at] = f;
      since[at] = s;
      streams[at] = bits;
      for (let v = 0; v < all.length; ++v) all[v]![at] = own[v]!;
    }
  };
  for (let place = 0; place + 1 < start.length; ++place) sortOne(place);
}

/** Turns the values into whole numbers of steps, in place, rounded as the engine does. */
export function inSteps({values}: UnitHits, {bits}: Scale): void {
  for (const [id, column] of values) {
    const steps = 2 ** (bits[id] ?? 0);
    inBlocks([0, column.length], (from, to) => {
      for (let i = from; i < to; ++i) column[i] = rounded(column[i]! * steps);
    });
  }
}

/** Returns the nearest whole number, halves away from zero. */
export function rounded(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}
