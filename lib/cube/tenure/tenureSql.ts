import type {Dialect} from "../dialects/dialect.ts";
import {day} from "../dialects/dialect.ts";
import type {MetricPlan, Plan, Side} from "../plan.ts";
import type {Scale} from "../sql/totals.ts";
import {reduced} from "../sql/totals.ts";
import type {Hits} from "../buildLogs.ts";

/** What a unit did on one day, as a column of whole numbers: value x 2^bits. Metrics that ask for the same share it. */
export interface TenureColumn {
  readonly name: string;
  readonly side: Extract<Side, {of: "stream"}>;
  readonly bits: number;
}

/** A metric that has a value on each day: a mean or proportion of `y`, or a ratio of `y` to `w`. */
export interface TenureMetric {
  readonly key: string;
  readonly kind: "mean" | "proportion" | "ratio";
  readonly y: TenureColumn;
  readonly w: TenureColumn | null;
}

/** Returns the metrics that have a value on each day; other kinds, and columns that units bring along, have none. */
export function tenureMetrics({metrics}: Plan, {bits}: Scale): TenureMetric[] {
  const columns: TenureColumn[] = [];
  const column = (side: Side | undefined): TenureColumn | null => {
    if (side?.of !== "stream" || side.reduce === "first" || side.reduce === "values") return null;
    const known = columns.find((other) => other.side.stream.id === side.stream.id && other.side.reduce === side.reduce);
    if (known !== undefined) return known;
    const added = {
      name: `t${columns.length}`,
      side,
      bits: side.reduce === "sum" ? (bits[side.stream.id] ?? 0) : 0
    };
    columns.push(added);
    return added;
  };
  return metrics.flatMap(({key, kind, sides}: MetricPlan): TenureMetric[] => {
    if (kind !== "mean" && kind !== "proportion" && kind !== "ratio") return [];
    const [y, w] = [column(sides.y), kind === "ratio" ? column(sides.w) : null];
    return y === null || (kind === "ratio" && w === null) ? [] : [{key, kind, y, w}];
  });
}

/** Returns the columns of some metrics, each once. */
export function columnsOf(metrics: readonly TenureMetric[]): TenureColumn[] {
  return [...new Set(metrics.flatMap(({y, w}) => (w === null ? [y] : [y, w])))];
}

/** Days before the exposure that are looked at, as far as the log covers them. */
export const daysBefore = 14;

/**
 * Returns the statement with one row per unit and tenure day (or date, by `key`) on which it did anything: the number or
 * sum of that day alone, in steps, whatever the metric's window or cap.
 */
export function tenureDays(
  dialect: Dialect,
  columns: readonly TenureColumn[],
  hits: readonly Hits[],
  {asOf}: Scale,
  {key}: {key: "k" | "day"}
): string {
  const k = tenureDay(dialect);
  const selects = hits.flatMap(({table, streams}) => {
    const mine = columns.filter(({side}) => streams.includes(side.stream));
    if (mine.length === 0) return [];
    const values = columns.map(
      (column) => `${mine.includes(column) ? value(dialect, column) : dialect.integer("NULL")} AS ${column.name}`
    );
    // Rows of other streams would only add zeros; most tables hold none, and asking takes time.
    const own = new Set(mine.map(({side}) => side.stream.id));
    const any = streams.every(({id}) => own.has(id))
      ? ""
      : ` AND (${[...own].map((id) => `${id} IS NOT NULL`).join(" OR ")})`;
    return [
      `SELECT u, ${key === "k" ? k : "day"} AS ${key}, ${values.join(", ")} FROM ${table} WHERE u IS NOT NULL AND day <= ${asOf}${any} AND (since >= 0${key === "k" ? ` OR (before > 0 AND before <= ${daysBefore * day})` : ""})`
    ];
  });
  const sums = columns.map(({name, side}) => `${reduced(dialect, side.reduce, name)} AS ${name}`);
  return `SELECT u, ${key}, ${sums.join(", ")} FROM (${selects.join(" UNION ALL ")}) AS h GROUP BY u, ${key}`;
}

/** Returns the sum of one expression of a column, wide enough. */
export function total(dialect: Dialect, sql: string): string {
  return dialect.wide(`coalesce(sum(${sql}), 0)`);
}

/** Returns the sum of products of two expressions, each of a column; counts need no wide numbers on the way. */
export function totalProduct(
  dialect: Dialect,
  [a, first]: readonly [TenureColumn, string],
  [b, second]: readonly [TenureColumn, string]
): string {
  const small = a.side.reduce !== "sum" && b.side.reduce !== "sum";
  return total(dialect, `${small ? first : dialect.wide(first)} * ${second}`);
}

/** Returns SQL for the tenure day of a hit: 0 on the day that begins with the entry, -1 before the exposure. */
export function tenureDay(dialect: Dialect): string {
  return `CASE WHEN since >= 0 THEN ${dialect.floorDivide("since", day)} ELSE -${dialect.floorDivide(`(before + ${day - 1})`, day)} END`;
}

function value(dialect: Dialect, {side, bits}: TenureColumn): string {
  const {id} = side.stream;
  if (side.reduce === "sum") return dialect.addend(id, bits);
  return `CASE WHEN ${id} IS NOT NULL THEN 1 END`;
}
