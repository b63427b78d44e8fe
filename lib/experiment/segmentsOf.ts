import {adjustPValues, sampleRatioMismatch, segmentShrinkage} from "../stats/index.ts";
import {mean} from "../stats/moments.ts";
import type {Moments} from "../stats/moments.ts";
import {pair} from "./comparisonOf.ts";
import {effectOf} from "./effectOf.ts";
import type {EffectOptions} from "./effectOf.ts";
import {formatPercent, sayPValue} from "./format.ts";
import type {SegmentResult, SegmentSummary} from "./readout.ts";
import type {MetricSums} from "./sums.ts";

/** What segments are computed with. */
export interface SegmentOptions extends EffectOptions {
  /** Of the intervals, in (0, 1). */
  readonly level: number;
  /** Declared shares of the traffic by variant. */
  readonly weights: Readonly<Record<string, number>>;
}

/** The segments of a metric and what each dimension says as a whole. */
export interface Segments {
  readonly segments: SegmentResult[];
  readonly summaries: SegmentSummary[];
}

/**
 * Returns the effect in every segment of every dimension, for each treatment: p-values adjusted over all segments shown
 * (Benjamini-Hochberg), relative effects shrunk towards their mean by empirical Bayes within a dimension, a test that
 * segments differ at all (Cochran's Q on the relative scale), and the decomposition of the total difference into
 * share x effect and a mix term. A segment without units in an arm is null with a reason.
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
      shrink(rows);
      segments.push(...rows.map(({result}) => result));
      summaries.push(summaryOf({dimension, variant, control}, rows, sums));
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
  relativeStandardError: number | null;
}

interface Place {
  readonly dimension: string;
  readonly value: string;
  readonly variant: string;
  readonly control: string;
}

function segmentOf(
  {dimension, value, variant, control}: Place,
  segment: MetricSums["segments"][number],
  sums: MetricSums,
  options: SegmentOptions
): Row {
  const {arms} = segment;
  const comparison = effectOf([control, variant], [segment], options).at(options.level);
  const [c, t] = [arms[control], arms[variant]];
  const n = [c?.n ?? 0, t?.n ?? 0];
  const total = (sums.arms[control]?.n ?? 0) + (sums.arms[variant]?.n ?? 0);
  const share = total === 0 ? null : (n[0]! + n[1]!) / total;
  const weights = [options.weights[control] ?? 0, options.weights[variant] ?? 0];
  const enough = n[0]! + n[1]! > 0 && weights.every((weight) => weight > 0);
  return {
    relativeStandardError: comparison.relativeInterval === null ? null : comparison.relativeStandardError,
    result: {
      dimension,
      value,
      variant,
      n,
      means: [valueOf(c, options), valueOf(t, options)],
      difference: comparison.difference,
      interval: pair(comparison.interval),
      pValue: comparison.pValue,
      adjustedPValue: null,
      relativeDifference: comparison.relativeDifference,
      relativeInterval: pair(comparison.relativeInterval),
      shrunkRelativeDifference: null,
      share,
      contribution: share === null || comparison.difference === null ? null : share * comparison.difference,
      sampleRatioPValue: enough ? sampleRatioMismatch(n, weights).pValue : null,
      reason: comparison.reason ?? comparison.relativeReason
    }
  };
}

function valueOf(moments: Moments | undefined, {kind}: SegmentOptions): number | null {
  if (moments === undefined || moments.n === 0) return null;
  if (kind !== "ratio") return mean(moments, "y");
  const [y, w] = [mean(moments, "y"), mean(moments, "w")];
  return y === null || w === null || w === 0 ? null : y / w;
}

function shrink(rows: readonly Row[]): void {
  const {shrunk} = segmentShrinkage(
    rows.map(({result, relativeStandardError}) => (relativeStandardError === null ? null : result.relativeDifference)),
    rows.map(({relativeStandardError}) => relativeStandardError)
  );
  rows.forEach(({result}, i) => (result.shrunkRelativeDifference = shrunk[i] ?? null));
}

function summaryOf(
  {dimension, variant, control}: Omit<Place, "value">,
  rows: readonly Row[],
  sums: MetricSums
): SegmentSummary {
  const {
    mean: pooled,
    cochranQ,
    interactionP,
    tauSquared,
    reason
  } = segmentShrinkage(
    rows.map(({result, relativeStandardError}) => (relativeStandardError === null ? null : result.relativeDifference)),
    rows.map(({relativeStandardError}) => relativeStandardError)
  );
  const {within, mix} = decompose(rows, sums, control, variant);
  const known = rows.flatMap(({result}) => (result.difference === null ? [] : [result.difference]));
  const total = within === null || mix === null ? null : within + mix;
  const simpson =
    total !== null &&
    known.length > 1 &&
    (known.every((d) => d > 0) ? total < 0 : known.every((d) => d < 0) && total > 0);
  return {
    dimension,
    variant,
    pooled,
    cochranQ,
    interactionPValue: interactionP,
    tauSquared,
    within,
    mix,
    simpson,
    sentence: sentence({dimension, known, simpson, interactionP, rows}),
    reason: reason ?? null
  };
}

/** The total difference as shares (of both arms together) times effects, and what comes from arms with unequal shares. */
function decompose(
  rows: readonly Row[],
  sums: MetricSums,
  control: string,
  variant: string
): {within: number | null; mix: number | null} {
  const [c, t] = [sums.arms[control], sums.arms[variant]];
  if (c === undefined || t === undefined || c.n === 0 || t.n === 0) return {within: null, mix: null};
  let [within, mix] = [0, 0];
  for (const {result} of rows) {
    const [nc, nt] = [result.n[0] ?? 0, result.n[1] ?? 0];
    const [mc, mt] = [result.means[0] ?? null, result.means[1] ?? null];
    if (nc === 0 && nt === 0) continue;
    if (mc === null || mt === null) return {within: null, mix: null};
    const share = (nc / c.n + nt / t.n) / 2;
    within += share * (mt - mc);
    mix += (nt / t.n - nc / c.n) * ((mc + mt) / 2);
  }
  return {within, mix};
}

function sentence({
  dimension,
  known,
  simpson,
  interactionP,
  rows
}: {
  dimension: string;
  known: readonly number[];
  simpson: boolean;
  interactionP: number | null;
  rows: readonly Row[];
}): string {
  if (simpson)
    return `Simpson's reversal: every ${dimension} segment points ${known[0]! > 0 ? "up" : "down"} and the total points the other way, because the arms hold different shares of the segments. Read the segments, not the total.`;
  if (interactionP === null)
    return `Cannot tell whether ${dimension} segments differ: fewer than two have an estimate.`;
  if (interactionP >= 0.05)
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
