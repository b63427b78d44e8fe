import type {Loaded, LoadContext} from "../loadFacts.ts";
import {partSince} from "../loadFacts.ts";
import type {EventsContext} from "../sql/events.ts";
import {hits} from "../sql/events.ts";
import {tenureDay} from "../tenure/tenureSql.ts";
import {dateOfDay} from "../zone.ts";
import type {StateRecord, UnitState} from "./unitState.ts";

/**
 * Joins what came since the kept day with all units, and the earlier rows with those that are not as they were. Beside
 * it the rows of kept units on days of their own that were not over then (`_recent`), and for kept units that are gone
 * their earlier rows (`_gone`).
 */
export async function hitsSince(
  {engine: {dialect}, steps}: LoadContext,
  {kept: {day: last, base, lag}, gone, fresh}: UnitState & {readonly kept: StateRecord},
  loaded: Loaded,
  {joined, told, table}: {joined: EventsContext; told: string; table: string}
): Promise<void> {
  const columns = ["u", "day", "since", "before", ...joined.streams.map(({id}) => id), "owner"].join(", ");
  const until = dateOfDay(last + 1);
  // Where clocks change, a unit's own day may begin a day earlier by them.
  const recent = partSince(loaded, last - (2 * lag - 1));
  const older = loaded.stored?.part((each) => each !== "none" && each <= until) ?? null;
  const rows = (from: string | null, units: string, where: string): string => {
    const stored = from ?? `SELECT * FROM ${loaded.from} AS f LIMIT 0`;
    return `SELECT ${columns} FROM (${hits({...joined, table: `(${stored})`, units})}) AS h WHERE ${where}`;
  };
  const open = `${tenureDay(dialect)} > ${last - lag} - entered`;
  await steps.beside(`${table}_since`, rows(recent, "units", `day > ${last} OR (owner <= ${base} AND ${open})`));
  const since = (where: string): string => `SELECT ${columns} FROM ${table}_since WHERE ${where}`;
  const parts = [since(`day > ${last}`)];
  if (fresh) {
    await steps.beside(`${table}_fresh`, rows(older, "kept_fresh", `day <= ${last}`));
    parts.push(`SELECT ${columns} FROM ${table}_fresh`);
  }
  await steps.view(table, parts.join(" UNION ALL "), {told});
  await steps.view(`${table}_recent`, since(`day <= ${last}`));
  if (gone) await steps.beside(`${table}_gone`, rows(older, "kept_gone", `day <= ${last}`));
}
