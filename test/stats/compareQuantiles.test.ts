import {describe, expect, it} from "vitest";
import {compareQuantiles, estimateQuantile} from "../../lib/stats/compareQuantiles.ts";
import {binsOfEvents, binsOfValues} from "../../lib/stats/quantileBins.ts";
import type {QuantileBins} from "../../lib/stats/quantileBins.ts";
import {createRandom} from "../random.ts";

const random = createRandom(11);
const exponential = () => -Math.log(1 - random.uniform());

/** Events of units that each have their own level, up to nine events a unit. */
function clustered(units: number): {unit: number; value: number}[] {
  return Array.from({length: units}, (_, unit) => {
    const level = 1 + 2 * exponential();
    return Array.from({length: 1 + Math.floor(9 * random.uniform())}, () => ({
      unit,
      value: level + 0.3 * exponential()
    }));
  }).flat();
}

describe("binsOfValues(values), binsOfEvents(events)", () => {
  it("are the same for one event each", () => {
    const values = Object.freeze([3, 1, 2, 2]);
    const events = values.map((value, unit) => ({unit, value}));
    expect(binsOfEvents(events)).toEqual(binsOfValues(values));
    expect(binsOfValues(values)).toMatchObject({
      n: 4,
      events: 4,
      kk: 4,
      lower: [1, 2, 3],
      count: [1, 2, 1],
      mm: [1, 2, 1]
    });
  });

  it("add what each bin adds to Σ M² and Σ M K", () => {
    const bins = binsOfEvents([
      {unit: "a", value: 1},
      {unit: "a", value: 3},
      {unit: "b", value: 2},
      {unit: "a", value: 2}
    ]);
    // M of a is 1, 2, 3, of b 0, 1, 1; K of a is 3, of b 1
    expect(bins).toEqual({
      n: 2,
      events: 4,
      kk: 10,
      lower: [1, 2, 3],
      upper: [1, 2, 3],
      count: [1, 2, 1],
      mm: [1, 4, 5],
      mk: [3, 4, 3]
    });
  });
});

describe("compareQuantiles(control, treatment, quantile, options)", () => {
  it("estimates by R's type 7", () => {
    const bins = binsOfValues([4, 1, 8, 2]);
    expect(estimateQuantile(bins, 0.5).estimate).toBe(3);
    expect(estimateQuantile(bins, 0.9).estimate).toBeCloseTo(6.8, 12);
  });

  it("has the standard error of a sample quantile: sqrt(p (1 - p) / n) / density, for an exponential", () => {
    const values = Array.from({length: 40_000}, exponential);
    const {standardError} = estimateQuantile(binsOfValues(values), 0.9);
    expect(standardError).toBeGreaterThan(0.93 * Math.sqrt((0.9 * 0.1) / 40_000) * 10);
    expect(standardError).toBeLessThan(1.07 * Math.sqrt((0.9 * 0.1) / 40_000) * 10);
  });

  it("takes the unit, not the event, as independent: rejects 5% of A/A tests of clustered events, not more", () => {
    let [byUnit, byEvent] = [0, 0];
    for (let i = 0; i < 400; i++) {
      const [b, a] = [clustered(250), clustered(250)];
      byUnit += Number((compareQuantiles(binsOfEvents(b), binsOfEvents(a), 0.9).pValue ?? 1) < 0.05);
      const [rawB, rawA] = [b, a].map((events) => binsOfValues(events.map(({value}) => value)));
      if (rawB && rawA) byEvent += Number((compareQuantiles(rawB, rawA, 0.9).pValue ?? 1) < 0.05);
    }
    // 4 Monte Carlo errors of 400 trials at 5% are 4.4 points
    expect(byUnit / 400).toBeGreaterThan(0.006);
    expect(byUnit / 400).toBeLessThan(0.094);
    expect(byEvent / 400).toBeGreaterThan(0.2);
  });

  it("from bins of a sketch is near the exact result", () => {
    const [b, a] = [clustered(2000), clustered(2000).map(({unit, value}) => ({unit, value: 1.1 * value}))];
    const exact = compareQuantiles(binsOfEvents(b), binsOfEvents(a), 0.95);
    const sketched = compareQuantiles(sketch(b), sketch(a), 0.95);
    expect(Math.abs(Number(sketched.difference) / Number(exact.difference) - 1)).toBeLessThan(0.05);
    expect(Math.abs(Number(sketched.standardError) / Number(exact.standardError) - 1)).toBeLessThan(0.15);
    expect(exact.relativeInterval?.[0]).toBeLessThan(0.1);
    expect(exact.relativeInterval?.[1]).toBeGreaterThan(0.1);
  });

  it("says what cannot be had", () => {
    const [none, one, some] = [binsOfValues([]), binsOfValues([3]), binsOfValues([1, 2, 3, 4, 5, 6, 7, 8])];
    expect(compareQuantiles(none, some, 0.5)).toMatchObject({difference: null, reason: "no units in control"});
    expect(compareQuantiles(some, one, 0.5)).toMatchObject({
      difference: -1.5,
      pValue: null,
      reason: "fewer than two units in treatment"
    });
    expect(compareQuantiles(some, some, 0.99)).toMatchObject({
      difference: 0,
      pValue: null,
      reason: "too few units for the error of quantile 0.99"
    });
    const same = binsOfValues(Array.from({length: 50}, () => 2));
    expect(compareQuantiles(same, same, 0.5)).toMatchObject({difference: 0, standardError: 0, pValue: null});
  });

  it("refuses bad quantiles and bins", () => {
    const bins = binsOfValues([1, 2, 3]);
    expect(() => compareQuantiles(bins, bins, 1)).toThrow(new RangeError("invalid quantile; not in (0, 1): 1"));
    expect(() => compareQuantiles(bins, {...bins, mm: [1]}, 0.5)).toThrow(
      new RangeError("invalid mm; not of length 3: 1")
    );
    expect(() => compareQuantiles({...bins, events: 4}, bins, 0.5)).toThrow(
      new RangeError("invalid count; not 4 in all: 3")
    );
    expect(() => compareQuantiles({...bins, lower: [1, 5, 3]}, bins, 0.5)).toThrow(RangeError);
    expect(() => binsOfValues([NaN])).toThrow(RangeError);
    expect(() => binsOfEvents([{unit: 1, value: Infinity}])).toThrow(RangeError);
  });
});

function sketch(events: {unit: number; value: number}[]): QuantileBins {
  const exact = binsOfEvents(events);
  const bins = {
    ...exact,
    lower: [] as number[],
    upper: [] as number[],
    count: [] as number[],
    mm: [] as number[],
    mk: [] as number[]
  };
  for (let edge = 1, i = 0; i < exact.count.length; edge *= 1.02) {
    const next = edge * 1.02;
    const sums = [0, 0, 0];
    for (; i < exact.count.length && (exact.upper[i] ?? 0) <= next; i++)
      [exact.count, exact.mm, exact.mk].forEach((list, k) => (sums[k] = (sums[k] ?? 0) + (list[i] ?? 0)));
    bins.lower.push(edge);
    bins.upper.push(next);
    [bins.count, bins.mm, bins.mk].forEach((list, k) => list.push(sums[k] ?? 0));
  }
  return bins;
}
