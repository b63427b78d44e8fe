import type {Hits} from "../buildLogs.ts";
import {day as dayLength} from "../dialects/dialect.ts";
import type {NumberColumn} from "../engines/engine.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {Plan, Stream} from "../plan.ts";
import {isSummed} from "../plan.ts";
import {numberOf} from "../steps.ts";
import type {RawColumns, RawHits} from "./rawHits.ts";
import {groupsOf, placesOf, reachedOf, startsOf} from "./rawHits.ts";
import type {Route} from "./route.ts";
import {mostHits} from "./route.ts";

/**
 * Reads the hits of an experiment, from their tables or what would make them, and counts what of them does not count; null
 * where they are too many.
 */
export async function readHits(
  {engine, steps}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {route, asOf}: {route: Route; asOf: number}
): Promise<RawHits | null> {
  const {arrays} = engine;
  if (arrays === undefined || route === "not") return null;
  if (route === "from tables") {
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
