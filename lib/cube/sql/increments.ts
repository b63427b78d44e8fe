import type {Letter} from "../../stats/moments.ts";
import type {Dialect} from "../dialects/dialect.ts";
import {day} from "../dialects/dialect.ts";
import type {MetricPlan} from "../plan.ts";
import {dayOf} from "./exposures.ts";
import type {Offset} from "../zone.ts";
import {isEarlier, partsOf, sameParts} from "./totals.ts";
import type {Scale} from "./totals.ts";

/** A metric, and its place in the plan. */
export interface Numbered {
  readonly index: number;
  readonly metric: MetricPlan;
  /** The cap of its outcome, in steps, a number or SQL for one; null without one. */
  readonly cap: number | string | null;
}

interface State {
  /** Whether the unit is in now, and was before the day: SQL for 1 or 0. */
  readonly entered: string;
  /** The letters now, and before the day; null where it never changes. */
  readonly now: Readonly<Partial<Record<Letter, string>>>;
  readonly before: Readonly<Partial<Record<Letter, string>>> | null;
  readonly touched: string;
}

/** The names of a metric's sums in a grouped row: units touched, n, then one per sum. */
export function aggregateNames(metric: MetricPlan, index: number): string[] {
  return ["touched", "n", ...metric.sums].map((name) => `a${index}_${name}`);
}

function aggregates(dialect: Dialect, {metric, index}: Numbered, {entered, now, before, touched}: State): string[] {
  const sum = (sql: string) => dialect.wide(`coalesce(sum(${sql}), 0)`);
  const term = (letters: string): string => {
    const [a, b] = [...letters] as [Letter, Letter?];
    const product = (values: Readonly<Partial<Record<Letter, string>>>) =>
      b === undefined ? (values[a] ?? "0") : `${factor(values[a] ?? "0")} * ${values[b] ?? "0"}`;
    // Counts and their products have room enough.
    const narrow = [...letters].every((letter) => isCount(metric, letter as Letter));
    const factor = (sql: string) => (narrow ? sql : dialect.wide(sql));
    const changes = [...letters].some((letter) => !isEarlier(letter as Letter));
    if (before === null || !changes) return `CASE WHEN ${entered} THEN ${product(now)} END`;
    if (a === b) return `${factor(`(${now[a]} - ${before[a]})`)} * (${now[a]} + ${before[a]})`;
    return `${product(now)} - ${product({...now, ...before})}`;
  };
  // The square of 0 or 1 is itself.
  const columns = metric.sums.map((letters) =>
    sum(term(isSquareOfBit(metric, letters) ? letters.slice(0, 1) : letters))
  );
  const named = [sum(`CASE WHEN ${touched} THEN 1 END`), sum(`CASE WHEN ${entered} THEN 1 END`), ...columns];
  return named.map((sql, i) => `${sql} AS ${aggregateNames(metric, index)[i] ?? ""}`);
}

/** Whether a pair of letters is the square of a letter that is 0 or 1 for every unit. */
export function isSquareOfBit(metric: MetricPlan, letters: string): boolean {
  return letters.length === 2 && letters[0] === letters[1] && isZeroOrOne(metric, letters[0] as Letter);
}

/** Whether a letter of a metric is 0 or 1 for every unit. */
export function isZeroOrOne(metric: MetricPlan, letter: Letter): boolean {
  const side = metric.sides[letter];
  return side?.of === "stream" ? side.reduce === "any" : side?.of === "attribute" && side.truthy;
}

/** Whether a letter of a metric is a whole number of rows, or 0 or 1. */
export function isCount(metric: MetricPlan, letter: Letter): boolean {
  const side = metric.sides[letter];
  return isZeroOrOne(metric, letter) || (side?.of === "stream" && side.reduce === "count");
}

export function attributeSteps(
  dialect: Dialect,
  {metric, cap}: Numbered,
  letter: Letter,
  {bits}: Scale<number | string>
): string | null {
  const side = metric.sides[letter];
  if (side?.of !== "attribute") return null;
  const {id} = side.attribute;
  if (side.truthy) return `CASE WHEN ${dialect.finite(`x.${id}`)} THEN CASE WHEN x.${id} <> 0 THEN 1 ELSE 0 END END`;
  const negative = metric.metric.negative === "exclude" && !isEarlier(letter) ? ` AND x.${id} >= 0` : "";
  const steps = `CASE WHEN ${dialect.finite(`x.${id}`)}${negative} THEN ${dialect.steps(`x.${id}`, bits[id] ?? 0)} END`;
  const capped = letter === "y" && cap !== null ? `CASE WHEN ${steps} > ${cap} THEN ${cap} ELSE ${steps} END` : steps;
  return isEarlier(letter) ? `coalesce(${capped}, 0)` : capped;
}

/** The outcome, and the same before the exposure, are capped alike; a denominator never is. */
function capped(sql: string, {cap}: Numbered, letter: Letter): string {
  return cap === null || letter === "w" || letter === "v" ? sql : `least(${sql}, ${cap})`;
}

/**
 * Returns the statement that sums the increments of the metrics that change from day to day, from `unit_days` (one
 * row per unit and day on which something happened, and one on its entry), by entry day, day and cell.
 *
 * @param kept what units had until a kept day; then only what came since is looked at, in `unit_days_new`
 */
export function runningIncrements(
  dialect: Dialect,
  metrics: readonly Numbered[],
  scale: Scale<number | string>,
  {kept}: {kept?: string} = {}
): string {
  const outcomes = metrics.flatMap(({metric, index}) =>
    partsOf(metric, index).filter(({letter}) => !isEarlier(letter))
  );
  const days =
    kept === undefined ? "unit_days AS d" : `unit_days_new AS d LEFT JOIN (SELECT * FROM ${kept}) AS k ON k.u = d.u`;
  const same = sameParts(outcomes);
  const states = [...new Set(same.values())].map(
    (column) =>
      `d.${column} AS ${column}, ${dialect.integer(`sum(d.${column}) OVER (PARTITION BY d.u ORDER BY d.day ROWS UNBOUNDED PRECEDING)`)}${kept === undefined ? "" : ` + coalesce(k.${column}, 0)`} AS t${column}`
  );
  const letters = (numbered: Numbered, from: "now" | "before" | "earlier") =>
    partsOf(numbered.metric, numbered.index)
      .filter(({letter}) => isEarlier(letter) === (from === "earlier"))
      .map(({column, letter, side}): [Letter, string] => {
        if (from === "earlier") return [letter, capped(`coalesce(p.${column}, 0)`, numbered, letter)];
        const own = same.get(column) ?? column;
        const total = from === "now" ? `t${own}` : `t${own} - ${own}`;
        return [letter, side.reduce === "any" ? `least(${total}, 1)` : capped(total, numbered, letter)];
      });
  const earlier = metrics.some((numbered) => letters(numbered, "earlier").length > 0);
  const derived: string[] = [];
  const columns = metrics.flatMap((numbered) => {
    const name = (letter: Letter, when: string) => `${when}${numbered.index}${letter}`;
    for (const [letter, sql] of letters(numbered, "now")) derived.push(`${sql} AS ${name(letter, "s")}`);
    for (const [letter, sql] of letters(numbered, "before")) derived.push(`${sql} AS ${name(letter, "b")}`);
    for (const [letter, sql] of letters(numbered, "earlier")) derived.push(`${sql} AS ${name(letter, "s")}`);
    for (const letter of ["x", "v"] as const) {
      const sql = attributeSteps(dialect, numbered, letter, scale);
      if (sql !== null) derived.push(`${sql} AS ${name(letter, "s")}`);
    }
    const present = (Object.keys(numbered.metric.sides) as Letter[]).sort();
    const now = Object.fromEntries(present.map((letter) => [letter, name(letter, "s")]));
    const before = Object.fromEntries(
      present.filter((letter) => !isEarlier(letter)).map((letter) => [letter, name(letter, "b")])
    );
    const changed = Object.keys(before).map((letter) => `${now[letter]} <> ${before[letter]}`);
    return aggregates(dialect, numbered, {
      entered: "day = entry_day",
      now,
      before,
      touched: ["day = entry_day", ...changed].join(" OR ")
    });
  });
  return `SELECT entry_day, day, variant, cell,
    ${columns.join(",\n    ")}
  FROM (SELECT day, entry_day, variant, cell, ${derived.join(", ")}
    FROM (SELECT d.u AS u, d.day AS day, ${states.join(", ")} FROM ${days}) AS s
    JOIN units AS x ON x.u = s.u${earlier ? "\n    LEFT JOIN unit_totals AS p ON p.u = s.u" : ""}) AS i
  GROUP BY entry_day, day, variant, cell`;
}

export interface MatureOptions {
  /** Days after entry at which a unit enters; 0 for at once. */
  readonly after: number;
  readonly offsets: readonly Offset[];
  readonly calendar: boolean;
  /** Whether any of the metrics needs `unit_totals`. */
  readonly events: boolean;
  /** SQL that is true for the units `x` that are looked at, given that for the day on which one enters; default: all. */
  readonly where?: (day: string) => string;
}

/** Returns SQL for the day on whose end a unit has lived through `after` days since its entry. */
export function matureDay(dialect: Dialect, {after, offsets, calendar}: MatureOptions): string {
  if (after === 0) return "x.entry_day";
  if (calendar) return `x.entry_day + ${after - 1}`;
  return dayOf(dialect, `(x.entry + ${after * day - 1})`, offsets);
}

/**
 * Returns the statement that sums the units of metrics that count a unit once and for all, on the day that it has
 * lived through the window, by entry day, that day and cell.
 */
export function matureIncrements(
  dialect: Dialect,
  metrics: readonly Numbered[],
  scale: Scale<number | string>,
  options: MatureOptions
): string {
  const derived: string[] = [];
  const columns = metrics.flatMap((numbered) => {
    const {metric, index} = numbered;
    const now: Partial<Record<Letter, string>> = {};
    const needed: string[] = [];
    for (const {column, letter, side} of partsOf(metric, index)) {
      now[letter] = `s${column}`;
      const total =
        side.reduce === "first"
          ? `coalesce(t.${column}, ${side.to})`
          : capped(`coalesce(t.${column}, 0)`, numbered, letter);
      derived.push(`${total} AS s${column}`);
    }
    for (const letter of ["y", "w", "x", "v"] as const) {
      const sql = attributeSteps(dialect, numbered, letter, scale);
      if (sql === null) continue;
      now[letter] = `sm${index}${letter}`;
      derived.push(`${sql} AS sm${index}${letter}`);
      if (!isEarlier(letter)) needed.push(`sm${index}${letter} IS NOT NULL`);
    }
    const entered = needed.length === 0 ? "true" : needed.join(" AND ");
    return aggregates(dialect, numbered, {entered, now, before: null, touched: entered});
  });
  const day = matureDay(dialect, options);
  const where = options.where === undefined ? "" : ` AND ${options.where(day)}`;
  return `SELECT entry_day, day, variant, cell,
    ${columns.join(",\n    ")}
  FROM (SELECT ${day} AS day, x.entry_day AS entry_day, x.variant AS variant, x.cell AS cell, ${derived.join(", ")}
    FROM units AS x${options.events ? " LEFT JOIN unit_totals AS t ON t.u = x.u" : ""} WHERE x.counts${where}) AS i
  WHERE day <= ${scale.asOf}
  GROUP BY entry_day, day, variant, cell`;
}

/** Returns the statement that adds up a table of increments: by day and cell, and by entry day and cell. */
export function rollUp(dialect: Dialect, table: string, metrics: readonly Numbered[]): string {
  const columns = metrics.flatMap(({metric, index}) =>
    aggregateNames(metric, index).map((name) => dialect.wide(`sum(${name})`))
  );
  return `SELECT GROUPING(day) AS by_entry, coalesce(day, entry_day) AS day, variant, cell, ${columns.join(", ")}
  FROM ${table} GROUP BY GROUPING SETS ((day, variant, cell), (entry_day, variant, cell))`;
}

/** Returns a SELECT of the units that a table of increments was made by: entry day, day, variant, cell, per metric. */
export function touchedUnits(table: string, metrics: readonly Numbered[]): string {
  const touched = metrics.map(({metric, index}) => aggregateNames(metric, index)[0] ?? "");
  const columns = ["entry_day", "day", "variant", "cell", ...touched].map((name) => `CAST(${name} AS INTEGER)`);
  return `SELECT ${columns.join(", ")} FROM ${table} ORDER BY 1, 2, 3, 4`;
}
