import {formatCount, formatPercent} from "../format.ts";
import {parseShare} from "../definition/parseShare.ts";
import type {HealthCheck} from "../readout.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** The reason under which the cube leaves out units that were seen in several variants. */
export const crossoverReason = "two-variants";

/**
 * Returns the check of units seen in several variants, as a share of all exposed units: it warns from the definition's
 * first share (0.1% by default) and blocks from its second (1%). They are left out on every day.
 */
export function crossovers({experiment, sums}: HealthInput): HealthCheck {
  const units = sums.excluded
    .filter(({reason}) => reason === crossoverReason)
    .reduce((n, row) => n + (row.units ?? 0), 0);
  const kept = Object.values(sums.units).reduce((a, b) => a + b, 0);
  const share = units + kept === 0 ? null : units / (units + kept);
  const [warning, blocked] = [parseShare(experiment.crossovers.warning), parseShare(experiment.crossovers.blocked)];
  const status =
    units === 0 || share === null || share < Math.min(warning, blocked)
      ? "ok"
      : share < blocked
        ? "warning"
        : "blocked";
  return check({
    key: "crossovers",
    name: "Units in one variant only",
    status,
    value: share,
    threshold: status === "blocked" ? blocked : warning,
    message:
      units === 0
        ? "No unit was seen in two variants."
        : `${formatCount(units)} units (${formatPercent(share)}) were seen in several variants; they are left out on every day.`,
    whatToDo: "Check that assignment is sticky: identity that changes at login, a cookie that is lost, two assigners."
  });
}
