import {formatList} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {contractPrefix} from "../summaryContracts.ts";
import {check} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/**
 * Returns the check of the contracts that summary input must keep. Any violation blocks: no number behind it can be
 * right. The summary's reader lists violations among the excluded rows, with a reason that begins with `contract: `.
 */
export function contracts({sums}: HealthInput): HealthCheck {
  const broken = sums.excluded
    .filter(({reason}) => reason.startsWith(contractPrefix))
    .map(({reason}) => reason.slice(contractPrefix.length));
  const more = broken.length > 3 ? ` and ${broken.length - 3} more` : "";
  return check({
    key: "contracts",
    name: "Input keeps its contracts",
    status: broken.length > 0 ? "blocked" : "ok",
    value: broken.length,
    threshold: 0,
    message:
      broken.length > 0
        ? `The input breaks a contract: ${more ? broken.slice(0, 3).join(", ") : formatList(broken)}${more}.`
        : "Counts and sums are possible: no negative count, no more conversions than units, no impossible second moment.",
    whatToDo: "Correct the table at its source.",
    details: broken.map((label) => ({label, value: null, status: "blocked"}))
  });
}
