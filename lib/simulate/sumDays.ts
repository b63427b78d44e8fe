import {emptyMoments, momentsFromSums} from "../stats/moments.ts";
import type {Moments} from "../stats/moments.ts";
import {DAY} from "./planSimulation.ts";
import type {SimulationPlan} from "./planSimulation.ts";
import {simulateDays} from "./simulateDays.ts";
import type {EventBatch, ExposureBatch} from "./simulateDays.ts";

/** What to count, and how often to say how it stands. */
export interface SumDaysOptions {
  /** Name of the event that makes the outcome. */
  readonly event: string;
  /** `proportion`: whether a unit did it; `mean`: the sum of its values, or how often where it has none. Defaults to `proportion`. */
  readonly kind?: "proportion" | "mean";
  /** Days since the exposure that count; a unit is mature once it has lived through them. Positive, defaults to 7. */
  readonly window?: number;
  /** How often a day the sums are yielded; a positive integer, defaults to 1. */
  readonly ticks?: number;
}

/** How it stands at one time, from all that has arrived by then. */
export interface RunningSums {
  /** Days since the start of day 0: 1 is the end of the first day. */
  readonly time: number;
  /** Units exposed so far, by variant; those seen in two variants are out. */
  readonly units: readonly number[];
  /** Sums over mature units, by variant: y is the outcome, x the same from the logged days before the exposure. */
  readonly mature: readonly Moments[];
  /** Units that were seen in two variants. */
  readonly crossovers: number;
  /** Rows of all events so far, those after the first of identical ones, and those that came more than an hour late. */
  readonly events: number;
  readonly duplicates: number;
  readonly late: number;
  /** The highest outcome of one mature unit as a share of the sum of all; null while that is 0. */
  readonly largestShare: number | null;
  /** How often the busiest unit did it within the window, mature or not. */
  readonly busiest: number;
}

/**
 * Yields the sums of a simulation as its logs come in, at the end of each tick from day 0 on: a readout of the log as of that moment
 * without the log. The first exposure of a unit counts, identical rows count once, a unit seen in two variants is out from then on, and an
 * event that arrives late moves the sums when it arrives. One unit's state is a few numbers; the rows are not kept.
 *
 * @throws {RangeError} if the event is not one of the plan's, or the window or ticks are out of range
 * @example for (const {time, mature} of sumDays(plan, {event: "purchase"})) compareProportions(mature[0], mature[1])
 */
export function* sumDays(
  plan: SimulationPlan,
  {event, kind = "proportion", window = 7, ticks = 1}: SumDaysOptions
): Generator<RunningSums> {
  const code = plan.events.findIndex(({name}) => name === event);
  if (code < 0) throw new RangeError(`unknown event: ${event}`);
  if (!(0 < window && window < Infinity)) throw new RangeError(`invalid window; not positive and finite: ${window}`);
  if (!(Number.isInteger(ticks) && ticks > 0)) throw new RangeError(`invalid ticks; not a positive integer: ${ticks}`);
  const tally = new Tally(plan, {code, isShare: kind === "proportion", window: window * DAY});
  for (const {day, exposures, events} of simulateDays(plan)) {
    const [exposed, happened] = [
      {batch: exposures, next: 0},
      {batch: events, next: 0}
    ];
    const count = day < 0 ? 1 : ticks;
    for (let tick = 1; tick <= count; ++tick) {
      const end = (day + tick / count) * DAY;
      tally.addExposures(exposed, end);
      tally.addEvents(happened, end);
      tally.ripen(end);
      if (day >= 0) yield tally.sums(end / DAY);
    }
  }
}

/** A batch of rows and how far it was read. */
interface Reading<Batch> {
  readonly batch: Batch;
  next: number;
}

const UNSEEN = -1;
const CROSSED = -2;
const HOUR = 3_600_000;

class Tally {
  private readonly variant: Int16Array;
  private readonly entry: Float64Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly isMature: Uint8Array;
  private readonly times: Uint16Array;
  /** Units in the order of their first exposure; those before `ripe` are mature. */
  private readonly order: Uint32Array;
  private seen = 0;
  private ripe = 0;
  private readonly units: number[];
  private readonly totals: {n: number; y: number; yy: number; x: number; xx: number; xy: number}[];
  private crossovers = 0;
  private events = 0;
  private duplicates = 0;
  private late = 0;
  private largest = 0;
  private busiest = 0;

  constructor(
    private readonly plan: SimulationPlan,
    private readonly metric: {readonly code: number; readonly isShare: boolean; readonly window: number}
  ) {
    const size = plan.firstUnit[plan.entries] ?? 0;
    this.variant = new Int16Array(size).fill(UNSEEN);
    this.entry = new Float64Array(size);
    this.x = new Float64Array(size);
    this.y = new Float64Array(size);
    this.isMature = new Uint8Array(size);
    this.times = new Uint16Array(size);
    this.order = new Uint32Array(size);
    this.units = plan.variants.map(() => 0);
    this.totals = plan.variants.map(() => ({n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0}));
  }

  addExposures(reading: Reading<ExposureBatch>, end: number) {
    const {length, unit: units, time: times, variant: variants} = reading.batch;
    for (; reading.next < length && (times[reading.next] ?? end) < end; ++reading.next) {
      const unit = units[reading.next] ?? 0;
      const variant = variants[reading.next] ?? 0;
      const known = this.variant[unit] ?? UNSEEN;
      if (known === UNSEEN) {
        this.variant[unit] = variant;
        this.entry[unit] = times[reading.next] ?? 0;
        this.order[this.seen++] = unit;
        this.units[variant] = (this.units[variant] ?? 0) + 1;
      } else if (known !== CROSSED && known !== variant) {
        if (this.isMature[unit]) this.move(unit, -1);
        this.variant[unit] = CROSSED;
        this.units[known] = (this.units[known] ?? 0) - 1;
        ++this.crossovers;
      }
    }
  }

  addEvents(reading: Reading<EventBatch>, end: number) {
    const {length, unit: units, time: times, event: codes, value: values, arrived} = reading.batch;
    for (; reading.next < length && (arrived[reading.next] ?? end) < end; ++reading.next) {
      const i = reading.next;
      const unit = units[i] ?? 0;
      const time = times[i] ?? 0;
      const value = values[i] ?? NaN;
      ++this.events;
      if ((arrived[i] ?? time) - time > HOUR) ++this.late;
      // Both rows of a pair arrive in one millisecond, so they stand side by side.
      const isCopy =
        i > 0 &&
        units[i - 1] === unit &&
        times[i - 1] === time &&
        codes[i - 1] === codes[i] &&
        Object.is(values[i - 1], value);
      if (isCopy) ++this.duplicates;
      else if (codes[i] === this.metric.code) this.addEvent(unit, time, Number.isNaN(value) ? 1 : value);
    }
  }

  private addEvent(unit: number, time: number, value: number) {
    const known = this.variant[unit] ?? UNSEEN;
    const entry = this.entry[unit] ?? 0;
    const isAfter = known !== UNSEEN && time >= entry;
    if (isAfter && time >= entry + this.metric.window) return;
    if (isAfter) {
      const times = Math.min(65_535, (this.times[unit] ?? 0) + 1);
      this.times[unit] = times;
      if (times > this.busiest) this.busiest = times;
    }
    const counts = known >= 0 && this.isMature[unit] === 1;
    if (counts) this.move(unit, -1);
    const values = isAfter ? this.y : this.x;
    values[unit] = this.metric.isShare ? 1 : (values[unit] ?? 0) + value;
    if (counts) this.move(unit, 1);
  }

  ripen(end: number) {
    for (; this.ripe < this.seen; ++this.ripe) {
      const unit = this.order[this.ripe] ?? 0;
      if ((this.entry[unit] ?? 0) + this.metric.window > end) return;
      if (this.variant[unit] === CROSSED) continue;
      this.isMature[unit] = 1;
      this.move(unit, 1);
    }
  }

  private move(unit: number, sign: 1 | -1) {
    const totals = this.totals[this.variant[unit] ?? 0];
    if (!totals) return;
    const x = this.x[unit] ?? 0;
    const y = this.y[unit] ?? 0;
    totals.n += sign;
    totals.y += sign * y;
    totals.yy += sign * y * y;
    totals.x += sign * x;
    totals.xx += sign * x * x;
    totals.xy += sign * x * y;
    if (sign > 0 && y > this.largest) this.largest = y;
  }

  sums(time: number): RunningSums {
    const total = this.totals.reduce((sum, {y}) => sum + y, 0);
    return {
      time,
      units: [...this.units],
      mature: this.totals.map(({n, ...sums}) => momentsFromSums(n, {...emptyMoments(), ...sums})),
      crossovers: this.crossovers,
      events: this.events,
      duplicates: this.duplicates,
      late: this.late,
      largestShare: total > 0 ? this.largest / total : null,
      busiest: this.busiest
    };
  }
}
