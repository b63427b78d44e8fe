import {day as dayLength} from "../../dialects/dialect.ts";
import type {Loaded, LoadContext} from "../../loadFacts.ts";
import type {Plan} from "../../plan.ts";
import {isMeasured, isSummed} from "../../plan.ts";
import type {EventsContext} from "../../sql/events.ts";
import {doubles, whole} from "../tables/columns.ts";
import type {EventRows} from "../rows/eventRows.ts";
import {handOver} from "../rows/eventRows.ts";
import {readEventRows, streamBits} from "../rows/readEventRows.ts";
import type {Relevant} from "../rows/placeRows.ts";
import {mergeRelevant} from "../rows/placeRows.ts";
import type {PlacedUnits} from "./placedUnits.ts";
import {groupsOf, placesOf} from "./placedUnits.ts";
import type {ShardThreads} from "../threads/shards.ts";
import type {AllHits} from "./allHits.ts";
import {roomFor} from "./allHits.ts";
import {mostRows} from "../route.ts";
import {beginsOf, startsOf} from "./startsOf.ts";

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
): Promise<{all: AllHits; counts: Relevant[]}> {
  const calendar = facts[0]?.joined.calendar === true;
  const units = await placeUnits(context, calendar);
  const {threads} = context;
  const offsets = facts.map(({joined}) => joined.offsets);
  const spares: SharedArrayBuffer[] = [];
  const placed: {rows: EventRows; counts: Relevant; hits: Int32Array[]}[] = [];
  for (const {loaded, joined} of facts) {
    const numbers = context.atOnce?.numbers ?? {table: "units"};
    const {inArrays} = loaded;
    const about = Math.min(loaded.rows, mostRows);
    const reading = {numbers, hashed: [], only: true, about};
    const {rows, spare} =
      inArrays === undefined
        ? {rows: (await readEventRows(context.engine, plan, joined, reading)).rows, spare: []}
        : handOver(inArrays);
    spares.push(...spare);
    const options = {placeOf: units.placeOf, units: units.u.length, offsets: joined.offsets};
    const found = await threads.run("placeRows", rows, options);
    placed.push({rows, counts: mergeRelevant(found.map((each) => each.counts)), hits: found.map(({hits}) => hits)});
  }
  const blocks = beginsOf(placed.flatMap(({hits}) => hits));
  const [summed, measured] = [isSummed, isMeasured].map((isWanted) =>
    plan.streams.filter(({id}) => isWanted(plan, id)).map(({id}) => id)
  ) as [string[], string[]];
  const all = roomFor(units, {
    calendar,
    offsets,
    bit: streamBits(plan),
    blocks,
    summed,
    measured,
    spare: spares
  });
  const next = blocks.slice(0, -1);
  for (const [fact, {rows, hits}] of placed.entries()) {
    const starts = startsOf(next, hits);
    await threads.run("scatterRows", rows, {into: all, fact, starts});
  }
  await threads.run("sortHits", all);
  return {all, counts: placed.map((each) => each.counts)};
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
