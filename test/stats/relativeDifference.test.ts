import {describe, expect, it} from "vitest";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {momentsFromSums, momentsOf} from "../../lib/stats/moments.ts";
import {relativeDifference} from "../../lib/stats/relativeDifference.ts";

const of = (values: number[]) => momentsOf(values.map((y) => ({y})));
const comparison = compareMeans(of([3.1, 2.4, 5.6, 4.4, 3.9, 2.2, 6.1, 3.3]), of([4.2, 5.5, 3.8, 6.9, 5.1, 4.7]));

describe("relativeDifference(comparison, {method})", () => {
  it("by the delta method agrees with gbstats 0.8.0, to the five decimals that it prints", () => {
    const arms = [
      momentsFromSums(3407, {y: 1396.87, yy: 52377.9767}),
      momentsFromSums(3461, {y: 2422.7, yy: 134698.29})
    ] as const;
    const {relative, standardError, interval, pValue} = relativeDifference(compareMeans(...arms), {method: "delta"});
    expect(relative).toBeCloseTo(0.70732, 5);
    expect(standardError).toBeCloseTo(0.37879, 5);
    expect(interval?.[0]).toBeCloseTo(-0.03526, 4);
    expect(interval?.[1]).toBeCloseTo(1.44989, 4);
    expect(pValue).toBeCloseTo(0.06191, 5);
  });

  it("by Fieller is the comparison's own relative interval", () => {
    const {interval, pValue} = relativeDifference(comparison, {method: "fieller"});
    expect(interval).toEqual(comparison.relativeInterval);
    expect(pValue).toBeCloseTo(comparison.pValue ?? NaN, 14);
  });

  it("takes Fieller's method where the control is near zero, the delta method elsewhere", () => {
    expect(relativeDifference(comparison).method).toBe("fieller");
    const far = compareMeans(of([100, 101, 102, 99]), of([103, 102, 104, 99]));
    expect(relativeDifference(far).method).toBe("delta");
    const [delta, fieller] = [relativeDifference(far), relativeDifference(far, {method: "fieller"})];
    expect(delta.interval?.[0]).toBeCloseTo(fieller.interval?.[0] ?? NaN, 3);
  });

  it("says why there is no interval", () => {
    const near = compareMeans(of([-1, 1.5, -2, 1.8]), of([4, 5, 6]));
    expect(relativeDifference(near)).toMatchObject({
      method: "fieller",
      interval: null,
      reason: "control is not told from zero"
    });
    expect(relativeDifference(near, {method: "delta"}).interval).not.toBeNull();
    expect(relativeDifference(compareMeans(of([-1, 1]), of([4, 5])))).toMatchObject({
      relative: null,
      reason: "control is zero"
    });
    expect(relativeDifference(compareMeans(of([2, 2]), of([3, 3])))).toMatchObject({
      relative: 0.5,
      pValue: null,
      reason: "no variance in either arm"
    });
    expect(relativeDifference(compareMeans(of([]), of([3, 4])))).toMatchObject({
      relative: null,
      reason: "no units in control"
    });
    expect(() => relativeDifference(comparison, JSON.parse('{"method": "log"}'))).toThrow(TypeError);
  });
});
