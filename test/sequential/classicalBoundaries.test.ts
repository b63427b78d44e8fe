import {describe, expect, it} from "vitest";
import {classicalBoundaries} from "../../lib/sequential/classicalBoundaries.ts";
import {crossingProbabilities} from "../../lib/sequential/crossingProbabilities.ts";

describe("classicalBoundaries(looks, options)", () => {
  it("agrees with Jennison & Turnbull (2000), tables 2.1 and 2.3: Pocock and O'Brien-Fleming constants", () => {
    expect(classicalBoundaries(5, {shape: "pocock"}).constant).toBeCloseTo(2.413, 3);
    expect(classicalBoundaries(20, {shape: "pocock"}).constant).toBeCloseTo(2.672, 3);
    expect(classicalBoundaries(5, {shape: "obrien-fleming"}).constant).toBeCloseTo(2.04, 3);
    expect(classicalBoundaries(20, {shape: "obrien-fleming", alpha: 0.01}).constant).toBeCloseTo(2.695, 3);
  });
  it("agrees with scipy 1.17 (brentq over quad) for two looks of Wang-Tsiatis and of Haybittle-Peto", () => {
    expect(classicalBoundaries(2, {shape: "wang-tsiatis", delta: 0.25}).constant).toBeCloseTo(2.0382156181168756, 8);
    expect(classicalBoundaries(2, {shape: "haybittle-peto", interim: 3}).z).toEqual([
      3,
      expect.closeTo(1.9672942353330083, 8)
    ]);
  });
  it("has Wang-Tsiatis pass through O'Brien-Fleming at 0 and Pocock at 0.5", () => {
    for (const [delta, shape] of [
      [0, "obrien-fleming"],
      [0.5, "pocock"]
    ] as const) {
      const one = classicalBoundaries(4, {shape: "wang-tsiatis", delta});
      expect(one.constant).toBeCloseTo(classicalBoundaries(4, {shape}).constant, 9);
    }
  });
  it("spends exactly alpha over all looks, also unequal ones that end short of 1", () => {
    for (const shape of ["pocock", "obrien-fleming", "wang-tsiatis", "haybittle-peto"] as const) {
      const {fractions, z} = classicalBoundaries([0.1, 0.4, 0.8], {shape, alpha: 0.02});
      const {upper, lower} = crossingProbabilities(fractions, z);
      expect([...upper, ...lower].reduce((a, b) => a + b)).toBeCloseTo(0.02, 10);
    }
  });
  it("is the fixed-sample test at a single look", () => {
    expect(classicalBoundaries(1).z).toEqual([expect.closeTo(1.959963984540054, 12)]);
  });
  it("rejects Haybittle-Peto interim looks that spend more than alpha, and what is out of range", () => {
    expect(() => classicalBoundaries(28, {shape: "haybittle-peto", alpha: 0.001})).toThrow(
      "invalid interim; those looks spend more than alpha (0.001): 3"
    );
    expect(() => classicalBoundaries(0)).toThrow("invalid looks; not a positive integer: 0");
    expect(() => classicalBoundaries(2.5)).toThrow(RangeError);
    expect(() => classicalBoundaries(2, {alpha: 1})).toThrow("invalid alpha; not in (0, 1): 1");
    expect(() => classicalBoundaries(2, {shape: "wang-tsiatis", delta: NaN})).toThrow(RangeError);
    // @ts-expect-error a call from plain JavaScript
    expect(() => classicalBoundaries(2, {shape: "naive"})).toThrow("unknown shape: naive");
  });
});
