import type {TenurePairRow} from "../../experiment/novelty/tenureSums.ts";
import type {Hits} from "../buildLogs.ts";
import type {Scale} from "../sql/totals.ts";
import {cohortDays} from "./cohortsOf.ts";
import type {UnitState} from "../store/unitState.ts";
import type {TenureContext} from "./tenureContext.ts";
import {range, step} from "./tenureContext.ts";
import type {TenureColumn, TenureMetric} from "./tenureSql.ts";
import {columnsOf, tenureDays} from "./tenureSql.ts";
import {weekdayTables} from "./weekdayTables.ts";

/** Returns a unit's mean value on each weekday of its whole weeks, and the products of pairs of weekdays, by metric. */
export async function weekdaySums(
  context: TenureContext,
  metrics: readonly TenureMetric[],
  hits: readonly Hits[],
  scale: Scale
): Promise<Map<string, TenurePairRow[]>> {
  const {engine, steps, state, cohorts, variants} = context;
  const {dialect} = engine;
  const weeks = cohorts.map((cohort) => Math.floor((scale.asOf - cohortDays(cohort)[1]) / 7));
  if (metrics.length === 0) return new Map();
  const columns = columnsOf(metrics);
  const dates = tenureDays(dialect, columns, hits, scale, {key: "day"});
  if (context.shards !== undefined) steps.told("tenure_dates", dates);
  else if (state?.kept == null) await steps.table("tenure_dates", dates);
  else await datesSince({steps, state}, columns, dates);
  state?.made.add("tenure_dates");
  if (weeks.every((count) => count < 1)) return new Map();
  const tables = await weekdayTables(context, columns, {scale, weeks});
  const singles = await steps.rows(tables.sums);
  const pairs = await steps.rows(tables.products);
  const single = new Map(singles.map((row) => [row.slice(0, 3).join(" "), row.slice(3).map(Number)]));
  const pair = new Map(pairs.map((row) => [row.slice(0, 4).join(" "), row.slice(4).map(Number)]));
  return new Map(metrics.map((metric) => [metric.key, rowsOf(metric)]));

  function rowsOf({y: column}: TenureMetric): TenurePairRow[] {
    const at = columns.indexOf(column);
    const all = cohorts.flatMap((cohort, c) =>
      (weeks[c] ?? 0) < 1 ? [] : [{cohort, c, m: (weeks[c] ?? 0) * step(column)}]
    );
    return [...new Set(all.map(({cohort}) => cohort.phase))].flatMap((phase) => {
      const mine = all.filter(({cohort}) => cohort.phase === phase);
      const sum = (value: (row: (typeof mine)[number]) => number): number =>
        mine.reduce((added, row) => added + value(row), 0);
      return variants.flatMap((variant, v) =>
        range(1, 7).flatMap((k) =>
          range(1, k).map((j): TenurePairRow => ({
            phase,
            variant,
            j,
            k,
            n: sum(({cohort}) => cohort.units[variant] ?? 0),
            y: sum(({c, m}) => (single.get(`${c} ${v} ${j}`)?.[at] ?? 0) / m),
            z: sum(({c, m}) => (single.get(`${c} ${v} ${k}`)?.[at] ?? 0) / m),
            yz: sum(({c, m}) => (pair.get(`${c} ${v} ${j} ${k}`)?.[at] ?? 0) / m / m)
          }))
        )
      );
    });
  }
}

/** Makes `tenure_dates` of what came since, and of what is kept. */
async function datesSince(
  {steps, state}: Pick<TenureContext, "steps"> & {readonly state: UnitState},
  columns: readonly TenureColumn[],
  dates: string
): Promise<void> {
  const names = ["u", "day", ...columns.map(({name}) => name)].join(", ");
  await steps.beside("tenure_dates_new", dates);
  const all = `SELECT ${names} FROM tenure_dates_new UNION ALL SELECT ${names} FROM ${state.live("tenure_dates")}`;
  await steps.view("tenure_dates", all, {told: dates});
}
