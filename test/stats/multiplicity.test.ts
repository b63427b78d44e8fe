import {describe, expect, it} from "vitest";
import {adjustPValues, harmonicNumber, multiplicityMethods} from "../../lib/stats/multiplicity.ts";

describe("adjustPValues(pValues, method)", () => {
  // R 4.2: p.adjust(c(0.01, 0.04, 0.03, 0.005), method), worked by hand from its definition
  it("agrees with p.adjust of R", () => {
    const pValues = [0.01, 0.04, 0.03, 0.005];
    const close = (actual: (number | null)[], expected: number[]) =>
      expected.forEach((p, i) => expect(actual[i]).toBeCloseTo(p, 14));
    close(adjustPValues(pValues, "bonferroni"), [0.04, 0.16, 0.12, 0.02]);
    close(adjustPValues(pValues, "holm"), [0.03, 0.06, 0.06, 0.02]);
    close(adjustPValues(pValues, "hochberg"), [0.03, 0.04, 0.04, 0.02]);
    close(adjustPValues(pValues, "benjamini-hochberg"), [0.02, 0.04, 0.04, 0.02]);
    close(adjustPValues(pValues, "benjamini-yekutieli"), [1 / 24, 1 / 12, 1 / 12, 1 / 24]);
  });

  it.each(multiplicityMethods)("%s passes nulls through and does not count them", (method) => {
    const [a, none, b] = adjustPValues([0.02, null, 0.03], method);
    expect(none).toBeNull();
    expect([a, b]).toEqual(adjustPValues([0.02, 0.03], method));
  });

  it.each(multiplicityMethods)("%s leaves a family of one as it is", (method) => {
    expect(adjustPValues([0.03], method)).toEqual([0.03]);
  });

  it.each(multiplicityMethods)("%s gives an empty list for an empty list, and nulls for nulls", (method) => {
    expect(adjustPValues([], method)).toEqual([]);
    expect(adjustPValues([null, null], method)).toEqual([null, null]);
  });

  it.each(multiplicityMethods)("%s treats equal p-values alike and keeps 0 and 1", (method) => {
    const [a, b, c, d] = adjustPValues([0.02, 0.02, 0, 1], method);
    expect(a).toBe(b);
    expect(c).toBe(0);
    expect(d).toBe(1);
  });

  it("refuses what is not a p-value", () => {
    expect(() => adjustPValues([0.1, 1.5], "holm")).toThrow(new RangeError("invalid pValue; not in [0, 1]: 1.5"));
    expect(() => adjustPValues([NaN], "holm")).toThrow(new RangeError("invalid pValue; not in [0, 1]: NaN"));
    expect(() => adjustPValues([-0.1], "bonferroni")).toThrow(RangeError);
  });

  it("refuses an unknown method", () => {
    // @ts-expect-error a method that does not exist
    expect(() => adjustPValues([0.1], "sidak")).toThrow(
      new TypeError(
        "unknown method; not one of bonferroni, holm, hochberg, benjamini-hochberg, benjamini-yekutieli: sidak"
      )
    );
  });

  it("does not change its input", () => {
    expect(adjustPValues(Object.freeze([0.3, 0.1]), "hochberg")).toEqual([0.3, 0.2]);
  });
});

describe("harmonicNumber(m)", () => {
  it("is the sum of the reciprocals up to 1 / m, and 0 for 0", () => {
    expect(harmonicNumber(4)).toBeCloseTo(25 / 12, 15);
    expect(harmonicNumber(0)).toBe(0);
  });
});
