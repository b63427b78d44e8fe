import type {TenureCohort} from "../../experiment/novelty/tenureSums.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {SegmentPlan} from "./segmentPlans.ts";
import type {TenureColumn, TenureMetric} from "./tenureSql.ts";

/** What the statements of all metrics share that count their days alike. */
export interface TenureContext extends Pick<LoadContext, "engine" | "steps"> {
  readonly metrics: readonly TenureMetric[];
  readonly cohorts: readonly TenureCohort[];
  /** The first whole tenure day: 0, or 1 with calendar-only data. */
  readonly first: number;
  readonly variants: readonly string[];
  readonly segments: readonly SegmentPlan[];
}

/** Returns what a number of a column is divided by to give a value. */
export function step(column: TenureColumn | null): number {
  return column === null ? 1 : 2 ** column.bits;
}

/** Returns the whole numbers from one to another. */
export function range(from: number, to: number): number[] {
  return Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i);
}
