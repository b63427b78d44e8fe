import type {LoadContext} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import type {Known} from "../sql/exposures.ts";
import {cellRows, firstTouch, unitsWithCells} from "../sql/exposures.ts";
import {numberOf} from "../steps.ts";
import type {UnitState} from "./unitState.ts";
import {UnfitStateError} from "./unitState.ts";

/** Tables of units that are made beside those that are told. */
export const unitTables = ["touched_later", "unit_later", "kept_gone", "kept_fresh"] as const;

/** Returns the columns of first touches, with what exposures bring along. */
function touchColumns(brought: readonly string[]): string[] {
  return ["unit", "t", "variant", "second", "repeats", ...brought];
}

/**
 * Makes `first_touch` of the kept first touches, which are read where they lie, and of `touched_later`: those of the units
 * that were exposed after the kept day, of kept ones among them too.
 *
 * @param told its statement from all exposures
 * @param later what to read exposures from that may be later; null without any
 */
export async function touchedSince(
  {engine: {dialect}, steps}: LoadContext,
  state: UnitState,
  {known, brought, later, told}: {known: Known; brought: readonly string[]; later: string | null; told: string}
): Promise<void> {
  const columns = touchColumns(brought).join(", ");
  const kept = state.from("touched");
  const from = Math.max(known.start, state.day + 1);
  const merged = [
    "n.unit AS unit",
    "least(k.t, n.t) AS t",
    "least(k.variant, n.variant) AS variant",
    "greatest(k.second, n.second) AS second",
    "coalesce(k.repeats, 0) + n.repeats AS repeats",
    ...brought.map((name) => `CASE WHEN k.unit IS NULL THEN n.${name} ELSE k.${name} END AS ${name}`)
  ];
  const now = (rows: string): string => firstTouch(dialect, {...known, start: from, rows: `(${rows}) AS e`}, brought);
  await steps.beside(
    "touched_later",
    later === null
      ? `SELECT ${columns} FROM ${kept} LIMIT 0`
      : `SELECT ${merged.join(", ")} FROM (${now(later)}) AS n LEFT JOIN ${kept} AS k ON k.unit = n.unit`
  );
  const all = `SELECT ${columns} FROM ${untouched(kept)} UNION ALL SELECT ${columns} FROM touched_later`;
  await steps.view("first_touch", all, {told});
}

/** Kept rows `k` of units that were not exposed since. */
function untouched(kept: string): string {
  return `${kept} AS k ANTI JOIN touched_later AS n ON n.unit = k.unit`;
}

/** Returns the statements of `cells` and `units` from kept units, and from `unit_later`, those exposed since. */
export function unitsSince(
  {attributes, dimensions}: Plan,
  state: UnitState
): {readonly cells: string; readonly units: string} {
  const count = dimensions.length;
  const names = [...dimensions.map((_, i) => `d${i}`), "counts"].join(", ");
  const kept = untouched(state.from("units"));
  const all = `(SELECT ${names} FROM ${kept} UNION ALL SELECT ${names} FROM unit_later) AS r`;
  const later = numberedAsKept(unitsWithCells(count, attributes, "unit_later"), {attributes, dimensions}, state);
  return {
    cells: cellRows(count, all),
    units: `${unitsWithCells(count, attributes, `(SELECT k.* FROM ${kept})`)} UNION ALL ${later}`
  };
}

/** Returns the statement of units: those that are as they were under the number they had, all others under one of their own. */
export function numberedAsKept(
  units: string,
  {attributes, dimensions}: Pick<Plan, "attributes" | "dimensions">,
  {from, kept}: UnitState
): string {
  const same = ["variant", "counts", "exposed", "entry", "exposed_day", "entry_day", ...attributes.map(({id}) => id)];
  const alike = same.map((name) => `k.${name} IS NOT DISTINCT FROM n.${name}`);
  const cell = dimensions.map((_, i) => `k.d${i} = c.d${i}`);
  if (cell.length > 0) alike.push(`(NOT n.counts OR (${cell.join(" AND ")}))`);
  const cells = cell.length > 0 ? " LEFT JOIN cells AS c ON c.cell = n.cell" : "";
  return `SELECT n.* REPLACE (CAST(CASE WHEN ${alike.join(" AND ")} THEN k.u ELSE n.u + ${kept?.base ?? 0} END AS INTEGER) AS u)
  FROM (${units}) AS n LEFT JOIN ${from("units")} AS k ON k.unit = n.unit${cells}`;
}

/**
 * Makes `kept_gone`, the kept units that are not as they were, with their present cells, and `kept_fresh`, all new ones.
 *
 * @param later whether only units exposed after the kept day can have changed
 * @throws {UnfitStateError} if units vanished, or too many are not as they were
 */
export async function findGone(
  {engine, steps}: LoadContext,
  {dimensions}: Plan,
  state: UnitState,
  {later}: {later: boolean}
): Promise<void> {
  const base = state.kept?.base ?? 0;
  const same = dimensions.map((_, i) => `c.d${i} = k.d${i}`).join(" AND ");
  const cell = same === "" ? "0 AS cell" : "c.cell AS cell";
  const changed = later
    ? `k.unit IN (SELECT unit FROM units WHERE u > ${base})`
    : `k.u NOT IN (SELECT u FROM units WHERE u <= ${base})`;
  await engine.table(
    "kept_gone",
    `SELECT k.*, ${cell} FROM ${state.from("units")} AS k${same === "" ? "" : ` LEFT JOIN cells AS c ON ${same}`} WHERE ${changed}`
  );
  const [counts] = await steps.rows(
    `SELECT count(*), sum(CASE WHEN unit IN (SELECT unit FROM units WHERE u > ${base}) THEN 0 ELSE 1 END), sum(CASE WHEN counts AND cell IS NULL THEN 1 ELSE 0 END) FROM kept_gone`
  );
  const [gone, missing, lost] = [0, 1, 2].map((i) => numberOf(counts?.[i]) ?? 0);
  const [all] = await steps.rows(`SELECT count(*) FROM ${state.from("units")}`);
  if ((missing ?? 0) > 0 || (lost ?? 0) > 0 || (gone ?? 0) > 20 + (numberOf(all?.[0]) ?? 0) / 20)
    throw new UnfitStateError("too many units are not as they were");
  state.gone = (gone ?? 0) > 0;
  await engine.table("kept_fresh", `SELECT * FROM units WHERE u > ${base}`);
  const [fresh] = await steps.rows("SELECT count(*) FROM kept_fresh");
  state.fresh = (numberOf(fresh?.[0]) ?? 0) > 0;
}
