import type {CubeRow, Links} from "../../lib/cube/row.ts";
import {sums} from "../../lib/stats/moments.ts";

/**
 * The cube by brute force: every unit's state is worked out anew for the end of every day, with none of the library's
 * code. Slow and plain on purpose.
 */
export interface ReferenceExposure {
  unit: string;
  variant: string;
  /** Milliseconds since 1970 UTC. */
  time: number;
  dimensions: string[];
  /** A number that it brings along, for metrics whose covariate is a column; default 0. */
  score?: number;
}

export interface ReferenceEvent {
  unit: string;
  time: number;
  event: string;
  /** Null where the row has none that counts. */
  value: number | null;
}

export interface ReferenceMetric {
  key: string;
  kind: "proportion" | "mean" | "ratio" | "retention" | "time-to-event";
  event: string;
  /** Whether values are added up; else rows are counted. */
  sum?: boolean;
  /** Event of the denominator, counted. */
  denominator?: string;
  window?: number;
  mature?: boolean;
  days?: [number, number];
  cap?: number;
  /** Days before exposure, or the exposure's own number. */
  covariate?: number | "score";
  /** Only rows with a value above this. */
  above?: number;
  /** Whether negative values count. */
  negative?: boolean;
}

export interface ReferenceOptions {
  timezone: string;
  /** Dates only: whole days are compared. */
  calendar?: boolean;
  first: string;
  asOf: string;
}

const dayLength = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The date of a moment, by the runtime's own calendar. */
export function dateIn(timezone: string, time: number): string {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat("en-CA", {timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit"});
  formats.set(timezone, format);
  return format.format(time);
}

/** Every date from one to another, both included. */
export function datesBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += dayLength)
    dates.push(new Date(time).toISOString().slice(0, 10));
  return dates;
}

type State = {y: number; w: number; x: number; v: number} | null;

/** Returns the rows of the path and of the entries, and the links, of units that are each in one variant. */
export function referenceCube(
  exposures: readonly ReferenceExposure[],
  events: readonly ReferenceEvent[],
  metrics: readonly ReferenceMetric[],
  {timezone, calendar = false, first, asOf}: ReferenceOptions
): {path: CubeRow[]; entries: CubeRow[]; links: Links[]} {
  const byUnit = new Map<string, ReferenceExposure>();
  for (const exposure of exposures) {
    const known = byUnit.get(exposure.unit);
    if (known === undefined || exposure.time < known.time) byUnit.set(exposure.unit, exposure);
  }
  const eventsOf = new Map<string, ReferenceEvent[]>();
  for (const event of events) eventsOf.set(event.unit, [...(eventsOf.get(event.unit) ?? []), event]);
  const dates = datesBetween(first, asOf);
  const path = new Map<string, CubeRow>();
  const entries = new Map<string, CubeRow>();
  const links: Links[] = [];
  for (const metric of metrics) {
    const linked = new Map<string, {entry: string; date: string; variant: string; cell: string[]; units: number}>();
    for (const exposure of byUnit.values()) {
      const {unit, variant, dimensions} = exposure;
      const entry = dateIn(timezone, exposure.time);
      let before: State = null;
      for (const date of dates) {
        const now = stateAt(metric, exposure, eventsOf.get(unit) ?? [], {date, timezone, calendar});
        if (JSON.stringify(now) === JSON.stringify(before)) continue;
        for (const cell of dimensions.length === 0 ? [null] : [null, dimensions]) {
          add(path, {date, variant, cell, metric: metric.key}, before, now, true);
          add(entries, {date: entry, variant, cell, metric: metric.key}, before, now, before === null);
        }
        const key = [entry, date, variant, ...dimensions].join("|");
        const link = linked.get(key) ?? {entry, date, variant, cell: dimensions, units: 0};
        ++link.units;
        linked.set(key, link);
        before = now;
      }
    }
    const rows = [...linked.values()];
    links.push({
      metric: metric.key,
      entry: rows.map((row) => row.entry),
      date: rows.map((row) => row.date),
      variant: rows.map((row) => row.variant),
      cell: rows.map((row) => row.cell),
      units: rows.map((row) => row.units)
    });
  }
  return {path: [...path.values()], entries: [...entries.values()], links};
}

/** A unit's state as of the end of a date; null while it does not count. */
export function stateAt(
  metric: ReferenceMetric,
  exposure: ReferenceExposure,
  events: readonly ReferenceEvent[],
  {date, timezone, calendar}: {date: string; timezone: string; calendar: boolean}
): State {
  const entry = dateIn(timezone, exposure.time);
  if (entry > date) return null;
  const since = (event: ReferenceEvent) =>
    calendar ? Date.parse(dateIn(timezone, event.time)) - Date.parse(entry) : event.time - exposure.time;
  const [from, to] =
    metric.kind === "retention"
      ? [(metric.days?.[0] ?? 0) * dayLength, ((metric.days?.[1] ?? 0) + 1) * dayLength]
      : [0, (metric.window ?? Infinity) * dayLength];
  const mature = metric.kind === "retention" || metric.kind === "time-to-event" || (metric.mature ?? true);
  if (mature && Number.isFinite(to)) {
    const lived = calendar
      ? new Date(Date.parse(entry) + to - dayLength).toISOString().slice(0, 10)
      : dateIn(timezone, exposure.time + to - 1);
    if (lived > date) return null;
  }
  const after = events.filter(
    (event) => dateIn(timezone, event.time) <= date && since(event) >= from && since(event) < to
  );
  const earlier = events.filter(
    (event) => typeof metric.covariate === "number" && since(event) < 0 && -since(event) <= metric.covariate * dayLength
  );
  const valueOf = ({value}: ReferenceEvent) => (value === null || (value < 0 && !metric.negative) ? 0 : value);
  const outcome = (rows: readonly ReferenceEvent[], kind: ReferenceMetric["kind"]): number => {
    const matching = rows.filter(
      ({event, value}) => event === metric.event && (metric.above === undefined || (value ?? 0) > metric.above)
    );
    if (kind === "proportion" || kind === "retention") return matching.length > 0 ? 1 : 0;
    if (kind === "time-to-event") return Math.min(to, ...matching.map(since)) / dayLength;
    const total = metric.sum ? matching.reduce((sum, row) => sum + valueOf(row), 0) : matching.length;
    return Math.min(total, metric.cap ?? Infinity);
  };
  const denominator = (rows: readonly ReferenceEvent[]) =>
    metric.denominator === undefined ? 0 : rows.filter(({event}) => event === metric.denominator).length;
  return {
    y: outcome(after, metric.kind),
    w: denominator(after),
    x:
      metric.covariate === undefined
        ? 0
        : metric.covariate === "score"
          ? (exposure.score ?? 0)
          : outcome(earlier, metric.kind === "time-to-event" ? "proportion" : metric.kind),
    v: typeof metric.covariate === "number" ? denominator(earlier) : 0
  };
}

function add(
  to: Map<string, CubeRow>,
  keys: {date: string; variant: string; cell: string[] | null; metric: string},
  before: State,
  now: State,
  touched: boolean
): void {
  const key = JSON.stringify(keys);
  const known = to.get(key);
  const row: {-readonly [K in keyof CubeRow]: CubeRow[K]} = known ?? {
    ...keys,
    bin: null,
    touched: 0,
    n: 0,
    ...(Object.fromEntries(sums.map((sum) => [sum, 0])) as Record<(typeof sums)[number], number>)
  };
  if (touched) ++row.touched;
  row.n += (now === null ? 0 : 1) - (before === null ? 0 : 1);
  for (const sum of sums) {
    const product = (state: State) =>
      state === null ? 0 : [...sum].reduce((value, letter) => value * state[letter as "y" | "w" | "x" | "v"], 1);
    row[sum] += product(now) - product(before);
  }
  to.set(key, row);
}
