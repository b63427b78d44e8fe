import type {Experiment} from "../../experiment/definition/definition.ts";
import type {Origin} from "../../stats/moments.ts";
import {allSums} from "../emptyRow.ts";
import type {Cube, CubeRow, TrafficRow} from "../row.ts";
import type {TableContext} from "./readTable.ts";
import {metricKeys, numberOf, readTable, tally, variantNamed} from "./readTable.ts";

interface Snapshot {
  readonly date: string;
  readonly variant: string;
  readonly metric: string | null;
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/**
 * Returns the cube of snapshots: cumulative n, mean and variance (n - 1) per arm over time, turned into what each day
 * added. The timestamp is a date, or days since the start as a number; the last snapshot of a day counts. With a
 * `metric` column a metric reads the rows that carry its `value` (default: its key), without one all rows.
 */
export async function buildSnapshots(context: TableContext, experiment: Experiment): Promise<Cube> {
  const {metrics} = context.definitions;
  const table = await readTable(context, experiment, ({variant, timestamp, n, mean, variance, metric}) =>
    [variant ?? "variant", timestamp ?? "timestamp", n ?? "n", mean ?? "mean", variance ?? "variance", metric].flatMap(
      (name) => (name === undefined ? [] : [{name, place: name}])
    )
  );
  const {fact, name} = table;
  const excluded = tally(name);
  const snapshots: Snapshot[] = [];
  for (const row of table.rows) {
    const text = row[fact.variant ?? "variant"] ?? null;
    const variant = variantNamed(experiment, text);
    const date = dateOf(row[fact.timestamp ?? "timestamp"] ?? null, experiment.start);
    const [n, mean, variance] = [fact.n ?? "n", fact.mean ?? "mean", fact.variance ?? "variance"].map((column) =>
      numberOf(row[column])
    );
    if (variant === null) excluded.add(text === null ? "missing-variant" : "unknown-variant");
    else if (date === null) excluded.add("unparseable-timestamp");
    else if (n == null || mean == null || variance == null) excluded.add("not-numeric");
    else if (n < 0 || variance < 0) excluded.add("negative-value");
    else
      snapshots.push({
        date,
        variant,
        metric: fact.metric === undefined ? null : (row[fact.metric] ?? null),
        n,
        mean,
        variance
      });
  }
  const path: CubeRow[] = [];
  const origins: Record<string, Origin> = {};
  let traffic: TrafficRow[] = [];
  for (const key of metricKeys(experiment)) {
    const wanted = metrics[key]?.value ?? key;
    const own = snapshots.filter(({metric}) => metric === null || metric === wanted);
    const origin = metrics[key]?.kind === "mean" ? (own.at(-1)?.mean ?? 0) : 0;
    origins[key] = {y: origin};
    const rows = Object.keys(experiment.variants).flatMap((variant) =>
      increments(
        own.filter((snapshot) => snapshot.variant === variant),
        {key, variant, origin}
      )
    );
    path.push(...rows);
    const entered = rows.map(({date, variant, n}) => ({hour: `${date}T00:00`, variant, units: n}));
    if (total(entered) > total(traffic)) traffic = entered;
  }
  path.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return {
    dimensions: [],
    asOf: path.at(-1)?.date ?? null,
    path,
    entries: path,
    traffic: traffic.filter(({units}) => units > 0),
    tenure: {},
    activeUnits: null,
    largestShare: {},
    links: null,
    origins,
    excluded: excluded.rows(),
    rows: table.rows.length,
    units: total(traffic),
    sql: table.sql,
    pins: {caps: {}, tops: {}, origins}
  };
}

function increments(
  snapshots: readonly Snapshot[],
  {key, variant, origin}: {key: string; variant: string; origin: number}
): CubeRow[] {
  const byDate = new Map(
    [...snapshots]
      .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.n - b.n))
      .map((snapshot) => [snapshot.date, snapshot])
  );
  let [n, y, yy] = [0, 0, 0];
  return [...byDate.values()].map((snapshot): CubeRow => {
    const shift = snapshot.mean - origin;
    const next = {
      n: snapshot.n,
      y: snapshot.n * shift,
      yy: Math.max(0, snapshot.n - 1) * snapshot.variance + snapshot.n * shift * shift
    };
    const row = {
      date: snapshot.date,
      variant,
      cell: null,
      metric: key,
      bin: null,
      touched: Math.abs(next.n - n),
      n: next.n - n,
      ...allSums({y: next.y - y, yy: next.yy - yy})
    };
    ({n, y, yy} = next);
    return row;
  });
}

function dateOf(text: string | null, start: string): string | null {
  if (text === null) return null;
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.isNaN(Date.parse(text.slice(0, 10))) ? null : text.slice(0, 10);
  const days = numberOf(text);
  if (days === null || !(Math.abs(days) < 1e5)) return null;
  return new Date(Date.parse(start) + Math.floor(days) * 86_400_000).toISOString().slice(0, 10);
}

function total(rows: readonly TrafficRow[]): number {
  return rows.reduce((sum, {units}) => sum + units, 0);
}
