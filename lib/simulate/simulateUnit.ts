import {liftOf, multiplierAt} from "./effect.ts";
import type {Effect} from "./effect.ts";
import {DAY, weekHourAt} from "./planSimulation.ts";
import type {EventPlan, Factors, SimulationPlan, ValuePlan} from "./planSimulation.ts";
import {RandomStream, textToWord} from "./random.ts";
import type {EventSpec} from "./simulateSchema.ts";

/** Where the rows of a unit go. Times are whole milliseconds since the start of day 0; `arrived` is when the row was written. */
export interface UnitSink {
  exposure(unit: number, time: number, variant: number, dimensions: Uint16Array): void;
  /** `value` is NaN for an event without one. */
  event(unit: number, time: number, event: number, value: number, arrived: number): void;
}

/** Room for making units, used over and over, and the sink that their rows go to. */
export interface UnitRoom {
  readonly random: RandomStream;
  readonly codes: Uint16Array;
  readonly sink: UnitSink;
  /** Stands before the sink where there are faults. */
  readonly faults: FaultySink | null;
  readonly maker: EventMaker;
}

type ConversionSpec = Extract<EventSpec, {kind: "conversion"}>;

const ENTRY = textToWord("entry");
const AGAIN = textToWord("again");
const EXPOSURES = textToWord("exposures");
const CROSSOVER = textToWord("crossover");
const BOT = textToWord("bot");
const LOST = textToWord("lost");

/** Returns room for making units of a plan, whose rows go to the sink. */
export function createRoom(plan: SimulationPlan, sink: UnitSink): UnitRoom {
  const random = new RandomStream();
  const faults = plan.faulty ? new FaultySink(plan, sink) : null;
  const last = faults ?? sink;
  const maker = new EventMaker(plan, random, last);
  return {random, codes: new Uint16Array(plan.dimensions.length), sink: last, faults, maker};
}

/**
 * Hands all rows of one unit to the sink: its exposures, and its events before and after. Nothing depends on any other
 * unit, and each purpose has a stream of random numbers of its own, so one more event or fault leaves the rest as it was.
 */
export function simulateUnit(plan: SimulationPlan, unit: number, day: number, room: UnitRoom): void {
  const {random, codes, faults} = room;
  random.start(plan.seed, unit, ENTRY);
  const hour = pick(plan.hours, random.uniform());
  const entry = day * DAY + Math.floor((hour + random.uniform()) * 3_600_000);
  const variant = pick(plan.split[day] ?? plan.hours, random.uniform());
  for (let i = 0; i < codes.length; ++i)
    codes[i] = pick(plan.dimensions[i]?.cumulative ?? plan.hours, random.uniform());

  faults?.begin(unit, variant, EXPOSURES);
  if (!(faults && isLost(plan, unit, day, variant, codes, random))) exposeUnit(plan, unit, entry, variant, room);
  for (let i = 0; i < plan.events.length; ++i) {
    const event = plan.events[i];
    if (!event) continue;
    faults?.begin(unit, variant, event.purpose);
    makeEvents(plan, event, i, unit, entry, variant, room);
  }
  if (!plan.faults.bots) return;
  faults?.begin(unit, variant, BOT);
  makeBot(plan, unit, entry, room);
}

function exposeUnit(plan: SimulationPlan, unit: number, entry: number, variant: number, room: UnitRoom) {
  const {random, codes, sink} = room;
  const end = plan.days * DAY;
  if (entry < end) sink.exposure(unit, entry, variant, codes);
  if (plan.again > 0) {
    random.start(plan.seed, unit, AGAIN);
    for (let time = entry; random.uniform() < plan.again;) {
      time = Math.ceil(time + random.exponential() * DAY);
      if (time < end) sink.exposure(unit, time, variant, codes);
    }
  }
  if (plan.faults.crossovers > 0) {
    random.start(plan.seed, unit, CROSSOVER);
    if (random.uniform() < plan.faults.crossovers && plan.variants.length > 1) {
      const other = (variant + 1 + Math.floor(random.uniform() * (plan.variants.length - 1))) % plan.variants.length;
      const time = Math.ceil(entry + random.exponential() * DAY);
      if (time < end) sink.exposure(unit, time, other, codes);
    }
  }
}

function makeEvents(
  plan: SimulationPlan,
  event: EventPlan,
  code: number,
  unit: number,
  entry: number,
  variant: number,
  {random, codes, maker}: UnitRoom
) {
  const {spec} = event;
  random.start(plan.seed, unit, event.purpose);
  const factor = factorOf(event.factors, codes);
  const before = random.normal();
  const after = correlate(before, random.normal(), spec.correlation);
  const rateBefore = factor * levelOf(before, spec.spread);
  const rateAfter = factor * levelOf(after, spec.spread);
  const peak = maker.begin(event, code, unit, entry, variant, codes);
  const first = spec.pre === undefined ? entry : entry - spec.pre * DAY;

  if (spec.kind === "repeated") {
    if (first < entry) maker.repeat(spec.rate * rateBefore, first, entry);
    const end = plan.days * DAY;
    const last = spec.lasts === undefined ? end : Math.min(end, entry + spec.lasts * DAY);
    maker.repeat(spec.rate * rateAfter * peak, entry, last);
  } else {
    if (first < entry) maker.repeat((spec.probability / spec.within) * rateBefore, first, entry);
    maker.convert(spec, spec.probability * rateAfter * peak);
  }
}

/** Makes the events of one kind of one unit. It is started over for each: an object for each would cost more than they. */
class EventMaker {
  private event: EventPlan | null = null;
  private code = 0;
  private unit = 0;
  private entry = 0;
  private effect: Effect | null = null;
  private lift = 0;
  private peak = 1;
  private scale = 1;
  private valueBefore = 0;
  private valueAfter = 0;
  private valueEffect: Effect | null = null;
  private valueLift = 0;

  constructor(
    private readonly plan: SimulationPlan,
    private readonly random: RandomStream,
    private readonly sink: UnitSink
  ) {}

  /** Returns the highest factor that the effect ever has on the rate; a lower one is had by leaving events out. */
  begin(event: EventPlan, code: number, unit: number, entry: number, variant: number, codes: Uint16Array): number {
    this.event = event;
    this.code = code;
    this.unit = unit;
    this.entry = entry;
    this.effect = event.effects[variant] ?? null;
    this.lift = this.effect ? liftOf(this.effect, codes) : 0;
    this.peak = this.effect ? peakOf(this.effect, this.lift) : 1;
    const {value} = event;
    if (value) {
      this.scale = Math.exp(value.location) * factorOf(value.factors, codes);
      this.valueBefore = this.random.normal();
      this.valueAfter = correlate(this.valueBefore, this.random.normal(), value.spec.correlation);
      this.valueEffect = value.effects[variant] ?? null;
      this.valueLift = this.valueEffect ? liftOf(this.valueEffect, codes) : 0;
    }
    return this.peak;
  }

  /** Makes a Poisson process with the rhythm of hour and week; its mean rate per day, before any effect, is given. */
  repeat(rate: number, from: number, to: number) {
    const {plan, random, event} = this;
    const gap = DAY / (rate * plan.rhythmMaximum);
    const decay = event?.spec.kind === "repeated" && from >= this.entry ? event.spec.decay : undefined;
    for (let time = from + random.exponential() * gap; time < to; time += random.exponential() * gap) {
      const whole = Math.floor(time);
      const traffic = plan.rhythm[weekHourAt(plan, whole)] ?? 1;
      if (random.uniform() * plan.rhythmMaximum >= traffic) continue;
      if (whole >= this.entry && !this.accepts(whole)) continue;
      if (decay && random.uniform() >= leftAt(decay, (whole - this.entry) / DAY)) continue;
      this.emit(whole);
    }
  }

  /** Makes a conversion, with the probability given, and those that follow it. */
  convert(spec: ConversionSpec, probability: number) {
    const {random} = this;
    const end = this.plan.days * DAY;
    if (random.uniform() >= probability) return;
    // The inverse of the exponential distribution cut at the window.
    const delay = -Math.log(1 - random.uniform() * (1 - Math.exp(-spec.within / spec.delay))) * spec.delay;
    let time = Math.ceil(this.entry + delay * DAY);
    if (!this.accepts(time)) return;
    if (time < end) this.emit(time);
    while (time < end && random.uniform() < spec.again) {
      time = Math.ceil(time + random.exponential() * spec.delay * DAY);
      if (time < end) this.emit(time);
    }
  }

  private accepts(time: number): boolean {
    const {effect, entry, lift, peak} = this;
    if (!effect || effect.shape === "constant") return true;
    return this.random.uniform() * peak < multiplierAt(effect, lift, (time - entry) / DAY);
  }

  private emit(time: number) {
    const value = this.event?.value;
    let amount = NaN;
    if (value) {
      amount = draw(value, this.scale, time < this.entry ? this.valueBefore : this.valueAfter, this.random);
      if (this.valueEffect && time >= this.entry)
        amount *= multiplierAt(this.valueEffect, this.valueLift, (time - this.entry) / DAY);
    }
    this.sink.event(this.unit, time, this.code, amount, time);
  }
}

function makeBot(plan: SimulationPlan, unit: number, entry: number, {random, codes, sink}: UnitRoom) {
  const {bots} = plan.faults;
  random.start(plan.seed, unit, BOT);
  if (!bots || random.uniform() >= bots.share) return;
  const code = plan.events.findIndex(({name}) => name === bots.event);
  const value = plan.events[code]?.value ?? null;
  const scale = value ? Math.exp(value.location) * factorOf(value.factors, codes) : NaN;
  const gap = DAY / bots.rate;
  const end = Math.min(plan.days * DAY, entry + bots.lasts * DAY);
  for (let time = entry + gap; time < end; time += gap) {
    const whole = Math.ceil(time);
    sink.event(unit, whole, code, value ? draw(value, scale, 0, random) : NaN, whole);
  }
}

/** Loses, repeats and delays rows on their way to another sink. */
class FaultySink implements UnitSink {
  private variant = 0;
  private readonly losing = new RandomStream();
  private readonly copying = new RandomStream();

  constructor(
    private readonly plan: SimulationPlan,
    private readonly sink: UnitSink
  ) {}

  /** Starts its random numbers for one unit and kind of row. */
  begin(unit: number, variant: number, purpose: number) {
    this.variant = variant;
    if (this.plan.faults.dropout.length > 0) this.losing.start(~this.plan.seed, unit, purpose);
    this.copying.start(this.plan.seed ^ 0x5555_5555, unit, purpose);
  }

  exposure(unit: number, time: number, variant: number, dimensions: Uint16Array) {
    if (!this.isDropped(time, "exposures")) this.sink.exposure(unit, time, variant, dimensions);
  }

  event(unit: number, time: number, event: number, value: number) {
    const {duplicates, late} = this.plan.faults;
    // All draws are made for every row, so that one fault does not move another.
    const twice = this.copying.uniform() < duplicates;
    const isLate = this.copying.uniform() < (late?.share ?? 0);
    const delay = this.copying.uniform() * (isLate && late ? late.days * DAY : 60_000);
    if (this.isDropped(time, "events")) return;
    const arrived = late ? Math.ceil(time + delay) : time;
    this.sink.event(unit, time, event, value, arrived);
    if (twice) this.sink.event(unit, time, event, value, arrived);
  }

  private isDropped(time: number, of: "exposures" | "events"): boolean {
    const day = Math.floor(time / DAY);
    const hour = (time - day * DAY) / 3_600_000;
    let dropped = false;
    for (const fault of this.plan.faults.dropout) {
      const draw = this.losing.uniform();
      if (fault.of !== "all" && fault.of !== of) continue;
      if (fault.variant !== undefined && this.plan.variants[this.variant] !== fault.variant) continue;
      if (day < fault.from || day > (fault.to ?? fault.from)) continue;
      if (hour < fault.hours[0] || hour >= fault.hours[1]) continue;
      if (draw < fault.share) dropped = true;
    }
    return dropped;
  }
}

function isLost(
  plan: SimulationPlan,
  unit: number,
  day: number,
  variant: number,
  codes: Uint16Array,
  random: RandomStream
): boolean {
  let lost = false;
  random.start(plan.seed, unit, LOST);
  for (const fault of plan.faults.lostExposures) {
    const draw = random.uniform();
    if (fault.variant !== undefined && plan.variants[variant] !== fault.variant) continue;
    if (day < fault.from || (fault.to !== undefined && day > fault.to)) continue;
    const fits = plan.dimensions.every(({name, values}, i) => {
      const value = fault.where[name];
      return value === undefined || values[codes[i] ?? 0] === value;
    });
    if (fits && draw < fault.share) lost = true;
  }
  return lost;
}

/** The place of a number from (0, 1) in a running sum that ends at 1. */
function pick(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (u < (cumulative[middle] ?? 1)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function factorOf(factors: Factors, codes: Uint16Array): number {
  let factor = 1;
  for (let i = 0; i < factors.length; ++i) factor *= factors[i]?.[codes[i] ?? 0] ?? 1;
  return factor;
}

function correlate(z: number, other: number, correlation: number): number {
  return correlation * z + Math.sqrt(1 - correlation * correlation) * other;
}

/** A lognormal factor with mean 1. */
function levelOf(z: number, spread: number): number {
  return spread === 0 ? 1 : Math.exp(spread * z - (spread * spread) / 2);
}

function draw({spec}: ValuePlan, scale: number, level: number, random: RandomStream): number {
  return scale * Math.exp(spec.spread * level + spec.sigma * random.normal());
}

function leftAt({halfLife, rest}: {halfLife: number; rest: number}, days: number): number {
  return rest + (1 - rest) * Math.exp((-Math.LN2 * days) / halfLife);
}

function peakOf(effect: Effect, lift: number): number {
  if (effect.shape === "constant") return 1 + lift;
  return Math.max(1, 1 + lift);
}
