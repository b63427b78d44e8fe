import {effectTable} from "./effect.ts";
import type {Effect} from "./effect.ts";
import {adaptiveSplit} from "./adaptiveSplit.ts";
import {mixWord, RandomStream, textToWord} from "./random.ts";
import {simulateSchema} from "./simulateSchema.ts";
import type {EffectSpec, EventSpec, FaultSpec, SimulateSpec, ValueSpec} from "./simulateSchema.ts";

/** Milliseconds of a day; simulated days are UTC days. */
export const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What a simulation is made from: the parts of an experiment's definition that it needs. */
export interface SimulationInput {
  readonly id: string;
  /** First day of exposures, 2026-01-05. */
  readonly start: string;
  /** Planned last day; needed when the block does not say `entries`. */
  readonly end?: string | undefined;
  /** What the log's experiment column says; default: the id. */
  readonly experiment?: string | undefined;
  /** By key: the share of traffic, and what the log calls it (the first of `values`; default: the key). */
  readonly variants: Readonly<
    Record<string, {readonly weight: number; readonly values?: readonly string[] | undefined}>
  >;
  readonly phases?: readonly {readonly start: string; readonly weights: Readonly<Record<string, number>>}[];
  /** The `simulate:` block, as written. */
  readonly simulate?: unknown;
}

/** A dimension: its values, and the running sum of their shares, which ends at 1. */
export interface DimensionPlan {
  readonly name: string;
  readonly values: readonly string[];
  readonly cumulative: Float64Array;
}

/** Factors of a unit's rate or value: for each dimension, one for each value, or null where all are 1. */
export type Factors = readonly (Float64Array | null)[];

/** The number that comes with an event. `location` is the mean of its logarithm. */
export interface ValuePlan {
  readonly spec: ValueSpec;
  readonly location: number;
  readonly factors: Factors;
  /** By variant; null without an effect. */
  readonly effects: readonly (Effect | null)[];
}

/** One kind of event. */
export interface EventPlan {
  readonly name: string;
  readonly spec: EventSpec;
  /** Names its stream of random numbers. */
  readonly purpose: number;
  readonly factors: Factors;
  readonly effects: readonly (Effect | null)[];
  readonly value: ValuePlan | null;
  /** Which of the plan's columns holds its value; -1 without one. */
  readonly column: number;
}

/** Everything that a simulation needs, checked and looked up, so that making a unit is arithmetic. */
export interface SimulationPlan {
  readonly id: string;
  readonly experiment: string;
  readonly seed: number;
  readonly prefix: string;
  /** The start of day 0, milliseconds since 1970 UTC. */
  readonly start: number;
  /** Days on which units enter, of those that are logged: who enters after the last day is not in the log at all. */
  readonly entries: number;
  /** Days that are logged, from day 0 on. */
  readonly days: number;
  /** Days before day 0 that are logged, for what units did before their exposure. */
  readonly pre: number;
  /** Keys of the variants, and what the log calls them. */
  readonly variants: readonly string[];
  readonly variantValues: readonly string[];
  readonly dimensions: readonly DimensionPlan[];
  /** Units of entry day d are those from `firstUnit[d]` to below `firstUnit[d + 1]`. */
  readonly firstUnit: readonly number[];
  /** For each entry day the running sum of the split, which ends at 1. */
  readonly split: readonly Float64Array[];
  /** Whether the exposures say with which probability their variant was chosen. */
  readonly propensity: boolean;
  readonly events: readonly EventPlan[];
  readonly columns: readonly string[];
  /** Share of a day's traffic before the end of each of its 24 hours. */
  readonly hours: Float64Array;
  /** Traffic in each hour of a week from Monday on, relative to the mean. */
  readonly rhythm: Float64Array;
  readonly rhythmMaximum: number;
  /** Hours from Monday 0:00 to the start of day 0. */
  readonly weekHour: number;
  readonly again: number;
  readonly faults: FaultSpec;
  /** Whether any fault needs random numbers. */
  readonly faulty: boolean;
}

/**
 * Returns the plan of a simulation: its block parsed, checked against the experiment's variants and dimensions, and
 * every table made. A split that does not add up to 1 is taken as relative shares.
 * @throws {TypeError} with a line for each problem: a block that is missing or not of the schema, a name of a variant,
 *   dimension, value or event that does not exist, `entries` and `end` both missing, columns that an event needs
 */
export function planSimulation(input: SimulationInput): SimulationPlan {
  const {id} = input;
  if (input.simulate === undefined) throw new TypeError(`missing simulate block: ${id}`);
  const parsed = simulateSchema.safeParse(input.simulate);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({path, message}) => `${path.length > 0 ? `${path.map(String).join(".")}: ` : ""}${message}`
    );
    throw new TypeError(complain(id, problems));
  }
  const spec = parsed.data;
  const start = Date.parse(input.start);
  if (!(start % DAY === 0)) throw new TypeError(`invalid start; not a date such as 2026-01-31: ${input.start}`);
  const end = input.end === undefined ? NaN : Date.parse(input.end);
  const entries = spec.entries ?? (end - start) / DAY + 1;
  const problems = findProblems(spec, input);
  if (!(Number.isInteger(entries) && entries > 0)) problems.push("entries: missing, and the experiment has no end");
  if (problems.length > 0) throw new TypeError(complain(id, problems));

  const variants = Object.keys(input.variants);
  const dimensions = Object.entries(spec.dimensions).map(([name, values]) => planDimension(name, values));
  const columns = spec.columns ?? findColumns(spec);
  const weekday = (new Date(start).getUTCDay() + 6) % 7;
  const hourly = Array.from({length: 24}, (_, hour) => trafficAt(hour + 0.5, spec.hours));
  const rhythm = normalize(spec.week.flatMap((day) => hourly.map((hour) => day * hour)));

  const plan: SimulationPlan = {
    id,
    experiment: input.experiment ?? id,
    seed: spec.seed,
    prefix: spec.prefix ?? `${id}-`,
    start,
    entries: Math.min(entries, spec.days ?? entries),
    days: spec.days ?? entries,
    pre: Math.max(0, ...Object.values(spec.events).map((event) => event.pre ?? 0)),
    variants,
    variantValues: variants.map((key) => input.variants[key]?.values?.[0] ?? key),
    dimensions,
    firstUnit: planTraffic(spec, entries, weekday),
    split: Array.from({length: entries}, (_, day) => planSplit(input, spec, variants, start + day * DAY)),
    propensity: spec.bandit?.log ?? false,
    events: Object.entries(spec.events).map(([name, event]) => ({
      name,
      spec: event,
      purpose: textToWord(`event ${name}`),
      factors: planFactors(event.by, dimensions),
      effects: planEffects(event.effect, variants, dimensions),
      value: event.value ? planValue(event.value, variants, dimensions) : null,
      column: event.value ? columns.indexOf(event.value.column) : -1
    })),
    columns,
    hours: cumulate(hourly),
    rhythm,
    rhythmMaximum: rhythm.reduce((a, b) => Math.max(a, b)),
    weekHour: weekday * 24,
    again: spec.again,
    faults: spec.faults,
    faulty: isFaulty(spec.faults)
  };
  return spec.bandit === undefined ? plan : {...plan, split: adaptiveSplit(plan, spec.bandit)};
}

/** Returns the id of a unit: the prefix and eight hexadecimal digits that do not tell its place, unique in its log. */
export function unitId(plan: Pick<SimulationPlan, "prefix" | "seed">, unit: number): string {
  return plan.prefix + unitWord(plan.seed, unit).toString(16).padStart(8, "0");
}

/** Returns the 32 bits of a unit's id: a bijection of its number, for each seed another. */
export function unitWord(seed: number, unit: number): number {
  return mixWord(unit ^ mixWord(seed ^ 0x5bd1e995));
}

/** Returns the hour of the week, 0 to 167 from Monday 0:00 UTC on, of a time in milliseconds since the start of day 0. */
export function weekHourAt(plan: SimulationPlan, time: number): number {
  const hour = (Math.floor(time / HOUR) + plan.weekHour) % 168;
  return hour < 0 ? hour + 168 : hour;
}

function complain(id: string, problems: readonly string[]): string {
  return problems.map((problem) => `invalid simulate block of ${id}; ${problem}`).join("\n");
}

function findProblems(spec: SimulateSpec, input: SimulationInput): string[] {
  const problems: string[] = [];
  const variants = Object.keys(input.variants);
  const dimensions = new Map(
    Object.entries(spec.dimensions).map(([name, values]) => [name, planDimension(name, values).values])
  );
  const check = (place: string, what: string, name: string, known: readonly string[]) => {
    if (!known.includes(name)) problems.push(`${place}: unknown ${what}: ${name}; expected one of ${known.join(", ")}`);
  };
  const checkSegments = (place: string, by: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => {
    for (const [dimension, values] of Object.entries(by)) {
      check(place, "dimension", dimension, [...dimensions.keys()]);
      const known = dimensions.get(dimension);
      if (known) for (const value of Object.keys(values)) check(place, `value of ${dimension}`, value, known);
    }
  };
  const checkEffects = (place: string, effects: Readonly<Record<string, EffectSpec>>) => {
    for (const [variant, effect] of Object.entries(effects)) {
      check(place, "variant", variant, variants);
      checkSegments(`${place}.${variant}.by`, effect.by);
    }
  };
  const checkSplit = (place: string, split: Readonly<Record<string, number>> | undefined) => {
    for (const variant of Object.keys(split ?? {})) check(place, "variant", variant, variants);
  };

  if (variants.length > 255) problems.push(`variants: more than 255: ${variants.length}`);
  if (Object.keys(spec.events).length > 255) problems.push("events: more than 255 kinds");
  checkSplit("split", spec.split);
  checkSplit("faults.split", spec.faults.split);
  for (const [name, event] of Object.entries(spec.events)) {
    checkSegments(`events.${name}.by`, event.by);
    checkEffects(`events.${name}.effect`, event.effect);
    if (!event.value) continue;
    checkSegments(`events.${name}.value.by`, event.value.by);
    checkEffects(`events.${name}.value.effect`, event.value.effect);
    if (spec.columns) check(`events.${name}.value`, "column", event.value.column, spec.columns);
  }
  for (const lost of spec.faults.lostExposures) {
    if (lost.variant !== undefined) check("faults.lostExposures", "variant", lost.variant, variants);
    const where = Object.entries(lost.where).map(([dimension, value]) => [dimension, {[value]: true}] as const);
    checkSegments("faults.lostExposures", Object.fromEntries(where));
  }
  for (const {variant} of spec.faults.dropout) {
    if (variant !== undefined) check("faults.dropout", "variant", variant, variants);
  }
  if (spec.bandit) {
    const {event, floor} = spec.bandit;
    check("bandit", "event", event, Object.keys(spec.events));
    const kind = spec.events[event]?.kind;
    if (kind !== undefined && kind !== "conversion") problems.push(`bandit.event: not of kind conversion: ${event}`);
    if (floor * variants.length > 1)
      problems.push(`bandit.floor: more than ${variants.length} variants can have: ${floor * 100}%`);
    for (const other of ["split", "faults.split"])
      if ((other === "split" ? spec.split : spec.faults.split) !== undefined)
        problems.push(`${other}: not beside bandit, which sets the split`);
  }
  if (spec.faults.bots) check("faults.bots", "event", spec.faults.bots.event, Object.keys(spec.events));
  return problems;
}

function findColumns(spec: SimulateSpec): string[] {
  const columns = Object.values(spec.events).flatMap(({value}) => (value ? [value.column] : []));
  return [...new Set(columns)];
}

function planDimension(name: string, values: SimulateSpec["dimensions"][string]): DimensionPlan {
  if (isRanked(values)) {
    const shares = values.values.map((_, rank) => Math.exp(-values.skew * Math.log(rank + 1)));
    return {name, values: values.values, cumulative: cumulate(shares)};
  }
  return {name, values: Object.keys(values), cumulative: cumulate(Object.values(values))};
}

function isRanked(values: SimulateSpec["dimensions"][string]): values is {values: string[]; skew: number} {
  return Array.isArray(values.values);
}

function planTraffic(spec: SimulateSpec, entries: number, weekday: number): number[] {
  const random = new RandomStream().start(spec.seed, -1, textToWord("traffic"));
  const weights = Array.from({length: entries}, (_, day) => {
    const {days, from} = spec.ramp ?? {days: 1, from: 1};
    const ramp = day < days - 1 ? from + ((1 - from) * day) / (days - 1) : 1;
    return (spec.week[(weekday + day) % 7] ?? 1) * ramp * Math.max(0.05, 1 + spec.jitter * random.normal());
  });
  return [0, ...Array.from(cumulate(weights), (share) => Math.round(spec.units * share))];
}

function planSplit(input: SimulationInput, spec: SimulateSpec, variants: readonly string[], day: number): Float64Array {
  const phase = input.phases?.filter(({start}) => Date.parse(start) <= day).at(-1);
  const split = spec.faults.split ?? spec.split ?? phase?.weights;
  return cumulate(variants.map((key) => (split ? (split[key] ?? 0) : (input.variants[key]?.weight ?? 0))));
}

function planFactors(
  by: Readonly<Record<string, Readonly<Record<string, number>>>>,
  dimensions: readonly DimensionPlan[]
) {
  return dimensions.map(({name, values}) => {
    const factors = by[name];
    return factors ? Float64Array.from(values, (value) => factors[value] ?? 1) : null;
  });
}

function planEffects(
  effects: Readonly<Record<string, EffectSpec>>,
  variants: readonly string[],
  dimensions: readonly DimensionPlan[]
) {
  return variants.map((variant) => {
    const effect = effects[variant];
    return effect ? effectTable(effect, dimensions) : null;
  });
}

function planValue(spec: ValueSpec, variants: readonly string[], dimensions: readonly DimensionPlan[]): ValuePlan {
  const variance = spec.sigma * spec.sigma + spec.spread * spec.spread;
  return {
    spec,
    location: spec.median === undefined ? Math.log(spec.mean ?? 1) - variance / 2 : Math.log(spec.median),
    factors: planFactors(spec.by, dimensions),
    effects: planEffects(spec.effect, variants, dimensions)
  };
}

function trafficAt(hour: number, {peak, depth}: SimulateSpec["hours"]): number {
  return 1 + depth * Math.cos((2 * Math.PI * (hour - peak)) / 24);
}

function normalize(weights: readonly number[]): Float64Array {
  const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
  return Float64Array.from(weights, (weight) => weight / mean);
}

function cumulate(weights: readonly number[]): Float64Array {
  const total = weights.reduce((a, b) => a + b, 0);
  let sum = 0;
  const cumulative = Float64Array.from(weights, (weight) => (sum += weight) / total);
  cumulative[cumulative.length - 1] = 1;
  return cumulative;
}

function isFaulty(faults: FaultSpec): boolean {
  const {lostExposures, dropout, duplicates, late, crossovers, bots} = faults;
  return lostExposures.length > 0 || dropout.length > 0 || duplicates > 0 || !!late || crossovers > 0 || !!bots;
}
