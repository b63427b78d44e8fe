import {completeExperiment} from "../../lib/experiment/definition/completeExperiment.ts";
import {experimentSchema, metricsSchema} from "../../lib/experiment/definition/definition.ts";
import type {Experiment, Metrics} from "../../lib/experiment/definition/definition.ts";
import {check, variantKeys} from "../../lib/experiment/health/healthInput.ts";
import type {HealthInput} from "../../lib/experiment/health/healthInput.ts";
import {emptyMemory} from "../../lib/experiment/history/memory.ts";
import {phasesOf} from "../../lib/experiment/definition/phasesOf.ts";
import type {HealthCheck, Readout} from "../../lib/experiment/readout.ts";
import {readoutOf} from "../../lib/experiment/readoutOf.ts";
import type {ReadoutInput} from "../../lib/experiment/readoutOf.ts";
import type {ArmMoments, ExperimentSums, MetricSums, TrafficDay} from "../../lib/experiment/sums.ts";
import {momentsFromSums} from "../../lib/stats/moments.ts";
import type {Moments} from "../../lib/stats/moments.ts";

/** Sums small enough to write by hand, for tests of what is made from them. */

/** Returns the k-th day of the tests' experiments; 0 is their first. */
export function day(k: number): string {
  return new Date(Date.parse("2026-01-05") + k * 86_400_000).toISOString().slice(0, 10);
}

/** Returns an experiment with control, treatment, one primary metric `purchase` and whatever is written over that. */
export function experimentWith(written: object = {}): Experiment {
  return completeExperiment(
    "test",
    experimentSchema.parse({
      title: "A test",
      start: day(0),
      exposures: "exposures",
      variants: {control: {role: "control", weight: 0.5}, treatment: {weight: 0.5}},
      metrics: {primary: ["purchase"]},
      ...written
    })
  );
}

/** Returns metrics: `purchase`, a proportion that should rise, `revenue`, a mean, `errors`, a share that should fall. */
export function metricsWith(written: object = {}): Metrics {
  return metricsSchema.parse({
    purchase: {kind: "proportion", fact: "events", event: "purchase", direction: "increase"},
    revenue: {kind: "mean", fact: "events", value: "amount", direction: "increase"},
    errors: {kind: "proportion", fact: "events", event: "error", direction: "decrease"},
    ...written
  });
}

/** Returns the moments of n units of which some have the value 1. */
export function share(n: number, successes: number): Moments {
  return momentsFromSums(n, {y: successes, yy: successes});
}

/** Returns the moments of n units with a covariate of that mean and standard deviation, and an outcome of mean 0. */
export function covariate(n: number, mean: number, deviation: number): Moments {
  return momentsFromSums(n, {x: n * mean, xx: (n - 1) * deviation ** 2 + n * mean ** 2});
}

/** Returns a metric of which only the last of some days is known. */
export function metricOf(
  arms: ArmMoments,
  {date = day(6), segments = []}: {date?: string; segments?: MetricSums["segments"]} = {}
): MetricSums {
  return metricOverDays([{date, arms}], {segments});
}

/** Returns a metric from its sums as of the end of each day, all of one phase. */
export function metricOverDays(
  days: readonly {readonly date: string; readonly arms: ArmMoments}[],
  {segments = []}: {segments?: MetricSums["segments"]} = {}
): MetricSums {
  const last = days.at(-1)?.arms ?? {};
  return {
    arms: last,
    days: days.map(({date, arms}) => ({date, arms, strata: [{phase: "start", arms}]})),
    segments,
    strata: [{phase: "start", arms: last}],
    exactFrom: null
  };
}

/** Returns days of new units from the first day on, one record a day. */
export function trafficOf(...days: readonly Readonly<Record<string, number>>[]): TrafficDay[] {
  return days.map((units, k) => ({date: day(k), units}));
}

/** Returns sums with what is given, the rest empty; units are those of the traffic unless given. */
export function sumsWith(given: Partial<ExperimentSums> = {}): ExperimentSums {
  const traffic = given.traffic ?? [];
  const units: Record<string, number> = {};
  for (const each of traffic) for (const [key, n] of Object.entries(each.units)) units[key] = (units[key] ?? 0) + n;
  return {
    asOf: traffic.at(-1)?.date ?? null,
    units,
    metrics: {},
    traffic,
    entryHours: [],
    segmentUnits: [],
    activeUnits: null,
    largestShare: {},
    excluded: [],
    rows: 0,
    hash: "0".repeat(64),
    sql: null,
    coarsened: null,
    ...given
  };
}

/** Returns what the health checks look at, made by the readout from the sums. */
export function healthInput(
  given: Partial<ExperimentSums> = {},
  {
    experiment = experimentWith(),
    metrics = metricsWith(),
    changes = [],
    conflicts = []
  }: {
    experiment?: Experiment;
    metrics?: Metrics;
    changes?: HealthInput["definitionChanges"];
    conflicts?: HealthInput["conflicts"];
  } = {}
): HealthInput {
  const sums = sumsWith(given);
  return {
    experiment,
    definitions: metrics,
    phases: phasesOf(experiment),
    sums,
    metrics: readoutWith({experiment, metrics, sums}).metrics,
    definitionChanges: changes,
    conflicts
  };
}

/** Returns the readout of an experiment without memory. */
export function readoutWith({
  experiment = experimentWith(),
  metrics = metricsWith(),
  sums = sumsWith(),
  memory = emptyMemory
}: Partial<ReadoutInput> = {}): Readout {
  const definition = {date: sums.asOf, hash: "d".repeat(64), parts: {}, text: "title: A test\n"};
  return readoutOf({experiment, metrics, sums, memory, runId: "r".repeat(32), definition}).readout;
}

/** Returns a health that says one status. */
export function healthOf(status: HealthCheck["status"]): Readout["health"] {
  const message = `a check that is ${status}`;
  return {status, checks: [check({key: "some", name: "Some check", status, message, whatToDo: "Mend it."})]};
}

/** Returns the variants of an experiment with that many units each. */
export function variantsOf(experiment: Experiment, units: number): Readout["variants"] {
  return variantKeys(experiment).map((key) => {
    const {role, weight, name = key} = experiment.variants[key]!;
    return {key, name, role, weight, units};
  });
}
