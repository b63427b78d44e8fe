import {readFileSync} from "node:fs";
import {describe, expect, it} from "vitest";
import type {ArmSums, Policy} from "../../lib/bandit/index.ts";
import {
  addArms,
  addReward,
  chooseArm,
  emptyArms,
  epsilonGreedy,
  shrunkMeans,
  thompsonBernoulli,
  thompsonNormal,
  ucb1,
  withFloor
} from "../../lib/bandit/index.ts";
import {seeded} from "./random.ts";

const hits = (sum: number, n: number): ArmSums => ({n, sum, sumSquares: sum});
const policies: readonly (readonly [string, Policy])[] = [
  ["thompsonBernoulli", thompsonBernoulli({floor: 0.01})],
  ["thompsonNormal", thompsonNormal({floor: 0.01})],
  ["ucb1", ucb1({floor: 0.01})],
  ["epsilonGreedy", epsilonGreedy({epsilon: 0.03})]
];

describe("every policy", () => {
  it.each(policies)(
    "%s starts evenly, keeps the floor, adds up to 1, and changes nothing that it is given",
    (_, policy) => {
      expect(policy(emptyArms(3))).toEqual([
        expect.closeTo(1 / 3, 3),
        expect.closeTo(1 / 3, 3),
        expect.closeTo(1 / 3, 3)
      ]);
      const arms = Object.freeze([hits(10, 1000), hits(12, 1000), hits(500, 1000)].map((sums) => Object.freeze(sums)));
      const probabilities = policy(arms);
      expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0.01 - 1e-12);
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(probabilities[2]).toBeGreaterThan(0.95);
      expect(policy([hits(3, 10)])).toEqual([1]);
    }
  );

  it.each(policies)("%s refuses sums that no rewards have", (_, policy) => {
    expect(() => policy([])).toThrow("missing arms");
    expect(() => policy([{n: -1, sum: 0, sumSquares: 0}])).toThrow("invalid n; not a non-negative integer: -1");
    expect(() => policy([{n: 1.5, sum: 0, sumSquares: 0}])).toThrow("invalid n");
    expect(() => policy([{n: 2, sum: NaN, sumSquares: 0}])).toThrow("invalid sum; not finite: NaN");
    expect(() => policy([{n: 2, sum: 4, sumSquares: 1}])).toThrow("invalid sumSquares; not at least sum^2 / n: 1");
    expect(() => policy([{n: 0, sum: 1, sumSquares: 1}])).toThrow("invalid sumSquares");
  });
});

describe("thompsonBernoulli({prior, floor})", () => {
  // scipy quad over beta posteriors, see test/reference/bayesian.json.
  const reference: {
    cases: {fn: string; prior: [number, number]; arms?: {successes: number; n: number}[]; expected: number[]}[];
  } = JSON.parse(readFileSync(new URL("../reference/bayesian.json", import.meta.url), "utf8"));
  const cases = reference.cases.filter(({fn}) => fn === "probabilityBest");
  it.each(cases)(
    "gives each arm its posterior probability of being best, to 0.002 of scipy (case %#)",
    ({prior, arms = [], expected}) => {
      const probabilities = thompsonBernoulli({prior})(arms.map(({successes, n}) => hits(successes, n)));
      probabilities.forEach((p, i) => expect(Math.abs(p - expected[i]!)).toBeLessThan(2e-3));
    }
  );
  it("has found reference cases", () => expect(cases.length).toBeGreaterThan(1));

  it("gives the same as drawing from the posteriors, also when one arm is hardly known", () => {
    // Beta(1, 1) against Beta(11, 91): P(U > X) = 1 - E X = 91/102.
    const [, unknown] = thompsonBernoulli()([hits(10, 100), hits(0, 0)]);
    expect(unknown).toBeCloseTo(91 / 102, 3);
  });

  it("refuses a prior that is none, and sums that are not of 0 and 1", () => {
    expect(() => thompsonBernoulli({prior: [0, 1]})).toThrow("invalid prior; not two positive numbers: 0, 1");
    expect(() => thompsonBernoulli({prior: [NaN, 1]})).toThrow("invalid prior");
    expect(() => thompsonBernoulli()([{n: 2, sum: 5, sumSquares: 13}])).toThrow(
      "invalid sum; not of rewards in [0, 1]: 5 of 2"
    );
    expect(() => thompsonBernoulli({floor: 0.6})([hits(1, 2), hits(1, 2)])).toThrow(
      "invalid floor; not in [0, 1 / 2]: 0.6"
    );
    expect(() => thompsonBernoulli({floor: NaN})([hits(1, 2)])).toThrow("invalid floor");
  });
});

describe("thompsonNormal({floor})", () => {
  it("gives two arms the normal probability of their difference", () => {
    // Variance within arms 1, 50 units each, means 0 and 0.2: P = Phi(0.2 / sqrt(2 / 50)) = Phi(1) = 0.8413.
    const within = 98 / 2;
    const arms = [
      {n: 50, sum: 0, sumSquares: within},
      {n: 50, sum: 10, sumSquares: within + 2}
    ];
    expect(thompsonNormal()(arms)[1]).toBeCloseTo(0.841, 2);
  });
  it("tries arms with fewer than two rewards first, and settles when rewards do not vary", () => {
    expect(
      thompsonNormal()([
        {n: 5, sum: 5, sumSquares: 5},
        {n: 1, sum: 1, sumSquares: 1},
        {n: 0, sum: 0, sumSquares: 0}
      ])
    ).toEqual([0, 0.5, 0.5]);
    expect(
      thompsonNormal()([
        {n: 5, sum: 5, sumSquares: 5},
        {n: 5, sum: 10, sumSquares: 20}
      ])
    ).toEqual([0, 1]);
    expect(
      thompsonNormal()([
        {n: 5, sum: 5, sumSquares: 5},
        {n: 5, sum: 5, sumSquares: 5}
      ])
    ).toEqual([0.5, 0.5]);
  });
});

describe("ucb1({range, floor})", () => {
  it("adds sqrt(2 ln N / n) to the mean, times the range", () => {
    // By hand, N = 110: 0.5 + sqrt(2 * 4.7005 / 100) = 0.807; 0.2 + sqrt(2 * 4.7005 / 10) = 1.170. With range 0.1: 0.531 and 0.297.
    const arms = [hits(50, 100), hits(2, 10)];
    expect(ucb1()(arms)).toEqual([0, 1]);
    expect(ucb1({range: 0.1})(arms)).toEqual([1, 0]);
    expect(() => ucb1({range: 0})).toThrow("invalid range; not a positive number: 0");
  });
  it("tries new arms first", () => {
    expect(ucb1()([hits(1, 1), hits(0, 0), hits(0, 0)])).toEqual([0, 0.5, 0.5]);
  });
});

describe("epsilonGreedy({epsilon})", () => {
  it("spreads epsilon evenly and gives the rest to the best, ties sharing", () => {
    expect(epsilonGreedy({epsilon: 0.2})([hits(1, 10), hits(3, 10)])).toEqual([
      expect.closeTo(0.1),
      expect.closeTo(0.9)
    ]);
    expect(epsilonGreedy({epsilon: 0})([hits(1, 10), hits(1, 10), hits(0, 10)])).toEqual([0.5, 0.5, 0]);
    expect(epsilonGreedy({epsilon: 1})([hits(1, 10), hits(9, 10)])).toEqual([0.5, 0.5]);
    expect(() => epsilonGreedy({epsilon: 1.1})).toThrow("invalid epsilon; not in [0, 1]: 1.1");
  });
});

describe("withFloor(probabilities, floor)", () => {
  it("lifts all to the floor and keeps the sum and the order", () => {
    expect(withFloor([1, 0, 0, 0], 0.05)).toEqual([0.85, 0.05, 0.05, 0.05].map((p) => expect.closeTo(p)));
    expect(withFloor([0.9, 0.1], 0.5)).toEqual([0.5, 0.5]);
    expect(() => withFloor([0.5, 0.5], 0.51)).toThrow(RangeError);
    expect(() => withFloor([0.5, 0.5], -0.1)).toThrow(RangeError);
  });
});

describe("chooseArm(probabilities, random)", () => {
  it("draws arms in proportion, never one with probability 0", () => {
    const random = seeded(1);
    const counts = [0, 0, 0];
    for (let i = 0; i < 10_000; ++i) ++counts[chooseArm([0.7, 0, 0.3], random)]!;
    expect(counts[1]).toBe(0);
    expect(counts[0]! / 10_000).toBeCloseTo(0.7, 1);
    expect(chooseArm([0.5, 0.5, 0], () => 1 - 2 ** -53)).toBe(1);
    expect(chooseArm([0, 1], () => 0)).toBe(1);
  });
  it("refuses what are no probabilities", () => {
    expect(() => chooseArm([0.5, 0.4], Math.random)).toThrow("invalid probabilities; not adding up to 1: 0.9");
    expect(() => chooseArm([1.5, -0.5], Math.random)).toThrow("invalid probability; not in [0, 1]: 1.5");
    expect(() => chooseArm([], Math.random)).toThrow("invalid probabilities");
  });
});

describe("sums of arms", () => {
  it("add, one reward or a batch at a time, to the same", () => {
    const one = addReward(addReward(emptyArms(2), 1, 3), 1, -1);
    expect(one).toEqual([
      {n: 0, sum: 0, sumSquares: 0},
      {n: 2, sum: 2, sumSquares: 10}
    ]);
    expect(addArms(emptyArms(2), one)).toEqual(one);
  });
  it("refuse arms that are not there, rewards that are not finite, and sets of two lengths", () => {
    expect(() => addReward(emptyArms(2), 2, 1)).toThrow("unknown arm: 2");
    expect(() => addReward(emptyArms(2), 0, NaN)).toThrow("invalid reward; not finite: NaN");
    expect(() => addArms(emptyArms(2), emptyArms(3))).toThrow("invalid arms; not as many as before: 2, 3");
    expect(() => emptyArms(0)).toThrow("invalid count; not a positive integer: 0");
  });
});

describe("shrunkMeans(arms, {strength})", () => {
  it("draws small arms towards the mean of all", () => {
    expect(shrunkMeans([hits(0, 0), hits(10, 20)])).toEqual([0.5, 0.5]);
    expect(shrunkMeans([hits(1, 1), hits(0, 9)], {strength: 0})).toEqual([1, 0]);
    expect(shrunkMeans([hits(0, 0)])).toEqual([0]);
    expect(shrunkMeans([hits(0, 0)], {strength: 0})).toEqual([0]);
    expect(() => shrunkMeans([hits(0, 1)], {strength: -1})).toThrow("invalid strength; not a non-negative number: -1");
  });
});
