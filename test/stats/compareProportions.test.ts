import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {compareProportions, twoProportionZTest} from "../../lib/stats/compareProportions.ts";
import {momentsFromSums} from "../../lib/stats/moments.ts";
import {
  agrestiCaffoInterval,
  miettinenNurminenInterval,
  newcombeInterval,
  waldInterval,
  wilsonInterval
} from "../../lib/stats/proportionIntervals.ts";

const of = (successes: number, n: number) => momentsFromSums(n, {y: successes, yy: successes});
const methods = ["score", "miettinen-nurminen", "wald", "agresti-caffo", "newcombe"] as const;

describe("compareProportions(control, treatment, options)", () => {
  it("inverts the pooled z test: 184/1000 against 1434/9000, where Wald's interval contradicts it", () => {
    const result = compareProportions(of(184, 1000), of(1434, 9000));
    // the pooled z by hand; bounds by bisection of the likelihood in mpmath 1.4.1 at 50 digits
    expect(result.pValue).toBeLessThan(0.05);
    expect(result.interval).toEqual([
      expect.closeTo(-0.050927113397487594, 13),
      expect.closeTo(-0.0005795754194017735, 13)
    ]);
    const wald = waldInterval({successes: 184, n: 1000}, {successes: 1434, n: 9000});
    expect(wald?.[1]).toBeGreaterThan(0);
    // statsmodels 0.14 confint_proportions_2indep(1434, 9000, 184, 1000, compare="ratio", method="score", correction=False)
    expect(result.relativeInterval).toEqual([
      expect.closeTo(0.7550501946961345 - 1, 8),
      expect.closeTo(0.9964321312054647 - 1, 8)
    ]);
  });

  it("agrees with bisection in mpmath where events are rare or all", () => {
    const bounds = (...[c, m, s, n]: [number, number, number, number]) =>
      compareProportions(of(c, m), of(s, n)).interval;
    expect(bounds(0, 1000, 3, 1000)).toEqual([
      expect.closeTo(-0.0008325010172045594, 15),
      expect.closeTo(0.008783014053503175, 15)
    ]);
    expect(bounds(0, 1000000, 1, 1000000)).toEqual([
      expect.closeTo(-0.0000028414459846697006, 17),
      expect.closeTo(0.000005664911804311442, 17)
    ]);
    expect(bounds(3, 3, 254788, 642754)).toEqual([
      expect.closeTo(-0.604794712172058, 12),
      expect.closeTo(-0.04210104910550625, 12)
    ]);
    expect(bounds(5, 5, 0, 5)).toEqual([-1, expect.closeTo(-0.44493440027422143, 12)]);
  });

  const arm = fc
    .tuple(
      fc.oneof(fc.integer({min: 1, max: 30}), fc.integer({min: 1, max: 3_000_000})),
      fc.double({min: 0, max: 1, noNaN: true})
    )
    .map(([n, share]): [number, number] => [Math.round(n * share ** 3), n]);

  it.each(methods)(
    "%s: both intervals leave out 0 exactly when p < 1 - level, and nothing is NaN or infinite",
    (method) => {
      const shared = fc
        .tuple(arm, fc.integer({min: 1, max: 100_000}), fc.integer({min: -40, max: 40}))
        .map(
          ([[c, m], n, shift]) =>
            [
              c,
              m,
              Math.max(0, Math.min(n, Math.round((n * c) / m + (shift / 10) * Math.sqrt((n * c * (m - c)) / (m * m))))),
              n
            ] as const
        );
      const independent = fc.tuple(arm, arm).map(([[c, m], [s, n]]) => [c, m, s, n] as const);
      fc.assert(
        fc.property(
          fc.oneof(shared, independent),
          fc.constantFrom("two-sided", "greater", "less"),
          fc.constantFrom(0.3, 0.8, 0.95, 0.999),
          ([c, m, s, n], alternative, level) => {
            const result = compareProportions(of(c, m), of(s, n), {method, alternative, level});
            for (const value of Object.values(result).flat())
              if (typeof value === "number") expect(value).toSatisfy(Number.isFinite);
            const {pValue} = result;
            if (pValue === null || Math.abs(pValue - (1 - level)) < 1e-9) return;
            for (const bounds of [result.interval, result.relativeInterval])
              if (bounds) expect((bounds[0] ?? -1) > 0 || (bounds[1] ?? 1) < 0).toBe(pValue < 1 - level);
          }
        ),
        {numRuns: 600, seed: 7}
      );
    }
  );

  it.each(methods)("%s: intervals nest in level and turn over with the arms", (method) => {
    const [c, t] = [of(17, 200), of(33, 260)];
    const at = (level: number) => compareProportions(c, t, {method, level}).interval ?? [NaN, NaN];
    const [wide, narrow] = [at(0.99), at(0.8)];
    expect(wide[0]).toBeLessThan(Number(narrow[0]));
    expect(wide[1]).toBeGreaterThan(Number(narrow[1]));
    const turned = compareProportions(t, c, {method, level: 0.8}).interval ?? [NaN, NaN];
    expect(turned[0]).toBeCloseTo(-Number(narrow[1]), 12);
    expect(turned[1]).toBeCloseTo(-Number(narrow[0]), 12);
  });

  it("does not depend on the origin of the sums", () => {
    const about = momentsFromSums(200, {y: 17 - 200 * 0.1, yy: 17 * 0.81 + 183 * 0.01}, {y: 0.1});
    expect(compareProportions(about, of(33, 260))).toEqual(compareProportions(of(17, 200), of(33, 260)));
  });

  it("with no success, or no failure, has an interval but no test", () => {
    const none = compareProportions(of(0, 10), of(0, 10));
    expect(none).toMatchObject({difference: 0, statistic: null, pValue: null, reason: "no successes in either arm"});
    expect(none).toMatchObject({relativeDifference: null, relativeInterval: null, relativeReason: "control is zero"});
    // 1.96² / (10 + 1.96²), as in mpmath
    expect(none.interval).toEqual([expect.closeTo(-0.27753279986288937, 12), expect.closeTo(0.2775327998628892, 12)]);
    expect(compareProportions(of(10, 10), of(10, 10)).reason).toBe("no failures in either arm");
    expect(compareProportions(of(0, 10), of(0, 10), {method: "wald"})).toMatchObject({
      pValue: null,
      interval: null,
      reason: "no variance in either arm"
    });
  });

  it("with one unit in each arm still answers; without units in one does not", () => {
    expect(compareProportions(of(0, 1), of(1, 1)).pValue).toBeCloseTo(0.15729920705028513, 12);
    expect(compareProportions(of(0, 0), of(1, 1))).toMatchObject({difference: null, reason: "no units in control"});
  });

  it("refuses what is not a count of successes", () => {
    expect(() => compareProportions(of(11, 10), of(1, 10))).toThrow(
      new RangeError("invalid control successes; not in [0, 10]: 11")
    );
    expect(() => compareProportions(of(1, 10), of(-1, 10))).toThrow(RangeError);
    expect(() => compareProportions({...of(1, 10), y: NaN}, of(1, 10))).toThrow(RangeError);
    expect(() => compareProportions(of(1, 10), of(1, 10), {level: 1})).toThrow(RangeError);
    expect(() => compareProportions(of(1, 10), of(1, 10), JSON.parse('{"method": "exact"}'))).toThrow(TypeError);
  });
});

describe("twoProportionZTest(control, treatment)", () => {
  it("is the score comparison's test", () => {
    const {z, pValue} = twoProportionZTest({successes: 17, n: 200}, {successes: 33, n: 260});
    expect(compareProportions(of(17, 200), of(33, 260))).toMatchObject({statistic: z, pValue});
  });

  it("is null where nothing can be told", () => {
    expect(twoProportionZTest({successes: 0, n: 5}, {successes: 0, n: 5})).toEqual({z: null, pValue: null});
    expect(twoProportionZTest({successes: 0, n: 0}, {successes: 3, n: 5})).toEqual({z: null, pValue: null});
  });
});

describe("intervals of proportions", () => {
  it("wilsonInterval agrees with R 4.2.2: prop.test(10, 100, correct = FALSE)", () => {
    expect(wilsonInterval({successes: 10, n: 100})).toEqual([
      expect.closeTo(0.055229137060675, 12),
      expect.closeTo(0.174365661504913, 12)
    ]);
  });

  it("wilsonInterval ends at 0 and 1 exactly", () => {
    expect(wilsonInterval({successes: 0, n: 7})?.[0]).toBe(0);
    expect(wilsonInterval({successes: 7, n: 7})?.[1]).toBe(1);
  });

  it("are null without units, and refuse what is not a proportion", () => {
    const [none, some] = [
      {successes: 0, n: 0},
      {successes: 1, n: 2}
    ];
    expect(wilsonInterval(none)).toBeNull();
    for (const interval of [waldInterval, newcombeInterval, agrestiCaffoInterval, miettinenNurminenInterval]) {
      expect(interval(none, some)).toBeNull();
      expect(interval(some, none)).toBeNull();
      expect(() => interval({successes: 3, n: 2}, some)).toThrow(RangeError);
      expect(() => interval(some, some, {level: 0})).toThrow(RangeError);
    }
  });
});
