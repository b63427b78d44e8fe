import {describe, expect, it} from "vitest";
import {insightsOf} from "../../lib/experiment/insightsOf.ts";
import type {MetricResult} from "../../lib/experiment/readout.ts";
import {day, experimentWith, healthOf, metricOf, readoutWith, share, sumsWith} from "./sums.ts";

const experiment = experimentWith({
  metrics: {primary: ["purchase"], guardrails: [{metric: "errors", margin: "50%"}]},
  minimumEffect: {purchase: "5%"}
});

function metrics(purchase: [number, number], errors: [number, number]): MetricResult[] {
  const arms = ([control, treatment]: [number, number]) =>
    metricOf({control: share(5000, control), treatment: share(5000, treatment)});
  return readoutWith({
    experiment,
    sums: sumsWith({metrics: {purchase: arms(purchase), errors: arms(errors)}})
  }).metrics;
}

const keys = (...given: Parameters<typeof metrics>) =>
  insightsOf(metrics(...given), healthOf("ok")).map(({key}) => key);

describe("insightsOf(metrics, health)", () => {
  it("tells of a guardrail that used half of its margin the wrong way, not the right way", () => {
    expect(keys([500, 500], [20, 27])).toContain("guardrail-errors-treatment");
    expect(keys([500, 500], [27, 20])).not.toContain("guardrail-errors-treatment");
    expect(keys([500, 500], [20, 22])).not.toContain("guardrail-errors-treatment");
  });

  it("says how a guardrail drifted since a week ago, and counts the way to a hard limit too", () => {
    const base = metrics([500, 500], [20, 27]);
    const guarded = base.find(({key}) => key === "errors")!;
    const [comparison] = guarded.comparisons;
    const at = (date: string, share: number) => ({
      date,
      comparisons: [{...comparison!, n: 10_000, relativeDifference: share, difference: share * 0.004, pValue: 0.5}]
    });
    guarded.path = [at(day(0), 0.1), at(day(6), 0.2), at(day(7), 0.3), at(day(13), 0.35)];
    // 35% of a margin of 50%, a week after 20%.
    expect(insightsOf(base, healthOf("ok")).find(({key}) => key.startsWith("guardrail"))!.text).toBe(
      "errors has used 70% of its margin, 40% a week earlier."
    );
    // From 0.4% in control, 0.54% is 0.7 of the way to 0.6%.
    guarded.guardrail = guarded.guardrail!.map((each) => ({...each, margin: null, limit: 0.006}));
    expect(insightsOf(base, healthOf("ok")).find(({key}) => key.startsWith("guardrail"))!.text).toMatch(
      /^errors has used 70% of its room to the limit/
    );
  });

  it("tells of a segment that differs, and of Simpson's paradox above it", () => {
    const [metric] = metrics([500, 600], [20, 20]);
    const summary = {
      dimension: "platform",
      variant: "treatment",
      pooled: null,
      cochranQ: 12,
      interactionPValue: 0.002,
      tauSquared: null,
      within: null,
      mix: null,
      simpson: false,
      sentence: "the effect differs between platforms.",
      whereFrom: null,
      reason: null
    };
    const told = (change: Partial<typeof summary>) =>
      insightsOf([{...metric!, segmentSummaries: [{...summary, ...change}]}], healthOf("ok")).filter(({key}) =>
        key.startsWith("segment")
      );
    expect(told({})).toMatchObject([{text: "purchase: the effect differs between platforms.", weight: 50}]);
    expect(told({})[0]!.evidence).toMatch(/Cochran's Q p\s=\s0\.0020/);
    expect(told({simpson: true})[0]!.weight).toBe(80);
    expect(told({interactionPValue: 0.02})).toEqual([]);
  });

  it("says how many more days a primary metric needs, with the units that it has and needs", () => {
    const [metric] = metrics([500, 520], [20, 20]);
    const power = {...metric!.power!, daysLeft: 9, requiredUnits: 40_000, units: 10_000};
    const [insight] = insightsOf([{...metric!, power}], healthOf("ok"));
    expect(insight).toMatchObject({
      text: expect.stringMatching(/^purchase needs about 9\smore days\.$/),
      evidence: expect.stringMatching(/^10.000 of 40.000 units for a lift of 5/)
    });
    expect(insightsOf([{...metric!, power: {...power, daysLeft: 0}}], healthOf("ok"))).toEqual([]);
  });

  it("tells of a metric that moved against the primary, with its p-value", () => {
    const [against] = insightsOf(metrics([500, 600], [200, 290]), healthOf("ok"));
    expect(against).toMatchObject({key: "against-errors-treatment", text: "errors moved against purchase."});
    expect(against!.evidence).toContain("adjusted");
    expect(keys([500, 600], [290, 200])).not.toContain("against-errors-treatment");
    expect(keys([500, 600], [200, 201])).not.toContain("against-errors-treatment");
  });

  it("puts a health check that blocks first and shows six at most", () => {
    const health = healthOf("blocked");
    const many = {...health, checks: Array.from({length: 9}, (_, i) => ({...health.checks[0]!, key: `c${i}`}))};
    const insights = insightsOf(metrics([500, 600], [200, 290]), many);
    expect(insights).toHaveLength(6);
    expect(insights.map(({key}) => key)).toEqual(["c0", "c1", "c2", "c3", "c4", "c5"].map((key) => `health-${key}`));
  });

  it("has nothing to tell without metrics and alerts", () => {
    expect(insightsOf([], healthOf("ok"))).toEqual([]);
  });

  it("tells of the day on which hardly anyone came, before tonight, and not of a first weekend", () => {
    const usual = [100, 104, 98, 101, 97, 60, 62, 103, 99, 102, 100, 98, 61, 63, 101];
    const days = (counts: readonly number[]) =>
      counts.map((n, i) => ({date: day(i), units: {control: n, treatment: n + 1}}));
    const dropOf = (counts: readonly number[]) =>
      insightsOf([], healthOf("ok"), days(counts)).find(({key}) => key === "traffic-drop");
    expect(dropOf(usual)).toBe(undefined);
    expect(dropOf([])).toBe(undefined);
    const broken = usual.with(10, 5);
    expect(dropOf(broken)!.text).toMatch(/^New units fell to 11 on /);
    // 101 + 97 + 60 + 62 + 103 + 99 + 102 in control and seven more in treatment, over seven days.
    expect(dropOf(broken)!.evidence).toMatch(/^179 a day in the week before, z = −\d/);
    // Tonight's is the health check's.
    expect(dropOf(usual.with(-1, 5))).toBe(undefined);
  });
});
