import type {Dialect} from "../dialects/dialect.ts";
import {day} from "../dialects/dialect.ts";
import type {MetricPlan, Side} from "../plan.ts";
import type {Scale} from "../sql/totals.ts";
import type {Hits} from "../buildLogs.ts";

/** One letter of a metric as a column of `tenure_days`. */
export interface TenurePart {
  readonly letter: "y" | "w";
  readonly side: Extract<Side, {of: "stream"}>;
}

/** Returns a metric's letters that have a value on each day; null for kinds without tenure rows. */
export function tenureParts({kind, sides}: MetricPlan): TenurePart[] | null {
  if (kind !== "mean" && kind !== "proportion" && kind !== "ratio") return null;
  const parts: TenurePart[] = [];
  for (const letter of ["y", "w"] as const) {
    const side = sides[letter];
    if (side === undefined) continue;
    if (side.of !== "stream") return null;
    parts.push({letter, side});
  }
  return parts.length === (kind === "ratio" ? 2 : 1) ? parts : null;
}

/** Returns the step of a part's values as a power of 2: whole numbers are value x 2^bits. */
export function tenureBits({side}: TenurePart, {bits}: Scale): number {
  return side.reduce === "sum" ? (bits[side.stream.id] ?? 0) : 0;
}

/**
 * Returns the statement with one row per unit and tenure day (or date, by `key`) on which it did anything: the number or
 * sum of that day alone, in steps, whatever the metric's window or cap.
 */
export function tenureDays(
  dialect: Dialect,
  parts: readonly TenurePart[],
  hits: readonly Hits[],
  scale: Scale,
  {key}: {key: "k" | "day"}
): string {
  const k = `CASE WHEN since >= 0 AND NOT (before > 0) THEN ${dialect.floorDivide("since", day)} ELSE -${dialect.floorDivide(`(before + ${day - 1})`, day)} END`;
  const selects = hits.flatMap(({table, streams}) => {
    const mine = parts.filter(({side}) => streams.includes(side.stream));
    if (mine.length === 0) return [];
    const columns = parts.map(
      (part) => `${mine.includes(part) ? value(dialect, part, scale) : dialect.integer("NULL")} AS ${part.letter}`
    );
    const any = mine.map(({side}) => `${side.stream.id} IS NOT NULL`).join(" OR ");
    return [
      `SELECT u, ${key === "k" ? k : "day"} AS ${key}, ${columns.join(", ")} FROM ${table} WHERE u IS NOT NULL AND day <= ${scale.asOf} AND (${any}) AND (since >= 0${key === "k" ? " OR before > 0" : ""})`
    ];
  });
  const sums = parts.map(
    ({letter, side}) =>
      `${dialect.integer(`coalesce(${side.reduce === "any" ? "max" : "sum"}(${letter}), 0)`)} AS ${letter}`
  );
  return `SELECT u, ${key}, ${sums.join(", ")} FROM (${selects.join(" UNION ALL ")}) AS h GROUP BY u, ${key}`;
}

function value(dialect: Dialect, part: TenurePart, scale: Scale): string {
  const {id} = part.side.stream;
  if (part.side.reduce === "sum") return dialect.steps(id, tenureBits(part, scale));
  return `CASE WHEN ${id} IS NULL THEN ${dialect.integer("NULL")} ELSE ${dialect.integer("1")} END`;
}
