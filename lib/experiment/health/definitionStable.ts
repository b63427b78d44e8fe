import {formatList} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** The part of a definition by which weights may change: a phase has a date and is estimated by itself. */
const sanctioned = "phases";

/**
 * Returns the check of metrics, alpha, design or weights that changed after exposures began. It warns. A phase is the
 * way to change weights and is no alarm; weights changed without one are, and are named first.
 */
export function definitionStable({experiment, definitionChanges}: HealthInput): HealthCheck {
  const late = definitionChanges
    .filter(({date}) => date !== null && date >= experiment.start)
    .map(({date, text}) => ({date, part: /^Definition, ([^:]+):/.exec(text)?.[1] ?? text}))
    .filter(({part}) => part !== sanctioned);
  const parts = [...new Set(late.map(({part}) => part))];
  const weights = parts.includes("weights");
  return check({
    key: "definition",
    name: "Defined before it ran",
    status: late.length > 0 ? "warning" : "ok",
    value: late.length,
    threshold: 0,
    date: late.at(-1)?.date ?? null,
    message: weights
      ? "Weights changed without a phase: means of the pooled units are biased."
      : late.length > 0
        ? `The definition changed while running: ${formatList(parts)}.`
        : "The definition has not changed since exposures began.",
    whatToDo: weights
      ? "Add a phase with its start date and weights, so that estimates are stratified by it."
      : "Read the list of changes on the page; a metric chosen after the results needs a new experiment."
  });
}
