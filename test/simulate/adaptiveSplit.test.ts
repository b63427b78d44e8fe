import {describe, expect, it} from "vitest";
import {createCsvEncoder} from "../../lib/simulate/encodeCsv.ts";
import {planSimulation, propensityOf, simulateDays} from "../../lib/simulate/index.ts";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";

const planOf = (block: Partial<SimulateBlock> = {}) =>
  planSimulation({
    id: "texts",
    start: "2026-01-05",
    variants: {a: {weight: 0.4}, b: {weight: 0.3}, c: {weight: 0.3}},
    simulate: {
      seed: 4,
      units: 20_000,
      entries: "14d",
      days: "16d",
      events: {
        pay: {kind: "conversion", probability: 0.1, within: "1d", delay: "0.1d", effect: {c: {lift: "60%"}}}
      },
      bandit: {event: "pay"},
      ...block
    }
  });

describe("the simulate block's bandit", () => {
  it("splits the first days evenly, follows what pays from then on, and leaves nobody below the floor", () => {
    const {split} = planOf();
    for (const day of split.slice(0, 2)) expect([...day]).toEqual([1 / 3, 2 / 3, 1].map((p) => expect.closeTo(p, 12)));
    const shares = split.map(([a = 0, b = 0]) => [a, b - a, 1 - b]);
    for (const day of shares) expect(Math.min(...day)).toBeGreaterThanOrEqual(0.02 - 1e-12);
    expect(shares.at(-1)![2]).toBeGreaterThan(0.9);
  });

  it("sends each day's units as its split says", () => {
    const plan = planOf();
    for (const {day, exposures} of simulateDays(plan)) {
      if (day < 0 || day >= 14) continue;
      const expected = exposures.length * (1 - plan.split[day]![1]!);
      const came = exposures.variant.filter((v) => v === 2).length;
      expect(Math.abs(came - expected)).toBeLessThan(4.5 * Math.sqrt(expected));
    }
  });

  it("logs the probability of each assignment, unless told not to", () => {
    const plan = planOf();
    const text = (p: typeof plan) => {
      const encoder = createCsvEncoder(p);
      const days = [...simulateDays(p)];
      return (
        new TextDecoder().decode(encoder.exposureHeader()) +
        days.map((day) => new TextDecoder().decode(encoder.exposures(day))).join("")
      );
    };
    const [header, ...rows] = text(plan).trimEnd().split("\n");
    expect(header).toBe("user_id,ts,experiment,variant,propensity");
    for (const row of rows) {
      const [, time, , variant, p] = row.split(",");
      const day = (Date.parse(time!.slice(0, 10)) - Date.parse("2026-01-05")) / 86_400_000;
      const at = "abc".indexOf(variant!);
      const [low, high] = [at === 0 ? 0 : plan.split[day]![at - 1]!, plan.split[day]![at]!];
      if (Math.abs(Number(p) - (high - low)) > 1e-10) expect.fail(row);
    }
    expect(text(planOf({bandit: {event: "pay", log: false}})).split("\n")[0]).toBe("user_id,ts,experiment,variant");
    expect(propensityOf(plan, 0, 1)).toBeCloseTo(1 / 3, 12);
  });

  it("is the same every time, and another for another policy", () => {
    expect(planOf().split).toEqual(planOf().split);
    for (const policy of ["ucb1", "epsilon-greedy"] as const)
      expect(planOf({bandit: {event: "pay", policy}}).split).not.toEqual(planOf().split);
  });

  it.each<[Partial<SimulateBlock>, string]>([
    [{bandit: {event: "buy"}}, "bandit: unknown event: buy; expected one of pay"],
    [{bandit: {event: "pay", floor: "40%"}}, "bandit.floor: more than 3 variants can have: 40%"],
    [{split: {a: 0.5, b: 0.3, c: 0.2}}, "split: not beside bandit, which sets the split"],
    [{events: {pay: {kind: "repeated", rate: 1}}}, "bandit.event: not of kind conversion: pay"]
  ])("refuses %j", (block, message) => {
    expect(() => planOf(block)).toThrow(message);
  });
});
