import {describe, expect, it} from "vitest";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {comparePostStratified} from "../../lib/stats/comparePostStratified.ts";
import {emptyMoments, momentsOf} from "../../lib/stats/moments.ts";

const of = (values: number[], origin = 0) =>
  momentsOf(
    values.map((y) => ({y})),
    {y: origin}
  );
const control = [of([1, 2, 3, 2]), of([10, 12, 11])];
const treatment = [of([2, 3, 4]), of([12, 14, 13, 12, 15])];

describe("comparePostStratified(control, treatment, options)", () => {
  it("weighs the strata's differences with their shares of all units", () => {
    const result = comparePostStratified(control, treatment);
    // by hand: shares 7/15 and 8/15, differences 1 and 2.2, variances 2/3/4 + 1/3 and 1/3 + 1.7/5
    expect(result.difference).toBeCloseTo((7 * 1 + 8 * 2.2) / 15, 13);
    const variance = (7 / 15) ** 2 * (2 / 3 / 4 + 1 / 3) + (8 / 15) ** 2 * (1 / 3 + 1.7 / 5);
    expect(result.standardError).toBeCloseTo(Math.sqrt(variance), 13);
    expect(result).toMatchObject({strata: 2, merged: 0, control: {n: 7}, treatment: {n: 8}});
  });

  it("undoes weights that changed between phases, where pooled means are biased", () => {
    const [first, second] = [
      [1, 2, 1, 2, 1, 2, 1, 2],
      [8, 9]
    ];
    const [few, many] = [
      [1, 2],
      [8, 9, 8, 9, 8, 9, 8, 9]
    ];
    const pooled = compareMeans(of([...first, ...second]), of([...few, ...many]));
    expect(pooled.difference).toBeGreaterThan(4);
    expect(comparePostStratified([of(first), of(second)], [of(few), of(many)]).difference).toBeCloseTo(0, 12);
  });

  it("with one stratum is Welch's comparison", () => {
    const [result, welch] = [
      comparePostStratified(control.slice(0, 1), treatment.slice(0, 1)),
      compareMeans(of([1, 2, 3, 2]), of([2, 3, 4]))
    ];
    expect(result.pValue).toBeCloseTo(welch.pValue ?? NaN, 13);
    expect(result.relativeInterval?.[1]).toBeCloseTo(welch.relativeInterval?.[1] ?? NaN, 12);
  });

  it("merges strata that are too small for a variance", () => {
    const withSmall = comparePostStratified([...control, of([5]), of([7])], [...treatment, of([6]), of([9, 9])]);
    expect(withSmall).toMatchObject({strata: 3, merged: 2});
    const withOne = comparePostStratified([...control, of([5])], [...treatment, emptyMoments()]);
    expect(withOne).toMatchObject({strata: 2, merged: 1});
    expect(withOne.control.n).toBe(8);
    expect(withOne.pValue).not.toBeNull();
  });

  it("without a stratum that both arms are in says so", () => {
    expect(comparePostStratified([], [])).toMatchObject({difference: null, reason: "no units in control", strata: 0});
    expect(comparePostStratified([of([1, 2]), emptyMoments()], [emptyMoments(), of([3])]).reason).toBe(
      "fewer than two units in treatment"
    );
  });

  it("refuses lists of different length", () => {
    expect(() => comparePostStratified(control, treatment.slice(1))).toThrow(
      new RangeError("invalid treatment; not of length 2: 1")
    );
    expect(() => comparePostStratified(control, treatment, {level: 0})).toThrow(RangeError);
  });
});
