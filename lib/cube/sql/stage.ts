import type {Experiment, Fact} from "../../experiment/definition/definition.ts";
import type {Column, Dialect} from "../dialects/dialect.ts";
import {enclose} from "../expression.ts";
import type {Attribute, Stream} from "../plan.ts";
import type {Relation} from "../scan.ts";
import {columnOf} from "../scan.ts";

/** From 1900 to 2200: beyond it a moment is a mistake, and adding days to it could overflow. */
const earliest = -2_208_988_800_000_000;
const latest = 7_258_118_400_000_000;

/** A fact's relation and definition. */
export interface Source {
  readonly fact: Fact;
  readonly relation: Relation;
}

/** What may differ between experiments that read the same fact. */
export interface StageOptions {
  /** Whether ids of units are kept as whole numbers; default: as texts. */
  readonly wholeUnits?: boolean;
}

/** A mapped column, in SQL. */
export type Mapped = readonly [sql: string, as: string];

/**
 * Returns the statement that reads an events fact: `unit`, `t` in microseconds UTC, `event`, the number of
 * each mapped value as `v0`, `v1`, … and one boolean per condition, `c0`, `c1`, …
 */
export function stageEvents(
  dialect: Dialect,
  raw: Source,
  streams: readonly Stream[],
  options: StageOptions = {}
): string {
  const source = conditionsOf(streams).length > 0 ? typed(dialect, raw) : raw;
  const {relation, fact} = source;
  const values = valuesOf(fact, streams).map((name, i): Mapped => {
    const column = columnOf(relation, name, `value ${name}`);
    return [dialect.number(dialect.identifier(column.name), column.type), `v${i}`];
  });
  const conditions = conditionsOf(streams).map((where, i): Mapped => [
    `coalesce(${enclose(where, `fact ${relation.fact}, where`)}, false)`,
    `c${i}`
  ]);
  const event = fact.event === undefined ? [] : [textOf(dialect, source, fact.event, "event")];
  const columns: Mapped[] = [
    unitOf(dialect, source, options),
    [timeOf(dialect, source), "t"],
    ...event,
    ...values,
    ...conditions
  ];
  return guarded(columns, relation.sql);
}

/** The columns of numbers that a staged events fact holds: all mapped ones, since equal rows are equal in all. */
export function valuesOf(fact: Fact, streams: readonly Stream[]): string[] {
  return [...new Set([...fact.values, ...streams.flatMap(({value}) => (value === null ? [] : [value]))])];
}

/** The conditions that a staged events fact holds. */
export function conditionsOf(streams: readonly Stream[]): string[] {
  return [...new Set(streams.flatMap(({where}) => (where === null ? [] : [where])))];
}

/** Returns SQL that is true for the rows of a stream, on the columns of the staged fact. */
export function matches(dialect: Dialect, fact: Fact, streams: readonly Stream[], stream: Stream): string {
  const conditions: string[] = [];
  if (stream.event !== null) {
    if (fact.event === undefined)
      throw new Error(`missing event column of fact ${stream.fact}; ${stream.place} names an event`);
    conditions.push(`event = ${dialect.literal(stream.event.trim())}`);
  }
  if (stream.where !== null) conditions.push(`c${conditionsOf(streams).indexOf(stream.where)}`);
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

/**
 * Returns the statement that reads the exposures of one experiment: `unit`, `t`, `variant` (its place among the
 * experiment's variants, or -1), the dimensions `d0`, … as text, and the numbers of `attributes` by their ids.
 */
export function stageExposures(
  dialect: Dialect,
  source: Source,
  experiment: Experiment,
  attributes: readonly Attribute[],
  options: StageOptions = {}
): string {
  const {relation, fact} = source;
  const {literal, identifier} = dialect;
  const [variantText] = textOf(dialect, source, fact.variant, "variant");
  const dimensions = Object.entries(experiment.dimensions).flatMap(([key, dimension], i): Mapped[] => {
    if (dimension.fact !== undefined) return [];
    return [[dimensionText(dialect, source, key, dimension), `d${i}`]];
  });
  const columns: Mapped[] = [
    fact.unit === undefined ? ["CAST(row_number() OVER () AS VARCHAR)", "unit"] : unitOf(dialect, source, options),
    [
      fact.timestamp === undefined
        ? String(Date.parse(`${experiment.start}T00:00:00Z`) * 1000)
        : timeOf(dialect, source),
      "t"
    ],
    [variantOf(dialect, experiment, variantText), "variant"],
    ...dimensions,
    ...attributes.map(({id, column, place}): Mapped => {
      const found = columnOf(relation, column, place);
      return [dialect.number(identifier(found.name), found.type), id];
    })
  ];
  const mine =
    fact.experiment === undefined
      ? ""
      : ` WHERE ${textOf(dialect, source, fact.experiment, "experiment")[0]} = ${literal((experiment.experiment ?? experiment.id).trim())}`;
  return guarded(columns, relation.sql + mine);
}

/** Returns SQL for the place of a variant's text among the experiment's variants, or -1. */
export function variantOf({literal}: Dialect, {variants}: Experiment, text: string): string {
  const cases = Object.entries(variants).flatMap(([key, {values}], i) =>
    (values ?? [key]).map((value) => `WHEN ${literal(value.trim())} THEN ${i}`)
  );
  return `CASE ${text} ${cases.join(" ")} ELSE -1 END`;
}

/** Returns the statement that reads a table of units: one row per unit, numbers by id, dimensions as `d0`, … */
export function stageAttributes(
  dialect: Dialect,
  source: Source,
  experiment: Experiment,
  attributes: readonly Attribute[],
  options: StageOptions = {}
): string {
  const {relation} = source;
  const [unit] = unitOf(dialect, source, options);
  const dimensions = Object.entries(experiment.dimensions).flatMap(([key, dimension], i) =>
    dimension.fact === relation.fact ? [`min(${dimensionText(dialect, source, key, dimension)}) AS d${i}`] : []
  );
  const numbers = attributes.map(({id, column, place}) => {
    const found = columnOf(relation, column, place);
    return `min(${dialect.number(dialect.identifier(found.name), found.type)}) AS ${id}`;
  });
  const columns = [`${unit} AS unit`, "count(*) AS repeats", ...dimensions, ...numbers];
  return `SELECT ${columns.join(", ")} FROM ${relation.sql} GROUP BY 1`;
}

function dimensionText(
  dialect: Dialect,
  source: Source,
  key: string,
  dimension: Experiment["dimensions"][string]
): string {
  if (dimension.expression !== undefined)
    return dialect.text(enclose(dimension.expression, `dimension ${key}, expression`), "expression");
  return textOf(dialect, source, dimension.column ?? key, `dimension ${key}`)[0];
}

/** The fact as the analyst's own conditions see it: the mapped values are numbers there. */
export function typed(dialect: Dialect, source: Source): Source {
  const {fact, relation} = source;
  if (relation.open) return source;
  const values = new Set(fact.values.map((name) => columnOf(relation, name, `value ${name}`).name));
  const columns = relation.columns.map(({name, type}) => ({name, type: values.has(name) ? dialect.double : type}));
  const selected = relation.columns.map(({name, type}) => {
    const quoted = dialect.identifier(name);
    return values.has(name) ? `${dialect.number(quoted, type)} AS ${quoted}` : quoted;
  });
  return {fact, relation: {...relation, sql: `(SELECT ${selected.join(", ")} FROM ${relation.sql}) AS t`, columns}};
}

export function guarded(columns: readonly Mapped[], from: string): string {
  const inner = columns.map(([sql, as]) => `${sql} AS ${as}`).join(",\n    ");
  const outer = columns.map(([, as]) =>
    as === "t" ? `CASE WHEN t BETWEEN ${earliest} AND ${latest} THEN t END AS t` : as
  );
  return `SELECT ${outer.join(", ")}\n  FROM (SELECT ${inner}\n    FROM ${from}) AS r`;
}

export function textOf(dialect: Dialect, {relation}: Source, name: string | undefined, what: string): Mapped {
  if (name === undefined) throw new Error(`missing ${what} of fact ${relation.fact}`);
  const column = columnOf(relation, name, what);
  return [dialect.text(dialect.identifier(column.name), column.type), what];
}

/** Whether a fact's ids of units are whole numbers. */
export function isWholeUnit(dialect: Dialect, {unit}: Fact, columns: readonly Column[]): boolean {
  const column =
    columns.find(({name}) => name === unit) ?? columns.find(({name}) => name.toLowerCase() === unit?.toLowerCase());
  return column !== undefined && dialect.whole(column.type);
}

/** Returns SQL for the id of a row's unit: a text, or as a whole number where it is one. */
export function unitOf(dialect: Dialect, source: Source, {wholeUnits = false}: StageOptions): Mapped {
  const {relation, fact} = source;
  if (!wholeUnits) return textOf(dialect, source, fact.unit, "unit");
  return [dialect.integer(dialect.identifier(columnOf(relation, fact.unit ?? "", "unit").name)), "unit"];
}

export function timeOf(dialect: Dialect, {relation, fact}: Source): string {
  if (fact.timestamp === undefined) throw new Error(`missing timestamp of fact ${relation.fact}`);
  const column = columnOf(relation, fact.timestamp, "timestamp");
  return dialect.microseconds(dialect.identifier(column.name), column.type, fact.timezone ?? "UTC");
}
