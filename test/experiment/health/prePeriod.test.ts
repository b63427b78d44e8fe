import {describe, expect, it} from "vitest";
import {prePeriod} from "../../../lib/experiment/health/prePeriod.ts";
import type {MetricSums} from "../../../lib/experiment/sums.ts";
import {momentsFromSums} from "../../../lib/stats/moments.ts";
import {covariate, day, experimentWith, healthInput, metricOf, metricOverDays, metricsWith} from "../sums.ts";

const withMetric = (revenue: MetricSums, written: object = {}) =>
  healthInput({metrics: {revenue}}, {experiment: experimentWith({metrics: {primary: ["revenue"]}, ...written})});

describe("prePeriod(input)", () => {
  it("passes arms that were alike before exposure", () => {
    const found = prePeriod(
      withMetric(metricOf({control: covariate(5000, 10, 4), treatment: covariate(5000, 10.1, 4)}))
    );
    expect(found).toMatchObject({key: "pre-period", status: "ok", threshold: 0.005});
    expect(found.value).toBeGreaterThan(0.005);
  });

  it("blocks arms that were not, says by how much and since when", () => {
    const grown = (n: number, mean: number) => covariate(n, mean, 4);
    const days = [500, 1000, 5000].map((n, k) => ({
      date: day(k),
      arms: {control: grown(n, 10), treatment: grown(n, 11)}
    }));
    const found = prePeriod(withMetric(metricOverDays(days)));
    expect(found.status).toBe("blocked");
    expect(found.message).toContain("+10% since");
    expect([day(1), day(2)]).toContain(found.date);
    expect(found.details).toMatchObject([{label: "revenue, treatment", status: "blocked"}]);
  });

  it("stays blocked when later nights look alike again", () => {
    const days = [11, 10].map((mean, k) => ({
      date: day(k),
      arms: {control: covariate(5000 * (k + 1), 10, 4), treatment: covariate(5000 * (k + 1), mean, 4)}
    }));
    expect(prePeriod(withMetric(metricOverDays(days)))).toMatchObject({status: "blocked", date: day(0)});
  });

  it("asks for more where more comparisons are made", () => {
    // z = 0.25 / sqrt(2 * 16 / 10000) = 4.42
    const arms = {control: covariate(10_000, 10, 4), treatment: covariate(10_000, 10.25, 4)};
    expect(prePeriod(withMetric(metricOf(arms))).status).toBe("blocked");
    const keys = Array.from({length: 40}, (_, i) => `m${i}`);
    const metrics = metricsWith(
      Object.fromEntries(keys.map((key) => [key, {kind: "mean", fact: "events", value: "v"}]))
    );
    const alike = {control: covariate(10_000, 10, 4), treatment: covariate(10_000, 10, 4)};
    const many = healthInput(
      {metrics: Object.fromEntries(keys.map((key, i) => [key, metricOf(i === 0 ? arms : alike)]))},
      {experiment: experimentWith({metrics: {primary: keys}}), metrics}
    );
    expect(prePeriod(many).status).toBe("ok");
  });

  it("does not call it a difference when weights changed while the covariate drifted", () => {
    // Each phase is balanced; pooled, the treatment has more of the later, richer units.
    const phase = (name: string, mean: number, control: number, treatment: number) => ({
      phase: name,
      arms: {control: covariate(control, mean, 4), treatment: covariate(treatment, mean, 4)}
    });
    const strata = [phase("start", 10, 9000, 1000), phase("phase 1", 14, 5000, 5000)];
    const pooled = {control: covariate(14_000, 11.4, 4.4), treatment: covariate(6000, 13.3, 4.3)};
    const revenue = {...metricOf(pooled), days: [{date: day(6), arms: pooled, strata}], strata};
    expect(prePeriod(withMetric(revenue)).status).toBe("ok");
    expect(prePeriod(withMetric(metricOf(pooled))).status).toBe("blocked");
  });

  it("compares ratios of covariates for ratio metrics", () => {
    const metrics = metricsWith({
      perVisit: {kind: "ratio", fact: "events", numerator: {value: "amount"}, denominator: {event: "visit"}}
    });
    // Twice the visits and twice the amount: the ratio is the same, its parts are not.
    const arm = (scale: number) =>
      momentsFromSums(1000, {
        x: 1000 * scale,
        xx: 2000 * scale ** 2,
        v: 2000 * scale,
        vv: 5000 * scale ** 2,
        xv: 2500 * scale ** 2,
        w: 1000,
        ww: 1000
      });
    const input = healthInput(
      {metrics: {perVisit: metricOf({control: arm(1), treatment: arm(2)})}},
      {experiment: experimentWith({metrics: {primary: ["perVisit"]}}), metrics}
    );
    expect(prePeriod(input)).toMatchObject({status: "ok", value: 1});
  });

  it("does not test arms of fewer than 100 units, one unit or none", () => {
    for (const n of [99, 1]) {
      const found = prePeriod(withMetric(metricOf({control: covariate(n, 10, 1), treatment: covariate(5000, 20, 1)})));
      expect(found).toMatchObject({status: "ok", value: 1});
    }
    expect(prePeriod(withMetric(metricOf({treatment: covariate(5000, 20, 1)}))).status).toBe("ok");
    expect(prePeriod(withMetric(metricOf({})))).toMatchObject({status: "ok", value: null});
  });

  it("blocks a difference without any spread, and passes none", () => {
    const constant = (mean: number) => covariate(500, mean, 0);
    expect(prePeriod(withMetric(metricOf({control: constant(0), treatment: constant(1)})))).toMatchObject({
      status: "blocked",
      value: 0
    });
    expect(prePeriod(withMetric(metricOf({control: constant(1), treatment: constant(1)}))).status).toBe("ok");
  });

  it("says that it is not known without a covariate", () => {
    expect(prePeriod(healthInput())).toMatchObject({
      status: "ok",
      value: null,
      message: expect.stringContaining("Not known for this input")
    });
  });

  it("compares every treatment with the control", () => {
    const variants = {control: {role: "control", weight: 0.4}, a: {weight: 0.3}, b: {weight: 0.3}};
    const arms = {control: covariate(5000, 10, 4), a: covariate(4000, 10, 4), b: covariate(4000, 11, 4)};
    const found = prePeriod(withMetric(metricOf(arms), {variants}));
    expect(found.status).toBe("blocked");
    expect(found.details.map(({label, status}) => [label, status])).toEqual([
      ["revenue, a", "ok"],
      ["revenue, b", "blocked"]
    ]);
  });
});
