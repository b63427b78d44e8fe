import {formatList, formatPercent} from "../format.ts";
import {parseShare} from "../parseShare.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** One unit that carries more than this share of a metric's total makes its mean a report on that unit. */
const extremeShare = 0.05;

/** One unit that carries more than a stated share of a metric. */
export function extremeValues({sums, metrics}: HealthInput): HealthCheck {
  const found = metrics
    .map(({key, name}) => ({label: name, value: sums.largestShare[key] ?? 0}))
    .filter(({value}) => value >= extremeShare);
  return check({
    key: "extreme-values",
    name: "No unit carries a metric",
    status: found.length > 0 ? "warning" : "ok",
    value: found.reduce((a, {value}) => Math.max(a, value), 0),
    threshold: extremeShare,
    message:
      found.length > 0
        ? `One unit alone carries more than ${formatPercent(found[0]!.value)} of ${found[0]!.label}.`
        : `No unit carries ${formatPercent(extremeShare)} or more of a metric.`,
    whatToDo: "Look for a bot or a test account; give the metric a cap, such as p99.9.",
    details: found.map((row) => ({...row, status: "warning"}))
  });
}

/** Twyman's law: any figure that looks interesting is usually wrong. A lift far beyond the minimum effect with little data. */
export function implausibleEffects({experiment, metrics}: HealthInput): HealthCheck {
  const found = metrics.flatMap(({key, name, arms, comparisons}) => {
    const declared = experiment.minimumEffect[key];
    const far = declared === undefined ? 0.5 : Math.max(0.2, 10 * parseShare(declared));
    return comparisons
      .filter(({relativeDifference, pValue, variant, baseline}) => {
        const n = arms
          .filter((arm) => arm.variant === variant || arm.variant === baseline)
          .reduce((sum, arm) => sum + arm.n, 0);
        return relativeDifference !== null && Math.abs(relativeDifference) > far && (pValue ?? 1) < 0.05 && n < 2000;
      })
      .map(({variant, relativeDifference}) => ({
        label: `${name}, ${variant}`,
        value: relativeDifference,
        status: "warning" as const
      }));
  });
  return check({
    key: "implausible-effect",
    name: "Effects are plausible",
    status: found.length > 0 ? "warning" : "ok",
    value: found[0]?.value ?? null,
    message:
      found.length > 0
        ? `A lift of ${formatPercent(found[0]!.value, {signed: true})} in ${found[0]!.label} from few units is more often a fault than a discovery.`
        : "No effect is too large to believe for the data behind it.",
    whatToDo:
      "Check the metric's log in both arms before you celebrate: double firing, a renamed event, a filter in one arm.",
    details: found
  });
}

/** Changes of metrics, alpha, design or weights while the experiment runs; weights without a phase among them. */
export function definitionStable({definitionChanges}: HealthInput): HealthCheck {
  const weights = definitionChanges.some(({text}) => text.startsWith("Definition, weights"));
  return check({
    key: "definition",
    name: "Defined before it ran",
    status: definitionChanges.length > 0 ? "warning" : "ok",
    value: definitionChanges.length,
    threshold: 0,
    date: definitionChanges.at(-1)?.date ?? null,
    message:
      definitionChanges.length === 0
        ? "The definition has not changed since the first build."
        : weights
          ? "Weights changed without a phase: means of the pooled units are biased."
          : `The definition changed while running: ${formatList([...new Set(definitionChanges.map(({text}) => text.replace(/^Definition, ([^:]+):.*$/s, "$1")))])}.`,
    whatToDo: weights
      ? "Add a phase with its start date and weights, so that estimates are stratified by it."
      : "Read the list of changes on the page; a metric chosen after the results needs a new experiment.",
    details: []
  });
}

/** Contracts that summary input must keep; any violation blocks, because no number behind it can be right. */
export function contracts({sums}: HealthInput): HealthCheck {
  const broken = sums.excluded.filter(({reason}) => reason.startsWith("contract: "));
  return check({
    key: "contracts",
    name: "Input keeps its contracts",
    status: broken.length > 0 ? "blocked" : "ok",
    value: broken.length,
    threshold: 0,
    message:
      broken.length > 0
        ? `The input breaks a contract: ${formatList(broken.map(({reason}) => reason.replace("contract: ", "")))}.`
        : "Counts and sums are possible: no negative count, no more conversions than units, no impossible second moment.",
    whatToDo: "Correct the summary table at its source."
  });
}
