import {readFileSync} from "node:fs";
import {describe, expect, it} from "vitest";
import {parse} from "yaml";
import {experimentSchema} from "../../../lib/experiment/definition/definition.ts";
import {noveltyOf} from "../../../lib/experiment/novelty/index.ts";
import {DAY, planSimulation} from "../../../lib/simulate/planSimulation.ts";
import {simulateDays} from "../../../lib/simulate/simulateDays.ts";
import {tenureSumsOf} from "./tenureSumsOf.ts";
import type {TenureSumsOfOptions, TenureUnit} from "./tenureSumsOf.ts";

/** What is said of an event of one of the demo's experiments, with 12,000 units. */
function judge(id: string, event: string, {spans = null}: Pick<TenureSumsOfOptions, "spans"> = {}) {
  const file = new URL(`../../../data/experiments/${id}.yaml`, import.meta.url);
  const {simulate, variants, start} = experimentSchema.parse(parse(readFileSync(file, "utf8")));
  if (simulate === undefined) throw new Error(`no simulation: ${id}`);
  const plan = planSimulation({id, start, variants, simulate: {...simulate, units: 12000}});
  const first = new Map<number, TenureUnit & {time: number; y: Float64Array}>();
  let asOf = 0;
  for (const {exposures, events, day} of simulateDays(plan)) {
    asOf = Math.max(asOf, day + 1);
    for (let i = 0; i < exposures.length; i++) {
      const unit = exposures.unit[i]!;
      const time = exposures.time[i]!;
      if (!first.has(unit))
        first.set(unit, {
          variant: plan.variants[exposures.variant[i]!]!,
          entry: Math.floor(time / DAY),
          y: new Float64Array(64),
          time
        });
    }
    for (let i = 0; i < events.length; i++) {
      const unit = first.get(events.unit[i]!);
      if (unit === undefined || plan.events[events.event[i]!]!.name !== event) continue;
      const k = Math.floor((events.time[i]! - unit.time) / DAY);
      if (k >= 0) unit.y[k]!++;
    }
  }
  const [control, ...treatments] = Object.keys(variants);
  const sums = tenureSumsOf([...first.values()], {asOf, spans});
  return noveltyOf(sums, {control: control ?? "", treatments}, {bands: "none"})[0]!;
}

describe("the demo's experiments", () => {
  it("finds the banner's clicks fading, along tenure and not with dates or entrants", () => {
    const {verdict, sentence, cohorts, calendar, longRun} = judge("fading-banner", "click");
    expect(verdict).toBe("fading");
    expect(sentence).toMatch(/^The gain went from \+2\d% on days 0\u20136 to/);
    expect(cohorts?.pValue).toBeGreaterThan(0.01);
    expect(calendar?.pValue).toBeGreaterThan(0.01);
    // Planted: 32% that halves every 5 days and leaves nothing.
    expect(longRun?.interval?.[0] ?? 0).toBeLessThan(0.03);
    expect(longRun?.interval?.[1] ?? 0).toBeGreaterThan(-0.03);
  });
  it("does not find the A/A fading", () => {
    const {verdict, test, longRun} = judge("no-effect", "session", {
      spans: {early: [0, 6], late: [7, 13]}
    });
    expect(["stable", "not-enough-days"]).toContain(verdict);
    expect(test?.pValue).toBeGreaterThan(0.05);
    expect(longRun?.a).toBeNull();
  });
  it("says where there is nothing to compare: sessions are watched for two weeks only", () => {
    expect(judge("no-effect", "session").sentence).toBe(
      "Cannot tell, because control is too near zero in the late span."
    );
  });
});
