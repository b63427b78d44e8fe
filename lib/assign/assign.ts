import {BUCKETS, bucket} from "./bucket.ts";
import type {Config, Experiment, PreparedExperiment} from "./prepareExperiment.ts";
import {prepareExperiment} from "./prepareExperiment.ts";
import type {Attributes} from "./rule.ts";

/**
 * Why a unit got its variant. Only `assigned`, `launched` and `held-back` are exposures; every other reason but `forced` gives control
 * (or the fail-safe variant).
 *
 * - `assigned`: by the hash of salt and unit
 * - `forced`: named in the definition, for testers
 * - `launched`, `held-back`: after the launch of a stopped experiment; who stays behind had control before, too
 * - `draft`, `paused`, `stopped`: the experiment is not running
 * - `not-targeted`: the rule says no; `unknown-attribute`: the rule cannot say, for want of an attribute that it can read
 * - `holdout`: in a holdout; `excluded`: outside the experiment's slot of its group; `not-ramped`: beyond the ramp
 * - `invalid-unit`: the unit id is empty or not an id
 * - `fail-safe`: the definition cannot be had
 */
export type Reason =
  | "assigned"
  | "launched"
  | "held-back"
  | "forced"
  | "draft"
  | "paused"
  | "stopped"
  | "not-targeted"
  | "unknown-attribute"
  | "holdout"
  | "excluded"
  | "not-ramped"
  | "invalid-unit"
  | "fail-safe";

/** The reasons that make an exposure, to be logged and analysed. */
export const exposingReasons: ReadonlySet<Reason> = new Set(["assigned", "launched", "held-back"] as const);

/** What `assign` gives: the variant's key, its settings, and why. */
export interface Assignment {
  readonly variant: string;
  readonly config: Config;
  readonly reason: Reason;
}

/** A unit's id; an integer stands for its digits. */
export type Unit = string | number | bigint;

/** What to give when there is no definition. */
export interface AssignOptions {
  /** Defaults to `{variant: "control", config: {}}`. */
  readonly failSafe?: {readonly variant: string; readonly config?: Config};
}

/**
 * Returns a unit's variant in an experiment, the same one every time and in every language (see `bucket`). Pure: no clock, no
 * storage, no network. The order of precedence: a unit id that is none; stopped without a launch and paused (control, for testers too);
 * forced; draft; holdout; group; targeting; launch, or ramp and weights.
 *
 * Unit ids are text and are taken as they are: "007", "7" and " 7" are three units, and so are the two Unicode spellings of "é". The
 * integer 7 is "7"; other numbers (0.5, NaN, integers beyond 2^53) are not ids, nor is text that is empty, blank, or holds a NUL.
 *
 * @param experiment the definition, checked on first use; null or undefined when it cannot be had. Do not change it afterwards
 * @param unit who is asking
 * @param attributes what the targeting rule may ask about; defaults to {}
 * @throws as `prepareExperiment`, if the definition is not a valid one; never because of the unit or its attributes
 * @example assign({id: "a", status: "running", variants: {control: {weight: 0.5}, green: {weight: 0.5}}}, "user-42")
 * // {variant: "control", config: {}, reason: "assigned"}
 */
export function assign(
  experiment: Experiment | null | undefined,
  unit: Unit,
  attributes: Attributes = {},
  {failSafe = {variant: "control"}}: AssignOptions = {}
): Assignment {
  if (experiment == null) return {variant: failSafe.variant, config: failSafe.config ?? {}, reason: "fail-safe"};
  let prepared = cache.get(experiment);
  if (!prepared) cache.set(experiment, (prepared = prepareExperiment(experiment)));
  const id = normalizeUnit(unit);
  const reason = id === null ? "invalid-unit" : decideReason(prepared, id, attributes);
  const {control, forced, keys, ends, salt, launch} = prepared;
  let variant = control;
  if (reason === "forced") variant = forced.get(id ?? "") ?? control;
  if (reason === "launched") variant = launch?.variant ?? control;
  if (reason === "assigned") {
    const place = bucket("variant", salt, id ?? "");
    variant = keys[ends.findIndex((end) => place < end)] ?? control;
  }
  return {variant, config: experiment.variants[variant]?.config ?? {}, reason};
}

const cache = new WeakMap<Experiment, PreparedExperiment>();

/**
 * Returns a unit id as the text that is hashed and logged, or null if it is none: empty or blank text, text with a NUL, a number that
 * is not a safe integer, or any other kind. A lone surrogate becomes U+FFFD, which is how it is hashed.
 *
 * @example normalizeUnit(42) // "42"
 */
export function normalizeUnit(unit: unknown): string | null {
  if (typeof unit === "bigint" || Number.isSafeInteger(unit)) return String(unit);
  if (typeof unit !== "string" || !unit.trim() || unit.includes("\0")) return null;
  return unit.replace(/\p{Surrogate}/gu, "\ufffd");
}

function decideReason(prepared: PreparedExperiment, unit: string, attributes: Attributes): Reason {
  const {experiment, salt, ramp, rule, group, holdouts, forced, launch} = prepared;
  const {status} = experiment;
  const launched = status === "stopped" ? launch : null;
  if (status === "paused" || (status === "stopped" && !launched)) return status;
  if (forced.has(unit)) return "forced";
  if (status === "draft") return status;
  for (const {id, size} of holdouts) if (bucket("holdout", id, unit) < size) return "holdout";
  if (group) {
    const place = bucket("group", group.id, unit);
    if (!(group.from <= place && place < group.to)) return "excluded";
  }
  const truth = rule ? rule.test(attributes) : true;
  if (!truth) return truth === null ? "unknown-attribute" : "not-targeted";
  if (launched) {
    const place = bucket("variant", salt, unit);
    return launched.from <= place && place < launched.to ? "held-back" : "launched";
  }
  if (ramp < BUCKETS && bucket("ramp", salt, unit) >= ramp) return "not-ramped";
  return "assigned";
}
