import type {AdaptiveDifference} from "./adaptiveDifference.ts";
import {adaptiveDifference} from "./adaptiveDifference.ts";
import type {AdaptiveEstimate, Weighting} from "./adaptiveEstimates.ts";
import {adaptiveEstimates} from "./adaptiveEstimates.ts";
import type {ArmSums} from "./arms.ts";
import {addArms, emptyArms} from "./arms.ts";
import type {RewardKind} from "./banditPosteriors.ts";
import type {ArmBelief, BanditPoint, Direction} from "./banditPath.ts";
import {banditPath, countUnits, indexOfBest, turnArms} from "./banditPath.ts";
import type {BanditBatch} from "./batchRows.ts";
import type {NaiveBias} from "./naiveBias.ts";
import {naiveBias} from "./naiveBias.ts";
import {thompsonBernoulli, thompsonNormal} from "./thompson.ts";

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
  /** Whether the best arm has the highest mean or the lowest; defaults to `increase`, the highest. */
  readonly direction?: Direction;
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
    direction = "increase",
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

  const last = batches.map(({arms}) => arms).reduce(addArms, emptyArms(keys.length));
  const isLogged = batches.length > 0 && batches.every(({probabilities}) => probabilities !== null);
  const name = (estimate: AdaptiveEstimate, i: number) => ({key: keys[i] ?? "", ...estimate});
  const estimates = isLogged ? adaptiveEstimates(batches, {weighting, confidence, kind}).map(name) : null;
  const means = estimates ? estimates.map(({mean}) => mean) : last.map(({n, sum}) => (n ? sum / n : null));
  const best = indexOfBest(means, direction);

  const base = estimates?.[keys.indexOf(control)];
  const path = banditPath(batches, {arms: keys, means, kind, direction, confidence, points});
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
      ? findWarnings({batches, keys, last, kind, direction, isLogged, best, estimates, confidence, random})
      : []
  };
}

interface Findings {
  readonly batches: readonly BanditBatch[];
  readonly keys: readonly string[];
  readonly last: readonly ArmSums[];
  readonly kind: RewardKind;
  readonly direction: Direction;
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
  direction,
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
      bias: random && simulateBias(batches, last, {kind, direction, confidence, random})
    });
  const small = last.flatMap(({n, sum}, i) =>
    (kind === "bernoulli" ? Math.min(sum, n - sum) < 5 : n < 100) ? [keys[i] ?? ""] : []
  );
  if (small.length)
    warnings.push({
      code: "small-arm",
      message: `intervals rest on the normal approximation, which is rough for arms with ${kind === "bernoulli" ? "fewer than five conversions" : "few units"}: ${small.join(", ")}`,
      bias: null
    });
  const top = estimates?.[best];
  const rivals = top
    ? (estimates ?? []).filter(
        (other) => other !== top && !isBetter(adaptiveDifference(top, other, {confidence}), direction)
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
  seen: readonly ArmSums[],
  {kind, direction, confidence, random}: Pick<Findings, "kind" | "direction" | "confidence"> & {random: () => number}
): NaiveBias[] | null {
  const last = direction === "increase" ? seen : turnArms(seen, kind);
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
  const found = naiveBias({arms, policy, batches: count, batchSize, random}, 200, {confidence});
  if (direction === "increase") return found;
  return found.map(({bias, coverage}, i) => {
    const [truth, off] = [seen[i] ? seen[i].sum / seen[i].n : 0, bias === null ? null : -bias];
    return {bias: off, relativeBias: off === null || truth === 0 ? null : off / Math.abs(truth), coverage};
  });
}

function isBetter({lower, upper}: AdaptiveDifference, direction: Direction): boolean {
  return direction === "increase" ? (lower ?? -1) > 0 : (upper ?? 1) < 0;
}
