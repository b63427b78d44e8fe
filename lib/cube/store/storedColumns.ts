import {createHash} from "node:crypto";
import {holdsSums} from "../../experiment/definition/completeExperiment.ts";
import type {Definitions, Fact} from "../../experiment/definition/definition.ts";
import type {Stream} from "../plan.ts";
import {planCube} from "../plan.ts";
import type {Mapped, Source} from "../sql/stage.ts";
import {guarded, isWholeUnit, textOf, timeOf, typed, unitOf} from "../sql/stage.ts";
import type {Dialect} from "../dialects/dialect.ts";
import {enclose} from "../expression.ts";
import {columnOf} from "../scan.ts";

/** Columns of a stored fact: name -> what it is made of; a column of another meaning is another column. */
export type StoredColumns = Readonly<Record<string, string>>;

/** Returns the name in the files: letters and digits, since an engine does not tell names by case. */
export function physicalName(name: string): string {
  return name.includes(" ") ? `c${createHash("sha256").update(name).digest("hex").slice(0, 12)}` : name;
}

/** What changes from one reading to the next by itself. */
const moving =
  /\b(?:now|today|current_\w+|localtime\w*|random|uuid|gen_random_uuid|get_current_\w+|nextval|getenv|getvariable|transaction_timestamp|txid_current)\b/i;

/** Returns the name that a stored fact has its numbers of a column under. */
export function numberColumn(column: string): string {
  return `number ${column}`;
}

/** Returns the name that a stored fact has a condition under. */
export function conditionColumn(where: string): string {
  return `where ${where}`;
}

/** Returns the name that a stored fact has the text of a dimension under. */
export function dimensionColumn(key: string, {column, expression}: {column?: string; expression?: string}): string {
  return expression === undefined ? `text ${column ?? key}` : `expression ${expression}`;
}

/**
 * Returns the columns that all experiments together need of a fact of exposures or events; null for what is not stored:
 * other shapes, and facts without an id or a time of their own. Experiments that cannot be planned are passed over.
 */
export function neededColumns(name: string, definitions: Definitions): StoredColumns | null {
  const fact = definitions.sources.facts[name];
  if (fact === undefined || fact.unit === undefined || fact.timestamp === undefined) return null;
  if (fact.shape !== "events" && fact.shape !== "exposures" && fact.shape !== "units") return null;
  const columns: Record<string, string> = {
    unit: fact.unit,
    t: JSON.stringify([fact.timestamp, fact.timezone ?? "UTC"])
  };
  let used = false;
  const number = (column: string) => (columns[numberColumn(column)] = column);
  const condition = (where: string) => (columns[conditionColumn(where)] = JSON.stringify(fact.values.toSorted()));
  for (const experiment of definitions.experiments) {
    if (holdsSums(definitions.sources.facts[experiment.exposures]?.shape)) continue;
    const streams: Pick<Stream, "fact" | "value" | "where">[] = [];
    let plan;
    try {
      plan = planCube(experiment, definitions);
    } catch {
      continue;
    }
    streams.push(...plan.streams);
    const {activation} = experiment;
    if (activation !== undefined) streams.push({fact: activation.fact, value: null, where: activation.where ?? null});
    for (const stream of streams) {
      if (stream.fact !== name || fact.shape !== "events") continue;
      used = true;
      if (fact.event !== undefined) columns.event = fact.event;
      for (const value of [...fact.values, ...(stream.value === null ? [] : [stream.value])]) number(value);
      if (stream.where !== null) condition(stream.where);
    }
    if (experiment.exposures !== name || fact.shape === "events") continue;
    if (fact.variant === undefined) return null;
    used = true;
    columns.variant = fact.variant;
    if (fact.experiment !== undefined) columns.experiment = fact.experiment;
    for (const {fact: of, column} of plan.attributes) if (of === name) number(column);
    for (const [key, dimension] of Object.entries(experiment.dimensions))
      if (dimension.fact === undefined)
        columns[dimensionColumn(key, dimension)] = dimension.expression ?? dimension.column ?? key;
  }
  const sql = Object.keys(columns).filter((column) => /^(where|expression) /.test(column));
  if (!used || sql.some((column) => moving.test(column))) return null;
  // A condition sees values as numbers; what is also an id, a time or a name would be staged otherwise than alone.
  const roles = [fact.unit, fact.timestamp, fact.event, fact.variant, fact.experiment];
  if (sql.length > 0 && fact.values.some((value) => roles.includes(value))) return null;
  return columns;
}

/** Returns the statement that reads a fact into stored columns, and `file`, the name of the file that a row came from. */
export function stageStored(dialect: Dialect, {fact, relation}: Source, columns: StoredColumns, file: string): string {
  const conditions = Object.keys(columns).some((name) => name.startsWith("where "));
  const source = conditions ? typed(dialect, {fact, relation}) : {fact, relation};
  const mapped = Object.keys(columns).map((name): Mapped => [stagedColumn(dialect, source, name), physicalName(name)]);
  return guarded([...mapped, [file, "file"]], source.relation.sql);
}

function stagedColumn(dialect: Dialect, source: Source, name: string): string {
  const {fact, relation} = source;
  const text = (column: string | undefined) => textOf(dialect, source, column, name)[0];
  if (name === "t") return timeOf(dialect, source);
  if (name === "unit") return unitOf(dialect, source, {wholeUnits: isWholeUnit(dialect, fact, relation.columns)})[0];
  if (name === "event" || name === "variant" || name === "experiment") return text(fact[name]);
  const [kind = "", rest = ""] = [name.slice(0, name.indexOf(" ")), name.slice(name.indexOf(" ") + 1)];
  if (kind === "text") return text(rest);
  if (kind === "where") return `coalesce(${enclose(rest, `fact ${relation.fact}, where`)}, false)`;
  if (kind === "expression")
    return `nullif(trim(CAST(${enclose(rest, `fact ${relation.fact}, expression`)} AS VARCHAR)), '')`;
  const column = columnOf(relation, rest, `value ${rest}`);
  return dialect.number(dialect.identifier(column.name), column.type);
}

/** Whether a fact's ids of units are stored as whole numbers, from its source's columns and their types. */
export function hasWholeUnits(dialect: Dialect, fact: Fact, relation: Readonly<Record<string, string>>): boolean {
  const columns = Object.entries(relation).map(([name, type]) => ({name, type}));
  return isWholeUnit(dialect, fact, columns);
}

/** Returns what a stored fact is read from, as it stands in the definition. */
export function sourceIdentity({path, format, sql, table, connection}: Fact, connections: unknown): string {
  return JSON.stringify({path, format, sql, table, connection, connections});
}
