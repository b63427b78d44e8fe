import {describe, expect, it} from "vitest";
import {conflictsOf} from "../../../lib/experiment/definition/conflictsOf.ts";
import {sourcesSchema} from "../../../lib/experiment/definition/definition.ts";
import type {Experiment} from "../../../lib/experiment/definition/definition.ts";
import {experimentWith} from "../sums.ts";

const columns = {shape: "exposures", path: "exposures.csv", unit: "user", variant: "variant", timestamp: "ts"};
const sources = sourcesSchema.parse({
  facts: {exposures: {...columns, experiment: "experiment"}, alone: columns}
});
const own: Experiment = {...experimentWith(), id: "own", experiment: "button"};
const conflicts = (...others: Partial<Experiment>[]) =>
  conflictsOf(own, {experiments: [own, ...others.map((other, i) => ({...own, id: `other-${i}`, ...other}))], sources});
const weighted = (weight: number): Experiment["variants"] =>
  Object.fromEntries(
    Object.entries(own.variants).map(([key, variant], i) => [key, {...variant, weight: i === 0 ? weight : 1 - weight}])
  );

describe("conflictsOf(experiment, definitions)", () => {
  it("finds other definitions of the same logged experiment that split, start or activate otherwise", () => {
    expect(conflicts({variants: weighted(0.7)})).toEqual([{id: "other-0", parts: ["weights"]}]);
    expect(conflicts({start: "2025-12-01", timezone: "Europe/Berlin"})).toEqual([
      {id: "other-0", parts: ["start", "timezone"]}
    ]);
    const treatment = Object.keys(own.variants)[1];
    const renamed = {...own.variants, [treatment!]: {...own.variants[treatment!]!, values: ["B"]}};
    expect(conflicts({variants: renamed})).toEqual([{id: "other-0", parts: ["variants"]}]);
  });

  it("takes several readouts of one experiment for what they are", () => {
    expect(conflicts({title: "Another view", metrics: {primary: ["revenue"], secondary: [], guardrails: []}})).toEqual(
      []
    );
  });

  it("leaves alone what is logged under another name, or in another fact", () => {
    expect(conflicts({experiment: "banner", start: "2025-12-01"}, {exposures: "alone", start: "2025-12-01"})).toEqual(
      []
    );
  });

  it("knows that a fact without a column of experiments holds one only", () => {
    const alone = {...own, exposures: "alone"};
    const other = {...alone, id: "other", experiment: "banner", variants: weighted(0.9)};
    expect(conflictsOf(alone, {experiments: [other, alone], sources})).toEqual([{id: "other", parts: ["weights"]}]);
  });
});
