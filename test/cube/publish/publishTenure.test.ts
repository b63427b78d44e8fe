import {describe, expect, it} from "vitest";
import type {TenureSegment, TenureSums} from "../../../lib/experiment/novelty/tenureSums.ts";
import type {PublishedCell} from "../../../lib/cube/publish/publishTenure.ts";
import {publishTenure} from "../../../lib/cube/publish/publishTenure.ts";

const segment = (dimension: string, value: string, n: number): TenureSegment => ({
  dimension,
  value,
  cohorts: [{cohort: "2026-01-05", until: "2026-01-06", phase: "start", lastDay: 1, units: {a: n, b: n + 1}}],
  days: ["a", "b"].flatMap((variant) =>
    [0, 1].map((day) => ({cohort: "2026-01-05", variant, day, n, y: n * day, yy: 2 * n}))
  ),
  both: [{cohort: "2026-01-05", variant: "a", n, e: n, l: 2, ee: 3, ll: 4, el: 5}]
});

const tenure: TenureSums = {
  kind: "mean",
  origin: {},
  calendarOnly: false,
  cohorts: [],
  days: [],
  products: [],
  spans: null,
  early: [],
  both: [],
  slopes: [],
  weekdays: [],
  entrants: ["FR", "DE", "IS", "other"].map((value, i) => ({
    dimension: "country",
    value,
    cohort: "2026-01-05",
    n: 100 * i + 20
  })),
  segments: [
    segment("device", "ios", 50),
    segment("device", "web", 60),
    segment("country", "FR", 100),
    segment("country", "DE", 80),
    segment("country", "IS", 30),
    segment("country", "other", 20)
  ]
};
const dimensions = ["device", "country"];
const whole: PublishedCell[] = ["ios", "web"].flatMap((device) =>
  ["FR", "DE", "IS", "other"].map((country): PublishedCell => [
    [device, country],
    [device, country]
  ])
);
const names = ({segments = []}: TenureSums) => segments.map(({dimension, value}) => `${dimension} ${value}`);

describe("publishTenure(tenure, cells, {dimensions, published})", () => {
  it("leaves all as it is where every cell is published under its own name", () => {
    expect(publishTenure(tenure, whole, {dimensions, published: dimensions})).toBe(tenure);
  });

  it("puts a value with a cell that is published as other among the others, with all its units", () => {
    const cells = whole.map(([cell, shown]): PublishedCell => [
      cell,
      cell[0] === "web" && cell[1] === "IS" ? ["web", "other"] : shown
    ]);
    const found = publishTenure(tenure, cells, {dimensions, published: dimensions});
    expect(names(found)).toEqual(["device ios", "device web", "country FR", "country DE", "country other"]);
    const other = found.segments!.at(-1)!;
    expect(other.cohorts[0]).toMatchObject({lastDay: 1, units: {a: 50, b: 52}});
    expect(other.days[1]).toEqual({cohort: "2026-01-05", variant: "a", day: 1, n: 50, y: 50, yy: 100});
    expect(other.both[0]).toEqual({cohort: "2026-01-05", variant: "a", n: 50, e: 50, l: 4, ee: 6, ll: 8, el: 10});
    expect(found.entrants.map(({value, n}) => [value, n])).toEqual([
      ["FR", 20],
      ["DE", 120],
      ["other", 540]
    ]);
  });

  it("leaves a dimension out that has no two values left", () => {
    const cells = whole.map(([cell, shown]): PublishedCell => [
      cell,
      cell[1] === "IS" || cell[1] === "DE" ? ["other", "other"] : shown
    ]);
    const found = publishTenure(tenure, cells, {dimensions, published: dimensions});
    expect(names(found)).toEqual(["country FR", "country other"]);
  });

  it("keeps a dimension that the path had no room for", () => {
    const cells = whole.map(([cell]): PublishedCell => [cell, [cell[1] ?? ""]]);
    expect(publishTenure(tenure, cells, {dimensions, published: ["country"]})).toBe(tenure);
  });
});
