import {describe, expect, it} from "vitest";
import {adjustedIntervals} from "../../lib/stats/adjustedIntervals.ts";
import {adjustedLevels, isMultiplicityMethod} from "../../lib/stats/adjustedLevels.ts";
import {normal} from "../../lib/stats/distributions.ts";
import {multiplicityMethods} from "../../lib/stats/multiplicity.ts";

/** A z-test as a family member. */
function member(difference: number, standardError: number) {
  return {
    pValue: 2 * normal.sf(Math.abs(difference) / standardError),
    intervalAt: (level: number): [number, number] => {
      const reach = normal.quantile((1 + level) / 2) * standardError;
      return [difference - reach, difference + reach];
    }
  };
}

describe("adjustedLevels(pValues, method, options)", () => {
  it("gives every Bonferroni interval 1 - alpha / m, simultaneous", () => {
    const {kind, levels} = adjustedLevels([0.5, 0.001, null, 0.2, 0.3], "bonferroni");
    expect(kind).toBe("simultaneous");
    expect(levels.map((level) => level && Number(level.toFixed(12)))).toEqual([0.9875, 0.9875, null, 0.9875, 0.9875]);
  });

  it("gives Holm intervals the thresholds of its steps", () => {
    // m = 3: 0.001 <= 0.05 / 3 and 0.02 <= 0.05 / 2 are rejected, 0.5 is held against 0.05
    const {kind, levels, rejected} = adjustedLevels([0.5, 0.02, 0.001], "holm");
    expect(kind).toBe("decision-matching");
    expect(rejected).toEqual([false, true, true]);
    expect(levels[0]).toBeCloseTo(0.95, 12);
    expect(levels[1]).toBeCloseTo(0.975, 12);
    expect(levels[2]).toBeCloseTo(1 - 0.05 / 3, 12);
  });

  it("gives Hochberg intervals the threshold of the last rejected, and of the first not rejected", () => {
    const {kind, levels} = adjustedLevels([0.5, 0.02, 0.021, 0.3], "hochberg");
    expect(kind).toBe("decision-matching");
    expect(levels.map((level) => level && Number(level.toFixed(12)))).toEqual([0.9875, 0.9875, 0.9875, 0.9875]);
    const {levels: some} = adjustedLevels([0.5, 0.016, 0.0161, 0.3], "hochberg", {level: 0.9});
    // R = 2: 0.0161 <= 0.1 / 3
    expect(some[1]).toBeCloseTo(1 - 0.1 / 3, 12);
    expect(some[0]).toBeCloseTo(0.95, 12);
  });

  it("gives Benjamini-Hochberg intervals 1 - alpha R / m, of the false coverage rate", () => {
    const {kind, levels} = adjustedLevels([0.001, 0.002, 0.5, 0.7], "benjamini-hochberg");
    expect(kind).toBe("false-coverage-rate");
    for (const level of levels) expect(level).toBeCloseTo(1 - (0.05 * 2) / 4, 12);
  });

  it("divides by the harmonic number for Benjamini-Yekutieli", () => {
    const {kind, levels} = adjustedLevels([0.001, 0.002, 0.5, 0.7], "benjamini-yekutieli");
    expect(kind).toBe("decision-matching");
    for (const level of levels) expect(level).toBeCloseTo(1 - (0.05 * 2) / 4 / (25 / 12), 12);
  });

  it.each(multiplicityMethods)("%s corrects no family of one, nor the rest of one with nulls", (method) => {
    expect(adjustedLevels([0.04], method).levels).toEqual([0.95]);
    expect(adjustedLevels([null, 0.04], method)).toMatchObject({levels: [null, 0.95], rejected: [null, true]});
    expect(adjustedLevels([], method)).toMatchObject({levels: [], rejected: [], adjustedPValues: []});
  });

  it("rejects a p-value that equals its threshold", () => {
    expect(adjustedLevels([0.05], "holm").rejected).toEqual([true]);
    expect(adjustedLevels([0.05000001], "holm").rejected).toEqual([false]);
  });

  it.each([0, 1, -1, 95, NaN])("refuses the level %d", (level) => {
    expect(() => adjustedLevels([0.1], "holm", {level})).toThrow(
      new RangeError(`invalid level; not in (0, 1): ${level}`)
    );
  });
});

describe("adjustedIntervals(comparisons, method, options)", () => {
  const family = [
    [3.1, 1],
    [2.2, 1],
    [-0.5, 1],
    [-2.6, 1],
    [2.35, 1],
    [1.9, 1]
  ].map(([difference = 0, standardError = 1]) => member(difference, standardError));

  it.each(multiplicityMethods)(
    "%s intervals leave out 0 exactly where the adjusted p-value is below alpha",
    (method) => {
      for (const level of [0.8, 0.9, 0.95, 0.99]) {
        for (const {adjustedPValue, rejected, interval} of adjustedIntervals(family, method, {level})) {
          const [lower = NaN, upper = NaN] = interval ?? [];
          expect(rejected).toBe((adjustedPValue ?? 1) <= 1 - level);
          expect(lower > 0 || upper < 0).toBe(rejected);
        }
      }
    }
  );

  it("never gives an interval below the family's level, and says its kind", () => {
    for (const method of multiplicityMethods) {
      for (const {level, kind} of adjustedIntervals(family, method)) {
        expect(level).toBeGreaterThanOrEqual(0.95);
        expect(["simultaneous", "decision-matching", "false-coverage-rate"]).toContain(kind);
      }
    }
  });

  it("gives nulls for a comparison that could not be made", () => {
    const none = {pValue: null, intervalAt: (): [number, number] => [NaN, NaN]};
    expect(adjustedIntervals([none, member(3, 1)], "holm")[0]).toEqual({
      pValue: null,
      adjustedPValue: null,
      rejected: null,
      level: null,
      interval: null,
      kind: "decision-matching"
    });
  });
});

describe("isMultiplicityMethod(method)", () => {
  it("knows the five", () => {
    expect(isMultiplicityMethod("holm")).toBe(true);
    expect(isMultiplicityMethod("none")).toBe(false);
  });
});
