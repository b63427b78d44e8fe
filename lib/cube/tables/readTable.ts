import type {Definitions, Experiment, Fact} from "../../experiment/definition/definition.ts";
import type {DuckdbEngine} from "../engines/duckdb.ts";
import {rowsOf} from "../engines/engine.ts";
import type {ExcludedRows} from "../row.ts";
import {columnOf, scanFact} from "../scan.ts";
import type {Relation} from "../scan.ts";

/** What the small shapes (summary, snapshots, cube) are read with. */
export interface TableContext {
  readonly engine: DuckdbEngine;
  readonly definitions: Definitions;
  readonly dataDir: string;
}

/** A row of a small table: every column as text, null where blank. */
export type TableRow = Readonly<Record<string, string | null>>;

/** A small table in memory, its columns as the definition names them. */
export interface Table {
  readonly name: string;
  readonly fact: Fact;
  readonly rows: readonly TableRow[];
  readonly columns: readonly string[];
  /** The statement that read it. */
  readonly sql: string;
}

/**
 * Returns the rows of an experiment's exposures fact, of a shape that holds sums already. `wanted` are the columns that
 * the definition maps and that must be there; all others come along.
 *
 * @throws {Error} naming the fact, the column and the columns that are there
 */
export async function readTable(
  {engine, definitions: {sources}, dataDir}: TableContext,
  experiment: Experiment,
  wanted: (fact: Fact) => readonly {readonly name: string; readonly place: string}[]
): Promise<Table> {
  const name = experiment.exposures;
  const fact = sources.facts[name];
  if (fact === undefined) throw new Error(`unknown fact of ${experiment.id}: ${name}`);
  const relation: Relation = await scanFact(engine, name, fact, {dataDir, connections: sources.connections});
  const {identifier, literal} = engine.dialect;
  const aliases = wanted(fact).map(({name, place}) => ({name, found: columnOf(relation, name, place).name}));
  const columns = relation.columns.map((column) => column.name);
  const texts = columns.map((column) => `nullif(trim(CAST(${identifier(column)} AS VARCHAR)), '')`);
  const own =
    fact.experiment === undefined
      ? ""
      : ` WHERE CAST(${identifier(columnOf(relation, fact.experiment, "experiment").name)} AS VARCHAR) = ${literal(experiment.experiment ?? experiment.id)}`;
  const sql = `SELECT ${texts.join(", ")} FROM ${relation.sql}${own}`;
  const rows = await rowsOf(engine, sql);
  return {
    name,
    fact,
    columns,
    sql,
    rows: rows.map((row) => {
      const record: Record<string, string | null> = {};
      columns.forEach((column, i) => (record[column] = row[i] == null ? null : String(row[i])));
      for (const {name, found} of aliases) record[name] = record[found] ?? null;
      return record;
    })
  };
}

/** Returns the variant that a text in the log means; null for an unknown one. */
export function variantNamed({variants}: Experiment, text: string | null): string | null {
  if (text === null) return null;
  const found = Object.entries(variants).find(([key, {values}]) => (values ?? [key]).includes(text));
  return found?.[0] ?? null;
}

/** Returns a number, or null for a blank or a text that is none. */
export function numberOf(text: string | null | undefined): number | null {
  if (text == null) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Returns the metrics of an experiment, each once, in the order of their roles. */
export function metricKeys({metrics: {primary, secondary, guardrails}}: Experiment): string[] {
  return [...new Set([...primary, ...secondary, ...guardrails.map(({metric}) => metric)])];
}

/** Counts rows that do not count, by reason. */
export function tally(fact: string): {add: (reason: string) => void; rows: () => ExcludedRows[]} {
  const counts = new Map<string, number>();
  return {
    add: (reason) => void counts.set(reason, (counts.get(reason) ?? 0) + 1),
    rows: () => [...counts].map(([reason, rows]) => ({reason, fact, rows, units: null}))
  };
}
