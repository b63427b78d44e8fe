import {describe, expect, it} from "vitest";
import {daysNeeded} from "../../../lib/experiment/novelty/daysNeeded.ts";
import {tenureSpans} from "../../../lib/experiment/novelty/tenureSpans.ts";
import {dateOf} from "./tenureSumsOf.ts";

const pair = ["control", "green"] as const;
const times = {calendarOnly: false, entering: true};

/** Cohorts of one date each, so many days (the first included) after the first. */
function entries(units: readonly number[], asOf = units.length) {
  return units.map((n, i) => ({
    cohort: dateOf(i),
    until: dateOf(i),
    phase: "all",
    lastDay: asOf - i - 2,
    units: {control: n / 2, green: n / 2}
  }));
}

/** The units that have lived through both default spans so many days after the first entry. */
function through(units: (day: number) => number, asOf: number): number {
  const cohorts = Array.from({length: asOf}, (_, i) => ({lastDay: asOf - i - 2, n: units(i)}));
  const spans = tenureSpans(cohorts, {calendarOnly: false});
  return cohorts.reduce((sum, {lastDay, n}) => sum + (spans !== null && lastDay >= spans.late[1] ? n : 0), 0);
}

describe("daysNeeded(units, cohorts, variants, options)", () => {
  it("waits until the last of the units has lived through the declared late span", () => {
    const cohorts = entries([100, 100, 100]);
    expect(daysNeeded(250, cohorts, pair, {...times, end: 13})).toBe(3 + 14);
    expect(daysNeeded(1000, cohorts, pair, {...times, end: 13})).toBe(10 + 14);
    expect(daysNeeded(1000, cohorts, pair, {...times, end: 13, calendarOnly: true})).toBe(10 + 13);
  });
  it.each([300, 1300, 2000, 4700])(
    "is the first day on which %i have lived through spans that move on with half of the units",
    (units) => {
      const days = daysNeeded(units, entries([100, 100, 100, 100]), pair, {...times, end: 13, declared: false})!;
      expect(through(() => 100, days)).toBeGreaterThanOrEqual(units);
      expect(through(() => 100, days - 1)).toBeLessThan(units);
    }
  );
  it("knows that the younger half is left behind when no more enter", () => {
    const closed = {...times, end: 13, declared: false, entering: false};
    const cohorts = entries(Array.from({length: 10}, () => 100));
    const days = daysNeeded(500, cohorts, pair, closed)!;
    expect(through((i) => (i < 10 ? 100 : 0), days)).toBeGreaterThanOrEqual(500);
    expect(through((i) => (i < 10 ? 100 : 0), days - 1)).toBeLessThan(500);
    expect(daysNeeded(501, cohorts, pair, closed)).toBeNull();
    expect(daysNeeded(501, cohorts, pair, {...closed, declared: true})).toBe(6 + 14);
  });
  it("takes the rate of entry from all days, also those on which nobody came", () => {
    const cohorts = entries([100, 100, 100], 30);
    expect(daysNeeded(250, cohorts, pair, {...times, end: 13})).toBe(3 + 14);
    expect(daysNeeded(600, cohorts, pair, {...times, end: 13})).toBe(60 + 14);
  });
  it("is null without units, without more entrants, or beyond ten years", () => {
    expect(daysNeeded(10, [], pair, {...times, end: 13})).toBeNull();
    expect(daysNeeded(10, entries([0]), pair, {...times, end: 13})).toBeNull();
    expect(daysNeeded(1000, entries([100]), pair, {...times, end: 13, entering: false})).toBeNull();
    expect(daysNeeded(1e6, entries([100]), pair, {...times, end: 13})).toBeNull();
  });
});
