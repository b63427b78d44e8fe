import type {Experiment, Metric} from "../../experiment/definition/definition.ts";
import {contractPrefix, summaryContracts} from "../../experiment/summaryContracts.ts";
import type {SummaryRow} from "../../experiment/summaryContracts.ts";
import {allSums} from "../emptyRow.ts";
import type {Cube, CubeRow} from "../row.ts";
import type {TableContext} from "./readTable.ts";
import {metricKeys, numberOf, readTable, tally, variantNamed} from "./readTable.ts";

/**
 * Returns the cube of a summary table: one row per variant with its users and sums, as of the experiment's last day. A
 * metric names its columns: `value` the sum (or conversions), `squares` the sum of squares, `count` the units behind it.
 * Without squares a mean has no interval. Rows that break a contract are counted as `contract: …`, which blocks.
 */
export async function buildSummary(context: TableContext, experiment: Experiment): Promise<Cube> {
  const {metrics} = context.definitions;
  const keys = metricKeys(experiment);
  const used = keys.map((key) => [key, metrics[key]!] as const);
  const table = await readTable(context, experiment, ({variant, users}) => [
    {name: variant ?? "variant", place: "variant"},
    {name: users ?? "users", place: "users"},
    ...used.flatMap(([key, {value, squares, count}]) =>
      [value ?? key, squares, count].flatMap((name) => (name === undefined ? [] : [{name, place: `metric ${key}`}]))
    )
  ]);
  const excluded = tally(table.name);
  const date = experiment.end ?? experiment.start;
  const rows: SummaryRow[] = [];
  const usersColumn = table.fact.users ?? "users";
  table.rows.forEach((row, i) => {
    const text = row[table.fact.variant ?? "variant"] ?? null;
    const variant = variantNamed(experiment, text);
    if (variant === null) return excluded.add(text === null ? "missing-variant" : "unknown-variant");
    rows.push({
      variant,
      where: `line ${i + 2}`,
      users: numberOf(row[usersColumn]),
      metrics: Object.fromEntries(
        used.map(([key, {kind, value, squares, count}]) => [
          key,
          {
            sum: numberOf(row[value ?? key]),
            conversions: kind === "proportion" || kind === "retention",
            ...(squares === undefined ? {} : {squares: numberOf(row[squares])}),
            ...(count === undefined ? {} : {count: numberOf(row[count])})
          }
        ])
      )
    });
  });
  const control = Object.keys(experiment.variants).find((key) => experiment.variants[key]?.role === "control") ?? "";
  const violations = summaryContracts(rows, {control, variants: Object.keys(experiment.variants)});
  const path = used.flatMap(([key, metric]) => rows.flatMap((row) => summaryRow(row, key, metric, date)));
  return {
    dimensions: [],
    asOf: rows.length === 0 ? null : date,
    path,
    entries: path,
    traffic: rows.map(({variant, users}) => ({hour: `${date}T00:00`, variant, units: Math.max(0, users ?? 0)})),
    tenure: {},
    activeUnits: null,
    largestShare: {},
    links: null,
    origins: {},
    excluded: [
      ...excluded.rows(),
      ...violations.map(({text}) => ({reason: `${contractPrefix}${text}`, fact: table.name, rows: 1, units: null}))
    ],
    rows: table.rows.length,
    units: rows.reduce((sum, {users}) => sum + Math.max(0, users ?? 0), 0),
    sql: table.sql,
    pins: {caps: {}, tops: {}, origins: {}}
  };
}

function summaryRow({variant, users, metrics}: SummaryRow, key: string, {kind}: Metric, date: string): CubeRow[] {
  const {sum = null, squares, count} = metrics[key] ?? {};
  const n = count ?? users;
  if (n === null || !(n > 0) || sum === null) return [];
  const share = kind === "proportion" || kind === "retention";
  // What breaks a contract is counted as such and cannot be computed with.
  if (share && !(0 <= sum && sum <= n)) return [];
  if (squares != null && !(n * squares >= sum * sum * (1 - 1e-9))) return [];
  // Without squares the spread is not known: as if all were alike, so that no interval can be had.
  const yy = share ? sum : (squares ?? (sum * sum) / n);
  return [{date, variant, cell: null, metric: key, bin: null, touched: n, n, ...allSums({y: sum, yy})}];
}
