import {describe, expect, it} from "vitest";
import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";

const nights = (count: number) => Array.from({length: count}, (_, i) => (i + 1) / count);

describe("alphaSpendingBoundaries(fractions, options)", () => {
  it("agrees with rpact 3: getDesignGroupSequential(typeOfDesign = 'asOF'), one-sided 0.13", () => {
    const {z} = alphaSpendingBoundaries([0.4, 0.75, 0.85, 1], {alpha: 0.13, sides: 1});
    [2.1280732, 1.4368565, 1.422873, 1.2970881].forEach((bound, k) => expect(z[k]).toBeCloseTo(bound, 6));
  });
  it("is the fixed-sample test at a single look at 1", () => {
    expect(alphaSpendingBoundaries([1]).z[0]).toBeCloseTo(1.959963984540054, 12);
    expect(alphaSpendingBoundaries([1], {alpha: 0.01, sides: 1}).z[0]).toBeCloseTo(2.3263478740408408, 12);
  });
  it("gives both sides together the one-sided bounds at half of alpha, but for paths that cross both", () => {
    const two = alphaSpendingBoundaries(nights(5), {spending: "pocock"});
    const one = alphaSpendingBoundaries(nights(5), {spending: "pocock", alpha: 0.025, sides: 1});
    two.z.forEach((bound, k) => expect(Math.abs(bound - (one.z[k] ?? 0))).toBeLessThan(3e-5));
    expect(one.z[4]).not.toBe(two.z[4]);
  });
  it("has the bound Infinity where nothing can be spent yet", () => {
    const {z, nominalP, cumulativeAlphaPerSide} = alphaSpendingBoundaries([0.001, 0.5, 1]);
    expect(z[0]).toBe(Infinity);
    expect(nominalP[0]).toBe(0);
    expect(cumulativeAlphaPerSide[0]).toBe(0);
    expect(z[1]).toBeCloseTo(alphaSpendingBoundaries([0.5, 1]).z[0] ?? 0, 9);
    expect(z[2]).toBeCloseTo(alphaSpendingBoundaries([0.5, 1]).z[1] ?? 0, 9);
  });
  it("stays exact for alpha of a millionth", () => {
    const {z} = alphaSpendingBoundaries([0.5, 1], {alpha: 1e-6, spending: "kim-demets", rho: 1});
    // scipy 1.17: brentq over quad of norm.pdf(x) * norm.sf((z - x * sqrt(0.5)) / sqrt(0.5))
    expect(z[0]).toBeCloseTo(5.026312836056685, 9);
    expect(z[1]).toBeCloseTo(5.0202874217715925, 9);
  });
  it("spends the rest once when the last look is past 1", () => {
    const {z, alphaSpent} = alphaSpendingBoundaries([0.3, 0.5, 1.3]);
    expect(alphaSpent[2]).toBe(0.05);
    expect(z[2]).toBeCloseTo(1.972683, 5);
  });
  it("spends by the function, or all that is left, when the last look is short of 1", () => {
    const short = alphaSpendingBoundaries([0.3, 0.5, 0.8]);
    const all = alphaSpendingBoundaries([0.3, 0.5, 0.8], {lastLook: "all"});
    expect(short.alphaSpent[2]).toBeLessThan(0.05);
    expect(all.alphaSpent[2]).toBe(0.05);
    expect(all.z[2]).toBeLessThan(short.z[2] ?? 0);
    expect(all.z.slice(0, 2)).toEqual(short.z.slice(0, 2));
  });
  it("keeps bounds and alpha of looks that were taken, and spends only what the function allows beyond", () => {
    const first = alphaSpendingBoundaries([0.4, 0.7, 1]);
    const taken = [0, 1].map((k) => ({bound: first.z[k] ?? 0, alphaSpent: first.alphaSpent[k] ?? 0}));
    const same = alphaSpendingBoundaries([0.4, 0.7, 1], {taken});
    expect(same.z[2]).toBeCloseTo(first.z[2] ?? 0, 9);
    // Now the plan doubles: the fractions halve, and the function lags behind what was spent.
    const longer = alphaSpendingBoundaries([0.2, 0.35, 0.36, 1], {taken});
    expect(longer.z.slice(0, 2)).toEqual(taken.map((look) => look.bound));
    expect(longer.z[2]).toBe(Infinity);
    expect(longer.alphaSpent[2]).toBe(longer.alphaSpent[1]);
    expect(longer.alphaSpent[3]).toBe(0.05);
  });
  it("does not spend more by a look that adds a millionth of information", () => {
    const near = alphaSpendingBoundaries([0.3, 0.300001, 0.5, 1], {spending: "pocock"});
    const without = alphaSpendingBoundaries([0.3, 0.5, 1], {spending: "pocock"});
    expect(near.z[2]).toBeCloseTo(without.z[1] ?? 0, 5);
    expect(near.z[3]).toBeCloseTo(without.z[2] ?? 0, 5);
  });
  it("gives negative bounds for an alpha above one half, one-sided", () => {
    const {z} = alphaSpendingBoundaries([0.3, 0.5, 1], {alpha: 0.99, sides: 1});
    expect(z.every((bound) => bound < 0)).toBe(true);
  });
  it("takes 200 looks", () => {
    const {z} = alphaSpendingBoundaries(nights(200));
    expect(z).toHaveLength(200);
    expect(z.every((bound, k) => k === 0 || bound < (z[k - 1] ?? 0))).toBe(true);
    // Continuous O'Brien-Fleming spending tends to about 2.24 at the end; 28 looks give 2.1396.
    expect(z[199]).toBeCloseTo(2.2013, 3);
  });
  it("does not change its input", () => {
    const fractions = Object.freeze([0.5, 1]);
    expect(alphaSpendingBoundaries(fractions).fractions).not.toBe(fractions);
  });
  it("rejects fractions that do not increase, leave (0, 1] or are NaN", () => {
    expect(() => alphaSpendingBoundaries([])).toThrow("invalid fractions; requires at least one look: 0");
    expect(() => alphaSpendingBoundaries([0.5, 0.5, 1])).toThrow("invalid fractions; not increasing: 0.5, 0.5");
    expect(() => alphaSpendingBoundaries([0.5, 0.4, 1])).toThrow("invalid fractions; not increasing: 0.5, 0.4");
    expect(() => alphaSpendingBoundaries([0, 1])).toThrow("invalid fractions; not in (0, 1]: 0");
    expect(() => alphaSpendingBoundaries([NaN, 1])).toThrow("invalid fractions; not in (0, 1]: NaN");
    expect(() => alphaSpendingBoundaries([0.5, 1.1, 1.2])).toThrow(
      "invalid fractions; past 1 before the last look: 1.1"
    );
    expect(() => alphaSpendingBoundaries([0.5, 0.5000000001])).toThrow(RangeError);
  });
  it("rejects alpha outside (0, 1), sides other than 1 or 2, and more looks taken than given", () => {
    for (const alpha of [0, 1, -0.1, 1.5, NaN]) {
      expect(() => alphaSpendingBoundaries([0.5, 1], {alpha})).toThrow(`invalid alpha; not in (0, 1): ${alpha}`);
    }
    // @ts-expect-error a call from plain JavaScript
    expect(() => alphaSpendingBoundaries([0.5, 1], {sides: 3})).toThrow("invalid sides; not 1 or 2: 3");
    expect(() =>
      alphaSpendingBoundaries([1], {
        taken: [
          {bound: 3, alphaSpent: 0.001},
          {bound: 2, alphaSpent: 0.05}
        ]
      })
    ).toThrow("invalid taken; more looks than fractions (1): 2");
    expect(() => alphaSpendingBoundaries([0.5, 1], {taken: [{bound: 3, alphaSpent: 0.2}]})).toThrow(RangeError);
    // @ts-expect-error a call from plain JavaScript
    expect(() => alphaSpendingBoundaries([0.5, 1], {spending: "haybittle"})).toThrow("unknown spending: haybittle");
  });
});
