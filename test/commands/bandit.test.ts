import {writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import type {BanditRow} from "../../lib/bandit/index.ts";
import {adaptiveEstimates, batchRows, chooseArm, thompsonBernoulli} from "../../lib/bandit/index.ts";
import {addReward, emptyArms} from "../../lib/bandit/index.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {readoutSchema} from "../../lib/experiment/readout.ts";
import {seeded} from "../bandit/random.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

const keys = ["a", "b", "c"];
const truth: Readonly<Record<string, number>> = {a: 0.1, b: 0.12, c: 0.2};

/** Units of a bandit that sets its probabilities anew every `hours`, with whether each paid and how much. */
function bandit({hours = 24, days = 10, perDay = 400} = {}) {
  const random = seeded(3);
  const policy = thompsonBernoulli({floor: 0.05});
  const rows: (BanditRow & {unit: string; amount: number})[] = [];
  let known = emptyArms(3);
  for (let slice = 0; slice < (days * 24) / hours; ++slice) {
    const probabilities = policy(known);
    const n = Math.round((perDay * hours) / 24);
    for (let i = 0; i < n; ++i) {
      const arm = chooseArm(probabilities, random);
      const reward = Number(random() < truth[keys[arm]!]!);
      const time = Date.UTC(2026, 0, 5) + (slice + (i + 0.5) / n) * hours * 3_600_000;
      rows.push({
        unit: `u${rows.length}`,
        time: new Date(time).toISOString(),
        arm: keys[arm]!,
        reward,
        amount: reward * Math.round(100 * (5 + 10 * random())) * 0.01,
        probabilities,
        propensity: probabilities[arm]!
      });
    }
    for (const {arm, reward} of rows.slice(-n)) known = addReward(known, keys.indexOf(arm), reward);
  }
  return rows;
}

async function built(
  rows: readonly {unit: string; time: string; arm: string; reward: number; amount: number; propensity?: unknown}[],
  {propensity = true, direction = "increase", primary = "paid", more = ""} = {}
): Promise<Readout> {
  place = await workplace({
    "sources.yaml": `facts:
  log: {shape: exposures, path: log.csv, unit: unit, variant: arm, timestamp: time${propensity ? ", propensity: p" : ""}}
  events: {shape: events, path: events.csv, unit: unit, timestamp: time, event: event, values: [amount]}
`,
    "metrics.yaml": `paid: {kind: proportion, fact: events, event: pay, direction: ${direction}, window: 1d}
amount: {kind: mean, fact: events, event: pay, value: amount, direction: ${direction}, window: 1d}
perOrder: {kind: ratio, numerator: {fact: events, event: pay, value: amount}, denominator: {fact: events, event: pay}, direction: increase}
`,
    "experiments/any.yaml": `title: A bandit
start: 2026-01-05
end: 2026-01-14
status: stopped
exposures: log
bandit: true
variants: {a: {role: control, weight: 0.4}, b: {weight: 0.3}, c: {weight: 0.3}}
metrics: {primary: [${primary}], secondary: [perOrder]}
${more}`
  });
  const exposures = rows.map(({unit, time, arm, propensity: p}) => `${unit},${time},${arm},${String(p ?? "")}`);
  await writeFile(join(place.dataDir, "log.csv"), ["unit,time,arm,p", ...exposures, ""].join("\n"));
  const paid = rows.filter(({reward}) => reward).map(({unit, time, amount}) => `${unit},${time},pay,${amount}`);
  // A last row of somebody else, so that every window is over.
  paid.push("nobody,2026-01-20T23:59:00.000Z,pay,1");
  await writeFile(join(place.dataDir, "events.csv"), ["unit,time,event,amount", ...paid, ""].join("\n"));
  expect((await place.build()).failed).toEqual([]);
  return readoutSchema.parse(await place.readout("any"));
}

describe("readout build of a bandit's log", () => {
  it("estimates each arm as the library does from the rows, and compares by these estimates", async () => {
    const rows = bandit();
    const {bandit: result, metrics, health, decision} = await built(rows);
    const expected = adaptiveEstimates(batchRows(rows, keys));
    expect(result).toMatchObject({metric: "paid", binary: true, logged: true, minutes: 1440, slices: 10, best: "c"});
    expect(result!.floor).toBeCloseTo(0.05, 4);
    result!.arms.forEach(({n, mean, standardError, interval}, i) => {
      expect(n).toBe(expected[i]!.n);
      expect(mean).toBeCloseTo(expected[i]!.mean!, 9);
      expect(standardError).toBeCloseTo(expected[i]!.standardError!, 9);
      expect(interval![0]).toBeCloseTo(expected[i]!.lower!, 9);
    });
    const c = metrics[0]!.comparisons.find(({variant}) => variant === "c")!;
    expect(c.difference).toBeCloseTo(expected[2]!.mean! - expected[0]!.mean!, 9);
    expect(c.standardError).toBeCloseTo(Math.hypot(expected[2]!.standardError!, expected[0]!.standardError!), 9);
    expect(c.test).toMatch(/adaptively weighted/);
    expect(metrics[0]!.path.at(-1)!.comparisons.at(-1)!.difference).toBeCloseTo(c.difference!, 9);
    expect(metrics[0]!.segments).toEqual([]);
    expect(metrics[0]!.bayesian).toBe(null);
    expect(metrics[1]!.comparisons[0]).toMatchObject({difference: null, pValue: null});
    expect(metrics[1]!.comparisons[0]!.reason).toMatch(/only sums of a unit can be weighted/);
    expect(health.checks.find(({key}) => key === "sample-ratio")).toMatchObject({
      name: "Split as logged",
      status: "ok"
    });
    expect(health.checks.map(({key}) => key)).not.toContain("sample-ratio-chi-square");
    expect(decision).toMatchObject({verdict: "ship", variant: "c"});
    expect(JSON.stringify(result)).not.toMatch(/u\d+"/);
  });

  it("follows beliefs and regret by entry date, with P(best) that adds up to 1", async () => {
    const {bandit: result} = await built(bandit());
    expect(result!.path.at(-1)!.units).toBe(4000);
    for (const {arms} of result!.path)
      expect(arms.reduce((sum, {probabilityBest}) => sum + probabilityBest!, 0)).toBeCloseTo(1, 6);
    expect(result!.path.at(-1)!.arms[2]!.probabilityBest).toBeGreaterThan(0.99);
    const regrets = result!.path.map(({regret}) => regret!);
    expect(regrets).toEqual(regrets.toSorted((a, b) => a - b));
    // Units of each date by their arms, from the log itself.
    const means = result!.arms.map(({mean}) => mean!);
    const lost = result!.arms.reduce((sum, {n}, i) => sum + n * (Math.max(...means) - means[i]!), 0);
    expect(result!.regret).toBeCloseTo(lost, 6);
    expect(regrets.at(-1)).toBeCloseTo(lost, 6);
  });

  it("finds by itself how often the probabilities were set anew", async () => {
    const rows = bandit({hours: 2, days: 5, perDay: 1200});
    const {bandit: result, asOf} = await built(rows);
    // Those of the last day have not had their window.
    const expected = adaptiveEstimates(
      batchRows(
        rows.filter(({time}) => time.slice(0, 10) < asOf!),
        keys
      )
    );
    expect(result!.minutes).toBe(120);
    expect(result!.slices).toBe(60);
    result!.arms.forEach(({mean}, i) => expect(mean).toBeCloseTo(expected[i]!.mean!, 9));
  });

  it("gives an arm that nobody got in a slice what the others left", async () => {
    const rows = bandit().filter(({arm, time}) => arm !== "a" || !time.startsWith("2026-01-08"));
    const {bandit: result, health} = await built(rows);
    expect(result!.logged).toBe(true);
    expect(result!.arms[0]!.mean).not.toBe(null);
    expect(health.checks.find(({key}) => key === "sample-ratio")!.status).toBe("ok");
  });

  it("reads amounts, and turns round where less is better", async () => {
    const rows = bandit();
    const amounts = rows.map((row) => ({...row, reward: row.amount}));
    const expected = adaptiveEstimates(batchRows(amounts, keys));
    const more = await built(rows, {primary: "amount"});
    expect(more.bandit).toMatchObject({binary: false, best: "c"});
    more.bandit!.arms.forEach(({mean}, i) => expect(mean).toBeCloseTo(expected[i]!.mean!, 6));
    await place?.remove();
    const less = await built(rows, {direction: "decrease"});
    const share = adaptiveEstimates(batchRows(rows, keys));
    expect(less.bandit!.best).not.toBe("c");
    less.bandit!.arms.forEach(({mean, interval, posteriorMean, plainMean}, i) => {
      expect(mean).toBeCloseTo(share[i]!.mean!, 9);
      expect(interval![0]! < mean! && mean! < interval![1]!).toBe(true);
      expect(Math.abs(posteriorMean! - plainMean!)).toBeLessThan(0.01);
    });
  });

  it("warns plainly where probabilities were not logged, compares nothing, and says how far off plain means are", async () => {
    const {bandit: result, metrics, decision, health} = await built(bandit(), {propensity: false});
    expect(result).toMatchObject({logged: false, reason: "no probabilities were logged"});
    const [warning] = result!.warnings;
    expect(warning!.code).toBe("no-propensities");
    expect(warning!.message).toMatch(/biased/);
    expect(warning!.bias!.map(({variant}) => variant)).toEqual(keys);
    expect(warning!.bias![0]!.relativeBias).toBeLessThan(0);
    expect(metrics[0]!.comparisons[0]).toMatchObject({difference: null, interval: null});
    expect(metrics[0]!.comparisons[0]!.reason).toMatch(/no probabilities were logged: plain means .* are biased/);
    expect(decision.verdict).toBe("incomplete");
    expect(health.checks.find(({key}) => key === "sample-ratio")!.message).toMatch(/^Not judged/);
    expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
  });

  it.each<[string, (row: BanditRow, i: number) => unknown, RegExp]>([
    ["missing", ({propensity}, i) => (i === 7 ? "" : propensity), /of one unit is missing or not above 0/],
    ["above 1", ({propensity}, i) => (i < 3 ? 1.2 : propensity), /of 3 units is missing or not above 0/],
    ["of each unit its own", (_, i) => 0.2 + (i % 97) / 1000, /differ between units of one minute/],
    ["too small together", () => 0.2, /do not add up to 1: 2026-01-05/]
  ])("says why probabilities that are %s cannot be used", async (_, propensityOf, reason) => {
    const rows = bandit({perDay: 3000, days: 2}).map((row, i) => ({...row, propensity: propensityOf(row, i)}));
    const {bandit: result} = await built(rows);
    expect(result!.logged).toBe(false);
    expect(result!.reason).toMatch(reason);
    expect(result!.arms.every(({mean}) => mean === null)).toBe(true);
  });

  it("warns of a split that is not what the logged probabilities say", async () => {
    const rows = bandit().filter(({arm}, i) => arm !== "c" || i % 3 > 0);
    const {health} = await built(rows);
    expect(health.checks.find(({key}) => key === "sample-ratio")).toMatchObject({status: "warning"});
  });

  it("writes the same bytes at any number of threads", async () => {
    const rows = bandit();
    const first = JSON.stringify(await built(rows, {primary: "amount"}));
    await place!.build({threads: 1});
    expect(JSON.stringify(readoutSchema.parse(await place!.readout("any")))).toBe(first);
  });
});
