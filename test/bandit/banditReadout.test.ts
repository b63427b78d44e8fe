import {describe, expect, it} from "vitest";
import type {BanditRow} from "../../lib/bandit/index.ts";
import {banditReadout, batchRows, simulateBandit, thompsonBernoulli, thompsonNormal} from "../../lib/bandit/index.ts";
import {seeded} from "./random.ts";

const keys = ["a", "b", "c", "d", "e"];
const arms = [0.04, 0.05, 0.06, 0.05, 0.1].map((mean) => ({kind: "bernoulli" as const, mean}));
const {batches} = simulateBandit({
  arms,
  policy: thompsonBernoulli({floor: 0.02}),
  batches: 30,
  batchSize: 1000,
  random: seeded(8)
});

describe("banditReadout(batches, options)", () => {
  it("follows five arms until one has the traffic, with P(best), regret and estimates", () => {
    const readout = banditReadout(batches, {arms: keys, points: 10});
    expect(readout.units).toBe(30_000);
    expect(readout.path).toHaveLength(10);
    expect(readout.path.at(-1)?.time).toBe("30");
    expect(readout.best).toBe("e");
    for (const point of readout.path)
      expect(point.arms.reduce((total, {probabilityBest}) => total + probabilityBest!, 0)).toBeCloseTo(1, 6);
    expect(readout.arms[4]!.probabilityBest).toBeGreaterThan(0.999);
    expect(readout.arms[4]!.share).toBeGreaterThan(0.85);
    expect(readout.arms[4]!.lower! < 0.1 && 0.1 < readout.arms[4]!.upper!).toBe(true);
    const regrets = readout.path.map(({regret}) => regret!);
    expect(regrets).toEqual([...regrets].sort((a, b) => a - b));
    // Five intervals of 95% each: one may miss, by a little.
    const held = readout.estimates!.map(({lower, upper}, i) => lower! < arms[i]!.mean && arms[i]!.mean < upper!);
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(4);
    readout.estimates!.forEach(({mean, standardError}, i) =>
      expect(Math.abs(mean! - arms[i]!.mean)).toBeLessThan(3 * standardError!)
    );
    expect(readout.differences?.map(({variant, baseline}) => [variant, baseline])).toEqual([
      ["b", "a"],
      ["c", "a"],
      ["d", "a"],
      ["e", "a"]
    ]);
    expect(readout.warnings.map(({code}) => code)).not.toContain("no-propensities");
  });

  it("warns plainly without propensities, and shows by simulation how far off the plain means are", () => {
    const blind = batches.map((batch) => ({...batch, probabilities: null}));
    const readout = banditReadout(blind, {arms: keys, points: 2, random: seeded(1)});
    expect([readout.estimates, readout.plainEstimates, readout.differences]).toEqual([null, null, null]);
    const [warning] = readout.warnings;
    expect(warning?.code).toBe("no-propensities");
    expect(warning?.message).toMatch(/biased/);
    expect(warning?.bias).toHaveLength(5);
    expect(warning!.bias![0]!.bias).toBeLessThan(0);
    expect(readout.best).toBe("e");
    expect(banditReadout(blind, {arms: keys, points: 2}).warnings[0]?.bias).toBe(null);
    expect(banditReadout([...batches, ...blind], {arms: keys, points: 1}).warnings[0]?.code).toBe("no-propensities");
  });

  it("names the arms whose intervals rest on too little, and those that the best cannot be told from", () => {
    const {batches: few} = simulateBandit({
      arms,
      policy: thompsonBernoulli({floor: 0.02}),
      batches: 1,
      batchSize: 300,
      random: seeded(8)
    });
    const early = banditReadout(few, {arms: keys, points: 1});
    expect(early.warnings.map(({code}) => code)).toEqual(["small-arm", "uncertain-best"]);
    expect(early.warnings[0]?.message).toMatch(/rough for arms with fewer than five conversions: [a-e](, [a-e])*$/);
  });

  it("reads amounts", () => {
    const amounts = [10, 12].map((mean) => ({kind: "normal" as const, mean, standardDeviation: 3}));
    const run = simulateBandit({
      arms: amounts,
      policy: thompsonNormal({floor: 0.05}),
      batches: 10,
      batchSize: 300,
      random: seeded(8)
    });
    const readout = banditReadout(run.batches, {arms: ["a", "b"], kind: "normal", points: 3});
    expect(readout.best).toBe("b");
    expect(readout.arms[1]!.probabilityBest).toBeGreaterThan(0.99);
    expect(readout.differences![0]!.lower).toBeGreaterThan(1);
    const alike = [
      {
        time: "0",
        probabilities: [0.5, 0.5],
        arms: [
          {n: 2, sum: 2, sumSquares: 2},
          {n: 2, sum: 2, sumSquares: 2}
        ]
      }
    ];
    expect(banditReadout(alike, {arms: ["a", "b"], kind: "normal"}).arms[0]).toMatchObject({
      plainMean: 1,
      mean: null,
      probabilityBest: null
    });
  });

  it("reads an empty log, one unit, and refuses arms that do not fit", () => {
    expect(banditReadout([], {arms: ["a", "b"]})).toEqual({
      units: 0,
      arms: [],
      path: [],
      best: null,
      estimates: null,
      plainEstimates: null,
      differences: null,
      warnings: []
    });
    const one = banditReadout(
      batchRows([{time: "2026-01-05", arm: "a", reward: 1, probabilities: [0.5, 0.5]}], ["a", "b"]),
      {arms: ["a", "b"]}
    );
    expect(one).toMatchObject({units: 1, best: null, estimates: [{mean: null}, {mean: null}]});
    expect(one.path[0]).toMatchObject({regret: null, realizedRegret: null});
    expect(JSON.stringify(one)).not.toMatch(/NaN|Infinity/);
    expect(() => banditReadout(batches, {arms: ["a", "b"]})).toThrow("invalid batch; not 2 arms: 5");
    expect(() => banditReadout(batches, {arms: keys, control: "z"})).toThrow("unknown control: z");
    expect(() => banditReadout(batches, {arms: keys, points: 0})).toThrow("invalid points; not a positive integer: 0");
    expect(() => banditReadout(batches, {arms: keys, confidence: 95})).toThrow("invalid confidence; not in (0, 1): 95");
  });
});

describe("batchRows(rows, keys, {by})", () => {
  const row = (time: string, arm: string, reward: number, rest: Partial<BanditRow> = {}): BanditRow => ({
    time,
    arm,
    reward,
    ...rest
  });

  it("puts rows with equal probabilities on one day together, in order of time", () => {
    const rows = Object.freeze([
      row("2026-01-06T09:00:00Z", "b", 1, {probabilities: [0.2, 0.8]}),
      row("2026-01-05T10:00:00Z", "a", 1, {probabilities: [0.5, 0.5]}),
      row("2026-01-05T09:00:00Z", "b", 0, {probabilities: [0.5, 0.5]}),
      row("2026-01-06T08:00:00Z", "a", 2, {probabilities: [0.5, 0.5]})
    ]);
    expect(batchRows(rows, ["a", "b"])).toEqual([
      {
        time: "2026-01-05",
        probabilities: [0.5, 0.5],
        arms: [
          {n: 1, sum: 1, sumSquares: 1},
          {n: 1, sum: 0, sumSquares: 0}
        ]
      },
      {
        time: "2026-01-06",
        probabilities: [0.5, 0.5],
        arms: [
          {n: 1, sum: 2, sumSquares: 4},
          {n: 0, sum: 0, sumSquares: 0}
        ]
      },
      {
        time: "2026-01-06",
        probabilities: [0.2, 0.8],
        arms: [
          {n: 0, sum: 0, sumSquares: 0},
          {n: 1, sum: 1, sumSquares: 1}
        ]
      }
    ]);
    expect(batchRows([], ["a"])).toEqual([]);
  });

  it("puts probabilities together from the chosen arms' propensities where that is certain", () => {
    const sure = [
      row("1", "a", 1, {propensity: 0.7}),
      row("1", "b", 0, {propensity: 0.3}),
      row("1", "a", 1, {propensity: 0.7})
    ];
    expect(batchRows(sure, ["a", "b"])[0]?.probabilities).toEqual([0.7, 0.3]);
    expect(batchRows(sure.slice(0, 1), ["a", "b"])[0]?.probabilities).toBe(null);
    expect(batchRows([...sure, row("1", "a", 1, {propensity: 0.6})], ["a", "b"])[0]?.probabilities).toBe(null);
    expect(batchRows([row("1", "a", 1), row("1", "b", 1)], ["a", "b"])[0]?.probabilities).toBe(null);
  });

  it.each([
    [row("1", "z", 1), "unknown arm: z"],
    [row("1", "a", NaN), "invalid reward; not finite: NaN"],
    [row("1", "a", 1, {propensity: 0}), "invalid propensity; not in (0, 1]: 0"],
    [row("1", "a", 1, {propensity: 1.1}), "invalid propensity; not in (0, 1]: 1.1"],
    [row("1", "a", 1, {probabilities: [0.5]}), "invalid probabilities; not 2: 0.5"],
    [row("1", "a", 1, {probabilities: [0.5, 0.6]}), "invalid probabilities; not adding up to 1: 1.1"],
    [row("1", "a", 1, {probabilities: [0, 1]}), "invalid probability of a; 0, yet it was chosen: 1"]
  ])("refuses row %#", (bad, message) => {
    expect(() => batchRows([bad], ["a", "b"])).toThrow(message);
  });
  it("refuses an arm named twice", () => {
    expect(() => batchRows([], ["a", "a"])).toThrow("duplicate arm: a");
  });
});
