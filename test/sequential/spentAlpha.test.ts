import {describe, expect, it} from "vitest";
import {spentAlpha} from "../../lib/sequential/spentAlpha.ts";
import type {SpendingName} from "../../lib/sequential/spentAlpha.ts";

const names: SpendingName[] = ["obrien-fleming", "pocock", "hwang-shih-decani", "kim-demets"];

describe("spentAlpha(fraction, alpha, options)", () => {
  it("agrees with Lan & DeMets (1983): O'Brien-Fleming type at one half", () => {
    // scipy 1.10: 2 * norm.sf(norm.isf(0.0125) / sqrt(0.5))
    expect(spentAlpha(0.5, 0.025)).toBeCloseTo(0.0015253227579889112, 12);
  });
  it("spends nothing at 0 and all of it from 1 on, by every function", () => {
    for (const spending of names) {
      expect(spentAlpha(0, 0.025, {spending})).toBe(0);
      expect(spentAlpha(1, 0.025, {spending})).toBe(0.025);
      expect(spentAlpha(1.4, 0.025, {spending})).toBe(0.025);
    }
  });
  it("never falls as information grows", () => {
    for (const spending of names) {
      let before = 0;
      for (let t = 0.01; t <= 1; t += 0.01) {
        const spent = spentAlpha(t, 0.05, {spending});
        expect(spent).toBeGreaterThanOrEqual(before);
        before = spent;
      }
    }
  });
  it("spends evenly by Kim-DeMets with rho 1 and by Hwang-Shih-DeCani with gamma 0", () => {
    expect(spentAlpha(0.3, 0.05, {spending: "kim-demets", rho: 1})).toBeCloseTo(0.015, 15);
    expect(spentAlpha(0.3, 0.05, {spending: "hwang-shih-decani", gamma: 0})).toBeCloseTo(0.015, 15);
    expect(spentAlpha(0.3, 0.05, {spending: "hwang-shih-decani", gamma: 1e-9})).toBeCloseTo(0.015, 9);
  });
  it("does not overflow for extreme parameters", () => {
    expect(spentAlpha(0.999, 0.05, {spending: "hwang-shih-decani", gamma: -2000})).toBeCloseTo(0.05 * Math.exp(-2), 12);
    expect(spentAlpha(0.5, 0.05, {spending: "hwang-shih-decani", gamma: 2000})).toBe(0.05);
    expect(spentAlpha(1e-9, 1e-6)).toBe(0);
  });
  it("follows a table by straight lines and gives the rest at 1", () => {
    const table = [
      [0.5, 0.2],
      [0.8, 0.6]
    ] as const;
    expect(spentAlpha(0.25, 0.05, {spending: "table", table})).toBeCloseTo(0.005, 15);
    expect(spentAlpha(0.5, 0.05, {spending: "table", table})).toBeCloseTo(0.01, 15);
    expect(spentAlpha(0.9, 0.05, {spending: "table", table})).toBeCloseTo(0.04, 15);
    expect(spentAlpha(1, 0.05, {spending: "table", table})).toBe(0.05);
    expect(spentAlpha(1, 0.05, {spending: "table", table: [[1, 1]]})).toBe(0.05);
  });
  it("rejects what is out of range", () => {
    expect(() => spentAlpha(NaN, 0.05)).toThrow("invalid fraction; not a number from 0 up: NaN");
    expect(() => spentAlpha(-0.1, 0.05)).toThrow(RangeError);
    expect(() => spentAlpha(0.5, 0)).toThrow("invalid alpha; not in (0, 1): 0");
    expect(() => spentAlpha(0.5, 0.05, {spending: "kim-demets", rho: 0})).toThrow(
      "invalid rho; not a positive number: 0"
    );
    expect(() => spentAlpha(0.5, 0.05, {spending: "hwang-shih-decani", gamma: NaN})).toThrow(RangeError);
    expect(() => spentAlpha(0.5, 0.05, {spending: "table"})).toThrow("missing table: spending is `table`");
    expect(() =>
      spentAlpha(0.5, 0.05, {
        spending: "table",
        table: [
          [0.5, 0.4],
          [0.6, 0.3]
        ]
      })
    ).toThrow("invalid table; not rising: 0.5, 0.4 then 0.6, 0.3");
    expect(() => spentAlpha(0.5, 0.05, {spending: "table", table: [[0.5, 40]]})).toThrow(RangeError);
  });
});
