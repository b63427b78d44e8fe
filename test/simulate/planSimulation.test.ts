import {describe, expect, it} from "vitest";
import {planSimulation, unitId} from "../../lib/simulate/planSimulation.ts";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";

const input = (simulate: unknown) => ({
  id: "demo",
  start: "2026-01-05",
  end: "2026-01-11",
  variants: {control: {weight: 0.5}, treatment: {weight: 0.5, values: ["B", "b"]}},
  simulate
});
const block: SimulateBlock = {seed: 1, units: 1000};

describe("planSimulation(input)", () => {
  it("lets units enter until the experiment's end, and logs as many days", () => {
    expect(planSimulation(input(block))).toMatchObject({entries: 7, days: 7, pre: 0, prefix: "demo-", columns: []});
  });

  it("calls a variant as the log does: the first of its values, else its key", () => {
    expect(planSimulation(input(block)).variantValues).toEqual(["control", "B"]);
  });

  it("spreads all units over the days, by the rhythm of the week from Monday on", () => {
    const week = [2, 1, 1, 1, 1, 0.5, 0.5];
    const {firstUnit} = planSimulation(input({...block, units: 700, week, jitter: 0}));
    expect(firstUnit).toEqual([0, 200, 300, 400, 500, 600, 650, 700]);
  });

  it("grows traffic over the days of a ramp in equal steps", () => {
    const flat = [1, 1, 1, 1, 1, 1, 1];
    const ramp = {days: "3d", from: "50%"};
    const {firstUnit} = planSimulation(input({...block, units: 625, week: flat, jitter: 0, ramp}));
    expect(firstUnit).toEqual([0, 50, 125, 225, 325, 425, 525, 625]);
  });

  it("keeps the entries of earlier days when fewer days are logged", () => {
    const whole = planSimulation(input(block));
    const part = planSimulation(input({...block, days: "3d"}));
    expect(part.entries).toBe(3);
    expect(part.firstUnit).toEqual(whole.firstUnit);
  });

  it("takes the weights of the phase that a day is in", () => {
    const phases = [
      {start: "2026-01-05", weights: {control: 0.9, treatment: 0.1}},
      {start: "2026-01-08", weights: {control: 0.5, treatment: 0.5}}
    ];
    const {split} = planSimulation({...input(block), phases});
    expect(split.map((shares) => shares[0])).toEqual([0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5]);
  });

  it("does not change its input", () => {
    const frozen = Object.freeze(input(Object.freeze({...block})));
    expect(() => planSimulation(frozen)).not.toThrow();
  });

  it("names every unknown variant, dimension, value, event and column at once", () => {
    const broken = {
      ...block,
      columns: ["other"],
      split: {controll: 1},
      dimensions: {platform: {ios: 1, web: 1}},
      events: {
        purchase: {
          kind: "conversion",
          probability: 0.1,
          by: {platfrom: {ios: 2}},
          effect: {treatment: {lift: "5%", by: {platform: {andriod: "1%"}}}},
          value: {column: "amount", mean: 3}
        }
      },
      faults: {bots: {share: "1%", event: "click", rate: 100}}
    };
    expect(() => planSimulation(input(broken))).toThrow(
      [
        "split: unknown variant: controll; expected one of control, treatment",
        "events.purchase.by: unknown dimension: platfrom; expected one of platform",
        "events.purchase.effect.treatment.by: unknown value of platform: andriod; expected one of ios, web",
        "events.purchase.value: unknown column: amount; expected one of other",
        "faults.bots: unknown event: click; expected one of purchase"
      ]
        .map((problem) => `invalid simulate block of demo; ${problem}`)
        .join("\n")
    );
  });

  it.each([
    ["a missing block", undefined, "missing simulate block: demo"],
    ["no units", {...block, units: 0}, "invalid simulate block of demo; units:"],
    ["an unknown key", {...block, sed: 2}, 'invalid simulate block of demo; Unrecognized key: "sed"'],
    [
      "a lift without its percent sign",
      {...block, events: {e: {...effect("5%"), effect: {treatment: {lift: 5}}}}},
      "events.e.effect.treatment.lift: a percentage of -100% or more, such as 6% or -3%"
    ],
    ["a lift that is no percentage", {...block, events: {e: effect("0.05")}}, "events.e.effect.treatment.lift: a perc"],
    ["a lift below -100%", {...block, events: {e: effect("-101%")}}, "-100% or more"],
    [
      "a value without mean and median",
      {...block, events: {e: {...effect("1%"), value: {column: "v"}}}},
      "either mean"
    ],
    ["a probability of NaN", {...block, events: {e: {kind: "conversion", probability: NaN}}}, "events.e.probability"],
    ["a span of nothing", {...block, entries: "0d"}, "entries: a number of days"]
  ])("refuses %s", (_, simulate, message) => {
    expect(() => planSimulation(input(simulate))).toThrow(message);
  });

  it("refuses a block without entries where the experiment has no end", () => {
    const endless = {id: "demo", start: "2026-01-05", variants: input(block).variants, simulate: block};
    expect(() => planSimulation(endless)).toThrow("entries: missing, and the experiment has no end");
    expect(() => planSimulation({...endless, start: "soon"})).toThrow("invalid start; not a date");
  });
});

describe("unitId(plan, unit)", () => {
  it("gives every unit another id of the same length, and other ids for another seed", () => {
    const ids = Array.from({length: 50_000}, (_, unit) => unitId({prefix: "u_", seed: 3}, unit));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^u_[0-9a-f]{8}$/.test(id))).toBe(true);
    expect(unitId({prefix: "u_", seed: 4}, 0)).not.toBe(ids[0]);
  });
});

function effect(lift: string) {
  return {kind: "conversion", probability: 0.1, effect: {treatment: {lift}}};
}
