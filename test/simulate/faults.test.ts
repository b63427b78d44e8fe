import {describe, expect, it} from "vitest";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";
import {errorsFrom, simulated} from "./simulated.ts";

type Faults = NonNullable<SimulateBlock["faults"]>;
const block = {
  units: 8000,
  entries: "5d",
  days: "8d",
  dimensions: {platform: {ios: 1, android: 1}},
  events: {
    click: {kind: "repeated", rate: 0.4, pre: "2d"},
    purchase: {kind: "conversion", probability: 0.2, value: {column: "amount", mean: 20}}
  }
} as const;
const clean = simulated(block);
const faulty = (faults: Faults) => simulated({...block, faults});
const keys = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row));

describe("faults of a simulated log", () => {
  it("are none by default", () => {
    expect(faulty({})).toEqual(clean);
  });

  it("split: sends 70 of 100 units to one arm, at the same times as before", () => {
    const log = faulty({split: {a: 0.7, b: 0.3}});
    expect(
      errorsFrom(
        [...log.first.values()].map(({variant}) => Number(variant === "a")),
        0.7
      )
    ).toBeLessThan(4);
    expect(log.exposures.map(({time}) => time)).toEqual(clean.exposures.map(({time}) => time));
  });

  it("lostExposures: hides a share of one arm's units on one platform from some day on, but not what they do", () => {
    const log = faulty({lostExposures: [{variant: "b", where: {platform: "android"}, share: "30%", from: 2}]});
    expect(log.events).toEqual(clean.events);
    const kept = new Set(keys(log.exposures));
    const all = new Set(keys(clean.exposures));
    expect([...kept].every((row) => all.has(row))).toBe(true);
    const hit = clean.exposures.filter(
      (row) => row.variant === "b" && row.dimensions[0] === "android" && row.time >= 2
    );
    expect(log.exposures.length).toBe(
      clean.exposures.length - hit.filter((row) => !kept.has(JSON.stringify(row))).length
    );
    expect(
      errorsFrom(
        hit.map((row) => Number(!kept.has(JSON.stringify(row)))),
        0.3
      )
    ).toBeLessThan(4);
  });

  it("dropout: loses all rows of some hours", () => {
    const log = faulty({dropout: [{from: 1, to: 2, hours: [6, 18]}]});
    const inside = ({time}: {time: number}) => time >= 1 && time < 3 && time % 1 >= 0.25 && time % 1 < 0.75;
    expect(log.exposures).toEqual(clean.exposures.filter((row) => !inside(row)));
    expect(log.events).toEqual(clean.events.filter((row) => !inside(row)));
  });

  it("dropout: loses a share of one arm's events on a day", () => {
    const log = faulty({dropout: [{from: 3, variant: "a", of: "events", share: "40%"}]});
    expect(log.exposures).toEqual(clean.exposures);
    const kept = new Set(keys(log.events));
    const gone = clean.events.filter((row) => !kept.has(JSON.stringify(row)));
    expect(log.events.length + gone.length).toBe(clean.events.length);
    const variants = new Map(clean.exposures.map(({unit, variant}) => [unit, variant]));
    expect(gone.every(({unit, time}) => variants.get(unit) === "a" && Math.floor(time) === 3)).toBe(true);
    const hit = clean.events.filter(({unit, time}) => variants.get(unit) === "a" && Math.floor(time) === 3);
    expect(
      errorsFrom(
        hit.map((row) => Number(!kept.has(JSON.stringify(row)))),
        0.4
      )
    ).toBeLessThan(4);
  });

  it("duplicates: writes a share of events twice, one below the other", () => {
    const log = faulty({duplicates: "5%"});
    const twice = log.events.filter((row, i) => i > 0 && keys([row])[0] === keys([log.events[i - 1]!])[0]);
    expect(log.events.length - twice.length).toBe(clean.events.length);
    expect([...new Set(keys(log.events))]).toEqual(keys(clean.events));
    expect(Math.abs(twice.length / clean.events.length - 0.05)).toBeLessThan(
      4 * Math.sqrt(0.0475 / clean.events.length)
    );
  });

  it("late: lets a share of events arrive days later, or after the log ends, without moving the event itself", () => {
    const log = faulty({late: {share: "10%", days: "3d"}});
    const delays = log.events.map(({time, arrived}) => arrived - time);
    expect(delays.every((delay) => 0 <= delay && delay <= 3.0001)).toBe(true);
    expect(log.events.every(({logged, arrived}) => logged === Math.floor(arrived))).toBe(true);
    const early = log.events.filter(({time}) => time < 5).map(({time, arrived}) => Number(arrived - time > 1 / 1440));
    expect(errorsFrom(early, 0.1)).toBeLessThan(4);
    const same = ({unit, event, time, value}: (typeof clean.events)[number]) =>
      JSON.stringify([unit, event, time, value]);
    const before = (rows: typeof clean.events) =>
      rows
        .filter(({time}) => time < 5)
        .map(same)
        .toSorted();
    expect(before(log.events)).toEqual(before(clean.events));
    expect(log.events.length).toBeLessThan(clean.events.length);
  });

  it("crossovers: exposes a share of units to the other arm later on", () => {
    const log = faulty({crossovers: "10%"});
    const first = log.exposures.filter((row) => log.first.get(row.unit) === row);
    expect(first).toEqual(clean.exposures);
    const second = log.exposures.filter((row) => log.first.get(row.unit) !== row);
    expect(second.every((row) => row.variant !== log.first.get(row.unit)!.variant)).toBe(true);
    // Nearly all of those who entered on the first days; later ones may cross after the end of the log.
    const early = first.filter(({time}) => time < 2).map(({unit}) => Number(second.some((row) => row.unit === unit)));
    expect(errorsFrom(early, 0.1)).toBeLessThan(4);
    expect(log.events).toEqual(clean.events);
  });

  it("bots: lets a share of units do one thing far too often, at even gaps, beside what they did", () => {
    const log = faulty({bots: {share: "1%", event: "click", rate: 240}});
    const known = new Set(keys(clean.events));
    const added = log.events.filter((row) => !known.has(JSON.stringify(row)));
    expect(added.length).toBe(log.events.length - clean.events.length);
    const bots = groupByUnit(added);
    expect(Math.abs(bots.size - 80)).toBeLessThan(4 * Math.sqrt(80));
    for (const rows of bots.values()) {
      expect(rows).toHaveLength(239);
      expect(rows[1]!.time - rows[0]!.time).toBeCloseTo(1 / 240, 6);
    }
  });
});

function groupByUnit<T extends {unit: number}>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) groups.set(row.unit, [...(groups.get(row.unit) ?? []), row]);
  return groups;
}
