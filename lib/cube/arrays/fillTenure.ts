import type {TenureSpans} from "../../experiment/novelty/tenureSums.ts";
import type {Scale} from "../sql/totals.ts";
import type {Make} from "../steps.ts";
import {cohortDays} from "../tenure/cohortsOf.ts";
import type {TenureContext} from "../tenure/tenureContext.ts";
import {range} from "../tenure/tenureContext.ts";
import type {TenureColumn} from "../tenure/tenureSql.ts";
import type {ExactTable} from "./exactRows.ts";
import {fillRows} from "./fillTable.ts";
import type {Shards} from "./shards.ts";
import type {Pair, SpanLetter} from "./tenureSums.ts";

/**
 * Gathers what units did on each of their days in typed arrays, where there are any, in place of a table.
 *
 * @returns whether there are
 */
export async function gatherTenure(
  {shards}: Pick<TenureContext, "shards">,
  columns: readonly TenureColumn[],
  scale: Scale,
  key: "k" | "day"
): Promise<boolean> {
  await shards?.ask("tenure", columns, scale, key);
  return shards !== undefined;
}

/** Returns what makes `tenure_entry_cells`. */
export function fillDays(context: TenureContext, pairs: readonly Pair[]): Make {
  return filled(context, (shards) => shards.ask("tenureDays", pairs));
}

/** Returns what makes `tenure_entry_products`. */
export function fillProducts(context: TenureContext, pairs: readonly Pair[]): Make {
  return filled(context, (shards) => shards.ask("tenureProducts", pairs, context.first));
}

/** Returns what makes `tenure_spans`. */
export function fillSpans(
  context: TenureContext,
  options: {spans: TenureSpans; letters: readonly SpanLetter[]; pairs: readonly Pair[]}
): Make {
  return filled(context, (shards) => shards.ask("tenureSpans", {...options, cohortOf: cohortsByDay(context)}));
}

/**
 * Makes `weekday_sums` and `weekday_products`: what units did on the weekdays of their whole weeks.
 *
 * @param weeks whole weeks that each cohort has lived through
 */
export async function fillWeekdays(context: TenureContext, weeks: readonly number[]): Promise<void> {
  const {shards, steps} = context;
  if (shards === undefined) return;
  const found = await shards.ask("weekdays", {weeks, cohortOf: cohortsByDay(context)});
  const all = (which: "sums" | "products") => found.map((each) => each[which]);
  await steps.beside("weekday_sums", (name) => fillRows(context, name, all("sums")));
  await steps.beside("weekday_products", (name) => fillRows(context, name, all("products")));
}

function filled(context: TenureContext, asked: (shards: Shards) => Promise<ExactTable[]>): Make {
  return async (name) => {
    if (context.shards === undefined) throw new Error(`missing typed arrays of table ${name}`);
    await fillRows(context, name, await asked(context.shards));
  };
}

function cohortsByDay({cohorts}: TenureContext): Map<number, number> {
  return new Map(cohorts.flatMap((cohort, i) => range(...cohortDays(cohort)).map((day) => [day, i] as const)));
}
