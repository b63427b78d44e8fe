import type {Hits} from "./buildLogs.ts";
import {allSums} from "./emptyRow.ts";
import type {BinGroups} from "./bins.ts";
import {lowerEdge, upperEdge} from "./bins.ts";
import type {MeasuredLook} from "./arrays/sums/measuredValues.ts";
import {numbersByPlace} from "./arrays/tables/numbersByPlace.ts";
import {incrementsInArrays, looksInArrays} from "./arrays/tables/valuesInArrays.ts";
import {chooseBins, looksAtTable} from "./chooseBins.ts";
import {bitsOf, isCalendar} from "./increments.ts";
import type {LoadContext} from "./loadFacts.ts";
import type {MetricPlan, Plan} from "./plan.ts";
import type {CubeRow} from "./row.ts";
import type {Known} from "./sql/exposures.ts";
import {attributeSteps, matureDay} from "./sql/increments.ts";
import {clusterIncrements, groupOf, unitIncrements} from "./sql/quantile.ts";
import type {Scale} from "./sql/totals.ts";
import {partsOf, reach} from "./sql/totals.ts";
import {dateOfDay} from "./zone.ts";

/**
 * Returns the path rows of the quantile metrics, of variants as a whole: a row per day and group of bins with `y` the
 * events (or units), `yy` what they add to Σ M², `yw` to Σ M K, and `lower` and `upper`, the group's edges; and one per
 * day without a bin, with the units, all events and Σ K². The groups are finest around the quantile of every day.
 */
export async function quantileRows(
  context: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, known}: {scale: Scale; known: Known}
): Promise<CubeRow[]> {
  const rows: CubeRow[] = [];
  for (const [index, metric] of plan.metrics.entries()) {
    if (metric.kind !== "quantile") continue;
    const {select, ofEvents} = valuesOf(context, {metric, index, hits, scale, known});
    const values = `values_${index}`;
    const look = ofEvents ? await lookOf(context, {metric, index, hits, scale, known}) : null;
    if (look === null) await context.steps.table(values, select);
    else context.steps.told(values, select);
    const {shards} = context;
    const looks = look === null || shards === undefined ? looksAtTable(context, values) : looksInArrays(shards, look);
    const chosen = await chooseBins(metric.metric.quantile ?? 0.5, looks);
    if (chosen === null) continue;
    const options = {...chosen, values, ofEvents, table: `quantile_${index}`, look};
    rows.push(...(await sketch(context, plan, metric, options)));
  }
  return rows;
}

/**
 * A metric's values: a SELECT of `u`, `variant`, `day`, `v`, and `c`: 1, or -1 where a unit leaves a value for another; with
 * one value per unit `n` too, 1 on entry.
 */
interface Values {
  readonly select: string;
  readonly ofEvents: boolean;
}

interface ValuesContext {
  metric: MetricPlan;
  index: number;
  hits: readonly Hits[];
  scale: Scale;
  known: Known;
}

function valuesOf({engine}: LoadContext, {metric, index, hits, scale, known}: ValuesContext): Values {
  const {dialect} = engine;
  const side = metric.sides.y;
  const options = {
    after: metric.clock.running ? 0 : metric.clock.after,
    offsets: known.offsets,
    calendar: isCalendar(metric, hits),
    events: false
  };
  const entry = matureDay(dialect, options);
  const double = (sql: string) =>
    `CAST(${sql} AS ${dialect.double}) / ${(2 ** (bitsOf(side, scale) ?? 0)).toExponential()}`;
  if (side?.of === "stream" && side.reduce === "values") {
    const found = hits.find(({streams}) => streams.includes(side.stream));
    const day = metric.clock.running ? "h.day" : entry;
    const select = `SELECT h.u AS u, x.variant AS variant, ${day} AS day, h.${side.stream.id} AS v, 1 AS c FROM ${found?.table ?? ""} AS h JOIN units AS x ON x.u = h.u WHERE ${reach({letter: "y", side})} AND h.${side.stream.id} IS NOT NULL AND h.day <= ${scale.asOf} AND ${day} <= ${scale.asOf}`;
    return {select, ofEvents: true};
  }
  if (side?.of === "attribute") {
    const steps = attributeSteps(dialect, {index, metric, cap: null}, "y", scale) ?? "NULL";
    const select = `SELECT x.u AS u, x.variant AS variant, x.entry_day AS day, ${double(steps)} AS v, 1 AS c, 1 AS n FROM units AS x WHERE x.counts AND x.entry_day <= ${scale.asOf} AND ${steps} IS NOT NULL`;
    return {select, ofEvents: false};
  }
  const [part] = partsOf(metric, index);
  const column = part?.column ?? "";
  if (!metric.clock.running) {
    const select = `SELECT x.u AS u, x.variant AS variant, ${entry} AS day, ${double(`coalesce(t.${column}, 0)`)} AS v, 1 AS c, 1 AS n FROM units AS x LEFT JOIN unit_totals AS t ON t.u = x.u WHERE x.counts AND ${entry} <= ${scale.asOf}`;
    return {select, ofEvents: false};
  }
  const total = dialect.integer(`sum(d.${column}) OVER (PARTITION BY d.u ORDER BY d.day ROWS UNBOUNDED PRECEDING)`);
  const daily = `SELECT s.u AS u, x.variant AS variant, s.day AS day, ${double("s.total")} AS v, ${double("s.total - s.change")} AS before, s.day = x.entry_day AS entered FROM (SELECT d.u AS u, d.day AS day, d.${column} AS change, ${total} AS total FROM unit_days AS d) AS s JOIN units AS x ON x.u = s.u`;
  const select = `WITH daily AS (${daily})
  SELECT u, variant, day, v, 1 AS c, CASE WHEN entered THEN 1 ELSE 0 END AS n FROM daily WHERE entered OR v <> before
  UNION ALL SELECT u, variant, day, before AS v, -1 AS c, 0 AS n FROM daily WHERE NOT entered AND v <> before`;
  return {select, ofEvents: false};
}

/** Which values in typed arrays a quantile of events is of; null where there are none. */
async function lookOf(context: LoadContext, {metric, hits, scale, known}: ValuesContext): Promise<MeasuredLook | null> {
  const {clock, sides} = metric;
  if (context.shards === undefined || sides.y?.of !== "stream") return null;
  const {stream, from, to} = sides.y;
  const look = {id: stream.id, from, to, asOf: scale.asOf};
  if (clock.running) return {...look, days: null};
  const options = {after: clock.after, offsets: known.offsets, calendar: isCalendar(metric, hits), events: false};
  const [days = null] = await numbersByPlace(context, [matureDay(context.engine.dialect, options)]);
  return {...look, days};
}

async function sketch(
  {engine, steps, shards}: LoadContext,
  {variants}: Plan,
  {key}: MetricPlan,
  {
    values,
    ofEvents,
    groups,
    to,
    table,
    look
  }: {
    values: string;
    ofEvents: boolean;
    groups: BinGroups;
    to: number;
    table: string;
    look: MeasuredLook | null;
  }
): Promise<CubeRow[]> {
  const {dialect} = engine;
  const group = groupOf("v", groups);
  const grouped = ofEvents
    ? `SELECT u, day, ${group} AS g, ${dialect.integer("count(*)")} AS c FROM ${values} GROUP BY 1, 2, 3`
    : `SELECT u, variant, day, ${group} AS g, c, n FROM ${values}`;
  const instead = look === null || shards === undefined ? null : await incrementsInArrays(shards, look, groups);
  if (instead === null) await steps.table(table, grouped);
  else steps.told(table, grouped);
  const rows: CubeRow[] = [];
  const whole = new Map<string, {-readonly [K in keyof CubeRow]: CubeRow[K]}>();
  for await (const batch of steps.result(
    ofEvents ? clusterIncrements(dialect, table) : unitIncrements(table),
    instead === null ? {} : {instead}
  ))
    for (const row of batch) {
      const [variant = 0, day = 0, bin = 0, touched = 0, n = 0, y = 0, yy = 0, yw = 0] = row.map(Number);
      if (touched === 0 && y === 0 && yy === 0 && yw === 0) continue;
      const keys = {date: dateOfDay(day), variant: variants[variant] ?? "", cell: null, metric: key};
      const next = groups[groups.indexOf(bin) + 1];
      const upper = upperEdge(next === undefined ? to : next - 1);
      rows.push({...keys, bin, lower: lowerEdge(bin), upper, touched, n, ...allSums({y, yy, yw})});
      const name = `${keys.date} ${variant}`;
      const sum = whole.get(name) ?? {...keys, bin: null, touched: 0, n: 0, ...allSums({})};
      sum.touched += touched;
      sum.n += n;
      sum.y += y;
      sum.yy += yw;
      whole.set(name, sum);
    }
  return [...whole.values(), ...rows];
}
