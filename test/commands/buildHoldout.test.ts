import {writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {assign} from "../../lib/assign/assign.ts";
import type {Experiment} from "../../lib/assign/prepareExperiment.ts";
import {reportOf} from "../../lib/experiment/report.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place?.remove());

const day = 86_400_000;
const start = Date.parse("2026-01-05");
const running: Experiment = {
  id: "one",
  status: "running",
  variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}}
};
const launched: Experiment = {...running, status: "stopped", launch: {variant: "b", holdout: 0.2}};

/** 14 days of the experiment and as many after its launch, 200 units a day, split by the assignment library. */
function log() {
  const exposures = ["user,arm,at"];
  const events = ["user,at,event,amount"];
  const since = {a: {n: 0, y: 0}, b: {n: 0, y: 0}};
  for (let i = 0; i < 28 * 200; ++i) {
    const at = start + Math.floor(i / 200) * day + (i % 200) * 400_000;
    // Every seventh had been there in the first week.
    const unit = `u${i >= 2800 && i % 7 === 0 ? i - 2800 : i}`;
    const {variant} = assign(at < start + 14 * day ? running : launched, unit);
    const buys = (i * 7919) % 10 < (variant === "b" ? 5 : 4);
    exposures.push(`${unit},${variant},${new Date(at).toISOString()}`);
    if (buys) events.push(`${unit},${new Date(at + 3_600_000).toISOString()},buy,2`);
    if (at < start + 14 * day || at > start + 26 * day) continue;
    const arm = variant === "b" ? since.b : since.a;
    ++arm.n;
    arm.y += buys ? 1 : 0;
  }
  return {exposures: `${exposures.join("\n")}\n`, events: `${events.join("\n")}\n`, since};
}

const definition = (more: string): string => `title: One
start: 2026-01-05
end: 2026-01-18
exposures: exposed
minimumUnits: 2
variants: {a: {role: control, weight: 0.5, name: Old}, b: {weight: 0.5, name: New}}
metrics: {primary: [bought], guardrails: [spent]}
${more}`;

const files = (more: string): Record<string, string> => ({
  "sources.yaml": `facts:
  exposed: {shape: exposures, path: exposures.csv, unit: user, variant: arm, timestamp: at}
  events: {shape: events, path: events.csv, unit: user, timestamp: at, event: event, values: [amount]}
`,
  "metrics.yaml": `bought: {kind: proportion, fact: events, event: buy, window: 2d, direction: increase}
spent: {kind: mean, fact: events, event: buy, value: amount, direction: increase}
`,
  "experiments/one.yaml": definition(more)
});

async function built(more: string) {
  place = await workplace(files(more));
  const {exposures, events, since} = log();
  await writeFile(join(place.dataDir, "exposures.csv"), exposures);
  await writeFile(join(place.dataDir, "events.csv"), events);
  await place.build();
  return {readout: await place.readout("one"), since};
}

describe("a stopped experiment with a holdout", () => {
  it("compares who came since the launch with who stayed behind, as the assignment split them", async () => {
    const {readout, since} = await built("status: stopped\nholdout: {variant: a, share: 20%}\n");
    const held = readout.holdout!;
    expect(held).toMatchObject({
      variant: "a",
      launched: "b",
      from: "2026-01-19",
      asOf: "2026-02-01",
      share: 0.2,
      reason: null
    });
    const [bought] = held.metrics;
    // Counted here one by one: units with two full days, and how many of them bought.
    expect(bought!.arms.map(({n}) => n)).toEqual([since.a.n, since.b.n]);
    expect(bought!.comparisons[0]!.difference).toBeCloseTo(since.b.y / since.b.n - since.a.y / since.a.n, 12);
    expect(held.sampleRatio?.status).toBe("ok");
    expect(held.sentence).toMatch(
      /^Of 2,800 units that came since 19\sJan\s2026, .* with New is \+.* held back with Old: the effect is still there\.$/
    );
    expect(reportOf(readout).holdout?.metrics.map(({key}) => key)).toEqual(["bought", "spent"]);
  });

  it("keeps the experiment's own numbers to the days before the launch", async () => {
    const {readout} = await built("status: stopped\nholdout: a\n");
    expect(readout.asOf).toBe("2026-01-18");
    expect(readout.input.units).toBe(2800);
    expect(readout.holdout).toMatchObject({from: "2026-01-19", share: null, sampleRatio: null});
  });

  it("goes on while a pin keeps the experiment's numbers", async () => {
    const {readout} = await built("status: stopped\npin: true\nholdout: {variant: a, share: 20%}\n");
    await writeFile(
      join(place.dataDir, "experiments", "one.yaml"),
      definition("status: stopped\npin: true\nholdout: {variant: a, share: 20%, from: 2026-01-21}\n")
    );
    await place.build();
    const later = await place.readout("one");
    expect(later.pin).toMatchObject({date: "2026-01-18"});
    expect(later.metrics).toEqual(readout.metrics);
    expect(later.holdout).toMatchObject({from: "2026-01-21", reason: null});
    expect(later.holdout?.units).not.toEqual(readout.holdout?.units);
  });

  it("says of a wrong split that it is none, and of no data that there are none", async () => {
    const wrong = await built("status: stopped\nholdout: {variant: a, share: 40%}\n");
    expect(wrong.readout.holdout?.sampleRatio?.status).toBe("blocked");
    await place.remove();
    const later = await built("status: stopped\nholdout: {variant: a, from: 2026-03-01}\n");
    expect(later.readout.holdout).toMatchObject({metrics: [], asOf: null});
    expect(later.readout.holdout?.reason).toMatch(/no data since 1\sMar\s2026/);
    expect(later.readout.asOf).toBe("2026-02-01");
  });

  it("is not there before the experiment is stopped", async () => {
    const {readout} = await built("holdout: a\n");
    expect(readout.holdout).toBe(null);
  });
});
