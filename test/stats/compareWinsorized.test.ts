import {describe, expect, it} from "vitest";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareWinsorized, quantileOfSorted} from "../../lib/stats/compareWinsorized.ts";
import {momentsOf} from "../../lib/stats/moments.ts";

const control = Object.freeze([1, 2, 3, 4, 5, 100]);
const treatment = Object.freeze([2, 3, 4, 5, 6, 7]);

describe("compareWinsorized(control, treatment, options)", () => {
  it("brings both ends in to quantiles of both arms together", () => {
    const result = compareWinsorized(control, treatment, {lower: 0.1, upper: 0.9});
    // numpy 2: np.quantile([1, 2, 3, 4, 5, 100, 2, 3, 4, 5, 6, 7], [0.1, 0.9]) = [2, 6.9]
    expect(result.caps).toEqual([2, expect.closeTo(6.9, 12)]);
    expect(result.changed).toEqual({control: 2, treatment: 1});
    const capped = (values: readonly number[]) => momentsOf(values.map((y) => ({y: Math.min(6.9, Math.max(2, y))})));
    const direct = compareMeans(capped(control), capped(treatment));
    expect(result.difference).toBeCloseTo(direct.difference ?? NaN, 12);
    expect(result.pValue).toBeCloseTo(direct.pValue ?? NaN, 11);
    expect(result.method).toBe("winsorized");
  });

  it("changes nothing with 0 and 1", () => {
    const result = compareWinsorized(control, treatment, {lower: 0, upper: 1});
    expect(result.caps).toEqual([1, 100]);
    expect(result.changed).toEqual({control: 0, treatment: 0});
  });

  it("has no caps without units", () => {
    expect(compareWinsorized([], [])).toMatchObject({caps: null, difference: null, reason: "no units in control"});
    expect(compareWinsorized([3], [3, 3])).toMatchObject({caps: [3, 3], difference: 0, pValue: null});
  });

  it("refuses values and quantiles that are none", () => {
    expect(() => compareWinsorized([NaN], [1])).toThrow(new RangeError("invalid value; not a finite number: NaN"));
    expect(() => compareWinsorized(control, treatment, {lower: 0.5, upper: 0.4})).toThrow(
      new RangeError("invalid upper; not in [0.5, 1]: 0.4")
    );
    expect(() => compareWinsorized(control, treatment, {lower: -0.1})).toThrow(RangeError);
  });
});

describe("quantileOfSorted(sorted, p)", () => {
  it("uses R's type 7", () => {
    expect(quantileOfSorted([1, 2, 4, 8], 0.5)).toBe(3);
    expect(quantileOfSorted([1, 2, 4, 8], 1)).toBe(8);
    expect(quantileOfSorted([], 0.5)).toBeNaN();
  });
});
