import {describe, expect, it} from "vitest";
import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {conditionalPower} from "../../lib/sequential/conditionalPower.ts";
import {predictivePower} from "../../lib/sequential/predictivePower.ts";
import {repeatedInterval} from "../../lib/sequential/repeatedInterval.ts";
import {sequentialInference} from "../../lib/sequential/sequentialInference.ts";

const fractions = [0.2, 0.4, 0.6, 0.8, 1];
const {z} = alphaSpendingBoundaries(fractions);

describe("sequentialInference(fractions, z, options)", () => {
  it("is the fixed-sample inference after a stop at the first look", () => {
    const result = sequentialInference(fractions, z, {stopLook: 1, stopZ: 5});
    expect(result.medianUnbiasedDrift).toBeCloseTo(5 / Math.sqrt(0.2), 9);
    expect(result.driftInterval[0]).toBeCloseTo((5 - 1.959963984540054) / Math.sqrt(0.2), 9);
    expect(result.pValueOneSided).toBeCloseTo(2.8665157187919333e-7, 15);
  });
  it("mirrors for a stop below", () => {
    const up = sequentialInference(fractions, z, {stopLook: 3, stopZ: 3.1});
    const down = sequentialInference(fractions, z, {stopLook: 3, stopZ: -3.1});
    expect(down.medianUnbiasedDrift).toBeCloseTo(-up.medianUnbiasedDrift, 9);
    expect(down.driftInterval[0]).toBeCloseTo(-up.driftInterval[1], 9);
    expect(down.pValue).toBeCloseTo(up.pValue, 12);
    expect(down.pValueOneSided).toBeCloseTo(1 - up.pValueOneSided, 12);
  });
  it("has a p-value of what was spent when it stops exactly on a bound", () => {
    const {cumulativeAlphaPerSide} = alphaSpendingBoundaries(fractions);
    fractions.forEach((_, k) => {
      const {pValueOneSided} = sequentialInference(fractions, z, {stopLook: k + 1, stopZ: z[k] ?? 0});
      expect(pValueOneSided).toBeCloseTo(cumulativeAlphaPerSide[k] ?? 0, 10);
    });
  });
  it("has an interval that leaves 0 out exactly when the p-value is below its level", () => {
    for (const stopZ of [1.9, 2.03, 2.04, 2.2]) {
      const {pValue, driftInterval} = sequentialInference(fractions, z, {stopZ, level: 0.95});
      expect(driftInterval[0] > 0).toBe(pValue < 0.05);
    }
  });
  it("pulls the naive estimate of an early stop in", () => {
    const {medianUnbiasedDrift} = sequentialInference(fractions, z, {stopLook: 4, stopZ: 2.4});
    expect(medianUnbiasedDrift).toBeLessThan(2.4 / Math.sqrt(0.8));
    expect(medianUnbiasedDrift).toBeGreaterThan(2);
  });
  it("takes a stop far beyond every bound, and looks that could not stop", () => {
    const far = sequentialInference(fractions, z, {stopLook: 3, stopZ: 40});
    expect(far.driftInterval.every(Number.isFinite)).toBe(true);
    const early = sequentialInference([0.001, 0.5, 1], [Infinity, 2.96, 1.97], {stopLook: 2, stopZ: 3});
    expect(early.medianUnbiasedDrift).toBeCloseTo(3 / Math.sqrt(0.5), 9);
  });
  it("rejects a z that is not a number, and looks that are not there", () => {
    expect(() => sequentialInference(fractions, z, {stopZ: NaN})).toThrow("invalid stopZ; not a finite number: NaN");
    expect(() => sequentialInference(fractions, z, {stopZ: 2, stopLook: 6})).toThrow(
      "invalid stopLook; more than there are looks (5): 6"
    );
    expect(() => sequentialInference(fractions, z, {stopZ: 2, stopLook: 0})).toThrow(RangeError);
    expect(() => sequentialInference(fractions, z, {stopZ: 2, level: 95})).toThrow("invalid level; not in (0, 1): 95");
  });
});

describe("repeatedInterval(estimate, standardError, bound, options)", () => {
  it("leaves 0 out exactly when the bound is crossed", () => {
    expect(repeatedInterval(3, 1, 2.9).interval?.[0]).toBeGreaterThan(0);
    expect(repeatedInterval(3, 1, 3.1).interval?.[0]).toBeLessThan(0);
  });
  it("is open on the other side for a one-sided test", () => {
    expect(repeatedInterval(3, 1, 2, {side: "upper"}).interval).toEqual([1, null]);
    expect(repeatedInterval(3, 1, 2, {side: "lower"}).interval).toEqual([null, 5]);
  });
  it("is null with a reason where nothing could be spent", () => {
    for (const bound of [null, Infinity]) {
      expect(repeatedInterval(3, 1, bound)).toEqual({
        interval: null,
        reason: "no alpha can be spent at this look yet"
      });
    }
  });
  it("rejects a standard error of 0", () => {
    expect(() => repeatedInterval(3, 0, 2)).toThrow("invalid standardError; not a positive number: 0");
  });
});

describe("conditionalPower(standing, options)", () => {
  it("is the same by one look to come as by the final analysis", () => {
    const standing = {fraction: 0.4, z: 1.2};
    const final = conditionalPower(standing, {drift: 3, critical: 2.031});
    const look = conditionalPower(standing, {drift: 3, future: {fractions: [1], z: [2.031]}});
    for (const key of ["underDrift", "underTrend", "underNull"] as const) {
      expect(look[key]).toBeCloseTo(final[key], 10);
    }
    expect(look.underInterval[0]).toBeCloseTo(final.underInterval[0], 10);
  });
  it("gains by more looks with the same last bound, and rises with the effect", () => {
    const standing = {fraction: 0.4, z: 1.2};
    const one = conditionalPower(standing, {drift: 3, future: {fractions: [1], z: [2.031]}});
    const three = conditionalPower(standing, {drift: 3, future: {fractions: [0.6, 0.8, 1], z: [2.68, 2.29, 2.031]}});
    expect(three.underDrift).toBeGreaterThan(one.underDrift);
    expect(three.underInterval[0]).toBeLessThan(three.underTrend);
    expect(three.underTrend).toBeLessThan(three.underInterval[1]);
  });
  it("is 1 or 0 from the planned information on", () => {
    expect(conditionalPower({fraction: 1, z: 2}, {drift: 3}).underDrift).toBe(1);
    expect(conditionalPower({fraction: 1.2, z: 1.9}, {drift: 3}).underDrift).toBe(0);
  });
  it("rejects no information, a z that is not a number, and looks that are past", () => {
    expect(() => conditionalPower({fraction: 0, z: 1}, {drift: 3})).toThrow(
      "invalid fraction; not a positive number: 0"
    );
    expect(() => conditionalPower({fraction: 0.5, z: NaN}, {drift: 3})).toThrow("invalid z; not a finite number: NaN");
    expect(() => conditionalPower({fraction: 0.5, z: 1}, {drift: 3, future: {fractions: [0.5, 1], z: [3, 2]}})).toThrow(
      "invalid future; not beyond the present fraction 0.5: 0.5"
    );
  });
});

describe("predictivePower(standing, options)", () => {
  it("agrees with the closed form for a flat prior", () => {
    // Python: NormalDist().cdf((1.5 - NormalDist().inv_cdf(0.975) * sqrt(0.5)) / sqrt(0.5))
    expect(predictivePower({fraction: 0.5, z: 1.5})).toBeCloseTo(0.5640936316683146, 9);
  });
  it("tends to the conditional power under a drift that is all but known", () => {
    const standing = {fraction: 0.5, z: 1.5};
    const prior = {mean: 2.8, standardDeviation: 1e-6};
    expect(predictivePower(standing, {prior})).toBeCloseTo(conditionalPower(standing, {drift: 2.8}).underDrift, 6);
  });
  it("is 1 or 0 from the planned information on, and rejects a prior without spread", () => {
    expect(predictivePower({fraction: 1, z: 2})).toBe(1);
    expect(() => predictivePower({fraction: 0.5, z: 2}, {prior: {mean: 0, standardDeviation: 0}})).toThrow(RangeError);
  });
});
