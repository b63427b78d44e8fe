import type {WrittenExperiment} from "./definition.ts";
import {showFound} from "./definitionErrors.ts";
import type {Entry, Surroundings} from "./definitionTables.ts";
import {isRecord} from "./definitionTables.ts";
import type {Report} from "./readYaml.ts";

/** Reports what is wrong with a sequential design: bad spending, or looks that could not keep their promise. */
export function checkDesign(
  experiment: WrittenExperiment,
  {raw, faulty}: Entry<WrittenExperiment>,
  {metrics}: Surroundings,
  report: Report
): void {
  const {design} = experiment;
  const {method, spending, parameter, plannedUnits} = design;
  if (!faulty("design", "spending")) {
    if (Array.isArray(spending)) {
      spending.forEach(([fraction, spent], i) => {
        const before = spending[i - 1];
        if (before && !(fraction > before[0] && spent >= before[1])) {
          report(
            ["design", "spending", i],
            `invalid spending; expected fractions that increase and shares that do not fall, found: [${fraction}, ${spent}] after [${before.join(", ")}]`
          );
        }
      });
    }
    const takesParameter = spending === "hwang-shih-decani" || spending === "kim-demets";
    if (parameter !== undefined && !takesParameter) {
      report(
        ["design", "parameter"],
        `invalid parameter; only for hwang-shih-decani and kim-demets, the spending is ${showFound(spending)}`,
        "key"
      );
    }
    if (parameter !== undefined && spending === "kim-demets" && !(parameter > 0)) {
      report(["design", "parameter"], `invalid parameter; expected above 0 for kim-demets, found: ${parameter}`);
    }
  }
  if (method !== "group-sequential" || faulty("design", "method")) return;
  if (plannedUnits === undefined && !faulty("design", "plannedUnits")) {
    report(
      [...(isRecord(raw.design) ? ["design", "method"] : ["design"])],
      "missing key: plannedUnits; expected the units in all arms together at the planned end, for group-sequential looks need to know which fraction has come"
    );
  }
  experiment.metrics.primary.forEach((name, i) => {
    const metric = metrics?.get(name);
    if (!metric?.value || metric.faulty("window") || metric.faulty("kind")) return;
    // A retention's days bound what counts just as a window does.
    if (metric.value.window !== undefined || metric.value.kind === "retention") return;
    report(
      ["metrics", "primary", i],
      `invalid design; ${name} has no window, so its total keeps growing after the exposure, looks have no independent increments, and group-sequential bounds would not keep their error rate; write window: 7d for ${name} in metrics.yaml, or choose method: always-valid or fixed`
    );
  });
}
