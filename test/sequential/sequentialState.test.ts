import {describe, expect, it} from "vitest";
import {alwaysValidPath} from "../../lib/sequential/alwaysValidPath.ts";
import {ledgerLooks} from "../../lib/sequential/ledgerLooks.ts";
import type {Night} from "../../lib/sequential/ledgerLooks.ts";
import {msprt} from "../../lib/sequential/msprt.ts";
import type {SequentialDesign} from "../../lib/sequential/sequentialDesign.ts";
import {sequentialInference} from "../../lib/sequential/sequentialInference.ts";
import {sequentialState} from "../../lib/sequential/sequentialState.ts";

const design: SequentialDesign = {method: "group-sequential"};
const standardError = (fraction: number) => 0.01 / Math.sqrt(fraction);
const night = (i: number, fraction: number, z: number): Night => ({
  date: `night ${i}`,
  fraction,
  z,
  standardError: standardError(fraction)
});
const path = (zs: readonly number[], count = zs.length) => zs.map((z, i) => night(i + 1, (i + 1) / count, z));
const state = (d: SequentialDesign, nights: readonly Night[]) =>
  sequentialState(d, ledgerLooks(d, [], nights).looks, {nights});

describe("sequentialState(design, looks, options)", () => {
  it("shows the whole future before the first look", () => {
    const {looks, futureBounds, crossed, stop, reason, conditionalPower} = sequentialState(design, []);
    expect(looks).toEqual([]);
    expect(futureBounds).toHaveLength(28);
    expect(futureBounds.at(-1)?.bound).toBeCloseTo(2.139589521182896, 8);
    expect([crossed, stop, conditionalPower]).toEqual([null, null, null]);
    expect(reason).toBe("no look has been taken yet");
  });
  it("draws later bounds from recorded looks: as planned where nothing changed", () => {
    const zs = [0.1, 0.4, 0.9, 1.1];
    const {futureBounds} = state(design, path(zs, 8));
    expect(futureBounds.map(({fraction}) => fraction)).toEqual([0.625, 0.75, 0.875, 1]);
    const all = ledgerLooks(design, [], path([...zs, 0, 0, 0, 0])).looks;
    futureBounds.forEach(({bound}, i) => expect(bound).toBeCloseTo(all[4 + i]?.bound ?? 0, 8));
  });
  it("has repeated intervals that leave 0 out exactly at the crossing", () => {
    const {looks, crossed, futureBounds, reason} = state(design, path([0, 1, 2, 3.4, 2.5], 5));
    expect(crossed).toEqual({date: "night 4", side: "efficacy"});
    expect(looks.map(({repeatedInterval}) => (repeatedInterval?.[0] ?? -1) > 0)).toEqual([false, false, false, true]);
    expect(futureBounds).toEqual([]);
    expect(reason).toBeNull();
  });
  it("infers after the stop in units of the difference: drift / sqrt(information)", () => {
    const nights = path([0, 1, 2, 3.4], 5);
    const {stop, looks} = state(design, nights);
    const reference = sequentialInference(
      looks.map(({fraction}) => fraction),
      looks.map(({bound}) => bound ?? Infinity),
      {stopZ: 3.4}
    );
    // The standard error at full information is 0.01.
    expect(stop?.estimate).toBeCloseTo(reference.medianUnbiasedDrift * 0.01, 10);
    expect(stop?.interval?.[0]).toBeCloseTo(reference.driftInterval[0] * 0.01, 10);
    expect(stop?.pValue).toBeCloseTo(reference.pValue, 12);
    expect(stop?.naive).toBeCloseTo(3.4 * standardError(0.8), 12);
    expect(Math.abs(stop?.estimate ?? 1)).toBeLessThan(stop?.naive ?? 0);
  });
  it("turns everything for a metric that should fall", () => {
    const up = state({...design, futility: {}}, path([0, 1, 2, 3.4], 5));
    const down = state({...design, futility: {}, direction: "decrease"}, path([0, -1, -2, -3.4], 5));
    expect(down.crossed).toEqual(up.crossed);
    expect(down.stop?.estimate).toBeCloseTo(-(up.stop?.estimate ?? 0), 10);
    expect(down.stop?.interval?.[1]).toBeCloseTo(-(up.stop?.interval?.[0] ?? 0), 10);
    expect(down.futility).toEqual(up.futility);
  });
  it("infers from the planned end without a crossing, and from a stop that is asked for", () => {
    const end = state(design, path([0, 1, 1, 1, 1.2]));
    expect(end.reason).toBe("the planned end is reached without a crossing");
    expect(end.stop?.pValue).toBeGreaterThan(0.05);
    const {looks} = ledgerLooks(design, [], path([0, 1], 5));
    expect(sequentialState(design, looks).stop).toBeNull();
    expect(sequentialState(design, looks, {stopped: true}).stop?.date).toBe("night 2");
  });
  it("says why intervals are missing: no standard error, or nothing to spend", () => {
    const bare = ledgerLooks(
      design,
      [],
      [
        {date: "a", fraction: 0.001, z: 1},
        {date: "b", fraction: 0.5, z: 4}
      ]
    ).looks;
    const {looks, stop} = sequentialState(design, bare);
    expect(looks.map(({reason}) => reason)).toEqual([
      "no alpha can be spent at this look yet",
      "the look has no standard error"
    ]);
    expect(stop).toMatchObject({estimate: null, interval: null, naive: null, reason: "the look has no standard error"});
    expect(Number.isFinite(stop?.pValue)).toBe(true);
  });
  it("never holds NaN or Infinity", () => {
    const designs: SequentialDesign[] = [
      {...design, futility: {}},
      {...design, alternative: "less", futility: {binding: true}},
      {...design, looks: [0.002, 0.5, 1]},
      {method: "fixed"},
      {method: "always-valid"}
    ];
    for (const d of designs) {
      const result = state(d, [night(1, 0.002, 50), ...path([0, 1, -1, 0.5], 5).slice(1)]);
      const walk = (value: unknown): void => {
        if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
        else if (value !== null && typeof value === "object") Object.values(value).forEach(walk);
      };
      walk(result);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    }
  });
  it("knows the chance of success, from tonight where no look was taken tonight", () => {
    const fixed = state({method: "fixed"}, path([0, 1, 1.5], 6));
    expect(fixed.looks).toEqual([]);
    expect(fixed.reason).toBe("fixed design: nothing is called significant before the planned end");
    // scipy 1.17: norm.sf((1.959964 - 1.5 sqrt(.5) - 2.801585 / 2) / sqrt(.5))
    expect(fixed.conditionalPower?.design).toBeCloseTo(0.7609036, 6);
    expect(fixed.conditionalPower?.drift).toBeCloseTo(1.959964 + 0.841621, 5);
    const open = state(design, path([0, 1, 1.5], 6)).conditionalPower;
    expect(open?.interval[0]).toBeLessThan(open?.trend ?? 0);
    expect(open?.trend).toBeLessThan(open?.interval[1] ?? 0);
  });
  it("marks the first look below its futility bound", () => {
    const {futility, crossed} = state({...design, futility: {beta: 0.2}}, path([0, 0.5, -1.5], 5));
    expect(futility).toMatchObject({binding: false, below: "night 3", z: -1.5});
    expect(crossed).toBeNull();
  });
  it("opens the interval of a one-sided design on the other side", () => {
    const {looks} = state({...design, alternative: "less"}, path([0, -1], 2));
    expect(looks[1]?.repeatedInterval?.[0]).toBeNull();
  });
});

describe("alwaysValidPath(design, nights)", () => {
  const always: SequentialDesign = {method: "always-valid"};
  it("agrees with the mSPRT at each night, mixing by the minimum effect", () => {
    const {path: days} = alwaysValidPath({...always, minimumEffect: 0.02}, path([1, 2, 1.5], 5));
    const test = msprt(2 * standardError(0.4), standardError(0.4), {tau: 0.02});
    expect(days[1]?.pValueToday).toBeCloseTo(test.pValue ?? 0, 12);
    expect(days[1]?.interval?.[0]).toBeCloseTo(test.interval?.[0] ?? 0, 12);
  });
  it("keeps the smallest p-value, and crosses when an interval leaves 0 out", () => {
    const {path: days, crossed} = alwaysValidPath(always, path([1, 4.5, 1], 5));
    expect(crossed).toEqual({date: "night 2", side: "efficacy"});
    expect((days[1]?.interval?.[0] ?? 0) > 0).toBe(true);
    expect(days[2]?.pValue).toBe(days[1]?.pValue);
    expect(days[2]?.pValueToday).toBeGreaterThan(0.05);
    expect(days[2]?.runningInterval?.[0]).toBe(days[1]?.interval?.[0]);
  });
  it("is tightest at the planned units by default, or where it is told to be", () => {
    const width = (d: SequentialDesign, f: number) => {
      const interval = alwaysValidPath(d, [night(1, f, 0)]).path[0]?.interval;
      return ((interval?.[1] ?? 0) - (interval?.[0] ?? 0)) / standardError(f);
    };
    expect(width(always, 1)).toBeLessThan(width(always, 0.3));
    expect(width({...always, tuneAt: 300, planned: 1000}, 0.3)).toBeLessThan(width(always, 0.3));
    expect(() => alwaysValidPath({...always, tuneAt: 300}, [])).toThrow("missing planned: tuneAt is in its units");
  });
  it("mirrors one-sided tests, and is sharper than two-sided ones on their side", () => {
    const greater = alwaysValidPath({...always, alternative: "greater"}, path([1, 3], 5)).path[1];
    const less = alwaysValidPath({...always, alternative: "less"}, path([-1, -3], 5)).path[1];
    expect(less?.pValue).toBe(greater?.pValue);
    expect(less?.interval).toEqual([null, -(greater?.interval?.[0] ?? 0)]);
    expect(greater?.pValueToday).toBeLessThan(alwaysValidPath(always, path([1, 3], 5)).path[1]?.pValueToday ?? 0);
    const wrong = alwaysValidPath({...always, alternative: "greater"}, path([-50], 5));
    expect(wrong.crossed).toBeNull();
    expect(wrong.path[0]?.pValue).toBe(1);
  });
  it("keeps going through nights without numbers, saying why", () => {
    const {path: days} = alwaysValidPath(always, [
      night(1, 0.5, 4.5),
      {date: "b", fraction: 0.6, z: null, standardError: 1},
      {date: "c", fraction: 0.7, z: 0, standardError: 0},
      {date: "d", fraction: null, z: 1}
    ]);
    expect(days.map(({reason}) => reason)).toEqual([
      null,
      "z is not a finite number: null",
      "no standard error: 0",
      "no information yet: null"
    ]);
    expect(days[3]?.pValue).toBe(days[0]?.pValue);
    expect(alwaysValidPath(always, []).path).toEqual([]);
  });
  it("says so when the days' intervals have nothing in common", () => {
    const {path: days} = alwaysValidPath(always, [night(1, 0.5, 20), night(2, 1, -20)]);
    expect(days[1]?.runningInterval).toBeNull();
    expect(days[1]?.reason).toBe("the days' intervals have nothing in common: the effect has changed");
  });
});
