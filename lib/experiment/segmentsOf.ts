import {chiSquare, normal} from "../stats/distributions.ts";
import {adjustPValues, sampleRatioMismatch, segmentShrinkage} from "../stats/index.ts";
import type {Comparison} from "../stats/index.ts";
import {mean} from "../stats/moments.ts";
import type {Moments} from "../stats/moments.ts";
import {commonRatio} from "./commonRatio.ts";
import type {RatioPair} from "./commonRatio.ts";
import {pair} from "./comparisonOf.ts";
import {decompositionByPhase, ratioOf} from "./decomposition.ts";
import type {Decomposition} from "./decomposition.ts";
import {effectOf} from "./effectOf.ts";
import type {EffectOptions} from "./effectOf.ts";
import {formatPercent, sayPValue} from "./format.ts";
import type {SegmentResult, SegmentSummary} from "./readout.ts";
import {sharesDiffer} from "./sharesDiffer.ts";
import type {MetricSums, Stratum} from "./sums.ts";

/** What segments are computed with. */
export interface SegmentOptions extends EffectOptions {
  /** Of the intervals, in (0, 1). */
  readonly level: number;
  /** Declared shares of the traffic by variant, of each entry phase. */
  readonly weights: (phase: string) => Readonly<Record<string, number>>;
}

/** The segments of a metric and what each dimension says as a whole. */
export interface Segments {
  readonly segments: SegmentResult[];
  readonly summaries: SegmentSummary[];
}

/**
 * Returns the effect in every segment of every dimension, for each treatment: p-values adjusted over all segments shown
 * (Benjamini-Hochberg), relative effects shrunk towards their mean by empirical Bayes within a dimension, a test that
 * segments differ at all (Cochran's Q on the relative scale, with each segment's error as if all had one ratio of arms:
 * see `commonRatio`), and the exact decomposition of the total difference into
 * share x effect and a mix term (means and shares only, no covariate). With several entry phases each is compared,
 * decomposed and held to its own split by itself. A segment without units in an arm is null with a reason.
 *
 * @param sums a metric's sums; segments as of the readout's day
 * @param variants the control, then the treatments
 */
export function segmentsOf(
  sums: MetricSums,
  [control, ...treatments]: readonly [string, ...string[]],
  options: SegmentOptions
): Segments {
  const segments: SegmentResult[] = [];
  const summaries: SegmentSummary[] = [];
  const dimensions = [...new Set(sums.segments.map(({dimension}) => dimension))];
  for (const variant of treatments)
    for (const dimension of dimensions) {
      const own = sums.segments.filter((segment) => segment.dimension === dimension);
      const rows = own.map((segment) =>
        segmentOf({dimension, value: segment.value, variant, control}, segment, sums, options)
      );
      segments.push(...rows.map(({result}) => result));
      summaries.push(summaryOf({dimension, variant, control}, rows, own, sums, options));
    }
  const adjusted = adjustPValues(
    segments.map(({pValue}) => pValue),
    "benjamini-hochberg"
  );
  const splits = adjustPValues(
    segments.map(({sampleRatioPValue}) => sampleRatioPValue),
    "holm"
  );
  segments.forEach((segment, i) => {
    segment.adjustedPValue = adjusted[i] ?? null;
    segment.sampleRatioPValue = splits[i] ?? null;
  });
  return {segments, summaries};
}

interface Row {
  result: SegmentResult;
  /** Both arms' estimates; null where one has no standard error. */
  pair: RatioPair | null;
}

interface Place {
  readonly dimension: string;
  readonly value: string;
  readonly variant: string;
  readonly control: string;
}

function segmentOf(
  {dimension, value, variant, control}: Place,
  segment: Segment,
  sums: MetricSums,
  options: SegmentOptions
): Row {
  const {arms} = segment;
  const strata = strataOf(segment, sums);
  const effect = effectOf([control, variant], strata, options);
  const comparison = effect.at(options.level);
  const plain =
    (options.kind === "proportion" || options.kind === "retention") && !effect.adjusted && effect.phases === 1;
  const [c, t] = [arms[control], arms[variant]];
  const n = [c?.n ?? 0, t?.n ?? 0];
  const total = (sums.arms[control]?.n ?? 0) + (sums.arms[variant]?.n ?? 0);
  const share = total === 0 ? null : (n[0]! + n[1]!) / total;
  return {
    pair: pairOf(comparison, plain),
    result: {
      dimension,
      value,
      variant,
      n,
      means: [valueOf(c, comparison.control.estimate, options), valueOf(t, comparison.treatment.estimate, options)],
      difference: comparison.difference,
      interval: pair(comparison.interval),
      pValue: comparison.pValue,
      adjustedPValue: null,
      relativeDifference: comparison.relativeDifference,
      relativeInterval: pair(comparison.relativeInterval),
      shrunkRelativeDifference: null,
      share,
      contribution: null,
      sampleRatioPValue: splitPValue(strata, [control, variant], options),
      reason: comparison.reason ?? comparison.relativeReason
    }
  };
}

type Segment = MetricSums["segments"][number];

/** A segment's entry phases; the only one where there are not several. */
function strataOf({strata, ...segment}: Segment, sums: MetricSums): readonly Stratum[] {
  return strata ?? [{...segment, phase: sums.strata[0]?.phase ?? ""}];
}

/** The chi-square test that the arms are split as declared, over all phases with units; null without any. */
function splitPValue(
  strata: readonly Stratum[],
  variants: readonly [string, string],
  options: SegmentOptions
): number | null {
  const tests = strata.flatMap(({phase, arms}) => {
    const weights = options.weights(phase);
    const [n, own] = [variants.map((key) => arms[key]?.n ?? 0), variants.map((key) => weights[key] ?? 0)];
    return n.some((units) => units > 0) && own.every((weight) => weight > 0) ? [sampleRatioMismatch(n, own)] : [];
  });
  const [first] = tests;
  if (tests.length < 2) return first?.pValue ?? null;
  return chiSquare.sf(
    tests.reduce((sum, test) => sum + (test.chiSquare ?? 0), 0),
    tests.length
  );
}

function valueOf(moments: Moments | undefined, estimate: number | null, {kind}: SegmentOptions): number | null {
  if (kind === "quantile") return estimate;
  if (moments === undefined || moments.n === 0) return null;
  return kind === "ratio" ? ratioOf(moments) : mean(moments, "y");
}

/** Both estimates with their variances; those of plain shares under the ratio in question, so that none is 0 by chance. */
function pairOf({control, treatment, covariance}: Comparison, plain: boolean): RatioPair | null {
  const [c, t] = [control.estimate, treatment.estimate];
  if (c === null || t === null || control.standardError === null || treatment.standardError === null) return null;
  if (!plain && Math.min(control.n, treatment.n) < 4) return null;
  // Estimated variances make z² larger than chi-square: on average by (n - 1) / (n - 3).
  const [inC, inT] = [control, treatment].map(({n}) => (n - 1) / (n - 3)) as [number, number];
  const own = {control: inC * control.standardError ** 2, treatment: inT * treatment.standardError ** 2, covariance};
  const successes = control.n * c + treatment.n * t;
  const spread = (ratio: number) => {
    if (!plain || !(ratio >= 0)) return own;
    const share = Math.min(1, successes / (control.n + ratio * treatment.n));
    const treated = Math.min(1, ratio * share);
    return {
      control: (share * (1 - share)) / control.n,
      treatment: (treated * (1 - treated)) / treatment.n,
      covariance: 0
    };
  };
  return {control: c, treatment: t, spread};
}

function summaryOf(
  {dimension, variant, control}: Omit<Place, "value">,
  rows: readonly Row[],
  segments: MetricSums["segments"],
  sums: MetricSums,
  options: SegmentOptions
): SegmentSummary {
  const {effects, standardErrors} = commonRatio(rows.map(({pair}) => pair));
  const {
    mean: pooled,
    meanStandardError,
    cochranQ,
    interactionP,
    tauSquared,
    shrunk,
    reason
  } = segmentShrinkage(effects, standardErrors);
  rows.forEach(({result}, i) => {
    if (result.relativeInterval !== null) result.shrunkRelativeDifference = shrunk[i] ?? null;
  });
  const phases = sums.strata.length > 1 ? sums.strata.map(({phase}) => phase) : [null];
  const arms = phases.map((name) =>
    segments.map((segment) => {
      const strata = strataOf(segment, sums);
      const arms = (name === null ? strata[0] : strata.find(({phase}) => phase === name))?.arms;
      return {value: segment.value, control: arms?.[control], treatment: arms?.[variant]};
    })
  );
  const parts = decompositionByPhase(arms, options);
  rows.forEach(({result}, i) => (result.contribution = parts.contributions[i] ?? null));
  const total = effectOf([control, variant], sums.strata, options).at(options.level);
  const simpson = reverses(rows, parts.total, total.difference) && sharesDiffer(arms, options);
  const told = total.pValue !== null && total.pValue < 1 - options.level;
  return {
    dimension,
    variant,
    pooled,
    cochranQ,
    interactionPValue: interactionP,
    tauSquared,
    within: parts.within,
    mix: parts.mix,
    simpson,
    sentence: sentence({
      dimension,
      simpson,
      interactionP,
      rows,
      alpha: 1 - options.level,
      within: Math.abs(pooled ?? 0) > normal.upperQuantile((1 - options.level) / 2) * (meanStandardError ?? Infinity)
    }),
    whereFrom: whereFrom(rows, parts, {dimension, told}),
    reason: parts.reason ?? reason ?? null
  };
}

/**
 * Whether every segment points one way and the total the other: by the plain means, and by the differences shown, which
 * may be adjusted or stratified.
 */
function reverses(rows: readonly Row[], total: number | null, shown: number | null): boolean {
  const known = rows.filter(({result}) => result.n.every((n) => n > 0));
  if (total === null || shown === null || known.length < 2) return false;
  const segments = known.flatMap(({result: {means, difference}}) => {
    const [c, t] = [means[0] ?? null, means[1] ?? null];
    return [difference ?? 0, c === null || t === null ? 0 : t - c];
  });
  const all = (sign: number) => segments.every((d) => d * sign > 0) && total * sign < 0 && shown * sign < 0;
  return all(1) || all(-1);
}

/** Where a difference that is told from zero comes from, in a sentence; null where it cannot be taken apart. */
function whereFrom(
  rows: readonly Row[],
  {total, contributions, mix}: Decomposition,
  {dimension, told}: {dimension: string; told: boolean}
): string | null {
  if (total === null || mix === null) return null;
  if (rows.length === 1) return `All units are in one ${dimension} segment, ${rows[0]?.result.value}.`;
  if (!told || total === 0)
    return "The total difference is not told from zero, so there is nothing to trace to segments.";
  const parts = contributions
    .flatMap((part, i) =>
      part === null ? [] : [{part, value: rows[i]?.result.value ?? "", share: rows[i]?.result.share ?? null}]
    )
    .sort((a, b) => b.part / total - a.part / total)
    .slice(0, 3)
    .map(
      ({part, value, share}) =>
        `${formatPercent(part / total, {decimals: 0})} from ${value} (${formatPercent(share, {decimals: 0})} of units)`
    );
  const uneven =
    Math.abs(mix / total) < 0.005
      ? "none from arms that hold different shares"
      : `${formatPercent(mix / total, {decimals: 0})} from arms that hold different shares`;
  return `Of the total difference comes, by ${dimension}: ${parts.join(", ")}; ${uneven}.`;
}

function sentence({
  dimension,
  simpson,
  interactionP,
  rows,
  alpha,
  within
}: {
  dimension: string;
  simpson: boolean;
  interactionP: number | null;
  rows: readonly Row[];
  alpha: number;
  /** Whether the segments' effect, all together, is told from zero. */
  within: boolean;
}): string {
  const first = rows.find(({result}) => result.difference !== null)?.result.difference ?? 0;
  if (simpson)
    return `Simpson's reversal: every ${dimension} segment points ${first > 0 ? "up" : "down"} and the total points the other way, because the arms hold different shares of the segments. ${within ? "Read the segments, not the total." : "The total misleads; the segments by themselves do not tell an effect from zero."}`;
  const cannot = `Cannot tell whether ${dimension} segments differ`;
  const [only, ...others] = rows;
  if (only !== undefined && others.length === 0)
    return only.result.value === "other"
      ? `${cannot}: each value has too few units, so all stand together as other.`
      : `${cannot}: there is one only, ${only.result.value}.`;
  if (interactionP === null) return `${cannot}: fewer than two have an effect with an interval.`;
  if (interactionP >= alpha)
    return `${dimension} segments do not differ more than chance explains (${sayPValue(interactionP)}).`;
  const sorted = rows
    .flatMap(({result}) =>
      result.shrunkRelativeDifference === null ? [] : [{...result, shrunk: result.shrunkRelativeDifference}]
    )
    .sort((a, b) => b.shrunk - a.shrunk);
  const [top, bottom] = [sorted[0], sorted.at(-1)];
  return top === undefined || bottom === undefined
    ? `${dimension} segments differ (${sayPValue(interactionP)}).`
    : `${dimension} segments differ (${sayPValue(interactionP)}): from ${formatPercent(bottom.shrunk, {signed: true})} in ${bottom.value} to ${formatPercent(top.shrunk, {signed: true})} in ${top.value}, after shrinkage.`;
}
