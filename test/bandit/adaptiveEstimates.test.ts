import {describe, expect, it} from "vitest";
import {
  adaptiveDifference,
  adaptiveEstimates,
  addReward,
  emptyArms,
  epsilonGreedy,
  simulateBandit,
  thompsonNormal
} from "../../lib/bandit/index.ts";
import {seeded} from "./random.ts";

const rewards: readonly (readonly [number, number, number])[] = [
  [0, 0, 1], [0, 1, 2], [0, 0, 3], [0, 1, 1.5], [1, 0, 2.5], [1, 0, 0.5], [1, 1, 2], [1, 0, 1],
  [2, 0, 2], [2, 0, 3.5], [2, 1, 4], [2, 0, 1], [2, 0, 2.5], [3, 0, 1], [3, 0, 2], [3, 1, 3]
]; // prettier-ignore
const probabilities = [[0.5, 0.5], [0.7, 0.3], [0.9, 0.1], [0.95, 0.05]]; // prettier-ignore
const log = probabilities.map((ps, b) => ({
  time: String(b),
  probabilities: ps,
  arms: rewards
    .filter(([batch]) => batch === b)
    .reduce((arms, [, arm, reward]) => addReward(arms, arm, reward), emptyArms(2))
}));

describe("adaptiveEstimates(batches, {weighting})", () => {
  // From a Python program that goes through the sixteen rewards one by one, as the paper writes the sums.
  it.each([
    [
      "constant",
      0,
      [
        [1.8071117763962148, 0.33689898050239625],
        [3.215237394563703, 1.0785166311632597]
      ]
    ],
    [
      "two-point",
      0.5,
      [
        [1.8145546960865602, 0.3798291566783508],
        [2.98485568340774, 0.9729680668515547]
      ]
    ],
    [
      "plain",
      0,
      [
        [1.6795112781954888, 0.4179867306674704],
        [7.104166666666667, 4.17485848375427]
      ]
    ]
  ] as const)("agrees with a row-by-row computation: %s", (weighting, decay, expected) => {
    const estimates = adaptiveEstimates(log, {weighting, decay});
    estimates.forEach(({mean, standardError, lower, upper}, i) => {
      expect(mean).toBeCloseTo(expected[i]![0], 10);
      expect(standardError).toBeCloseTo(expected[i]![1], 10);
      expect(upper! - lower!).toBeCloseTo(2 * 1.959963984540054 * standardError!, 10);
    });
  });

  it("gives two-point with a fixed floor the constant weights", () => {
    const constant = adaptiveEstimates(log);
    adaptiveEstimates(log, {weighting: "two-point"}).forEach(({mean}, i) =>
      expect(mean).toBeCloseTo(constant[i]!.mean!, 12)
    );
  });

  it("is the plain difference in means, with its interval, in one batch with even traffic and centred rewards", () => {
    const one = [
      {
        time: "0",
        probabilities: [0.5, 0.5],
        arms: [
          {n: 50, sum: 10, sumSquares: 60},
          {n: 50, sum: -10, sumSquares: 60}
        ]
      }
    ];
    expect(adaptiveEstimates(one).map(({mean}) => mean)).toEqual([expect.closeTo(0.2), expect.closeTo(-0.2)]);
  });

  it("covers an arm that Thompson sampling all but gave up, where the plain intervals do not", () => {
    const random = seeded(11);
    const arms = [1, 1.3].map((mean) => ({kind: "normal" as const, mean, standardDeviation: 1}));
    const runs = 400;
    let [adaptive, plain] = [0, 0];
    for (let r = 0; r < runs; ++r) {
      const {batches} = simulateBandit({
        arms,
        policy: thompsonNormal({floor: 0.002}),
        batches: 20,
        batchSize: 250,
        random
      });
      const [own] = adaptiveEstimates(batches);
      const [usual] = adaptiveEstimates(batches, {weighting: "plain"});
      if (own!.lower! <= 1 && 1 <= own!.upper!) ++adaptive;
      if (usual!.lower! <= 1 && 1 <= usual!.upper!) ++plain;
    }
    expect(adaptive / runs).toBeGreaterThan(0.92);
    expect(plain / runs).toBeLessThan(0.93);
    expect(plain).toBeLessThan(adaptive);
  });

  it("has no estimate for an arm that hardly anyone got, says why, and passes it on to differences", () => {
    const batches = [
      {
        time: "0",
        probabilities: [0.9, 0.1],
        arms: [
          {n: 9, sum: 3, sumSquares: 3},
          {n: 0, sum: 0, sumSquares: 0}
        ]
      }
    ];
    const [first, second] = adaptiveEstimates(batches);
    expect(second).toEqual({
      n: 0,
      mean: null,
      standardError: null,
      lower: null,
      upper: null,
      reason: "fewer than two units got this arm"
    });
    expect(adaptiveDifference(second!, first!)).toMatchObject({
      difference: null,
      reason: "fewer than two units got this arm"
    });
    expect(adaptiveEstimates([])).toEqual([]);
  });

  it("leaves batches out in which an arm was impossible, which the plain estimate cannot", () => {
    const batches = [
      ...log,
      {
        time: "4",
        probabilities: [1, 0],
        arms: [
          {n: 5, sum: 10, sumSquares: 30},
          {n: 0, sum: 0, sumSquares: 0}
        ]
      }
    ];
    expect(adaptiveEstimates(batches)[1]?.mean).toBeCloseTo(adaptiveEstimates(log)[1]!.mean!, 10);
    expect(adaptiveEstimates(batches, {weighting: "plain"})[1]?.reason).toBe(
      "the arm could not be chosen in some batches"
    );
  });

  it("has null errors, never NaN, for rewards that are all 0", () => {
    const batches = [
      {
        time: "0",
        probabilities: [0.5, 0.5],
        arms: [
          {n: 5, sum: 0, sumSquares: 0},
          {n: 5, sum: 0, sumSquares: 0}
        ]
      }
    ];
    expect(adaptiveEstimates(batches)[0]).toEqual({
      n: 5,
      mean: 0,
      standardError: null,
      lower: null,
      upper: null,
      reason: "the rewards do not vary"
    });
  });

  it("refuses batches without probabilities or with impossible ones, and options out of range", () => {
    const [first] = log;
    expect(() => adaptiveEstimates([{...first!, probabilities: null}])).toThrow("missing probabilities of batch: 0");
    expect(() => adaptiveEstimates([{...first!, probabilities: [1, 0]}])).toThrow(
      "invalid probability of arm 1; 0, yet it was chosen: 0"
    );
    expect(() => adaptiveEstimates([{...first!, probabilities: [1]}])).toThrow("invalid probabilities; not 2: 1");
    expect(() => adaptiveEstimates([{...first!, probabilities: [0.5, 0.4]}])).toThrow(
      "invalid probabilities; not adding up to 1: 0.9"
    );
    expect(() => adaptiveEstimates(log, {confidence: 95})).toThrow("invalid confidence; not in (0, 1): 95");
    expect(() => adaptiveEstimates(log, {decay: 1})).toThrow("invalid decay; not in [0, 1): 1");
  });

  it("gives differences with variances added", () => {
    const [control, treatment] = adaptiveEstimates(log);
    const difference = adaptiveDifference(treatment!, control!);
    expect(difference.difference).toBeCloseTo(3.215237394563703 - 1.8071117763962148, 10);
    expect(difference.standardError).toBeCloseTo(Math.hypot(1.0785166311632597, 0.33689898050239625), 10);
  });

  it("agrees with an even experiment analysed as usual, to the order of 1/n", () => {
    const arms = [10, 10.5].map((mean) => ({kind: "normal" as const, mean, standardDeviation: 2}));
    const {batches} = simulateBandit({
      arms,
      policy: epsilonGreedy({epsilon: 1}),
      batches: 50,
      batchSize: 200,
      random: seeded(4)
    });
    const [estimate] = adaptiveEstimates(batches);
    const [n, sum] = batches.reduce(([n, sum], batch) => [n + batch.arms[0]!.n, sum + batch.arms[0]!.sum], [0, 0]);
    expect(Math.abs(estimate!.mean! - sum / n)).toBeLessThan(0.3);
  });
});
