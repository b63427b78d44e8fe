import type {Definitions, Experiment} from "./definition.ts";
import {phasesOf} from "./phasesOf.ts";

/** Another definition of the same logged experiment that says something else about it. */
export interface Conflict {
  /** The other experiment's id. */
  readonly id: string;
  /** What the two say differently: `variants`, `weights`, `start`, `activation`, `timezone`; at least one. */
  readonly parts: readonly string[];
}

/**
 * Returns the definitions that read the same exposures as one experiment (the same fact, and the same name in it) and
 * disagree with it on who was split how: variants and the values that they are logged as, weights of any phase, start,
 * activation or timezone. Of two that disagree at most one can be right. Several readouts of one experiment, with other
 * metrics, dimensions or designs, do not conflict. In order of id; empty where nothing disagrees.
 */
export function conflictsOf(
  experiment: Experiment,
  {experiments, sources: {facts}}: Pick<Definitions, "experiments" | "sources">
): Conflict[] {
  const own = binding(experiment);
  // Without a column for it, a fact holds one experiment only.
  const source = ({id, exposures, experiment: name}: Experiment): string =>
    JSON.stringify(facts[exposures]?.experiment === undefined ? [exposures] : [exposures, name ?? id]);
  return experiments
    .filter((other) => other.id !== experiment.id && source(other) === source(experiment))
    .map((other) => {
      const theirs = binding(other);
      return {id: other.id, parts: Object.keys(own).filter((part) => own[part] !== theirs[part])};
    })
    .filter(({parts}) => parts.length > 0)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function binding(experiment: Experiment): Record<string, string> {
  const {variants, start, activation, timezone} = experiment;
  const keys = Object.keys(variants).toSorted();
  return {
    variants: JSON.stringify(keys.map((key) => [key, variants[key]?.role, variants[key]?.values ?? [key]])),
    weights: JSON.stringify(
      phasesOf(experiment).map(({start: from, weights}) => [
        from === start ? null : from,
        keys.map((key) => weights[key])
      ])
    ),
    start,
    activation: JSON.stringify(activation ?? null),
    timezone
  };
}
