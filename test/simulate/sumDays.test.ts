import {describe, expect, it} from "vitest";
import {planSimulation} from "../../lib/simulate/planSimulation.ts";
import {simulateDays} from "../../lib/simulate/simulateDays.ts";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";
import {sumDays} from "../../lib/simulate/sumDays.ts";

const DAY = 86_400_000;
const variants = {control: {weight: 0.5}, treatment: {weight: 0.5}};
const block: SimulateBlock = {
  seed: 3,
  units: 3000,
  entries: "6d",
  days: "9d",
  again: "20%",
  events: {
    purchase: {
      kind: "conversion",
      probability: 0.2,
      within: "3d",
      again: "30%",
      pre: "4d",
      spread: 0.8,
      effect: {treatment: {lift: "20%"}},
      value: {column: "amount", mean: 20}
    },
    click: {kind: "repeated", rate: 0.5}
  }
};
const plan = (faults: SimulateBlock["faults"] = {}) =>
  planSimulation({id: "page", start: "2026-01-05", variants, simulate: {...block, faults}});
const everything: SimulateBlock["faults"] = {
  duplicates: "10%",
  late: {share: "30%", days: "3d"},
  crossovers: "5%",
  lostExposures: [{variant: "treatment", share: "20%"}],
  bots: {share: "1%", event: "purchase", rate: 30}
};

/** The same sums from the rows that have arrived by then, unit by unit: nothing is kept from one time to the next. */
function sumsAsOf(faults: SimulateBlock["faults"], time: number, {kind, window}: {kind: string; window: number}) {
  const own = plan(faults);
  const seen = new Map<number, {entry: number; variants: Set<number>}>();
  const rows = new Map<string, {unit: number; time: number; event: number; value: number}>();
  const counts = {events: 0, late: 0};
  for (const {exposures, events} of simulateDays(own)) {
    for (let i = 0; i < exposures.length; ++i) {
      if (exposures.time[i]! >= time * DAY) continue;
      const unit = seen.get(exposures.unit[i]!) ?? {entry: exposures.time[i]!, variants: new Set()};
      seen.set(exposures.unit[i]!, unit);
      unit.variants.add(exposures.variant[i]!);
    }
    for (let i = 0; i < events.length; ++i) {
      if (events.arrived[i]! >= time * DAY) continue;
      counts.events++;
      if (events.arrived[i]! - events.time[i]! > DAY / 24) counts.late++;
      const row = {unit: events.unit[i]!, time: events.time[i]!, event: events.event[i]!, value: events.value[i]!};
      rows.set(Object.values(row).join(), row);
    }
  }
  const outcomes = new Map<number, {x: number; y: number}>();
  for (const {unit, time: when, event, value} of rows.values()) {
    const entry = seen.get(unit)?.entry;
    if (event !== 0 || entry === undefined || when >= entry + window * DAY) continue;
    const outcome = outcomes.get(unit) ?? {x: 0, y: 0};
    outcomes.set(unit, outcome);
    const side = when < entry ? "x" : "y";
    outcome[side] = kind === "proportion" ? 1 : outcome[side] + value;
  }
  const units = [0, 0];
  const sums = [0, 1].map(() => ({n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0}));
  for (const [unit, {entry, variants}] of seen) {
    const [variant = 0, ...others] = variants;
    if (others.length > 0) continue;
    units[variant]!++;
    if (entry + window * DAY > time * DAY) continue;
    const {x, y} = outcomes.get(unit) ?? {x: 0, y: 0};
    const sum = sums[variant]!;
    sum.n++;
    sum.y += y;
    sum.yy += y * y;
    sum.x += x;
    sum.xx += x * x;
    sum.xy += x * y;
  }
  const crossovers = [...seen.values()].filter(({variants}) => variants.size > 1).length;
  return {units, sums, crossovers, duplicates: counts.events - rows.size, ...counts};
}

describe("sumDays(plan, {event, kind, window, ticks})", () => {
  it.each([
    ["without a fault, shares", {}, {kind: "proportion", window: 3}],
    ["without a fault, amounts", {}, {kind: "mean", window: 2}],
    ["with every fault, shares", everything, {kind: "proportion", window: 2}],
    ["with every fault, amounts", everything, {kind: "mean", window: 3}]
  ] as const)("gives at every tick what the rows so far give when taken all at once: %s", (_, faults, options) => {
    let checked = 0;
    for (const sums of sumDays(plan(faults), {event: "purchase", ticks: 2, ...options})) {
      if (![0.5, 2, 3.5, 6, 9].includes(sums.time)) continue;
      const {sums: expected, ...counts} = sumsAsOf(faults, sums.time, options);
      expect(sums).toMatchObject(counts);
      sums.mature.forEach((moments, i) => {
        for (const [key, value] of Object.entries(expected[i]!))
          expect(moments[key as "n"], `${key} at ${sums.time}`).toBeCloseTo(value, 6);
      });
      ++checked;
    }
    expect(checked).toBe(5);
  });

  it("ends with every unit mature, and says how much one of them carries", () => {
    const all = [...sumDays(plan(), {event: "purchase", kind: "mean", window: 3})];
    expect(all.map(({time}) => time)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(all[2]?.mature.map(({n}) => n)).toEqual([0, 0]);
    expect(all[2]?.largestShare).toBe(null);
    const last = all.at(-1)!;
    expect(last.mature.map(({n}) => n)).toEqual(last.units);
    expect(last.units.reduce((a, b) => a + b)).toBe(3000);
    expect(last.largestShare).toBeGreaterThan(0);
    expect(last.largestShare).toBeLessThan(0.1);
    expect(last.busiest).toBeLessThan(10);
    // 30 a day for one day
    const [botted] = [...sumDays(plan(everything), {event: "purchase", window: 3})].slice(-1);
    expect(botted?.busiest).toBeGreaterThan(25);
  });

  it("refuses an event that is not planned, and windows and ticks out of range", () => {
    expect(() => sumDays(plan(), {event: "sale"}).next()).toThrow("unknown event: sale");
    expect(() => sumDays(plan(), {event: "purchase", window: 0}).next()).toThrow(
      "invalid window; not positive and finite: 0"
    );
    expect(() => sumDays(plan(), {event: "purchase", ticks: 1.5}).next()).toThrow(
      "invalid ticks; not a positive integer: 1.5"
    );
  });
});
