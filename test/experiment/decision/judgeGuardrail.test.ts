import {describe, expect, it} from "vitest";
import {judgeGuardrail, worseGuardrail, worstGuardrail} from "../../../lib/experiment/decision/judgeGuardrail.ts";
import type {GuardrailEvidence, GuardrailRule} from "../../../lib/experiment/decision/judgeGuardrail.ts";
import {guardrailResultSchema} from "../../../lib/experiment/readout.ts";
import type {ComparisonResult} from "../../../lib/experiment/readout.ts";

type Bounds = [number | null, number | null] | null;

function comparison(
  difference: number | null,
  interval: Bounds,
  more: Partial<ComparisonResult> = {}
): ComparisonResult {
  return {
    variant: "treatment",
    baseline: "control",
    difference,
    standardError: null,
    interval,
    pValue: null,
    adjustedPValue: null,
    adjustedInterval: null,
    relativeDifference: difference === null ? null : difference / 100,
    relativeInterval: interval === null ? null : [scaled(interval[0]), scaled(interval[1])],
    level: 0.95,
    statistic: null,
    degreesOfFreedom: null,
    test: "welch",
    adjustment: {covariate: null, varianceReduction: null, correction: "none", intervalKind: null, phases: 1},
    reason: null,
    ...more
  };
}

function scaled(bound: number | null): number | null {
  return bound === null ? null : bound / 100;
}

function judged(
  rule: Partial<GuardrailRule>,
  difference: number | null,
  interval: Bounds,
  more: Partial<GuardrailEvidence> & {comparison?: ComparisonResult} = {}
) {
  const arm = {n: 1000, mean: 100, standardDeviation: 10, reason: null};
  return judgeGuardrail(
    {direction: "decrease", ...rule},
    {
      comparison: comparison(difference, interval),
      control: {variant: "control", ...arm},
      treatment: {variant: "treatment", ...arm},
      treatmentInterval: null,
      name: "Latency",
      ...more
    }
  );
}

const margin = {margin: {value: 0.25, relative: true}};

describe("judgeGuardrail(rule, evidence) with a margin", () => {
  it.each([
    ["passed: the interval lies within", 10, [5, 20], "passed"],
    ["passed: an improvement", -10, [-20, -1], "passed"],
    ["severe: the interval lies beyond", 40, [30, 50], "severe"],
    ["worsened: proven worse, perhaps by more", 20, [10, 30], "worsened"],
    ["not yet known: from harmless to beyond", 5, [-20, 30], "not-yet-known"]
  ] as const)("%s", (_, difference, [lower, upper], status) => {
    const result = judged(margin, difference, [lower, upper]);
    expect(result.status).toBe(status);
    expect(guardrailResultSchema.parse(result)).toEqual(result);
  });

  it("turns round for a metric that should rise", () => {
    const up = {...margin, direction: "increase"} as const;
    expect(judged(up, -40, [-50, -30]).status).toBe("severe");
    expect(judged(up, 40, [30, 50]).status).toBe("passed");
    expect(judged(up, -20, [-30, -10]).status).toBe("worsened");
    expect(judged(up, -5, [-30, 20]).status).toBe("not-yet-known");
  });

  it("takes a margin in the metric's own unit", () => {
    const absolute = {margin: {value: 25, relative: false}};
    expect(judged(absolute, 10, [5, 20]).status).toBe("passed");
    expect(judged(absolute, 40, [30, 50]).status).toBe("severe");
    expect(judged(absolute, 10, [5, 20], {measure: {kind: "quantile", unit: "ms"}}).sentence).toContain("25.0\u202fms");
  });

  it("says how many units would settle it: the half-width falls with their root", () => {
    // Half-width 25 around 5 has to become 20: (25 / 20)² times 2,000 units.
    const result = judged(margin, 5, [-20, 30]);
    expect(result).toMatchObject({unitsNeeded: 3125, reason: null});
    expect(judged(margin, 10, [5, 20]).unitsNeeded).toBeNull();
  });

  it("does not promise units where the estimate itself lies beyond", () => {
    const result = judged(margin, 30, [-10, 70]);
    expect(result).toMatchObject({status: "not-yet-known", unitsNeeded: null});
    expect(result.reason).toContain("beyond what is allowed");
    expect(judged(margin, 25, [-10, 60]).unitsNeeded).toBeNull();
  });

  it("gives the p-value of being within, below 0.025 just where the bound is within", () => {
    // The interval 5 -+ 1.959964 * se reaches the margin exactly: p = 0.025. scipy.stats.norm.sf(2 * 1.959964) = 4.4e-5
    expect(judged(margin, 5, [-15, 25]).pValue).toBeCloseTo(0.025, 10);
    expect(judged(margin, 5, [-5, 15]).pValue).toBeCloseTo(4.43e-5, 6);
    expect(judged(margin, 25, [15, 35]).pValue).toBeCloseTo(0.5, 10);
  });

  it("mirrors the known bound of a one-sided comparison", () => {
    expect(judged(margin, 5, [-5, null]).status).toBe("passed");
    expect(judged(margin, 5, [null, 15]).status).toBe("passed");
    expect(judged(margin, 20, [5, null]).status).toBe("worsened");
    expect(judged(margin, 5, [-15, null]).pValue).toBeCloseTo(0.05, 10);
  });

  it("knows nothing from an unbounded relative interval of a two-sided comparison", () => {
    const unbounded = comparison(5, [-5, 15], {relativeInterval: [null, 0.15]});
    expect(judged(margin, 5, null, {comparison: {...unbounded, relativeInterval: [-0.1, null]}})).toMatchObject({
      status: "not-yet-known",
      unitsNeeded: null,
      pValue: null
    });
    expect(judged(margin, 5, null, {comparison: unbounded}).status).toBe("passed");
  });

  it("is not yet known without an interval, and says why", () => {
    const reason = "no units in an arm";
    expect(judged(margin, null, null, {comparison: comparison(null, null, {reason})})).toMatchObject({
      status: "not-yet-known",
      unitsNeeded: null,
      pValue: null,
      reason
    });
    const relative = comparison(5, [0, 10], {relativeDifference: null, relativeInterval: null});
    expect(judged(margin, 5, null, {comparison: relative}).reason).toContain("no interval");
  });
});

describe("judgeGuardrail(rule, evidence) with a hard limit", () => {
  const at = (mean: number, interval: [number, number] | null) =>
    judged({limit: 100}, 0, [-1, 1], {
      treatment: {variant: "treatment", n: 1000, mean, standardDeviation: 10, reason: null},
      treatmentInterval: interval
    });

  it("judges the treatment's own value", () => {
    expect(at(90, [85, 95]).status).toBe("passed");
    expect(at(120, [110, 130]).status).toBe("severe");
    expect(at(105, [95, 115]).status).toBe("worsened");
    expect(at(95, [85, 105])).toMatchObject({status: "not-yet-known", unitsNeeded: 8000});
    expect(at(95, null).status).toBe("not-yet-known");
  });

  it("is a lower limit where the metric should rise", () => {
    const result = judgeGuardrail(
      {direction: "increase", limit: 0.9},
      {
        comparison: comparison(0, [-1, 1]),
        control: {variant: "control", n: 10, mean: 1, standardDeviation: 0, reason: null},
        treatment: {variant: "treatment", n: 10, mean: 0.5, standardDeviation: 0, reason: null},
        treatmentInterval: [0.4, 0.6],
        name: "Delivered"
      }
    );
    expect(result.status).toBe("severe");
  });
});

describe("judgeGuardrail(rule, evidence) with a ratio", () => {
  it("is severe beyond ratio x control, interval and all, and worsened where only the value is", () => {
    expect(judged({ratio: 1.25}, 40, [30, 50]).status).toBe("severe");
    expect(judged({ratio: 1.25}, 30, [-5, 65]).status).toBe("worsened");
    expect(judged({ratio: 1.25}, 5, [0, 10]).status).toBe("passed");
    expect(judged({ratio: 1.25}, 5, [-30, 40]).status).toBe("not-yet-known");
  });

  it("divides where the metric should rise: below control / 1.25 is a fall of 20%", () => {
    expect(judged({ratio: 1.25, direction: "increase"}, -30, [-40, -21]).status).toBe("severe");
    expect(judged({ratio: 1.25, direction: "increase"}, -10, [-19, -1]).status).toBe("passed");
  });
});

describe("judgeGuardrail(rule, evidence)", () => {
  it("counts the worst of several rules", () => {
    expect(judged({...margin, ratio: 1.05}, 10, [6, 20]).status).toBe("severe");
  });

  it("asks for units only where they would settle every open rule", () => {
    const result = judged({margin: {value: 0.25, relative: true}, limit: 100}, 5, [-20, 30], {
      treatment: {variant: "treatment", n: 1000, mean: 100, standardDeviation: 10, reason: null},
      treatmentInterval: [90, 110]
    });
    expect(result).toMatchObject({status: "not-yet-known", unitsNeeded: null});
  });

  it("without a rule passes what is not proven worse, and says that no margin was declared", () => {
    expect(judged({}, 5, [-1, 11])).toMatchObject({
      status: "passed",
      sentence: "Latency: not shown to be worse; no margin was declared."
    });
    expect(judged({}, 5, [1, 9]).status).toBe("worsened");
    expect(judged({}, null, null).status).toBe("not-yet-known");
  });

  it("orders statuses from passed to severe", () => {
    expect(worseGuardrail("passed", "not-yet-known")).toBe("not-yet-known");
    expect(worseGuardrail("severe", "worsened")).toBe("severe");
    expect(worseGuardrail(null, "passed")).toBe("passed");
    expect(worstGuardrail([])).toBeNull();
    expect(worstGuardrail([{status: "worsened"}, {status: "not-yet-known"}])).toBe("worsened");
  });
});
