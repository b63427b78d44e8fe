import {describe, expect, it} from "vitest";
import {tenureSpans} from "../../../lib/experiment/novelty/tenureSpans.ts";

const lived = (...days: number[]) => days.map((lastDay) => ({lastDay, n: 100}));

describe("tenureSpans(cohorts, options)", () => {
  it("compares the first week with the last that half of the units have lived through", () => {
    expect(tenureSpans(lived(30, 27, 24, 10), {calendarOnly: false})).toEqual({
      early: [0, 6],
      late: [21, 27],
      trend: [0, 27]
    });
  });
  it("takes the second week while half have not lived through it, and nothing before anybody has", () => {
    expect(tenureSpans(lived(14, 5, 4, 3), {calendarOnly: false})?.late).toEqual([7, 13]);
    expect(tenureSpans(lived(12, 5), {calendarOnly: false})).toBeNull();
    expect(tenureSpans([], {calendarOnly: false})).toBeNull();
  });
  it("leaves day 0 out of calendar-only data, also where it was declared", () => {
    expect(tenureSpans(lived(20), {calendarOnly: true})).toEqual({early: [1, 7], late: [14, 20], trend: [1, 14]});
    expect(tenureSpans(lived(20), {calendarOnly: true, spans: {early: [0, 2], late: [8, 10]}})?.early).toEqual([1, 2]);
  });
  it("keeps declared spans, with a trend over whole weeks where there are two", () => {
    const spans = {early: [0, 2], late: [8, 10]} as const;
    expect(tenureSpans(lived(20), {calendarOnly: false, spans})).toEqual({...spans, trend: [0, 10]});
    expect(tenureSpans(lived(9), {calendarOnly: false, spans})).toBeNull();
    expect(tenureSpans(lived(40), {calendarOnly: false, spans: {early: [2, 4], late: [15, 17]}})?.trend).toEqual([
      2, 15
    ]);
  });
});
