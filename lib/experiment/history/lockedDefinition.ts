import type {Experiment, Metrics} from "../definition/definition.ts";
import type {LockedDefinition} from "./memory.ts";

/**
 * Returns the parts of a definition that bind a result, each as one line of text: what a later change is shown against.
 * Adding a phase is the sanctioned way to change weights, so phases are a part of their own.
 */
export function lockedDefinition(
  experiment: Experiment,
  metrics: Metrics,
  {date, hash}: {date: string | null; hash: string}
): LockedDefinition {
  const {primary, secondary, guardrails} = experiment.metrics;
  const parts: Record<string, string> = {
    "primary metrics": primary.join(", "),
    "secondary metrics": secondary.join(", ") || "none",
    guardrails: guardrails.map((guardrail) => line(guardrail)).join("; ") || "none",
    alpha: String(experiment.alpha),
    power: String(experiment.power),
    alternative: experiment.alternative,
    correction: experiment.correction,
    design: line(experiment.design),
    "minimum effect": line(experiment.minimumEffect) || "none",
    weights: Object.entries(experiment.variants)
      .map(([key, {weight}]) => `${key} ${weight}`)
      .join(", "),
    phases: experiment.phases.map((phase) => line({start: phase.start, ...phase.weights})).join("; ") || "none",
    activation: experiment.activation === undefined ? "none" : line(experiment.activation),
    start: experiment.start,
    end: experiment.end ?? "none",
    timezone: experiment.timezone,
    exposures: experiment.exposures,
    dimensions: Object.keys(experiment.dimensions).sort().join(", ") || "none"
  };
  for (const key of [...new Set([...primary, ...secondary, ...guardrails.map(({metric}) => metric)])]) {
    const metric = metrics[key];
    if (metric === undefined) continue;
    const {name: _, description: __, unit: ___, ...binding} = metric;
    parts[`metric ${key}`] = line(binding);
  }
  return {date, hash, parts};
}

function line(value: object): string {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${key} ${typeof item === "object" ? JSON.stringify(item) : String(item)}`)
    .join(", ");
}
