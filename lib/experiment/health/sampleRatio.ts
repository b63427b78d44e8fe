import {sequentialSampleRatioMismatch} from "../../sequential/index.ts";
import {adjustPValues, sampleRatioMismatch} from "../../stats/index.ts";
import {sayPValue} from "../format.ts";
import {phaseAt} from "../phasesOf.ts";
import type {HealthCheck} from "../readout.ts";
import type {TrafficDay} from "../sums.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Error rate of the test that blocks, over the experiment's whole life. */
export const lifetimeAlpha = 0.005;

/** p-value under which a chi-square warns. */
export const warningAlpha = 0.001;

/** Total concentration of the Dirichlet prior: most weight on shares within some 3 points of the plan. */
const concentration = 1000;

/**
 * The sequential test on the exposure stream: the running product over phases of Dirichlet-multinomial Bayes factors
 * against the declared weights, p = min over days of 1 / BF. It may be read every night: the chance of ever falling
 * below 0.005 with a sound split is at most 0.005.
 *
 * @see Lindon and Malek (2022), Anytime-valid inference for multinomial count data, https://arxiv.org/abs/2011.03567
 */
export function sampleRatio({experiment, phases, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const name = "Split as planned";
  const whatToDo =
    "Do not read the effects. Find where units are lost: redirects, bots, a crash in one variant, a filter after assignment.";
  const counts = new Map<string, number[]>();
  let smallest = 1;
  let date: string | null = null;
  for (const day of sums.traffic) {
    const phase = phaseAt(phases, day.date);
    const total = counts.get(phase) ?? keys.map(() => 0);
    counts.set(
      phase,
      total.map((count, i) => count + (day.units[keys[i]!] ?? 0))
    );
    let log = 0;
    for (const [name, observed] of counts) log += logBayesFactor(observed, weightsOf(phases, name, keys));
    const p = Math.min(1, Math.exp(-log));
    if (p < smallest) {
      if (smallest >= lifetimeAlpha && p < lifetimeAlpha) date = day.date;
      smallest = p;
    }
  }
  const units = keys.map((key) => sums.units[key] ?? 0);
  if (units.every((n) => n === 0))
    return check({
      key: "sample-ratio",
      name,
      status: "warning",
      message: "No unit was exposed yet.",
      whatToDo: "Wait for exposures, or check the source."
    });
  const blocked = smallest < lifetimeAlpha;
  const shares = shareText(units);
  return check({
    key: "sample-ratio",
    name,
    status: blocked ? "blocked" : "ok",
    value: smallest,
    threshold: lifetimeAlpha,
    date,
    message: blocked
      ? `The split is broken: ${shares}, planned ${shareText(plannedUnits(sums.traffic, phases, keys))}; sequential test ${sayPValue(smallest)}.`
      : `The split is as planned: ${shares}; sequential test ${sayPValue(smallest)}.`,
    whatToDo
  });
}

/** The chi-square test of the split as it stands tonight, per phase and added up; repeated nightly it may only warn. */
export function sampleRatioChiSquare({experiment, phases, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const planned = plannedUnits(sums.traffic, phases, keys);
  const observed = keys.map((key) => sum(sums.traffic, key));
  const {pValue} = sampleRatioMismatch(observed, planned.some((n) => n > 0) ? planned : keys.map(() => 1));
  const warns = pValue !== null && pValue < warningAlpha;
  return check({
    key: "sample-ratio-chi-square",
    name: "Split, chi-square tonight",
    status: warns ? "warning" : "ok",
    value: pValue,
    threshold: warningAlpha,
    message:
      pValue === null
        ? "Too few units for a chi-square test of the split."
        : `Chi-square test of tonight's split: ${sayPValue(pValue)}${warns ? "; unlikely with a sound split" : ""}.`,
    whatToDo: "Look at the sequential test above: it decides. If both are small, find the lost units before reading on."
  });
}

/** The split by day, by hour of entry and by segment, p-values adjusted by Holm within each list: shows where it broke. */
export function sampleRatioWhere(input: HealthInput): HealthCheck[] {
  const {experiment, phases, sums} = input;
  const keys = variantKeys(experiment);
  const overall = plannedUnits(sums.traffic, phases, keys);
  const listed = (
    groups: readonly {label: string; units: Readonly<Record<string, number>>; weights: readonly number[]}[]
  ) =>
    groups
      .map(({label, units, weights}) => ({label, observed: keys.map((key) => units[key] ?? 0), weights}))
      .filter(({observed, weights}) => {
        const n = observed.reduce((a, b) => a + b, 0);
        const total = weights.reduce((a, b) => a + b, 0);
        return total > 0 && weights.every((weight) => (weight / total) * n >= 5);
      });
  const make = (key: string, name: string, groups: ReturnType<typeof listed>): HealthCheck => {
    const adjusted = adjustPValues(
      groups.map(({observed, weights}) => sampleRatioMismatch(observed, weights).pValue),
      "holm"
    );
    const details = groups.map(({label}, i) => ({
      label,
      value: adjusted[i] ?? null,
      status: (adjusted[i] ?? 1) < warningAlpha ? ("warning" as const) : ("ok" as const)
    }));
    const broken = details.filter(({status}) => status === "warning");
    const smallest = details.reduce<number | null>(
      (a, {value}) => (value === null ? a : Math.min(a ?? 1, value)),
      null
    );
    return check({
      key,
      name,
      status: broken.length > 0 ? "warning" : "ok",
      value: smallest,
      threshold: warningAlpha,
      message:
        broken.length > 0
          ? `The split differs from the plan in ${broken
              .map(({label}) => label)
              .slice(0, 5)
              .join(", ")}${broken.length > 5 ? " and others" : ""}.`
          : groups.length === 0
            ? "Too few units in each group to test."
            : `No group's split differs from the plan (${groups.length} tested, Holm-adjusted).`,
      whatToDo: "A split that breaks in one place points to the cause: a client version, an hour, a redirect.",
      details: details.filter(({value}) => value !== null)
    });
  };
  return [
    make(
      "sample-ratio-by-day",
      "Split by day",
      listed(
        sums.traffic.map(({date, units}) => ({
          label: date,
          units,
          weights: weightsOf(phases, phaseAt(phases, date), keys)
        }))
      )
    ),
    make(
      "sample-ratio-by-hour",
      "Split by hour of entry",
      listed(
        sums.entryHours.map(({hour, units}) => ({
          label: `${String(hour).padStart(2, "0")}:00`,
          units,
          weights: overall
        }))
      )
    ),
    make(
      "sample-ratio-by-segment",
      "Split by segment",
      listed(
        sums.segmentUnits.map(({dimension, value, units}) => ({
          label: `${dimension} ${value}`,
          units,
          weights: overall
        }))
      )
    )
  ];
}

function logBayesFactor(observed: readonly number[], weights: readonly number[]): number {
  return sequentialSampleRatioMismatch(observed, weights, {concentration}).logBayesFactor;
}

function weightsOf(phases: HealthInput["phases"], name: string, keys: readonly string[]): number[] {
  const phase = phases.find((phase) => phase.name === name);
  return keys.map((key) => phase?.weights[key] ?? 0);
}

/** Units that each variant should have had, from the weights of the phase in which units came. */
function plannedUnits(
  traffic: readonly TrafficDay[],
  phases: HealthInput["phases"],
  keys: readonly string[]
): number[] {
  const planned = keys.map(() => 0);
  for (const {date, units} of traffic) {
    const n = keys.reduce((total, key) => total + (units[key] ?? 0), 0);
    weightsOf(phases, phaseAt(phases, date), keys).forEach((weight, i) => (planned[i]! += weight * n));
  }
  return planned;
}

function sum(traffic: readonly TrafficDay[], key: string): number {
  return traffic.reduce((total, {units}) => total + (units[key] ?? 0), 0);
}

function shareText(counts: readonly number[]): string {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => `${((100 * count) / Math.max(1, total)).toFixed(1)}%`).join(" / ");
}
