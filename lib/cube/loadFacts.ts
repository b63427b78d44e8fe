import type {Definitions, Experiment, Fact} from "../experiment/definition/definition.ts";
import type {Engine} from "./engines/engine.ts";
import type {Plan, Stream} from "./plan.ts";
import type {Reason} from "./reasons.ts";
import type {ExcludedRows} from "./row.ts";
import type {Relation} from "./scan.ts";
import {reading} from "./scan.ts";
import type {Source} from "./sql/stage.ts";
import {conditionsOf, stageEvents, stageExposures, valuesOf} from "./sql/stage.ts";
import type {Steps} from "./steps.ts";
import {numberOf} from "./steps.ts";
import type {Offset} from "./zone.ts";
import {localTime, zoneOffsets} from "./zone.ts";
import {day} from "./dialects/dialect.ts";

/** A staged fact: its table, and what was found in it. */
export interface Loaded {
  readonly name: string;
  readonly fact: Fact;
  readonly table: string;
  readonly rows: number;
  /** Whether no timestamp has a time of day. */
  readonly calendar: boolean;
  /** The offsets that give the day of a row: of the experiment's timezone, or of the fact's own with dates only. */
  readonly offsets: readonly Offset[];
  readonly excluded: readonly ExcludedRows[];
  /** The streams that it was staged for. */
  readonly staged: readonly Stream[];
}

export interface LoadContext {
  readonly engine: Engine;
  readonly steps: Steps;
  readonly definitions: Definitions;
  /** Opens a fact where the engine can read it. */
  readonly relationOf: (name: string, fact: Fact) => Promise<Relation>;
}

/** Reads the exposures of the experiment into `exposure_rows`. */
export async function loadExposures(context: LoadContext, plan: Plan): Promise<Loaded> {
  const {engine, steps} = context;
  const {experiment} = plan;
  const source = await open(context, experiment.exposures);
  const own = plan.attributes.filter(({fact}) => fact === experiment.exposures);
  const select = stageExposures(engine.dialect, source, experiment, own);
  await reading(experiment.exposures, () => steps.table("exposure_rows", select));
  const found = await profile(steps, "exposure_rows", source.fact, experiment);
  // Rows of units that have no id of their own cannot be told apart.
  const repeated = source.fact.unit === undefined ? 0 : await countEqual(steps, "exposure_rows", engine);
  const excluded = repeated > 0 ? [excludedRows("duplicated-row", experiment.exposures, repeated)] : [];
  return {name: experiment.exposures, fact: source.fact, table: "exposure_rows", ...found, excluded, staged: []};
}

/** Reads an events fact into a table of its own, equal rows once where timestamps have a time of day. */
export async function loadEvents(
  context: LoadContext,
  {name, table, streams, experiment}: {name: string; table: string; streams: readonly Stream[]; experiment: Experiment}
): Promise<Loaded> {
  const {engine, steps} = context;
  const source = await open(context, name);
  const {fact} = source;
  await reading(name, () => steps.table(table, stageEvents(engine.dialect, source, streams)));
  const found = await profile(steps, table, fact, experiment);
  const excluded: ExcludedRows[] = [];
  const [blank] = await steps.rows(
    `SELECT sum(CASE WHEN unit IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN unit IS NOT NULL AND t IS NULL THEN 1 ELSE 0 END) FROM ${table}`
  );
  push(excluded, "missing-unit", name, numberOf(blank?.[0]) ?? 0);
  push(excluded, "unparseable-timestamp", name, numberOf(blank?.[1]) ?? 0);

  const columns = eventColumns(fact, streams);
  const hash = engine.dialect.hash(columns);
  const repeated = `SELECT ${hash} AS h FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL GROUP BY 1 HAVING count(*) > 1`;
  const [suspects] = await steps.rows(`SELECT count(*) FROM (${repeated}) AS r`);
  if ((numberOf(suspects?.[0]) ?? 0) === 0) return {name, fact, table, ...found, excluded, staged: streams};
  const candidates = `SELECT * FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL AND ${hash} IN (${repeated})`;
  const [equal] = await steps.rows(
    `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM (${candidates}) AS c GROUP BY ${columns.join(", ")}) AS g`
  );
  const rows = numberOf(equal?.[0]) ?? 0;
  const keep = (fact.duplicates ?? (found.calendar ? "keep" : "drop")) === "keep";
  push(excluded, keep ? "duplicated-row-kept" : "duplicated-row", name, rows);
  if (keep || rows === 0) return {name, fact, table, ...found, excluded, staged: streams};
  const once = `${table}_once`;
  await steps.table(
    once,
    `SELECT ${columns.join(", ")} FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL AND ${hash} NOT IN (${repeated})\n  UNION ALL SELECT DISTINCT ${columns.join(", ")} FROM (${candidates}) AS c`
  );
  return {name, fact, table: once, ...found, excluded, staged: streams};
}

/** Opens a fact as something to read. */
export async function open({definitions, relationOf}: LoadContext, name: string): Promise<Source> {
  const fact = definitions.sources.facts[name];
  if (fact === undefined) throw new Error(`unknown fact: ${name}`);
  return {fact, relation: await relationOf(name, fact)};
}

/** Returns a line of what was left out. */
export function excludedRows(
  reason: Reason,
  fact: string | null,
  rows: number,
  units: number | null = null
): ExcludedRows {
  return {reason, fact, rows, units};
}

function push(to: ExcludedRows[], reason: Reason, fact: string, rows: number): void {
  if (rows > 0) to.push(excludedRows(reason, fact, rows));
}

function eventColumns(fact: Fact, streams: readonly Stream[]): string[] {
  return [
    "unit",
    "t",
    ...(fact.event === undefined ? [] : ["event"]),
    ...valuesOf(fact, streams).map((_, i) => `v${i}`),
    ...conditionsOf(streams).map((_, i) => `c${i}`)
  ];
}

async function countEqual(steps: Steps, table: string, engine: Engine): Promise<number> {
  const columns = (await engine.columns(table)).map(({name}) => name);
  const [row] = await steps.rows(
    `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL GROUP BY ${columns.join(", ")} HAVING count(*) > 1) AS g`
  );
  return numberOf(row?.[0]) ?? 0;
}

async function profile(steps: Steps, table: string, fact: Fact, experiment: Experiment) {
  const [range] = await steps.rows(`SELECT count(*), min(t), max(t) FROM ${table}`);
  const rows = numberOf(range?.[0]) ?? 0;
  const from = numberOf(range?.[1]) ?? 0;
  const to = numberOf(range?.[2]) ?? 0;
  const own = zoneOffsets(fact.timezone ?? "UTC", from, to);
  const [timed] = await steps.rows(
    `SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE ${localTime("t", own)} % ${day} <> 0 LIMIT 1) AS r`
  );
  const calendar = numberOf(timed?.[0]) === 0;
  return {rows, calendar, offsets: calendar ? own : zoneOffsets(experiment.timezone, from, to)};
}
