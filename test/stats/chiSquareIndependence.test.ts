import {describe, expect, it} from "vitest";
import {chiSquareIndependence} from "../../lib/stats/chiSquareIndependence.ts";
import {twoProportionZTest} from "../../lib/stats/compareProportions.ts";

describe("chiSquareIndependence(successes, n)", () => {
  it("agrees with scipy 1.17.1 chi2_contingency([[12, 88], [20, 80], [9, 91]], correction=False)", () => {
    const {chiSquare, pValue, df} = chiSquareIndependence([12, 20, 9], [100, 100, 100]);
    expect(chiSquare).toBeCloseTo(5.48074206610792, 12);
    expect(pValue).toBeCloseTo(0.06454639360417123, 13);
    expect(df).toBe(2);
  });

  it("of two arms is the square of the pooled z", () => {
    const {z, pValue} = twoProportionZTest({successes: 12, n: 100}, {successes: 20, n: 90});
    const test = chiSquareIndependence([12, 20], [100, 90]);
    expect(test.chiSquare).toBeCloseTo(Number(z) ** 2, 12);
    expect(test.pValue).toBeCloseTo(Number(pValue), 13);
  });

  it("says what is undecided", () => {
    expect(chiSquareIndependence([0, 0], [5, 6])).toEqual({
      chiSquare: null,
      df: 1,
      pValue: null,
      reason: "no successes in any arm"
    });
    expect(chiSquareIndependence([5, 6], [5, 6]).reason).toBe("no failures in any arm");
    expect(chiSquareIndependence([5, 0], [9, 0]).reason).toBe("an arm without units");
  });

  it("refuses what are not counts of arms", () => {
    expect(() => chiSquareIndependence([1], [2])).toThrow(new RangeError("invalid arms; not at least two: 1"));
    expect(() => chiSquareIndependence([1, 2], [2])).toThrow(new RangeError("invalid n; not of length 2: 1"));
    expect(() => chiSquareIndependence([3, 1], [2, 2])).toThrow(RangeError);
    expect(() => chiSquareIndependence([NaN, 1], [2, 2])).toThrow(RangeError);
    expect(() => chiSquareIndependence([1, 1], [2, -2])).toThrow(RangeError);
  });
});
