import {weightsOf} from "./completeExperiment.ts";
import type {WrittenExperiment} from "./definition.ts";
import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import type {Entry} from "./definitionTables.ts";
import {nearestName} from "./nearestName.ts";
import type {Report} from "./readYaml.ts";
import {addUp, showWeights} from "./weights.ts";

/** Reports what is wrong with variants, their weights and phases: one control, weights that add up, phases in order. */
export function checkVariants(
  {variants, phases, holdout, start, end}: WrittenExperiment,
  {faulty}: Entry<WrittenExperiment>,
  report: Report
): void {
  const keys = Object.keys(variants);
  const unknown = (name: string) =>
    `unknown variant: ${showFound(name)}${didYouMean(nearestName(name, keys))} (the variants are ${listNames(keys)})`;
  const whole = !faulty("variants");
  if (whole) {
    const controls = keys.filter((key) => variants[key]?.role === "control");
    if (keys.length < 2) report(["variants"], `invalid variants; expected at least 2, found: ${keys.length}`);
    if (keys.length > 0 && controls.length === 0) {
      report(["variants"], "missing control; expected one variant with role: control", "key");
    }
    for (const key of controls.slice(1)) {
      report(
        ["variants", key, "role"],
        `duplicate control: ${showFound(key)}; ${showFound(controls[0])} is the control already, expected one`
      );
    }
    if (keys.length > 1 && !addUp(weightsOf(variants))) {
      report(["variants"], `invalid weights; they add up to ${showWeights(weightsOf(variants))}`, "key");
    }
    const owners = new Map<string, string>();
    for (const [key, {values}] of Object.entries(variants)) {
      (values ?? [key]).forEach((value, i) => {
        const owner = owners.get(value);
        if (owner === undefined) owners.set(value, key);
        else if (owner === key) report(["variants", key, "values", i], `duplicate value: ${showFound(value)}`);
        else
          report(
            ["variants", key, "values", i],
            `ambiguous value: ${showFound(value)}; it means ${showFound(owner)} already`
          );
      });
    }
  }
  if (holdout !== undefined && whole) checkHoldout(holdout, {variants, start, end}, {unknown, report});
  phases.forEach((phase, i) => {
    const at = ["phases", i];
    const strange = Object.keys(phase.weights).filter((key) => !keys.includes(key));
    for (const key of strange) report([...at, "weights", key], unknown(key), "key");
    const weights = {...weightsOf(variants), ...phase.weights};
    if (whole && strange.length === 0 && !addUp(weights)) {
      report(
        [...at, "weights"],
        `invalid weights; with the variants' own they add up to ${showWeights(weights)}`,
        "key"
      );
    }
    const before = phases[i - 1];
    if (before && phase.start <= before.start) {
      report([...at, "start"], `invalid start; expected phases in order, after ${before.start}, found: ${phase.start}`);
    }
    if (!faulty("start") && phase.start < start) {
      report(
        [...at, "start"],
        `invalid start; expected a phase to start on or after the experiment's start ${start}, found: ${phase.start}`
      );
    }
    if (end !== undefined && phase.start > end) {
      report(
        [...at, "start"],
        `invalid start; expected a phase to start on or before the experiment's end ${end}, found: ${phase.start}`
      );
    }
  });
}

/** A holdout names variants that there are, and can be dated. */
function checkHoldout(
  holdout: NonNullable<WrittenExperiment["holdout"]>,
  {variants, start, end}: Pick<WrittenExperiment, "variants" | "start" | "end">,
  {unknown, report}: {unknown: (name: string) => string; report: Report}
): void {
  const keys = Object.keys(variants);
  const {variant, launched, from} = typeof holdout === "string" ? {variant: holdout} : holdout;
  const at = typeof holdout === "string" ? ["holdout"] : ["holdout", "variant"];
  if (!keys.includes(variant)) return report(at, unknown(variant));
  if (launched !== undefined && !keys.includes(launched)) return report(["holdout", "launched"], unknown(launched));
  if (launched === variant)
    report(["holdout", "launched"], `invalid launched; it stays behind itself: ${showFound(launched)}`);
  const others = keys.filter((key) => key !== variant);
  if (launched === undefined && others.length > 1)
    report(["holdout"], `missing launched; expected one of ${listNames(others)}`, "key");
  if (from === undefined && end === undefined)
    report(["holdout"], "missing from; expected the first day after the launch, since there is no end", "key");
  if (from !== undefined && from <= start)
    report(["holdout", "from"], `invalid from; expected a day after the start ${start}, found: ${from}`);
}
