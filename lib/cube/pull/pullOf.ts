import {resolve} from "node:path";
import type {Connection, Definitions, Fact} from "../../experiment/definition/definition.ts";
import {parseDuration} from "../../experiment/definition/parseDuration.ts";
import {explain, isDatabases} from "../engines/explain.ts";
import type {Pull} from "./pull.ts";

/** What is asked of a source. */
export interface PullRequest {
  readonly name: string;
  readonly fact: Fact;
  /** Columns that must come over; null for all. */
  readonly columns: readonly string[] | null;
  /** The analyst's own SQL over the fact: columns that it may name come along. */
  readonly mentioned: readonly string[];
}

export interface PullOptions {
  readonly definitions: Definitions;
  /** Folder that paths are relative to. */
  readonly dataDir: string;
}

/**
 * Opens a fact at its connection, so that its rows can be fetched; null for a fact that DuckDB reads itself.
 *
 * @param columns those that are needed, beside what conditions and expressions of any definition may name; null for all
 * @throws {SourceError} naming the fact and its connection, and what to do
 */
export async function pullOf(
  name: string,
  fact: Fact,
  columns: readonly string[] | null,
  {definitions, dataDir}: PullOptions
): Promise<Pull | null> {
  const connection = fact.connection === undefined ? undefined : definitions.sources.connections[fact.connection];
  if (fact.connection === undefined || connection === undefined || connection.engine === "duckdb") return null;
  const source = {name: fact.connection, connection, fact: name};
  const request = {name, fact, columns, mentioned: mentionedSql(definitions)};
  const told = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (error) {
      throw isDatabases(error) ? explain(error, source) : error;
    }
  };
  const pull = await told(async () => openPull(request, connection, dataDir));
  return {
    fact: name,
    columns: pull.columns,
    watermark: () => told(() => pull.watermark()),
    fetch: (folder, options) => told(() => pull.fetch(folder, options)),
    close: () => pull.close()
  };
}

async function openPull(
  request: PullRequest,
  {engine, url = "", path = "", timeout}: Connection,
  dataDir: string
): Promise<Pull> {
  const options = {url, timeout: parseDuration(timeout)};
  // Each is loaded when it is asked for: most builds need no driver.
  if (engine === "postgres") return (await import("./pullPostgres.ts")).pullPostgres(request, options);
  if (engine === "clickhouse") return (await import("./pullClickhouse.ts")).pullClickhouse(request, options);
  return (await import("./pullSqlite.ts")).pullSqlite(request, resolve(dataDir, path));
}

/** Every condition and expression of the definitions. */
function mentionedSql({metrics, experiments}: Definitions): string[] {
  const conditions = Object.values(metrics).flatMap(({where, numerator, denominator}) => [
    where,
    numerator?.where,
    denominator?.where
  ]);
  const own = experiments.flatMap(({activation, dimensions}) => [
    activation?.where,
    ...Object.values(dimensions).map(({expression}) => expression)
  ]);
  return [...conditions, ...own].filter((sql) => sql !== undefined);
}

/** Returns the columns that the definitions map or name of a fact: what has to come over for all experiments together. */
export function mappedColumns(name: string, fact: Fact, {metrics, experiments}: Definitions): string[] {
  const {
    unit,
    variant,
    timestamp,
    experiment,
    event,
    users,
    metric,
    n,
    mean,
    variance,
    propensity,
    values,
    dimensions
  } = fact;
  const wanted = [
    unit,
    variant,
    timestamp,
    experiment,
    event,
    users,
    metric,
    n,
    mean,
    variance,
    propensity,
    ...values,
    ...dimensions
  ];
  for (const {fact: of, value, numerator, denominator, covariate} of Object.values(metrics)) {
    for (const part of [{fact: of, value}, numerator, denominator])
      if ((part?.fact ?? of ?? name) === name) wanted.push(part?.value);
    if (typeof covariate !== "object") continue;
    if ("fact" in covariate ? covariate.fact === name : experiments.some(({exposures}) => exposures === name))
      wanted.push("fact" in covariate ? covariate.value : covariate.column);
  }
  for (const {exposures, dimensions: own} of experiments)
    for (const [key, {column, expression, fact: of = exposures}] of Object.entries(own))
      if (of === name && expression === undefined) wanted.push(column ?? key);
  return [...new Set(wanted.filter((column) => column !== undefined))];
}
