import {describe, expect, it} from "vitest";
import {insightsOf} from "../../lib/experiment/insightsOf.ts";
import type {MetricResult} from "../../lib/experiment/readout.ts";
import {experimentWith, healthOf, metricOf, readoutWith, share, sumsWith} from "./sums.ts";

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
});
