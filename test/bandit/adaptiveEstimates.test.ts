import {describe, expect, it} from "vitest";
import {
  adaptiveDifference,
  adaptiveEstimates,
  addReward,
  compareAdaptive,
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
  // From a Python program that goes through the sixteen rewards one by one; the last number is the quantile of the interval: that of t
  // with 10 and 4 degrees of freedom, and the normal one.
  it.each([
    [
      "constant",
      0,
      [
        [1.8071117763962148, 0.2842786882815756, 2.2281388519649385],
        [3.215237394563703, 0.7854362449660699, 2.7764451051977987]
      ]
    ],
    [
      "two-point",
      0.5,
      [
        [1.8145546960865602, 0.29141379607563717, 2.2281388519649385],
        [2.98485568340774, 0.6666766569607285, 2.7764451051977987]
      ]
    ],
    [
      "plain",
      0,
      [
        [1.6795112781954888, 0.4179867306674704, 1.959963984540054],
        [7.104166666666667, 4.17485848375427, 1.959963984540054]
      ]
    ]
  ] as const)("agrees with a row-by-row computation: %s", (weighting, decay, expected) => {
    const estimates = adaptiveEstimates(log, {weighting, decay});
    estimates.forEach(({mean, standardError, lower, upper}, i) => {
      expect(mean).toBeCloseTo(expected[i]![0], 10);
      expect(standardError).toBeCloseTo(expected[i]![1], 10);
      expect(upper! - lower!).toBeCloseTo(2 * expected[i]![2] * standardError!, 8);
    });
  });

  // From the same program, by bisection: a reward counts as 1 if it is 2 or more.
  it("holds the shares that the score test does not reject, and differences put together from them", () => {
    const binary = probabilities.map((ps, b) => ({
      time: String(b),
      probabilities: ps,
      arms: rewards
        .filter(([batch]) => batch === b)
        .reduce((arms, [, arm, reward]) => addReward(arms, arm, Number(reward >= 2)), emptyArms(2))
    }));
    const [control, treatment] = adaptiveEstimates(binary);
    const expected = [
      [0.5326690900680682, 0.14435737428924517, 0.27629050183363535, 0.7759102409009008],
      [0.983577494296442, 0.16959172093449754, 0.4106502153661984, 1]
    ] as const;
    [control!, treatment!].forEach(({mean, standardError, lower, upper}, i) =>
      [mean, standardError, lower, upper].forEach((value, k) => expect(value).toBeCloseTo(expected[i]![k]!, 10))
    );
    const difference = adaptiveDifference(treatment!, control!);
    expect(difference.difference).toBeCloseTo(0.45090840422837386, 10);
    expect(difference.standardError).toBeCloseTo(0.2227114799942062, 10);
    expect(difference.lower).toBeCloseTo(-0.17151582762711393, 10);
    expect(difference.upper).toBeCloseTo(0.7078124314421648, 10);
    expect(difference.pValue).toBeCloseTo(0.1408663897180153, 10);
    // The p-value is the level at which the interval just reaches 0, also of the relative one.
    const level = 1 - difference.pValue!;
    const wide = compareAdaptive(control!, treatment!, {level: level + 1e-9});
    const narrow = compareAdaptive(control!, treatment!, {level: level - 1e-9});
    expect(wide.interval![0]! < 0 && narrow.interval![0]! > 0).toBe(true);
    expect(wide.relativeInterval![0]! < 0 && narrow.relativeInterval![0]! > 0).toBe(true);
    expect(compareAdaptive(control!, treatment!, {alternative: "less"}).pValue).toBeCloseTo(1 - difference.pValue! / 2);
  });

  it("does not mind where amounts begin: all of 1,000 more moves means and bounds by 1,000", () => {
    const moved = log.map((batch) => ({
      ...batch,
      arms: batch.arms.map(({n, sum, sumSquares}) => ({
        n,
        sum: sum + n * 1000,
        sumSquares: sumSquares + 2000 * sum + n * 1e6
      }))
    }));
    const before = adaptiveEstimates(log);
    adaptiveEstimates(moved).forEach(({mean, lower, upper}, i) => {
      expect(mean! - 1000).toBeCloseTo(before[i]!.mean!, 6);
      expect(lower! - 1000).toBeCloseTo(before[i]!.lower!, 6);
      expect(upper! - 1000).toBeCloseTo(before[i]!.upper!, 6);
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
      reason: "fewer than two units got this arm",
      terms: null
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

  it("has null errors, never NaN, for amounts that are all 0, and Wilson's bounds for shares that are", () => {
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
      reason: "the rewards do not vary",
      terms: null
    });
    const [control, treatment] = adaptiveEstimates(batches, {kind: "bernoulli"});
    // z^2 / (n + z^2), as Wilson's interval has it.
    expect(control!.upper).toBeCloseTo(0.43448246478317476, 12);
    expect(control).toMatchObject({mean: 0, standardError: 0, lower: 0, reason: null});
    expect(compareAdaptive(control!, treatment!)).toMatchObject({
      difference: 0,
      pValue: 1,
      relativeInterval: null,
      relativeReason: "control is zero"
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

  it("gives differences with variances added, with an interval that leaves out 0 where p says so", () => {
    const [control, treatment] = adaptiveEstimates(log);
    for (const confidence of [0.5, 0.8, 0.9, 0.95]) {
      const {lower, upper, pValue} = adaptiveDifference(treatment!, control!, {confidence});
      expect(lower! > 0 || upper! < 0).toBe(pValue! < 1 - confidence);
    }
    const difference = adaptiveDifference(treatment!, control!);
    expect(difference.difference).toBeCloseTo(3.215237394563703 - 1.8071117763962148, 10);
    expect(difference.standardError).toBeCloseTo(Math.hypot(0.7854362449660699, 0.2842786882815756), 10);
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
    expect(Math.abs(estimate!.mean! - sum / n)).toBeLessThan(0.01);
    expect(estimate!.standardError! / (2 / Math.sqrt(n))).toBeCloseTo(1, 1);
  });

  it.each([
    ["few conversions in arms that are given up", [0.05, 0.05, 0.05], epsilonGreedy({epsilon: 0.1}), 40, 100],
    ["small batches", [0.2, 0.3], epsilonGreedy({epsilon: 0.4}), 60, 10],
    ["ten arms that are alike", Array.from({length: 10}, () => 0.5), epsilonGreedy({epsilon: 0.5}), 20, 40],
    ["a given up arm with a strong floor", [0.1, 0.3], epsilonGreedy({epsilon: 0.02}), 20, 100]
  ])("covers in 95% of the worlds, also for differences: %s", (_, means, policy, batches, batchSize) => {
    const random = seeded(21);
    const arms = means.map((mean) => ({kind: "bernoulli" as const, mean}));
    const [truth, other] = [means[0]!, means.at(-1)!];
    const runs = 600;
    const held = [0, 0, 0];
    for (let r = 0; r < runs; ++r) {
      const estimates = adaptiveEstimates(simulateBandit({arms, policy, batches, batchSize, random}).batches);
      const [first, last] = [estimates[0]!, estimates.at(-1)!];
      const difference = adaptiveDifference(last, first);
      [first, last, difference].forEach(({lower, upper}, i) => {
        const value = [truth, other, other - truth][i]!;
        if (lower !== null && upper !== null && lower <= value && value <= upper) held[i] = held[i]! + 1;
      });
    }
    // Four standard errors of 600 runs below 95% are 91.4%.
    for (const count of held) expect(count / runs).toBeGreaterThan(0.92);
  });
});
