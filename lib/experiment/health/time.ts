import {trafficAnomaly} from "../../sequential/index.ts";
import {daysBetween, formatDate, formatList, formatNumber, plural} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

const options = {window: 7, zThreshold: 3, dropThreshold: 0.5};

/** Traffic of the last day against the window before it, in all and per variant: a drop is often an arm that stopped logging. */
export function traffic({experiment, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const volumes = [
    {label: "all variants", counts: sums.traffic.map(({units}) => keys.reduce((n, key) => n + (units[key] ?? 0), 0))},
    ...keys.map((key) => ({label: key, counts: sums.traffic.map(({units}) => units[key] ?? 0)}))
  ];
  const last = sums.traffic.at(-1)?.date ?? null;
  const results = volumes.map(({label, counts}) => ({label, ...trafficAnomaly(counts, options)}));
  const anomalies = results.filter(({anomaly}) => anomaly);
  return check({
    key: "traffic",
    name: "Traffic as usual",
    status: anomalies.length > 0 ? "warning" : "ok",
    value: results[0]?.zScore ?? null,
    threshold: -options.zThreshold,
    date: anomalies.length > 0 ? last : null,
    message:
      anomalies.length > 0
        ? `New units on ${formatDate(last)} fell far below the week before: ${formatList(anomalies.map(({label}) => label))}.`
        : results[0]?.zScore === null || results[0] === undefined
          ? "Too few days to judge the traffic."
          : `New units on the last day are as usual (z = ${formatNumber(results[0].zScore)}).`,
    whatToDo: "Check the release log and the exposure log of that day; a drop in one variant alone breaks the split.",
    details: results.map(({label, zScore, anomaly}) => ({label, value: zScore, status: anomaly ? "warning" : "ok"}))
  });
}

/** Days without a single exposure between the first and the last that have some. */
export function missingDays({sums}: HealthInput): HealthCheck {
  const days = sums.traffic.filter(({units}) => Object.values(units).some((n) => n > 0)).map(({date}) => date);
  const [first, last] = [days[0] ?? null, days.at(-1) ?? null];
  const seen = new Set(days);
  const missing: string[] = [];
  for (let i = 0; first !== null && i < daysBetween(first, last); ++i) {
    const date = new Date(Date.parse(first) + i * 86_400_000).toISOString().slice(0, 10);
    if (!seen.has(date)) missing.push(date);
  }
  return check({
    key: "missing-days",
    name: "No day missing",
    status: missing.length > 0 ? "warning" : "ok",
    value: missing.length,
    threshold: 0,
    date: missing.at(-1) ?? null,
    message:
      missing.length > 0
        ? `${plural(missing.length, "day")} without a single exposure: ${formatList(missing.slice(0, 3).map((date) => formatDate(date)))}${missing.length > 3 ? " and more" : ""}.`
        : "Every day between the first and the last exposure has some.",
    whatToDo: "Load the missing days, or note why nobody could be exposed."
  });
}
