import {describe, expect, it} from "vitest";
import {matureUnits, peekingPlan, peekingRun} from "../../src/components/simulate/peekingRun.ts";
import {firstCall, peekingBounds, rules} from "../../src/components/simulate/peekingRules.ts";

describe("peeking at experiments without an effect", () => {
  it("calls far too many by the naive rule, and at most 5% by every other, whatever is looked at", () => {
    const plan = peekingPlan(7);
    const bounds = peekingBounds(matureUnits(plan));
    const runs = 1200;
    const calls = new Map(rules.map((rule) => [rule, 0]));
    for (let seed = 0; seed < runs; ++seed) {
      const z = peekingRun(plan, seed);
      expect(z).toHaveLength(7);
      for (const rule of rules) if (firstCall(z, bounds[rule]) >= 0) calls.set(rule, (calls.get(rule) ?? 0) + 1);
    }
    // four standard errors about 5%
    const error = 4 * Math.sqrt((0.05 * 0.95) / runs);
    const rate = (rule: (typeof rules)[number]) => (calls.get(rule) ?? 0) / runs;
    // Armitage, McPherson and Rowe (1969), table 2: 0.166 after seven equally spaced looks (0.142 after five, 0.193 after ten)
    expect(Math.abs(rate("naive") - 0.166)).toBeLessThan(4 * Math.sqrt((0.166 * 0.834) / runs));
    expect(Math.abs(rate("group-sequential") - 0.05)).toBeLessThan(error);
    expect(Math.abs(rate("fixed") - 0.05)).toBeLessThan(error);
    expect(rate("always-valid")).toBeLessThan(0.05);
  }, 60_000);

  it("looks at the same number of mature units in every run", () => {
    const plan = peekingPlan(7);
    const mature = matureUnits(plan);
    expect(mature).toHaveLength(7);
    expect(mature.at(-1)).toBe(700);
    expect([...mature].sort((a, b) => a - b)).toEqual(mature);
  });

  it("has one look in a fixed design, and none before the bound in a call", () => {
    const {fixed, naive} = peekingBounds([100, 200]);
    expect(fixed[0]).toBe(Infinity);
    expect(fixed[1]).toBeCloseTo(1.959964, 6);
    expect(firstCall([2.5, 0], naive)).toBe(0);
    expect(firstCall([2.5, -3], fixed)).toBe(1);
    expect(firstCall([1, -1], naive)).toBe(-1);
  });
});
