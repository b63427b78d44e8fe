import {day as dayLength} from "../dialects/dialect.ts";
import type {Loaded, LoadContext} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import {isMeasured, isSummed} from "../plan.ts";
import type {EventsContext} from "../sql/events.ts";
import {doubles, whole} from "./columns.ts";
import {handOver} from "./eventRows.ts";
import {readEventRows, streamBits} from "./readEventRows.ts";
import type {Relevant} from "./placeRows.ts";
import {mergeRelevant} from "./placeRows.ts";
import type {PlacedUnits, RawColumns, RawHits} from "./rawHits.ts";
import type {ShardThreads} from "./shards.ts";
import {groupsOf, placesOf} from "./rawHits.ts";
import {mostRows} from "./route.ts";

/** A fact of events, and how it is joined to the units. */
export interface JoinedFact {
  readonly loaded: Loaded;
  readonly joined: EventsContext;
}

/** Brings the hits of an experiment to typed arrays, and counts for each fact what rows there are. */
export async function readHits(
  context: LoadContext & {readonly threads: ShardThreads},
  plan: Plan,
  facts: readonly JoinedFact[]
): Promise<{raw: RawHits; counts: Relevant[]}> {
  const calendar = facts[0]?.joined.calendar === true;
  const units = await placeUnits(context, calendar);
  const hits: RawColumns[] = [];
  const counts: Relevant[] = [];
  const parts: Int32Array[] = [];
  for (const {loaded, joined} of facts) {
    const numbers = context.atOnce?.numbers ?? {table: "units"};
    const {inArrays} = loaded;
    const rows =
      inArrays === undefined
        ? (
            await readEventRows(context.engine, plan, joined, {
              numbers,
              hashed: [],
              only: true,
              about: Math.min(loaded.rows, mostRows)
            })
          ).rows
        : handOver(inArrays);
    const {offsets} = joined;
    const options = {placeOf: units.placeOf, units: units.u.length, offsets};
    const placed = await context.threads.run("placeRows", rows, options);
    counts.push(mergeRelevant(placed.map((each) => each.counts)));
    parts.push(...placed.map((each) => each.hits));
    const {u: place, t, bits, values} = rows;
    hits.push({place, t, streams: bits, values, offsets});
  }
  const {streams} = plan;
  const raw = {
    ...units,
    hits,
    calendar,
    together: addedUp(parts),
    bits: [...streamBits(plan)],
    summed: streams.filter(({id}) => isSummed(plan, id)).map(({id}) => id),
    measured: streams.filter(({id}) => isMeasured(plan, id)).map(({id}) => id)
  };
  return {raw, counts};
}

function addedUp(parts: readonly Int32Array[]): Int32Array {
  const sums = new Int32Array(parts[0]?.length ?? 0);
  for (const part of parts) for (let i = 0; i < sums.length; ++i) sums[i]! += part[i]!;
  return sums;
}

/** Reads the table of units. */
async function placeUnits({engine: {arrays}}: LoadContext, calendar: boolean): Promise<PlacedUnits> {
  if (arrays === undefined) throw new Error("missing typed arrays of the engine");
  const [lead, entry] = calendar
    ? [`(exposed_day - entry_day) * ${dayLength}`, `entry_day * ${dayLength}`]
    : ["exposed - entry", "entry"];
  const [numbers, entryDay, variant, cell, leads, entries] = await arrays.read(
    `SELECT u, entry_day, variant, cell, CAST(${lead} AS DOUBLE), CAST(${entry} AS DOUBLE) FROM units WHERE counts ORDER BY entry_day, variant, cell`
  );
  const [others] = await arrays.read("SELECT u FROM units WHERE NOT counts");
  const u = whole(numbers);
  return {
    groups: groupsOf(whole(entryDay), whole(variant), whole(cell)),
    u,
    placeOf: placesOf(u, whole(others)),
    lead: doubles(leads),
    entry: doubles(entries)
  };
}
