import {describe, expect, it} from "vitest";
import {indexEntryOf} from "../../lib/experiment/indexEntryOf.ts";
import {indexEntrySchema} from "../../lib/experiment/readout.ts";
import {fixtureReadouts} from "../site/fixtures.ts";

describe("indexEntryOf(readout, {schedule})", () => {
  const readouts = fixtureReadouts();

  it("gives a line that the schema of index.json accepts, whatever is null in the readout", () => {
    for (const readout of readouts)
      expect(() => indexEntrySchema.parse(indexEntryOf(readout, {schedule: 1}))).not.toThrow();
  });

  it("lists broken guardrails among the alerts, severe ones as heavy as a check that blocks", () => {
    const severe = readouts.find(({metrics}) =>
      metrics.some(({guardrail}) => guardrail?.some(({status}) => status === "severe"))
    )!;
    const {alerts} = indexEntryOf(severe, {schedule: 1});
    const guardrails = alerts.filter(({key}) => key.startsWith("guardrail-"));
    expect(guardrails.length).toBeGreaterThan(0);
    expect(guardrails[0]).toMatchObject({status: "blocked", date: severe.asOf});
    expect(alerts.length - guardrails.length).toBe(severe.health.checks.filter(({status}) => status !== "ok").length);
  });

  it("draws the primary effect of the treatment that the decision speaks of", () => {
    for (const readout of readouts) {
      const entry = indexEntryOf(readout, {schedule: 1});
      if (entry.primary !== null && readout.decision.variant !== null)
        expect(entry.primary.variant).toBe(readout.decision.variant);
    }
  });
});
