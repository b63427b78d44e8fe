import {describe, expect, it} from "vitest";
import {spanTests, trendTest} from "../../../lib/experiment/novelty/spanTests.ts";
import {createRandom} from "../../random.ts";
import {tenureSumsOf} from "./tenureSumsOf.ts";
import type {TenureSumsOfOptions, TenureUnit} from "./tenureSumsOf.ts";

const random = createRandom(61);
const units: TenureUnit[] = Array.from({length: 400}, (_, i) => {
  const habit = Math.exp(0.4 * random.normal());
  const w = Array.from({length: 16}, () => 1 + random.integer(4));
  return {
    variant: i % 2 ? "treatment" : "control",
    entry: i % 3,
    w,
    y: w.map((visits) => habit * visits * (i % 2 ? 1.2 : 1) + 0.3 * random.normal())
  };
});
const arms = ["control", "treatment"] as const;
const fortnight: TenureSumsOfOptions = {asOf: 16, spans: {early: [0, 6], late: [7, 13]}, products: false};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

/** Each unit's means per day of the first and the second week, letter by letter, for the units of one arm. */
function weeks(variant: string) {
  return units
    .filter((unit) => unit.variant === variant)
    .map(({y, w = []}) => {
      const week = (values: ArrayLike<number>, from: number) => mean(Array.from(values).slice(from, from + 7));
      return {e: week(y, 0), l: week(y, 7), f: week(w, 0), m: week(w, 7)};
    });
}

describe("spanTests(sums, variants)", () => {
  it("agrees with the log ratio and its linearized variance computed unit by unit", () => {
    const {change, n} = spanTests(tenureSumsOf(units, {...fortnight}), arms);
    const logs = arms.map((variant) => {
      const own = weeks(variant);
      const [e, l] = [mean(own.map((u) => u.e)), mean(own.map((u) => u.l))];
      return {log: Math.log(l / e), variance: variance(own.map((u) => u.l / l - u.e / e)) / own.length};
    });
    expect(n).toBe(400);
    expect(change.estimate).toBeCloseTo(logs[1]!.log - logs[0]!.log, 12);
    expect(change.standardError).toBeCloseTo(Math.sqrt(logs[0]!.variance + logs[1]!.variance), 12);
  });
  it("does the same for a ratio, with the denominators' part", () => {
    const {change} = spanTests(tenureSumsOf(units, {...fortnight, kind: "ratio"}), arms);
    const logs = arms.map((variant) => {
      const own = weeks(variant);
      const [e, l, f, m] = (["e", "l", "f", "m"] as const).map((letter) => mean(own.map((u) => u[letter])));
      return {
        log: Math.log(l! / m! / (e! / f!)),
        variance: variance(own.map((u) => u.l / l! - u.e / e! - u.m / m! + u.f / f!)) / own.length
      };
    });
    expect(change.estimate).toBeCloseTo(logs[1]!.log - logs[0]!.log, 12);
    expect(change.standardError).toBeCloseTo(Math.sqrt(logs[0]!.variance + logs[1]!.variance), 12);
  });
  it("is Welch's test of late minus early on the absolute scale", () => {
    const {absolute} = spanTests(tenureSumsOf(units, {...fortnight}), arms);
    const [c, t] = arms.map((variant) => weeks(variant).map((u) => u.l - u.e));
    expect(absolute.estimate).toBeCloseTo(mean(t!) - mean(c!), 12);
    expect(absolute.standardError).toBeCloseTo(Math.sqrt(variance(c!) / 200 + variance(t!) / 200), 12);
  });
  it("does not depend on the origin of the sums", () => {
    const plain = spanTests(tenureSumsOf(units, {...fortnight, kind: "ratio"}), arms);
    const moved = spanTests(tenureSumsOf(units, {...fortnight, kind: "ratio", origin: {y: 3, w: 2}}), arms);
    for (const name of ["change", "early", "late", "whole", "absolute"] as const) {
      expect(moved[name].estimate).toBeCloseTo(plain[name].estimate!, 9);
      expect(moved[name].standardError).toBeCloseTo(plain[name].standardError!, 9);
    }
  });
  it("turns its sign when the arms change places", () => {
    const sums = tenureSumsOf(units, {...fortnight});
    const [one, other] = [spanTests(sums, arms), spanTests(sums, ["treatment", "control"])];
    expect(other.change.estimate).toBeCloseTo(-one.change.estimate!, 12);
    expect(other.change.pValue).toBeCloseTo(one.change.pValue!, 12);
  });
  it("takes each phase for itself, so that weights that change do not look like an effect", () => {
    const phased = Array.from({length: 2000}, (_, i): TenureUnit => {
      const late = i >= 1000;
      const treated = late ? i % 10 < 9 : i % 10 < 1;
      const level = late ? 10 : 1;
      const noise = random.normal();
      return {
        variant: treated ? "treatment" : "control",
        entry: late ? 1 : 0,
        phase: late ? "second" : "first",
        y: Array.from({length: 16}, (_, k) => level + (late && k > 6 ? 5 : 0) + 0.2 * noise)
      };
    });
    const {early, change} = spanTests(tenureSumsOf(phased, {...fortnight, asOf: 15}), arms);
    // Pooled, the treatment's units are mostly those of the second phase: log(9.1 / 1.9) = 1.57.
    expect(Math.abs(early.estimate!)).toBeLessThan(0.04);
    expect(Math.abs(change.estimate!)).toBeLessThan(0.04);
  });
  it.each([
    ["no units in treatment", units.filter(({variant}) => variant === "control"), /no units in treatment/],
    [
      "one unit in an arm",
      [
        {...units[0]!, entry: 0},
        {...units[1]!, entry: 0}
      ],
      /fewer than two units in control/
    ],
    ["zeros", units.map((unit) => ({...unit, y: new Float64Array(16)})), /control is too near zero/],
    ["values that do not vary", units.map((unit) => ({...unit, y: new Float64Array(16).fill(0.1)})), /no variance/],
    [
      "opposite signs",
      units.map((unit) => (unit.variant === "control" ? unit : {...unit, y: Array.from(unit.y, (y) => -y)})),
      /opposite signs/
    ]
  ])("cannot tell with %s", (_, given, reason) => {
    const {change} = spanTests(tenureSumsOf(given, {...fortnight}), arms);
    expect(change).toMatchObject({standardError: null, interval: null, pValue: null});
    expect(change.reason).toMatch(reason);
  });
  it("cannot tell before anybody has lived through both spans", () => {
    const {change, n} = spanTests(tenureSumsOf(units, {...fortnight, asOf: 9}), arms);
    expect(n).toBe(0);
    expect(change.reason).toBe("no cohort has lived through both spans");
  });
});

describe("trendTest(sums, variants)", () => {
  it("is Welch's test of the units' slopes", () => {
    const trend = trendTest(tenureSumsOf(units, {...fortnight}), arms);
    const slope = (y: ArrayLike<number>) => {
      const used = Array.from(y).slice(0, 14);
      return used.reduce((sum, value, k) => sum + value * (k - 6.5), 0) / 227.5;
    };
    const [c, t] = arms.map((arm) => units.filter(({variant}) => variant === arm).map(({y}) => slope(y)));
    expect(trend.estimate).toBeCloseTo(mean(t!) - mean(c!), 12);
    expect(trend.standardError).toBeCloseTo(Math.sqrt(variance(c!) / 200 + variance(t!) / 200), 12);
  });
  it("cannot be had for a ratio or without units", () => {
    expect(trendTest(tenureSumsOf(units, {...fortnight, kind: "ratio"}), arms).reason).toBe(
      "a ratio has no slope of a unit"
    );
    expect(trendTest(tenureSumsOf([], {...fortnight}), arms).reason).toMatch("no units in control");
  });
});
