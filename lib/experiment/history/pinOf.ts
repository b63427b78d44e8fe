import {publishedRun} from "./changesSince.ts";
import {formatCount, formatDate, formatPercent} from "../format.ts";
import type {PublishedComparison, PublishedRun} from "./memory.ts";
import type {Readout} from "../readout.ts";

/** One line of `history/<id>.pin.jsonl`: the readout that an experiment's pin keeps. */
export interface PinnedReadout {
  /** The pin as it was asked for: true, or a date. */
  readonly pin: boolean | string;
  readonly readout: Readout;
}

/**
 * Returns a pinned readout as it is published again: its own numbers, with what a recomputation would say otherwise.
 * Words and place in life come from the definition of today.
 *
 * @param kept the readout whose numbers stay
 * @param recomputed the same experiment with the data, the code and the definition of today
 */
export function pinOf(kept: Readout, recomputed: Readout): Readout {
  const {title, hypothesis, description, owner, tags, status} = recomputed;
  const differences = differencesOf(publishedRun(kept), publishedRun(recomputed));
  const differs = differences.length > 0;
  const day = kept.asOf === null ? "no day" : formatDate(kept.asOf);
  const message = differs
    ? `the published numbers stay as of ${day}; a recomputation would differ: ${differences.join("; ")}`
    : `the published numbers stay as of ${day}; a recomputation gives the same`;
  return {
    ...kept,
    title,
    hypothesis,
    description,
    owner,
    tags,
    status,
    stale: null,
    pin: {date: kept.asOf, differs, message},
    // Who stayed behind is compared for as long as there is data.
    holdout: recomputed.holdout,
    files: recomputed.files
  };
}

/**
 * Returns a recomputed readout with the numbers and the verdict of a published run in their place: what is left where
 * only the history still knows what was published. Where these are others than those recomputed, what would contradict
 * them goes: the means, and the words about the verdict.
 */
export function withPublished(recomputed: Readout, run: PublishedRun): Readout {
  const now = publishedRun(recomputed);
  const {verdict, label} = run;
  const same = differencesOf(run, {...now, verdict, label}).length === 0;
  return {
    ...recomputed,
    runId: run.runId,
    metrics: recomputed.metrics.map((metric) => {
      const published = run.comparisons.filter((c) => c.metric === metric.key);
      const late = published.some(
        (c) => !now.comparisons.some((n) => n.metric === c.metric && n.variant === c.variant && sameNumbers(c, n))
      );
      const withNumbers = <T extends {readonly variant: string}>(comparison: T) => {
        const own = published.find(({variant}) => variant === comparison.variant);
        return own === undefined ? comparison : {...comparison, ...numbersOf(own)};
      };
      return {
        ...metric,
        arms: late ? metric.arms.map((arm) => ({...arm, mean: null, reason: "late data changed it"})) : metric.arms,
        comparisons: metric.comparisons.map(withNumbers),
        path: metric.path.map((point) =>
          point.date === run.date ? {...point, comparisons: point.comparisons.map(withNumbers)} : point
        )
      };
    }),
    decision: {
      ...recomputed.decision,
      verdict,
      label,
      ...(same
        ? {}
        : {sentence: `So it was published with data until ${formatDate(run.date)}.`, reasons: [], wouldChange: []})
    }
  };
}

function numbersOf({difference, pValue, relativeDifference, interval, relativeInterval}: PublishedComparison) {
  return {difference, pValue, relativeDifference, interval: copy(interval), relativeInterval: copy(relativeInterval)};
}

/** Returns in words what differs between two runs: verdict, units, and each comparison beyond 1e-9 of its size. */
export function differencesOf(kept: PublishedRun, now: PublishedRun): string[] {
  const found: string[] = [];
  if (kept.verdict !== now.verdict) found.push(`verdict ${kept.label} → ${now.label}`);
  if (kept.units !== now.units) found.push(`units ${formatCount(kept.units)} → ${formatCount(now.units)}`);
  for (const before of kept.comparisons) {
    const after = now.comparisons.find((c) => c.metric === before.metric && c.variant === before.variant);
    if (after === undefined) found.push(`${before.metric}, ${before.variant}: no longer computed`);
    else if (!sameNumbers(before, after))
      found.push(`${before.metric}, ${before.variant}: ${percent(before)} → ${percent(after)}`);
  }
  return found;
}

function sameNumbers(a: PublishedComparison, b: PublishedComparison): boolean {
  return (
    close(a.difference, b.difference) &&
    close(a.pValue, b.pValue) &&
    close(a.interval?.[0], b.interval?.[0]) &&
    close(a.interval?.[1], b.interval?.[1]) &&
    close(a.relativeDifference, b.relativeDifference)
  );
}

function close(a: number | null | undefined, b: number | null | undefined): boolean {
  if (a == null || b == null) return (a ?? null) === (b ?? null);
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function copy(interval: PublishedComparison["interval"]): [number | null, number | null] | null {
  return interval === null ? null : [interval[0], interval[1]];
}

function percent({relativeDifference, difference}: PublishedComparison): string {
  if (relativeDifference !== null) return formatPercent(relativeDifference, {signed: true});
  return difference === null ? "no number" : difference.toPrecision(3);
}
