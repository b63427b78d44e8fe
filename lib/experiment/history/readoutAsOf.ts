import {formatDate} from "../format.ts";
import type {ArmResult, ComparisonResult, MetricResult, PathComparison, Readout} from "../readout.ts";
import {asOfReadout} from "./asOfReadout.ts";
import {changesSince} from "./changesSince.ts";
import type {PublishedComparison, PublishedRun} from "./memory.ts";

/** What the cube says of the arms of a metric as of the end of a day; empty where it has nothing. */
export type ArmsAsOf = (metric: string, date: string) => readonly Pick<ArmResult, "variant" | "n" | "mean">[];

/**
 * Returns a whole readout as it stood at the end of an earlier day, for a page to show: verdict, health and numbers as
 * they were published with data until that very day; where nothing was published that day, numbers of today's cube.
 * Looks and traffic end on that day. What is kept neither by day nor by run (segments, whether it lasts, power, what is
 * likely) is empty.
 *
 * @param runs what was published, oldest first, as in runs.json
 * @param date such as 2026-01-31; a day after the last is taken for the last
 * @param options.arms what the cube says of the arms; default: nothing, so that means are left out
 * @throws {RangeError} if the date is none, or before the experiment's start
 */
export function readoutAsOf(
  readout: Readout,
  runs: readonly PublishedRun[],
  date: string,
  {arms = () => []}: {arms?: ArmsAsOf} = {}
): Readout {
  const {date: day, run, comparisons} = asOfReadout(readout, runs, date);
  const until = <Row extends {readonly date: string}>(rows: readonly Row[]): Row[] =>
    rows.filter((row) => row.date <= day);
  const traffic = until(readout.traffic);
  const units = readout.variants.map((_, i) => traffic.reduce((n, row) => n + (row.units[i] ?? 0), 0));
  const total = units.reduce((a, b) => a + b, 0);
  return {
    ...readout,
    asOf: day,
    runId: run?.runId ?? readout.runId,
    stale: null,
    pin: null,
    variants: readout.variants.map((variant, i) => ({...variant, units: units[i] ?? 0})),
    metrics: readout.metrics.map((metric) => {
      const found = arms(metric.key, day);
      // Beside numbers that were published, means of today's data would not add up.
      const late = comparisons.some(({metric: key, differs}) => differs && key === metric.key);
      return {
        ...metric,
        arms: metric.arms.map(({variant}): ArmResult => {
          const own = found.find((arm) => arm.variant === variant);
          const mean = late ? null : (own?.mean ?? null);
          return {variant, n: own?.n ?? 0, mean, standardDeviation: null, reason: null};
        }),
        comparisons: metric.comparisons.map((comparison) => {
          const own = comparisons.find((c) => c.metric === metric.key && c.variant === comparison.variant);
          return comparisonAsOf(
            comparison,
            run?.date === day ? (own?.published ?? null) : null,
            own?.recomputed ?? null
          );
        }),
        overall: null,
        path: until(metric.path),
        sequential: sequentialAsOf(metric, day),
        novelty: null,
        segments: [],
        segmentSummaries: [],
        guardrail: null,
        power: null,
        bayesian: null,
        distribution: null
      };
    }),
    health: {
      status: run?.health ?? "ok",
      checks: run === null ? [] : checksOf(readout, run)
    },
    decision: {
      verdict: run?.verdict ?? "incomplete",
      label: run?.label ?? "Nothing published",
      sentence:
        run === null
          ? `Nothing was published with data until ${formatDate(day)}.`
          : `So it was published with data until ${formatDate(run.date)}.`,
      variant: readout.decision.variant,
      reasons: [],
      wouldChange: []
    },
    insights: [],
    changes: changesAsOf(readout, runs, run, day),
    timeline: until(readout.timeline),
    holdout: null,
    traffic,
    ...(readout.hours === undefined ? {} : {hours: readout.hours.filter(({hour}) => hour.slice(0, 10) <= day)}),
    input: {
      ...readout.input,
      rows: run?.rows ?? readout.input.rows,
      units: traffic.length > 0 ? total : (run?.units ?? 0),
      excluded: Object.entries(run?.excluded ?? {}).map(([key, rows]) => {
        const [fact, reason] = key.includes(": ") ? key.split(": ", 2) : [null, key];
        return {reason: reason ?? key, fact: fact ?? null, rows, units: null, text: key};
      })
    }
  };
}

/** Of an earlier day only the names of the checks that alerted are kept. */
function checksOf({health}: Readout, {alerts, health: status, date}: PublishedRun): Readout["health"]["checks"] {
  const check = {value: null, threshold: null, whatToDo: "What it found then is not kept.", date: null, details: []};
  if (alerts.length === 0)
    return [{...check, key: "published", name: "All checks", status: "ok", message: `fine on ${formatDate(date)}`}];
  return alerts.map((key) => ({
    ...check,
    key,
    name: health.checks.find((known) => known.key === key)?.name ?? key,
    status: status === "blocked" ? "blocked" : "warning",
    message: `alerting on ${formatDate(date)}`
  }));
}

function comparisonAsOf(
  {variant, baseline, level, test, adjustment}: ComparisonResult,
  published: PublishedComparison | null,
  recomputed: PathComparison | null
): ComparisonResult {
  const own = published ?? recomputed;
  const copy = (interval: PublishedComparison["interval"] | undefined): ComparisonResult["interval"] =>
    interval == null ? null : [interval[0], interval[1]];
  return {
    variant,
    baseline,
    difference: own?.difference ?? null,
    standardError: null,
    interval: copy(own?.interval),
    level,
    pValue: own?.pValue ?? null,
    adjustedPValue: null,
    adjustedInterval: null,
    relativeDifference: own?.relativeDifference ?? null,
    relativeInterval: copy(own?.relativeInterval),
    statistic: null,
    degreesOfFreedom: null,
    test,
    adjustment: {...adjustment, varianceReduction: null},
    reason: own === null ? "there was no number of this day" : null
  };
}

/** Looks that were taken until then; later ones are still to come, and a crossing counts from its day on. */
function sequentialAsOf({sequential}: MetricResult, day: string): MetricResult["sequential"] {
  if (sequential === null) return null;
  const all = sequential.comparisons[0]?.looks ?? [];
  const later = all
    .filter(({date}) => date > day)
    .map(({fraction, bound, futilityBound}) => ({
      fraction,
      bound,
      ...(futilityBound === undefined ? {} : {futilityBound})
    }));
  return {
    ...sequential,
    fraction: all.findLast(({date}) => date <= day)?.fraction ?? 0,
    future: [...later, ...sequential.future],
    comparisons: sequential.comparisons.map((comparison) => {
      const looks = comparison.looks.filter(({date}) => date <= day);
      const crossed = comparison.crossed !== null && comparison.crossed.date <= day ? comparison.crossed : null;
      const words = looks.length === 1 ? "1 look was" : `${looks.length} looks were`;
      return {
        ...comparison,
        looks,
        crossed,
        stop: crossed === null ? null : comparison.stop,
        conditionalPower: null,
        path: comparison.path.filter(({date}) => date <= day),
        sentence: `${words} taken until ${formatDate(day)}${crossed === null ? "" : `; the boundary was crossed on ${formatDate(crossed.date)}`}.`
      };
    })
  };
}

function changesAsOf(
  {metrics, changes}: Readout,
  runs: readonly PublishedRun[],
  run: PublishedRun | null,
  day: string
): Readout["changes"] {
  const registered = changes.filter(({what, date}) => what === "definition" && date !== null && date <= day);
  if (run === null) return registered;
  const earlier = runs.slice(0, runs.indexOf(run));
  const own = changesSince(earlier, run, {
    primary: metrics.filter(({role}) => role === "primary").map(({key}) => key),
    names: (key) => metrics.find((metric) => metric.key === key)?.name ?? key
  });
  return [...own, ...registered];
}
