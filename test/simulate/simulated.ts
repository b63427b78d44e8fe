import {DAY, planSimulation} from "../../lib/simulate/planSimulation.ts";
import {simulateDays} from "../../lib/simulate/simulateDays.ts";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";

/** A row of a simulated log with its words. Times are days since day 0, `tenure` is days since the unit's first exposure. */
export interface EventRow {
  readonly unit: number;
  readonly event: string;
  readonly time: number;
  readonly value: number;
  readonly arrived: number;
  /** The day whose log it is in. */
  readonly logged: number;
}

export interface ExposureRow {
  readonly unit: number;
  readonly variant: string;
  readonly time: number;
  readonly dimensions: readonly string[];
}

/** The plan and all rows of a block, for an experiment with variants a and b that starts on a Monday. */
export function simulated(block: Omit<SimulateBlock, "seed"> & {seed?: number}) {
  const plan = planSimulation({
    id: "demo",
    start: "2026-01-05",
    variants: {a: {weight: 0.5}, b: {weight: 0.5}},
    simulate: {seed: 11, prefix: "u", ...block}
  });
  const exposures: ExposureRow[] = [];
  const events: EventRow[] = [];
  for (const day of simulateDays(plan)) {
    const e = day.exposures;
    for (let i = 0; i < e.length; ++i) {
      exposures.push({
        unit: e.unit[i]!,
        variant: plan.variants[e.variant[i]!]!,
        time: e.time[i]! / DAY,
        dimensions: plan.dimensions.map(({values}, k) => values[e.dimensions[k]![i]!]!)
      });
    }
    const v = day.events;
    for (let i = 0; i < v.length; ++i) {
      events.push({
        unit: v.unit[i]!,
        event: plan.events[v.event[i]!]!.name,
        time: v.time[i]! / DAY,
        value: v.value[i]!,
        arrived: v.arrived[i]! / DAY,
        logged: day.day
      });
    }
  }
  const first = new Map<number, ExposureRow>();
  for (const row of exposures) if (!first.has(row.unit)) first.set(row.unit, row);
  return {plan, exposures, events, first};
}

/** How many events with a tenure from `from` to below `to` each unit has, by its place in `units`. */
export function countsOf(
  {events, first}: ReturnType<typeof simulated>,
  from: number,
  to: number,
  units: readonly number[] = [...first.keys()]
): number[] {
  const counts = new Map(units.map((unit) => [unit, 0]));
  for (const {unit, time} of events) {
    const tenure = time - (first.get(unit)?.time ?? NaN);
    const count = counts.get(unit);
    if (count !== undefined && from <= tenure && tenure < to) counts.set(unit, count + 1);
  }
  return [...counts.values()];
}

/** Units of one variant, and of one value of the first dimension. */
export function unitsOf({first}: ReturnType<typeof simulated>, variant: string, value?: string): number[] {
  return [...first.values()]
    .filter((row) => row.variant === variant && (value === undefined || row.dimensions[0] === value))
    .map(({unit}) => unit);
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** n - 1. */
export function variance(values: readonly number[]): number {
  const m = mean(values);
  return values.reduce((a, b) => a + (b - m) ** 2, 0) / (values.length - 1);
}

export function correlation(x: readonly number[], y: readonly number[]): number {
  const mx = mean(x);
  const my = mean(y);
  const xy = x.reduce((a, b, i) => a + (b - mx) * (y[i]! - my), 0) / (x.length - 1);
  return xy / Math.sqrt(variance(x) * variance(y));
}

/** How many standard errors of its mean the values are away from an expected mean. */
export function errorsFrom(values: readonly number[], expected: number): number {
  return Math.abs(mean(values) - expected) / Math.sqrt(variance(values) / values.length);
}
