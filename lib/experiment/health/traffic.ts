import {trafficAnomaly} from "../../sequential/index.ts";
import {formatDate, formatList, formatNumber} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

const options = {window: 7, zThreshold: 3, dropThreshold: 0.5};

/** Expected units of the last day above which an arm that has none is silent, not small. */
const audible = 10;

/**
 * Returns the check of the last day's new units, in all and per variant: z-score against up to seven days before (where
 * those are all equal, a drop by more than half), and any arm that has no unit on a day on which the others have. It
 * warns; it is a rule of thumb without an error rate. Fewer than three days are not judged.
 */
export function traffic({experiment, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const totals = sums.traffic.map(({units}) => keys.reduce((n, key) => n + (units[key] ?? 0), 0));
  const series = [
    {label: "all variants", counts: totals},
    ...keys.map((key) => ({label: key, counts: sums.traffic.map(({units}) => units[key] ?? 0)}))
  ];
  const last = sums.traffic.at(-1);
  const results = series.map(({label, counts}) => {
    const {zScore, anomaly, mean} = trafficAnomaly(counts, options);
    const weight = experiment.variants[label]?.weight ?? 0;
    const silent = counts.length > 1 && counts.at(-1) === 0 && weight * (totals.at(-1) ?? 0) >= audible;
    return {label, zScore, low: anomaly, silent, judged: mean !== null};
  });
  const silent = results.filter((row) => row.silent).map(({label}) => label);
  const low = results.filter((row) => row.low).map(({label}) => label);
  const warns = silent.length > 0 || low.length > 0;
  const overall = results[0];
  return check({
    key: "traffic",
    name: "Traffic as usual",
    status: warns ? "warning" : "ok",
    value: overall?.zScore ?? null,
    threshold: -options.zThreshold,
    date: warns ? (last?.date ?? null) : null,
    message:
      silent.length > 0
        ? `No new unit on ${formatDate(last?.date ?? null)} in ${formatList(silent)}, though the other variants have some.`
        : low.length > 0
          ? `New units on ${formatDate(last?.date ?? null)} fell far below the week before: ${formatList(low)}.`
          : !overall?.judged
            ? "Too few days to judge the traffic."
            : `New units on the last day are as usual${overall.zScore === null ? "" : ` (z = ${formatNumber(overall.zScore)})`}.`,
    whatToDo: "Check the release log and the exposure log of that day; a drop in one variant alone breaks the split.",
    details: results.map((row) => ({
      label: row.label,
      value: row.zScore,
      status: row.low || row.silent ? "warning" : "ok"
    }))
  });
}
