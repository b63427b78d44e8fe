import {formatPercent} from "../format.ts";
import {parseShare} from "../definition/parseShare.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Units of both arms below which a very large effect is suspect. */
const littleData = 2000;

/**
 * Returns the check of Twyman's law, "any figure that looks interesting or different is usually wrong": a relative
 * difference beyond ten times the minimum effect (at least 20%; 50% where none is declared), significant at 0.05, from
 * fewer than 2,000 units. It warns and never decides.
 *
 * @see Kohavi, Tang & Xu (2020), Trustworthy Online Controlled Experiments, chapter 3
 */
export function implausibleEffects({experiment, metrics}: HealthInput): HealthCheck {
  const found = metrics.flatMap(({key, name, arms, comparisons}) => {
    const declared = experiment.minimumEffect[key];
    const far = declared === undefined ? 0.5 : Math.max(0.2, 10 * parseShare(declared));
    return comparisons.flatMap(({relativeDifference, pValue, variant, baseline}) => {
      const units = arms
        .filter((arm) => arm.variant === variant || arm.variant === baseline)
        .reduce((sum, arm) => sum + arm.n, 0);
      const suspect =
        relativeDifference !== null &&
        Math.abs(relativeDifference) > far &&
        pValue !== null &&
        pValue < 0.05 &&
        units < littleData;
      return suspect ? [{label: `${name}, ${variant}`, value: relativeDifference, status: "warning" as const}] : [];
    });
  });
  return check({
    key: "implausible-effect",
    name: "Effects are plausible",
    status: found.length > 0 ? "warning" : "ok",
    value: found[0]?.value ?? null,
    message: found[0]
      ? `A difference of ${formatPercent(found[0].value, {signed: true})} in ${found[0].label} from few units is more often a fault than a discovery.`
      : "No effect is too large to believe for the data behind it.",
    whatToDo:
      "Check the metric's log in both arms before you celebrate: double firing, a renamed event, a filter in one arm.",
    details: found
  });
}
