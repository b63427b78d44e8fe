import {formatCount, formatDate, formatPercent} from "../format.ts";
import {describeChange} from "./describeChange.ts";
import type {LockedDefinition, PublishedComparison, PublishedRun} from "./memory.ts";
import type {Readout} from "../readout.ts";

/** One thing that changed under the readers' eyes: when, of what sort, and in words. */
export type Change = Readout["changes"][number];

/**
 * Returns the line that history keeps of a readout: its numbers, not its cube.
 */
export function publishedRun(readout: Readout): PublishedRun {
  return {
    date: readout.asOf ?? readout.start,
    runId: readout.runId,
    verdict: readout.decision.verdict,
    label: readout.decision.label,
    health: readout.health.status,
    alerts: readout.health.checks.filter(({status}) => status !== "ok").map(({key}) => key),
    comparisons: readout.metrics.flatMap(({key, comparisons}) =>
      comparisons.map(
        ({variant, difference, interval, relativeDifference, relativeInterval, pValue}): PublishedComparison => ({
          metric: key,
          variant,
          difference,
          interval,
          relativeDifference,
          relativeInterval,
          pValue
        })
      )
    ),
    rows: readout.input.rows,
    units: readout.input.units,
    excluded: Object.fromEntries(
      readout.input.excluded.map(({reason, fact, rows}) => [fact === null ? reason : `${fact}: ${reason}`, rows])
    ),
    definition: readout.design.hash
  };
}

/**
 * Returns what differs between a readout and the last one that was published with another runId, newest first: verdict,
 * primary numbers, health, the definition, and data that arrived late for days that were published already. Empty for a
 * first build.
 */
export function changesSince(
  runs: readonly PublishedRun[],
  now: PublishedRun,
  {primary, names, checks = (key) => key, told = [], then}: ChangeWords
): Change[] {
  const last = runs.findLast(({runId}) => runId !== now.runId);
  if (last === undefined) return [];
  const changes: Change[] = [];
  const add = (what: string, text: string): number => changes.push({date: now.date, what, text});
  if (last.label !== now.label) add("verdict", `Verdict: ${last.label} → ${now.label}.`);
  for (const key of primary)
    for (const next of now.comparisons.filter(({metric}) => metric === key)) {
      const before = last.comparisons.find(({metric, variant}) => metric === key && variant === next.variant);
      if (before === undefined || before.relativeDifference === next.relativeDifference) continue;
      add("numbers", `${names(key)}, ${next.variant}: ${effect(before)} → ${effect(next)}.`);
    }
  const fresh = now.alerts.filter((key) => !last.alerts.includes(key));
  const gone = last.alerts.filter((key) => !now.alerts.includes(key));
  if (fresh.length > 0) add("health", `New health alert: ${fresh.map(checks).join(", ")}.`);
  if (gone.length > 0) add("health", `No longer alerting: ${gone.map(checks).join(", ")}.`);
  if (
    last.definition !== now.definition &&
    !told.some(({date}) => date !== null && (date > last.date || date === now.date))
  )
    add(
      "definition",
      "The definition changed in none of its registered parts: how a log is read, or which cells are kept."
    );
  if (now.date > last.date) {
    add("data", `${formatCount(now.units - last.units)} more units, data to ${formatDate(now.date)}.`);
    const late = then === undefined || last.definition !== now.definition ? null : lateWords(last, then, names);
    if (late !== null) add("data", late);
  } else if (now.rows !== last.rows) {
    add(
      "data",
      `${formatCount(Math.abs(now.rows - last.rows))} rows ${now.rows > last.rows ? "arrived late" : "are gone"}.`
    );
  }
  return changes;
}

/** What the sentences need: the primary metrics' keys, and the names of metrics. */
export interface ChangeWords {
  readonly primary: readonly string[];
  readonly names: (key: string) => string;
  /** The names of health checks; default their keys. */
  readonly checks?: (key: string) => string;
  /** Changes of the definition that are told one by one; default none. */
  readonly told?: readonly Change[];
  /** What today's data say of an earlier day; default: nothing, so that data that arrived late are not told of. */
  readonly then?: (date: string) => DayThen;
}

/** What today's data say of an earlier day. */
export interface DayThen {
  readonly comparisons: readonly Pick<
    PublishedComparison,
    "metric" | "variant" | "difference" | "relativeDifference"
  >[];
  /** Units that had come by then, at least; null if that is not known. */
  readonly units: number | null;
}

/** Returns what the data of a readout say of any earlier day; nothing of metrics whose sums are not exact for it. */
export function daysOf({metrics, traffic}: Pick<Readout, "metrics" | "traffic">): (date: string) => DayThen {
  return (date) => ({
    comparisons: metrics.flatMap(({key, path, exactFrom}) => {
      if (exactFrom != null && date < exactFrom) return [];
      const row = path.findLast((each) => each.date <= date);
      return (row?.comparisons ?? []).map(({variant, difference, relativeDifference}) => ({
        metric: key,
        variant,
        difference,
        relativeDifference
      }));
    }),
    units:
      traffic.length === 0
        ? null
        : traffic.reduce((sum, row) => (row.date <= date ? sum + row.units.reduce((a, b) => a + b, 0) : sum), 0)
  });
}

/** What was published and is otherwise with today's data of the same day; null if nothing is. */
function lateWords(last: PublishedRun, then: (date: string) => DayThen, names: (key: string) => string): string | null {
  const {comparisons, units} = then(last.date);
  const moved = last.comparisons.flatMap((before) => {
    const after = comparisons.find(({metric, variant}) => metric === before.metric && variant === before.variant);
    if (
      after === undefined ||
      (close(before.difference, after.difference) && close(before.relativeDifference, after.relativeDifference))
    )
      return [];
    return [`${names(before.metric)}, ${before.variant}: ${lift(before)} → ${lift(after)}`];
  });
  if (moved.length === 0) return null;
  const more = units === null ? 0 : units - last.units;
  const among = more > 0 ? `, ${formatCount(more)} units among them` : "";
  const rest = moved.length > 3 ? `; and ${moved.length - 3} more` : "";
  return `Data of ${formatDate(last.date)} and before arrived late${among}. As of that day: ${moved.slice(0, 3).join("; ")}${rest}.`;
}

type Lift = Pick<PublishedComparison, "difference" | "relativeDifference">;

function lift({relativeDifference, difference}: Lift): string {
  if (relativeDifference !== null) return formatPercent(relativeDifference, {signed: true, decimals: 2});
  return difference === null ? "no number" : difference.toPrecision(3);
}

function close(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * Returns each change of a definition after its first day, by the parts that bind a result (metrics, alpha, design,
 * weights): what was registered, what stands now, since when.
 */
export function definitionChanges(definitions: readonly LockedDefinition[], now: LockedDefinition): Change[] {
  const all = definitions.at(-1)?.hash === now.hash ? definitions : [...definitions, now];
  return all.slice(1).flatMap((next, i) => {
    const before = all[i]!;
    const keys = [...new Set([...Object.keys(before.parts), ...Object.keys(next.parts)])].sort();
    return keys
      .filter((key) => before.parts[key] !== next.parts[key] && isTold(key, before, next))
      .map((key) => ({
        date: next.date,
        what: "definition",
        text: `Definition, ${key}: ${describeChange(before.parts[key], next.parts[key])}.`
      }));
  });
}

/** A part that an older version of Readout did not keep has not changed; a metric can be new, or gone. */
function isTold(key: string, before: LockedDefinition, next: LockedDefinition): boolean {
  return key.startsWith("metric ") || (before.parts[key] !== undefined && next.parts[key] !== undefined);
}

function effect({relativeDifference, relativeInterval}: PublishedComparison): string {
  if (relativeDifference === null) return "no number";
  const [lower, upper] = relativeInterval ?? [null, null];
  const bounds =
    lower === null || upper === null
      ? ""
      : ` (${formatPercent(lower, {signed: true})} to ${formatPercent(upper, {signed: true})})`;
  return `${formatPercent(relativeDifference, {signed: true})}${bounds}`;
}
