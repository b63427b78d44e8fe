import {describe, expect, it} from "vitest";
import {primaryState} from "../../../lib/experiment/decision/primaryState.ts";
import type {ComparisonResult, MetricResult} from "../../../lib/experiment/readout.ts";
import {experimentWith, metricOf, readoutWith, share, sumsWith} from "../sums.ts";

const readout = readoutWith({
  sums: sumsWith({metrics: {purchase: metricOf({control: share(1000, 100), treatment: share(1000, 120)})}})
});
const metric = readout.metrics[0]!;
const comparison = metric.comparisons[0]!;
const rules = {alpha: 0.05, minimumEffect: {purchase: "5%"}};

function state(
  own: Partial<ComparisonResult>,
  {
    ended = true,
    on = {},
    minimumEffect = rules.minimumEffect
  }: {ended?: boolean; on?: Partial<MetricResult>; minimumEffect?: Record<string, string>} = {}
) {
  return primaryState({...rules, minimumEffect}, {...metric, ...on}, {...comparison, ...own}, {ended});
}

const gain = {difference: 0.02, relativeInterval: [0.02, 0.4] as [number, number], adjustedPValue: 0.03};
const loss = {difference: -0.02, relativeInterval: [-0.4, -0.02] as [number, number], adjustedPValue: 0.03};

const crossed = (side: "efficacy" | "harm" | "futility" | null): Partial<MetricResult> => ({
  method: "group-sequential",
  sequential: {
    method: "group-sequential",
    spending: "obrien-fleming",
    alpha: 0.05,
    sides: 2,
    guaranteed: true,
    plannedUnits: 1000,
    tuneAt: null,
    fraction: 0.5,
    future: [],
    comparisons: [
      {
        variant: "treatment",
        looks: [],
        crossed: side === null ? null : {date: "2026-01-09", side},
        stop: null,
        conditionalPower: null,
        path: [],
        nights: [],
        mixing: null,
        sentence: ""
      }
    ],
    reason: null
  }
});

describe("primaryState(experiment, metric, comparison, options)", () => {
  it("calls a fixed design a gain or a harm at its end only", () => {
    expect(state(gain)).toBe("gain");
    expect(state(loss)).toBe("harm");
    expect(state(gain, {ended: false})).toBe("unclear");
    expect(state(loss, {ended: false})).toBe("unclear");
  });

  it("uses the adjusted p-value at the declared alpha", () => {
    expect(state({...gain, pValue: 0.03, adjustedPValue: 0.06})).toBe("unclear");
    expect(state({...gain, adjustedPValue: 0.05})).toBe("unclear");
    expect(state({...gain, adjustedPValue: null})).toBe("unclear");
  });

  it("turns round for a metric that should fall", () => {
    const on = {direction: "decrease"} as const;
    expect(state(loss, {on})).toBe("gain");
    expect(state(gain, {on})).toBe("harm");
    expect(state({difference: 0.001, relativeInterval: [-0.04, 0.06], adjustedPValue: 0.7}, {on})).toBe("ruled-out");
  });

  it("rules a gain out where the interval leaves no room for the minimum effect", () => {
    expect(state({difference: 0.001, relativeInterval: [-0.02, 0.04], adjustedPValue: 0.6})).toBe("ruled-out");
    expect(state({difference: 0.001, relativeInterval: [-0.02, 0.06], adjustedPValue: 0.6})).toBe("unclear");
    expect(state({difference: 0.001, relativeInterval: [-0.02, 0.04], adjustedPValue: 0.6}, {minimumEffect: {}})).toBe(
      "unclear"
    );
    expect(state({difference: 0.001, relativeInterval: [-0.02, null], adjustedPValue: 0.6})).toBe("unclear");
  });

  it("does not call it a gain if it is proven and too small to act on", () => {
    expect(state({difference: 0.002, relativeInterval: [0.01, 0.04], adjustedPValue: 0.001})).toBe("ruled-out");
    expect(state({difference: 0.002, relativeInterval: [0.01, 0.04], adjustedPValue: 0.001}, {minimumEffect: {}})).toBe(
      "gain"
    );
  });

  it("believes a sequential design's crossing, at any time, and nothing else", () => {
    expect(state(gain, {ended: false, on: crossed("efficacy")})).toBe("gain");
    expect(state(gain, {ended: false, on: crossed("harm")})).toBe("harm");
    expect(state({...gain, relativeInterval: [-0.1, 0.2]}, {ended: false, on: crossed("futility")})).toBe("ruled-out");
    expect(state(gain, {on: crossed(null)})).toBe("unclear");
  });

  it("is null without a number", () => {
    expect(state({difference: null, relativeInterval: null})).toBeNull();
  });

  it("reads experiments as they are defined", () => {
    expect(primaryState(experimentWith(), metric, comparison, {ended: false})).toBe("unclear");
  });
});
