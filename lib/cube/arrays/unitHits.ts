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

/** Places of a block: few enough that its hits stay in the processor's memory while they are sorted. */
const blockPlaces = 2 ** 11;

/** Returns the hits of a span of units, sorted by unit and day. Places are counted from the span's first. */
export function unitHits(raw: RawHits, span: Span): UnitHits {
  const [from, to] = span;
  const blocks = blockStarts(raw.hits, span);
  const size = blocks.at(-1) ?? 0;
  const made = (ids: readonly string[]) => new Map(ids.map((id) => [id, new Float64Array(size)]));
  const found: UnitHits = {
    groups: raw.groups
      .filter((group) => group.from >= from && group.to <= to)
      .map((group) => ({...group, from: group.from - from, to: group.to - from})),
    u: raw.u.subarray(from, to),
    lead: raw.lead.subarray(from, to),
    start: new Int32Array(to - from + 1),
    fact: new Uint8Array(raw.hits.length > 1 ? size : 0),
    day: new Int32Array(size),
    since: new Float64Array(size),
    streams: new Int32Array(size),
    bit: new Map(raw.bits),
    values: made(raw.summed),
    measured: made(raw.measured)
  };
  intoBlocks(found, raw, span, blocks);
  sortBlocks(found, blocks);
  daysSince(found, raw, from);
  sortDays(found);
  return found;
}

/** Returns where the hits of each block of places begin. */
function blockStarts(hits: RawHits["hits"], [from, to]: Span): Int32Array {
  const start = new Int32Array(Math.ceil((to - from) / blockPlaces) + 1);
  for (const {place} of hits)
    inBlocks([0, place.length], (begin, end) => {
      for (let i = begin; i < end; ++i) {
        const at = place[i]!;
        if (at >= from && at < to) start[Math.floor((at - from) / blockPlaces) + 1]!++;
      }
    });
  for (let b = 0; b + 1 < start.length; ++b) start[b + 1]! += start[b]!;
  return start;
}

/** Brings hits to their blocks: with the place in `day`, and the moment in `since`. */
function intoBlocks(
  {day, since, streams, fact, bit, values, measured}: UnitHits,
  {hits}: RawHits,
  [from, to]: Span,
  blocks: Int32Array
): void {
  const next = blocks.slice();
  for (const [f, {place, t, streams: bits, values: own}] of hits.entries()) {
    const columns = [...values, ...measured].flatMap(([id, column]) => {
      const found = own.get(id);
      return found === undefined ? [] : [{bit: bit.get(id) ?? 0, from: found, to: column}];
    });
    inBlocks([0, place.length], (begin, end) => {
      for (let i = begin; i < end; ++i) {
        const local = place[i]! - from;
        if (place[i]! < from || place[i]! >= to) continue;
        const at = next[Math.floor(local / blockPlaces)]!++;
        day[at] = local;
        since[at] = t[i]!;
        streams[at] = bits[i]!;
        if (f > 0) fact[at] = f;
        for (let c = 0; c < columns.length; ++c) {
          const column = columns[c]!;
          if ((bits[i]! & column.bit) !== 0) column.to[at] = column.from[i]!;
        }
      }
    });
  }
}

/** Sorts the hits of each block by place, in place, and says where those of each unit begin. */
function sortBlocks({start, day, since, streams, fact, values, measured}: UnitHits, blocks: Int32Array): void {
  let largest = 0;
  for (let b = 0; b + 1 < blocks.length; ++b) largest = Math.max(largest, blocks[b + 1]! - blocks[b]!);
  const [at, whole, doubles] = [new Int32Array(largest), new Int32Array(largest), new Float64Array(largest)];
  const small = new Uint8Array(fact.length === 0 ? 0 : largest);
  const next = new Int32Array(blockPlaces + 1);
  const all = [since, ...values.values(), ...measured.values()];
  const sort = (block: number): void => {
    const [from, to] = [blocks[block]!, blocks[block + 1]!];
    const first = block * blockPlaces;
    const places = Math.min(blockPlaces, start.length - 1 - first);
    next.fill(0);
    for (let i = from; i < to; ++i) next[day[i]! - first + 1]!++;
    for (let p = 0; p < places; ++p) {
      next[p + 1]! += next[p]!;
      start[first + p + 1] = from + next[p + 1]!;
    }
    for (let i = from; i < to; ++i) at[i - from] = from + next[day[i]! - first]!++;
    whole.set(streams.subarray(from, to));
    for (let i = 0; i < to - from; ++i) streams[at[i]!] = whole[i]!;
    for (const column of all) {
      doubles.set(column.subarray(from, to));
      for (let i = 0; i < to - from; ++i) column[at[i]!] = doubles[i]!;
    }
    if (fact.length === 0) return;
    small.set(fact.subarray(from, to));
    for (let i = 0; i < to - from; ++i) fact[at[i]!] = small[i]!;
  };
  for (let block = 0; block + 1 < blocks.length; ++block) sort(block);
}

/** Puts the day of each hit in its place, and for its moment the time since the entry. */
function daysSince({start, fact, day, since}: UnitHits, {entry, calendar, hits}: RawHits, from: number): void {
  const clocks = hits.map(({offsets}) => localClock(offsets));
  const [only] = clocks;
  const single = clocks.length === 1 && only !== undefined && hits[0]?.offsets.length === 1;
  const offset = single ? only(0) : 0;
  inBlocks([0, start.length - 1], (begin, end) => {
    for (let place = begin; place < end; ++place) {
      const entered = entry[from + place]!;
      for (let i = start[place]!; i < start[place + 1]!; ++i) {
        const at = since[i]!;
        const today = Math.floor((single ? at + offset : clocks[fact[i] ?? 0]!(at)) / dayLength);
        day[i] = today;
        since[i] = (calendar ? today * dayLength : at) - entered;
      }
    }
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
