import {describe, expect, it} from "vitest";
import {effectTrend} from "../../lib/stats/effectTrend.ts";
import {segmentShrinkage} from "../../lib/stats/segmentShrinkage.ts";

describe("effectTrend(time, effects, standardErrors)", () => {
  it("finds a straight line", () => {
    // by hand: equal weights, pooled 2, Q = 2, slope -1 with standard error 1 / sqrt(2)
    const trend = effectTrend([0, 1, 2], [3, 2, 1], [1, 1, 1]);
    expect(trend.pooled).toBeCloseTo(2, 14);
    expect(trend.cochranQ).toBeCloseTo(2, 14);
    // chi-square with 2 degrees of freedom: exp(-1)
    expect(trend.heterogeneityP).toBeCloseTo(Math.exp(-1), 12);
    expect(trend.iSquared).toBe(0);
    expect(trend.slope).toBeCloseTo(-1, 14);
    expect(trend.slopeStandardError).toBeCloseTo(Math.SQRT1_2, 14);
    // 2 (1 - Phi(sqrt(2)))
    expect(trend.slopeP).toBeCloseTo(0.157299207, 9);
  });

  it("does not depend on when time starts or on its unit", () => {
    const effects = [0.3, 0.1, 0.25, 0.05];
    const errors = [0.1, 0.05, 0.2, 0.1];
    const days = effectTrend([0, 1, 2, 3], effects, errors);
    const hours = effectTrend([1e6, 1e6 + 24, 1e6 + 48, 1e6 + 72], effects, errors);
    expect(hours.slope).toBeCloseTo((days.slope ?? NaN) / 24, 12);
    expect(hours.slopeP).toBeCloseTo(days.slopeP ?? NaN, 9);
  });

  it("leaves out effects that could not be had", () => {
    const some = effectTrend([0, 1, 2, 3, 4], [3, null, 2, 5, 1], [1, 1, 1, 0, 1]);
    expect(some).toEqual(effectTrend([0, 2, 4], [3, 2, 1], [1, 1, 1]));
    expect(some.k).toBe(3);
  });

  it("gives nulls with a reason for none, one, and all at the same time", () => {
    expect(effectTrend([], [], [])).toMatchObject({
      k: 0,
      pooled: null,
      slopeP: null,
      reason: "no effect with a standard error above 0"
    });
    expect(effectTrend([5], [2], [0.5])).toMatchObject({
      pooled: 2,
      pooledStandardError: 0.5,
      cochranQ: null,
      heterogeneityP: null,
      slope: null,
      reason: "one effect has neither spread nor trend"
    });
    expect(effectTrend([5, 5], [2, 3], [1, 1])).toMatchObject({
      pooled: 2.5,
      cochranQ: 0.5,
      slope: null,
      reason: "all effects are of the same time"
    });
  });

  it("gives no spread for equal effects", () => {
    const trend = effectTrend([0, 1], [2, 2], [1, 1]);
    expect(trend).toMatchObject({cochranQ: 0, heterogeneityP: 1, iSquared: 0, slope: 0, slopeP: 1});
  });

  it("refuses lists that do not go together and numbers out of range", () => {
    expect(() => effectTrend([0], [1, 2], [1, 1])).toThrow(new RangeError("invalid time; not of length 2: 1"));
    expect(() => effectTrend([0, 1], [1, 2], [1])).toThrow(
      new RangeError("invalid standardErrors; not of length 2: 1")
    );
    expect(() => effectTrend([0, NaN], [1, 2], [1, 1])).toThrow(RangeError);
    expect(() => effectTrend([0, 1], [1, Infinity], [1, 1])).toThrow(
      new RangeError("invalid effect; not a finite number: Infinity")
    );
    expect(() => effectTrend([0, 1], [1, 2], [1, -1])).toThrow(
      new RangeError("invalid standardError; not at least 0 and finite: -1")
    );
    expect(() => effectTrend([0, 1], [1, 2], [1, NaN])).toThrow(RangeError);
  });
});

describe("segmentShrinkage(effects, standardErrors, options)", () => {
  it("draws two segments halfway where their spread is twice their noise", () => {
    // by hand: Q = 8, tau² = (8 - 1) / (2 - 1) = 7, B = 1/8
    const {tauSquared, mean, shrunk, shrinkage} = segmentShrinkage([0, 4], [1, 1]);
    expect(tauSquared).toBeCloseTo(7, 13);
    expect(mean).toBeCloseTo(2, 14);
    expect(shrinkage).toEqual([0.125, 0.125]);
    expect(shrunk[0]).toBeCloseTo(0.25, 13);
    expect(shrunk[1]).toBeCloseTo(3.75, 13);
  });

  it("draws segments that differ by noise alone all the way to the mean", () => {
    const {tauSquared, mean, shrunk, iSquared} = segmentShrinkage([1, 1.5, 2], [1, 1, 1]);
    expect(tauSquared).toBe(0);
    expect(iSquared).toBe(0);
    for (const effect of shrunk) expect(effect).toBeCloseTo(mean ?? NaN, 14);
  });

  it("has intervals about the shrunk effect", () => {
    const {shrunk, shrunkStandardErrors, intervals} = segmentShrinkage([0, 4, 8], [1, 0.5, 2], {level: 0.9});
    intervals.forEach((interval, i) => {
      expect(((interval?.[0] ?? NaN) + (interval?.[1] ?? NaN)) / 2).toBeCloseTo(shrunk[i] ?? NaN, 12);
      // qnorm(0.95)
      expect(((interval?.[1] ?? NaN) - (shrunk[i] ?? NaN)) / (shrunkStandardErrors[i] ?? NaN)).toBeCloseTo(
        1.6448536,
        6
      );
    });
  });

  it("gains nothing on a segment's own error from three segments, and more from more of them", () => {
    expect(segmentShrinkage([1, 2, 3], [1, 1, 1]).shrunkStandardErrors).toEqual([1, 1, 1]);
    // Morris (1983), by hand for k = 5, tau² = 0 and an effect at the mean: 1 - (4 / 5) (2 / 4)
    const five = segmentShrinkage([1, 2, 2, 2, 3], [1, 1, 1, 1, 1]).shrunkStandardErrors;
    expect(five[2]).toBeCloseTo(Math.sqrt(0.6), 12);
    // and one off it: 0.6 + 2 / 2 (1 / 2)²
    expect(five[0]).toBeCloseTo(Math.sqrt(0.85), 12);
  });

  it("leaves out segments that could not be had, and keeps their places", () => {
    const some = segmentShrinkage([0, null, 4, 9], [1, 1, 1, 0]);
    const all = segmentShrinkage([0, 4], [1, 1]);
    expect(some.shrunk).toEqual([all.shrunk[0], null, all.shrunk[1], null]);
    expect(some.interactionP).toBe(all.interactionP);
    expect(some.intervals[1]).toBeNull();
  });

  it("gives nulls with a reason for none and one", () => {
    expect(segmentShrinkage([], [])).toMatchObject({
      mean: null,
      shrunk: [],
      reason: "no effect with a standard error above 0"
    });
    expect(segmentShrinkage([3], [0.5])).toMatchObject({
      mean: 3,
      shrunk: [3],
      shrunkStandardErrors: [0.5],
      tauSquared: null,
      interactionP: null,
      reason: "one segment has no interaction to test"
    });
  });

  it("refuses lists that do not go together, numbers and levels out of range", () => {
    expect(() => segmentShrinkage([1, 2], [1])).toThrow(RangeError);
    expect(() => segmentShrinkage([NaN], [1])).toThrow(RangeError);
    expect(() => segmentShrinkage([1], [-1])).toThrow(RangeError);
    expect(() => segmentShrinkage([1], [1], {level: 1})).toThrow(new RangeError("invalid level; not in (0, 1): 1"));
  });
});
