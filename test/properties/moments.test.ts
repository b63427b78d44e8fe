import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {
  addMoments,
  emptyMoments,
  momentsOf,
  shiftOrigin,
  subtractMoments,
  sums,
  variance,
  type Moments
} from "../../lib/stats/moments.ts";

// The same cases in every run.
fc.configureGlobal({seed: 20260105});

// Whole values: their sums are exact, so algebra can be asked for to the last bit.
const value = fc.integer({min: -1000, max: 1000});
const unit = fc.record({y: value, w: value, x: value, v: value});
const rows = fc.array(unit, {maxLength: 30});
const origin = fc.record({y: value, w: value, x: value, v: value});

/** Without the sign of zero, which addition does not keep. */
function plain(moments: Moments): Record<string, number> {
  return Object.fromEntries([["n", moments.n], ...sums.map((sum) => [sum, moments[sum] + 0])]);
}

describe("moments", () => {
  it("add in any order", () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        expect(plain(addMoments(momentsOf(a), momentsOf(b)))).toEqual(plain(addMoments(momentsOf(b), momentsOf(a))));
      })
    );
  });

  it("add in any grouping", () => {
    fc.assert(
      fc.property(rows, rows, rows, (...lists) => {
        const [a, b, c] = lists.map((list) => momentsOf(list));
        if (!a || !b || !c) throw new Error("three lists");
        expect(plain(addMoments(addMoments(a, b), c))).toEqual(plain(addMoments(a, addMoments(b, c))));
      })
    );
  });

  it("of pooled rows are the pooled moments, whatever the origins", () => {
    fc.assert(
      fc.property(rows, rows, origin, origin, (a, b, here, there) => {
        const pooled = addMoments(momentsOf(a, here), momentsOf(b, there));
        expect(plain(pooled)).toEqual(plain(momentsOf([...a, ...b], here)));
      })
    );
  });

  it("do not change when nothing is added, and come back when what was added is taken away", () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const moments = momentsOf(a);
        expect(plain(addMoments(moments, emptyMoments()))).toEqual(plain(moments));
        expect(plain(subtractMoments(addMoments(moments, momentsOf(b)), momentsOf(b)))).toEqual(plain(moments));
      })
    );
  });

  it("do not depend on the order of the rows", () => {
    fc.assert(
      fc.property(rows, origin, (a, here) => {
        expect(plain(momentsOf([...a].reverse(), here))).toEqual(plain(momentsOf(a, here)));
      })
    );
  });

  it("have a variance that no origin changes", () => {
    fc.assert(
      fc.property(fc.array(unit, {minLength: 2, maxLength: 30}), origin, (a, here) => {
        const [there, moved] = [variance(momentsOf(a), "y"), variance(shiftOrigin(momentsOf(a), here), "y")];
        expect(Math.abs((moved ?? NaN) - (there ?? NaN))).toBeLessThanOrEqual(1e-9 * 1e6);
        expect(there).toBeGreaterThanOrEqual(0);
      })
    );
  });
});
