import {chiSquareIndependence} from "../../stats/index.ts";
import {formatPercent, sayPValue} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {warningAlpha} from "./alarmLevels.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/**
 * Returns the check of the share of exposed units with any event, arm against arm (chi-square, p < 0.001): a difference
 * is an effect, or a log that misses one arm. It warns. Not known where the input is no log of events.
 */
export function eventLogging({experiment, sums}: HealthInput): HealthCheck {
  const {activeUnits} = sums;
  const arms = variantKeys(experiment)
    .map((key) => ({key, n: sums.units[key] ?? 0, active: Math.min(activeUnits?.[key] ?? 0, sums.units[key] ?? 0)}))
    .filter(({n}) => n > 0);
  const known = activeUnits !== null && arms.length > 1;
  const pValue = known
    ? chiSquareIndependence(
        arms.map(({active}) => active),
        arms.map(({n}) => n)
      ).pValue
    : null;
  const warns = pValue !== null && pValue < warningAlpha;
  const shares = arms.map(({key, active, n}) => `${key} ${formatPercent(active / n)}`).join(", ");
  return check({
    key: "event-logging",
    name: "Events logged alike",
    status: warns ? "warning" : "ok",
    value: pValue,
    threshold: warningAlpha,
    message: !known
      ? activeUnits === null
        ? "Not known for this input: it does not say which units have events."
        : "Too few arms with units to compare their events."
      : `Units with any event: ${shares}${warns ? `; ${sayPValue(pValue)}` : ""}.`,
    whatToDo:
      "If no metric explains the difference, look for an arm that logs less: a crash, a blocked request, an old client."
  });
}
