import {buildCube} from "../cube/buildCube.ts";
import type {BuildCubeOptions} from "../cube/buildCube.ts";
import {experimentSums} from "../cube/experimentSums.ts";
import {publishable} from "../cube/publish.ts";
import type {Definitions, Experiment} from "../experiment/definition/definition.ts";
import {emptyMemory} from "../experiment/history/memory.ts";
import {dayAfter, holdoutExperiment, holdoutPlan} from "../experiment/holdoutExperiment.ts";
import {holdoutOf} from "../experiment/holdoutOf.ts";
import type {HoldoutResult} from "../experiment/readout.ts";
import {readoutOf} from "../experiment/readoutOf.ts";

/** The comparison with those who stayed behind, and the last day that belongs to the experiment itself. */
export interface BuiltHoldout {
  readonly holdout: HoldoutResult;
  /** The day before the launch, once there are data since then; until then null. */
  readonly lastDay: string | null;
}

/** Returns the holdout of a stopped experiment, computed from the logs since its launch; null without one. */
export async function buildHoldout(
  experiment: Experiment,
  definitions: Definitions,
  options: Omit<BuildCubeOptions, "pins">
): Promise<BuiltHoldout | null> {
  const plan = holdoutPlan(experiment);
  if (plan === null) return null;
  const shape = definitions.sources.facts[experiment.exposures]?.shape;
  if (shape === "summary" || shape === "snapshots" || shape === "cube")
    return {holdout: holdoutOf(plan, null), lastDay: null};
  const since = holdoutExperiment(experiment, plan);
  const cube = await buildCube(since, definitions, options);
  const {minimumUnits, budget} = since;
  const sums = experimentSums(since, cube, publishable(cube, {minimumUnits, budget}), {hash: ""});
  const {readout} = readoutOf({
    experiment: since,
    metrics: definitions.metrics,
    sums,
    memory: emptyMemory,
    runId: "",
    definition: {date: null, hash: "", parts: {}, text: ""}
  });
  const lastDay = readout.asOf !== null && readout.asOf >= plan.from ? dayAfter(plan.from, -1) : null;
  return {holdout: holdoutOf(plan, readout), lastDay};
}
