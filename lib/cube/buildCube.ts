import type {Definitions, Experiment, Fact} from "../experiment/definition/definition.ts";
import {buildLogs} from "./buildLogs.ts";
import type {DuckdbEngine} from "./engines/duckdb.ts";
import {openDuckdb} from "./engines/duckdb.ts";
import {planCube} from "./plan.ts";
import type {Cube, Pins} from "./row.ts";
import {scanFact} from "./scan.ts";
import {runSteps} from "./steps.ts";
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
}

/**
 * Returns the cube of an experiment: its path, entries and traffic, exact, before anything is withheld.
 *
 * @throws {Error} naming the fact that cannot be read, or the part of a definition that does not fit it
 */
export async function buildCube(
  experiment: Experiment,
  definitions: Definitions,
  {dataDir, engine, threads, memory, asOf, pins}: BuildCubeOptions
): Promise<Cube> {
  const shape = definitions.sources.facts[experiment.exposures]?.shape;
  const own = engine ?? (await openDuckdb({directory: dataDir, threads, memory}));
  const steps = runSteps(own);
  try {
    const tables = {engine: own, definitions, dataDir};
    if (shape === "summary") return await buildSummary(tables, experiment);
    if (shape === "snapshots") return await buildSnapshots(tables, experiment);
    if (shape === "cube") return await buildReady(tables, experiment);
    const plan = planCube(experiment, definitions);
    const {connections} = definitions.sources;
    const relationOf = (name: string, fact: Fact) => scanFact(own, name, fact, {dataDir, connections});
    const context = {engine: own, steps, definitions, relationOf};
    return await buildLogs(context, plan, {...(asOf !== undefined && {asOf}), ...(pins && {pins})});
  } finally {
    if (engine === undefined) await own.close();
    else await steps.drop();
  }
}
