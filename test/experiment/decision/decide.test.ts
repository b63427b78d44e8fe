import {describe, expect, it} from "vitest";
import {decide, decisionRules, labelOf, labelSets, verdictRank} from "../../../lib/experiment/decision/decide.ts";
import type {DecisionInput} from "../../../lib/experiment/decision/decide.ts";

const good: DecisionInput = {health: "ok", guardrail: "passed", primary: "gain", powered: true, ended: true};

// Each axis from worst to best.
const axes = {
  health: ["blocked", "warning", "ok"],
  guardrail: ["severe", "worsened", "not-yet-known", "passed"],
  primary: ["harm", "ruled-out", "unclear", "gain"],
  powered: [false, true]
} as const;

function* inputs(): Generator<DecisionInput> {
  for (const health of axes.health)
    for (const guardrail of [...axes.guardrail, null])
      for (const primary of [...axes.primary, null])
        for (const powered of axes.powered)
          for (const ended of [false, true]) yield {health, guardrail, primary, powered, ended};
}

describe("decide(input)", () => {
  it.each([
    ["a gain that is healthy, powered and breaks no guardrail ships", {}, "ship", "gain"],
    [
      "a health check that blocks comes before everything",
      {health: "blocked", guardrail: "severe"},
      "blocked",
      "unhealthy"
    ],
    ["a warning does not decide", {health: "warning"}, "ship", "gain"],
    ["a severe guardrail rolls back a gain", {guardrail: "severe"}, "roll-back", "guardrail-severe"],
    ["harm on the primary metric rolls back", {primary: "harm"}, "roll-back", "primary-worse"],
    ["a worsened guardrail stops a gain", {guardrail: "worsened"}, "do-not-ship", "guardrail-worsened"],
    ["no number yet is incomplete", {primary: null}, "incomplete", "no-numbers"],
    ["a gain that the interval rules out is not shipped", {primary: "ruled-out"}, "do-not-ship", "gain-ruled-out"],
    ["nothing shown by the planned end is not shipped", {primary: "unclear"}, "do-not-ship", "ended-without-gain"],
    ["nothing shown yet keeps running", {primary: "unclear", ended: false}, "keep-running", "undecided"],
    ["a gain with too few units keeps running", {powered: false}, "keep-running", "underpowered"],
    ["a gain waits for its guardrails", {guardrail: "not-yet-known"}, "keep-running", "guardrail-unknown"],
    ["a gain without guardrails ships", {guardrail: null}, "ship", "gain"]
  ] as const)("%s", (_, change, verdict, rule) => {
    expect(decide({...good, ...change})).toEqual({verdict, rule});
  });

  it("uses every rule of its table", () => {
    const used = new Set([...inputs()].map((input) => decide(input).rule));
    expect([...used].sort()).toEqual(decisionRules.map(({key}) => key).sort());
  });

  it("never gets worse when health, guardrail, primary or power improves", () => {
    for (const input of inputs())
      for (const [axis, steps] of Object.entries(axes)) {
        const at = (steps as readonly unknown[]).indexOf(input[axis as keyof typeof axes]);
        if (at < 0 || at === steps.length - 1) continue;
        const better = {...input, [axis]: steps[at + 1]};
        expect(verdictRank(decide(better).verdict), JSON.stringify({input, better})).toBeGreaterThanOrEqual(
          verdictRank(decide(input).verdict)
        );
      }
  });
});

describe("labelOf(decision, labels)", () => {
  it("knows the words that teams already use", () => {
    expect(labelOf(decide(good), "ship")).toBe("SHIP");
    expect(labelOf(decide({...good, guardrail: "severe"}), "ship")).toBe("DO NOT SHIP (Check guardrails)");
    expect(labelOf(decide({...good, powered: false}), "ship")).toBe("PENDING (UNDERPOWERED)");
    expect(labelOf(decide({...good, primary: null}), "ship")).toBe("INCOMPLETE");
    expect(labelOf(decide(good), "launch")).toBe("Launch");
    expect(labelOf(decide({...good, guardrail: "severe"}), "launch")).toBe("Rollback");
  });

  it("takes a team's own words for some verdicts and keeps the rest", () => {
    expect(labelOf(decide(good), {ship: "Go"})).toBe("Go");
    expect(labelOf(decide({...good, primary: null}), {ship: "Go"})).toBe(labelSets.readout.verdicts.incomplete);
  });
});
