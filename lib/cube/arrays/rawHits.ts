/** Units that entered on one day, of one variant and cell. */
export interface UnitGroup {
  readonly entryDay: number;
  readonly variant: number;
  readonly cell: number;
  /** Its units: from one place to before another. */
  readonly from: number;
  readonly to: number;
}

/** The units that count, group by group, and their hits as they came from the engine, in memory that threads share. */
export interface RawHits {
  readonly groups: readonly UnitGroup[];
  /** The number of the unit at each place. */
  readonly u: Int32Array;
  /** The place of each number; -1 for units that do not count. */
  readonly placeOf: Int32Array;
  /** Microseconds from entry to exposure, by place: 0, or less where units are activated later. */
  readonly lead: Float64Array;
  /** Where the hits of the unit at a place begin once they are sorted; they end where those of the next one begin. */
  readonly start: Int32Array;
  readonly hits: readonly RawColumns[];
  /** What of them does not count, by fact. */
  readonly reached: readonly Reached[];
  /** The streams: each its bit. */
  readonly bits: readonly (readonly [id: string, bit: number])[];
  /** The streams whose values are added up, in the order of the columns. */
  readonly summed: readonly string[];
}

/** The hits of one fact, in any order. */
export interface RawColumns {
  /** The number of the unit; 0, which no unit has, for units that do not count. */
  readonly u: Int32Array;
  readonly day: Int32Array;
  /** Microseconds since the entry. */
  readonly since: Float64Array;
  /** The streams that a hit belongs to, a bit each. */
  readonly streams: Int32Array;
  /** The values that are added up, 0 where a hit has none. */
  readonly values: readonly Float64Array[];
}

/** Hits of one fact that count or do not. */
export interface Reached {
  /** All of them. */
  readonly rows: number;
  /** Of units that do not count. */
  readonly outside: number;
  /** Of the others: later than the last day. */
  readonly late: number;
  /** Of the others: earlier than any metric looks. */
  readonly early: number;
  /** The first day of any hit; null without one. */
  readonly firstDay: number | null;
}

/** Units from one place to before another. */
export type Span = readonly [from: number, to: number];

/** Returns the place of each number of a unit, in memory that threads share. */
export function placesOf(u: Int32Array): Int32Array {
  let most = 0;
  for (let i = 0; i < u.length; ++i) most = Math.max(most, u[i]!);
  const places = sharedWhole(most + 1).fill(-1);
  for (let i = 0; i < u.length; ++i) places[u[i]!] = i;
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

/** Returns where the hits of each unit begin once they are sorted by place. */
export function startsOf(hits: readonly RawColumns[], placeOf: Int32Array, units: number): Int32Array {
  const start = sharedWhole(units + 1);
  for (const {u} of hits) for (let i = 0; i < u.length; ++i) start[placeOf[u[i]!]! + 1]!++;
  // Those of units without a place.
  start[0] = 0;
  for (let place = 1; place <= units; ++place) start[place]! += start[place - 1]!;
  return start;
}

/**
 * Returns the units in spans with about as many hits each, so that threads take as long. Units of one entry day and variant
 * stay together: the products of their days then need not be merged.
 */
export function spansOf({groups, start, u}: Pick<RawHits, "groups" | "start" | "u">, count: number): Span[] {
  const spans: Span[] = [];
  const weight = (place: number): number => start[place]! + place;
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

/**
 * Returns how many hits of a fact count, and how many do not.
 *
 * @param asOf the last day
 * @param before microseconds before the exposure that metrics look at
 */
export function reachedOf(
  {u, day, since}: RawColumns,
  {placeOf, lead, asOf, before}: Pick<RawHits, "placeOf" | "lead"> & {asOf: number; before: number}
): Reached {
  let [outside, late, early] = [0, 0, 0];
  let firstDay = Infinity;
  for (let i = 0; i < u.length; ++i) {
    const place = placeOf[u[i]!]!;
    const today = day[i]!;
    if (today < firstDay) firstDay = today;
    if (place < 0) outside++;
    else if (today > asOf) late++;
    else if (since[i]! < 0) {
      const earlier = lead[place]! - since[i]!;
      if (!(earlier > 0 && earlier <= before)) early++;
    }
  }
  return {rows: u.length, outside, late, early, firstDay: u.length === 0 ? null : firstDay};
}

function sharedWhole(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}
