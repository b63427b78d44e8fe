import {checkFinite} from "./checks.ts";

/**
 * What a quantile and its error need to know of one arm: events counted in bins of their value, and for each bin what it adds to Σ M² and Σ M K
 * over the units, where M is a unit's events up to the end of the bin and K all its events. All of it are sums, so bins of shards add. With one event
 * for each unit (a unit-level quantile) `mm` and `mk` are the counts themselves.
 */
export type QuantileBins = {
  /** Number of units with at least one event. */
  readonly n: number;
  /** Σ K, the number of events. */
  readonly events: number;
  /** Σ K². */
  readonly kk: number;
  /** Ends of the bins, ascending and not overlapping; a bin of one value has lower = upper. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Events in each bin. */
  readonly count: readonly number[];
  readonly mm: readonly number[];
  readonly mk: readonly number[];
};

/** One event of one unit. */
export type UnitEvent = {readonly unit: string | number; readonly value: number};

/**
 * Returns exact bins, one for each distinct value, of units that have one value each.
 *
 * @param values the value of each unit; not changed
 * @throws {RangeError} if a value is not finite
 */
export function binsOfValues(values: readonly number[]): QuantileBins {
  const sorted = Float64Array.from(values).sort();
  const points: number[] = [];
  const count: number[] = [];
  for (const value of sorted) {
    checkFinite("value", value);
    const last = points.length - 1;
    if (points[last] === value) count[last] = (count[last] ?? 0) + 1;
    else {
      points.push(value);
      count.push(1);
    }
  }
  return {
    n: values.length,
    events: values.length,
    kk: values.length,
    lower: points,
    upper: points,
    count,
    mm: count,
    mk: count
  };
}

/**
 * Returns exact bins, one for each distinct value, of events of which a unit may have many.
 *
 * @param events in any order; not changed
 * @throws {RangeError} if a value is not finite
 */
export function binsOfEvents(events: readonly UnitEvent[]): QuantileBins {
  const all = new Map<string | number, number>();
  for (const {unit, value} of events) {
    checkFinite("value", value);
    all.set(unit, (all.get(unit) ?? 0) + 1);
  }
  const before = new Map<string | number, number>();
  const points: number[] = [];
  const count: number[] = [];
  const mm: number[] = [];
  const mk: number[] = [];
  for (const {unit, value} of [...events].sort((a, b) => a.value - b.value)) {
    const m = before.get(unit) ?? 0;
    const k = all.get(unit) ?? 0;
    before.set(unit, m + 1);
    if (points[points.length - 1] !== value) {
      points.push(value);
      for (const list of [count, mm, mk]) list.push(0);
    }
    const last = points.length - 1;
    count[last] = (count[last] ?? 0) + 1;
    mm[last] = (mm[last] ?? 0) + 2 * m + 1;
    mk[last] = (mk[last] ?? 0) + k;
  }
  let kk = 0;
  for (const k of all.values()) kk += k * k;
  return {n: all.size, events: events.length, kk, lower: points, upper: points, count, mm, mk};
}
