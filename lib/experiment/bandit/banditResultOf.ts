import {banditPath, banditReadout} from "../../bandit/index.ts";
import type {RewardKind} from "../../bandit/index.ts";
import type {Moments} from "../../stats/moments.ts";
import type {Experiment} from "../definition/definition.ts";
import {variantKeys} from "../health/healthInput.ts";
import type {BanditResult, MetricResult} from "../readout.ts";
import {sha256} from "../sha256.ts";
import type {ExperimentSums, MetricSums, RewardSums} from "../sums.ts";
import {banditBatches, weightingOf} from "./banditBatches.ts";

/**
 * Returns the readout of a bandit on its first primary metric: each arm's traffic, belief and honest estimate, beliefs and regret as of each
 * day, and what a reader must know first. Null for an experiment that is none, or whose primary metric is not a sum of a unit.
 *
 * What is shown by day comes from published rows; the estimates come from all slices.
 */
export function banditResultOf(
  experiment: Experiment,
  metrics: readonly MetricResult[],
  {bandit, metrics: published}: Pick<ExperimentSums, "bandit" | "metrics">
): BanditResult | null {
  const metric = metrics.find(({role}) => role === "primary");
  const own = metric === undefined ? undefined : bandit?.metrics[metric.key];
  if (bandit == null || metric === undefined || own === undefined) return null;
  const keys = variantKeys(experiment);
  const kind: RewardKind = own.binary ? "bernoulli" : "normal";
  const confidence = 1 - experiment.alpha;
  const {direction} = metric;
  const batches = banditBatches(experiment, bandit, metric.key) ?? [];
  const readout = banditReadout(batches, {
    arms: keys,
    kind,
    direction,
    confidence,
    weighting: weightingOf(experiment),
    points: 1,
    random: uniform(experiment.id)
  });
  const means = keys.map((_, i) => readout.estimates?.[i]?.mean ?? readout.arms[i]?.plainMean ?? null);
  const days = gainsOf(keys, published[metric.key]?.days ?? []);
  const probabilities = bandit.slices.flatMap((slice) => Object.values(slice.probabilities ?? {}));
  const names = new Map(keys.map((key) => [key, experiment.variants[key]?.name ?? key]));
  return {
    metric: metric.key,
    binary: own.binary,
    logged: bandit.reason === null && bandit.slices.length > 0,
    reason: bandit.reason,
    weighting: weightingOf(experiment),
    minutes: bandit.minutes,
    slices: bandit.slices.length,
    floor: probabilities.length === 0 ? null : probabilities.reduce((a, b) => Math.min(a, b)),
    units: readout.units,
    best: readout.best,
    regret: banditPath(batches, {arms: keys, means, kind, direction, points: 1}).at(-1)?.regret ?? null,
    arms: keys.map((variant, i) => {
      const [arm, estimate] = [readout.arms[i], readout.estimates?.[i]];
      return {
        variant,
        n: arm?.n ?? 0,
        share: arm?.totalShare ?? null,
        plainMean: arm?.plainMean ?? null,
        mean: estimate?.mean ?? null,
        standardError: estimate?.standardError ?? null,
        interval: bounds(estimate?.lower ?? null, estimate?.upper ?? null),
        posteriorMean: arm?.mean ?? null,
        credibleInterval: bounds(arm?.lower ?? null, arm?.upper ?? null),
        probabilityBest: arm?.probabilityBest ?? null,
        reason: estimate?.reason ?? (estimate === undefined ? bandit.reason : null)
      };
    }),
    path: banditPath(days, {arms: keys, means, kind, direction, confidence}).map(({time, units, regret, arms}) => ({
      date: time,
      units,
      regret,
      arms: arms.map((arm, i) => ({
        variant: keys[i] ?? "",
        mean: arm.mean,
        interval: bounds(arm.lower, arm.upper),
        probabilityBest: arm.probabilityBest
      }))
    })),
    warnings: readout.warnings.map(({code, message, bias}) => ({
      code,
      message: spell(message, names),
      bias: bias?.map((each, i) => ({variant: keys[i] ?? "", ...each})) ?? null
    }))
  };
}

/** What each day added to the rewards that are known. */
function gainsOf(keys: readonly string[], days: MetricSums["days"]): {time: string; arms: RewardSums[]}[] {
  const at = (i: number): RewardSums[] => keys.map((key) => rewardsOf(days[i]?.arms[key]));
  return days.map(({date}, i) => {
    const before = at(i - 1);
    return {
      time: date,
      arms: at(i).map(({n, sum, sumSquares}, k) => ({
        n: n - (before[k]?.n ?? 0),
        sum: sum - (before[k]?.sum ?? 0),
        sumSquares: sumSquares - (before[k]?.sumSquares ?? 0)
      }))
    };
  });
}

/** Sums about zero. */
function rewardsOf(moments: Moments | undefined): RewardSums {
  if (moments === undefined) return {n: 0, sum: 0, sumSquares: 0};
  const {n, y, yy, origin} = moments;
  const o = origin.y ?? 0;
  return {n, sum: y + n * o, sumSquares: yy + 2 * o * y + n * o * o};
}

function bounds(lower: number | null, upper: number | null): [number, number] | null {
  return lower === null || upper === null ? null : [lower, upper];
}

/** Puts the variants' names where a message lists their keys, after its colon. */
function spell(message: string, names: ReadonlyMap<string, string>): string {
  const at = message.lastIndexOf(": ");
  const listed = at < 0 ? [] : message.slice(at + 2).split(", ");
  if (listed.length === 0 || !listed.every((key) => names.has(key))) return message;
  return `${message.slice(0, at)}: ${listed.map((key) => names.get(key)).join(", ")}`;
}

/** A seeded generator of uniform numbers in [0, 1) (mulberry32), so that a readout is the same every night. */
function uniform(seed: string): () => number {
  let state = Number.parseInt(sha256(seed).slice(0, 8), 16) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
