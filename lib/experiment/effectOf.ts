import {
  compareCuped,
  compareCupedRatios,
  compareEstimates,
  compareMeans,
  compareProportions,
  compareQuantiles,
  compareRatios
} from "../stats/index.ts";
import type {ArmEstimate, Comparison, Moments} from "../stats/index.ts";
import {notYetJudged} from "./notYetJudged.ts";
import type {Stratum} from "./sums.ts";
import type {Alternative, Kind} from "./words.ts";

/** The effect of a treatment on a metric, at any level of confidence, with what was done to the plain comparison. */
export interface Effect {
  /** Returns the comparison at a level in (0, 1); test and interval are one method. */
  readonly at: (level: number) => Comparison;
  /** Whether the covariate was used (CUPED). */
  readonly adjusted: boolean;
  /** Share of the variance that the covariate took away, in [0, 1]; null without one. */
  readonly varianceReduction: number | null;
  /** Entry phases that the estimate is stratified by; 1 = none. */
  readonly phases: number;
}

/** What effectOf needs to know of a metric. */
export interface EffectOptions {
  readonly kind: Kind;
  readonly alternative: Alternative;
  /** Whether to use the covariate where it varies. */
  readonly covariate: boolean;
  /** Of a quantile metric, in (0, 1). */
  readonly quantile?: number;
  /** Total over all arms below which there is no effect yet; see `notYetJudged`. */
  readonly minimumTotal?: number;
}

/**
 * Returns the effect of a treatment against the control from their moments: the score test for plain shares, Welch's
 * test for means, the delta method for ratios, CUPED where a covariate varies. With several entry phases (weights that
 * changed) each phase is compared by itself and the differences are averaged by the phases' units (post-stratified,
 * normal test), because pooled means of unequally weighted phases are biased.
 */
export function effectOf(
  [control, treatment]: readonly [string, string],
  strata: readonly Omit<Stratum, "phase">[],
  {kind, alternative, covariate, quantile, minimumTotal}: EffectOptions
): Effect {
  const early = notYetJudged(strata, minimumTotal);
  if (early !== null) return nothing(alternative, early);
  if (kind === "quantile" && quantile !== undefined) {
    const sketches = strata.length === 1 ? strata[0]!.sketches : undefined;
    const [c, t] = [sketches?.[control], sketches?.[treatment]];
    if (c !== undefined && t !== undefined) {
      const at = (level: number): Comparison => compareQuantiles(c, t, quantile, {level, alternative});
      return {at, adjusted: false, varianceReduction: null, phases: 1};
    }
    return nothing(
      alternative,
      strata.length > 1 ? "a quantile is not stratified by entry phase" : "no values in an arm"
    );
  }
  const pairs = strata.flatMap(({arms}) => {
    const [c, t] = [arms[control], arms[treatment]];
    return c === undefined || t === undefined || c.n === 0 || t.n === 0 ? [] : [{c, t}];
  });
  const [first] = pairs;
  if (first === undefined) return nothing(alternative, noPair(strata, control, treatment));
  const compare = comparer(kind, covariate && pairs.every(({c, t}) => varies(c) && varies(t)));
  const reduction = (at: ReturnType<typeof compare>): number | null => at.varianceReduction ?? null;
  if (pairs.length === 1) {
    const sample = compare(first.c, first.t, {level: 0.95, alternative});
    const varianceReduction = reduction(sample);
    return {
      at: (level) => compare(first.c, first.t, {level, alternative}),
      adjusted: varianceReduction !== null,
      varianceReduction,
      phases: 1
    };
  }
  const parts = pairs.map(({c, t}) => ({share: c.n + t.n, result: compare(c, t, {level: 0.95, alternative})}));
  const total = parts.reduce((sum, {share}) => sum + share, 0);
  const side = (arm: "control" | "treatment"): ArmEstimate => {
    let [n, estimate, variance]: [number, number | null, number | null] = [0, 0, 0];
    for (const {share, result} of parts) {
      const own = result[arm];
      n += own.n;
      estimate = estimate === null || own.estimate === null ? null : estimate + (share / total) * own.estimate;
      variance =
        variance === null || own.standardError === null ? null : variance + ((share / total) * own.standardError) ** 2;
    }
    return {n, estimate, standardError: variance === null ? null : Math.sqrt(variance)};
  };
  const shared = parts.reduce((sum, {share, result}) => sum + (share / total) ** 2 * result.covariance, 0);
  const reductions = parts.map(({result}) => reduction(result));
  const adjusted = reductions.every((value) => value !== null);
  const [c, t] = [side("control"), side("treatment")];
  return {
    at: (level) =>
      compareEstimates(`${parts[0]!.result.method}, stratified by entry phase`, c, t, {
        level,
        alternative,
        covariance: shared
      }),
    adjusted,
    varianceReduction: adjusted
      ? parts.reduce((sum, {share}, i) => sum + (share / total) * (reductions[i] ?? 0), 0)
      : null,
    phases: parts.length
  };
}

/** Why no phase has units in both arms. */
function noPair(strata: readonly Omit<Stratum, "phase">[], control: string, treatment: string): string {
  const has = (variant: string) => strata.some(({arms}) => (arms[variant]?.n ?? 0) > 0);
  if (has(control) && has(treatment)) return "no entry phase has units in both arms";
  return has(control) ? "no units in treatment" : "no units in control";
}

function nothing(alternative: Alternative, reason?: string): Effect {
  const none: ArmEstimate = {n: 0, estimate: null, standardError: null};
  const at = (level: number): Comparison => {
    const comparison = compareEstimates("none", none, none, {level, alternative});
    return reason === undefined ? comparison : {...comparison, reason};
  };
  return {at, adjusted: false, varianceReduction: null, phases: 1};
}

type Compare = (
  control: Moments,
  treatment: Moments,
  options: {level: number; alternative: Alternative}
) => Comparison & {varianceReduction?: number | null};

function comparer(kind: Kind, adjust: boolean): Compare {
  if (kind === "ratio") return adjust ? compareCupedRatios : compareRatios;
  if (adjust) return compareCuped;
  return kind === "proportion" || kind === "retention" ? compareProportions : compareMeans;
}

/** Whether a covariate differs between units, so that it can explain something. */
function varies({n, x, xx}: Moments): boolean {
  return n > 2 && xx * n - x * x > 1e-12 * xx * n;
}
