import {describe, expect, it} from "vitest";
import {daysNeeded, forecastUnits} from "../../lib/stats/duration.ts";

describe("daysNeeded(traffic, units, options)", () => {
  it("counts the days of the series, then forecasts", () => {
    expect(daysNeeded([1000, 1200, 900], 2200).days).toBe(2);
    expect(daysNeeded([1000, 1200, 900], 2201).days).toBe(3);
    // 3,100 in three days, then the mean 1033.33 a day
    expect(daysNeeded([1000, 1200, 900], 6000)).toMatchObject({days: 6, wholeSeasons: 7, unitsSoFar: 3100});
  });

  it("repeats the weekday's own mean once a week has been seen", () => {
    const week = [100, 100, 100, 100, 100, 10, 10];
    expect(daysNeeded(week, 520).days).toBe(7);
    expect(daysNeeded(week, 1020).days).toBe(12);
    expect(daysNeeded(week, 1021).days).toBe(13);
    expect(daysNeeded([...week, 300], 1021).days).toBe(11);
  });

  it("takes the share of the traffic and the days that a unit takes to mature", () => {
    expect(daysNeeded([100], 1000, {share: 0.5}).days).toBe(20);
    expect(daysNeeded([100], 1000, {maturity: 7})).toMatchObject({days: 17, wholeSeasons: 21});
    expect(daysNeeded([100], 30, {share: 0.1}).days).toBe(3);
  });

  it("says so where the units never come", () => {
    expect(daysNeeded([], 10)).toMatchObject({days: null, reason: "no traffic to forecast from"});
    expect(daysNeeded([0, 0], 10)).toMatchObject({days: null, unitsAtMost: 0, reason: "not within 730 days"});
    expect(daysNeeded([10], 1000, {maximumDays: 99})).toMatchObject({days: null, unitsAtMost: 990});
    expect(daysNeeded([10], 1000, {maximumDays: 100}).days).toBe(100);
  });

  it("needs no days for no units", () => {
    expect(daysNeeded([], 0).days).toBe(0);
  });

  it("refuses numbers out of range", () => {
    expect(() => daysNeeded([-1], 10)).toThrow(new RangeError("invalid traffic; not at least 0 and finite: -1"));
    expect(() => daysNeeded([NaN], 10)).toThrow(RangeError);
    expect(() => daysNeeded([1], NaN)).toThrow(new RangeError("invalid units; not at least 0 and finite: NaN"));
    expect(() => daysNeeded([1], 1, {share: 0})).toThrow(new RangeError("invalid share; not in (0, 1]: 0"));
    expect(() => daysNeeded([1], 1, {maturity: 0.5})).toThrow(RangeError);
    expect(() => daysNeeded([1], 1, {maximumDays: 0})).toThrow(RangeError);
    expect(() => daysNeeded([1], 1, {season: 0})).toThrow(new RangeError("invalid season; not a positive integer: 0"));
  });
});

describe("forecastUnits(traffic, days, options)", () => {
  it("adds up the series and goes on with the mean of the same day", () => {
    expect(forecastUnits([10, 20], 4, {season: 2})).toEqual([10, 30, 40, 60]);
    expect(forecastUnits([10, 20, 30], 5, {season: 2})).toEqual([10, 30, 60, 80, 100]);
    expect(forecastUnits([], 2)).toEqual([0, 0]);
    expect(forecastUnits([5, 7], 1)).toEqual([5]);
    expect(forecastUnits([5], 0)).toEqual([]);
  });

  it("refuses a number of days that is not whole", () => {
    expect(() => forecastUnits([1], 1.5)).toThrow(new RangeError("invalid days; not an integer of at least 0: 1.5"));
  });
});
