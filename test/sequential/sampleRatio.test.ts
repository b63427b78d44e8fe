import {describe, expect, it} from "vitest";
import {runningSampleRatioMismatch} from "../../lib/sequential/runningSampleRatioMismatch.ts";
import {sequentialSampleRatioMismatch} from "../../lib/sequential/sequentialSampleRatioMismatch.ts";
import {mixtureSprtLogRatio, sequentialSrmMixtureSprt} from "../../lib/sequential/sequentialSrmMixtureSprt.ts";
import {trafficAnomaly} from "../../lib/sequential/trafficAnomaly.ts";
import {createRandom} from "../random.ts";

describe("sequentialSrmMixtureSprt(assignments, options)", () => {
  it("depends on the counts only, not on their order", () => {
    const {logLikelihoodRatio} = sequentialSrmMixtureSprt([1, 1, 0, 1, 0, 1, 1], {
      targetTreatmentRatio: 0.4,
      delta: 0.1
    });
    expect(mixtureSprtLogRatio(2, 5, {targetTreatmentRatio: 0.4, delta: 0.1})).toBeCloseTo(logLikelihoodRatio, 12);
  });
  it("crosses at the first unit where the ratio reaches 1 / alpha, and stays crossed", () => {
    const ones = Array.from({length: 300}, () => 1);
    const zeros = Array.from({length: 300}, () => 0);
    const {firstCrossing} = sequentialSrmMixtureSprt([...ones, ...zeros], {delta: 0.02});
    // (1.04^n + 0.96^n) / 2 >= 100 first at n = 136
    expect(firstCrossing).toBe(135);
  });
  it("takes no units, and a ratio beyond the range of numbers", () => {
    expect(sequentialSrmMixtureSprt([])).toEqual({
      logLikelihoodRatio: 0,
      finalLikelihoodRatio: 1,
      firstCrossing: null,
      reason: null
    });
    const many = sequentialSrmMixtureSprt(Array.from({length: 30_000}, () => 1));
    expect(many.finalLikelihoodRatio).toBeNull();
    expect(many.reason).toBe("the likelihood ratio exceeds the range of numbers; see its logarithm");
    expect(many.logLikelihoodRatio).toBeCloseTo(30_000 * Math.log(1.04) - Math.LN2, 6);
  });
  it("rejects what is no assignment and a delta that leaves (0, 1)", () => {
    expect(() => sequentialSrmMixtureSprt([0, 2])).toThrow("invalid assignments; not 0 or 1: 2");
    expect(() => sequentialSrmMixtureSprt([0], {targetTreatmentRatio: 0.1, delta: 0.1})).toThrow(
      "invalid delta; target -+ delta not in (0, 1): 0.1"
    );
    expect(() => mixtureSprtLogRatio(1, 0.5)).toThrow(RangeError);
  });
});

describe("sequentialSampleRatioMismatch(observed, expectedWeights, options)", () => {
  it("agrees with 60-digit arithmetic at a billion units", () => {
    // Python's decimal, 60 digits: the log-gamma form by Stirling's series, with concentration 10000 and counts 500030000, 499970000
    const {logBayesFactor} = sequentialSampleRatioMismatch([500_030_000, 499_970_000], [1, 1]);
    expect(logBayesFactor).toBeCloseTo(-3.956510729150145, 8);
  });
  it("is 0 for no units and for one unit of two equal arms", () => {
    expect(sequentialSampleRatioMismatch([0, 0], [1, 1])).toEqual({logBayesFactor: 0, pValue: 1});
    expect(sequentialSampleRatioMismatch([1, 0], [1, 1]).logBayesFactor).toBeCloseTo(0, 12);
  });
  it("finds an arm that is missing altogether", () => {
    expect(sequentialSampleRatioMismatch([1000, 0, 1000], [1, 1, 1]).pValue).toBeLessThan(1e-30);
  });
  it("is a martingale: its mean over the next unit is itself", () => {
    const weights = [0.2, 0.3, 0.5];
    const factor = (counts: number[]) =>
      Math.exp(sequentialSampleRatioMismatch(counts, weights, {concentration: 7}).logBayesFactor);
    const now = factor([4, 9, 5]);
    const next = 0.2 * factor([5, 9, 5]) + 0.3 * factor([4, 10, 5]) + 0.5 * factor([4, 9, 6]);
    expect(next).toBeCloseTo(now, 12);
  });
  it("rejects one arm, other lengths, counts that are not, and weights of 0", () => {
    expect(() => sequentialSampleRatioMismatch([5], [1])).toThrow("invalid observed; requires at least two arms: 1");
    expect(() => sequentialSampleRatioMismatch([5, 5], [1])).toThrow("invalid expectedWeights; not one per arm (2): 1");
    expect(() => sequentialSampleRatioMismatch([5, -1], [1, 1])).toThrow(
      "invalid observed; not integers from 0 up: -1"
    );
    expect(() => sequentialSampleRatioMismatch([5, 5], [1, 0])).toThrow(
      "invalid expectedWeights; not a positive number: 0"
    );
  });
});

describe("runningSampleRatioMismatch(days, expectedWeights, options)", () => {
  const day = (i: number, ...units: number[]) => ({date: `2026-01-${String(i).padStart(2, "0")}`, units});
  it("keeps the smallest p-value and the first day of a crossing, though the split mends later", () => {
    const days = [day(5, 1000, 1000), day(6, 1000, 1400), day(7, 3000, 2600), day(8, 5000, 5000)];
    const {path, pValue, crossed} = runningSampleRatioMismatch(days, [1, 1]);
    expect(crossed).toBe("2026-01-06");
    expect(path[3]?.units).toEqual([10000, 10000]);
    expect(path[3]?.pValue).toBe(path[1]?.pValue);
    expect(pValue).toBe(path[1]?.pValue);
    expect(path[3]?.logBayesFactor).toBeLessThan(0);
  });
  it("has the p-value 1 without days", () => {
    expect(runningSampleRatioMismatch([], [1, 1])).toEqual({path: [], pValue: 1, crossed: null});
  });
  it("alarms in at most alpha of right splits over 28 nights together", () => {
    const random = createRandom(4);
    let alarms = 0;
    for (let i = 0; i < 400; ++i) {
      const days = Array.from({length: 28}, (_, d) => {
        const treatment = Math.round(500 + Math.sqrt(250) * random.normal());
        return day(d, 1000 - treatment, treatment);
      });
      if (runningSampleRatioMismatch(days, [1, 1], {alpha: 0.05}).crossed !== null) ++alarms;
    }
    expect(alarms / 400).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
  });
  it("rejects days with another number of arms", () => {
    expect(() => runningSampleRatioMismatch([day(5, 1, 2, 3)], [1, 1])).toThrow(RangeError);
  });
});

describe("trafficAnomaly(volumes, options)", () => {
  it("finds a drop, not a rise", () => {
    expect(trafficAnomaly([100, 101, 98, 103, 99, 100, 102, 60]).anomaly).toBe(true);
    expect(trafficAnomaly([100, 101, 98, 103, 99, 100, 102, 160]).anomaly).toBe(false);
  });
  it("holds equal volumes against a share of their mean, with a reason for the missing z", () => {
    expect(trafficAnomaly([50, 50, 50, 20])).toMatchObject({
      zScore: null,
      anomaly: true,
      reason: "the volumes before are all equal"
    });
  });
  it("says nothing of fewer than three volumes", () => {
    expect(trafficAnomaly([10, 0])).toEqual({
      mean: null,
      sd: null,
      zScore: null,
      anomaly: false,
      reason: "fewer than three volumes"
    });
    expect(trafficAnomaly([]).anomaly).toBe(false);
  });
  it("rejects negative volumes", () => {
    expect(() => trafficAnomaly([1, 2, -1])).toThrow("invalid volumes; not numbers from 0 up: -1");
  });
});
