import type {WrittenExperiment} from "./definition.ts";
import type {Entry, Surroundings} from "./definitionTables.ts";
import type {Report} from "./readYaml.ts";
import {wrongShape} from "./unknownFact.ts";

/** Reports what cannot go together with traffic that follows the result. */
export function checkBandit(
  {bandit, design, phases, exposures, metrics: {primary}}: WrittenExperiment,
  {faulty}: Entry<WrittenExperiment>,
  {facts, metrics}: Surroundings,
  report: Report
): void {
  if (bandit === undefined || faulty("bandit")) return;
  if (design.method !== "fixed" && !faulty("design", "method"))
    report(
      ["design", "method"],
      `invalid method; the looks of a ${design.method} design need a split that does not follow the result; write method: fixed, or leave bandit out`
    );
  if (phases.length > 0 && !faulty("phases"))
    report(["phases"], "invalid phases; a bandit has no planned weights that could change", "key");
  const fact = facts?.get(exposures);
  const shape = fact?.value?.shape;
  if (shape !== undefined && shape !== "exposures" && !faulty("exposures") && !fact?.faulty("shape"))
    report(["exposures"], `${wrongShape(exposures, shape, "exposures")}, which a bandit is read from`);
  const [first] = primary;
  const metric = first === undefined ? undefined : metrics?.get(first);
  const kind = metric?.value?.kind;
  if (kind !== undefined && !metric?.faulty("kind") && !rewards.has(kind))
    report(
      ["metrics", "primary", 0],
      `invalid reward; a bandit's first primary metric is the reward of a unit, of kind proportion, mean or retention; ${first} is a ${kind}`
    );
}

const rewards: ReadonlySet<string> = new Set(["proportion", "mean", "retention"]);
