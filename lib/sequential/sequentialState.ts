import {alwaysValidPath} from "./alwaysValidPath.ts";
import type {AlwaysValidDay} from "./alwaysValidPath.ts";
import {SMALLEST_INCREASE} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {conditionalPower} from "./conditionalPower.ts";
import type {Standing} from "./conditionalPower.ts";
import {driftForPower} from "./driftForPower.ts";
import {groupSequentialDesign} from "./groupSequentialDesign.ts";
import {findCrossing, rescaledFraction, takenOf} from "./ledgerLooks.ts";
import type {Crossing, Look, Night} from "./ledgerLooks.ts";
import {repeatedInterval} from "./repeatedInterval.ts";
import {resolveDesign} from "./sequentialDesign.ts";
import type {ResolvedDesign, SequentialDesign, SequentialMethod} from "./sequentialDesign.ts";
import {sequentialInference} from "./sequentialInference.ts";

/** What is known beside the ledger. */
export interface SequentialStateOptions {
  /**
   * The days so far, oldest first. Always-valid takes all of them; the others only the last, for the conditional power
   * where it knows more than the last look. Defaults to the looks.
   */
  nights?: readonly Night[];
  /** Fractions of the looks to come; defaults to the planned ones, or for nightly looks to more of the same pace. */
  future?: readonly number[];
  /** Whether the experiment has stopped, so that the last look is inferred from even without a crossing. */
  stopped?: boolean;
}

/** A look with its interval. */
export type LookState = Look & {
  /** Repeated confidence interval of the difference; an open end is null. */
  repeatedInterval: [number | null, number | null] | null;
  /** Why bound or interval are null, or null. */
  reason: string | null;
};

/** Inference after a stop, in units of the difference. */
export interface StopInference {
  date: string;
  /** Stage-wise, of the registered alternative. */
  pValue: number;
  /** Median-unbiased; null without a standard error. */
  estimate: number | null;
  /** Of level 1 - alpha, two-sided 1 - 2 alpha for a one-sided design; null as above. */
  interval: [number, number] | null;
  /** The naive estimate, which an early stop overstates; null as above. */
  naive: number | null;
  /** The same two as E(Z) at full information. */
  drift: {estimate: number; interval: [number, number]};
  /** Why the estimates are null, or null. */
  reason: string | null;
}

/** A look to come. */
export interface FutureBound {
  fraction: number;
  /** null where nothing can be spent. */
  bound: number | null;
  futilityBound: number | null;
  /** Why the bound is null, or null. */
  reason: string | null;
}

/** How futility stands. */
export interface FutilityState {
  binding: boolean;
  /** The last look's futility bound on z in the good direction, and z there; null before the first look. */
  bound: number | null;
  z: number | null;
  /** The first look below its futility bound; null if none was. */
  below: string | null;
}

/** Where a comparison stands, for readout.json. */
export interface SequentialState {
  method: SequentialMethod;
  /** Total over the sides. */
  alpha: number;
  sides: Sides;
  looks: LookState[];
  crossed: Crossing | null;
  /** After a crossing or the planned end; null while it goes on. */
  stop: StopInference | null;
  futureBounds: FutureBound[];
  /** null without futility. */
  futility: FutilityState | null;
  /** Chances of success (in the good direction) by the end; null when nothing is left to come or known yet. */
  conditionalPower: {design: number; trend: number; interval: [number, number]; drift: number} | null;
  /** For always-valid, by day; otherwise empty. */
  path: AlwaysValidDay[];
  /** Why there is no call tonight, in words; null after a crossing. */
  reason: string | null;
}

/**
 * Returns where a comparison stands by its registered design and its ledger: the looks with their repeated intervals, the
 * crossing if any, inference after the stop, the bounds to come from recorded fractions and spent alpha, futility and
 * conditional power. It reads no log and changes nothing; the same call with another design is the reader's "what if".
 * Differences keep their sign; bounds, futility and conditional power count in the good direction.
 *
 * @param design the registered design
 * @param looks the ledger, oldest first; empty gives the whole future
 * @throws {RangeError} if the design is out of range or the looks' fractions do not increase
 */
export function sequentialState(
  design: SequentialDesign,
  looks: readonly Look[],
  {nights = looks, future, stopped = false}: SequentialStateOptions = {}
): SequentialState {
  const resolved = resolveDesign(design);
  const {method, alpha, sides} = resolved;
  if (method === "always-valid") {
    const {path, crossed} = alwaysValidPath(design, nights);
    const reason = crossed === null ? "the always-valid p-value has not reached alpha" : null;
    return {...empty(resolved), path, crossed, reason: path.length === 0 ? "no information yet" : reason};
  }
  const crossed = findCrossing(resolved, looks);
  const end = crossed === null ? looks.length : looks.findIndex(({date}) => date === crossed.date) + 1;
  const last = looks.at(-1);
  const ended = last !== undefined && (last.final === true || last.alphaSpent >= alpha * (1 - 1e-12));
  const over = crossed !== null || ended;
  const ahead = over || stopped ? [] : futureBounds(resolved, looks, future);
  return {
    method,
    alpha,
    sides,
    looks: looks.map((look) => ({...look, ...intervalAt(resolved, look)})),
    crossed,
    stop: over || (stopped && last !== undefined) ? stopInference(resolved, looks.slice(0, end)) : null,
    futureBounds: ahead,
    futility: futilityState(resolved, looks),
    conditionalPower: lookAhead(resolved, looks, {ahead, tonight: nights.at(-1)}),
    path: [],
    reason: reasonOf(resolved, {looks, crossed, ended})
  };
}

function empty({method, alpha, sides}: ResolvedDesign) {
  return {method, alpha, sides, looks: [], stop: null, futureBounds: [], futility: null, conditionalPower: null};
}

function intervalAt({sides, towards}: ResolvedDesign, {z, bound, standardError}: Look) {
  if (standardError === undefined) {
    const reason = bound === null ? "no alpha can be spent at this look yet" : "the look has no standard error";
    return {repeatedInterval: null, reason};
  }
  const side = sides === 2 ? "both" : towards === 1 ? "upper" : "lower";
  const {interval, reason} = repeatedInterval(z * standardError, standardError, bound, {side});
  return {repeatedInterval: interval, reason};
}

/** Worked out in the good direction, then turned back. */
function stopInference(design: ResolvedDesign, looks: readonly Look[]): StopInference | null {
  const last = looks.at(-1);
  if (last === undefined) return null;
  const {alpha, sides, towards, futility} = design;
  const fractions = looks.map((look) => rescaledFraction(look, design));
  const bounds = looks.map(({bound}) => bound ?? Infinity);
  const lower = looks.map(({futilityBound}, k) =>
    futility?.binding ? (futilityBound ?? -Infinity) : sides === 2 ? -(bounds[k] ?? Infinity) : -Infinity
  );
  // The interval of a one-sided test leaves alpha out on either side.
  const level = 1 - Math.min(0.99, (2 * alpha) / sides);
  const result = sequentialInference(fractions, bounds, {sides, lower, stopZ: last.z * towards, level});
  const [near, far] = result.driftInterval;
  const turned: [number, number] = towards === 1 ? [near, far] : [-far, -near];
  const drift = {estimate: result.medianUnbiasedDrift * towards, interval: turned};
  // Information is 1 / variance: at full information it is that of the last look over its fraction.
  const scale = last.standardError === undefined ? null : last.standardError * Math.sqrt(fractions.at(-1) ?? NaN);
  return {
    date: last.date,
    pValue: sides === 2 ? result.pValue : result.pValueOneSided,
    estimate: scale === null ? null : drift.estimate * scale,
    interval: scale === null ? null : [drift.interval[0] * scale, drift.interval[1] * scale],
    naive: last.standardError === undefined ? null : last.z * last.standardError,
    drift,
    reason: scale === null ? "the look has no standard error" : null
  };
}

function futureBounds(design: ResolvedDesign, looks: readonly Look[], future?: readonly number[]): FutureBound[] {
  const taken = looks.map((look) => rescaledFraction(look, design));
  const now = taken.at(-1) ?? 0;
  const beyond = (future ?? comingFractions(design, taken)).filter((f) => f > now * (1 + SMALLEST_INCREASE));
  if (beyond.length === 0) return [];
  const {alpha, sides, spending, futility} = design;
  const {z, futility: below} = groupSequentialDesign([...taken, ...beyond], {
    alpha,
    sides,
    ...spending,
    taken: takenOf(looks),
    ...(futility === null ? {} : {futility})
  });
  return beyond.map((fraction, i) => {
    const bound = z[taken.length + i] ?? Infinity;
    const futilityBound = below?.[taken.length + i] ?? -Infinity;
    return {
      fraction,
      bound: Number.isFinite(bound) ? bound : null,
      futilityBound: Number.isFinite(futilityBound) ? futilityBound : null,
      reason: Number.isFinite(bound) ? null : "no alpha can be spent at this look yet"
    };
  });
}

/** The planned looks still to come; nightly ones go on at their average pace, at most 200 of them. */
function comingFractions({schedule, nights}: ResolvedDesign, taken: readonly number[]): number[] {
  const now = taken.at(-1) ?? 0;
  if (schedule !== null) return schedule.filter((fraction) => fraction > now * (1 + SMALLEST_INCREASE));
  if (now >= 1) return [];
  const pace = taken.length === 0 ? 1 / nights : now / taken.length;
  const count = Math.min(200, Math.max(1, Math.round((1 - now) / pace)));
  return Array.from({length: count}, (_, i) => (i + 1 === count ? 1 : now + ((1 - now) * (i + 1)) / count));
}

function futilityState({futility, towards}: ResolvedDesign, looks: readonly Look[]): FutilityState | null {
  if (futility === null) return null;
  const last = looks.at(-1);
  const below = looks.find(({z, futilityBound}) => futilityBound != null && z * towards < futilityBound);
  return {
    binding: futility.binding ?? false,
    bound: last?.futilityBound ?? null,
    z: last === undefined ? null : last.z * towards,
    below: below?.date ?? null
  };
}

function lookAhead(
  design: ResolvedDesign,
  looks: readonly Look[],
  {ahead, tonight}: {ahead: readonly FutureBound[]; tonight?: Night}
): SequentialState["conditionalPower"] {
  const taken = looks.map((look) => rescaledFraction(look, design));
  const standing = standingOf(design, {looks, taken, tonight});
  const coming = ahead.filter(
    ({fraction}) => standing !== null && fraction > standing.fraction * (1 + SMALLEST_INCREASE)
  );
  if (standing === null || coming.every(({bound}) => bound === null)) return null;
  const fractions = [...taken, ...ahead.map(({fraction}) => fraction)];
  const z = [...looks, ...ahead].map(({bound}) => bound ?? Infinity);
  const {sides, power, futility} = design;
  const drift = design.drift ?? futility?.drift ?? driftForPower(fractions, z, {sides, power}).drift;
  const {underDrift, underTrend, underInterval} = conditionalPower(standing, {
    drift,
    future: {fractions: coming.map(({fraction}) => fraction), z: coming.map(({bound}) => bound ?? Infinity)}
  });
  return {design: underDrift, trend: underTrend, interval: underInterval, drift};
}

/** Where it stands tonight, in the good direction: at the last look, or where tonight knows more than that. */
function standingOf(
  {towards}: ResolvedDesign,
  {looks, taken, tonight}: {looks: readonly Look[]; taken: readonly number[]; tonight?: Night}
): Standing | null {
  const last = looks.at(-1);
  const fraction = taken.at(-1);
  const more = tonight?.fraction != null && tonight.fraction > (fraction ?? 0);
  if (more && tonight.z !== null && Number.isFinite(tonight.z)) {
    return {fraction: tonight.fraction ?? 0, z: tonight.z * towards};
  }
  return last === undefined || fraction === undefined ? null : {fraction, z: last.z * towards};
}

function reasonOf(
  {method, schedule}: ResolvedDesign,
  {looks, crossed, ended}: {looks: readonly Look[]; crossed: Crossing | null; ended: boolean}
): string | null {
  if (crossed !== null) return null;
  if (ended) return "the planned end is reached without a crossing";
  if (method === "fixed") return "fixed design: nothing is called significant before the planned end";
  if (looks.length === 0) return "no look has been taken yet";
  if (schedule !== null) return "no planned look has crossed its bound yet";
  return "no look has crossed its bound yet";
}
