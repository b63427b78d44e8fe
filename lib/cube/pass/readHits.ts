import {availableParallelism} from "node:os";
import type {Hits} from "../buildLogs.ts";
import {day as dayLength} from "../dialects/dialect.ts";
import type {NumberColumn} from "../engines/engine.ts";
import type {LoadContext, Loaded} from "../loadFacts.ts";
import type {Plan, Stream} from "../plan.ts";
import {isSummed} from "../plan.ts";
import {numberOf} from "../steps.ts";
import type {RawColumns, RawHits} from "./rawHits.ts";
import {groupsOf, placesOf, reachedOf, startsOf} from "./rawHits.ts";

/** Hits at most: they take about 100 bytes each while days are summed, beside what DuckDB may have. */
const mostHits = 14_000_000;

/** Hits that are worth moving. */
const enoughHits = 2 ** 20;

/** Threads at most: each has what it reads of its own, and all have the rest in common. */
const mostThreads = 8;

/** How the hits of an experiment come to typed arrays. */
export type Passing = "directly" | "from tables" | "not";

/**
 * Returns how the hits come to typed arrays: directly from the joins of events and units, where nothing else asks for their
 * tables. SQL has to do (`not`) on another engine, where the state of units is kept, with too few rows, with streams that do not
 * compare time alike, or with a metric that looks at single days in a table.
 *
 * @param calendars for each fact of events, whether whole days are compared
 */
export function passingOf(
  {engine, state, leastHits = enoughHits}: LoadContext,
  plan: Plan,
  {events, calendars}: {events: readonly Loaded[]; calendars: readonly boolean[]}
): Passing {
  const alike = calendars.every((calendar) => calendar === calendars[0]);
  if (engine.arrays === undefined || events.length === 0 || !alike || state !== undefined) return "not";
  if (plan.streams.length > 30 || plan.experiment.bandit !== undefined || plan.metrics.some(isByDay)) return "not";
  const rows = rowsOf(events);
  if (rows < leastHits) return "not";
  const asked = rows > mostHits || plan.metrics.some(({kind}) => kind === "quantile");
  return asked ? "from tables" : "directly";
}

/** Returns how many threads the units of some events are worth. */
export function threadsFor({shardThreads}: LoadContext, events: readonly Loaded[]): number {
  return shardThreads ?? (rowsOf(events) < enoughHits ? 1 : Math.min(availableParallelism(), mostThreads));
}

/**
 * Reads the hits of an experiment, from their tables or what would make them, and counts what of them does not count; null
 * where they are too many.
 */
export async function readHits(
  {engine, steps}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {passing, asOf}: {passing: Passing; asOf: number}
): Promise<RawHits | null> {
  const {arrays} = engine;
  if (arrays === undefined || passing === "not") return null;
  if (passing === "from tables") {
    let rows = 0;
    for (const {table} of hits) rows += numberOf((await steps.rows(`SELECT count(*) FROM ${table}`))[0]?.[0]) ?? 0;
    if (rows > mostHits) return null;
  }
  const lead = hits[0]?.calendar === true ? `(exposed_day - entry_day) * ${dayLength}` : "exposed - entry";
  const [numbers, entryDay, variant, cell, leads] = await arrays.read(
    `SELECT u, entry_day, variant, cell, CAST(${lead} AS DOUBLE) FROM units WHERE counts ORDER BY entry_day, variant, cell`
  );
  const {streams} = plan;
  const summed = streams.filter(({id}) => isSummed(plan, id));
  const read: RawColumns[] = [];
  for (const {table, from = table, streams: own} of hits) {
    const columns = columnsOf(own, {streams, summed}).join(", ");
    const [unit, day, since, bits, ...values] = await arrays.read(`SELECT ${columns} FROM ${from} AS h`);
    const found = {u: whole(unit), day: whole(day), since: doubles(since), streams: whole(bits)};
    read.push({...found, values: values.map(doubles)});
  }
  const [u, byPlace] = [whole(numbers), doubles(leads)];
  const placeOf = placesOf(u);
  return {
    groups: groupsOf(whole(entryDay), whole(variant), whole(cell)),
    u,
    placeOf,
    lead: byPlace,
    start: startsOf(read, placeOf, u.length),
    hits: read,
    reached: read.map((columns) => reachedOf(columns, {placeOf, lead: byPlace, asOf, before: plan.before})),
    bits: streams.map(({id}, i) => [id, 1 << i]),
    summed: summed.map(({id}) => id)
  };
}

function rowsOf(events: readonly Loaded[]): number {
  return events.reduce((sum, {rows}) => sum + rows, 0);
}

/** Whether a metric takes running totals of units from a table: a quantile of them, or beside what units bring along. */
function isByDay({kind, clock, sides: {y, w}}: Plan["metrics"][number]): boolean {
  if (!clock.running) return false;
  const quantile = kind === "quantile" && y?.of === "stream" && y.reduce !== "values";
  return quantile || y?.of === "attribute" || w?.of === "attribute";
}

/** `u` (0 for units that do not count), `day`, `since`, the bits of the streams, and the values that are added up. */
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
  const columns = [
    "coalesce(u, 0)",
    "CAST(day AS INTEGER)",
    "CAST(since AS DOUBLE)",
    `CAST(${bits.join(" + ")} AS INTEGER)`
  ];
  return [...columns, ...values];
}

function whole(column: NumberColumn | undefined): Int32Array {
  if (column instanceof Int32Array) return column;
  throw new TypeError("invalid column; not of whole numbers");
}

function doubles(column: NumberColumn | undefined): Float64Array {
  if (column instanceof Float64Array) return column;
  throw new TypeError("invalid column; not of doubles");
}
