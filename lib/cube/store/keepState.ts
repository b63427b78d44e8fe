import type {Hits} from "../buildLogs.ts";
import type {DayStatistics} from "../asOf.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import type {Pins} from "../row.ts";
import type {Known} from "../sql/exposures.ts";
import {firstTouch, onlyTouch} from "../sql/exposures.ts";
import {largestPerUnit, partsByClock, totals} from "../sql/totals.ts";
import type {Scale} from "../sql/totals.ts";
import {numberOf} from "../steps.ts";
import {weekdayEntryTables} from "../tenure/weekdayTables.ts";
import {isOfExposures, writeState} from "./unitState.ts";

/** Sums by entry day, which cohorts are made of. */
export const entryTables = [
  "tenure_entries",
  "tenure_entry_cells",
  "tenure_entry_products",
  ...weekdayEntryTables
] as const;

export interface KeepStateOptions {
  readonly scale: Scale;
  readonly known: Known;
  readonly caps: Readonly<Record<string, number>>;
  readonly tops: Pins["tops"];
  /** The tables of increments. */
  readonly increments: readonly string[];
  readonly key: string;
  readonly partitions: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly statistics: Readonly<Record<string, readonly DayStatistics[]>>;
}

/**
 * Keeps the state of units as of the state's day, from the tables of a build that read all rows: who they are, their
 * totals, what they did on each of their days, and the increments until then.
 */
export async function keepState(
  {engine, steps, state}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, known, caps, tops, increments, key, partitions, statistics}: KeepStateOptions
): Promise<void> {
  if (state === undefined) return;
  const {dialect} = engine;
  const {day, lag, place, gained} = state;
  const [most] = await steps.rows("SELECT max(u) FROM units");
  const dims = plan.dimensions.map((_, i) => `, c.d${i} AS d${i}`).join("");
  const counted = `JOIN units AS x ON x.u = t.u WHERE x.counts AND x.entry_day <= ${day}`;
  const whole = `t.k <= ${day - lag} - x.entry_day`;
  const {once, daily} = partsByClock(plan.metrics);
  const selects: Record<string, string> = {
    units: `SELECT t.* EXCLUDE (cell)${dims} FROM units AS t LEFT JOIN cells AS c ON c.cell = t.cell WHERE t.entry_day <= ${day}`,
    active: `SELECT t.u, x.variant FROM (SELECT DISTINCT u FROM (${hits.map(({table}) => `SELECT u FROM ${table} WHERE u IS NOT NULL AND since >= 0 AND day <= ${day}`).join(" UNION ALL ")}) AS a) AS t JOIN units AS x ON x.u = t.u`
  };
  if (isOfExposures(plan)) {
    const brought = [
      ...Object.keys(plan.experiment.dimensions).map((_, i) => `d${i}`),
      ...plan.attributes.map(({id}) => id)
    ];
    const until = {...known, asOf: day};
    selects.touched = known.once ? onlyTouch(dialect, until, brought) : firstTouch(dialect, until, brought);
  }
  if (once.length > 0)
    selects.totals = `SELECT t.* FROM (${totals(dialect, once, hits, {...scale, asOf: day}, {keys: ["u"]})}) AS t ${counted}`;
  if (daily.length > 0)
    selects.days = `SELECT t.u, ${daily.map(({column}) => `${dialect.integer(`sum(t.${column})`)} AS ${column}`).join(", ")} FROM unit_days AS t ${counted} AND t.day <= ${day} GROUP BY t.u`;
  hits.forEach(({table, streams}, i) => {
    const summed = streams.filter(({id}) => id in gained.exponents);
    if (summed.length === 0) return;
    const rows = `(SELECT t.* FROM ${table} AS t ${counted} AND t.day <= ${day}) AS h`;
    const exponents = summed.map(({id}) => gained.exponents[id] ?? 0);
    selects[`scale_${i}`] = largestPerUnit(dialect, summed, rows, exponents, {maxima: true});
  });
  for (const table of increments)
    selects[table] =
      `SELECT t.* EXCLUDE (cell)${dims} FROM ${table} AS t JOIN cells AS c ON c.cell = t.cell WHERE t.day <= ${day}`;
  if (state.made.has("tenure_days")) {
    // By unit, and so by entry: the next nights pass over the days of those who entered late.
    selects.tenure_days = `SELECT t.* FROM tenure_days AS t ${counted} AND ${whole} ORDER BY t.u`;
    selects.tenure_entry_cells = `SELECT x.* EXCLUDE (cell)${dims} FROM tenure_entry_cells AS x JOIN cells AS c ON c.cell = x.cell WHERE x.entry_day <= ${day} AND x.k <= ${day - lag} - x.entry_day`;
    selects.tenure_entry_products = `SELECT x.* FROM tenure_entry_products AS x WHERE x.entry_day <= ${day} AND x.k <= ${day - lag} - x.entry_day`;
  }
  if (state.made.has("tenure_dates"))
    selects.tenure_dates = `SELECT t.* FROM tenure_dates AS t ${counted} AND t.day <= ${day}`;
  const weeks = Object.keys(gained.lived);
  if (weeks.length > 0)
    for (const table of weekdayEntryTables)
      selects[table] = `SELECT * FROM ${table} WHERE entry_day IN (${weeks.join(", ")})`;
  const {bits} = scale;
  const {exponents, counts, firstDays, lived} = gained;
  await writeState(
    engine,
    place,
    {
      key,
      day,
      lag,
      base: numberOf(most?.[0]) ?? 0,
      partitions,
      bits,
      exponents,
      caps,
      tops,
      counts,
      firstDays,
      lived,
      statistics
    },
    selects
  );
}
