import {formatList} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Returns the check that every variant has units; without a unit of the control nothing can be compared. It warns. */
export function armsPresent({experiment, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const empty = keys.filter((key) => !((sums.units[key] ?? 0) > 0));
  const names = empty.map((key) => (key === keys[0] ? `the control (${key})` : key));
  return check({
    key: "arms",
    name: "Every variant has units",
    status: empty.length > 0 ? "warning" : "ok",
    value: empty.length,
    threshold: 0,
    message:
      empty.length === 0
        ? "Every variant has units."
        : empty.length === keys.length
          ? "No unit was exposed yet."
          : `Without units: ${formatList(names)}.`,
    whatToDo:
      empty.length === keys.length
        ? "Wait for exposures, or check the source."
        : "Check that the variant's name in the log is one of its `values`, and that it is switched on."
  });
}
