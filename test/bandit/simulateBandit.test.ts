import {describe, expect, it} from "vitest";
import {
  epsilonGreedy,
  naiveBias,
  regretCurve,
  simulateBandit,
  thompsonBernoulli,
  thompsonNormal,
  ucb1
} from "../../lib/bandit/index.ts";
import {seeded} from "./random.ts";

const bernoulli = (...means: number[]) => means.map((mean) => ({kind: "bernoulli" as const, mean}));
const five = bernoulli(0.04, 0.05, 0.06, 0.05, 0.1);

describe("simulateBandit(run)", () => {
  it("repeats itself with a seed, and logs every unit with its probabilities", () => {
    const run = () =>
      simulateBandit({
        arms: five,
        policy: thompsonBernoulli({floor: 0.01}),
        batches: 10,
        batchSize: 100,
        random: seeded(5)
      });
    expect(run()).toEqual(run());
    for (const {arms, probabilities} of run().batches) {
      expect(arms.reduce((total, {n}) => total + n, 0)).toBe(100);
      expect(probabilities?.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    }
  });

  it.each([
    ["Thompson", thompsonBernoulli({floor: 0.01})],
    ["epsilon-greedy", epsilonGreedy({epsilon: 0.1})]
  ])("converges on the best of five arms: %s", (_, policy) => {
    const {batches, regret} = simulateBandit({arms: five, policy, batches: 50, batchSize: 500, random: seeded(2)});
    expect(batches.at(-1)?.arms[4]?.n).toBeGreaterThan(430);
    expect(regret).toEqual([...regret].sort((a, b) => a - b));
  });

  it("converges with amounts, and with UCB1", () => {
    const amounts = [1, 2, 3].map((mean) => ({kind: "normal" as const, mean, standardDeviation: 3}));
    const normal = simulateBandit({
      arms: amounts,
      policy: thompsonNormal(),
      batches: 20,
      batchSize: 100,
      random: seeded(1)
    });
    expect(normal.batches.at(-1)?.arms[2]?.n).toBeGreaterThan(90);
    const bound = simulateBandit({
      arms: bernoulli(0.2, 0.8),
      policy: ucb1(),
      batches: 1000,
      batchSize: 1,
      random: seeded(1)
    });
    expect(bound.batches.reduce((total, {arms}) => total + arms[1]!.n, 0)).toBeGreaterThan(850);
  });

  it("has no regret when all arms are equal", () => {
    expect(
      simulateBandit({arms: bernoulli(0.5, 0.5), policy: ucb1(), batches: 3, batchSize: 10, random: seeded(1)}).regret
    ).toEqual([0, 0, 0]);
  });

  it.each([
    [{batches: 0}, "invalid batches; not a positive integer: 0"],
    [{batchSize: 1.5}, "invalid batchSize; not a positive integer: 1.5"],
    [{arms: []}, "invalid count; not a positive integer: 0"],
    [{arms: bernoulli(1.2)}, "invalid mean; not in [0, 1]: 1.2"],
    [
      {arms: [{kind: "normal" as const, mean: 0, standardDeviation: -1}]},
      "invalid standardDeviation; not a non-negative number: -1"
    ],
    [{arms: [{kind: "normal" as const, mean: NaN, standardDeviation: 1}]}, "invalid mean; not finite: NaN"],
    [{policy: () => [0.5, 0.4]}, "invalid probabilities; not adding up to 1: 0.9"]
  ])("refuses run %#", (change, message) => {
    expect(() =>
      simulateBandit({
        arms: bernoulli(0.5, 0.6),
        policy: ucb1(),
        batches: 2,
        batchSize: 2,
        random: seeded(1),
        ...change
      })
    ).toThrow(message);
  });
});

describe("regretCurve(run, runs)", () => {
  it("shows Thompson below even traffic, whose regret is known", () => {
    const run = {arms: bernoulli(0.1, 0.2), batches: 20, batchSize: 100, random: seeded(3)};
    const even = regretCurve({...run, policy: epsilonGreedy({epsilon: 1})}, 50).at(-1);
    const thompson = regretCurve({...run, policy: thompsonBernoulli()}, 50).at(-1);
    expect(even?.units).toBe(2000);
    expect(even?.mean).toBeGreaterThan(95); // 2000 units x 1/2 x 0.1 = 100
    expect(even?.mean).toBeLessThan(105);
    expect(thompson?.mean).toBeLessThan(30);
    expect(thompson?.lower).toBeLessThanOrEqual(thompson!.mean);
    expect(() => regretCurve({...run, policy: ucb1()}, 0)).toThrow("invalid runs; not a positive integer: 0");
  });
});

describe("naiveBias(run, runs)", () => {
  const arms = [1, 1].map((mean) => ({kind: "normal" as const, mean, standardDeviation: 1}));
  it("finds plain means too low under Thompson sampling, and right under even traffic", () => {
    const run = {arms, batches: 20, batchSize: 50, random: seeded(1)};
    for (const {bias, relativeBias, coverage} of naiveBias({...run, policy: thompsonNormal()}, 1000)) {
      expect(bias).toBeLessThan(-0.01);
      expect(relativeBias).toBe(bias);
      expect(coverage).toBeLessThan(0.94);
    }
    for (const {bias, coverage} of naiveBias({...run, policy: epsilonGreedy({epsilon: 1})}, 1000)) {
      expect(Math.abs(bias!)).toBeLessThan(0.006); // 4 x 1 / sqrt(500 x 1000)
      expect(coverage).toBeGreaterThan(0.925);
    }
  });
  it("has null for an arm that was never chosen, or whose mean is 0", () => {
    const only = naiveBias(
      {arms: bernoulli(0, 0.5), policy: () => [0, 1], batches: 1, batchSize: 10, random: seeded(1)},
      2
    );
    expect(only[0]).toEqual({bias: null, relativeBias: null, coverage: null});
    expect(naiveBias({arms: bernoulli(0), policy: () => [1], batches: 1, batchSize: 10, random: seeded(1)}, 2)).toEqual(
      [{bias: 0, relativeBias: null, coverage: 1}]
    );
  });
});
