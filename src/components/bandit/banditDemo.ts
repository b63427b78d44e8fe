import {banditReadout, epsilonGreedy, simulateBandit, thompsonBernoulli, ucb1} from "../../lib/bandit/index.ts";
import type {BanditBatch, BanditReadout, Policy, SimulatedBandit} from "../../lib/bandit/index.ts";
import {RandomStream, textToWord} from "../../lib/simulate/random.ts";

/** The demo's arms, control first, with the share of units that each truly converts. */
export const arms = [
  {key: "Buy", mean: 0.1},
  {key: "Get it now", mean: 0.104},
  {key: "Add to bag", mean: 0.108},
  {key: "Order today", mean: 0.115},
  {key: "One click", mean: 0.128}
] as const;
export const armKeys: readonly string[] = arms.map(({key}) => key);
export const BATCHES = 40;
export const BATCH_SIZE = 750;
export const FLOOR = 0.02;

/** Ways to split the traffic. */
export const policies = {
  thompson: {name: "Thompson sampling", make: (): Policy => thompsonBernoulli({floor: FLOOR})},
  ucb: {name: "UCB1", make: (): Policy => ucb1({floor: FLOOR})},
  epsilon: {name: "Epsilon-greedy, 10%", make: (): Policy => epsilonGreedy({epsilon: 0.1})},
  even: {name: "Even split, no bandit", make: (): Policy => (sums) => sums.map(() => 1 / sums.length)}
} as const;
export type PolicyName = keyof typeof policies;
export const policyNames = Object.keys(policies).filter(isPolicy);

export function isPolicy(key: string): key is PolicyName {
  return Object.hasOwn(policies, key);
}

/** What a reader chooses. */
export type BanditSettings = {seed: number; policy: PolicyName; logged: boolean};

/** Returns the demo's run: the same for the same seed and policy. */
export function banditRun({seed, policy}: Pick<BanditSettings, "seed" | "policy">): SimulatedBandit {
  const stream = new RandomStream().start(seed, 0, textToWord("bandit"));
  return simulateBandit({
    arms: arms.map(({mean}) => ({kind: "bernoulli" as const, mean})),
    policy: policies[policy].make(),
    batches: BATCHES,
    batchSize: BATCH_SIZE,
    random: () => stream.uniform()
  });
}

/** Returns what a readout says after the first so many batches; without probabilities if they were not logged. */
export function banditAfter(
  batches: readonly BanditBatch[],
  count: number,
  {logged, random = null}: {logged: boolean; random?: (() => number) | null}
): BanditReadout {
  const seen = batches.slice(0, count);
  return banditReadout(logged ? seen : seen.map((batch) => ({...batch, probabilities: null})), {
    arms: armKeys,
    points: 1,
    random
  });
}

/** Returns the regret that an even split would have had after so many units. */
export function evenRegret(units: number): number {
  const best = Math.max(...arms.map(({mean}) => mean));
  return units * (best - arms.reduce((sum, {mean}) => sum + mean, 0) / arms.length);
}
