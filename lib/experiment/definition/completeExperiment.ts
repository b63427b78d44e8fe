import type {Dimension, Experiment, Fact, Guardrail, Metric, WrittenExperiment} from "./definition.ts";
import {dimensionSchema} from "./definition.ts";
import {streamsOf} from "./streamsOf.ts";
import {normalizeWeights} from "./weights.ts";

type Path = readonly (string | number)[];

/** Returns an experiment in its long form: its id, dimensions by name, guardrails as maps, weights that add up to 1. */
export function completeExperiment(id: string, written: WrittenExperiment): Experiment {
  const {variants, phases, dimensions, metrics} = written;
  const own = weightsOf(variants);
  const weights = normalizeWeights(own);
  return {
    ...written,
    id,
    variants: Object.fromEntries(
      Object.entries(variants).map(([key, variant]) => [key, {...variant, weight: weights[key] ?? variant.weight}])
    ),
    phases: phases.map((phase) => ({...phase, weights: normalizeWeights({...own, ...phase.weights})})),
    dimensions: dimensionsOf(dimensions),
    metrics: {...metrics, guardrails: metrics.guardrails.map(guardrailOf)}
  };
}

/** Returns the metrics of an experiment with their places and roles, in the order of the definition. */
export function metricsOf({metrics}: WrittenExperiment): {name: string; role: string; path: Path}[] {
  return [
    ...metrics.primary.map((name, i) => ({name, role: "primary", path: ["metrics", "primary", i]})),
    ...metrics.secondary.map((name, i) => ({name, role: "secondary", path: ["metrics", "secondary", i]})),
    ...metrics.guardrails.map((each, i) => ({
      name: guardrailOf(each).metric,
      role: "guardrail",
      path: ["metrics", "guardrails", i, ...(typeof each === "string" ? [] : ["metric"])]
    }))
  ];
}

/** Whether rows of a fact hold sums over units already, so that nothing can be joined to them. */
export function holdsSums(shape: Fact["shape"] | undefined): boolean {
  return shape === "summary" || shape === "snapshots" || shape === "cube";
}

/**
 * Returns the names of the facts that an experiment reads; metrics that are not there are passed over. Where its exposures
 * hold sums it reads them alone: a metric's own fact says what the sums were made from, elsewhere.
 */
export function factsOf(
  experiment: Pick<Experiment, "exposures" | "activation" | "dimensions" | "metrics">,
  metrics: Readonly<Record<string, Metric>>,
  shape?: Fact["shape"]
): Set<string> {
  const {primary, secondary, guardrails} = experiment.metrics;
  const used = new Set([experiment.exposures]);
  if (holdsSums(shape)) return used;
  const add = (fact: string | undefined) => fact !== undefined && used.add(fact);
  add(experiment.activation?.fact);
  for (const {fact} of Object.values(experiment.dimensions)) add(fact);
  for (const name of [...primary, ...secondary, ...guardrails.map(({metric}) => metric)]) {
    const metric = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
    if (!metric) continue;
    for (const {fact} of streamsOf(metric)) add(fact);
    if (typeof metric.covariate === "object" && "fact" in metric.covariate) add(metric.covariate.fact);
  }
  return used;
}

/** Returns the weights of variants by name. */
export function weightsOf(variants: WrittenExperiment["variants"]): Record<string, number> {
  return Object.fromEntries(Object.entries(variants).map(([key, {weight}]) => [key, weight]));
}

/** Returns the dimensions by name; one that names neither column nor expression is the column of its name. */
export function dimensionsOf(dimensions: WrittenExperiment["dimensions"]): Record<string, Dimension> {
  if (Array.isArray(dimensions)) {
    return Object.fromEntries(dimensions.map((column) => [column, dimensionSchema.parse({column})]));
  }
  return Object.fromEntries(
    Object.entries(dimensions).map(([name, each]) => [
      name,
      each.expression === undefined ? {...each, column: each.column ?? name} : each
    ])
  );
}

/** Returns a guardrail in its long form. */
export function guardrailOf(guardrail: string | Guardrail): Guardrail {
  return typeof guardrail === "string" ? {metric: guardrail} : guardrail;
}
