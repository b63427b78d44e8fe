import {probabilitiesBest} from "../stats/bestPosterior.ts";
import type {AdaptiveDifference, AdaptiveEstimate, Weighting} from "./adaptiveEstimates.ts";
import {adaptiveDifference, adaptiveEstimates} from "./adaptiveEstimates.ts";
import type {ArmSums} from "./arms.ts";
import {addArms, emptyArms} from "./arms.ts";
import type {RewardKind} from "./banditPosteriors.ts";
import {banditPosteriors} from "./banditPosteriors.ts";
import type {BanditBatch} from "./batchRows.ts";
import type {NaiveBias} from "./naiveBias.ts";
import {naiveBias} from "./naiveBias.ts";
import {thompsonBernoulli, thompsonNormal} from "./thompson.ts";

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

/** Something a reader must know before believing the numbers. */
export interface BanditWarning {
  readonly code: "no-propensities" | "small-arm" | "uncertain-best";
  readonly message: string;
  /** With `no-propensities` and a random generator: how far off the plain means are, by arm, in a simulation of this bandit. */
  readonly bias: readonly NaiveBias[] | null;
}

/** The readout of a bandit's log. */
export interface BanditReadout {
  readonly units: number;
  /** The last of `path`; empty without units. */
  readonly arms: readonly ArmBelief[];
  readonly path: readonly BanditPoint[];
  /** The arm with the highest estimate; null without estimates. */
  readonly best: string | null;
  /** Each arm's adaptively weighted estimate, and the plain inverse-propensity one to compare; null without propensities. */
  readonly estimates: readonly ({readonly key: string} & AdaptiveEstimate)[] | null;
  readonly plainEstimates: readonly ({readonly key: string} & AdaptiveEstimate)[] | null;
  /** Each other arm against the control; null without propensities. */
  readonly differences: readonly ({readonly variant: string; readonly baseline: string} & AdaptiveDifference)[] | null;
  readonly warnings: readonly BanditWarning[];
}

/** How to read a log. */
export interface BanditReadoutOptions {
  /** The arms' keys, in the order of the batches' sums. */
  readonly arms: readonly string[];
  /** The arm that others are compared with; defaults to the first. */
  readonly control?: string;
  /** Defaults to `bernoulli`. */
  readonly kind?: RewardKind;
  /** Of the posterior and the estimates' intervals, in (0, 1); defaults to 0.95. */
  readonly confidence?: number;
  readonly weighting?: Weighting;
  /** Points of the path at most, evenly spread with the last; defaults to 60. Each costs a quadrature per arm. */
  readonly points?: number;
  /** Uniform in [0, 1), for the simulated bias; defaults to null: no simulation. */
  readonly random?: (() => number) | null;
}

/**
 * Returns the readout of a bandit's log: shares of traffic, posteriors and P(best) over time, regret in hindsight, estimates with
 * intervals that allow for the data having chosen the arms, and warnings.
 *
 * The posteriors are what the bandit believes; they do not allow for its choices being driven by chance, as the estimates do.
 *
 * @param batches in order of time; none gives a readout without arms, estimates and path
 * @throws {RangeError} if the arms do not fit the batches, the control is none of them, or as `adaptiveEstimates`
 */
export function banditReadout(
  batches: readonly BanditBatch[],
  {
    arms: keys,
    control = keys[0] ?? "",
    kind = "bernoulli",
    confidence = 0.95,
    weighting = "constant",
    points = 60,
    random = null
  }: BanditReadoutOptions
): BanditReadout {
  if (!keys.includes(control)) throw new RangeError(`unknown control: ${control}`);
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  if (!(Number.isInteger(points) && points > 0))
    throw new RangeError(`invalid points; not a positive integer: ${points}`);
  for (const {arms} of batches)
    if (arms.length !== keys.length) throw new RangeError(`invalid batch; not ${keys.length} arms: ${arms.length}`);

  const totals = accumulate(batches, keys.length);
  const last = totals.at(-1) ?? emptyArms(keys.length);
  const isLogged = batches.length > 0 && batches.every(({probabilities}) => probabilities !== null);
  const name = (estimate: AdaptiveEstimate, i: number) => ({key: keys[i] ?? "", ...estimate});
  const estimates = isLogged ? adaptiveEstimates(batches, {weighting, confidence}).map(name) : null;
  const means = estimates ? estimates.map(({mean}) => mean) : last.map(({n, sum}) => (n ? sum / n : null));
  const best = indexOfHighest(means);

  const base = estimates?.[keys.indexOf(control)];
  const path = choosePoints(batches.length, points).map((b) => {
    const {time = "", arms: own = []} = batches[b] ?? {};
    const known = totals[b] ?? [];
    return {
      time,
      units: countUnits(known),
      arms: believe(keys, own, known, kind, confidence),
      ...regretOf(known, means, best)
    };
  });
  return {
    units: countUnits(last),
    arms: path.at(-1)?.arms ?? [],
    path,
    best: keys[best] ?? null,
    estimates,
    plainEstimates: isLogged ? adaptiveEstimates(batches, {weighting: "plain", confidence}).map(name) : null,
    differences:
      (base &&
        estimates
          ?.filter((estimate) => estimate !== base)
          .map((estimate) => ({
            variant: estimate.key,
            baseline: base.key,
            ...adaptiveDifference(estimate, base, {confidence})
          }))) ??
      null,
    warnings: batches.length
      ? findWarnings({batches, keys, last, kind, isLogged, best, estimates, confidence, random})
      : []
  };
}

interface Findings {
  readonly batches: readonly BanditBatch[];
  readonly keys: readonly string[];
  readonly last: readonly ArmSums[];
  readonly kind: RewardKind;
  readonly isLogged: boolean;
  readonly best: number;
  readonly estimates: readonly ({readonly key: string} & AdaptiveEstimate)[] | null;
  readonly confidence: number;
  readonly random: (() => number) | null;
}

function findWarnings({
  batches,
  keys,
  last,
  kind,
  isLogged,
  best,
  estimates,
  confidence,
  random
}: Findings): BanditWarning[] {
  const warnings: BanditWarning[] = [];
  if (!isLogged)
    warnings.push({
      code: "no-propensities",
      message:
        "the probabilities of the arms were not logged: plain means of data that chose its own arms are biased, mostly downwards, and no interval of them can be trusted",
      bias: random && simulateBias(batches, last, kind, confidence, random)
    });
  const small = last.flatMap(({n, sum}, i) =>
    n < 100 || (kind === "bernoulli" && Math.min(sum, n - sum) < 30) ? [keys[i] ?? ""] : []
  );
  if (small.length)
    warnings.push({
      code: "small-arm",
      message: `intervals rest on the normal approximation and may be too narrow for arms with few units or few conversions: ${small.join(", ")}`,
      bias: null
    });
  const top = estimates?.[best];
  const rivals = top
    ? (estimates ?? []).filter(
        (other) => other !== top && (adaptiveDifference(top, other, {confidence}).lower ?? -1) <= 0
      )
    : [];
  if (rivals.length)
    warnings.push({
      code: "uncertain-best",
      message: `the best arm in hindsight cannot be told from: ${rivals.map(({key}) => key).join(", ")}`,
      bias: null
    });
  return warnings;
}

/** The bias of plain means if the truth were what was observed, the policy Thompson sampling, and batches as large as here (20 at most). */
function simulateBias(
  batches: readonly BanditBatch[],
  last: readonly ArmSums[],
  kind: RewardKind,
  confidence: number,
  random: () => number
): NaiveBias[] | null {
  if (last.some(({n}) => n === 0)) return null;
  const standardDeviation = Math.sqrt(
    last.reduce((total, {n, sum, sumSquares}) => total + Math.max(0, sumSquares - sum ** 2 / n), 0) / countUnits(last)
  );
  const count = Math.min(20, batches.length);
  const arms = last.map(({n, sum}) =>
    kind === "bernoulli"
      ? {kind: "bernoulli" as const, mean: sum / n}
      : {kind: "normal" as const, mean: sum / n, standardDeviation}
  );
  const batchSize = Math.min(kind === "normal" ? 1_000 : Infinity, Math.max(1, Math.round(countUnits(last) / count)));
  const policy = kind === "bernoulli" ? thompsonBernoulli() : thompsonNormal();
  return naiveBias({arms, policy, batches: count, batchSize, random}, 200, {confidence});
}

function accumulate(batches: readonly BanditBatch[], count: number): ArmSums[][] {
  let known = count ? emptyArms(count) : [];
  return batches.map(({arms}) => (known = addArms(known, arms)));
}

function choosePoints(length: number, points: number): number[] {
  const count = Math.min(length, points);
  return Array.from({length: count}, (_, i) => Math.round(((i + 1) * length) / count) - 1);
}

function countUnits(arms: readonly ArmSums[]): number {
  return arms.reduce((total, {n}) => total + n, 0);
}

function indexOfHighest(means: readonly (number | null)[]): number {
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
