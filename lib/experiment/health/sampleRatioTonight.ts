import {adjustPValues, sampleRatioMismatch} from "../../stats/index.ts";
import {sayPValue} from "../format.ts";
import {phaseAt} from "../definition/phasesOf.ts";
import type {HealthCheck} from "../readout.ts";
import {warningAlpha} from "./alarmLevels.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";
import {plannedUnits, splitByPhase, trafficDays, weightsOf} from "./plannedSplit.ts";

/** A group of units by variant, and the weights that it should follow. */
interface Group {
  readonly label: string;
  readonly units: Readonly<Record<string, number>>;
  readonly weights: readonly number[];
}

/** Expected units per arm below which a chi-square is not trusted. */
const smallestExpected = 5;

/**
 * Returns the chi-square test of the split as it stands tonight against the units that the phases' weights plan.
 * Repeated nightly at p < 0.001 it alarms in about 1% of sound experiments, so it may only warn. Null without units.
 */
export function sampleRatioChiSquare({experiment, phases, sums}: HealthInput): HealthCheck {
  const splits = splitByPhase(trafficDays(sums), phases, experiment);
  const planned = plannedUnits(splits);
  const observed = planned.map((_, i) => splits.reduce((n, {units}) => n + units[i]!, 0));
  const pValue =
    planned.some((n) => n < smallestExpected) || planned.length < 2
      ? null
      : sampleRatioMismatch(observed, planned).pValue;
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
    whatToDo: "Look at the sequential test: it decides. If both are small, find the lost units before reading on."
  });
}

/**
 * Returns the split by day, by hour of entry and by segment: chi-square tests, p-values adjusted by Holm within each
 * list. They warn, and show where a split broke. Groups too small for the test are left out. Hours and segments are not
 * judged where units came in several phases: their shares of the phases differ, and with them their planned split.
 */
export function sampleRatioWhere({experiment, phases, sums}: HealthInput): HealthCheck[] {
  const keys = variantKeys(experiment);
  const days = trafficDays(sums);
  const splits = splitByPhase(days, phases, experiment);
  const weights = splits[0]?.weights ?? [];
  const mixed = splits.some((split) => split.weights.some((weight, i) => Math.abs(weight - weights[i]!) > 1e-9));
  const byDay = days.map(({date, units}) => ({
    label: date || "all days",
    units,
    weights: weightsOf(phases, phaseAt(phases, date), keys)
  }));
  const byHour = sums.entryHours.map(({hour, units}) => ({
    label: `${String(hour).padStart(2, "0")}:00`,
    units,
    weights
  }));
  const bySegment = sums.segmentUnits.map(({dimension, value, units}) => ({
    label: `${dimension} ${value}`,
    units,
    weights
  }));
  return [
    groupsCheck("sample-ratio-by-day", "Split by day", keys, byDay),
    groupsCheck("sample-ratio-by-hour", "Split by hour of entry", keys, mixed ? null : byHour),
    groupsCheck("sample-ratio-by-segment", "Split by segment", keys, mixed ? null : bySegment)
  ];
}

function groupsCheck(key: string, name: string, keys: readonly string[], groups: readonly Group[] | null): HealthCheck {
  const tested = (groups ?? []).flatMap(({label, units, weights}) => {
    const observed = keys.map((each) => units[each] ?? 0);
    const n = observed.reduce((a, b) => a + b, 0);
    const large = weights.length > 1 && weights.every((weight) => weight * n >= smallestExpected);
    return large ? [{label, pValue: sampleRatioMismatch(observed, weights).pValue}] : [];
  });
  const adjusted = adjustPValues(
    tested.map(({pValue}) => pValue),
    "holm"
  );
  const details = tested.flatMap(({label}, i) => {
    const value = adjusted[i] ?? null;
    return value === null
      ? []
      : [{label, value, status: value < warningAlpha ? ("warning" as const) : ("ok" as const)}];
  });
  const broken = details.filter(({status}) => status === "warning").map(({label}) => label);
  return check({
    key,
    name,
    status: broken.length > 0 ? "warning" : "ok",
    value: details.length === 0 ? null : Math.min(...details.map(({value}) => value)),
    threshold: warningAlpha,
    message:
      groups === null
        ? "Not judged: weights changed while it ran, and these groups are not counted by phase."
        : broken.length > 0
          ? `The split differs from the plan in ${broken.slice(0, 5).join(", ")}${broken.length > 5 ? " and others" : ""}.`
          : details.length === 0
            ? "Too few units in each group to test, or none known for this input."
            : `No group's split differs from the plan (${details.length} tested, Holm-adjusted).`,
    whatToDo: "A split that breaks in one place points to the cause: a client version, an hour, a redirect.",
    details
  });
}
