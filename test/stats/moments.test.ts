import {describe, expect, it} from "vitest";
import {
  addMoments,
  covariance,
  emptyMoments,
  mean,
  momentsFromSums,
  momentsOf,
  shiftOrigin,
  subtractMoments,
  sums,
  variance
} from "../../lib/stats/moments.ts";

const rows = Object.freeze([
  {y: 3, w: 2, x: 1, v: 4},
  {y: 5, w: 3, x: 0, v: 1},
  {y: 4, w: 7, x: 2, v: 2},
  {y: 9, w: 1, x: 6, v: 8}
]);

describe("moments", () => {
  it("of rows are sums about the origin", () => {
    const m = momentsOf(rows, {y: 4, w: 1});
    expect(m).toMatchObject({n: 4, y: 5, yy: 27, w: 9, ww: 41, x: 9, xx: 41, v: 15, vv: 85, yw: -1 + 2});
    expect(mean(m, "y")).toBe(5.25);
    expect(mean(m, "w")).toBe(3.25);
  });

  it("give numpy's var(ddof=1) and cov whatever the origin", () => {
    // numpy 2: np.var([3, 5, 4, 9], ddof=1), np.cov([3, 5, 4, 9], [1, 0, 2, 6])
    for (const origin of [{}, {y: 4}, {y: -10, x: 3, w: 2, v: 1}]) {
      const m = momentsOf(rows, origin);
      expect(variance(m, "y")).toBeCloseTo(6.916666666666667, 12);
      expect(covariance(m, "x", "y")).toBeCloseTo(5.916666666666667, 12);
      expect(covariance(m, "y", "x")).toBe(covariance(m, "x", "y"));
      expect(covariance(m, "y", "y")).toBe(variance(m, "y"));
    }
  });

  it("add up to the moments of all rows, and subtract back", () => {
    const [a, b] = [momentsOf(rows.slice(0, 1)), momentsOf(rows.slice(1))];
    expect(addMoments(a, b)).toEqual(momentsOf(rows));
    expect(subtractMoments(momentsOf(rows), b)).toEqual(a);
    expect(addMoments(a, emptyMoments())).toEqual(a);
  });

  it("add about the origin of the first", () => {
    const sum = addMoments(momentsOf(rows.slice(0, 2), {y: 4}), momentsOf(rows.slice(2), {y: 1, w: 2}));
    const whole = momentsOf(rows, {y: 4});
    for (const name of sums) expect(sum[name], name).toBeCloseTo(whole[name], 12);
    expect(sum.origin).toEqual({y: 4});
  });

  it("move to another origin and back", () => {
    const m = momentsOf(rows, {y: 1, w: 2, x: 3, v: 4});
    const moved = shiftOrigin(m, {y: 7, v: -2});
    const direct = momentsOf(rows, {y: 7, v: -2});
    for (const name of sums) expect(moved[name], name).toBeCloseTo(direct[name], 12);
  });

  it("keep the variance where sd/mean is 1e-8, with an origin near the mean", () => {
    const values = [1e9 - 10, 1e9, 1e9 + 10, 1e9 + 20].map((y) => ({y}));
    expect(variance(momentsOf(values, {y: 1e9}), "y")).toBeCloseTo(166.66666666666666, 10);
  });

  it("of values that are all the same have no variance, also where the sums are rounded", () => {
    const same = Array.from({length: 1000}, () => ({y: 0.1}));
    expect(variance(momentsOf(same), "y")).toBe(0);
    expect(variance(momentsOf(same, {y: 0.1}), "y")).toBe(0);
  });

  it("of no unit have no mean, of one no variance", () => {
    expect(mean(emptyMoments(), "y")).toBeNull();
    expect(variance(momentsOf(rows.slice(0, 1)), "y")).toBeNull();
    expect(covariance(momentsOf(rows.slice(0, 1)), "x", "y")).toBeNull();
  });

  it("refuse what cannot be sums of units", () => {
    expect(() => momentsFromSums(-1, {})).toThrow(new RangeError("invalid n; not a non-negative integer: -1"));
    expect(() => momentsFromSums(1.5, {})).toThrow(RangeError);
    expect(() => momentsFromSums(3, {yy: NaN})).toThrow(new RangeError("invalid yy; not a finite number: NaN"));
    expect(() => momentsOf([{y: Infinity}])).toThrow(new RangeError("invalid y; not a finite number: Infinity"));
    expect(() => momentsOf([{y: 1, x: NaN}])).toThrow(RangeError);
    expect(() => emptyMoments({y: NaN})).toThrow(new RangeError("invalid origin.y; not a finite number: NaN"));
    expect(() => subtractMoments(momentsOf(rows.slice(1)), momentsOf(rows))).toThrow(RangeError);
    expect(() => variance(momentsFromSums(4, {y: 4, yy: 3}), "y")).toThrow(
      new RangeError("invalid sum of squares; not at least 4: 3")
    );
  });
});
