import {resolve} from "node:path";
import {factsOf, holdsSums} from "../experiment/definition/completeExperiment.ts";
import type {Connection, Definitions, Experiment, Fact} from "../experiment/definition/definition.ts";
import type {BuildLogsOptions} from "./buildLogs.ts";
import {buildLogs} from "./buildLogs.ts";
import type {DuckdbEngine} from "./engines/duckdb.ts";
import {openDuckdb} from "./engines/duckdb.ts";
import {SourceError, explain, isDatabases} from "./engines/explain.ts";
import {openServer} from "./engines/openServer.ts";
import {withRetries} from "./engines/retries.ts";
import {planCube} from "./plan.ts";
import type {Cube, Pins} from "./row.ts";
import {scanFact} from "./scan.ts";
import {scanServer} from "./scanServer.ts";
import {runSteps} from "./steps.ts";
import type {FactStore} from "./store/factStore.ts";
import {StoreFullError} from "./store/factStore.ts";
import {buildReady} from "./tables/buildReady.ts";
import {buildSnapshots} from "./tables/buildSnapshots.ts";
import {buildSummary} from "./tables/buildSummary.ts";

export interface BuildCubeOptions {
  /** Folder of the definitions, which paths are relative to. */
  dataDir: string;
  /** An open engine; one is opened for the call otherwise. */
  engine?: DuckdbEngine;
  threads?: number;
  memory?: string;
  /** The last complete day, if it is not to be chosen from the data. */
  asOf?: string;
  /** What was chosen from the data before and is to stay. */
  pins?: Partial<Pins>;
  /** Events of the experiment's units from which on their sums are taken in typed arrays, not in SQL: the same sums. */
  leastHits?: number;
  /** Threads that the units are shared among for that; default: `threads`, else one per core, and one alone for few events. */
  shardThreads?: number;
  /** Where rows are kept from build to build; default: they are read from their source. */
  store?: FactStore;
}

/**
 * Returns the cube of an experiment: its path, entries and traffic, exact, before anything is withheld.
 *
 * @throws {Error} naming the fact that cannot be read, or the part of a definition that does not fit it
 */
export async function buildCube(
  experiment: Experiment,
  definitions: Definitions,
  {dataDir, engine, threads, memory, asOf, pins, store, leastHits, shardThreads = threads}: BuildCubeOptions
): Promise<Cube> {
  const shape = definitions.sources.facts[experiment.exposures]?.shape;
  const logs = !holdsSums(shape);
  const options = {...(asOf !== undefined && {asOf}), ...(pins && {pins})};
  const place = logs ? serverOf(experiment, definitions) : null;
  if (place !== null) {
    try {
      return await withRetries(() => buildOnServer(experiment, definitions, place.connection, options));
    } catch (error) {
      throw isDatabases(error) ? explain(error, {...place, experiment: experiment.id}) : error;
    }
  }
  const own = engine ?? (await openDuckdb({directory: dataDir, threads, memory}));
  const steps = runSteps(own);
  const within = (cube: Cube): Cube => ({...cube, sql: relativeTo([dataDir, own.scratch], cube.sql)});
  try {
    const tables = {engine: own, definitions, dataDir};
    if (shape === "summary") return within(await buildSummary(tables, experiment));
    if (shape === "snapshots") return within(await buildSnapshots(tables, experiment));
    if (shape === "cube") return within(await buildReady(tables, experiment));
    const {connections} = definitions.sources;
    const opened = new Map<string, ReturnType<typeof scanFact>>();
    const relationOf = (name: string, fact: Fact) => {
      if (store !== undefined) return store.relation(name, fact);
      const found = opened.get(name) ?? scanFact(own, name, fact, {dataDir, connections, definitions});
      opened.set(name, found);
      return found;
    };
    const statePlace = store?.statePlace(experiment.id);
    const context = {
      engine: own,
      steps,
      definitions,
      relationOf,
      ...(store && {storedOf: store.fact}),
      ...(statePlace && {statePlace}),
      ...(leastHits !== undefined && {leastHits}),
      ...(shardThreads !== undefined && {shardThreads})
    };
    return within(await buildLogs(context, planCube(experiment, definitions), options));
  } catch (error) {
    if (error instanceof StoreFullError)
      throw new StoreFullError(`experiment ${experiment.id}: ${error.message}`, {cause: error});
    throw error instanceof SourceError ? new SourceError(`experiment ${experiment.id}: ${error.message}`) : error;
  } finally {
    if (engine === undefined) await own.close();
    else await steps.drop();
  }
}

/** SQL with its files named from these folders: where they lie is the builder's own affair, and differs between machines. */
function relativeTo(folders: readonly string[], sql: string): string {
  return folders.reduce((text, folder) => text.replaceAll(`${resolve(folder)}/`.replaceAll("'", "''"), ""), sql);
}

/** The database that holds all facts of an experiment and may run its statements; null where they come to DuckDB. */
export function serverOf(
  experiment: Experiment,
  {metrics, sources: {facts, connections}}: Definitions
): {name: string; connection: Connection} | null {
  const names = new Set([...factsOf(experiment, metrics)].map((name) => facts[name]?.connection));
  const [name] = names;
  const connection = name === undefined ? undefined : connections[name];
  if (names.size !== 1 || name === undefined || connection === undefined) return null;
  const pushed = connection.engine === "postgres" || connection.engine === "clickhouse";
  return pushed && connection.mode !== "pull" ? {name, connection} : null;
}

async function buildOnServer(
  experiment: Experiment,
  definitions: Definitions,
  connection: Connection,
  options: BuildLogsOptions
): Promise<Cube> {
  const plan = planCube(experiment, definitions);
  const engine = await openServer(connection);
  try {
    const relationOf = (name: string, fact: Fact) => scanServer(engine, name, fact);
    return await buildLogs({engine, steps: runSteps(engine), definitions, relationOf}, plan, options);
  } finally {
    await engine.close();
  }
}
