import {experimentSchema, metricsSchema, sourcesSchema} from "../../lib/experiment/definition/definition.ts";
import type {Definitions, Experiment} from "../../lib/experiment/definition/definition.ts";

/** Definitions as an analyst writes them, in place of YAML files. */
export interface Written {
  id?: string;
  experiment: Record<string, unknown>;
  metrics: Record<string, unknown>;
  facts: Record<string, unknown>;
  connections?: Record<string, unknown>;
}

/** Returns parsed definitions of one experiment, dimensions and guardrails in their long form. */
export function define({id = "test", experiment, metrics, facts, connections = {}}: Written): {
  experiment: Experiment;
  definitions: Definitions;
} {
  const parsed = experimentSchema.parse({title: "Test", exposures: "exposures", start: "2026-01-01", ...experiment});
  const dimensions = Array.isArray(parsed.dimensions)
    ? Object.fromEntries(parsed.dimensions.map((column) => [column, {column, top: 20}]))
    : parsed.dimensions;
  const guardrails = parsed.metrics.guardrails.map((guardrail) =>
    typeof guardrail === "string" ? {metric: guardrail} : guardrail
  );
  const long: Experiment = {...parsed, id, dimensions, metrics: {...parsed.metrics, guardrails}};
  const sources = sourcesSchema.parse({facts, connections});
  return {experiment: long, definitions: {experiments: [long], metrics: metricsSchema.parse(metrics), sources}};
}
