import {availableParallelism} from "node:os";
import type {Loaded, LoadContext} from "../loadFacts.ts";
import {open} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import {anyStream, mostStreams} from "../sql/events.ts";
import {numberOf} from "../steps.ts";

/** Rows at most: they take about 100 bytes each while days are summed, beside what DuckDB may have. */
export const mostHits = 14_000_000;

/** Rows that are worth moving. */
const enoughHits = 2 ** 20;

/** Threads at most: each has what it reads of its own, and all have the rest in common. */
const mostThreads = 8;

/**
 * Whether the events of an experiment can be read into typed arrays before its units are formed, and are worth it: files or
 * tables of the embedded engine, large enough, and nothing else asks for their rows.
 */
export async function isReadAtOnce(context: LoadContext, plan: Plan): Promise<boolean> {
  const {storedOf, leastHits = enoughHits} = context;
  const names = new Set(plan.streams.map(({fact}) => fact));
  if (names.size === 0 || storedOf !== undefined || plan.experiment.activation !== undefined) return false;
  if (!isSummable(context, plan)) return false;
  let rows = 0;
  for (const name of names) rows += (await (await open(context, name)).relation.rowsAbout?.()) ?? 0;
  return rows >= leastHits && rows <= mostHits;
}

/** Returns how many rows of some facts come to typed arrays: all of what is there, and of large tables what any stream looks at. */
export async function rowsInArrays(
  {engine, steps}: LoadContext,
  plan: Plan,
  events: readonly Loaded[]
): Promise<number> {
  let sum = 0;
  for (const loaded of events) {
    const {name, rows, from, inArrays} = loaded;
    const streams = plan.streams.filter(({fact}) => fact === name);
    const relevant = anyStream({dialect: engine.dialect, ...loaded, streams});
    const known = inArrays !== undefined || engine.arrays === undefined || rows <= mostHits;
    const [found] = known ? [] : await steps.rows(`SELECT count(*) FROM ${from} AS r WHERE ${relevant}`);
    sum += numberOf(found?.[0]) ?? rows;
  }
  return sum;
}

/**
 * Whether the sums of an experiment are taken from typed arrays. SQL has to do on another engine, where the state of units is
 * kept, with too few rows or too many, with facts that do not compare time alike, or with a metric that looks at single days
 * in a table.
 *
 * @param rows of all facts of events (`rowsInArrays`)
 * @param calendars for each of them, whether whole days are compared
 */
export function isInArrays(
  context: LoadContext,
  plan: Plan,
  {rows, calendars}: {rows: number; calendars: readonly boolean[]}
): boolean {
  const alike = calendars.every((calendar) => calendar === calendars[0]);
  if (!isSummable(context, plan) || calendars.length === 0 || !alike || context.state !== undefined) return false;
  return rows >= (context.leastHits ?? enoughHits) && rows <= mostHits;
}

/** Returns how many threads the units of some events are worth. */
export function threadsFor({shardThreads}: LoadContext, rows: number): number {
  return shardThreads ?? (rows < enoughHits ? 1 : Math.min(availableParallelism(), mostThreads));
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
