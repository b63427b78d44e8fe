import {describe, expect, it} from "vitest";
import {compareRatios} from "../../lib/stats/compareRatios.ts";
import {emptyMoments, momentsOf} from "../../lib/stats/moments.ts";

const control = [
  {y: 3, w: 4},
  {y: 1, w: 2},
  {y: 0, w: 3},
  {y: 6, w: 5},
  {y: 2, w: 1}
];
const treatment = [
  {y: 4, w: 3},
  {y: 2, w: 2},
  {y: 5, w: 4},
  {y: 1, w: 3}
];

describe("compareRatios(control, treatment, options)", () => {
  it("has the standard error of the residuals y - R w, row by row", () => {
    const {control: b, treatment: a, difference} = compareRatios(momentsOf(control), momentsOf(treatment));
    for (const [arm, rows] of [
      [b, control],
      [a, treatment]
    ] as const) {
      const [y, w] = [rows.reduce((s, r) => s + r.y, 0), rows.reduce((s, r) => s + r.w, 0)];
      const squares = rows.reduce((s, r) => s + (r.y - (y / w) * r.w) ** 2, 0);
      const n = rows.length;
      expect(arm.estimate).toBeCloseTo(y / w, 14);
      expect(arm.standardError).toBeCloseTo(Math.sqrt(squares / (n - 1) / n) / (w / n), 13);
    }
    expect(difference).toBeCloseTo(12 / 12 - 12 / 15, 14);
  });

  it("does not depend on the origin", () => {
    const origin = {y: 2.5, w: 3};
    const [one, other] = [
      compareRatios(momentsOf(control), momentsOf(treatment)),
      compareRatios(momentsOf(control, origin), momentsOf(treatment, origin))
    ];
    expect(other.pValue).toBeCloseTo(one.pValue ?? NaN, 12);
    expect(other.relativeInterval?.[0]).toBeCloseTo(one.relativeInterval?.[0] ?? NaN, 12);
  });

  it("with a denominator of one each is a comparison of means", () => {
    const ones = (rows: {y: number}[]) => momentsOf(rows.map(({y}) => ({y, w: 1})));
    const result = compareRatios(ones(control), ones(treatment));
    expect(result.difference).toBeCloseTo(3 - 2.4, 14);
    // numpy: sqrt(var([3, 1, 0, 6, 2], ddof=1) / 5 + var([4, 2, 5, 1], ddof=1) / 4)
    expect(result.standardError).toBeCloseTo(Math.sqrt(5.3 / 5 + 10 / 3 / 4), 13);
  });

  it("with a numerator in proportion to the denominator has no variance", () => {
    const rows = [0.3, 0.7, 1.1].map((w) => ({y: 0.1 * w, w}));
    expect(compareRatios(momentsOf(rows), momentsOf(rows))).toMatchObject({
      pValue: null,
      reason: "no variance in either arm"
    });
  });

  it("says what is missing", () => {
    expect(compareRatios(emptyMoments(), momentsOf(treatment)).reason).toBe("no units in control");
    expect(compareRatios(momentsOf(control), momentsOf(treatment.slice(0, 1)))).toMatchObject({
      pValue: null,
      reason: "fewer than two units in treatment"
    });
    const nothing = momentsOf([
      {y: 1, w: 0},
      {y: 2, w: 0}
    ]);
    expect(compareRatios(nothing, momentsOf(treatment))).toMatchObject({
      difference: null,
      reason: "no estimate for control"
    });
    expect(() => compareRatios({...momentsOf(control), w: NaN}, momentsOf(treatment))).toThrow(RangeError);
  });
});
