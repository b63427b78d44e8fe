import {formatPercent} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** One unit that carries this share of a metric's total makes its mean a report on that unit. */
const extremeShare = 0.05;

/** Units below which any of them carries a lot. */
const fewUnits = 100;

/** Returns the check of one unit that carries 5% or more of the total of a mean or ratio metric. It warns. */
export function extremeValues({sums, metrics}: HealthInput): HealthCheck {
  const judged = metrics.flatMap(({key, name, kind, arms}) => {
    const value = sums.largestShare[key];
    const n = arms.reduce((total, arm) => total + arm.n, 0);
    return (kind === "mean" || kind === "ratio") && value !== undefined && n >= fewUnits ? [{label: name, value}] : [];
  });
  const found = judged.filter(({value}) => value >= extremeShare).sort((a, b) => b.value - a.value);
  return check({
    key: "extreme-values",
    name: "No unit carries a metric",
    status: found.length > 0 ? "warning" : "ok",
    value: judged.length === 0 ? null : Math.max(...judged.map(({value}) => value)),
    threshold: extremeShare,
    message: found[0]
      ? `One unit alone carries ${formatPercent(found[0].value, {decimals: 0})} or more of ${found[0].label}.`
      : judged.length === 0
        ? "Not known for this input: it does not say how much one unit carries."
        : `No unit carries ${formatPercent(extremeShare, {decimals: 0})} or more of a metric.`,
    whatToDo: "Look for a bot or a test account; give the metric a cap, such as p99.9.",
    details: found.map((row) => ({...row, status: "warning"}))
  });
}
