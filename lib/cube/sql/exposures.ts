import type {Dialect} from "../dialects/dialect.ts";
import {day} from "../dialects/dialect.ts";
import type {Attribute} from "../plan.ts";
import type {Offset} from "../zone.ts";
import {localTime} from "../zone.ts";
import type {UnitNumbers} from "./unitNumbers.ts";
import {numberOfUnit} from "./unitNumbers.ts";

/** What is known of an experiment's exposures before its units are formed. */
export interface Known {
  /** First day, in days since 1970, in the experiment's timezone. */
  readonly start: number;
  /** Last complete day, a number or SQL for one; later rows do not count. */
  readonly asOf: number | string;
  /** The days of the exposures, in the experiment's timezone; in the fact's own where they have no time of day. */
  readonly offsets: readonly Offset[];
  /** Whether the exposures have no time of day. */
  readonly calendar: boolean;
  /** Whether no unit is known to have several exposures; default: not asked. */
  readonly once?: boolean | undefined;
  /** What may stand after FROM for the exposures; default: `exposure_rows`. */
  readonly rows?: string;
}

/** Returns SQL for the day, in days since 1970, of a moment in microseconds UTC. */
export function dayOf(dialect: Dialect, sql: string, offsets: readonly Offset[]): string {
  return dialect.floorDivide(localTime(sql, offsets), day);
}

/** Returns a SELECT of the exposures that count, with their `day`. */
export function validExposures(dialect: Dialect, {start, asOf, offsets, rows = "exposure_rows"}: Known): string {
  const dayed = `SELECT *, ${dayOf(dialect, "t", offsets)} AS day FROM ${rows} WHERE unit IS NOT NULL AND t IS NOT NULL AND variant >= 0`;
  return `SELECT * FROM (${dayed}) AS r WHERE day >= ${start} AND day <= ${asOf}`;
}

/** Returns a SELECT of one row with the number of exposures left out, by reason, in the order of `exposureReasons`. */
export function countExposures(dialect: Dialect, {start, asOf, offsets}: Known): string {
  const flaw = `CASE WHEN unit IS NULL THEN 1 WHEN t IS NULL THEN 2 WHEN variant < 0 THEN 3 WHEN ${dayOf(dialect, "t", offsets)} < ${start} THEN 4 WHEN ${dayOf(dialect, "t", offsets)} > ${asOf} THEN 5 ELSE 0 END`;
  const counts = exposureReasons.map((_, i) => `sum(CASE WHEN flaw = ${i + 1} THEN 1 ELSE 0 END)`);
  return `SELECT count(*), ${counts.join(", ")} FROM (SELECT ${flaw} AS flaw FROM exposure_rows) AS r`;
}

/** Why an exposure does not count, in order of precedence. */
export const exposureReasons = [
  "missing-unit",
  "unparseable-timestamp",
  "unknown-variant",
  "before-start",
  "after-as-of"
] as const;

/**
 * Returns the statement of `first_touch`: each unit once, with its first moment `t`, its `variant` and another one,
 * `second`, which differs for units seen in two; and what it brought along at that moment. Rows of the same moment are
 * decided by the smaller value of each column, so that the order of rows in the log does not matter.
 */
export function firstTouch(dialect: Dialect, known: Known, brought: readonly string[]): string {
  const valid = validExposures(dialect, known);
  const touched = `SELECT unit, min(t) AS t, min(variant) AS variant, max(variant) AS second, count(*) AS repeats FROM (${valid}) AS v GROUP BY unit`;
  if (brought.length === 0) return touched;
  const columns = ["unit", "t", "variant", "second", "repeats", ...brought].join(", ");
  const first = brought.map((name) => `min(e.${name}) AS ${name}`).join(", ");
  const only = brought.map((name) => `min(${name}) AS ${name}`).join(", ");
  return `WITH valid AS (${valid}),
  touched AS (SELECT unit, min(t) AS t, min(variant) AS variant, max(variant) AS second, count(*) AS repeats, ${only} FROM valid GROUP BY unit)
  SELECT ${columns} FROM touched WHERE repeats = 1
  UNION ALL SELECT a.unit AS unit, a.t AS t, a.variant AS variant, a.second AS second, a.repeats AS repeats, ${first}
  FROM touched AS a JOIN valid AS e ON e.unit = a.unit AND e.t = a.t WHERE a.repeats > 1
  GROUP BY a.unit, a.t, a.variant, a.second, a.repeats`;
}

/** Returns a statement that gives the same rows where each unit has one exposure. */
export function onlyTouch(dialect: Dialect, known: Known, brought: readonly string[]): string {
  const columns = ["unit", "t", "variant", "variant AS second", "1 AS repeats", ...brought];
  return `SELECT ${columns.join(", ")} FROM (${validExposures(dialect, known)}) AS v`;
}

export interface UnitsOptions {
  /** The values of each dimension that are kept, or a table of them (`value`); the rest is `other`, a missing one `unknown`. */
  tops: readonly (readonly string[] | {readonly table: string})[];
  /** Whether units get a number each; else `u` is the id itself, for statements that are evaluated more than once. */
  numbered?: boolean;
  /** How the units are numbered; default: they are numbered anew. */
  numbers?: UnitNumbers;
  /** Whether units numbered anew are so by their day of exposure; default: in any order. */
  byDay?: boolean;
  /** Staged tables of units to join, each with the attributes and dimensions that it brings. */
  joins: readonly {
    readonly table: string;
    readonly attributes: readonly Attribute[];
    readonly dimensions: readonly number[];
  }[];
  /** Attributes that the exposures bring themselves. */
  own: readonly Attribute[];
  /** The first day of each phase of exposure and its name, oldest first; empty for an experiment without phases. */
  phases: readonly {readonly day: number; readonly name: string}[];
  /** Whether `activated` (unit, t) says when a unit's activation event came. */
  activation: boolean;
  /** The table of first touches; default: `first_touch`. */
  touched?: string;
}

/**
 * Returns the statement of `unit_rows`: a number `u`, whether it `counts`, `exposed` and `entry` in microseconds
 * (they differ where an activation event must follow), their days, the attributes, and its dimensions' kept values.
 */
export function unitRows(
  dialect: Dialect,
  {offsets}: Known,
  {tops, joins, own, phases, activation, numbered = true, numbers, byDay = false, touched = "first_touch"}: UnitsOptions
): string {
  const owner = (i: number) => joins.findIndex(({dimensions}) => dimensions.includes(i));
  const dimensions = tops.map((values, i) => {
    const source = owner(i) < 0 ? "f" : `j${owner(i)}`;
    const kept =
      "table" in values
        ? `top${i}.value IS NOT NULL`
        : values.length === 0
          ? "false"
          : `${source}.d${i} IN (${values.map(dialect.literal).join(", ")})`;
    return `CASE WHEN ${source}.d${i} IS NULL THEN 'unknown' WHEN ${kept} THEN ${source}.d${i} ELSE 'other' END AS d${i}`;
  });
  const [first, ...later] = phases;
  if (first !== undefined) {
    const cases = later
      .toReversed()
      .map(({day: from, name}) => `WHEN ${dayOf(dialect, "f.t", offsets)} >= ${from} THEN ${dialect.literal(name)}`);
    dimensions.push(
      `${cases.length === 0 ? dialect.literal(first.name) : `CASE ${cases.join(" ")} ELSE ${dialect.literal(first.name)} END`} AS d${tops.length}`
    );
  }
  const attributes = [
    ...own.map(({id}) => `f.${id} AS ${id}`),
    ...joins.flatMap((join, i) => join.attributes.map(({id}) => `j${i}.${id} AS ${id}`))
  ];
  const entry = activation ? "activated.t" : "f.t";
  const number = numbers === undefined ? null : numberOfUnit(numbers, "f.unit");
  const order = byDay ? `ORDER BY ${dayOf(dialect, "f.t", offsets)}` : "";
  const columns = [
    number !== null
      ? `${number.sql} AS u`
      : numbered
        ? `CAST(row_number() OVER (${order}) AS INTEGER) AS u`
        : "f.unit AS u",
    "f.unit AS unit",
    "f.variant AS variant",
    `(f.variant = f.second${activation ? " AND activated.t IS NOT NULL" : ""}) AS counts`,
    "f.t AS exposed",
    `${entry} AS entry`,
    `${dayOf(dialect, "f.t", offsets)} AS exposed_day`,
    `${dayOf(dialect, entry, offsets)} AS entry_day`,
    ...attributes,
    ...dimensions
  ];
  const joined = joins.map(({table}, i) => `LEFT JOIN ${table} AS j${i} ON j${i}.unit = f.unit`);
  tops.forEach((values, i) => {
    const source = owner(i) < 0 ? "f" : `j${owner(i)}`;
    if ("table" in values) joined.push(`LEFT JOIN ${values.table} AS top${i} ON top${i}.value = ${source}.d${i}`);
  });
  if (number !== null) joined.push(number.join);
  if (activation) joined.push("LEFT JOIN activated ON activated.unit = f.unit");
  return `SELECT ${columns.join(",\n    ")}\n  FROM ${touched} AS f ${joined.join("\n  ")}`;
}

/** Returns the statement of `cells`: every combination of the dimensions' kept values that a counted unit has. */
export function cellRows(dimensions: number, units = "unit_rows"): string {
  const names = Array.from({length: dimensions}, (_, i) => `d${i}`).join(", ");
  if (dimensions === 0) return "SELECT 0 AS cell";
  return `SELECT CAST(row_number() OVER (ORDER BY ${names}) - 1 AS INTEGER) AS cell, ${names} FROM (SELECT DISTINCT ${names} FROM ${units} WHERE counts) AS d`;
}

/** Returns the statement of `units`: `unit_rows` with the number of its cell in place of its dimensions. */
export function unitsWithCells(dimensions: number, attributes: readonly Attribute[], units = "unit_rows"): string {
  const columns = ["u", "unit", "variant", "counts", "exposed", "entry", "exposed_day", "entry_day"];
  const kept = [...columns, ...attributes.map(({id}) => id)].map((name) => `r.${name} AS ${name}`).join(", ");
  if (dimensions === 0) return `SELECT ${kept}, 0 AS cell FROM ${units} AS r`;
  const same = Array.from({length: dimensions}, (_, i) => `c.d${i} = r.d${i}`).join(" AND ");
  return `SELECT ${kept}, c.cell AS cell FROM ${units} AS r LEFT JOIN cells AS c ON ${same}`;
}
