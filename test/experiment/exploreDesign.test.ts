import {describe, expect, it} from "vitest";
import {exploreDesign, registeredDesign} from "../../lib/experiment/exploreDesign.ts";
import type {TriedDesign} from "../../lib/experiment/exploreDesign.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {day, experimentWith, metricOverDays, metricsWith, readoutWith, share, sumsWith, trafficOf} from "./sums.ts";

const metrics = metricsWith({
  purchase: {kind: "proportion", fact: "events", event: "purchase", direction: "increase", window: "1d"}
});
const nights = Array.from({length: 10}, (_, k) => ({
  date: day(k),
  arms: {control: share(1000 * (k + 1), 100 * (k + 1)), treatment: share(1000 * (k + 1), 118 * (k + 1))}
}));

function registered(design: object): {readout: Readout; metric: MetricResult} {
  const experiment = experimentWith({design, metrics: {primary: ["purchase"]}});
  const traffic = trafficOf(...nights.map(() => ({control: 1000, treatment: 1000})));
  const readout = readoutWith({
    experiment,
    metrics,
    sums: sumsWith({traffic, metrics: {purchase: metricOverDays(nights)}})
  });
  return {readout, metric: readout.metrics.find(({key}) => key === "purchase")!};
}

const groupSequential = registered({method: "group-sequential", spending: "pocock", plannedUnits: 40_000});
const tried = ({readout, metric}: ReturnType<typeof registered>, design: Partial<TriedDesign> = {}) =>
  exploreDesign(readout, metric, "treatment", {...registeredDesign(metric.sequential!, 1), ...design});

describe("exploreDesign(readout, metric, variant, tried)", () => {
  it("gives the registered boundary, night by night, when nothing is changed", () => {
    const {looks, crossed} = groupSequential.metric.sequential!.comparisons[0]!;
    const {points, crossed: again} = tried(groupSequential);
    expect(looks.length).toBeGreaterThan(3);
    expect(points.slice(0, looks.length).map(({bound}) => bound)).toEqual(looks.map(({bound}) => bound));
    expect(points.slice(0, looks.length).map(({z}) => z)).toEqual(looks.map(({z}) => z));
    expect(again).toEqual(crossed);
  });

  it("gives the registered always-valid p-values by day, whatever set the mixing", () => {
    for (const design of [{}, {tuneAt: 15_000}, {mixing: 0.01}]) {
      const always = registered({method: "always-valid", plannedUnits: 40_000, ...design});
      const {path} = always.metric.sequential!.comparisons[0]!;
      expect(tried(always).path).toEqual(path.map(({date, pValue}) => ({date, pValue})));
    }
  });

  it("lets the boundary move with the spending function: Pocock's is lower early, O'Brien-Fleming's late", () => {
    const at = (spending: TriedDesign["spending"], units: number) =>
      tried(groupSequential, {spending}).points.find(({fraction}) => Math.abs(fraction - units / 40_000) < 1e-9)?.bound;
    expect(at("pocock", 4_000)).toBeLessThan(at("obrien-fleming", 4_000)!);
    expect(
      tried(groupSequential, {spending: "pocock"}).crossed!.date <
        tried(groupSequential, {spending: "obrien-fleming"}).crossed!.date
    ).toBe(true);
  });

  it("takes one look for a fixed design, at the planned units", () => {
    const {points, crossed, sentence} = tried(groupSequential, {method: "fixed", planned: 20_000});
    expect(points.filter(({bound}) => bound !== null)).toEqual([
      {fraction: 1, z: expect.any(Number), bound: expect.closeTo(1.959964, 6)}
    ]);
    expect(crossed?.date).toBe(day(9));
    expect(sentence).toMatch(/^A fixed design allows one look, at its end: on .*a difference would have been shown\.$/);
    expect(tried(groupSequential, {method: "fixed"}).sentence).toMatch(/none of the nights so far/);
  });

  it("draws what is still to come, up to the planned units", () => {
    for (const method of ["group-sequential", "always-valid"] as const) {
      const {points} = tried(groupSequential, {method, spending: "obrien-fleming", planned: 1_000_000});
      const ahead = points.filter(({z}) => z === null);
      expect(ahead.length).toBeGreaterThan(2);
      expect(ahead.at(-1)!.fraction).toBeCloseTo(1, 9);
      expect(ahead.every(({bound}) => bound !== null && bound > 1.9)).toBe(true);
    }
  });

  it("refuses variants that are not there, and plans that are none", () => {
    expect(() =>
      exploreDesign(
        groupSequential.readout,
        groupSequential.metric,
        "blue",
        registeredDesign(groupSequential.metric.sequential!, 1)
      )
    ).toThrow("unknown variant: blue");
    expect(() => tried(groupSequential, {planned: 0})).toThrow("invalid planned units; not a positive number: 0");
  });
});
