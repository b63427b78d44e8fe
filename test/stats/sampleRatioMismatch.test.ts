import {describe, expect, it} from "vitest";
import {sampleRatioMismatch} from "../../lib/stats/sampleRatioMismatch.ts";

describe("sampleRatioMismatch(observed, weights)", () => {
  it("agrees with scipy 1.17.1 chisquare([480, 520, 510])", () => {
    const {chiSquare, pValue, df, expected} = sampleRatioMismatch([480, 520, 510], [1, 1, 1]);
    expect(chiSquare).toBeCloseTo(1.7218543046357615, 12);
    expect(pValue).toBeCloseTo(0.42276992843357175, 13);
    expect(df).toBe(2);
    expect(expected[0]).toBeCloseTo(503.3333333333333, 10);
  });

  it("minds only the proportions of the weights", () => {
    expect(sampleRatioMismatch([90, 12], [9, 1]).pValue).toBeCloseTo(
      sampleRatioMismatch([90, 12], [0.9, 0.1]).pValue ?? NaN,
      13
    );
  });

  it("keeps its digits far out", () => {
    expect(sampleRatioMismatch([600_000, 400_000], [1, 1]).pValue).toBe(0);
    // scipy 1.17.1 chi2.sf(400, 1)
    expect(Number(sampleRatioMismatch([510_000, 490_000], [1, 1]).pValue) / 5.507248237212379e-89).toBeCloseTo(1, 10);
  });

  it("without units is undecided", () => {
    expect(sampleRatioMismatch([0, 0], [1, 1])).toMatchObject({
      chiSquare: null,
      pValue: null,
      reason: "no units in any arm"
    });
  });

  it("refuses bad counts and weights", () => {
    expect(() => sampleRatioMismatch([1, 2], [1])).toThrow(new RangeError("invalid weights; not of length 2: 1"));
    expect(() => sampleRatioMismatch([5], [1])).toThrow(new RangeError("invalid arms; not at least two: 1"));
    expect(() => sampleRatioMismatch([1, -2], [1, 1])).toThrow(RangeError);
    expect(() => sampleRatioMismatch([1, 2.5], [1, 1])).toThrow(RangeError);
    expect(() => sampleRatioMismatch([1, 2], [1, 0])).toThrow(
      new RangeError("invalid weight; not a positive number: 0")
    );
    expect(() => sampleRatioMismatch([1, 2], [1, NaN])).toThrow(RangeError);
  });
});
