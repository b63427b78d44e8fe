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
import {isEarlier, partsOf, totals} from "./sql/totals.ts";
import type {Value} from "./engines/engine.ts";

/** Rows of one statement: whether by entry day, day, variant, cell, then the aggregates of its metrics in order. */
export interface Group {
  readonly metrics: readonly number[];
  readonly rows: readonly (readonly Value[])[];
  /** Entry day, day, variant, cell, then the units touched per metric. */
  readonly touched: readonly (readonly Value[])[];
  readonly divisors: readonly Divisors[];
}

export interface IncrementOptions {
  scale: Scale;
  known: Known;
  pins: Partial<Pins>;
}

/** Runs the statements that make the increments of all metrics: one for those that run on, one per window. */
export async function increments(
  {engine, steps}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, known, pins}: IncrementOptions
): Promise<{groups: Group[]; caps: Record<string, number>}> {
  const {dialect} = engine;
  const parts = plan.metrics.map((metric, index) => partsOf(metric, index));
  const once = parts.flatMap((own, i) =>
    own.filter(({letter}) => isEarlier(letter) || plan.metrics[i]?.clock.running === false)
  );
  const daily = parts.flatMap((own, i) =>
    own.filter(({letter}) => !isEarlier(letter) && plan.metrics[i]?.clock.running)
  );
  if (once.length > 0) await steps.table("unit_totals", totals(dialect, once, hits, scale, {keys: ["u"]}));
  if (daily.length > 0) {
    const extra = `SELECT u, entry_day AS day FROM units WHERE counts`;
    await steps.table("unit_days", totals(dialect, daily, hits, scale, {keys: ["u", "day"], extra}));
  }

  const caps: Record<string, number> = {};
  const numbered: Numbered[] = [];
  for (const [index, metric] of plan.metrics.entries()) {
    const bits = bitsOf(metric.sides.y, scale);
    const cap = bits === null ? null : await chooseCap({engine, steps}, {metric, index, bits}, pins.caps?.[metric.key]);
    if (cap !== null) caps[metric.key] = Number(cap) / 2 ** (bits ?? 0);
    numbered.push({index, metric, cap});
  }

  const groups: Group[] = [];
  for (const members of clocks(
    numbered.filter(({metric}) => metric.kind !== "quantile"),
    hits
  )) {
    const [first] = members;
    if (first === undefined) continue;
    const {clock} = first.metric;
    const statement = clock.running
      ? runningIncrements(dialect, members, scale)
      : matureIncrements(dialect, members, scale, {
          after: clock.after,
          offsets: known.offsets,
          calendar: isCalendar(first.metric, hits),
          events: members.some(({index}) => (parts[index] ?? []).length > 0)
        });
    const table = `increments_${groups.length}`;
    await steps.table(table, statement);
    const rows: (readonly Value[])[] = [];
    for await (const batch of steps.result(rollUp(dialect, table, members))) for (const row of batch) rows.push(row);
    groups.push({
      metrics: members.map(({index}) => index),
      rows,
      touched: await steps.rows(touchedUnits(table, members)),
      divisors: members.map(({metric}) => divisorsOf(metric, scale))
    });
  }
  return {groups, caps};
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
