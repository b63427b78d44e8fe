import {formatList} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Units from which a metric without any value is no accident of a rare event. */
const enoughUnits = 200;

/** Returns the check that each metric of 200 units or more has a value other than zero: a renamed event has none. It warns. */
export function silentMetrics({metrics}: HealthInput): HealthCheck {
  const silent = metrics
    .filter(({arms}) => arms.reduce((units, {n}) => units + n, 0) >= enoughUnits)
    .filter(({arms}) => arms.every(({mean}) => mean === null || mean === 0))
    .map(({name}) => name);
  return check({
    key: "silent-metrics",
    name: "Every metric has values",
    status: silent.length > 0 ? "warning" : "ok",
    value: silent.length,
    threshold: 0,
    message:
      silent.length > 0
        ? `No unit has a value of ${formatList(silent)}.`
        : "Every metric with enough units has values.",
    whatToDo: "Check the event's name, the value's column and the condition of the metric: was one of them renamed?"
  });
}
