import {DAY} from "./planSimulation.ts";
import type {SimulationPlan} from "./planSimulation.ts";
import {createRoom, simulateUnit} from "./simulateUnit.ts";
import type {UnitSink} from "./simulateUnit.ts";

/** Exposures in columns, by time. `time` is in milliseconds since the start of day 0; codes are places in the plan's lists. */
export interface ExposureBatch {
  readonly length: number;
  readonly unit: Uint32Array;
  readonly time: Float64Array;
  readonly variant: Uint8Array;
  /** One for each dimension. */
  readonly dimensions: readonly Uint16Array[];
}

/** Events in columns, in the order of their arrival. `value` is NaN for an event without one. */
export interface EventBatch {
  readonly length: number;
  readonly unit: Uint32Array;
  readonly time: Float64Array;
  readonly event: Uint8Array;
  readonly value: Float64Array;
  /** When the row was written; the same as `time` unless the plan has late events. */
  readonly arrived: Float64Array;
}

/** What was written to the logs on one day. */
export interface SimulatedDay {
  /** Days since day 0; negative for what units did before anybody was exposed. */
  readonly day: number;
  /** 2026-01-31. */
  readonly date: string;
  readonly exposures: ExposureBatch;
  readonly events: EventBatch;
}

/**
 * Yields the days of a simulation in order, from `pre` days before day 0 on, each with the rows that were written on
 * it: a row that arrives late comes with the day of its arrival, or not at all when that is after the last day.
 * Only the days that are still open are held in memory.
 */
export function* simulateDays(plan: SimulationPlan): Generator<SimulatedDay> {
  const buckets = new Buckets(plan, -plan.pre, plan.days - 1);
  const room = createRoom(plan, buckets);
  let entered = 0;
  for (let day = -plan.pre; day < plan.days; ++day) {
    for (; entered <= Math.min(day + plan.pre, plan.entries - 1); ++entered) {
      const next = plan.firstUnit[entered + 1] ?? 0;
      for (let unit = plan.firstUnit[entered] ?? 0; unit < next; ++unit) simulateUnit(plan, unit, entered, room);
    }
    yield buckets.take(day);
  }
}

/**
 * Returns one day alone, the same to the last bit as `simulateDays` yields it. It makes every unit that could have left
 * a row on that day, so going through all days this way costs their number over again.
 * @throws {RangeError} if the day is not from -pre to days - 1
 */
export function simulateDay(plan: SimulationPlan, day: number): SimulatedDay {
  if (!(Number.isInteger(day) && -plan.pre <= day && day < plan.days))
    throw new RangeError(`invalid day; not an integer in [${-plan.pre}, ${plan.days}): ${day}`);
  const buckets = new Buckets(plan, day, day);
  const room = createRoom(plan, buckets);
  for (let entry = 0; entry <= Math.min(day + plan.pre, plan.entries - 1); ++entry) {
    const next = plan.firstUnit[entry + 1] ?? 0;
    for (let unit = plan.firstUnit[entry] ?? 0; unit < next; ++unit) simulateUnit(plan, unit, entry, room);
  }
  return buckets.take(day);
}

// A sort key holds the millisecond of the day (27 bits) and the row's place (26 bits), exactly.
const PLACES = 2 ** 26;

class Buckets implements UnitSink {
  private readonly exposures = new Map<number, ExposureRows>();
  private readonly events = new Map<number, EventRows>();
  private readonly spare: EventRows[] = [];
  private readonly late: boolean;

  constructor(
    private readonly plan: SimulationPlan,
    private readonly first: number,
    private readonly last: number
  ) {
    this.late = plan.faults.late !== undefined;
  }

  exposure(unit: number, time: number, variant: number, dimensions: Uint16Array) {
    const day = Math.floor(time / DAY);
    if (day < this.first || day > this.last) return;
    let rows = this.exposures.get(day);
    if (!rows) this.exposures.set(day, (rows = new ExposureRows(dimensions.length)));
    rows.push(unit, time, variant, dimensions);
  }

  event(unit: number, time: number, event: number, value: number, arrived: number) {
    const day = Math.floor(arrived / DAY);
    if (day < this.first || day > this.last) return;
    let rows = this.events.get(day);
    if (!rows) this.events.set(day, (rows = this.spare.pop() ?? new EventRows(this.late)));
    rows.push(unit, time, event, value, arrived);
  }

  take(day: number): SimulatedDay {
    const exposures = (this.exposures.get(day) ?? new ExposureRows(this.plan.dimensions.length)).sorted(day);
    const rows = this.events.get(day) ?? new EventRows(this.late);
    const events = rows.sorted(day);
    this.exposures.delete(day);
    this.events.delete(day);
    this.spare.push(rows.clear());
    return {day, date: new Date(this.plan.start + day * DAY).toISOString().slice(0, 10), exposures, events};
  }
}

class ExposureRows {
  private length = 0;
  private unit = new Uint32Array(256);
  private time = new Float64Array(256);
  private variant = new Uint8Array(256);
  private readonly codes: Uint16Array[];

  constructor(dimensions: number) {
    this.codes = Array.from({length: dimensions}, () => new Uint16Array(256));
  }

  push(unit: number, time: number, variant: number, codes: Uint16Array) {
    const i = this.length++;
    if (i === this.unit.length) {
      this.unit = grow(this.unit, new Uint32Array(2 * i));
      this.time = grow(this.time, new Float64Array(2 * i));
      this.variant = grow(this.variant, new Uint8Array(2 * i));
      this.codes.forEach((column, k) => (this.codes[k] = grow(column, new Uint16Array(2 * i))));
    }
    this.unit[i] = unit;
    this.time[i] = time;
    this.variant[i] = variant;
    for (let k = 0; k < this.codes.length; ++k) {
      const column = this.codes[k];
      if (column) column[i] = codes[k] ?? 0;
    }
  }

  sorted(day: number): ExposureBatch {
    const order = orderOf(this.time, this.length, day);
    return {
      length: this.length,
      unit: arrange(this.unit, order, new Uint32Array(this.length)),
      time: arrange(this.time, order, new Float64Array(this.length)),
      variant: arrange(this.variant, order, new Uint8Array(this.length)),
      dimensions: this.codes.map((column) => arrange(column, order, new Uint16Array(this.length)))
    };
  }
}

class EventRows {
  private length = 0;
  private unit = new Uint32Array(1024);
  private time = new Float64Array(1024);
  private kind = new Uint8Array(1024);
  private value = new Float64Array(1024);
  private arrived: Float64Array<ArrayBuffer> | null;

  constructor(late: boolean) {
    this.arrived = late ? new Float64Array(1024) : null;
  }

  clear(): this {
    this.length = 0;
    return this;
  }

  push(unit: number, time: number, event: number, value: number, arrived: number) {
    const i = this.length++;
    if (i === this.unit.length) {
      this.unit = grow(this.unit, new Uint32Array(2 * i));
      this.time = grow(this.time, new Float64Array(2 * i));
      this.kind = grow(this.kind, new Uint8Array(2 * i));
      this.value = grow(this.value, new Float64Array(2 * i));
      if (this.arrived) this.arrived = grow(this.arrived, new Float64Array(2 * i));
    }
    this.unit[i] = unit;
    this.time[i] = time;
    this.kind[i] = event;
    this.value[i] = value;
    if (this.arrived) this.arrived[i] = arrived;
  }

  sorted(day: number): EventBatch {
    const order = orderOf(this.arrived ?? this.time, this.length, day);
    const time = arrange(this.time, order, new Float64Array(this.length));
    return {
      length: this.length,
      unit: arrange(this.unit, order, new Uint32Array(this.length)),
      time,
      event: arrange(this.kind, order, new Uint8Array(this.length)),
      value: arrange(this.value, order, new Float64Array(this.length)),
      arrived: this.arrived ? arrange(this.arrived, order, new Float64Array(this.length)) : time
    };
  }
}

function grow<T extends {set(from: ArrayLike<number>): void}>(from: ArrayLike<number>, to: T): T {
  to.set(from);
  return to;
}

function arrange<T extends {[i: number]: number}>(from: ArrayLike<number>, order: Uint32Array, to: T): T {
  for (let i = 0; i < order.length; ++i) to[i] = from[order[i] ?? 0] ?? 0;
  return to;
}

/** The rows by time, then by place. Plain numbers sort natively, ten times as fast as with a comparator. */
function orderOf(times: Float64Array, length: number, day: number): Uint32Array {
  if (length > PLACES) throw new RangeError(`too many rows on a day; more than ${PLACES}: ${length}`);
  const keys = new Float64Array(length);
  for (let i = 0; i < length; ++i) keys[i] = ((times[i] ?? 0) - day * DAY) * PLACES + i;
  keys.sort();
  const order = new Uint32Array(length);
  for (let i = 0; i < length; ++i) {
    const key = keys[i] ?? 0;
    order[i] = key - Math.floor(key / PLACES) * PLACES;
  }
  return order;
}
