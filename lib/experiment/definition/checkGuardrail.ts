import type {Guardrail, Metric} from "./definition.ts";
import {didYouMean} from "./definitionErrors.ts";
import type {Entry} from "./definitionTables.ts";
import {parseShare} from "./parseShare.ts";
import type {Report} from "./readYaml.ts";

type Path = readonly (string | number)[];

/** Reports a guardrail without a direction, or with a margin, limit or ratio that makes no sense in its direction. */
export function checkGuardrail(guardrail: Guardrail, metric: Entry<Metric>, at: Path, report: Report): void {
  const {metric: name, margin, limit, ratio} = guardrail;
  if (metric.raw.direction === undefined && !metric.faulty("direction")) {
    report(
      at,
      `missing direction of ${name}; a guardrail must know which way is good: write direction: increase or direction: decrease in metrics.yaml`
    );
    return;
  }
  if (!metric.value || metric.faulty("direction")) return;
  const {direction, kind} = metric.value;
  if (direction === "increase" && typeof margin === "string" && parseShare(margin) >= 1) {
    report(
      [...at, "margin"],
      `invalid margin; ${name} should increase and cannot fall by more than 100%, expected less, found: ${margin}`
    );
  }
  if (direction === "increase" && ratio !== undefined) {
    report(
      [...at, "ratio"],
      `invalid ratio; it is for a metric that should decrease, ${name} should increase; write margin instead`,
      "key"
    );
  }
  if (direction === "decrease" && ratio !== undefined && ratio <= 1) {
    report(
      [...at, "ratio"],
      `invalid ratio; expected above 1, for a treatment is severe when it exceeds ratio x control, found: ${ratio}`
    );
  }
  if ((kind === "proportion" || kind === "retention") && !metric.faulty("kind")) {
    for (const [key, value] of Object.entries({margin: typeof margin === "number" ? margin : undefined, limit})) {
      if (value === undefined || (0 <= value && value <= 1)) continue;
      const meant = value > 1 && value <= 100 ? didYouMean(String(Number((value / 100).toPrecision(12)))) : "";
      report(
        [...at, key],
        `invalid ${key}; ${name} is a ${kind}, expected a number between 0 and 1, found: ${value}${meant}`
      );
    }
  }
}
