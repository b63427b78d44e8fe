import {describe, expect, it} from "vitest";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {emptyMoments, momentsFromSums, momentsOf} from "../../lib/stats/moments.ts";

const of = (values: number[], origin = 0) =>
  momentsOf(
    values.map((y) => ({y})),
    {y: origin}
  );
const control = [3.1, 2.4, 5.6, 4.4, 3.9, 2.2, 6.1, 3.3];
const treatment = [4.2, 5.5, 3.8, 6.9, 5.1, 4.7];

describe("compareMeans(control, treatment, options)", () => {
  it.each([0, 4, -100])("agrees with scipy 1.17.1 ttest_ind(equal_var=False) about the origin %d", (origin) => {
    const result = compareMeans(of(control, origin), of(treatment, origin));
    expect(result.statistic).toBeCloseTo(1.7207014566514924, 9);
    expect(result.pValue).toBeCloseTo(0.11103864792095255, 10);
    expect(result.degreesOfFreedom).toBeCloseTo(11.963781473748327, 8);
    expect(result.interval?.[0]).toBeCloseTo(-0.3088817775712962, 9);
    expect(result.interval?.[1]).toBeCloseTo(2.6255484442379626, 9);
    expect(result.reason).toBeNull();
  });

  it("agrees with scipy one-sided, with one bound", () => {
    const greater = compareMeans(of(control), of(treatment), {alternative: "greater"});
    expect(greater.pValue).toBeCloseTo(0.05551932396047628, 10);
    expect(greater.interval?.[0]).toBeCloseTo(-0.041760933329290095, 10);
    expect(greater.interval?.[1]).toBeNull();
    const less = compareMeans(of(control), of(treatment), {alternative: "less"});
    expect(less.pValue).toBeCloseTo(0.9444806760395237, 10);
    expect(less.interval).toEqual([null, expect.closeTo(2.3584275999959567, 10)]);
  });

  it("has the relative interval of ratios that the same test does not reject (brentq over scipy's t)", () => {
    const {relativeInterval} = compareMeans(of(control), of(treatment));
    expect(relativeInterval?.[0]).toBeCloseTo(-0.06601915843271444, 10);
    expect(relativeInterval?.[1]).toBeCloseTo(0.8889734514545629, 10);
  });

  it("leaves out 0 in both intervals exactly when it rejects", () => {
    let rejected = 0;
    for (let shift = -2; shift <= 4; shift += 0.05)
      for (const alternative of ["two-sided", "greater", "less"] as const)
        for (const sign of [1, -1]) {
          const b = of(control.map((y) => sign * y));
          const a = of(treatment.map((y) => sign * (y + shift)));
          const {pValue, interval, relativeInterval} = compareMeans(b, a, {alternative, level: 0.9});
          const reject = pValue !== null && pValue < 0.1;
          rejected += Number(reject);
          for (const bounds of [interval, relativeInterval]) {
            expect(bounds).not.toBeNull();
            expect((bounds?.[0] ?? -1) > 0 || (bounds?.[1] ?? 1) < 0).toBe(reject);
          }
        }
    expect(rejected).toBeGreaterThan(100);
  });

  it("with a control that is not told from zero has no relative interval", () => {
    const result = compareMeans(of([-1, 1.5, -2, 1.8]), of(treatment));
    expect(result.relativeDifference).not.toBeNull();
    expect(result.relativeInterval).toBeNull();
    expect(result.relativeReason).toBe("control is not told from zero");
    expect(result.pValue).not.toBeNull();
  });

  it("with a control of exactly zero has no relative difference", () => {
    const result = compareMeans(of([-1, 1]), of(treatment));
    expect(result).toMatchObject({relativeDifference: null, relativeStandardError: null, relativeInterval: null});
    expect(result.relativeReason).toBe("control is zero");
  });

  it("says what too few units leave undecided", () => {
    expect(compareMeans(emptyMoments(), of(treatment))).toMatchObject({
      difference: null,
      standardError: null,
      pValue: null,
      interval: null,
      reason: "no units in control",
      relativeReason: "no units in control"
    });
    const one = compareMeans(of(control), of([4]));
    expect(one).toMatchObject({standardError: null, pValue: null, reason: "fewer than two units in treatment"});
    expect(one.difference).toBeCloseTo(0.125, 12);
  });

  it("without variance in either arm knows the difference alone, in one arm is a one-sample test", () => {
    expect(compareMeans(of([2, 2, 2]), of([3, 3]))).toMatchObject({
      difference: 1,
      standardError: 0,
      statistic: null,
      pValue: null,
      interval: null,
      reason: "no variance in either arm"
    });
    expect(compareMeans(of([2, 2, 2]), of(treatment)).degreesOfFreedom).toBeCloseTo(5, 12);
  });

  it("refuses bad sums and levels", () => {
    const m = of(control);
    expect(() => compareMeans(m, m, {level: 95})).toThrow(new RangeError("invalid level; not in (0, 1): 95"));
    expect(() => compareMeans(m, m, {level: NaN})).toThrow(RangeError);
    expect(() => compareMeans({...m, n: -3}, m)).toThrow(RangeError);
    expect(() => compareMeans({...m, y: NaN}, m)).toThrow(new RangeError("invalid y; not a finite number: NaN"));
    expect(() => compareMeans(m, {...m, yy: Infinity})).toThrow(RangeError);
    const options = JSON.parse('{"alternative": "larger"}');
    expect(() => compareMeans(m, m, options)).toThrow(
      new TypeError("unknown alternative; not two-sided, greater or less: larger")
    );
  });

  it("does not change its input", () => {
    const frozen = Object.freeze(momentsFromSums(5, {y: 10, yy: 30}));
    expect(() => compareMeans(frozen, frozen)).not.toThrow();
  });
});
