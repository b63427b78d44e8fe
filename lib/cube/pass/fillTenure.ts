import type {TenureSpans} from "../../experiment/novelty/tenureSums.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {Make} from "../steps.ts";
import {cohortDays} from "../tenure/cohortsOf.ts";
import type {TenureContext} from "../tenure/tenureContext.ts";
import {range} from "../tenure/tenureContext.ts";
import type {TenureColumn} from "../tenure/tenureSql.ts";
import {fillNumbers, fillRows} from "./fillTable.ts";
import type {ExactRows} from "./exactRows.ts";
import type {TenureHits} from "./tenureHits.ts";
import type {Pair, SpanLetter} from "./tenureSums.ts";
import {dayProducts, dayRows, spanRows, weekdayRows} from "./tenureSums.ts";

/** Makes the table of what units did on each of their days: `u`, the day, and the columns. */
export async function fillTenureHits(
  context: Pick<LoadContext, "engine" | "unitHits">,
  table: string,
  {start, k, values}: TenureHits,
  columns: readonly TenureColumn[],
  key: "k" | "day" = "k"
): Promise<void> {
  const u = new Int32Array(k.length);
  context.unitHits?.u.forEach((number, place) => u.fill(number, start[place], start[place + 1]));
  const named = columns.map(({name}, i) => [name, values[i]!] as const);
  await fillNumbers(context, table, {u, [key]: k, ...Object.fromEntries(named)});
}

/** Returns what makes `tenure_entry_cells`. */
export function fillDays(context: TenureContext, pairs: readonly Pair[]): Make {
  return filled(context, (hits, days) => dayRows(hits, days, pairs));
}

/** Returns what makes `tenure_entry_products`. */
export function fillProducts(context: TenureContext, pairs: readonly Pair[]): Make {
  return filled(context, (hits, days) => dayProducts(hits, days, {pairs, first: context.first}));
}

/** Returns what makes `tenure_spans`. */
export function fillSpans(
  context: TenureContext,
  options: {spans: TenureSpans; letters: readonly SpanLetter[]; pairs: readonly Pair[]}
): Make {
  return filled(context, (hits, days) => spanRows(hits, days, {...options, cohortOf: cohortsByDay(context)}));
}

/**
 * Makes `weekday_sums` and `weekday_products`: what units did on the weekdays of their whole weeks.
 *
 * @param weeks whole weeks that each cohort has lived through
 */
export async function fillWeekdays(context: TenureContext, dates: TenureHits, weeks: readonly number[]): Promise<void> {
  const {unitHits, steps} = context;
  if (unitHits === undefined) return;
  const {sums, products} = weekdayRows(unitHits, dates, {weeks, cohortOf: cohortsByDay(context)});
  await steps.beside("weekday_sums", (name) => fillRows(context, name, sums));
  await steps.beside("weekday_products", (name) => fillRows(context, name, products));
}

function filled(
  context: TenureContext,
  made: (hits: NonNullable<TenureContext["unitHits"]>, days: TenureHits) => ExactRows
): Make {
  return async (name) => {
    const {unitHits, tenureHits} = context;
    if (unitHits === undefined || tenureHits === undefined) throw new Error(`missing typed arrays of table ${name}`);
    await fillRows(context, name, made(unitHits, tenureHits));
  };
}

function cohortsByDay({cohorts}: TenureContext): Map<number, number> {
  return new Map(cohorts.flatMap((cohort, i) => range(...cohortDays(cohort)).map((day) => [day, i] as const)));
}
