import {availableParallelism, totalmem} from "node:os";
import type {Loaded, LoadContext} from "../loadFacts.ts";
import {open} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import {anyStream, mostStreams} from "../sql/events.ts";
import {numberOf} from "../steps.ts";

/** Bytes of a row, about, while hits are sorted; beside what DuckDB may have. */
const rowBytes = 60;

/** Returns how many rows typed arrays may have on a machine of so much memory: at most 64 million, and a quarter of the memory. */
export function mostRowsFor(bytes: number): number {
  return Math.min(64_000_000, Math.floor(bytes / 4 / rowBytes));
}

/** Rows at most on this machine, or in this container. */
export const mostRows = mostRowsFor(Math.min(totalmem(), process.constrainedMemory() || Infinity));

/** Units at most, so that sums stay exact (`exactRows`). */
const mostUnits = 2 ** 24;

/** Rows that are worth moving. */
const enoughRows = 2 ** 20;

/** Threads at most: each has what it reads of its own, and all have the rest in common. */
const mostThreads = 8;

/**
 * Whether the events of an experiment can be read into typed arrays before its units are formed, and are worth it: large files,
 * but not too large, whose rows nothing else asks for.
 */
export async function isReadAtOnce(context: LoadContext, plan: Plan, exposures: Loaded): Promise<boolean> {
  const {storedOf, leastHits = enoughRows} = context;
  const names = new Set(plan.streams.map(({fact}) => fact));
  if (names.size === 0 || storedOf !== undefined || plan.experiment.activation !== undefined) return false;
  if (!isSummable(context, plan) || exposures.rows > mostUnits) return false;
  let rows = 0;
  for (const name of names) rows += (await (await open(context, name)).relation.rowsAbout?.()) ?? 0;
  return rows >= leastHits && rows <= mostRows;
}

/**
 * Returns how many rows the sums of an experiment are taken from in typed arrays: all that were read at once, and of tables
 * those that any stream looks at. SQL has to do (null) on another engine, where the state of units is kept, with too few rows
 * or too many, with facts that do not compare time alike, or with a metric that looks at single days in a table.
 *
 * @param calendars for each of the facts, whether whole days are compared
 */
export async function rowsInArrays(
  context: LoadContext,
  plan: Plan,
  {exposures, events, calendars}: {exposures: Loaded; events: readonly Loaded[]; calendars: readonly boolean[]}
): Promise<number | null> {
  const alike = calendars.every((calendar) => calendar === calendars[0]);
  if (!isSummable(context, plan) || exposures.rows > mostUnits) return null;
  if (events.length === 0 || !alike || context.state !== undefined) return null;
  let sum = 0;
  for (const loaded of events) sum += await relevantRows(context, plan, loaded);
  return sum >= (context.leastHits ?? enoughRows) && sum <= mostRows ? sum : null;
}

/** All rows of a fact; of a large table those that any stream looks at. */
async function relevantRows({engine: {dialect}, steps}: LoadContext, plan: Plan, loaded: Loaded): Promise<number> {
  const {name, rows, from} = loaded;
  if (loaded.inArrays !== undefined || rows <= mostRows) return rows;
  const relevant = anyStream({dialect, ...loaded, streams: plan.streams.filter(({fact}) => fact === name)});
  const [found] = await steps.rows(`SELECT count(*) FROM ${from} AS r WHERE ${relevant}`);
  return numberOf(found?.[0]) ?? 0;
}

/** Returns how many threads the units of some events are worth. */
export function threadsFor({shardThreads}: LoadContext, rows: number): number {
  return shardThreads ?? (rows < enoughRows ? 1 : Math.min(availableParallelism(), mostThreads));
}

function isSummable({engine}: LoadContext, {streams, experiment, metrics}: Plan): boolean {
  if (engine.arrays === undefined || experiment.bandit !== undefined) return false;
  return streams.length <= mostStreams && !metrics.some(isByDay);
}

/** Whether a metric takes running totals of units from a table: a quantile of them, or beside what units bring along. */
function isByDay({kind, clock, sides: {y, w}}: Plan["metrics"][number]): boolean {
  if (!clock.running) return false;
  const quantile = kind === "quantile" && y?.of === "stream" && y.reduce !== "values";
  return quantile || y?.of === "attribute" || w?.of === "attribute";
}
