import {describe, expect, it} from "vitest";
import {guardrailsOf} from "../../../lib/experiment/decision/guardrailsOf.ts";
import {experimentWith, metricOf, readoutWith, share, sumsWith} from "../sums.ts";

const three = {control: {role: "control", weight: 0.4}, a: {weight: 0.3}, b: {weight: 0.3}};

function guardrails(guardrail: object, arms: Parameters<typeof metricOf>[0], written: object = {}) {
  const experiment = experimentWith({
    metrics: {primary: ["purchase"], guardrails: [{metric: "errors", ...guardrail}]},
    ...written
  });
  const readout = readoutWith({
    experiment,
    sums: sumsWith({metrics: {errors: metricOf(arms), purchase: metricOf(arms)}})
  });
  return {experiment, metrics: readout.metrics, found: readout.metrics.find(({key}) => key === "errors")!.guardrail!};
}

describe("guardrailsOf(experiment, metric)", () => {
  it("judges every treatment by itself", () => {
    const arms = {control: share(20_000, 200), a: share(20_000, 205), b: share(20_000, 600)};
    const {found} = guardrails({margin: "50%"}, arms, {variants: three});
    expect(found.map(({variant, status}) => [variant, status])).toEqual([
      ["a", "passed"],
      ["b", "severe"]
    ]);
  });

  it("is null for a metric without a guardrail", () => {
    const {experiment, metrics} = guardrails({}, {control: share(10, 1), treatment: share(10, 1)});
    expect(
      guardrailsOf(
        experiment,
        metrics.find(({key}) => key === "purchase")!
      )
    ).toBeNull();
  });

  it("does not pass a limit on no errors of few units: Wilson's interval does not collapse", () => {
    // statsmodels proportion_confint(0, 50, method="wilson") = (0, 0.0713); (0, 1000) = (0, 0.0038)
    const few = {control: share(50, 0), treatment: share(50, 0)};
    expect(guardrails({limit: 0.01}, few).found[0]!.status).toBe("not-yet-known");
    const many = {control: share(1000, 0), treatment: share(1000, 0)};
    expect(guardrails({limit: 0.01}, many).found[0]!.status).toBe("passed");
  });

  it("passes and fails a one-sided experiment too", () => {
    const worse = {control: share(20_000, 200), treatment: share(20_000, 600)};
    const alike = {control: share(20_000, 200), treatment: share(20_000, 200)};
    for (const alternative of ["greater", "less", "two-sided"]) {
      expect(guardrails({margin: "50%"}, worse, {alternative}).found[0]!.status).toBe("severe");
      expect(guardrails({margin: "50%"}, alike, {alternative}).found[0]!.status).toBe("passed");
    }
  });

  it("is not yet known without units of the control", () => {
    expect(guardrails({margin: "50%"}, {treatment: share(100, 1)}).found[0]).toMatchObject({
      status: "not-yet-known",
      unitsNeeded: null,
      pValue: null
    });
  });
});
