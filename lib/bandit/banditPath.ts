import {probabilitiesBest} from "../stats/bestPosterior.ts";
import type {ArmSums} from "./arms.ts";
import {addArms, emptyArms} from "./arms.ts";
import type {RewardKind} from "./banditPosteriors.ts";
import {banditPosteriors} from "./banditPosteriors.ts";
import type {BanditBatch} from "./batchRows.ts";

/** What is known of one arm at one time. */
export interface ArmBelief {
  readonly key: string;
  /** Units and their plain mean so far; the mean is null without units. */
  readonly n: number;
  readonly plainMean: number | null;
  /** Share of the units of this batch, and of all so far, in [0, 1]; null without units. */
  readonly share: number | null;
  readonly totalShare: number | null;
  /** The posterior of the arm's mean, with its equal-tailed interval; null where `banditPosteriors` has none. */
  readonly mean: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** The posterior probability that the arm's mean is the best, by quadrature; null where there is no posterior. */
  readonly probabilityBest: number | null;
}

/** What is known after a batch. */
export interface BanditPoint {
  readonly time: string;
  readonly units: number;
  readonly arms: readonly ArmBelief[];
  /** Regret so far against the arm that is best in hindsight, by the arms' final estimates; 0 or more. Null if there are none. */
  readonly regret: number | null;
  /** That arm's estimated mean times units so far, less the rewards that came: noisier, and may be negative. */
  readonly realizedRegret: number | null;
}

/** Which way a reward is better: higher or lower. */
export type Direction = "increase" | "decrease";

/** How to follow a log. */
export interface BanditPathOptions {
  /** The arms' keys, in the order of the batches' sums. */
  readonly arms: readonly string[];
  /** Each arm's mean in hindsight, which regret is measured by; null where there is none. */
  readonly means: readonly (number | null)[];
  /** Defaults to `bernoulli`. */
  readonly kind?: RewardKind;
  /** Whether the best arm has the highest mean or the lowest; defaults to `increase`, the highest. */
  readonly direction?: Direction;
  /** Of the posteriors' intervals, in (0, 1); defaults to 0.95. */
  readonly confidence?: number;
  /** Points at most, evenly spread with the last; defaults to 60. Each costs a quadrature per arm. */
  readonly points?: number;
}

/**
 * Returns what was known after each batch: shares of traffic, posteriors, P(best), and the regret against the arm with the best
 * mean in hindsight.
 *
 * @param batches in order of time; none gives []. Only their sums and times are looked at
 * @throws {RangeError} if sums are impossible
 */
export function banditPath(
  batches: readonly Pick<BanditBatch, "time" | "arms">[],
  {arms: keys, means, kind = "bernoulli", direction = "increase", confidence = 0.95, points = 60}: BanditPathOptions
): BanditPoint[] {
  const totals = accumulate(batches, keys.length);
  const best = indexOfBest(means, direction);
  return choosePoints(batches.length, points).map((b) => {
    const {time = "", arms: own = []} = batches[b] ?? {};
    const known = totals[b] ?? [];
    return {
      time,
      units: countUnits(known),
      arms: believe(keys, own, known, {kind, direction, confidence}),
      ...regretOf(known, means, {best, direction})
    };
  });
}

function accumulate(batches: readonly Pick<BanditBatch, "arms">[], count: number): ArmSums[][] {
  let known = count ? emptyArms(count) : [];
  return batches.map(({arms}) => (known = addArms(known, arms)));
}

function choosePoints(length: number, points: number): number[] {
  const count = Math.min(length, points);
  return Array.from({length: count}, (_, i) => Math.round(((i + 1) * length) / count) - 1);
}

/** Returns how many units the arms have together. */
export function countUnits(arms: readonly ArmSums[]): number {
  return arms.reduce((total, {n}) => total + n, 0);
}

/** Returns the place of the best mean; -1 without any. */
export function indexOfBest(means: readonly (number | null)[], direction: Direction = "increase"): number {
  const sign = direction === "increase" ? 1 : -1;
  const best = means.reduce<number>((a, mean) => (mean === null ? a : Math.max(a, sign * mean)), -Infinity);
  return means.findIndex((mean) => mean !== null && sign * mean === best);
}

/** Returns sums of rewards of which more is better: 1 less the reward, or the reward's negative. */
export function turnArms(arms: readonly ArmSums[], kind: RewardKind): ArmSums[] {
  return arms.map(({n, sum, sumSquares}) =>
    kind === "bernoulli" ? {n, sum: n - sum, sumSquares: n - 2 * sum + sumSquares} : {n, sum: -sum, sumSquares}
  );
}

function regretOf(
  known: readonly ArmSums[],
  means: readonly (number | null)[],
  {best, direction}: {best: number; direction: Direction}
): Pick<BanditPoint, "regret" | "realizedRegret"> {
  const top = means[best] ?? null;
  if (top === null) return {regret: null, realizedRegret: null};
  const sign = direction === "increase" ? 1 : -1;
  let [regret, rewards] = [0, 0];
  for (const [i, {n, sum}] of known.entries()) {
    regret += sign * n * (top - (means[i] ?? top));
    rewards += sum;
  }
  return {regret, realizedRegret: sign * (countUnits(known) * top - rewards)};
}

function believe(
  keys: readonly string[],
  own: readonly ArmSums[],
  known: readonly ArmSums[],
  {kind, direction, confidence}: Required<Pick<BanditPathOptions, "kind" | "direction" | "confidence">>
): ArmBelief[] {
  const posteriors = banditPosteriors(known, kind);
  const turned = direction === "increase" ? posteriors : banditPosteriors(turnArms(known, kind), kind);
  const bests = turned && probabilitiesBest(turned);
  const [ownUnits, units] = [countUnits(own), countUnits(known)];
  return keys.map((key, i) => {
    const {n, sum} = known[i] ?? {n: 0, sum: 0};
    const posterior = posteriors?.[i];
    return {
      key,
      n,
      plainMean: n ? sum / n : null,
      share: ownUnits ? (own[i]?.n ?? 0) / ownUnits : null,
      totalShare: units ? n / units : null,
      mean: posterior?.mean ?? null,
      lower: posterior?.quantile((1 - confidence) / 2) ?? null,
      upper: posterior?.quantile((1 + confidence) / 2) ?? null,
      probabilityBest: bests?.[i] ?? null
    };
  });
}
