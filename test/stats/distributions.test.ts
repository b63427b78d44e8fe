import {describe, expect, it} from "vitest";
import {beta, chiSquare, F, normal, t} from "../../lib/stats/distributions.ts";

describe("distributions", () => {
  const distributions = [
    ["normal", (p: number) => normal.quantile(p), (x: number) => normal.cdf(x)],
    ["t with 0.1 df", (p: number) => t.quantile(p, 0.1), (x: number) => t.cdf(x, 0.1)],
    ["t with 3 df", (p: number) => t.quantile(p, 3), (x: number) => t.cdf(x, 3)],
    ["t with 29.9 df", (p: number) => t.quantile(p, 29.9), (x: number) => t.cdf(x, 29.9)],
    ["t with 1e10 df", (p: number) => t.quantile(p, 1e10), (x: number) => t.cdf(x, 1e10)],
    ["chi-square with 3 df", (p: number) => chiSquare.quantile(p, 3), (x: number) => chiSquare.cdf(x, 3)],
    ["chi-square with 1e7 df", (p: number) => chiSquare.quantile(p, 1e7), (x: number) => chiSquare.cdf(x, 1e7)],
    ["beta(120, 880)", (p: number) => beta.quantile(p, 120, 880), (x: number) => beta.cdf(x, 120, 880)],
    ["beta(2, 0.5)", (p: number) => beta.quantile(p, 2, 0.5), (x: number) => beta.cdf(x, 2, 0.5)],
    ["F(3, 17)", (p: number) => F.quantile(p, 3, 17), (x: number) => F.cdf(x, 3, 17)]
  ] as const;

  it.each(distributions)("%s: the cdf undoes the quantile", (name, quantile, cdf) => {
    const smallest = name === "t with 0.1 df" ? 1e-20 : 1e-300;
    for (const p of [smallest, 1e-16, 1e-8, 0.001, 0.2, 0.4999, 0.5, 0.77, 0.999])
      expect(Math.abs(cdf(quantile(p)) / p - 1), `p = ${p}`).toBeLessThan(1e-8);
  });

  it("upper quantiles keep what 1 - q would round away", () => {
    expect(normal.upperQuantile(1e-300)).toBe(-normal.quantile(1e-300));
    expect(t.upperQuantile(1e-30, 7)).toBe(-t.quantile(1e-30, 7));
    // Q(x; 2 df) = exp(-x/2) and the survival function of F(2, 2) is 1 / (1 + x)
    expect(chiSquare.upperQuantile(1e-200, 2) / (400 * Math.LN10)).toBeCloseTo(1, 12);
    expect(F.upperQuantile(1e-200, 2, 2) / 1e200).toBeCloseTo(1, 10);
    // beta(1, 2): (1 - x)² above x
    expect(beta.upperQuantile(1e-20, 1, 2)).toBeCloseTo(1 - 1e-10, 15);
  });

  it("small shapes need no more than the start: chi-square with 0.01 df has 1e-5 above 0.3…", () => {
    expect(chiSquare.sf(chiSquare.upperQuantile(1e-5, 0.01), 0.01) / 1e-5).toBeCloseTo(1, 9);
  });

  it("are related: t² is F, squared normal is chi-square, F is beta, t with infinite df is normal", () => {
    expect(2 * t.sf(2.5, 11)).toBeCloseTo(F.sf(6.25, 1, 11), 14);
    expect(2 * normal.sf(3)).toBeCloseTo(chiSquare.sf(9, 1), 15);
    expect(F.cdf(2, 6, 10)).toBeCloseTo(beta.cdf(12 / 22, 3, 5), 14);
    expect(t.sf(5, Infinity)).toBe(normal.sf(5));
    expect(t.quantile(0.01, Infinity)).toBe(normal.quantile(0.01));
    expect(t.pdf(1, Infinity)).toBe(normal.pdf(1));
  });

  it("t quantiles keep their digits near the middle, where the density is flat", () => {
    for (const df of [0.7, 4, 31, 199, 201, 1e6])
      for (const off of [2 ** -14, 2 ** -30, 2 ** -44]) {
        const slope = t.quantile(0.5 + off, df) / (off / t.pdf(0, df));
        expect(Math.abs(slope - 1), `df = ${df}`).toBeLessThan(off === 2 ** -14 ? 1e-6 : 1e-9);
        expect(t.upperQuantile(0.5 + off, df)).toBe(-t.quantile(0.5 + off, df));
      }
  });

  it("large shapes beside small ones keep their digits: F(2, m) has (1 + 2 x / m)^(-m / 2) above x", () => {
    for (const m of [1e6, 1e9, 1e12])
      expect(F.sf(5, 2, m) / Math.exp((-m / 2) * Math.log1p(10 / m))).toBeCloseTo(1, 11);
  });

  it("t changes its method at 30 df without a step", () => {
    for (const x of [0.01, 1, 4, 8, 9, 40]) {
      const [before, after] = [t.sf(x, 30 - 1e-9), t.sf(x, 30)];
      expect(Math.abs(before / after - 1)).toBeLessThan(1e-7);
    }
  });

  it("end at their ends", () => {
    expect([normal.quantile(0), normal.quantile(1), normal.cdf(-Infinity), normal.sf(Infinity)]).toEqual([
      -Infinity,
      Infinity,
      0,
      0
    ]);
    expect([t.quantile(0, 5), t.quantile(0.5, 5), t.quantile(1, 5), t.sf(Infinity, 5)]).toEqual([
      -Infinity,
      0,
      Infinity,
      0
    ]);
    expect([chiSquare.quantile(0, 5), chiSquare.quantile(1, 5), chiSquare.sf(-1, 5), chiSquare.cdf(0, 5)]).toEqual([
      0,
      Infinity,
      1,
      0
    ]);
    expect([beta.quantile(0, 2, 3), beta.quantile(1, 2, 3), beta.cdf(2, 2, 3), beta.sf(-1, 2, 3)]).toEqual([
      0, 1, 1, 1
    ]);
    expect([F.quantile(0, 2, 3), F.quantile(1, 2, 3), F.cdf(-2, 2, 3), F.sf(Infinity, 2, 3)]).toEqual([
      0,
      Infinity,
      0,
      0
    ]);
    expect([chiSquare.pdf(0, 1), chiSquare.pdf(0, 2), chiSquare.pdf(0, 3), chiSquare.pdf(-1, 2)]).toEqual([
      Infinity,
      0.5,
      0,
      0
    ]);
    expect([beta.pdf(0, 0.5, 1), beta.pdf(1, 1, 1), beta.pdf(1, 2, 2), beta.pdf(1.5, 2, 2)]).toEqual([
      Infinity,
      1,
      0,
      0
    ]);
    expect([F.pdf(0, 1, 4), F.pdf(0, 2, 4), F.pdf(0, 3, 4), F.pdf(-1, 3, 4)]).toEqual([Infinity, 1, 0, 0]);
  });

  it("refuse what is not a number, not a probability, not a shape", () => {
    expect(() => normal.cdf(NaN)).toThrow(new RangeError("invalid x; not a number: NaN"));
    expect(() => normal.quantile(1.5)).toThrow(new RangeError("invalid p; not in [0, 1]: 1.5"));
    expect(() => normal.upperQuantile(NaN)).toThrow(new RangeError("invalid q; not in [0, 1]: NaN"));
    expect(() => t.sf(1, 0)).toThrow(new RangeError("invalid df; not a positive number: 0"));
    expect(() => chiSquare.sf(1, Infinity)).toThrow(new RangeError("invalid df; not a positive number: Infinity"));
    expect(() => beta.cdf(0.5, 1, -1)).toThrow(new RangeError("invalid b; not a positive number: -1"));
    expect(() => F.sf(1, NaN, 2)).toThrow(new RangeError("invalid df1; not a positive number: NaN"));
  });
});
