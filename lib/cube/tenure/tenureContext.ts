import type {TenureCohort} from "../../experiment/novelty/tenureSums.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {TenureTables} from "../arrays/threads/shard.ts";
import type {UnitState} from "../store/unitState.ts";
import type {SegmentPlan} from "./segmentPlans.ts";
import type {TenureColumn, TenureMetric} from "./tenureSql.ts";

/** What the statements of all metrics share that count their days alike. */
export interface TenureContext extends Pick<LoadContext, "engine" | "steps" | "state" | "shards"> {
  readonly metrics: readonly TenureMetric[];
  readonly cohorts: readonly TenureCohort[];
  /** The first whole tenure day: 0, or 1 with calendar-only data. */
  readonly first: number;
  readonly variants: readonly string[];
  readonly segments: readonly SegmentPlan[];
  /** The sums that were told by typed arrays, of each share of the units; default: SQL makes them. */
  readonly told?: readonly TenureTables[];
  /** The dimensions of a cell. */
  readonly dimensions: number;
}

/** Returns what a number of a column is divided by to give a value. */
export function step(column: TenureColumn | null): number {
  return column === null ? 1 : 2 ** column.bits;
}

/** Returns the whole numbers from one to another. */
export function range(from: number, to: number): number[] {
  return Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i);
}

/** What may stand after FROM for days of units, each with its unit's entry day, variant and cell. */
export function withUnits(days: string, units: string, where = "true"): string {
  return `(SELECT t.*, x.entry_day, x.variant, x.cell FROM ${days} AS t JOIN ${units} AS x ON x.u = t.u WHERE ${where})`;
}

/** The same of the days that are not among the kept ones. */
export function newDays({kept}: UnitState): string {
  return kept === null ? withUnits("tenure_days", "units") : "tenure_new";
}

/** The same of the days that are among the kept ones, of units that are gone. */
export function goneDays({day, lag}: UnitState): string {
  return withUnits("gone_tenure", "kept_gone", `t.k <= ${day - lag} - x.entry_day`);
}

/**
 * Returns the statement of sums by entry day: of what is new, and of what is kept less that of units
 * that are gone.
 */
export function sumsByEntry(
  {engine: {dialect}}: Pick<TenureContext, "engine">,
  state: UnitState,
  {
    keys,
    names,
    now,
    gone,
    kept
  }: {keys: readonly string[]; names: readonly string[]; now: string; gone: string; kept: string}
): string {
  if (state.kept === null) return now;
  const columns = [...keys, ...names].join(", ");
  const less = `SELECT ${[...keys, ...names.map((name) => `-${name}`)].join(", ")} FROM (${gone}) AS g`;
  const parts = [`SELECT ${columns} FROM (${now}) AS n`, kept, ...(state.gone ? [less] : [])];
  const sums = names.map((name) => `${dialect.wide(`sum(${name})`)} AS ${name}`);
  return `SELECT ${[...keys, ...sums].join(", ")} FROM (${parts.join(" UNION ALL ")}) AS e GROUP BY ${keys.join(", ")}`;
}
