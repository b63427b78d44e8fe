import {formatList} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/**
 * Returns the check of other definitions that read the same exposures and say something else of them: variants, weights,
 * start, activation or timezone. At most one of them can be right. It warns.
 */
export function conflictingDefinitions({conflicts}: HealthInput): HealthCheck {
  const said = conflicts.map(({id, parts}) => `${id} (${formatList(parts)})`);
  return check({
    key: "conflicting-definitions",
    name: "One definition only",
    status: conflicts.length > 0 ? "warning" : "ok",
    value: conflicts.length,
    threshold: 0,
    message:
      conflicts.length > 0
        ? `Another definition reads the same exposures and says otherwise: ${formatList(said)}.`
        : "No other definition reads the same exposures and says otherwise.",
    whatToDo: "Make the definitions agree, or name another experiment in one of them: at most one can be right."
  });
}
