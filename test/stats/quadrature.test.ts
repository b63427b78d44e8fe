import {describe, expect, it} from "vitest";
import {bracketedRoot} from "../../lib/stats/bracketedRoot.ts";
import {findPeak, integrate, integratePeak} from "../../lib/stats/quadrature.ts";

describe("integrate(f, breaks, options)", () => {
  it("is exact for polynomials of degree 22 on one piece", () => {
    for (let degree = 0; degree <= 22; ++degree) {
      expect(integrate((x) => x ** degree, [0, 1], {maximumPieces: 1})).toBeCloseTo(1 / (degree + 1), 14);
    }
  });

  it("finds sin, a narrow peak and a square root's corner", () => {
    expect(integrate(Math.sin, [0, Math.PI])).toBeCloseTo(2, 14);
    // atan(1e3 * 0.3) + atan(1e3 * 0.7)
    expect(integrate((x) => 1e3 / (1 + (1e3 * (x - 0.3)) ** 2), [0, 1])).toBeCloseTo(
      Math.atan(300) + Math.atan(700),
      10
    );
    expect(integrate(Math.sqrt, [0, 1])).toBeCloseTo(2 / 3, 9);
  });

  it("gives 0 for an empty interval and for the zero function", () => {
    expect(integrate(Math.exp, [1, 1])).toBe(0);
    expect(integrate(() => 0, [0, 1])).toBe(0);
  });

  it("refuses breaks that do not rise, and a single one", () => {
    expect(() => integrate(Math.sin, [1, 0])).toThrow(new RangeError("invalid breaks; not rising: 1, 0"));
    expect(() => integrate(Math.sin, [0, NaN])).toThrow(RangeError);
    expect(() => integrate(Math.sin, [1])).toThrow(new RangeError("invalid breaks; fewer than two: 1"));
  });
});

describe("integratePeak(peak, options)", () => {
  it("integrates a normal density wherever and however narrow it is", () => {
    for (const [mean, sd] of [
      [0, 1],
      [1e3, 1e-3],
      [-5, 1e4]
    ] as const) {
      const log = (u: number) => -0.5 * ((u - mean) / sd) ** 2;
      const total = integratePeak({log, near: [mean + sd], scale: sd});
      expect(total / sd).toBeCloseTo(Math.sqrt(2 * Math.PI), 9);
    }
  });

  it("keeps its relative accuracy where the peak is 1e-200", () => {
    const log = (u: number) => -200 * Math.LN10 - 0.5 * u ** 2;
    expect(integratePeak({log, near: [3], scale: 1}) / 1e-200).toBeCloseTo(Math.sqrt(2 * Math.PI), 9);
  });

  it("is 0 where the function underflows", () => {
    expect(integratePeak({log: () => -Infinity, near: [0, 1], scale: 1})).toBe(0);
    expect(findPeak({log: () => -Infinity, near: [0, 1], scale: 1})).toBeNull();
  });
});

describe("bracketedRoot(f, bracket, options)", () => {
  it("finds the root of a rising and of a falling function", () => {
    expect(bracketedRoot((x) => x * x - 2, [1, 2])).toBeCloseTo(Math.SQRT2, 14);
    expect(bracketedRoot((x) => Math.exp(-x) - 0.25, [0, 1])).toBeCloseTo(Math.log(4), 13);
  });

  it("widens a bracket that does not hold the root, on either side", () => {
    expect(bracketedRoot((x) => x - 1e6, [0, 1])).toBeCloseTo(1e6, 4);
    expect(bracketedRoot((x) => x + 1e6, [0, 1])).toBeCloseTo(-1e6, 4);
    expect(bracketedRoot((x) => 5 - x, [10, 11])).toBeCloseTo(5, 12);
  });

  it("finds a root at 0 to the absolute tolerance", () => {
    expect(Math.abs(bracketedRoot((x) => x ** 3, [-1, 2], {absoluteTolerance: 1e-9}))).toBeLessThan(2e-9);
  });

  it("ends at a limit where the function keeps its sign", () => {
    expect(bracketedRoot((x) => x + 1, [0.2, 0.4], {limits: [0, 1]})).toBe(0);
    expect(bracketedRoot((x) => x - 2, [0.2, 0.4], {limits: [0, 1]})).toBe(1);
  });
});
