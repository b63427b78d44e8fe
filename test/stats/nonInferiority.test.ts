import {describe, expect, it} from "vitest";
import {compareCuped} from "../../lib/stats/compareCuped.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareProportions} from "../../lib/stats/compareProportions.ts";
import {equivalence} from "../../lib/stats/equivalence.ts";
import {momentsFromSums, momentsOf} from "../../lib/stats/moments.ts";
import {nonInferiority} from "../../lib/stats/nonInferiority.ts";

const of = (values: number[]) => momentsOf(values.map((y) => ({y, x: y * y})));
const share = (successes: number, n: number) => momentsFromSums(n, {y: successes, yy: successes});
const control = of([3.1, 2.4, 5.6, 4.4, 3.9, 2.2, 6.1, 3.3]);
const treatment = of([4.2, 5.5, 3.8, 6.9, 5.1, 4.7]);
const comparisons = {
  welch: compareMeans(control, treatment),
  cuped: compareCuped(control, treatment),
  score: compareProportions(share(184, 1000), share(1434, 9000)),
  "miettinen-nurminen": compareProportions(share(184, 1000), share(1434, 9000), {method: "miettinen-nurminen"}),
  wald: compareProportions(share(184, 1000), share(1434, 9000), {method: "wald"}),
  "below zero": compareMeans(of([-3, -4, -5, -4]), of([-4, -5, -3, -4.5]))
};

describe("nonInferiority(comparison, options)", () => {
  it("is the one-sided test of the shifted difference: scipy 1.17.1 ttest_ind(t + 0.5, c, equal_var=False, alternative='greater')", () => {
    const {statistic, pValue, limit} = nonInferiority(comparisons.welch, {margin: 0.5});
    const shifted = compareMeans(control, of([4.7, 6, 4.3, 7.4, 5.6, 5.2]), {alternative: "greater"});
    expect(statistic).toBeCloseTo(shifted.statistic ?? NaN, 10);
    expect(pValue).toBeCloseTo(shifted.pValue ?? NaN, 10);
    expect(limit).toBeCloseTo(-0.041760933329290095, 10);
  });

  it("with proportions is the score test of the margin: likelihood by bisection in mpmath 1.4.1; the ratio also in statsmodels 0.14", () => {
    expect(nonInferiority(comparisons.score, {margin: 0.05}).statistic).toBeCloseTo(1.8933863107574977, 11);
    expect(nonInferiority(comparisons.score, {margin: 0.1, scale: "relative"}).statistic).toBeCloseTo(
      -0.5426622947858214,
      9
    );
  });

  it.each(Object.entries(comparisons))(
    "%s: passes exactly when the limit is on the good side of the margin",
    (_, comparison) => {
      const outcomes = new Set<unknown>();
      for (const direction of ["increase", "decrease"] as const)
        for (const scale of ["absolute", "relative"] as const)
          for (const level of [0.5, 0.9, 0.975])
            for (const margin of [0.001, 0.01, 0.03, 0.1, 0.4, 1.5, 3]) {
              const result = nonInferiority(comparison, {margin, scale, direction, level});
              if (result.limit === null || result.passed === null) continue;
              const sign = scale === "relative" && Number(comparison.control.estimate) < 0 ? -1 : 1;
              const worse = direction === "increase" ? -margin : margin;
              if (Math.abs(result.limit * sign - worse) < 1e-9) continue;
              const good = direction === "increase" ? result.limit * sign > worse : result.limit * sign < worse;
              expect(result.passed).toBe(good);
              outcomes.add(result.passed);
            }
      expect(outcomes.size).toBe(2);
    }
  );

  it("says what is missing", () => {
    const none = compareMeans(of([]), treatment);
    expect(nonInferiority(none, {margin: 1})).toMatchObject({
      pValue: null,
      limit: null,
      passed: null,
      reason: "no units in control"
    });
    const flat = compareMeans(of([1, 1]), of([2, 2]));
    expect(nonInferiority(flat, {margin: 1})).toMatchObject({passed: null, reason: "no variance in either arm"});
    const nearZero = compareMeans(of([-1, 1.5, -2, 1.8]), treatment);
    expect(nonInferiority(nearZero, {margin: 0.1, scale: "relative"})).toMatchObject({
      limit: null,
      reason: "control is not told from zero"
    });
  });

  it("refuses margins, levels and methods that it cannot test", () => {
    expect(() => nonInferiority(comparisons.welch, {margin: 0})).toThrow(
      new RangeError("invalid margin; not a positive number: 0")
    );
    expect(() => nonInferiority(comparisons.welch, {margin: NaN})).toThrow(RangeError);
    expect(() => nonInferiority(comparisons.welch, {margin: 1, level: 1})).toThrow(RangeError);
    const newcombe = compareProportions(share(1, 10), share(2, 10), {method: "newcombe"});
    expect(() => nonInferiority(newcombe, {margin: 0.1})).toThrow(
      new TypeError("invalid method; without a test of a margin: newcombe")
    );
    expect(() => nonInferiority(comparisons.welch, JSON.parse('{"margin": 1, "direction": "up"}'))).toThrow(TypeError);
    expect(() => equivalence(comparisons.welch, JSON.parse('{"margin": 1, "scale": "log"}'))).toThrow(TypeError);
  });
});

describe("equivalence(comparison, options)", () => {
  it.each(Object.entries(comparisons))(
    "%s: passes exactly when the interval lies within the margins",
    (_, comparison) => {
      const outcomes = new Set<unknown>();
      for (const scale of ["absolute", "relative"] as const)
        for (const margin of [0.001, 0.02, 0.06, 0.3, 1, 5, 20]) {
          const {passed, interval, pValue, pValues} = equivalence(comparison, {margin, scale});
          if (!interval || passed === null) continue;
          expect(passed).toBe(interval[0] > -margin && interval[1] < margin);
          expect(pValue).toBe(Math.max(...(pValues ?? [NaN])));
          outcomes.add(passed);
        }
      expect(outcomes.size).toBe(2);
    }
  );

  it("has the two-sided 90% interval at level 0.95", () => {
    const {interval} = equivalence(comparisons.welch, {margin: 1});
    const direct = compareMeans(control, treatment, {level: 0.9}).interval;
    expect(interval?.[0]).toBeCloseTo(direct?.[0] ?? NaN, 12);
    expect(interval?.[1]).toBeCloseTo(direct?.[1] ?? NaN, 12);
  });

  it("says what is missing", () => {
    expect(equivalence(compareMeans(of([1, 1]), of([1, 1])), {margin: 1})).toMatchObject({
      passed: null,
      reason: "no variance in either arm"
    });
  });
});
