import {stringify} from "yaml";
import {factsOf} from "./completeExperiment.ts";
import type {Definitions, Experiment, Metrics, Sources} from "./definition.ts";
import {
  designSchema,
  dimensionSchema,
  experimentSchema,
  factSchema,
  metricSchema,
  variantSchema
} from "./definition.ts";
import {isRecord} from "./definitionTables.ts";
import {sha256} from "../sha256.ts";

/** What an experiment is defined by: itself, the metrics and facts that it uses, and where those come from. */
export interface DefinitionParts {
  readonly experiment: Experiment;
  readonly metrics: Metrics;
  readonly facts: Sources["facts"];
  /** The engines only: an address may hold secrets, and may change while the data stay. */
  readonly connections: Readonly<Record<string, {readonly engine: string}>>;
}

/** Returns the parts of an experiment's definition, `${NAME}` left as written: no secrets are in it. */
export function definitionParts(
  experiment: Experiment,
  {metrics, sources, written = sources}: Definitions
): DefinitionParts {
  const {primary, secondary, guardrails} = experiment.metrics;
  const used = pick(metrics, [...primary, ...secondary, ...guardrails.map(({metric}) => metric)]);
  const facts = pick(written.facts, factsOf(experiment, used, written.facts[experiment.exposures]?.shape));
  const connections = Object.values(facts).flatMap(({connection}) => (connection === undefined ? [] : [connection]));
  return {
    experiment,
    metrics: used,
    facts,
    connections: mapValues(pick(written.connections, connections), ({engine}) => ({engine}))
  };
}

/** Returns the definition as YAML for a reader: what differs from the defaults, without secrets and the demo's seed. */
export function definitionText(experiment: Experiment, definitions: Definitions): string {
  const {experiment: own, metrics, facts} = withoutDefaults(definitionParts(experiment, definitions));
  return stringify(
    {...omit(own, ["simulate"]), uses: {metrics, facts}},
    {lineWidth: 100, aliasDuplicateObjects: false}
  );
}

/**
 * Returns the SHA-256 of all that can change an experiment's numbers: 64 hexadecimal digits. The order of keys and of
 * lists that are sets (metrics of a role, columns, files) does not matter, nor do defaults that are written out, words
 * (title, hypothesis, description, owner, tags, names, labels, unit), the place in life (status, pin, holdout), the demo's seed,
 * or secrets: `${NAME}` counts as it is written.
 */
export function definitionHash(experiment: Experiment, definitions: Definitions): string {
  const parts = withoutDefaults(definitionParts(experiment, definitions));
  const silent = {
    experiment: {
      ...omit(parts.experiment, [
        ...words,
        "title",
        "hypothesis",
        "owner",
        "tags",
        "labels",
        "status",
        "pin",
        "holdout",
        "simulate"
      ]),
      variants: mapValues(parts.experiment.variants, (variant) => omit(variant, words)),
      dimensions: mapValues(parts.experiment.dimensions, (dimension) => omit(dimension, words))
    },
    metrics: mapValues(parts.metrics, (metric) => omit(metric, [...words, "unit"])),
    facts: mapValues(parts.facts, (fact) => omit(fact, ["schedule"])),
    connections: parts.connections
  };
  return sha256(JSON.stringify(canonical(silent)));
}

const words = ["name", "description"];

/** Lists whose order says nothing. */
const sets: ReadonlySet<string> = new Set([
  "primary",
  "secondary",
  "guardrails",
  "dimensions",
  "values",
  "path",
  "tags"
]);

const defaults = {
  experiment: experimentSchema.parse({
    title: "-",
    start: "0001-01-01",
    exposures: "none",
    variants: {},
    metrics: {primary: ["none"]}
  }),
  design: designSchema.parse({}),
  variant: {...variantSchema.parse({weight: 1}), weight: null},
  dimension: dimensionSchema.parse({}),
  metric: {...metricSchema.parse({kind: "mean"}), kind: null},
  fact: {...factSchema.parse({shape: "units"}), shape: null}
};

/** Returns the parts without what is the default anyway, so that a hash outlives new keys with defaults. */
function withoutDefaults({experiment, metrics, facts, connections}: DefinitionParts) {
  const {variants, dimensions, design, metrics: roles, ...rest} = experiment;
  return {
    experiment: {
      ...differing(rest, {...defaults.experiment, title: null, start: null, exposures: null}),
      variants: mapValues(variants, (variant) => differing(variant, defaults.variant)),
      dimensions: mapValues(dimensions, (dimension) => differing(dimension, defaults.dimension)),
      metrics: differing(roles, {secondary: [], guardrails: []}),
      design: {method: design.method, ...differing(design, defaults.design)}
    },
    metrics: mapValues(metrics, (metric) => differing(metric, defaults.metric)),
    facts: mapValues(facts, (fact) => differing(fact, defaults.fact)),
    connections
  };
}

function differing(record: object, from: object): Record<string, unknown> {
  const base = new Map<string, unknown>(Object.entries(from));
  const same = (key: string, value: unknown) =>
    base.has(key) && JSON.stringify(canonical(value)) === JSON.stringify(canonical(base.get(key)));
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => value !== undefined && !same(key, value)));
}

/** Returns a value with keys in order, and lists that are sets too. */
function canonical(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return sets.has(key) ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (!isRecord(value)) return value;
  return Object.keys(value)
    .toSorted()
    .flatMap((each) => (value[each] === undefined ? [] : [[each, canonical(value[each], each)]]));
}

function omit(record: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function pick<T>(record: Readonly<Record<string, T>>, keys: Iterable<string>): Record<string, T> {
  const wanted = new Set(keys);
  return Object.fromEntries(Object.entries(record).filter(([key]) => wanted.has(key)));
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
