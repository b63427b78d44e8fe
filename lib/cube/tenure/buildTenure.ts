import {tenureSpans} from "../../experiment/novelty/tenureSpans.ts";
import type {TenureCohort, TenureSegment, TenureSums} from "../../experiment/novelty/tenureSums.ts";
import type {Hits} from "../buildLogs.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import type {UnitState} from "../store/unitState.ts";
import {phaseDimension} from "../row.ts";
import type {Scale} from "../sql/totals.ts";
import {numberOf} from "../steps.ts";
import {cohortDays, cohortsOf} from "./cohortsOf.ts";
import type {EntryDay} from "./cohortsOf.ts";
import {dayPairs, daySums} from "./daySums.ts";
import {entrantsOf} from "./entrantsOf.ts";
import {productPairs, productSums} from "./productSums.ts";
import type {SegmentPlan} from "./segmentPlans.ts";
import {segmentPlans} from "./segmentPlans.ts";
import {spanOptions, spanSums} from "./spanSums.ts";
import type {TenureContext} from "./tenureContext.ts";
import type {TenureMetric} from "./tenureSql.ts";
import {columnsOf, tenureDays, tenureMetrics} from "./tenureSql.ts";
import type {TenureColumn} from "./tenureSql.ts";
import {range, withUnits} from "./tenureContext.ts";
import {cohortsByDay, livedByDay} from "../arrays/tables/fillTenure.ts";
import type {TenureOptions} from "../arrays/sums/tenureRows.ts";
import {weekdaySums} from "./weekdaySums.ts";

/** What the sums are taken from. */
export interface BuildTenureOptions {
  readonly scale: Scale;
  /** The dimensions' values of each cell. */
  readonly cells: readonly (readonly string[])[];
}

/**
 * Returns the tenure sums of the metrics that have a value per day (mean, proportion, ratio of events), from the tables
 * `units`, `cells` and hits that the cube was made of: one pass for all metrics whose days are counted alike. Weekdays are those of
 * primary metrics. Sums are of whole numbers of steps, so that they are exact.
 */
export async function buildTenure(
  context: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, cells}: BuildTenureOptions
): Promise<Record<string, TenureSums>> {
  const metrics = tenureMetrics(plan, scale);
  const entries = metrics.length === 0 ? [] : await entryDays(context, plan);
  if (entries.length === 0) return {};
  const isCalendar = (metric: TenureMetric): boolean =>
    hits.some(({streams, calendar}) => calendar && columnsOf([metric]).some(({side}) => streams.includes(side.stream)));
  const found = new Map<string, TenureSums>();
  for (const calendarOnly of [false, true]) {
    const own = metrics.filter((metric) => isCalendar(metric) === calendarOnly);
    const cohorts = cohortsOf(plan.experiment, entries, {asOf: scale.asOf, calendarOnly});
    if (own.length === 0 || cohorts.length === 0) continue;
    const made = await sumsOf(context, plan, hits, {metrics: own, cohorts, calendarOnly, scale, cells});
    for (const [key, sums] of made) found.set(key, sums);
  }
  return Object.fromEntries(metrics.flatMap(({key}) => (found.has(key) ? [[key, found.get(key)!]] : [])));
}

async function sumsOf(
  load: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {
    metrics,
    cohorts,
    calendarOnly,
    scale,
    cells
  }: BuildTenureOptions & Pick<TenureContext, "metrics" | "cohorts"> & {calendarOnly: boolean}
): Promise<[string, TenureSums][]> {
  const {engine, steps} = load;
  const {experiment, variants} = plan;
  await steps.table("tenure_units", unitsOf(cohorts));
  const {state, shards} = load;
  const columns = columnsOf(metrics);
  const told = tenureDays(engine.dialect, columns, hits, scale, {key: "k"});
  if (shards !== undefined) steps.told("tenure_days", told);
  else if (state?.kept == null) await steps.table("tenure_days", told);
  else await daysSince({...load, state}, columns, hits, {scale, told});
  if (state !== undefined || shards !== undefined) await steps.beside("tenure_entries", entriesOf(cohorts));
  if (state !== undefined) {
    state.made.add("tenure_days");
    if (state.kept !== null && state.gone) {
      const gone = hits.map((each) => ({...each, table: `${each.table}_gone`}));
      await engine.table(
        "gone_tenure",
        tenureDays(engine.dialect, columns, gone, {...scale, asOf: state.day}, {key: "k"})
      );
    }
  }
  const segments = await plansOf(load, plan, {cohorts, cells});
  const sizes = cohorts.map(({lastDay, units}) => ({lastDay, n: Object.values(units).reduce((a, b) => a + b, 0)}));
  const spans = tenureSpans(sizes, {calendarOnly, spans: experiment.novelty ?? null});
  const first = calendarOnly ? 1 : 0;
  const asked: TenureOptions = {
    days: dayPairs(metrics),
    products: {pairs: productPairs(metrics), first, livedOf: livedByDay({cohorts})},
    spans: spans === null ? null : {...spanOptions(engine.dialect, metrics, spans), cohortOf: cohortsByDay({cohorts})}
  };
  const context: TenureContext = {
    engine,
    steps,
    ...(state && {state}),
    ...(shards && {shards, told: await shards.ask("tenure", columns, scale, asked)}),
    metrics,
    cohorts,
    first,
    variants,
    segments,
    dimensions: plan.dimensions.length
  };
  const logDays = await firstLogDays(load, hits);
  const sums = await daySums(context, (metric) =>
    Math.max(
      ...hits.flatMap(({table, streams}) =>
        columnsOf([metric]).some(({side}) => streams.includes(side.stream)) ? [logDays.get(table) ?? 0] : []
      )
    )
  );
  const products = await productSums(context, ({key}) => sums.get(key)?.days ?? []);
  const compared = spans === null ? null : await spanSums(context, spans);
  const primary = metrics.filter(({key, w}) => w === null && experiment.metrics.primary.includes(key));
  const weekdays = await weekdaySums(context, primary, hits, scale);
  const entrants = await entrantsOf(load, plan, {cohorts, cells});
  return metrics.map(({key, kind}) => {
    const [own, spanned] = [sums.get(key), compared?.get(key)];
    return [
      key,
      {
        kind,
        origin: {},
        calendarOnly,
        cohorts,
        days: own?.days ?? [],
        products: products.get(key) ?? [],
        spans,
        early: spanned?.early ?? [],
        both: spanned?.both ?? [],
        slopes: spanned?.slopes ?? [],
        weekdays: weekdays.get(key) ?? [],
        entrants,
        segments: segments.flatMap(({dimension, cohorts: byValue}, i) =>
          [...byValue].map(([value, list]): TenureSegment => ({
            dimension,
            value,
            cohorts: list,
            days: own?.segments[i]?.get(value) ?? [],
            both: spanned?.segments[i]?.get(value) ?? []
          }))
        )
      }
    ];
  });
}

async function entryDays({steps}: LoadContext, plan: Plan): Promise<EntryDay[]> {
  const rows = await steps.rows(
    "SELECT entry_day, variant, count(*) FROM units WHERE counts GROUP BY 1, 2 ORDER BY 1, 2"
  );
  const days = new Map<number, Record<string, number>>();
  for (const [day, variant, n] of rows) {
    const units = days.get(Number(day)) ?? {};
    units[plan.variants[Number(variant)] ?? ""] = Number(n);
    days.set(Number(day), units);
  }
  return [...days].map(([day, units]) => ({day, units}));
}

/** The first day of each log: days before it are not known to be empty. */
async function firstLogDays({steps, state}: LoadContext, hits: readonly Hits[]): Promise<Map<string, number>> {
  const days = new Map<string, number>();
  for (const {table, fact, firstDay} of hits) {
    const before = state?.kept?.firstDays[fact] ?? null;
    // Rows of units that were kept are later than those that were.
    const known = before !== null && state?.fresh === false ? null : firstDay;
    const first = known === undefined ? numberOf((await steps.rows(`SELECT min(day) FROM ${table}`))[0]?.[0]) : known;
    if (first !== null || before !== null) days.set(table, Math.min(first ?? Infinity, before ?? Infinity));
  }
  return days;
}

/** Makes `tenure_new`, what is new of each unit's days, and `tenure_days`, that with those that were over and are kept. */
async function daysSince(
  {engine, steps, state}: LoadContext & {readonly state: UnitState},
  columns: readonly TenureColumn[],
  hits: readonly Hits[],
  {scale, told}: {scale: Scale; told: string}
): Promise<void> {
  const recent = hits.map((each) => ({...each, table: `${each.table}_recent`}));
  const now = tenureDays(engine.dialect, columns, [...hits, ...recent], scale, {key: "k"});
  await steps.beside("tenure_new", `SELECT * FROM ${withUnits(`(${now})`, "units")}`);
  const names = ["u", "k", ...columns.map(({name}) => name)].join(", ");
  const all = `SELECT ${names} FROM tenure_new UNION ALL SELECT ${names} FROM ${state.live("tenure_days")}`;
  await steps.view("tenure_days", all, {told});
}

/** The entry days with their cohort by its place, its last day and its phase, as numbers. */
function entriesOf(cohorts: readonly TenureCohort[]): string {
  const phases = [...new Set(cohorts.map(({phase}) => phase))];
  const rows = cohorts.flatMap((cohort, i) => {
    const [from, to] = cohortDays(cohort);
    return range(from, to).map((day) => `(${day}, ${i}, ${cohort.lastDay}, ${phases.indexOf(cohort.phase)})`);
  });
  return `SELECT * FROM (VALUES ${rows.join(", ")}) AS v (entry_day, cohort, last_day, phase)`;
}

/** The units with the cohort of their entry day. */
function unitsOf(cohorts: readonly TenureCohort[]): string {
  return `SELECT x.u, x.variant, x.cell, x.entry_day, c.cohort, c.last_day, c.phase FROM units AS x JOIN (${entriesOf(cohorts)}) AS c ON c.entry_day = x.entry_day WHERE x.counts`;
}

async function plansOf(
  {steps}: LoadContext,
  {experiment, dimensions, variants}: Plan,
  {cohorts, cells}: {cohorts: readonly TenureCohort[]; cells: BuildTenureOptions["cells"]}
): Promise<SegmentPlan[]> {
  const shown = dimensions.flatMap((name, at) => (name === phaseDimension ? [] : [{name, at}]));
  if (shown.length === 0) return [];
  const rows = await steps.rows(
    "SELECT cohort, variant, cell, count(*) FROM tenure_units GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
  );
  const counted = rows.map(([cohort, variant, cell, n]) => ({
    cohort: Number(cohort),
    variant: variants[Number(variant)] ?? "",
    values: cells[Number(cell)] ?? [],
    n: Number(n)
  }));
  return segmentPlans(counted, cohorts, shown, {minimum: experiment.minimumUnits});
}
