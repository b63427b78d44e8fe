import {availableParallelism} from "node:os";
import type {LoadContext, Loaded} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";

/** Hits at most: they take about 100 bytes each while days are summed, beside what DuckDB may have. */
export const mostHits = 14_000_000;

/** Hits that are worth moving. */
const enoughHits = 2 ** 20;

/** Threads at most: each has what it reads of its own, and all have the rest in common. */
const mostThreads = 8;

/** How the hits of an experiment come to typed arrays. */
export type Route = "directly" | "from tables" | "not";

/**
 * Returns how the hits come to typed arrays: directly from the joins of events and units, where nothing else asks for their
 * tables. SQL has to do (`not`) on another engine, where the state of units is kept, with too few rows, with streams that do not
 * compare time alike, or with a metric that looks at single days in a table.
 *
 * @param calendars for each fact of events, whether whole days are compared
 */
export function routeOf(
  {engine, state, leastHits = enoughHits}: LoadContext,
  plan: Plan,
  {events, calendars}: {events: readonly Loaded[]; calendars: readonly boolean[]}
): Route {
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

function rowsOf(events: readonly Loaded[]): number {
  return events.reduce((sum, {rows}) => sum + rows, 0);
}

/** Whether a metric takes running totals of units from a table: a quantile of them, or beside what units bring along. */
function isByDay({kind, clock, sides: {y, w}}: Plan["metrics"][number]): boolean {
  if (!clock.running) return false;
  const quantile = kind === "quantile" && y?.of === "stream" && y.reduce !== "values";
  return quantile || y?.of === "attribute" || w?.of === "attribute";
}
