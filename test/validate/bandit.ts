import type {BanditRun} from "../../lib/bandit/index.ts";
import {
  adaptiveDifference,
  adaptiveEstimates,
  addArms,
  epsilonGreedy,
  simulateBandit,
  thompsonBernoulli,
  thompsonNormal
} from "../../lib/bandit/index.ts";
import {normal} from "../../lib/stats/index.ts";
import type {Measured, ValidationOptions, ValidationRow} from "./row.ts";
import {row} from "./row.ts";

type Scene = {
  readonly data: string;
  readonly run: Omit<BanditRun, "random">;
  readonly isRare?: boolean;
};

const amounts = (...means: number[]) => means.map((mean) => ({kind: "normal" as const, mean, standardDeviation: 1}));
const shares = (...means: number[]) => means.map((mean) => ({kind: "bernoulli" as const, mean}));

const scenes: readonly Scene[] = [
  {
    data: "Thompson, normal rewards, equal means 1, 1, 1, sd 1, floor 0.01",
    run: {arms: amounts(1, 1, 1), policy: thompsonNormal({floor: 0.01}), batches: 20, batchSize: 100}
  },
  {
    data: "Thompson, normal rewards, means 1 and 1.3, sd 1, floor 0.002 (the first arm is given up)",
    run: {arms: amounts(1, 1.3), policy: thompsonNormal({floor: 0.002}), batches: 20, batchSize: 250},
    isRare: true
  },
  {
    data: "Thompson, 0/1 rewards, equal means 0.1, 0.1, 0.1, floor 0.02",
    run: {arms: shares(0.1, 0.1, 0.1), policy: thompsonBernoulli({floor: 0.02}), batches: 20, batchSize: 2_000}
  },
  {
    data: "epsilon-greedy 0.1, 0/1 rewards, equal means 0.05, 0.05, 0.05 (a dozen conversions an arm)",
    run: {arms: shares(0.05, 0.05, 0.05), policy: epsilonGreedy({epsilon: 0.1}), batches: 40, batchSize: 100},
    isRare: true
  },
  {
    data: "epsilon-greedy 0.2, normal rewards, means 100 and 100, sd 10 (far from 0)",
    run: {
      arms: [100, 100].map((mean) => ({kind: "normal" as const, mean, standardDeviation: 10})),
      policy: epsilonGreedy({epsilon: 0.2}),
      batches: 20,
      batchSize: 100
    }
  }
];

/**
 * Returns how often intervals hold the first arm's mean on data that a bandit collected: adaptively weighted ones, which should, and
 * plain inverse-propensity and naive ones, which should not where an arm is given up or all arms are equal. False positives are
 * differences (last arm against first) that are called where there are none.
 */
export async function validate({quick, seed}: ValidationOptions): Promise<ValidationRow[]> {
  const experiments = quick ? 500 : 3_000;
  return scenes.flatMap(({data, run, isRare = false}) => {
    const truth = run.arms[0]?.mean ?? NaN;
    const isNull = run.arms.every(({mean}) => mean === truth);
    const held = {adaptive: 0, plain: 0, naive: 0};
    let calls = 0;
    const random = seeded(seed);
    for (let i = 0; i < experiments; ++i) {
      const {batches} = simulateBandit({...run, random});
      const estimates = adaptiveEstimates(batches);
      const [own, last] = [estimates[0], estimates.at(-1)];
      const [plain] = adaptiveEstimates(batches, {weighting: "plain"});
      if (own && holds(own, truth)) ++held.adaptive;
      if (plain && holds(plain, truth)) ++held.plain;
      if (holds(naiveInterval(batches.map(({arms}) => arms).reduce(addArms)[0]), truth)) ++held.naive;
      if (own && last && !holds({...adaptiveDifference(last, own)}, 0)) ++calls;
    }
    const n = run.batches * run.batchSize;
    const measured = (method: string, coverage: number, rest: Partial<Measured>): Measured => ({
      method,
      data,
      n: `${n} in all`,
      experiments,
      falsePositiveRate: null,
      coverage: coverage / experiments,
      ...rest
    });
    return [
      row(
        measured("bandit: adaptively weighted AIPW, constant allocation", held.adaptive, {
          falsePositiveRate: isNull ? calls / experiments : null,
          sides: "upper"
        })
      ),
      row(
        measured("bandit: plain inverse-propensity interval", held.plain, {
          sides: "upper",
          ...(isRare && {
            expectedToFail: "a few units with weights in the hundreds carry the estimate; shown for comparison"
          })
        })
      ),
      row(
        measured("bandit: naive mean and interval", held.naive, {
          sides: "upper",
          ...(isNull && {
            expectedToFail: "means of adaptively collected data are biased downwards; shown for comparison"
          })
        })
      )
    ];
  });
}

function holds({lower, upper}: {readonly lower: number | null; readonly upper: number | null}, value: number): boolean {
  return lower !== null && upper !== null && lower <= value && value <= upper;
}

function naiveInterval({n, sum, sumSquares} = {n: 0, sum: 0, sumSquares: 0}) {
  if (n < 2) return {lower: null, upper: null};
  const mean = sum / n;
  const margin = normal.quantile(0.975) * Math.sqrt((sumSquares - n * mean ** 2) / (n - 1) / n);
  return {lower: mean - margin, upper: mean + margin};
}

/** A seeded generator of uniform numbers in [0, 1): mulberry32. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
