import {corrections} from "./words.ts";
import type {Correction} from "./words.ts";

/** What a reader looks at on the Explore page; all of it stands in the page's address. */
export interface ExploreState {
  readonly experiment: string | null;
  /** Key of the metric; null for the experiment's first. */
  readonly metric: string | null;
  /** Values kept, by dimension, in the order in which they were chosen. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Dimensions that are crossed; at most three. */
  readonly by: readonly string[];
  /** The last day that counts; null for the last complete one. */
  readonly asOf: string | null;
  /** Only units that entered between two days, both included; null for all. Not together with `asOf`. */
  readonly entered: {readonly from: string; readonly to: string} | null;
  /** Whether the covariate is used. */
  readonly adjust: boolean;
  /** How p-values of the comparisons shown are adjusted; null as registered. */
  readonly correction: Correction | null;
  /** The text in the SQL console; it is never run by itself. */
  readonly sql: string | null;
}

/** What can be looked at, as the files say: what a state is checked against. */
export interface Explorable {
  readonly metrics: readonly string[];
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
  /** First and last day of the data; null without any. */
  readonly first: string | null;
  readonly asOf: string | null;
  readonly correction: Correction;
}

/** A state, and what of the address could not be followed, in words for a reader. */
export interface ReadState {
  readonly state: ExploreState;
  readonly notes: readonly string[];
}

/** Dimensions crossed at most. */
export const maximumCrossing = 3;

/** The state of an address without any parameter. */
export const emptyState: ExploreState = {
  experiment: null,
  metric: null,
  where: {},
  by: [],
  asOf: null,
  entered: null,
  adjust: true,
  correction: null,
  sql: null
};

const longest = 20_000;
const known = new Set(["experiment", "metric", "by", "as-of", "entered", "covariate", "correction", "sql"]);
const prefix = "where.";

/**
 * Returns the state that an address asks for, as far as it can be read without the data; whatever cannot be read is left
 * out with a note. Never throws.
 *
 * @param search the query, with or without its question mark
 */
export function parseExploreState(search: string): ReadState {
  const notes: string[] = [];
  if (search.length > longest) return {state: emptyState, notes: ["The address is too long; nothing of it was used."]};
  const asked = new URLSearchParams(search);
  const one = (name: string) => asked.get(name) || null;
  const where = new Map<string, string[]>();
  for (const [name, value] of asked) {
    if (name.startsWith(prefix) && name.length > prefix.length) {
      const dimension = name.slice(prefix.length);
      const values = where.get(dimension) ?? [];
      if (!values.includes(value)) where.set(dimension, [...values, value]);
    } else if (!known.has(name)) notes.push(`Unknown in the address: ${quoted(name)}.`);
  }
  const asOf = dayOf("as-of", one("as-of"), notes);
  const entered = spanOf(one("entered"), notes);
  if (asOf !== null && entered !== null)
    notes.push("A view has an as-of date or entry dates, not both: the entry dates are used.");
  const by = [...new Set(asked.getAll("by").filter(Boolean))];
  if (by.length > maximumCrossing) notes.push(`At most ${maximumCrossing} dimensions are crossed: the first are used.`);
  return {
    state: {
      experiment: one("experiment"),
      metric: one("metric"),
      where: Object.fromEntries(where),
      by: by.slice(0, maximumCrossing),
      asOf: entered === null ? asOf : null,
      entered,
      adjust: choiceOf("covariate", one("covariate"), ["on", "off"], notes) !== "off",
      correction: choiceOf("correction", one("correction"), corrections, notes),
      sql: one("sql")
    },
    notes: [...new Set(notes)]
  };
}

/**
 * Returns the state with only what the data hold: an unknown metric becomes the first one, unknown dimensions and values
 * are left out, days outside of the data move to its ends; each with a note. Metric, correction and (without entry
 * dates) as-of date are filled in, so that the state says what is shown.
 */
export function checkExploreState(state: ExploreState, data: Explorable): ReadState {
  const notes: string[] = [];
  const unknownMetric = state.metric !== null && !data.metrics.includes(state.metric);
  if (unknownMetric) notes.push(`Unknown metric: ${quoted(state.metric)}.`);
  const where = new Map<string, readonly string[]>();
  for (const [dimension, values] of Object.entries(state.where)) {
    const own = Object.hasOwn(data.dimensions, dimension) ? data.dimensions[dimension] : undefined;
    if (own === undefined) {
      notes.push(`Unknown dimension: ${quoted(dimension)}.`);
      continue;
    }
    for (const value of values) if (!own.includes(value)) notes.push(`Unknown ${dimension}: ${quoted(value)}.`);
    const kept = values.filter((value) => own.includes(value));
    if (kept.length > 0) where.set(dimension, kept);
  }
  const by = state.by.filter((dimension) => {
    const there = Object.hasOwn(data.dimensions, dimension);
    if (!there) notes.push(`Unknown dimension: ${quoted(dimension)}.`);
    return there;
  });
  const inside = (day: string) =>
    data.first !== null && day < data.first ? data.first : data.asOf !== null && day > data.asOf ? data.asOf : day;
  const asOf = state.asOf === null ? data.asOf : inside(state.asOf);
  if (state.asOf !== null && asOf !== state.asOf) notes.push(outside(state.asOf, data));
  let entered = state.entered;
  if (entered !== null) {
    const moved = {from: inside(entered.from), to: inside(entered.to)};
    if (moved.from !== entered.from) notes.push(outside(entered.from, data));
    if (moved.to !== entered.to) notes.push(outside(entered.to, data));
    entered = moved;
  }
  return {
    state: {
      ...state,
      metric: unknownMetric || state.metric === null ? (data.metrics[0] ?? null) : state.metric,
      where: Object.fromEntries(where),
      by,
      asOf: entered === null ? asOf : null,
      entered,
      correction: state.correction ?? data.correction
    },
    notes: [...new Set(notes)]
  };
}

/** Returns the query of an address that opens this view, empty for the empty state; what is written is read back the same. */
export function writeExploreState(state: ExploreState): string {
  const query = new URLSearchParams();
  const {experiment, metric, where, by, asOf, entered, adjust, correction, sql} = state;
  if (experiment !== null) query.set("experiment", experiment);
  if (metric !== null) query.set("metric", metric);
  for (const [dimension, values] of Object.entries(where))
    for (const value of values) query.append(`${prefix}${dimension}`, value);
  for (const dimension of by) query.append("by", dimension);
  if (entered !== null) query.set("entered", `${entered.from}..${entered.to}`);
  else if (asOf !== null) query.set("as-of", asOf);
  if (!adjust) query.set("covariate", "off");
  if (correction !== null) query.set("correction", correction);
  if (sql !== null && sql !== "") query.set("sql", sql);
  const text = String(query);
  return text === "" ? "" : `?${text}`;
}

/** One step of the trail that led to a view: a dimension that was narrowed, and the view as it was up to there. */
export interface Crumb {
  readonly dimension: string | null;
  readonly values: readonly string[];
  readonly state: ExploreState;
}

/**
 * Returns the trail of a view: all units, then one step for each dimension that is narrowed, in the order of choosing. A
 * step's state keeps what came before it and shows the dimension that was narrowed next.
 */
export function crumbsOf(state: ExploreState): Crumb[] {
  const steps = Object.entries(state.where);
  return [null, ...steps].map((step, i) => {
    const next = steps[i]?.[0];
    const last = i === steps.length;
    return {
      dimension: step?.[0] ?? null,
      values: step?.[1] ?? [],
      state: last
        ? state
        : {...state, where: Object.fromEntries(steps.slice(0, i)), by: next === undefined ? state.by : [next]}
    };
  });
}

/**
 * Returns the view inside of one cell: its values become filters, and the next dimension that is not narrowed to one
 * value is shown; none if all are.
 *
 * @param cell the value of each crossed dimension
 * @param dimensions all dimensions, in the order of the definition
 */
export function drillInto(
  state: ExploreState,
  cell: Readonly<Record<string, string>>,
  dimensions: readonly string[]
): ExploreState {
  const where = new Map(Object.entries(state.where));
  for (const [dimension, value] of Object.entries(cell)) {
    // Moved to the end: the trail is in the order of choosing.
    where.delete(dimension);
    where.set(dimension, [value]);
  }
  const next = dimensions.find((dimension) => !where.has(dimension));
  return {...state, where: Object.fromEntries(where), by: next === undefined ? [] : [next]};
}

function dayOf(name: string, text: string | null, notes: string[]): string | null {
  if (text === null) return null;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    notes.push(`Not a date in the address: ${name} ${quoted(text)}.`);
    return null;
  }
  return text;
}

function spanOf(text: string | null, notes: string[]): ExploreState["entered"] {
  if (text === null) return null;
  const [first = "", second = "", ...more] = text.split("..");
  const found: string[] = [];
  const from = dayOf("entered", first || "?", found);
  const to = dayOf("entered", second || "?", found);
  if (from === null || to === null || more.length > 0) {
    notes.push(`Not two dates in the address: entered ${quoted(text)}.`);
    return null;
  }
  return from <= to ? {from, to} : {from: to, to: from};
}

function choiceOf<Choice extends string>(
  name: string,
  text: string | null,
  choices: readonly Choice[],
  notes: string[]
): Choice | null {
  const found = choices.find((choice) => choice === text) ?? null;
  if (text !== null && found === null) notes.push(`Unknown ${name} in the address: ${quoted(text)}.`);
  return found;
}

function outside(day: string, {first, asOf}: Explorable): string {
  return `${day} lies outside of the data, which go from ${first ?? "nowhere"} to ${asOf ?? "nowhere"}.`;
}

function quoted(text: string | null): string {
  const characters = [...(text ?? "")];
  return `\u201c${characters.slice(0, 60).join("")}${characters.length > 60 ? "\u2026" : ""}\u201d`;
}
