import {formatDate, formatPercent} from "../format.ts";
import type {PublishedComparison, PublishedRun} from "./memory.ts";
import type {PathComparison, Readout} from "../readout.ts";

/** One comparison as of an earlier day: as it was published then, and what today's data say of that day. */
export interface ComparisonAsOf {
  readonly metric: string;
  readonly name: string;
  readonly variant: string;
  /** Null if nothing was published then. */
  readonly published: PublishedComparison | null;
  /** Null if the metric has no numbers for that day. */
  readonly recomputed: PathComparison | null;
  /** Whether both are there and are not the same, beyond 1e-9 of their size. */
  readonly differs: boolean;
}

/** A readout as it stood on an earlier day. */
export interface ReadoutAsOf {
  readonly date: string;
  /** The last run that was published with data until that day; null if there is none. */
  readonly run: PublishedRun | null;
  readonly comparisons: readonly ComparisonAsOf[];
  readonly differs: boolean;
  /** What was said then, and whether today's data say otherwise. */
  readonly sentence: string;
}

/**
 * Returns a readout as of the end of an earlier day: what the history says was published, beside what the cube of today
 * says of that day. Where they differ, rows arrived late, or the definition changed since.
 *
 * @param runs what was published, oldest first, as in runs.json
 * @param date such as 2026-01-31; a day after the last is taken for the last
 * @throws {RangeError} if the date is none, or before the experiment's start
 */
export function asOfReadout(readout: Readout, runs: readonly PublishedRun[], date: string): ReadoutAsOf {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !Number.isFinite(Date.parse(date)) || date < readout.start)
    throw new RangeError(`invalid date; not a day on or after the start ${readout.start}: ${date}`);
  const day = readout.asOf !== null && date > readout.asOf ? readout.asOf : date;
  const run = runs.findLast((each) => each.date <= day) ?? null;
  // Numbers are comparable only if they were published with data until that very day.
  const same = run?.date === day ? run : null;
  const comparisons = readout.metrics.flatMap(({key, name, path, comparisons: tonight}) =>
    tonight.map(({variant}): ComparisonAsOf => {
      const recomputed =
        path.findLast((row) => row.date <= day)?.comparisons.find((each) => each.variant === variant) ?? null;
      const published = run?.comparisons.find((each) => each.metric === key && each.variant === variant) ?? null;
      const differs = same !== null && published !== null && recomputed !== null && !agree(published, recomputed);
      return {metric: key, name, variant, published, recomputed, differs};
    })
  );
  const late = comparisons.filter(({differs}) => differs);
  return {date: day, run, comparisons, differs: late.length > 0, sentence: sentenceOf(day, run, {same, late, readout})};
}

function sentenceOf(
  day: string,
  run: PublishedRun | null,
  {same, late, readout}: {same: PublishedRun | null; late: readonly ComparisonAsOf[]; readout: Readout}
): string {
  if (run === null)
    return `Nothing was published with data until ${formatDate(day)}; the numbers are today's of that day.`;
  const then = `Published with data until ${formatDate(run.date)}: ${run.label}.`;
  if (same === null) return then;
  if (late.length === 0) return `${then} Today's data give the same numbers for that day.`;
  const why =
    run.definition === readout.design.hash ? "data arrived late" : "the definition changed or data arrived late";
  const changes = late
    .slice(0, 3)
    .map(({name, variant, published, recomputed}) => `${name}, ${variant}: ${lift(published)} → ${lift(recomputed)}`);
  return `${then} Today's numbers for that day differ, because ${why}: ${changes.join("; ")}.`;
}

function agree(a: PublishedComparison, b: PathComparison): boolean {
  return close(a.difference, b.difference) && close(a.relativeDifference, b.relativeDifference);
}

function close(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function lift(of: {readonly relativeDifference: number | null} | null): string {
  return of?.relativeDifference == null ? "no number" : formatPercent(of.relativeDifference, {signed: true});
}
