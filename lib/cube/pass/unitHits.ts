import type {Hits} from "../buildLogs.ts";
import {day as dayLength} from "../dialects/dialect.ts";
import type {NumberColumn} from "../engines/engine.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {Plan, Stream} from "../plan.ts";
import type {Scale} from "../sql/totals.ts";
import {numberOf} from "../steps.ts";

/** Units that entered on one day, of one variant and cell. */
export interface UnitGroup {
  readonly entryDay: number;
  readonly variant: number;
  readonly cell: number;
  /** Its units: from one place to before another. */
  readonly from: number;
  readonly to: number;
}

/** The units that count, group by group, and their hits in typed arrays: a unit's own beside each other and by day. */
export interface UnitHits {
  readonly groups: readonly UnitGroup[];
  /** The number of the unit at each place. */
  readonly u: Int32Array;
  /** The place of each number; -1 for units that do not count. */
  readonly placeOf: Int32Array;
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

/** Hits at most: they take 60 bytes each on the way, and exact sums of so many fit. */
const mostHits = 2 ** 24;

/**
 * Reads the hits of an experiment from its tables `units` and `hits`, or returns null where SQL has to do: another
 * engine, too few or too many of them, streams that do not compare time alike, or a metric that looks at single days in a table.
 */
export async function readUnitHits(
  {engine, steps, state, leastHits = 2 ** 20}: LoadContext,
  plan: Plan,
  hits: readonly Hits[]
): Promise<UnitHits | null> {
  const {arrays} = engine;
  const streams = hits.flatMap((each) => each.streams);
  const alike = hits.every(({calendar}) => calendar === hits[0]?.calendar);
  if (arrays === undefined || hits.length === 0 || !alike || streams.length > 30 || state?.kept != null) return null;
  if (plan.experiment.bandit !== undefined || plan.metrics.some(isByDay)) return null;
  const rows: number[] = [];
  for (const {table} of hits) rows.push(numberOf((await steps.rows(`SELECT count(u) FROM ${table}`))[0]?.[0]) ?? 0);
  const all = rows.reduce((sum, each) => sum + each, 0);
  if (all < leastHits || all > mostHits) return null;

  const lead = hits[0]?.calendar === true ? `(exposed_day - entry_day) * ${dayLength}` : "exposed - entry";
  const units = await arrays.read(
    `SELECT u, entry_day, variant, cell, CAST(${lead} AS DOUBLE) FROM units WHERE counts ORDER BY entry_day, variant, cell`
  );
  const summed = streams.filter(({id}) => isSummed(plan, id));
  const read: NumberColumn[][] = [];
  for (const [i, {table, streams: own}] of hits.entries()) {
    const columns = columnsOf(own, {streams, summed}).join(", ");
    read.push(await arrays.read(`SELECT ${columns} FROM ${table} WHERE u IS NOT NULL`, {rows: rows[i] ?? 0}));
  }
  const u = units[0] as Int32Array;
  const placeOf = placesOf(u);
  const {start, columns} = byPlace(joined(read), placeOf, u.length);
  const [day, since, own, ...values] = columns;
  const found: UnitHits = {
    groups: groupsOf(units),
    u,
    placeOf,
    lead: units[4] as Float64Array,
    start,
    day: day as Int32Array,
    since: since as Float64Array,
    streams: own as Int32Array,
    bit: new Map(streams.map(({id}, i) => [id, 1 << i])),
    values: new Map(summed.map(({id}, i) => [id, values[i] as Float64Array]))
  };
  sortDays(found);
  return found;
}

/** Whether a metric takes running totals of units from a table: a quantile of them, or beside what units bring along. */
function isByDay({kind, clock, sides: {y, w}}: Plan["metrics"][number]): boolean {
  if (!clock.running) return false;
  const quantile = kind === "quantile" && y?.of === "stream" && y.reduce !== "values";
  return quantile || y?.of === "attribute" || w?.of === "attribute";
}

/** Whether any metric adds up the values of a stream. */
function isSummed(plan: Plan, id: string): boolean {
  return plan.metrics.some(({sides}) =>
    Object.values(sides).some((side) => side.of === "stream" && side.stream.id === id && side.reduce === "sum")
  );
}

/** `u`, `day`, `since`, the bits of the streams, and the values that are added up. */
function columnsOf(
  own: readonly Stream[],
  {streams, summed}: {streams: readonly Stream[]; summed: readonly Stream[]}
): string[] {
  const bits = streams.flatMap(({id}, i) =>
    own.some((stream) => stream.id === id) ? [`CASE WHEN ${id} IS NOT NULL THEN ${2 ** i} ELSE 0 END`] : []
  );
  const values = summed.map(({id}) =>
    own.some((stream) => stream.id === id) ? `coalesce(CAST(${id} AS DOUBLE), 0)` : "CAST(0 AS DOUBLE)"
  );
  const whole = ["u", "CAST(day AS INTEGER)", "CAST(since AS DOUBLE)", `CAST(${bits.join(" + ")} AS INTEGER)`];
  return [...whole, ...values];
}

/** The rows of several tables, one after another. */
function joined(tables: readonly NumberColumn[][]): NumberColumn[] {
  const [first = [], ...others] = tables;
  if (others.length === 0) return first;
  return first.map((column, i) => {
    const parts = tables.map((table) => table[i]!);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const all = column instanceof Int32Array ? new Int32Array(length) : new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  });
}

function placesOf(u: Int32Array): Int32Array {
  let most = 0;
  for (let i = 0; i < u.length; ++i) most = Math.max(most, u[i]!);
  const places = new Int32Array(most + 1).fill(-1);
  for (let i = 0; i < u.length; ++i) places[u[i]!] = i;
  return places;
}

/** Runs of units with the same entry day, variant and cell. */
function groupsOf([, entryDay, variant, cell]: readonly NumberColumn[]): UnitGroup[] {
  const groups: UnitGroup[] = [];
  const size = entryDay?.length ?? 0;
  for (let from = 0, to = 0; from < size; from = to) {
    const [e, v, c] = [entryDay![from]!, variant![from]!, cell![from]!];
    while (to < size && entryDay![to] === e && variant![to] === v && cell![to] === c) to++;
    groups.push({entryDay: e, variant: v, cell: c, from, to});
  }
  return groups;
}

/** All columns but the first, by the place of its unit: sorted by counting. */
function byPlace(
  [u = new Int32Array(0), ...columns]: readonly NumberColumn[],
  placeOf: Int32Array,
  units: number
): {start: Int32Array; columns: NumberColumn[]} {
  const start = new Int32Array(units + 1);
  const to = new Int32Array(u.length);
  for (let i = 0; i < u.length; ++i) {
    const place = placeOf[u[i]!]!;
    to[i] = place;
    start[place]!++;
  }
  let before = 0;
  for (let place = 0; place <= units; ++place) {
    before += start[place]!;
    start[place] = before;
  }
  // From the last hit to the first, each goes before those that its unit has already.
  for (let i = to.length - 1; i >= 0; --i) to[i] = --start[to[i]!]!;
  return {
    start,
    columns: columns.map((column) => (column instanceof Int32Array ? movedWhole(column, to) : movedDouble(column, to)))
  };
}

// Two functions, so that each is compiled for one kind of array.
function movedWhole(column: Int32Array, to: Int32Array): Int32Array {
  const moved = new Int32Array(column.length);
  for (let i = 0; i < to.length; ++i) moved[to[i]!] = column[i]!;
  return moved;
}

function movedDouble(column: Float64Array, to: Int32Array): Float64Array {
  const moved = new Float64Array(column.length);
  for (let i = 0; i < to.length; ++i) moved[to[i]!] = column[i]!;
  return moved;
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
