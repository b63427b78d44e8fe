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
  /** The posterior probability that the arm's mean is the highest, by quadrature; null where there is no posterior. */
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

/** How to follow a log. */
export interface BanditPathOptions {
  /** The arms' keys, in the order of the batches' sums. */
  readonly arms: readonly string[];
  /** Each arm's mean in hindsight, which regret is measured by; null where there is none. */
  readonly means: readonly (number | null)[];
  /** Defaults to `bernoulli`. */
  readonly kind?: RewardKind;
  /** Of the posteriors' intervals, in (0, 1); defaults to 0.95. */
  readonly confidence?: number;
  /** Points at most, evenly spread with the last; defaults to 60. Each costs a quadrature per arm. */
  readonly points?: number;
}

/**
 * Returns what was known after each batch: shares of traffic, posteriors, P(best), and the regret against the arm with the highest
 * mean in hindsight.
 *
 * @param batches in order of time; none gives []. Only their sums and times are looked at
 * @throws {RangeError} if sums are impossible
 */
export function banditPath(
  batches: readonly Pick<BanditBatch, "time" | "arms">[],
  {arms: keys, means, kind = "bernoulli", confidence = 0.95, points = 60}: BanditPathOptions
): BanditPoint[] {
  const totals = accumulate(batches, keys.length);
  const best = indexOfHighest(means);
  return choosePoints(batches.length, points).map((b) => {
    const {time = "", arms: own = []} = batches[b] ?? {};
    const known = totals[b] ?? [];
    return {
      time,
      units: countUnits(known),
      arms: believe(keys, own, known, kind, confidence),
      ...regretOf(known, means, best)
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

/** Returns the place of the highest mean; -1 without any. */
export function indexOfHighest(means: readonly (number | null)[]): number {
  const highest = means.reduce<number>((best, mean) => Math.max(best, mean ?? -Infinity), -Infinity);
  return means.findIndex((mean) => mean === highest);
}

function regretOf(
  known: readonly ArmSums[],
  means: readonly (number | null)[],
  best: number
): Pick<BanditPoint, "regret" | "realizedRegret"> {
  const highest = means[best] ?? null;
  if (highest === null) return {regret: null, realizedRegret: null};
  let [regret, rewards] = [0, 0];
  for (const [i, {n, sum}] of known.entries()) {
    regret += n * (highest - (means[i] ?? highest));
    rewards += sum;
  }
  return {regret, realizedRegret: countUnits(known) * highest - rewards};
}

function believe(
  keys: readonly string[],
  own: readonly ArmSums[],
  known: readonly ArmSums[],
  kind: RewardKind,
  confidence: number
): ArmBelief[] {
  const posteriors = banditPosteriors(known, kind);
  const bests = posteriors && probabilitiesBest(posteriors);
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
