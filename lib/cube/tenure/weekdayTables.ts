import {fillWeekdays} from "../arrays/tables/fillTenure.ts";
import type {Scale} from "../sql/totals.ts";
import type {UnitState} from "../store/unitState.ts";
import {cohortDays} from "./cohortsOf.ts";
import type {TenureContext} from "./tenureContext.ts";
import {range} from "./tenureContext.ts";
import type {TenureColumn} from "./tenureSql.ts";
import {total, totalProduct} from "./tenureSql.ts";

/** Tables of weekdays by entry day, which are kept. */
export const weekdayEntryTables = ["weekday_entry_sums", "weekday_entry_products"] as const;

/** SELECTs of what units did on weekdays, by cohort and variant. */
export interface WeekdayTables {
  /** Cohort, variant, weekday (1 is Monday), then the sum of each column. */
  readonly sums: string;
  /** Cohort, variant, two weekdays, the earlier first or the same, then the sum of the products of each column. */
  readonly products: string;
}

/**
 * Makes `tenure_weekdays`, what each unit did on the weekdays of its whole weeks, from `tenure_dates`, and returns what adds
 * it up. Where the state of units is kept, units of entry days that ended no week since are not looked at again.
 *
 * @param weeks whole weeks that each cohort has lived through
 */
export async function weekdayTables(
  context: TenureContext,
  columns: readonly TenureColumn[],
  {scale, weeks}: {scale: Scale; weeks: readonly number[]}
): Promise<WeekdayTables> {
  const {engine, steps, state, shards} = context;
  const {dialect} = engine;
  // 1970-01-01 was a Thursday: ISO weekday 4.
  const weekday = "((t.day + 3) % 7) + 1";
  const lived = `CASE x.cohort ${weeks.map((count, i) => `WHEN ${i} THEN ${7 * Math.max(0, count)}`).join(" ")} ELSE 0 END`;
  const whole = `t.day > x.entry_day AND t.day <= x.entry_day + ${lived}`;
  const select = (by: string, where = whole): string =>
    `SELECT t.u, ${by}, x.variant, ${weekday} AS k, ${columns.map(({name}) => `${dialect.integer(`sum(t.${name})`)} AS ${name}`).join(", ")} FROM tenure_dates AS t JOIN tenure_units AS x ON x.u = t.u WHERE ${where} GROUP BY t.u, ${by}, x.variant, ${weekday}`;
  const told = select("x.cohort");
  const added = columns.map((_, i) => total(dialect, `t.a${i}`)).join(", ");
  if (shards !== undefined) {
    steps.told("tenure_weekdays", told);
    await fillWeekdays(context, columns, scale, weeks);
    return {
      sums: `SELECT cohort, variant, k, ${added} FROM weekday_sums AS t GROUP BY 1, 2, 3`,
      products: `SELECT cohort, variant, j, k, ${added} FROM weekday_products AS t GROUP BY 1, 2, 3, 4`
    };
  }
  const sums = (by: string): string =>
    `SELECT ${by}, variant, k, ${columns.map(({name}, i) => `${total(dialect, name)} AS a${i}`).join(", ")} FROM tenure_weekdays GROUP BY ${by}, variant, k`;
  const products = (by: string): string =>
    `SELECT a.${by}, a.variant, a.k AS j, b.k AS k, ${columns.map((column, i) => `${totalProduct(dialect, [column, `a.${column.name}`], [column, `b.${column.name}`])} AS a${i}`).join(", ")} FROM tenure_weekdays AS a JOIN tenure_weekdays AS b ON b.u = a.u AND b.k >= a.k GROUP BY a.${by}, a.variant, a.k, b.k`;
  if (state === undefined) {
    await steps.table("tenure_weekdays", told);
    return {sums: sums("cohort"), products: products("cohort")};
  }
  const known = keptEntries(state, livedDays(context, weeks));
  const base = state.kept?.base ?? 0;
  const others = known.length === 0 ? "" : ` AND (x.u > ${base} OR x.entry_day NOT IN (${known.join(", ")}))`;
  await steps.table("tenure_weekdays", told, {instead: select("x.entry_day", `${whole}${others}`)});
  const names = columns.map((_, i) => `a${i}`);
  const withKept = (table: string, keys: readonly string[], now: string): string => {
    const listed = ["entry_day", ...keys, ...names].join(", ");
    if (known.length === 0) return now;
    return `SELECT ${listed} FROM (${now}) AS n UNION ALL SELECT ${listed} FROM ${state.from(table)} AS k WHERE entry_day IN (${known.join(", ")})`;
  };
  const [sumsTable, productsTable] = weekdayEntryTables;
  await engine.table(sumsTable, withKept(sumsTable, ["variant", "k"], sums("entry_day")));
  await engine.table(productsTable, withKept(productsTable, ["variant", "j", "k"], products("entry_day")));
  const byCohort = (table: string, keys: string): string =>
    `SELECT e.cohort, ${keys}, ${added} FROM ${table} AS t JOIN tenure_entries AS e ON e.entry_day = t.entry_day GROUP BY e.cohort, ${keys}`;
  return {sums: byCohort(sumsTable, "t.variant, t.k"), products: byCohort(productsTable, "t.variant, t.j, t.k")};
}

/** Days of whole weeks that the cohort of each entry day has lived through. */
function livedDays({cohorts}: TenureContext, weeks: readonly number[]): Map<number, number> {
  return new Map(
    cohorts.flatMap((cohort, i) =>
      range(...cohortDays(cohort)).map((day) => [day, 7 * Math.max(0, weeks[i] ?? 0)] as const)
    )
  );
}

/** The entry days whose kept sums are those of now; notes the days of those that are to be kept. */
function keptEntries({kept, gone, day, gained}: UnitState, lived: ReadonlyMap<number, number>): number[] {
  for (const [entry, days] of lived) if (days > 0 && entry + days <= day) gained.lived[entry] = days;
  if (kept === null || gone) return [];
  return [...lived].flatMap(([entry, days]) => (days > 0 && kept.lived[entry] === days ? [entry] : []));
}
