import {describe, expect, it} from "vitest";
import {currentPower} from "../../lib/stats/currentPower.ts";
import {meanMinimumEffect, meanPower, meanSampleSize} from "../../lib/stats/meanPower.ts";
import {tTestMinimumEffectSize, tTestPower, tTestSampleSize} from "../../lib/stats/meanPower.ts";
import {expectedVarianceReduction, spreadOfMean, spreadOfRatio} from "../../lib/stats/metricSpread.ts";
import {momentsOf} from "../../lib/stats/moments.ts";
import {shiftForPower, zPower, type PowerOptions} from "../../lib/stats/power.ts";
import {cohensH, cohensHMinimumEffect, cohensHPower, cohensHSampleSize} from "../../lib/stats/proportionPower.ts";
import {unpooledMinimumEffect, unpooledPower, unpooledSampleSize} from "../../lib/stats/proportionPower.ts";
import {studentPower} from "../../lib/stats/studentPower.ts";

const designs: PowerOptions[] = [
  {},
  {alpha: 0.01, power: 0.9},
  {ratio: 9},
  {ratio: 0.25, alternative: "greater", power: 0.95},
  {varianceReduction: 0.36}
];

const badOptions: [PowerOptions, string][] = [
  [{alpha: 0}, "invalid alpha; not in (0, 1): 0"],
  [{alpha: NaN}, "invalid alpha; not in (0, 1): NaN"],
  [{power: 1}, "invalid power; not in (0, 1): 1"],
  [{ratio: 0}, "invalid ratio; not positive and finite: 0"],
  [{ratio: Infinity}, "invalid ratio; not positive and finite: Infinity"],
  [{varianceReduction: 1}, "invalid varianceReduction; not in [0, 1): 1"]
];

describe("zPower(shift, options)", () => {
  it("is alpha without an effect, whatever the alternative", () => {
    expect(zPower(0)).toBeCloseTo(0.05, 14);
    expect(zPower(0, {alternative: "greater"})).toBeCloseTo(0.05, 14);
    expect(zPower(0, {alternative: "less", alpha: 0.1})).toBeCloseTo(0.1, 14);
  });

  it("counts both tails of a two-sided test", () => {
    // mpmath: ncdf(1 - 1.959963984540054) + ncdf(-1 - 1.959963984540054)
    expect(zPower(1)).toBeCloseTo(0.170075, 6);
    expect(zPower(-1)).toBe(zPower(1));
  });

  it("refuses a shift that is not finite", () => {
    expect(() => zPower(NaN)).toThrow(new RangeError("invalid shift; not finite: NaN"));
  });
});

describe("shiftForPower(options)", () => {
  it("is the inverse of zPower", () => {
    for (const power of [0.06, 0.5, 0.8, 0.999]) {
      for (const alternative of ["two-sided", "greater", "less"] as const) {
        expect(zPower(shiftForPower({power, alternative}) ?? NaN, {alternative})).toBeCloseTo(power, 10);
      }
    }
  });

  it("is null if the power asked for is not above alpha", () => {
    expect(shiftForPower({alpha: 0.05, power: 0.05})).toBeNull();
    expect(shiftForPower({alpha: 0.2, power: 0.1, alternative: "greater"})).toBeNull();
  });
});

describe("cohensH…", () => {
  it.each(designs)("size, power and smallest effect agree with one another for %o", (options) => {
    const {nControl, nTreatment} = cohensHSampleSize(0.1, 0.12, options);
    expect(nTreatment).toBeCloseTo((nControl ?? NaN) * (options.ratio ?? 1), 6);
    expect(cohensHPower(0.1, 0.12, nControl ?? NaN, options)).toBeCloseTo(options.power ?? 0.8, 10);
    const {difference, relative} = cohensHMinimumEffect(0.1, nControl ?? NaN, options);
    expect(difference).toBeCloseTo(0.02, 10);
    expect(relative).toBeCloseTo(0.2, 9);
  });

  it("needs fewer units in proportion to the variance that a covariate takes away", () => {
    const whole = cohensHSampleSize(0.1, 0.12).nControl ?? NaN;
    expect(cohensHSampleSize(0.1, 0.12, {varianceReduction: 0.25}).nControl).toBeCloseTo(whole * 0.75, 6);
  });

  it("looks downwards for less", () => {
    expect(cohensHSampleSize(0.12, 0.1, {alternative: "less"}).nControl).toBeCloseTo(
      cohensHSampleSize(0.1, 0.12, {alternative: "greater"}).nControl ?? NaN,
      6
    );
    expect(cohensHMinimumEffect(0.12, 5000, {alternative: "less"}).difference).toBeLessThan(0);
  });

  it("gives nulls with a reason where nothing can be found", () => {
    expect(cohensHSampleSize(0.1, 0.1)).toMatchObject({h: 0, nControl: null, reason: "no effect to detect"});
    expect(cohensHSampleSize(0.1, 0.05, {alternative: "greater"})).toMatchObject({
      nControl: null,
      reason: "the effect is negative, the test looks for a positive one"
    });
    expect(cohensHSampleSize(0.1, 0.2, {alpha: 0.2, power: 0.1}).nTotalCeil).toBeNull();
    expect(cohensHMinimumEffect(0.99, 10)).toMatchObject({difference: null, relative: null});
    expect(cohensHMinimumEffect(0, 1000)).toMatchObject({relative: null});
    expect(cohensHMinimumEffect(0, 1000).difference).toBeGreaterThan(0);
  });

  it("spans the whole arcsine scale", () => {
    expect(cohensH(0, 1)).toBeCloseTo(Math.PI, 14);
    expect(cohensH(0.5, 0.5)).toBe(0);
  });

  it("refuses shares, units and options out of range", () => {
    expect(() => cohensH(-0.1, 0.5)).toThrow(new RangeError("invalid baseline; not in [0, 1]: -0.1"));
    expect(() => cohensH(0.1, NaN)).toThrow(new RangeError("invalid treatment; not in [0, 1]: NaN"));
    expect(() => cohensHPower(0.1, 0.2, 0)).toThrow(new RangeError("invalid nControl; not positive and finite: 0"));
    for (const [options, message] of badOptions) {
      expect(() => cohensHSampleSize(0.1, 0.2, options)).toThrow(new RangeError(message));
    }
    // @ts-expect-error an alternative that does not exist
    expect(() => cohensHSampleSize(0.1, 0.2, {alternative: "larger"})).toThrow(TypeError);
  });
});

describe("unpooled…", () => {
  it.each(designs)("size, power and smallest effect agree with one another for %o", (options) => {
    const n = unpooledSampleSize(0.15, 0.1, options).nControl ?? NaN;
    expect(unpooledPower(0.15, 0.1, n, options)).toBeCloseTo(options.power ?? 0.8, 10);
    expect(unpooledMinimumEffect(0.15, n, options).relative).toBeCloseTo(0.1, 9);
  });

  it("finds a decrease for less, and no share beyond 0 or 1", () => {
    const {relative} = unpooledMinimumEffect(0.15, 9254, {alternative: "less"});
    expect(relative).toBeLessThan(0);
    expect(unpooledSampleSize(0.15, relative ?? NaN, {alternative: "less"}).nControl).toBeCloseTo(9254, 5);
    expect(unpooledMinimumEffect(0.99, 5)).toMatchObject({difference: null, relative: null});
  });

  it("gives nulls with a reason without an effect", () => {
    expect(unpooledSampleSize(0.15, 0)).toMatchObject({nControlCeil: null, reason: "no effect to detect"});
  });

  it("refuses shares that do not vary or leave [0, 1]", () => {
    expect(() => unpooledSampleSize(0, 0.1)).toThrow(new RangeError("invalid baseline; not in (0, 1): 0"));
    expect(() => unpooledSampleSize(0.6, 1)).toThrow(
      new RangeError("invalid relativeEffect; baseline (1 + it) not in [0, 1]: 1")
    );
    expect(() => unpooledSampleSize(0.6, NaN)).toThrow(RangeError);
    for (const [options, message] of badOptions) {
      expect(() => unpooledSampleSize(0.1, 0.2, options)).toThrow(new RangeError(message));
    }
  });
});

describe("tTest…", () => {
  it.each(designs)("size, power and smallest effect agree with one another for %o", (options) => {
    const n = tTestSampleSize(0.2, options).nControl ?? NaN;
    expect(tTestPower(0.2, n, options)).toBeCloseTo(options.power ?? 0.8, 9);
    expect(tTestMinimumEffectSize(n, options).effectSize).toBeCloseTo(0.2, 8);
  });

  it("needs more units than the normal distribution says, by z² / 4 or so", () => {
    const normal = 2 * ((shiftForPower() ?? NaN) / 0.5) ** 2;
    expect((tTestSampleSize(0.5).nControl ?? NaN) - normal).toBeCloseTo(1.96 ** 2 / 4, 1);
  });

  it("stops at three units for an effect that needs hardly any, and finds one that needs a billion", () => {
    expect(tTestSampleSize(50).nControl).toBe(1.5);
    expect(tTestSampleSize(1e-4).nControl).toBeCloseTo(2 * ((shiftForPower() ?? NaN) / 1e-4) ** 2 + 1, -1);
  });

  it("looks downwards for less", () => {
    expect(tTestSampleSize(-0.3, {alternative: "less"}).nControl).toBeCloseTo(
      tTestSampleSize(0.3, {alternative: "greater"}).nControl ?? NaN,
      8
    );
    expect(tTestMinimumEffectSize(100, {alternative: "less"}).effectSize).toBeLessThan(0);
  });

  it("gives nulls with a reason without an effect", () => {
    expect(tTestSampleSize(0)).toMatchObject({nControl: null, reason: "no effect to detect"});
    expect(tTestSampleSize(1e-200)).toMatchObject({nControl: null});
    expect(tTestMinimumEffectSize(10, {alpha: 0.5, power: 0.4}).effectSize).toBeNull();
  });

  it("refuses numbers out of range", () => {
    expect(() => tTestPower(0.2, 1)).toThrow(new RangeError("invalid nControl; not more than 2 units in both arms: 1"));
    expect(() => tTestPower(NaN, 10)).toThrow(RangeError);
    expect(() => tTestSampleSize(Infinity)).toThrow(RangeError);
    for (const [options, message] of badOptions) {
      expect(() => tTestSampleSize(0.2, options)).toThrow(new RangeError(message));
    }
  });
});

describe("studentPower(shift, df, options)", () => {
  it("continues smoothly where the threshold grows large", () => {
    // mpmath 1.3, 30 digits: quad of npdf times gammainc; the thresholds are 99.47 and 102.68
    expect(studentPower(3, 1, {alpha: 0.0032, alternative: "greater"})).toBeCloseTo(0.0240626442350196, 13);
    expect(studentPower(3, 1, {alpha: 0.0031, alternative: "greater"})).toBeCloseTo(0.0233109280992672, 13);
  });

  it("is alpha without a shift", () => {
    expect(studentPower(0, 3)).toBeCloseTo(0.05, 10);
    expect(studentPower(0, 1, {alpha: 1e-6})).toBeCloseTo(1e-6, 12);
    expect(studentPower(0, 1e-3)).toBe(0.05);
  });
});

describe("mean…", () => {
  const spread = {mean: 20, standardDeviation: 60};

  it("is the t-test on the relative scale", () => {
    const n = meanSampleSize(spread, 0.02).nControl ?? NaN;
    expect(n).toBe(tTestSampleSize((0.02 * 20) / 60).nControl);
    expect(meanPower(spread, 0.02, n).power).toBeCloseTo(0.8, 9);
    expect(meanMinimumEffect(spread, n).relative).toBeCloseTo(0.02, 9);
    expect(meanMinimumEffect(spread, n).difference).toBeCloseTo(0.4, 8);
  });

  it("gives nulls with a reason for zero variance and for a zero mean", () => {
    expect(meanSampleSize({mean: 1, standardDeviation: 0}, 0.1)).toMatchObject({
      nControl: null,
      reason: "zero variance"
    });
    expect(meanPower({mean: 1, standardDeviation: 0}, 0.1, 10)).toEqual({power: null, reason: "zero variance"});
    expect(meanSampleSize({mean: 0, standardDeviation: 1}, 0.1)).toMatchObject({
      nControl: null,
      reason: "zero mean, so no relative effect"
    });
    expect(meanPower({mean: 0, standardDeviation: 1}, 0.1, 10).power).toBeNull();
    expect(meanMinimumEffect({mean: 0, standardDeviation: 1}, 100)).toMatchObject({relative: null});
  });

  it("refuses a spread that is not one", () => {
    expect(() => meanSampleSize({mean: NaN, standardDeviation: 1}, 0.1)).toThrow(RangeError);
    expect(() => meanPower({mean: 1, standardDeviation: -1}, 0.1, 10)).toThrow(RangeError);
    expect(() => meanMinimumEffect({mean: 1, standardDeviation: NaN}, 10)).toThrow(RangeError);
  });
});

describe("spreadOfMean(moments), spreadOfRatio(moments), expectedVarianceReduction(moments)", () => {
  const rows = [
    {y: 1, w: 1, x: 1},
    {y: 2, w: 2, x: 3},
    {y: 6, w: 3, x: 5}
  ];

  it("are the unit's own", () => {
    const moments = momentsOf(rows, {y: 3});
    // by hand: mean 3, variance (4 + 1 + 9) / 2
    expect(spreadOfMean(moments)).toEqual({mean: 3, standardDeviation: Math.sqrt(7)});
    // by hand: ratio 9/6, residuals y - 1.5 w = -0.5, -1, 1.5 with variance 1.75, denominator's mean 2
    expect(spreadOfRatio(moments).mean).toBeCloseTo(1.5, 14);
    expect(spreadOfRatio(moments).standardDeviation).toBeCloseTo(Math.sqrt(1.75) / 2, 14);
    // by hand: covariance 5, variances 7 and 4
    expect(expectedVarianceReduction(moments)).toBeCloseTo(25 / 28, 14);
  });

  it("give nulls with a reason for none, one, and a zero denominator", () => {
    expect(spreadOfMean(momentsOf([]))).toEqual({mean: null, standardDeviation: null, reason: "no units"});
    expect(spreadOfMean(momentsOf([{y: 4}]))).toEqual({
      mean: 4,
      standardDeviation: null,
      reason: "fewer than two units"
    });
    expect(spreadOfRatio(momentsOf([{y: 1}, {y: 2}])).reason).toBe("zero denominator");
    expect(expectedVarianceReduction(momentsOf([]))).toBe(0);
    expect(
      expectedVarianceReduction(
        momentsOf([
          {y: 1, x: 2},
          {y: 2, x: 2},
          {y: 3, x: 2}
        ])
      )
    ).toBe(0);
  });

  it("never promises to take away all variance", () => {
    expect(expectedVarianceReduction(momentsOf([1, 2, 3].map((y) => ({y, x: y}))))).toBeLessThan(1);
  });
});

describe("currentPower(comparison, effect, options)", () => {
  it("answers for a z statistic", () => {
    const {power, minimumDetectableEffect} = currentPower({standardError: 0.5}, 1.4);
    expect(power).toBe(zPower(2.8));
    expect(minimumDetectableEffect).toBeCloseTo((shiftForPower() ?? NaN) * 0.5, 12);
  });

  it("agrees with the planned t-test on the same units", () => {
    const standardError = Math.sqrt(2 / 176);
    const {power, minimumDetectableEffect} = currentPower({standardError, degreesOfFreedom: 350}, 0.3);
    expect(power).toBeCloseTo(tTestPower(0.3, 176), 12);
    expect(minimumDetectableEffect).toBeCloseTo(tTestMinimumEffectSize(176).effectSize ?? NaN, 9);
  });

  it("speaks relative to the control's mean, by its size", () => {
    const current = currentPower({standardError: 1, controlMean: -50}, 0.05, {relative: true});
    expect(current.effect).toBe(2.5);
    expect(current.minimumDetectableRelativeEffect).toBeCloseTo((shiftForPower() ?? NaN) / 50, 12);
  });

  it("gives nulls with a reason", () => {
    expect(currentPower({standardError: null}, 1)).toMatchObject({power: null, reason: "no standard error"});
    expect(currentPower({standardError: 0}, 1)).toMatchObject({power: null, reason: "zero variance"});
    expect(currentPower({standardError: 1}, 0.1, {relative: true})).toMatchObject({
      power: null,
      effect: null,
      reason: "no control mean, so no relative effect"
    });
    expect(currentPower({standardError: 1, controlMean: 0}, 0.1, {relative: true})).toMatchObject({
      power: null,
      minimumDetectableRelativeEffect: null,
      reason: "zero control mean, so no relative effect"
    });
    expect(currentPower({standardError: 1}, 1, {alpha: 0.5, power: 0.3})).toMatchObject({
      minimumDetectableEffect: null,
      reason: "the power asked for is not above alpha"
    });
  });

  it("refuses numbers out of range", () => {
    expect(() => currentPower({standardError: -1}, 1)).toThrow(
      new RangeError("invalid standardError; not at least 0 and finite: -1")
    );
    expect(() => currentPower({standardError: 1, degreesOfFreedom: 0}, 1)).toThrow(RangeError);
    expect(() => currentPower({standardError: 1, controlMean: NaN}, 1)).toThrow(RangeError);
    expect(() => currentPower({standardError: 1}, Infinity)).toThrow(RangeError);
  });
});
