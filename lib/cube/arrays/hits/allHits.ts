import type {Offset} from "../../zone.ts";
import {sharedDoubles, sharedWhole} from "../tables/columns.ts";
import type {PlacedUnits} from "./placedUnits.ts";

/**
 * The units that count and their hits, in memory that threads share. Rows come to their blocks of places first
 * (`scatterRows`), where each block is sorted then (`sortHits`).
 */
export interface AllHits extends PlacedUnits {
  /** Whether whole days are compared. */
  readonly calendar: boolean;
  /** What makes days of moments, by fact. */
  readonly offsets: readonly (readonly Offset[])[];
  /** Where the hits of each block of places begin (`blockPlaces`), and after them their number. */
  readonly blocks: Int32Array;
  /** Where the hits of the unit at a place begin; they end where those of the next one begin. */
  readonly start: Int32Array;
  /** The fact that each hit is of, by its place; of no length where there is one. */
  readonly fact: Uint8Array;
  /** The day of each hit; its place until it is sorted. */
  readonly day: Int32Array;
  /** Microseconds since the entry; since 1970 UTC until it is sorted. */
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

/** What there is room for. */
export interface RoomOptions extends Pick<AllHits, "calendar" | "offsets" | "bit" | "blocks"> {
  /** The streams whose values are added up, and those whose values are looked at as they are. */
  readonly summed: readonly string[];
  readonly measured: readonly string[];
  /** Memory that may be used. */
  readonly spare: readonly SharedArrayBuffer[];
}

/** Returns room for the hits of some units. */
export function roomFor(
  units: PlacedUnits,
  {calendar, offsets, bit, blocks, summed, measured, spare}: RoomOptions
): AllHits {
  const size = blocks.at(-1)!;
  const take = taker(spare);
  const made = (ids: readonly string[]) => new Map(ids.map((id) => [id, sharedDoubles(size)]));
  return {
    ...units,
    calendar,
    offsets,
    bit,
    blocks,
    start: sharedWhole(units.u.length + 1),
    fact: new Uint8Array(new SharedArrayBuffer(offsets.length > 1 ? size : 0)),
    since: new Float64Array(...take(8 * size), size),
    day: new Int32Array(...take(4 * size), size),
    streams: new Int32Array(...take(4 * size), size),
    values: made(summed),
    measured: made(measured)
  };
}

/** Returns what gives memory for numbers that are all written before they are read: spare memory first. */
function taker(spare: readonly SharedArrayBuffer[]): (bytes: number) => [buffer: SharedArrayBuffer, from: number] {
  const free = spare.map((buffer) => ({buffer, from: 0}));
  return (bytes) => {
    const found = free.find(({buffer, from}) => buffer.byteLength - from >= bytes);
    if (found === undefined) return [new SharedArrayBuffer(bytes), 0];
    const {buffer, from} = found;
    found.from += 8 * Math.ceil(bytes / 8);
    return [buffer, from];
  };
}
