import {describe, expect, it} from "vitest";
import {segmentPlans} from "../../../lib/cube/tenure/segmentPlans.ts";
import type {CohortCell} from "../../../lib/cube/tenure/segmentPlans.ts";
import type {TenureCohort} from "../../../lib/experiment/novelty/tenureSums.ts";

const variants = ["control", "green"];

/** Days of entry, each a cohort. */
function cohorts(count: number, phase: (i: number) => string = () => "start"): TenureCohort[] {
  return Array.from({length: count}, (_, i) => {
    const date = new Date(Date.UTC(2026, 0, 5 + i)).toISOString().slice(0, 10);
    return {cohort: date, until: date, phase: phase(i), lastDay: 20 - i, units: {control: 0, green: 0}};
  });
}

/** The same units of each value on every day and in every variant. */
function cells(count: number, units: Readonly<Record<string, number>>): CohortCell[] {
  return Array.from({length: count}, (_, cohort) =>
    variants.flatMap((variant) => Object.entries(units).map(([value, n]) => ({cohort, variant, values: [value], n})))
  ).flat();
}

const platform = [{name: "platform", at: 0}];

describe("segmentPlans(cells, cohorts, dimensions, options)", () => {
  it("keeps large values by runs of cohorts, whose last day all of the run have lived through", () => {
    const [plan] = segmentPlans(cells(16, {web: 50, ios: 40}), cohorts(16), platform, {minimum: 10});
    expect(plan?.values).toEqual(["web", "ios"]);
    expect(plan?.runs).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
    expect(plan?.cohorts.get("ios")?.[0]).toEqual({
      cohort: "2026-01-05",
      until: "2026-01-06",
      phase: "start",
      lastDay: 19,
      units: {control: 80, green: 80}
    });
  });
  it("does not let a run cross phases", () => {
    const [plan] = segmentPlans(
      cells(4, {web: 50, ios: 40}),
      cohorts(4, (i) => (i < 3 ? "one" : "two")),
      platform,
      {
        minimum: 10,
        mostRuns: 2
      }
    );
    expect(plan?.runs).toEqual([0, 0, 1, 2]);
  });
  it("joins runs for small values, and puts the smallest into other", () => {
    const [joined] = segmentPlans(cells(8, {web: 50, ios: 3}), cohorts(8), platform, {minimum: 10});
    expect(joined?.values).toEqual(["web", "ios"]);
    expect(Math.max(...(joined?.runs ?? []))).toBe(1);
    const [other] = segmentPlans(cells(4, {web: 50, ios: 40, tv: 1, car: 2}), cohorts(4), platform, {minimum: 10});
    expect(other?.values).toEqual(["web", "ios", "other"]);
    expect(other?.cohorts.get("other")?.reduce((n, {units}) => n + units["control"]!, 0)).toBe(12);
  });
  it("keeps a value without units in a variant, and leaves a dimension with one value out", () => {
    const lonely = [...cells(2, {web: 50}), {cohort: 0, variant: "green", values: ["new"], n: 30}];
    const [plan] = segmentPlans(lonely, cohorts(2), platform, {minimum: 10});
    expect(plan?.values).toEqual(["web", "new"]);
    expect(plan?.cohorts.get("new")?.[0]?.units).toEqual({control: 0, green: 30});
    expect(segmentPlans(cells(2, {web: 50}), cohorts(2), platform, {minimum: 10})).toEqual([]);
    expect(segmentPlans(cells(2, {web: 50, ios: 2}), cohorts(2), platform, {minimum: 10})).toEqual([]);
  });
  it("takes ten thousand values: the largest and the rest", () => {
    const many = Object.fromEntries(Array.from({length: 10_000}, (_, i) => [`value ${i}`, i < 3 ? 100 : 1]));
    const [plan] = segmentPlans(cells(2, many), cohorts(2), platform, {minimum: 10});
    expect(plan?.values).toEqual(["value 0", "value 1", "value 2", "other"]);
  });
  it("refuses what a second dimension would bring back", () => {
    const two = [
      {name: "platform", at: 0},
      {name: "plan", at: 1}
    ];
    // All of ios are paid but for 4 on the web: platform and plan together would tell them.
    const list = variants.flatMap((variant) => [
      {cohort: 0, variant, values: ["web", "free"], n: 100},
      {cohort: 0, variant, values: ["web", "paid"], n: 4},
      {cohort: 0, variant, values: ["ios", "paid"], n: 100}
    ]);
    expect(segmentPlans(list, cohorts(1), two, {minimum: 10}).map(({dimension}) => dimension)).toEqual(["platform"]);
  });
});
