import type {Scale} from "../../sql/totals.ts";
import type {Make} from "../../steps.ts";
import {cohortDays} from "../../tenure/cohortsOf.ts";
import type {TenureContext} from "../../tenure/tenureContext.ts";
import {range} from "../../tenure/tenureContext.ts";
import type {TenureColumn} from "../../tenure/tenureSql.ts";
import {fillRows} from "./fillTable.ts";
import type {TenureTables} from "../threads/shard.ts";

/** Returns what makes a table of the days, the products or the spans that typed arrays told. */
export function fillTenure(context: Pick<TenureContext, "engine" | "told">, of: keyof TenureTables): Make {
  return async (name) => {
    const tables = (context.told ?? []).flatMap((each) => each[of] ?? []);
    if (tables.length === 0) throw new Error(`missing typed arrays of table ${name}`);
    await fillRows(context, name, tables);
  };
}

/**
 * Makes `weekday_sums` and `weekday_products`: what units did on the weekdays of their whole weeks.
 *
 * @param weeks whole weeks that each cohort has lived through
 */
export async function fillWeekdays(
  context: TenureContext,
  columns: readonly TenureColumn[],
  scale: Scale,
  weeks: readonly number[]
): Promise<void> {
  const {shards, steps} = context;
  if (shards === undefined) return;
  const found = await shards.ask("weekdays", columns, scale, {weeks, cohortOf: cohortsByDay(context)});
  const all = (which: "sums" | "products") => found.map((each) => each[which]);
  await steps.beside("weekday_sums", (name) => fillRows(context, name, all("sums")));
  await steps.beside("weekday_products", (name) => fillRows(context, name, all("products")));
}

/** Returns the phase of the cohort of each entry day by its place, and the last day that the cohort has lived through. */
export function livedByDay({cohorts}: Pick<TenureContext, "cohorts">): Map<number, {phase: number; lastDay: number}> {
  const phases = [...new Set(cohorts.map(({phase}) => phase))];
  return new Map(
    cohorts.flatMap((cohort) =>
      range(...cohortDays(cohort)).map(
        (day) => [day, {phase: phases.indexOf(cohort.phase), lastDay: cohort.lastDay}] as const
      )
    )
  );
}

/** Returns the place of the cohort of each entry day. */
export function cohortsByDay({cohorts}: Pick<TenureContext, "cohorts">): Map<number, number> {
  return new Map(cohorts.flatMap((cohort, i) => range(...cohortDays(cohort)).map((day) => [day, i] as const)));
}
