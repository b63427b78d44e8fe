import type {Experiment, Definitions, Fact, Metric} from "../experiment/definition/definition.ts";
import type {Kind} from "../experiment/words.ts";
import type {Letter, Sum} from "../stats/moments.ts";
import {sums} from "../stats/moments.ts";
import {phasesOf} from "../experiment/definition/phasesOf.ts";
import {day} from "./dialects/dialect.ts";
import {phaseDimension} from "./row.ts";

/** The rows of an events fact that a metric looks at, and what it takes of each. Equal ones are shared by metrics. */
export interface Stream {
  /** Its column in `hits`. */
  readonly id: string;
  readonly fact: string;
  readonly event: string | null;
  /** The column to add up; null counts rows. */
  readonly value: string | null;
  readonly where: string | null;
  /** Whether only rows whose value is not zero are counted (a proportion of a column). */
  readonly truthy: boolean;
  readonly negative: Metric["negative"];
  /** Where it is defined, for errors. */
  readonly place: string;
}

/** A number that each unit brings along: a column of the exposures, or of a table of units joined to them. */
export interface Attribute {
  /** Its column in `units`. */
  readonly id: string;
  readonly fact: string;
  readonly column: string;
  readonly place: string;
}

/** How rows of a stream become one number of a unit; for a quantile of events they do not (`values`). */
export type Reduce = "any" | "count" | "sum" | "first" | "values";

/** One letter of a metric: where a unit's number comes from. `from` and `to` are microseconds since (or before) entry. */
export type Side =
  | {
      readonly of: "stream";
      readonly stream: Stream;
      readonly reduce: Reduce;
      readonly from: number;
      readonly to: number;
    }
  | {readonly of: "attribute"; readonly attribute: Attribute; readonly truthy: boolean};

/** When units enter a metric: at once and then changing daily, or once and for all after a number of days. */
export type Clock = {readonly running: true} | {readonly running: false; readonly after: number};

export interface MetricPlan {
  readonly key: string;
  readonly kind: Kind;
  readonly metric: Metric;
  readonly clock: Clock;
  readonly sides: Readonly<Partial<Record<Letter, Side>>>;
  readonly cap: Metric["cap"];
  /** The sums that its rows carry beside n. */
  readonly sums: readonly Sum[];
}

/** What a cube of one experiment takes: metrics with their letters, streams by fact, attributes. */
export interface Plan {
  readonly experiment: Experiment;
  readonly facts: Readonly<Record<string, Fact>>;
  readonly variants: readonly string[];
  readonly dimensions: readonly string[];
  readonly metrics: readonly MetricPlan[];
  readonly streams: readonly Stream[];
  readonly attributes: readonly Attribute[];
  /** The longest time before the exposure that a covariate looks at, in microseconds. */
  readonly before: number;
  /** For a bandit: the probability with which a unit's variant was chosen; null where it was not logged. */
  readonly propensity: Attribute | null;
}

/** Whether any metric adds up the values of a stream. */
export function isSummed({metrics}: Plan, id: string): boolean {
  return metrics.some(({sides}) =>
    Object.values(sides).some((side) => side.of === "stream" && side.stream.id === id && side.reduce === "sum")
  );
}

/** Whether any metric is a quantile of the values of a stream. */
export function isMeasured({metrics}: Plan, id: string): boolean {
  return metrics.some(({sides: {y}}) => y?.of === "stream" && y.stream.id === id && y.reduce === "values");
}

/** Returns the plan of an experiment's cube: every metric once, in the order of their roles. */
export function planCube(experiment: Experiment, {metrics, sources}: Definitions): Plan {
  const streams: Stream[] = [];
  const attributes: Attribute[] = [];
  const {primary, secondary, guardrails} = experiment.metrics;
  const keys = [...new Set([...primary, ...secondary, ...guardrails.map((guardrail) => guardrail.metric)])];
  const factOf = (name: string | undefined, place: string): [string, Fact] => {
    const fact = sources.facts[name ?? experiment.exposures];
    if (fact === undefined) throw new Error(`unknown fact of ${place}: ${name ?? experiment.exposures}`);
    return [name ?? experiment.exposures, fact];
  };
  const attribute = (fact: string, column: string, place: string): Attribute => {
    const known = attributes.find((other) => other.fact === fact && other.column === column);
    if (known !== undefined) return known;
    const added = {id: `k${attributes.length}`, fact, column, place};
    attributes.push(added);
    return added;
  };
  const stream = (wanted: Omit<Stream, "id">): Stream => {
    const same = (other: Stream) =>
      (["fact", "event", "value", "where", "truthy", "negative"] as const).every((key) => other[key] === wanted[key]);
    const known = streams.find(same);
    if (known !== undefined) return known;
    const added = {...wanted, id: `s${streams.length}`};
    streams.push(added);
    return added;
  };

  const planned = keys.map((key): MetricPlan => {
    const metric = metrics[key];
    if (metric === undefined) throw new Error(`unknown metric of experiment ${experiment.id}: ${key}`);
    const place = `metric ${key}`;
    const window = metric.window === undefined ? Infinity : Number.parseInt(metric.window, 10) * day;
    const [low, high] = metric.kind === "retention" ? retentionSpan(metric, place) : [0, window];
    const parts =
      metric.kind === "ratio"
        ? {
            y: {...metric, ...required(metric.numerator, place, "numerator")},
            w: {...metric, ...required(metric.denominator, place, "denominator")}
          }
        : {y: metric};
    const sides: Partial<Record<Letter, Side>> = {};
    let constant = true;
    for (const letter of ["y", "w"] as const) {
      const part = letter === "y" ? parts.y : parts.w;
      if (part === undefined) continue;
      const [name, fact] = factOf(part.fact, place);
      const truthy = metric.kind === "proportion" || metric.kind === "retention";
      // One row per unit has its outcome; so may the exposures themselves.
      if (fact.shape === "units" || (name === experiment.exposures && fact.shape === "exposures")) {
        const column = required(part.value, place, "value");
        sides[letter] = {of: "attribute", attribute: attribute(name, column, place), truthy};
        continue;
      }
      if (fact.shape !== "events") throw new Error(`invalid fact of ${place}; not of shape events or units: ${name}`);
      constant = false;
      const counts = truthy || part.value === undefined || metric.kind === "time-to-event";
      const found = stream({
        fact: name,
        event: part.event ?? null,
        value: part.value ?? null,
        where: part.where ?? null,
        truthy: counts,
        negative: metric.negative,
        place
      });
      const reduce = reduceOf(metric, counts);
      sides[letter] = {of: "stream", stream: found, reduce, from: low, to: high};
    }
    if (metric.kind !== "quantile")
      Object.assign(sides, covariates(metric, sides, {attribute, exposures: experiment.exposures, place}));
    const mature = metric.kind === "retention" || metric.kind === "time-to-event" || metric.mature !== false;
    const clock: Clock = constant
      ? {running: false, after: 0}
      : mature && Number.isFinite(high)
        ? {running: false, after: high / day}
        : {running: true};
    return {key, kind: metric.kind, metric, clock, sides, cap: metric.cap, sums: sumsOf(sides)};
  });
  const column = experiment.bandit === undefined ? undefined : sources.facts[experiment.exposures]?.propensity;
  const propensity = column === undefined ? null : attribute(experiment.exposures, column, "propensity");
  return {
    experiment,
    facts: sources.facts,
    variants: Object.keys(experiment.variants),
    dimensions: [...Object.keys(experiment.dimensions), ...(phased(experiment) ? [phaseDimension] : [])],
    metrics: planned,
    streams,
    attributes,
    propensity,
    before: Math.max(
      0,
      ...planned.flatMap(({sides}) => [sides.x, sides.v].map((side) => (side?.of === "stream" ? side.to : 0)))
    )
  };
}

function reduceOf({kind, of = "events"}: Metric, counts: boolean): Reduce {
  if (kind === "proportion" || kind === "retention") return "any";
  if (kind === "time-to-event") return "first";
  if (kind === "quantile" && of === "events") return "values";
  return counts ? "count" : "sum";
}

/** Whether a cube has the phase of exposure among its dimensions: weights change, and no dimension has its name. */
export function phased(experiment: Experiment): boolean {
  return phasesOf(experiment).length > 1 && !(phaseDimension in experiment.dimensions);
}

/** The sums of the letters present and of their pairs, in the order of the cube's columns. */
function sumsOf(sides: MetricPlan["sides"]): Sum[] {
  return sums.filter((sum) => [...sum].every((letter) => letter in sides));
}

interface CovariateContext {
  attribute: (fact: string, column: string, place: string) => Attribute;
  exposures: string;
  place: string;
}

function covariates(metric: Metric, sides: MetricPlan["sides"], {attribute, exposures, place}: CovariateContext) {
  const {covariate} = metric;
  if (covariate === undefined) return {};
  if (typeof covariate !== "string") {
    const [fact, column] = "fact" in covariate ? [covariate.fact, covariate.value] : [exposures, covariate.column];
    return {x: {of: "attribute", attribute: attribute(fact, column, `${place}, covariate`), truthy: false} as const};
  }
  // The hours to an event do not exist before the exposure: its covariate is whether there was one.
  const earlier = (side: Side | undefined): Side | undefined =>
    side?.of === "stream"
      ? {
          ...side,
          reduce: side.reduce === "first" ? "any" : side.reduce,
          from: 0,
          to: Number.parseInt(covariate, 10) * day
        }
      : undefined;
  const x = earlier(sides.y);
  const v = earlier(sides.w);
  return {...(x && {x}), ...(v && {v})};
}

function retentionSpan(metric: Metric, place: string): [number, number] {
  const [from, to] = required(metric.days, place, "days");
  return [from * day, (to + 1) * day];
}

function required<T>(value: T | undefined, place: string, name: string): T {
  if (value === undefined) throw new Error(`missing ${name} of ${place}`);
  return value;
}
