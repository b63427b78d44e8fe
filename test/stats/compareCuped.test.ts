import {describe, expect, it} from "vitest";
import {compareCuped, compareCupedRatios} from "../../lib/stats/compareCuped.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareRatios} from "../../lib/stats/compareRatios.ts";
import {emptyMoments, momentsOf} from "../../lib/stats/moments.ts";
import type {UnitValues} from "../../lib/stats/moments.ts";
import {createRandom} from "../random.ts";

const zip = (y: number[], x: number[]): UnitValues[] => y.map((value, i) => ({y: value, x: x[i]}));
const control = zip([3.1, 2.4, 5.6, 4.4, 3.9, 2.2, 6.1, 3.3], [2.9, 2.0, 5.1, 4.0, 4.1, 2.5, 5.5, 3.0]);
const treatment = zip([4.2, 5.5, 3.8, 6.9, 5.1, 4.7], [3.6, 4.6, 3.5, 5.9, 4.0, 4.4]);

describe("compareCuped(control, treatment, options)", () => {
  it("finds no variance, whichever arm comes first, where the outcome is proportional to the covariate", () => {
    const xs = [1.1, 2.7, 3.3, 0.4, 5.9];
    const arm = (factor: number) => momentsOf(xs.map((x) => ({y: 0.7 * factor * x, x: factor * x})));
    for (const [a, b] of [
      [arm(1), arm(1.3)],
      [arm(1.3), arm(1)]
    ] as const) {
      const {standardError, pValue, reason} = compareCuped(a, b);
      expect({standardError, pValue, reason}).toEqual({
        standardError: 0,
        pValue: null,
        reason: "no variance in either arm"
      });
    }
  });

  it.each([{}, {y: 4, x: 4}])("is Welch's test of y - theta x (numpy 2, scipy 1.17.1 ttest_ind) about %o", (origin) => {
    const result = compareCuped(momentsOf(control, origin), momentsOf(treatment, origin));
    expect(result.theta).toBeCloseTo(1.1368450783787598, 11);
    expect(result.difference).toBeCloseTo(0.3672786329614462, 11);
    expect(result.standardError).toBeCloseTo(0.16366602535404323, 11);
    expect(result.degreesOfFreedom).toBeCloseTo(10.548517090492458, 8);
    expect(result.pValue).toBeCloseTo(0.04735013799074607, 10);
    expect(result.interval).toEqual([expect.closeTo(0.005162097185095971, 10), expect.closeTo(0.7293951687377964, 10)]);
    expect(result.relativeInterval?.[0]).toBeGreaterThan(0);
    expect(result.imbalance.pValue).toBeCloseTo(0.24460183587971643, 10);
    expect(result.imbalance.warning).toBeNull();
    const welch = compareMeans(momentsOf(control), momentsOf(treatment));
    expect(result.unadjusted.difference).toBeCloseTo(welch.difference ?? NaN, 12);
    expect(result.varianceReduction).toBeCloseTo(1 - (0.16366602535404323 / Number(welch.standardError)) ** 2, 10);
  });

  it("adjusts both arms to the covariate's mean over all units", () => {
    const result = compareCuped(momentsOf(control), momentsOf(treatment));
    const all = [...control, ...treatment];
    const mean = all.reduce((sum, {x = 0}) => sum + x, 0) / all.length;
    const adjusted = (rows: UnitValues[]) =>
      rows.reduce((sum, {y, x = 0}) => sum + y - Number(result.theta) * (x - mean), 0) / rows.length;
    expect(result.control.estimate).toBeCloseTo(adjusted(control), 11);
    expect(result.treatment.estimate).toBeCloseTo(adjusted(treatment), 11);
    expect(result.relativeDifference).toBeCloseTo(adjusted(treatment) / adjusted(control) - 1, 11);
  });

  it("warns of a covariate that differs between the arms", () => {
    const moved = treatment.map(({y, x = 0}) => ({y, x: x + 4}));
    expect(compareCuped(momentsOf(control), momentsOf(moved)).imbalance.warning).toBe(
      "the covariate itself differs between the arms"
    );
    expect(compareCuped(momentsOf(control), momentsOf(moved), {imbalanceAlpha: 1e-9}).imbalance.warning).toBeNull();
  });

  it("without variance in the covariate is Welch's comparison", () => {
    const plain = (rows: UnitValues[]) => momentsOf(rows.map(({y}) => ({y, x: 0.1})));
    const [result, welch] = [
      compareCuped(plain(control), plain(treatment)),
      compareMeans(momentsOf(control), momentsOf(treatment))
    ];
    expect(result.theta).toBeNull();
    expect(result.varianceReduction).toBeCloseTo(0, 14);
    expect(result.imbalance).toMatchObject({pValue: null, warning: null});
    expect(result.pValue).toBeCloseTo(welch.pValue ?? NaN, 12);
    expect(result.relativeInterval?.[1]).toBeCloseTo(welch.relativeInterval?.[1] ?? NaN, 10);
  });

  it("with a covariate that explains everything has no variance left", () => {
    const exact = (rows: UnitValues[], lift: number) => momentsOf(rows.map(({x = 0}) => ({y: x + lift, x})));
    const result = compareCuped(exact(control, 0), exact(treatment, 1));
    expect(result.theta).toBeCloseTo(1, 12);
    expect(result.difference).toBeCloseTo(1, 12);
    expect(result.varianceReduction).toBeCloseTo(1, 7);
  });

  it("says what too few units leave undecided", () => {
    expect(compareCuped(emptyMoments(), momentsOf(treatment))).toMatchObject({
      difference: null,
      theta: null,
      varianceReduction: null,
      reason: "no units in control"
    });
    expect(compareCuped(momentsOf(control), momentsOf(treatment.slice(0, 1))).reason).toBe(
      "fewer than two units in treatment"
    );
    expect(() => compareCuped(momentsOf(control), momentsOf(treatment), {imbalanceAlpha: 2})).toThrow(RangeError);
    expect(() => compareCuped({...momentsOf(control), xy: NaN}, momentsOf(treatment))).toThrow(RangeError);
  });
});

describe("compareCupedRatios(control, treatment, options)", () => {
  const random = createRandom(5);
  const rows = (n: number, lift: number): UnitValues[] =>
    Array.from({length: n}, () => {
      const rate = 0.2 + 0.3 * random.uniform();
      const [w, v] = [3 + Math.floor(5 * random.uniform()), 2 + Math.floor(4 * random.uniform())];
      return {y: w * (rate + lift) + random.uniform(), w, x: v * rate + random.uniform(), v};
    });
  const [b, a] = [rows(300, 0), rows(200, 0.05)];

  it("is the comparison of linearised ratios, adjusted row by row", () => {
    const lines = (list: UnitValues[]) => {
      const sum = (letter: "y" | "w" | "x" | "v") => list.reduce((total, row) => total + (row[letter] ?? 0), 0);
      const [ratio, before] = [sum("y") / sum("w"), sum("x") / sum("v")];
      return list.map(({y, w = 0, x = 0, v = 0}) => ({
        y: ratio + ((y - ratio * w) * list.length) / sum("w"),
        x: before + ((x - before * v) * list.length) / sum("v")
      }));
    };
    const [direct, byRow] = [
      compareCupedRatios(momentsOf(b, {y: 1, w: 5, v: 2}), momentsOf(a, {y: 1, w: 5, v: 2})),
      compareCuped(momentsOf(lines(b)), momentsOf(lines(a)))
    ];
    expect(direct.theta).toBeCloseTo(byRow.theta ?? NaN, 10);
    expect(direct.difference).toBeCloseTo(byRow.difference ?? NaN, 12);
    expect(direct.standardError).toBeCloseTo(byRow.standardError ?? NaN, 12);
    expect(direct.relativeInterval?.[0]).toBeCloseTo(byRow.relativeInterval?.[0] ?? NaN, 3);
    expect(direct.degreesOfFreedom).toBeNull();
    expect(direct.standardError).toBeLessThan(Number(compareRatios(momentsOf(b), momentsOf(a)).standardError));
  });

  it("without a pre-period denominator takes the mean of x", () => {
    const drop = (list: UnitValues[]) => momentsOf(list.map(({y, w, x}) => ({y, w, x})));
    const one = (list: UnitValues[]) => momentsOf(list.map(({y, w, x}) => ({y, w, x, v: 1})));
    const [without, with1] = [compareCupedRatios(drop(b), drop(a)), compareCupedRatios(one(b), one(a))];
    expect(without.theta).toBeCloseTo(with1.theta ?? NaN, 10);
    expect(without.difference).toBeCloseTo(with1.difference ?? NaN, 12);
  });

  it("with a denominator of 0 has no estimate", () => {
    const zero = momentsOf(b.map((row) => ({...row, w: 0})));
    expect(compareCupedRatios(zero, momentsOf(a))).toMatchObject({difference: null, reason: "no estimate for control"});
  });
});
