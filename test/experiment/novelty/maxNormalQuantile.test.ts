import {describe, expect, it} from "vitest";
import {choleskyOfCovariance} from "../../../lib/experiment/novelty/matrix.ts";
import {maxNormalQuantile} from "../../../lib/experiment/novelty/maxNormalQuantile.ts";
import {normal} from "../../../lib/stats/distributions.ts";

function factorOf(size: number, correlation: (i: number, j: number) => number): Float64Array {
  const matrix = Float64Array.from({length: size * size}, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return i === j ? 4 : 4 * correlation(i, j);
  });
  return choleskyOfCovariance(matrix, size)!;
}

describe("maxNormalQuantile(factor, size, level)", () => {
  it("is the normal quantile for one, and Sidak's for independent normals", () => {
    expect(
      maxNormalQuantile(
        factorOf(1, () => 0),
        1,
        0.95
      )
    ).toBeCloseTo(normal.upperQuantile(0.025), 2);
    for (const size of [2, 7, 28]) {
      const sidak = normal.upperQuantile((1 - 0.95 ** (1 / size)) / 2);
      expect(
        Math.abs(
          maxNormalQuantile(
            factorOf(size, () => 0),
            size,
            0.95
          ) - sidak
        )
      ).toBeLessThan(0.03);
    }
  });
  it("agrees with Dunnett's two-sided 5% points for correlation 0.5 and infinite degrees of freedom", () => {
    // Dunnett (1964), New tables for multiple comparisons with a control, Biometrics 20, last row of table II.
    for (const [size, point] of [
      [2, 2.21],
      [3, 2.35],
      [5, 2.51],
      [9, 2.69]
    ] as const)
      expect(
        Math.abs(
          maxNormalQuantile(
            factorOf(size, () => 0.5),
            size,
            0.95
          ) - point
        )
      ).toBeLessThan(0.025);
  });
  it("falls towards the quantile of one as normals become the same, and is the same every time", () => {
    const factor = factorOf(20, (i, j) => 0.999 ** Math.abs(i - j));
    const quantile = maxNormalQuantile(factor, 20, 0.95);
    expect(quantile).toBeGreaterThan(1.94);
    expect(quantile).toBeLessThan(2.15);
    expect(maxNormalQuantile(factor, 20, 0.95)).toBe(quantile);
  });
});

describe("choleskyOfCovariance(matrix, size)", () => {
  it("draws a matrix that is not positive definite towards its diagonal, and refuses a variance of 0", () => {
    const impossible = Float64Array.of(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1);
    const copy = Float64Array.from(impossible);
    expect(choleskyOfCovariance(impossible, 3)!.every(Number.isFinite)).toBe(true);
    expect(impossible).toEqual(copy);
    expect(choleskyOfCovariance(Float64Array.of(1, 0, 0, 0), 2)).toBeNull();
    expect(choleskyOfCovariance(Float64Array.of(1, 0, 0, NaN), 2)).toBeNull();
  });
});
