import type {TenurePairRow} from "../../experiment/novelty/tenureSums.ts";
import type {Hits} from "../buildLogs.ts";
import type {Scale} from "../sql/totals.ts";
import {cohortDays} from "./cohortsOf.ts";
import {fillWeekdays} from "../arrays/tables/fillTenure.ts";
import type {TenureContext} from "./tenureContext.ts";
import {range, step} from "./tenureContext.ts";
import type {TenureMetric} from "./tenureSql.ts";
import {columnsOf, tenureDays, total, totalProduct} from "./tenureSql.ts";

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
  if (metrics.length === 0 || weeks.every((count) => count < 1)) return new Map();
  const columns = columnsOf(metrics);
  const dates = tenureDays(dialect, columns, hits, scale, {key: "day"});
  const names = ["u", "day", ...columns.map(({name}) => name)].join(", ");
  const since = (kept: string): string => `SELECT ${names} FROM (${dates}) AS n UNION ALL SELECT ${names} FROM ${kept}`;
  const gathered = context.shards !== undefined;
  if (gathered) steps.told("tenure_dates", dates);
  else
    await steps.table("tenure_dates", dates, state?.kept == null ? {} : {instead: since(state.live("tenure_dates"))});
  state?.made.add("tenure_dates");
  // 1970-01-01 was a Thursday: ISO weekday 4.
  const weekday = "((t.day + 3) % 7) + 1";
  const lived = `CASE x.cohort ${weeks.map((count, i) => `WHEN ${i} THEN ${7 * Math.max(0, count)}`).join(" ")} ELSE 0 END`;
  const select = `SELECT t.u, x.cohort, x.variant, ${weekday} AS k, ${columns.map(({name}) => `${dialect.integer(`sum(t.${name})`)} AS ${name}`).join(", ")} FROM tenure_dates AS t JOIN tenure_units AS x ON x.u = t.u WHERE t.day > x.entry_day AND t.day <= x.entry_day + ${lived} GROUP BY t.u, x.cohort, x.variant, ${weekday}`;
  if (!gathered) await steps.table("tenure_weekdays", select);
  else {
    steps.told("tenure_weekdays", select);
    await fillWeekdays(context, columns, scale, weeks);
  }
  const sums = columns.map((_, i) => total(dialect, `a${i}`)).join(", ");
  const singles = await steps.rows(
    gathered
      ? `SELECT cohort, variant, k, ${sums} FROM weekday_sums GROUP BY 1, 2, 3`
      : `SELECT cohort, variant, k, ${columns.map(({name}) => total(dialect, name)).join(", ")} FROM tenure_weekdays GROUP BY 1, 2, 3`
  );
  const pairs = await steps.rows(
    gathered
      ? `SELECT cohort, variant, j, k, ${sums} FROM weekday_products GROUP BY 1, 2, 3, 4`
      : `SELECT a.cohort, a.variant, a.k, b.k, ${columns.map((column) => totalProduct(dialect, [column, `a.${column.name}`], [column, `b.${column.name}`])).join(", ")} FROM tenure_weekdays AS a JOIN tenure_weekdays AS b ON b.u = a.u AND b.k >= a.k GROUP BY a.cohort, a.variant, a.k, b.k`
  );
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
