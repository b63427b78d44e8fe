import {describe, expect, it} from "vitest";
import {decisionOf} from "../../../lib/experiment/decision/decisionOf.ts";
import type {DecisionEvidence} from "../../../lib/experiment/decision/decisionOf.ts";
import type {Experiment} from "../../../lib/experiment/definition/definition.ts";
import type {GuardrailResult, HealthCheck, MetricResult} from "../../../lib/experiment/readout.ts";
import type {ArmMoments} from "../../../lib/experiment/sums.ts";
import {experimentWith, healthOf, metricOf, readoutWith, share, sumsWith, variantsOf} from "../sums.ts";

interface Case {
  experiment?: Experiment;
  purchase?: ArmMoments;
  more?: Record<string, ArmMoments>;
  health?: HealthCheck["status"];
  ended?: boolean;
  change?: (metric: MetricResult) => Partial<MetricResult>;
}

const winner = {control: share(50_000, 5000), treatment: share(50_000, 5600)};
const flat = {control: share(50_000, 5000), treatment: share(50_000, 5010)};
const loser = {control: share(50_000, 5000), treatment: share(50_000, 4500)};

function evidence({
  experiment = experimentWith(),
  purchase = winner,
  more = {},
  health = "ok",
  ended = true,
  change = () => ({})
}: Case): DecisionEvidence {
  const sums = Object.fromEntries(Object.entries({purchase, ...more}).map(([key, arms]) => [key, metricOf(arms)]));
  const {metrics} = readoutWith({experiment, sums: sumsWith({metrics: sums})});
  return {
    experiment,
    metrics: metrics.map((metric) => ({...metric, ...change(metric)})),
    health: healthOf(health),
    variants: variantsOf(experiment, 50_000),
    ended,
    asOf: "2026-02-01"
  };
}

const decided = (given: Case) => decisionOf(evidence(given));

const guardrail =
  (status: GuardrailResult["status"], unitsNeeded: number | null = null) =>
  () => ({
    guardrail: [
      {
        variant: "treatment",
        status,
        margin: {value: 0.25, relative: true},
        limit: null,
        ratio: null,
        pValue: null,
        unitsNeeded,
        sentence: `latency: ${status}.`,
        reason: null
      }
    ]
  });

describe("decisionOf(evidence) on a launch day, before the primary metric has a number", () => {
  const launch = (status: GuardrailResult["status"], health: HealthCheck["status"] = "ok") => {
    const given = evidence({ended: false, health});
    const metrics = given.metrics.map((metric) => ({...metric, role: "guardrail" as const, ...guardrail(status)()}));
    return decisionOf({...given, metrics});
  };

  it("is incomplete, and says so", () => {
    expect(launch("passed")).toMatchObject({
      verdict: "incomplete",
      variant: null,
      sentence: "There are no numbers for a primary metric yet."
    });
  });

  it("rolls back for a guardrail that is broken by then", () => {
    expect(launch("severe")).toMatchObject({
      verdict: "roll-back",
      variant: "treatment",
      sentence: "A guardrail is broken: latency: severe. There are no numbers for a primary metric yet."
    });
    expect(launch("worsened").verdict).toBe("do-not-ship");
    expect(launch("severe", "blocked").verdict).toBe("blocked");
  });
});

describe("decisionOf(evidence)", () => {
  it("ships a gain, with the number, the interval and what stood beside it", () => {
    const decision = decided({});
    expect(decision).toMatchObject({verdict: "ship", label: "Ship", variant: "treatment"});
    expect(decision.sentence).toMatch(/^purchase rose by 12% \(95% interval \+[\d.]+% to \+[\d.]+%\)\.$/);
    expect(decision.reasons).toContain("All 1 health checks are fine.");
    expect(decision.wouldChange).toHaveLength(1);
  });

  it("warns within the sentence where health warns, and does not decide by it", () => {
    expect(decided({health: "warning"})).toMatchObject({
      verdict: "ship",
      sentence: expect.stringContaining("Mind 1\u00a0health warning first.")
    });
  });

  it("is blocked by health before all else, and says what to mend", () => {
    expect(decided({health: "blocked", change: guardrail("severe")})).toMatchObject({
      verdict: "blocked",
      sentence: expect.stringContaining("a check that is blocked"),
      wouldChange: ["Mend it."]
    });
  });

  it.each([
    ["severe", "roll-back", "A guardrail is broken: latency: severe. purchase rose"],
    ["worsened", "do-not-ship", "but a guardrail got worse: latency: worsened."],
    ["not-yet-known", "keep-running", "but a guardrail is not yet known"],
    ["passed", "ship", "and no guardrail got worse."]
  ] as const)("with a guardrail that is %s says %s", (status, verdict, words) => {
    const decision = decided({change: guardrail(status)});
    expect(decision).toMatchObject({verdict, sentence: expect.stringContaining(words)});
    expect(decision.reasons).toContain(`latency: ${status}.`);
  });

  it("says how many units a guardrail still needs", () => {
    expect(decided({change: guardrail("not-yet-known", 12_345)}).wouldChange).toEqual([
      "12,345 units in both arms would settle: latency: not-yet-known."
    ]);
  });

  it("rolls back what made the primary metric worse", () => {
    expect(decided({purchase: loser})).toMatchObject({
      verdict: "roll-back",
      sentence: expect.stringContaining("purchase fell by 10%")
    });
  });

  it("keeps running before the end and does not ship without a gain after it", () => {
    expect(decided({purchase: flat, ended: false}).verdict).toBe("keep-running");
    expect(decided({purchase: flat})).toMatchObject({
      verdict: "do-not-ship",
      sentence: expect.stringContaining("no gain is shown")
    });
  });

  it("says that the smallest lift worth acting on is ruled out", () => {
    const experiment = experimentWith({minimumEffect: {purchase: "10%"}});
    expect(decided({purchase: flat, experiment})).toMatchObject({
      verdict: "do-not-ship",
      sentence: expect.stringContaining("a lift of 10%")
    });
  });

  it("waits for the units that a fixed design needs, and only a fixed one", () => {
    const short = ({power}: MetricResult) => ({
      power: {...power!, requiredUnits: 900_000, units: 100_000, daysLeft: 4}
    });
    const experiment = experimentWith({minimumEffect: {purchase: "1%"}});
    const decision = decided({experiment, change: short});
    expect(decision).toMatchObject({
      verdict: "keep-running",
      sentence: expect.stringContaining("100,000 of 900,000 units")
    });
    expect(decision.wouldChange[0]).toContain("4\u00a0more days");
    const sequential = decided({experiment, change: (metric) => ({...short(metric), method: "always-valid"})});
    expect(sequential.sentence).not.toContain("900,000");
  });

  it("is incomplete without a number, and without a primary metric at all", () => {
    expect(decided({purchase: {treatment: share(50, 5)}})).toMatchObject({
      verdict: "incomplete",
      sentence: expect.stringContaining("There is no number for purchase yet")
    });
    const none = decisionOf({...evidence({}), metrics: []});
    expect(none).toMatchObject({verdict: "incomplete", variant: null});
    expect(decisionOf({...evidence({health: "blocked"}), metrics: []})).toMatchObject({
      verdict: "blocked",
      reasons: ["a check that is blocked"],
      wouldChange: ["Mend it.", "Exposed units in the control and a treatment."]
    });
  });

  it("uses a team's words", () => {
    expect(decided({experiment: experimentWith({labels: "ship"}), change: guardrail("severe")}).label).toBe(
      "DO NOT SHIP (Check guardrails)"
    );
    expect(decided({experiment: experimentWith({labels: {ship: "Go"}})}).label).toBe("Go");
  });

  it("says that a relative difference cannot be had where the control is zero", () => {
    const zero = {control: share(5000, 0), treatment: share(5000, 60)};
    expect(decided({purchase: zero}).sentence).toContain("a relative difference cannot be had");
  });
});

describe("decisionOf(evidence) with several primary metrics", () => {
  const experiment = experimentWith({metrics: {primary: ["purchase", "errors"]}});

  it("counts a harm on any before a gain on another", () => {
    const worse = {control: share(50_000, 500), treatment: share(50_000, 900)};
    expect(decided({experiment, more: {errors: worse}})).toMatchObject({
      verdict: "roll-back",
      sentence: expect.stringContaining("errors rose")
    });
  });

  it("counts a gain on any where none is harmed, and speaks of that one", () => {
    const fewer = {control: share(50_000, 900), treatment: share(50_000, 500)};
    expect(decided({experiment, purchase: flat, more: {errors: fewer}})).toMatchObject({
      verdict: "ship",
      sentence: expect.stringContaining("errors fell")
    });
  });
});

describe("decisionOf(evidence) with several treatments", () => {
  const variants = {control: {role: "control", weight: 0.4}, a: {weight: 0.3, name: "Blue"}, b: {weight: 0.3}};
  const experiment = experimentWith({variants});
  const control = share(50_000, 5000);

  it("speaks of the best treatment and tells of the others", () => {
    const decision = decided({experiment, purchase: {control, a: share(50_000, 5400), b: share(50_000, 5700)}});
    expect(decision).toMatchObject({verdict: "ship", variant: "b"});
    expect(decision.reasons.at(-1)).toMatch(/^Blue: Ship\. purchase rose by 8\.0% with Blue/);
  });

  it("prefers the better verdict to the larger gain", () => {
    const severe = (metric: MetricResult): Partial<MetricResult> => ({
      guardrail: guardrail("severe")().guardrail.map((each) => ({...each, variant: "b"})),
      key: metric.key
    });
    const purchase = {control, a: share(50_000, 5400), b: share(50_000, 5700)};
    const decision = decided({experiment, purchase, change: severe});
    expect(decision).toMatchObject({verdict: "ship", variant: "a"});
    expect(decision.reasons.at(-1)).toContain("b: Roll back.");
  });

  it("prefers the larger fall of a metric that should fall, and any number to none", () => {
    const errors = experimentWith({variants, metrics: {primary: ["errors"]}});
    const arms = {control: share(50_000, 900), a: share(50_000, 600), b: share(50_000, 500)};
    expect(decided({experiment: errors, more: {errors: arms}}).variant).toBe("b");
    const missing = {control: share(50_000, 900), a: share(50_000, 890)};
    expect(decided({experiment: errors, more: {errors: missing}, ended: false}).variant).toBe("a");
    const reversed = {control: share(50_000, 900), b: share(50_000, 890)};
    expect(decided({experiment: errors, more: {errors: reversed}, ended: false}).variant).toBe("b");
  });

  it("takes no treatment for a gain where the overall test shows nothing", () => {
    const purchase = {control, a: share(50_000, 5050), b: share(50_000, 5210)};
    // Uncorrected, b alone would be significant: z = 2.19, p = 0.029; over the three, chi-square 4.94, p = 0.085.
    const single = experimentWith({variants, correction: "none"});
    const decision = decided({experiment: single, purchase});
    expect(decision.verdict).toBe("do-not-ship");
    expect(decision.reasons.join(" ")).toContain("overall test of all variants shows no difference");
  });
});
