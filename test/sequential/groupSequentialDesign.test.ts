import {describe, expect, it} from "vitest";
import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {crossingProbabilities} from "../../lib/sequential/crossingProbabilities.ts";
import {futilityBoundaries} from "../../lib/sequential/futilityBoundaries.ts";
import {groupSequentialDesign} from "../../lib/sequential/groupSequentialDesign.ts";

const fractions = [0.25, 0.5, 0.75, 1];

describe("groupSequentialDesign(fractions, options)", () => {
  it("has the plain bounds where there is no futility, and where it is not binding", () => {
    const {z} = alphaSpendingBoundaries(fractions);
    expect(groupSequentialDesign(fractions).z).toEqual(z);
    const design = groupSequentialDesign(fractions, {futility: {beta: 0.1}});
    design.z.forEach((bound, k) => expect(bound).toBeCloseTo(z[k] ?? 0, 12));
  });
  it("has the power 1 - beta under the drift that it finds, spending beta as planned", () => {
    for (const binding of [false, true]) {
      const options = {alpha: 0.025, sides: 1, futility: {beta: 0.1, binding}} as const;
      const {z, futility, drift, power} = groupSequentialDesign(fractions, options);
      const lower = [...(futility ?? []), -Infinity];
      const exits = crossingProbabilities(fractions, z, {drift: drift ?? 0, lower});
      expect(power).toBeCloseTo(0.9, 8);
      // What misses: the stops for futility and those who reach the end below the bound.
      expect(exits.lower.reduce((a, b) => a + b) + exits.none).toBeCloseTo(0.1, 8);
    }
  });
  it("lowers the efficacy bounds for binding futility, alpha being exact when stops are obeyed", () => {
    const {z, futility} = groupSequentialDesign(fractions, {
      alpha: 0.025,
      sides: 1,
      futility: {beta: 0.1, binding: true}
    });
    const plain = alphaSpendingBoundaries(fractions, {alpha: 0.025, sides: 1});
    expect(z[3]).toBeLessThan(plain.z[3] ?? 0);
    const lower = [...(futility ?? []), -Infinity];
    expect(crossingProbabilities(fractions, z, {lower}).power).toBeCloseTo(0.025, 10);
    expect(crossingProbabilities(fractions, z, {sides: 1}).power).toBeGreaterThan(0.025);
  });
  it("agrees with scipy 1.17 (brentq over quad from z = 0.5) after a taken look with binding futility", () => {
    const taken = [{bound: 2.9625880427275666, alphaSpent: 0.0015253227579889112, futilityBound: 0.5}];
    const futility = {beta: 0.1, drift: 3, binding: true};
    const {z} = groupSequentialDesign([0.5, 1], {alpha: 0.025, sides: 1, taken, futility});
    expect(z[1]).toBeCloseTo(1.940832399060673, 8);
  });
  it("keeps non-binding futility from moving alpha, if every stop is ignored", () => {
    const {z} = groupSequentialDesign(fractions, {futility: {beta: 0.2}});
    expect(crossingProbabilities(fractions, z).power).toBeCloseTo(0.025, 12);
  });
  it("lets futility meet efficacy where the drift is far too large", () => {
    const {z, futility} = groupSequentialDesign(fractions, {futility: {beta: 0.1, drift: 12}});
    expect(futility?.[1]).toBe(z[1]);
    expect(futility?.[2]).toBe(z[2]);
  });
  it("rejects binding futility of a two-sided test, and beta out of range", () => {
    expect(() => groupSequentialDesign(fractions, {futility: {binding: true}})).toThrow(
      "invalid binding; requires a one-sided test: true"
    );
    expect(() => groupSequentialDesign(fractions, {futility: {beta: 1}})).toThrow("invalid beta; not in (0, 1): 1");
    expect(() => groupSequentialDesign(fractions, {futility: {drift: NaN}})).toThrow(RangeError);
  });
});

describe("futilityBoundaries(fractions, z, options)", () => {
  it("spends beta at each look under the drift", () => {
    const {z} = alphaSpendingBoundaries(fractions);
    const {z: below, cumulativeBeta, power} = futilityBoundaries(fractions, z, {drift: 3.4, beta: 0.1});
    const exits = crossingProbabilities(fractions, z, {drift: 3.4, lower: [...below, -Infinity]});
    let total = 0;
    cumulativeBeta.forEach((spent, k) => expect((total += exits.lower[k] ?? 0)).toBeCloseTo(spent, 10));
    expect(power).toBe(exits.power);
  });
  it("has no bound at a single look, and -Infinity where nothing may be spent yet", () => {
    expect(futilityBoundaries([1], [1.96], {drift: 3}).z).toEqual([]);
    expect(futilityBoundaries([0.0005, 1], [Infinity, 1.96], {drift: 3}).z).toEqual([-Infinity]);
  });
  it("rejects a drift that is not a number", () => {
    expect(() => futilityBoundaries([0.5, 1], [2.9, 2], {drift: NaN})).toThrow(
      "invalid drift; not a finite number: NaN"
    );
  });
});
