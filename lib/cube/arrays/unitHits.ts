import type {Scale} from "../sql/totals.ts";
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
  readonly day: Int32Array;
  /** Microseconds since the entry. */
  readonly since: Float64Array;
  /** The streams that a hit belongs to, a bit each. */
  readonly streams: Int32Array;
  /** The bit of a stream, by its id. */
  readonly bit: ReadonlyMap<string, number>;
  /** The values of a stream that are added up, 0 where a hit has none; in steps once `inSteps` was called. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Returns the hits of a span of units, sorted by unit and day. Places are counted from the span's first. */
export function unitHits(raw: RawHits, [from, to]: Span): UnitHits {
  const before = raw.start[from]!;
  const start = raw.start.slice(from, to + 1);
  for (let i = 0; i < start.length; ++i) start[i]! -= before;
  const size = start.at(-1) ?? 0;
  const [day, streams, since] = [new Int32Array(size), new Int32Array(size), new Float64Array(size)];
  const values = raw.summed.map(() => new Float64Array(size));
  const next = start.slice();
  for (const hits of raw.hits) {
    const at = new Int32Array(hits.u.length);
    for (let i = 0; i < at.length; ++i) {
      const place = raw.placeOf[hits.u[i]!]!;
      at[i] = place >= from && place < to ? next[place - from]!++ : -1;
    }
    moveWhole(hits.day, day, at);
    moveWhole(hits.streams, streams, at);
    moveDoubles(hits.since, since, at);
    for (let v = 0; v < values.length; ++v) moveDoubles(hits.values[v]!, values[v]!, at);
  }
  const found: UnitHits = {
    groups: raw.groups
      .filter((group) => group.from >= from && group.to <= to)
      .map((group) => ({...group, from: group.from - from, to: group.to - from})),
    u: raw.u.subarray(from, to),
    lead: raw.lead.subarray(from, to),
    start,
    day,
    since,
    streams,
    bit: new Map(raw.bits),
    values: new Map(raw.summed.map((id, v) => [id, values[v]!]))
  };
  sortDays(found);
  return found;
}

// Two functions, so that each is compiled for one kind of array.
function moveWhole(column: Int32Array, to: Int32Array, at: Int32Array): void {
  for (let i = 0; i < at.length; ++i) if (at[i]! >= 0) to[at[i]!] = column[i]!;
}

function moveDoubles(column: Float64Array, to: Float64Array, at: Int32Array): void {
  for (let i = 0; i < at.length; ++i) if (at[i]! >= 0) to[at[i]!] = column[i]!;
}

/** Sorts the hits of each unit by day, in place; hits of one day stay in any order: sums do not tell. */
function sortDays({start, day, since, streams, values}: UnitHits): void {
  const all = [...values.values()];
  const own = new Float64Array(all.length);
  for (let place = 0; place + 1 < start.length; ++place) {
    const from = start[place]!;
    const to = start[place + 1]!;
    for (let i = from + 1; i < to; ++i) {
      const d = day[i]!;
      if (day[i - 1]! <= d) continue;
      const s = since[i]!;
      const bits = streams[i]!;
      for (let v = 0; v < all.length; ++v) own[v] = all[v]![i]!;
      let at = i;
      for (; at > from && day[at - 1]! > d; --at) {
        day[at] = day[at - 1]!;
        since[at] = since[at - 1]!;
        streams[at] = streams[at - 1]!;
        for (let v = 0; v < all.length; ++v) all[v]![at] = all[v]![at - 1]!;
      }
      day[at] = d;
      since[at] = s;
      streams[at] = bits;
      for (let v = 0; v < all.length; ++v) all[v]![at] = own[v]!;
    }
  }
}

/** Turns the values into whole numbers of steps, in place, rounded as the engine does. */
export function inSteps({values}: UnitHits, {bits}: Scale): void {
  for (const [id, column] of values) {
    const steps = 2 ** (bits[id] ?? 0);
    for (let i = 0; i < column.length; ++i) column[i] = rounded(column[i]! * steps);
  }
}

/** Returns the nearest whole number, halves away from zero. */
export function rounded(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}
