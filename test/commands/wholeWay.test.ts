import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {stringify} from "yaml";
import type {Experiment} from "../../lib/assign/index.ts";
import {assign, createLogger} from "../../lib/assign/index.ts";
import {fileSink, logFacts} from "../../lib/assign/tools.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {seeded} from "../bandit/random.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

const checkout: Experiment = {
  id: "green-checkout",
  status: "running",
  variants: {control: {weight: 0.5}, green: {weight: 0.5}},
  ramp: 0.8,
  targeting: "country in [US, CA] and app >= 2.10.0",
  holdouts: [{id: "2026-h1", share: 0.05}],
  forced: {"tester-1": "green"}
};

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);

const definition = (more = "") => `title: Green checkout
start: 2026-01-05
end: 2026-01-11
exposures: exposures
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
dimensions: [country]
metrics: {primary: [purchase], secondary: [revenue]}
${more}`;

async function newPlace(more?: string): Promise<Workplace> {
  const sources = {facts: logFacts("logs/*.jsonl", {dimensions: ["country"]})};
  return workplace({
    "sources.yaml": stringify(sources),
    "metrics.yaml": `purchase: {kind: proportion, fact: events, event: purchase, direction: increase}
revenue: {kind: mean, fact: events, event: purchase, value: value, direction: increase, unit: EUR}
`,
    "experiments/green-checkout.yaml": definition(more)
  });
}

describe("from assign to readout.json", () => {
  it("counts in the readout just the units that assign drew, with what they did", async () => {
    place = await newPlace();
    const random = seeded(12);
    let time = start;
    const logger = createLogger({
      sink: fileSink(join(place.dataDir, "logs", "web-1.jsonl")),
      now: () => time
    });
    const expected: Record<string, {n: number; buyers: number; sum: number; squares: number}> = {};
    const odd = ["tester-1", "007", "7", "用户-1", 'a"b\\c', "42"];
    for (let i = 0; i < 12_000; ++i) {
      time = start + Math.floor((i / 12_000) * 7 * 24 * hour);
      const unit = odd[i] ?? `user-${i}`;
      const attributes = {country: ["US", "CA", "FR"][Math.floor(3 * random())]!, app: i % 5 ? "2.11.0" : "2.9.9"};
      const assignment = assign(checkout, unit, attributes);
      const answer = logger.exposure("green-checkout", unit, assignment, {country: attributes.country});
      expect(answer).toBe(assignment.reason === "assigned" ? "accepted" : "not-exposed");
      if (i % 3 === 0) logger.exposure("green-checkout", unit, assignment, {country: attributes.country});
      time += 60_000;
      const spent = random() < (assignment.variant === "green" ? 0.25 : 0.2) ? Math.round(1000 * random()) / 10 : 0;
      if (spent > 0) logger.event(unit, "purchase", spent);
      logger.conversion(unit, "visit");
      if (assignment.reason !== "assigned") continue;
      const own = (expected[assignment.variant] ??= {n: 0, buyers: 0, sum: 0, squares: 0});
      own.n += 1;
      own.buyers += Number(spent > 0);
      own.sum += spent;
    }
    const {accepted, written, pending, dropped} = await logger.close();
    expect([written, pending, dropped]).toEqual([accepted, 0, 0]);
    expect((await place.build()).failed).toEqual([]);
    const readout: Readout = await place.readout("green-checkout");
    // The last minute of the log may belong to a day that is not over.
    expect(readout.asOf).toBe("2026-01-11");
    for (const [variant, {n, buyers, sum}] of Object.entries(expected)) {
      expect(readout.variants.find(({key}) => key === variant)!.units).toBe(n);
      const arm = (key: string) =>
        readout.metrics.find((metric) => metric.key === key)!.arms.find((own) => own.variant === variant)!;
      expect(arm("purchase")).toMatchObject({n, mean: expect.closeTo(buyers / n, 12)});
      expect(arm("revenue")).toMatchObject({n, mean: expect.closeTo(sum / n, 9)});
    }
    expect(readout.metrics[0]!.segments.map(({value}) => value).sort()).toEqual(["CA", "US"]);
    expect(readout.health.checks.find(({key}) => key === "sample-ratio")!.status).toBe("ok");
    expect(readout.health.checks.find(({key}) => key === "crossovers")!.status).toBe("ok");
  });

  it("goes on comparing after a launch those who were left behind, who saw nothing else before", async () => {
    place = await newPlace(
      "status: stopped\nholdout: {variant: control, launched: green, from: 2026-01-12, share: 10%}\n"
    );
    const plain: Experiment = {id: "green-checkout", status: "running", variants: checkout.variants};
    // The same salt: control is a part of the control before, so that nobody who saw green loses it.
    const launch: Experiment = {
      id: "green-checkout-launch",
      salt: "green-checkout",
      status: "running",
      variants: {control: {weight: 0.1}, green: {weight: 0.9}}
    };
    const random = seeded(5);
    let time = start;
    const counts = {control: 0, green: 0};
    for (const [k, experiment] of [plain, launch].entries()) {
      // A logger of the old process would remember who was logged before the launch.
      const logger = createLogger({
        sink: fileSink(join(place.dataDir, "logs", `web-${k}.jsonl`)),
        maximumPending: 100_000,
        now: () => time
      });
      for (let i = 0; i < 8_000; ++i) {
        time = start + k * 7 * 24 * hour + Math.floor((i / 8_000) * 7 * 24 * hour);
        const unit = `user-${i}`;
        const assignment = assign(experiment, unit);
        if (k === 1 && assignment.variant === "control") expect(assign(plain, unit).variant).toBe("control");
        if (k === 1) ++counts[assignment.variant as "control" | "green"];
        logger.exposure("green-checkout", unit, assignment, {country: "US"});
        time += 60_000;
        if (random() < 0.2) logger.event(unit, "purchase", 10);
      }
      await logger.close();
    }
    expect((await place.build()).failed).toEqual([]);
    const {holdout} = await place.readout("green-checkout");
    const units = Object.fromEntries(holdout!.metrics[0]!.arms.map(({variant, n}) => [variant, n]));
    expect(units).toEqual(counts);
    expect(counts.control / 8_000).toBeCloseTo(0.1, 1);
  });

  it("can compare those of a holdout of many experiments with all others", async () => {
    const held = (unit: string) => assign({...checkout, targeting: undefined, ramp: 1}, unit).reason === "holdout";
    const lines: string[] = [];
    const logger = createLogger({sink: ({lines: own}) => void lines.push(...own)});
    for (let i = 0; i < 2_000; ++i)
      logger.exposure("2026-h1", `user-${i}`, {
        variant: held(`user-${i}`) ? "held" : "open",
        config: {},
        reason: "assigned"
      });
    await logger.close();
    const share = lines.filter((line) => line.includes('"variant":"held"')).length / lines.length;
    expect(lines).toHaveLength(2_000);
    expect(share).toBeCloseTo(0.05, 1);
  });
});
