import type {Experiment, Metrics} from "../definition/definition.ts";
import type {Conflict} from "../definition/conflictsOf.ts";
import type {Change} from "../history/changesSince.ts";
import type {PhaseSpan} from "../definition/phasesOf.ts";
import type {HealthCheck, MetricResult} from "../readout.ts";
import type {ExperimentSums} from "../sums.ts";

/** What the health checks look at. */
export interface HealthInput {
  readonly experiment: Experiment;
  readonly definitions: Metrics;
  readonly phases: readonly PhaseSpan[];
  readonly sums: ExperimentSums;
  /** Results so far: arms and comparisons of each metric. */
  readonly metrics: readonly MetricResult[];
  /** Changes of the definition after the start. */
  readonly definitionChanges: readonly Change[];
  /** Other definitions of the same logged experiment that say something else about it. */
  readonly conflicts: readonly Conflict[];
}

/** Returns a check with the fields that most checks leave empty. */
export function check(
  fields: Pick<HealthCheck, "key" | "name" | "status" | "message" | "whatToDo"> & Partial<HealthCheck>
): HealthCheck {
  return {value: null, threshold: null, date: null, details: [], ...fields};
}

/** Returns the variants' keys, control first: the order of all lists of counts. */
export function variantKeys({variants}: Pick<Experiment, "variants">): string[] {
  const keys = Object.keys(variants);
  return [
    ...keys.filter((key) => variants[key]?.role === "control"),
    ...keys.filter((key) => variants[key]?.role !== "control")
  ];
}
