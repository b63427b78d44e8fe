import {BUCKETS} from "./bucket.ts";
import type {Status} from "./lifecycle.ts";
import {statuses} from "./lifecycle.ts";
import type {Rule} from "./rule.ts";
import {parseRule} from "./rule.ts";

/** Settings that a variant hands to the product, such as `{colour: "green"}`. */
export type Config = Readonly<Record<string, unknown>>;

/** One arm. The control is the variant with `role: control`; without one, the variant named `control`. */
export interface Variant {
  readonly role?: "control" | "treatment";
  /** The variant's share of the units, in [0, 1], a multiple of 1/10,000; the weights of an experiment add up to 1. */
  readonly weight: number;
  /** Handed out with the variant; defaults to {}. */
  readonly config?: Config;
}

/** A group's slot: of experiments in one group with slots that do not overlap, a unit can be in one at most. */
export interface Slot {
  readonly id: string;
  /** The slot is the units in [from, to) of the group, in [0, 1], multiples of 1/10,000. */
  readonly from: number;
  readonly to: number;
}

/**
 * A share of all units, in [0, 1], that no experiment naming this holdout touches: they get control with reason `holdout`, which is no
 * exposure, so they are in no readout. To compare them with all others, log an exposure of your own to each unit, with the holdout as
 * experiment and whether the reason is `holdout` as variant (`held`, `open`).
 *
 * To keep a few behind after the launch of one experiment, and go on comparing, give the stopped experiment a `launch`.
 */
export interface Holdout {
  readonly id: string;
  readonly share: number;
}

/**
 * What becomes of a stopped experiment: everybody has one variant, but for a share of the units that stays with control. They are the
 * first of the control's buckets, so nobody loses what they saw. Both are exposures under the experiment's own id, to be logged by a new
 * logger (the old one remembers who was logged); `holdout` in the experiment's YAML has them compared.
 */
export interface Launch {
  readonly variant: string;
  /** Of all units, in [0, 1], a multiple of 1/10,000, at most the control's weight; the first of its buckets. */
  readonly holdout: number;
}

/** What `assign` needs to know of an experiment; the names are those of data/experiments/<id>.yaml. Treat it as frozen. */
export interface Experiment {
  /** Letters, digits, dot, dash and underscore. */
  readonly id: string;
  readonly status: Status;
  readonly variants: Readonly<Record<string, Variant>>;
  /** Mixed into the hash; defaults to the id. Two experiments with one salt split units alike. */
  readonly salt?: string;
  /** The share of units that may enter, in [0, 1], a multiple of 1/10,000; defaults to 1. Raising it only ever adds units. */
  readonly ramp?: number;
  /** Who may enter, see `parseRule`; defaults to everybody. */
  readonly targeting?: string;
  readonly group?: Slot;
  readonly holdouts?: readonly Holdout[];
  /** Variants of testers, by unit id. They are never exposures. */
  readonly forced?: Readonly<Record<string, string>>;
  /** Holds once the experiment is stopped. */
  readonly launch?: Launch;
}

/** An experiment, checked and made ready; what `assign` works from. */
export interface PreparedExperiment {
  readonly experiment: Experiment;
  readonly salt: string;
  readonly control: string;
  /** Variant keys in ascending order, and the bucket at which each one's range ends. */
  readonly keys: readonly string[];
  readonly ends: readonly number[];
  readonly ramp: number;
  readonly rule: Rule | null;
  readonly group: {readonly id: string; readonly from: number; readonly to: number} | null;
  readonly holdouts: readonly {readonly id: string; readonly size: number}[];
  readonly forced: ReadonlyMap<string, string>;
  /** The variant that is launched, and the buckets [from, to) that stay behind. */
  readonly launch: {readonly variant: string; readonly from: number; readonly to: number} | null;
}

/**
 * Returns an experiment's definition, checked and made ready. Takes `unknown`, since definitions come from files and endpoints.
 *
 * @throws {TypeError} if a field is of the wrong kind or missing
 * @throws {RangeError} if weights are out of range, finer than 1/10,000 or do not add up to 1, or a name is unknown
 * @throws {RuleError} if the targeting rule does not parse
 * @example prepareExperiment({id: "a", status: "running", variants: {control: {weight: 0.5}, green: {weight: 0.5}}}).ends // [5000, 10000]
 */
export function prepareExperiment(definition: unknown): PreparedExperiment {
  if (!isExperiment(definition))
    throw new TypeError(`invalid experiment; not {id, status, variants}: ${show(definition)}`);
  const {id, status, variants, salt = id, ramp = 1, targeting, group, holdouts = [], forced = {}, launch} = definition;
  if (!isKey(id)) throw new RangeError(`invalid experiment id; ${notKey}: ${show(id)}`);
  if (!statuses.includes(status)) throw new RangeError(`unknown status of ${id}: ${show(status)}`);
  const need = (isGood: boolean, name: string, value: unknown): void => {
    if (!isGood) throw new TypeError(`invalid ${name} of ${id}; not the right kind: ${show(value)}`);
  };
  const toBuckets = (share: unknown, name: string): number => {
    const size = Number(share) * BUCKETS;
    need(typeof share === "number", name, share);
    if (!(0 <= size && size <= BUCKETS && Math.abs(size - Math.round(size)) < 1e-6))
      throw new RangeError(`invalid ${name} of ${id}; not a multiple of 1/10,000 in [0, 1]: ${share}`);
    return Math.round(size);
  };
  need(isText(salt), "salt", salt);
  need(isText(targeting ?? "-"), "targeting", targeting);
  need(hasId(group ?? definition), "group", group);
  need(Array.isArray(holdouts) && holdouts.every(hasId), "holdouts", holdouts);
  need(isRecord(forced), "forced", forced);

  const keys = Object.keys(variants).sort();
  let end = 0;
  const ends = keys.map((key) => {
    if (!isKey(key)) throw new RangeError(`invalid variant of ${id}; ${notKey}: ${show(key)}`);
    const {weight, config = {}}: Readonly<Record<string, unknown>> = {...variants[key]};
    need(isRecord(config), `config of ${key}`, config);
    return (end += toBuckets(weight, `weight of ${key}`));
  });
  if (end !== BUCKETS) throw new RangeError(`invalid weights of ${id}; not adding up to 1: ${end / BUCKETS}`);

  const controls = keys.filter((key) => variants[key]?.role === "control");
  const control = controls[0] ?? keys.find((key) => key === "control");
  if (controls[1]) throw new RangeError(`ambiguous control of ${id}: ${controls.join(", ")}`);
  if (!control) throw new RangeError(`missing control of ${id}: ${keys.join(", ")}`);
  for (const key of Object.values(forced))
    if (!keys.includes(key)) throw new RangeError(`unknown variant in forced of ${id}: ${show(key)}`);

  const from = ends[keys.indexOf(control) - 1] ?? 0;
  const after = launch && {
    variant: launch.variant,
    from,
    to: from + toBuckets(launch.holdout, "holdout of the launch")
  };
  if (after && (!keys.includes(after.variant) || after.variant === control))
    throw new RangeError(`invalid launch of ${id}; not a treatment: ${show(after.variant)}`);
  if (after && after.to > (ends[keys.indexOf(control)] ?? 0))
    throw new RangeError(`invalid launch of ${id}; more than the control's weight: ${launch.holdout}`);

  const slot = group && {
    id: group.id,
    from: toBuckets(group.from, "group's from"),
    to: toBuckets(group.to, "group's to")
  };
  if (slot && !(slot.from < slot.to))
    throw new RangeError(`invalid group of ${id}; from is not below to: ${show(group)}`);
  return {
    experiment: definition,
    salt,
    control,
    keys,
    ends,
    ramp: toBuckets(ramp, "ramp"),
    rule: targeting == null ? null : parseRule(targeting),
    group: slot ?? null,
    holdouts: holdouts.map(({id: name, share}) => ({id: name, size: toBuckets(share, `share of holdout ${name}`)})),
    forced: new Map(Object.entries(forced)),
    launch: after ?? null
  };
}

const notKey = "not letters, digits or . _ -";

function isExperiment(value: unknown): value is Experiment {
  return hasId(value) && isRecord(value["variants"]);
}

function hasId(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && isText(value["id"]);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isKey(key: string): boolean {
  return /^[\w.-]{1,200}$/.test(key);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}
