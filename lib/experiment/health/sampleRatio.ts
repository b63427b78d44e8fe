import {sequentialSampleRatioMismatch} from "../../sequential/index.ts";
import {sayPValue} from "../format.ts";
import {phaseAt} from "../definition/phasesOf.ts";
import type {HealthCheck} from "../readout.ts";
import {lifetimeAlpha} from "./alarmLevels.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";
import {plannedUnits, shareText, splitByPhase, trafficDays, weightsOf} from "./plannedSplit.ts";

/** Total concentration of the Dirichlet prior: most weight on shares within some 3 points of the plan. */
const concentration = 1000;

/**
 * Returns the sequential test on the exposure stream: the running product over phases of Dirichlet-multinomial Bayes
 * factors against the declared weights, p = min over days of 1 / factor. It may be read every night: the chance of ever
 * falling below 0.005 with a sound split is at most 0.005. Without units it is `ok` with a null p-value.
 *
 * @see Lindon & Malek (2022), Anytime-valid inference for multinomial count data, https://arxiv.org/abs/2011.03567
 */
export function sampleRatio({experiment, phases, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const days = trafficDays(sums);
  const counts = new Map<string, number[]>();
  let [smallest, crossed]: [number, string | null] = [1, null];
  for (const {date, units} of days) {
    const phase = phaseAt(phases, date);
    const before = counts.get(phase) ?? keys.map(() => 0);
    counts.set(
      phase,
      before.map((n, i) => n + (units[keys[i]!] ?? 0))
    );
    let log = 0;
    for (const [name, observed] of counts)
      log += sequentialSampleRatioMismatch(observed, weightsOf(phases, name, keys), {concentration}).logBayesFactor;
    smallest = Math.min(smallest, Math.exp(-log));
    if (crossed === null && smallest < lifetimeAlpha) crossed = date;
  }
  const blocked = smallest < lifetimeAlpha;
  const splits = splitByPhase(days, phases, experiment);
  const shares = shareText(keys.map((_, i) => splits.reduce((n, {units}) => n + units[i]!, 0)));
  return check({
    key: "sample-ratio",
    name: "Split as planned",
    status: blocked ? "blocked" : "ok",
    value: splits.length === 0 ? null : smallest,
    threshold: lifetimeAlpha,
    date: crossed === "" ? null : crossed,
    message:
      splits.length === 0
        ? "No unit was exposed yet, so there is no split to test."
        : blocked
          ? `The split is broken: ${shares}, planned ${shareText(plannedUnits(splits))}; sequential test ${sayPValue(smallest)}.`
          : `The split is as planned: ${shares}; sequential test ${sayPValue(smallest)}.`,
    whatToDo:
      "Do not read the effects. Find where units are lost: redirects, bots, a crash in one variant, a filter after assignment."
  });
}
