import {describe, expect, it} from "vitest";
import {powerOf} from "../../lib/experiment/powerOf.ts";
import type {PowerInput} from "../../lib/experiment/powerOf.ts";

const input: PowerInput = {
  kind: "proportion",
  direction: "increase",
  comparison: {
    variant: "green",
    baseline: "control",
    difference: 0.004,
    standardError: 0.0046,
    interval: [-0.005, 0.013],
    pValue: 0.38,
    adjustedPValue: 0.38,
    adjustedInterval: [-0.005, 0.013],
    relativeDifference: 0.033,
    relativeInterval: [-0.04, 0.11],
    level: 0.95,
    statistic: 0.87,
    degreesOfFreedom: null,
    test: "score",
    adjustment: {covariate: null, varianceReduction: null, correction: "none", intervalKind: null, phases: 1},
    reason: null
  },
  control: {variant: "control", n: 10000, mean: 0.12, standardDeviation: 0.325, reason: null},
  treatment: {variant: "green", n: 10000, mean: 0.124, standardDeviation: 0.33, reason: null},
  units: 20000,
  minimumEffect: 0.1,
  alpha: 0.05,
  power: 0.8,
  alternative: "two-sided",
  traffic: Array.from({length: 10}, () => 2000),
  elapsed: 10,
  maturity: 0
};

describe("powerOf(input)", () => {
  it("asks for the units of Cohen's h for a plain share", () => {
    // By hand: 2 ((1.959964 + 0.841621) / (2 asin sqrt 0.132 - 2 asin sqrt 0.12))² = 11998.2 per arm, rounded up.
    expect(powerOf(input).requiredUnits).toBe(2 * 11999);
  });

  it("counts the days left from the start, with the days in which units mature", () => {
    const {daysLeft} = powerOf(input);
    expect(daysLeft).toBe(Math.ceil(powerOf(input).requiredUnits! / 2000) - 10);
    expect(powerOf({...input, maturity: 7}).daysLeft).toBe(daysLeft! + 7);
  });

  it("has no days left once the units are there, however long they took to mature", () => {
    expect(
      powerOf({
        ...input,
        control: {...input.control, n: 20000},
        treatment: {...input.treatment, n: 20000},
        units: 40000,
        maturity: 28,
        elapsed: 3
      }).daysLeft
    ).toBe(0);
  });

  it("says why nothing is required where no minimum effect is declared", () => {
    const {requiredUnits, detectable, reason} = powerOf({...input, minimumEffect: undefined});
    expect(requiredUnits).toBeNull();
    expect(detectable).toBeGreaterThan(0);
    expect(reason).toMatch(/no minimum effect/);
  });

  it("is null with a reason without a control mean to scale by", () => {
    const {achieved, reason} = powerOf({...input, control: {...input.control, mean: 0}});
    expect(achieved).toBeNull();
    expect(reason).toMatch(/control mean/);
  });
});
