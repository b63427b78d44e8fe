import type {Hits} from "./buildLogs.ts";
import {chooseCap} from "./chooseCap.ts";
import {day} from "./dialects/dialect.ts";
import type {Divisors} from "./exactSums.ts";
import type {LoadContext} from "./loadFacts.ts";
import type {Clock, MetricPlan, Plan, Side} from "./plan.ts";
import type {Pins} from "./row.ts";
import type {Known} from "./sql/exposures.ts";
import type {Numbered} from "./sql/increments.ts";
import {matureIncrements, rollUp, runningIncrements, touchedUnits} from "./sql/increments.ts";
import type {Scale} from "./sql/totals.ts";
import {fillIncrements, fillMature, fillTotals} from "./arrays/tables/fillIncrements.ts";
import {partsByClock, partsOf, totals} from "./sql/totals.ts";
import type {Value} from "./engines/engine.ts";
import {integersOf} from "./engines/engine.ts";
import type {Dialect} from "./dialects/dialect.ts";
import {aggregateNames} from "./sql/increments.ts";
import type {Part} from "./sql/totals.ts";
import type {StateRecord, UnitState} from "./store/unitState.ts";
import {UnfitStateError, keptCells} from "./store/unitState.ts";

/** Rows of one statement: whether by entry day, day, variant, cell, then the aggregates of its metrics in order. */
export interface Group {
  readonly metrics: readonly number[];
  readonly rows: readonly (readonly Value[])[];
  /** Columns: entry day, day, variant, cell, then the units touched per metric. */
  readonly touched: readonly ArrayLike<number>[];
  readonly divisors: readonly Divisors[];
}

export interface IncrementOptions {
  scale: Scale;
  known: Known;
  pins: Partial<Pins>;
}

/** Runs the statements that make the increments of all metrics: one for those that run on, one per window. */
export async function increments(
  context: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, known, pins}: IncrementOptions
): Promise<{groups: Group[]; caps: Record<string, number>; made: string[]}> {
  const {engine, steps, state} = context;
  const {dialect} = engine;
  const parts = plan.metrics.map((metric, index) => partsOf(metric, index));
  const {once, daily} = partsByClock(plan.metrics);
  const kept = state?.kept ?? null;
  if (once.length > 0) {
    const now = totals(dialect, once, hits, scale, {keys: ["u"]});
    const instead = kept === null ? fillTotals(context, once, scale) : withKept(now, once, state?.live("totals") ?? "");
    if (context.shards !== undefined && !plan.metrics.some(readsTotals)) steps.told("unit_totals", now);
    else await steps.table("unit_totals", now, instead === null ? {} : {instead});
  }
  if (daily.length > 0) {
    const keys = ["u", "day"];
    const extra = `SELECT u, entry_day AS day FROM units WHERE counts`;
    const now = totals(dialect, daily, hits, scale, {keys, extra});
    const columns = daily.map(({column}) => column).join(", ");
    if (kept !== null && state !== undefined) {
      const since = totals(dialect, daily, hits, scale, {keys, extra: `${extra} AND u > ${kept.base}`});
      const before = `SELECT u, ${kept.day} AS day, ${columns} FROM ${state.live("days")}`;
      await steps.beside("unit_days_new", since);
      const all = `SELECT u, day, ${columns} FROM unit_days_new UNION ALL ${before}`;
      await steps.view("unit_days", all, {told: now});
    } else {
      const instead = fillTotals(context, daily, scale);
      const isAsked = plan.metrics.some(({cap}) => typeof cap === "string");
      if (instead !== null && !isAsked) steps.told("unit_days", now);
      else await steps.table("unit_days", now, instead === null ? {} : {instead});
    }
  }
  if (kept !== null && state?.gone) {
    const then = {...scale, asOf: kept.day};
    const gone = hits.map((each) => ({...each, table: `${each.table}_gone`}));
    const extra = "SELECT u, entry_day AS day FROM kept_gone WHERE counts";
    if (once.length > 0) await engine.table("gone_totals", totals(dialect, once, gone, then, {keys: ["u"]}));
    if (daily.length > 0)
      await engine.table("gone_days", totals(dialect, daily, gone, then, {keys: ["u", "day"], extra}));
  }

  const caps: Record<string, number> = {};
  const numbered: Numbered[] = [];
  for (const [index, metric] of plan.metrics.entries()) {
    const bits = bitsOf(metric.sides.y, scale);
    const cap = bits === null ? null : await chooseCap({engine, steps}, {metric, index, bits}, pins.caps?.[metric.key]);
    if (cap !== null) caps[metric.key] = Number(cap) / 2 ** (bits ?? 0);
    numbered.push({index, metric, cap});
  }

  if (kept !== null && Object.entries(caps).some(([key, cap]) => kept.caps[key] !== cap))
    throw new UnfitStateError("another cap");
  const groups: Group[] = [];
  const base = kept?.base ?? 0;
  const made: string[] = [];
  for (const members of clocks(
    numbered.filter(({metric}) => metric.kind !== "quantile"),
    hits
  )) {
    const [first] = members;
    if (first === undefined) continue;
    const {clock} = first.metric;
    const matureOptions = {
      after: clock.running ? 0 : clock.after,
      offsets: known.offsets,
      calendar: isCalendar(first.metric, hits),
      events: members.some(({index}) => (parts[index] ?? []).length > 0)
    };
    const select = (since: UnitState | null, at = scale): string =>
      clock.running
        ? runningIncrements(dialect, members, at, since === null ? {} : {kept: since.live("days")})
        : matureIncrements(dialect, members, at, {
            ...matureOptions,
            ...(since !== null && {where: (entered) => `NOT (${entered} <= ${since.day} AND x.u <= ${base})`})
          });
    const statement = select(null);
    const table = `increments_${groups.length}`;
    made.push(table);
    const dimensions = plan.dimensions.length;
    const instead =
      kept !== null && state !== undefined
        ? sinceKept(dialect, {members, select, scale, table, state, kept, dimensions})
        : clock.running
          ? fillIncrements(context, members, scale)
          : matureOptions.events
            ? fillMature(context, members, scale, {...matureOptions, parts: once})
            : null;
    await steps.table(table, statement, instead === null ? {} : {instead});
    const rows: (readonly Value[])[] = [];
    for await (const batch of steps.result(rollUp(dialect, table, members))) for (const row of batch) rows.push(row);
    groups.push({
      metrics: members.map(({index}) => index),
      rows,
      touched: await integersOf(engine, touchedUnits(table, members), 4 + members.length),
      divisors: members.map(({metric}) => divisorsOf(metric, scale))
    });
  }
  return {groups, caps, made};
}

/** Whether SQL asks for the totals of a metric that counts a unit once: a quantile of them does, and a cap that is one. */
function readsTotals({kind, cap, clock, sides: {y}}: MetricPlan): boolean {
  if (clock.running || y?.of !== "stream" || y.reduce === "values") return false;
  return kind === "quantile" || typeof cap === "string";
}

/** Totals of what is new and of what is kept. */
function withKept(now: string, parts: readonly Part[], kept: string): string {
  const both = parts.map(({column, side: {reduce}}) => {
    if (reduce === "first") return `least(n.${column}, k.${column}) AS ${column}`;
    if (reduce === "any") return `greatest(n.${column}, k.${column}) AS ${column}`;
    return `coalesce(n.${column}, 0) + coalesce(k.${column}, 0) AS ${column}`;
  });
  return `SELECT coalesce(n.u, k.u) AS u, ${both.join(", ")} FROM (${now}) AS n FULL JOIN (SELECT * FROM ${kept}) AS k ON k.u = n.u`;
}

interface SinceKept {
  members: readonly Numbered[];
  /** The statement of the increments, of those since a state, or of all. */
  select: (since: UnitState | null, at?: Scale) => string;
  scale: Scale;
  table: string;
  state: UnitState;
  kept: StateRecord;
  dimensions: number;
}

/** The kept increments, less those of units that are gone, and those of later days and of units that are new. */
function sinceKept(dialect: Dialect, {members, select, scale, table, state, kept, dimensions}: SinceKept): string {
  const names = members.flatMap(({metric, index}) => aggregateNames(metric, index));
  const keys = ["entry_day", "day", "variant"];
  const parts = [
    `SELECT ${[...keys, "cell", ...names].join(", ")} FROM (${select(state)}) AS n`,
    keptCells(state, {table, keys, names, dimensions})
  ];
  if (state.gone) {
    const gone = select(null, {...scale, asOf: kept.day})
      .replaceAll(/\bunit_days\b/g, "gone_days")
      .replaceAll(/\bunit_totals\b/g, "gone_totals")
      .replaceAll(/\bunits\b/g, "kept_gone");
    parts.push(`SELECT ${[...keys, "cell", ...names.map((name) => `-${name}`)].join(", ")} FROM (${gone}) AS g`);
  }
  const sums = names.map((name) => `${dialect.wide(`sum(${name})`)} AS ${name}`);
  return `SELECT ${[...keys, "cell", ...sums].join(", ")} FROM (${parts.join(" UNION ALL ")}) AS i GROUP BY entry_day, day, variant, cell`;
}

/** The metrics by the clock on which their units enter. */
function clocks(numbered: readonly Numbered[], hits: readonly Hits[]): Numbered[][] {
  const groups = new Map<string, Numbered[]>();
  for (const item of numbered) {
    const key = `${clockKey(item.metric.clock)} ${!item.metric.clock.running && isCalendar(item.metric, hits)}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

function clockKey(clock: Clock): string {
  return clock.running ? "running" : `after ${clock.after}`;
}

/** Whether a metric's windows are counted in calendar days. */
export function isCalendar({sides}: MetricPlan, hits: readonly Hits[]): boolean {
  return Object.values(sides).some(
    (side) => side.of === "stream" && hits.some(({fact, calendar}) => calendar && fact === side.stream.fact)
  );
}

export function bitsOf(side: Side | undefined, {bits}: Scale): number | null {
  if (side?.of === "attribute") return side.truthy ? null : (bits[side.attribute.id] ?? 0);
  if (side?.of !== "stream" || (side.reduce !== "sum" && side.reduce !== "count")) return null;
  return side.reduce === "sum" ? (bits[side.stream.id] ?? 0) : 0;
}

function divisorsOf(metric: MetricPlan, scale: Scale): Divisors {
  return Object.fromEntries(
    Object.entries(metric.sides).map(([letter, side]) => {
      if (side.of === "stream" && side.reduce === "first") return [letter, day];
      return [letter, 2 ** (bitsOf(side, scale) ?? 0)];
    })
  );
}
