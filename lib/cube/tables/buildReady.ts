import type {Experiment} from "../../experiment/definition/definition.ts";
import type {Sum} from "../../stats/moments.ts";
import {sums} from "../../stats/moments.ts";
import {allSums} from "../emptyRow.ts";
import {dimensionColumn} from "../cubeTable.ts";
import type {Cube, CubeRow, TrafficRow} from "../row.ts";
import type {TableContext, TableRow} from "./readTable.ts";
import {metricKeys, numberOf, readTable, tally, variantNamed} from "./readTable.ts";

/**
 * Returns a cube whose path rows were made elsewhere: columns as in path.parquet (`date`, `variant`, one per dimension,
 * `metric`, `n` and the sums about an origin of 0; `bin` and `touched` if there are any). Rows whose dimensions are all
 * blank are whole variants; without any, the cells are added up. Without `touched` rows count as safe to publish:
 * whoever made them has seen to it.
 */
export async function buildReady(context: TableContext, experiment: Experiment): Promise<Cube> {
  const dimensions = Object.keys(experiment.dimensions);
  const columns = (fact: {
    timestamp?: string | undefined;
    variant?: string | undefined;
    metric?: string | undefined;
  }) => ({
    date: fact.timestamp ?? "date",
    variant: fact.variant ?? "variant",
    metric: fact.metric ?? "metric"
  });
  const table = await readTable(context, experiment, (fact) => [
    ...Object.entries(columns(fact)).map(([place, name]) => ({name, place})),
    {name: "n", place: "n"},
    ...dimensions.map((name) => ({
      name: experiment.dimensions[name]?.column ?? dimensionColumn(name),
      place: `dimension ${name}`
    }))
  ]);
  const names = columns(table.fact);
  const keys = new Set(metricKeys(experiment));
  const excluded = tally(table.name);
  const rows: CubeRow[] = [];
  for (const row of table.rows) {
    const variant = variantNamed(experiment, row[names.variant] ?? null);
    const date = row[names.date]?.slice(0, 10) ?? "";
    const metric = row[names.metric] ?? "";
    const n = numberOf(row["n"]);
    if (variant === null) excluded.add("unknown-variant");
    else if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) excluded.add("unparseable-timestamp");
    else if (!keys.has(metric)) excluded.add("unknown-metric");
    else if (n === null) excluded.add("not-numeric");
    else {
      const values = dimensions.map(
        (name) => row[experiment.dimensions[name]?.column ?? dimensionColumn(name)] ?? null
      );
      const cell = values.every((value) => value === null) ? null : values.map((value) => value ?? "unknown");
      const touched = numberOf(row["touched"]) ?? Number.MAX_SAFE_INTEGER;
      rows.push({date, variant, cell, metric, bin: numberOf(row["bin"]), touched, n, ...sumsOf(row)});
    }
  }
  const whole = rows.some(({cell}) => cell === null) ? [] : addCells(rows);
  const path = [...rows, ...whole].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const traffic = trafficOf(path);
  return {
    dimensions,
    asOf: path.at(-1)?.date ?? null,
    path,
    entries: [],
    traffic,
    tenure: {},
    activeUnits: null,
    largestShare: {},
    links: null,
    origins: {},
    excluded: excluded.rows(),
    rows: table.rows.length,
    units: traffic.reduce((sum, {units}) => sum + units, 0),
    sql: table.sql,
    pins: {caps: {}, tops: {}, origins: {}}
  };
}

function sumsOf(row: TableRow): Record<Sum, number> {
  return allSums(Object.fromEntries(sums.flatMap((sum) => (row[sum] == null ? [] : [[sum, numberOf(row[sum]) ?? 0]]))));
}

/** Whole variants from cells: units of different cells are different. */
function addCells(rows: readonly CubeRow[]): CubeRow[] {
  const groups = new Map<string, CubeRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.date, row.variant, row.metric, row.bin]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, {...row, cell: null});
    else {
      const added = Object.fromEntries(sums.map((sum) => [sum, known[sum] + row[sum]])) as Record<Sum, number>;
      groups.set(key, {
        ...known,
        ...added,
        n: known.n + row.n,
        touched: Math.min(Number.MAX_SAFE_INTEGER, known.touched + row.touched)
      });
    }
  }
  return [...groups.values()];
}

/** New units by day: the increments of the metric that most units count for. */
function trafficOf(path: readonly CubeRow[]): TrafficRow[] {
  const whole = path.filter(({cell, bin}) => cell === null && bin === null);
  const sizes = new Map<string, number>();
  for (const {metric, n} of whole) sizes.set(metric, (sizes.get(metric) ?? 0) + n);
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1])[0] ?? [];
  return whole
    .filter(({metric, n}) => metric === largest && n > 0)
    .map(({date, variant, n}) => ({hour: `${date}T00:00`, variant, units: n}));
}
