import {SMALLEST_INCREASE} from "./checks.ts";
import {groupSequentialDesign} from "./groupSequentialDesign.ts";
import {resolveDesign} from "./sequentialDesign.ts";
import type {ResolvedDesign, SequentialDesign} from "./sequentialDesign.ts";
import {spentAlpha} from "./spentAlpha.ts";

/** What a night knows of one comparison. */
export interface Night {
  /** The day's name; never compared but for being the same. */
  readonly date: string;
  /** Information as a share of the planned one: mature units / planned mature units; null if there is none. */
  readonly fraction: number | null;
  /** Difference / standard error, treatment minus control; null if it cannot be had. */
  readonly z: number | null;
  /** Of the difference; for intervals and estimates in its units. */
  readonly standardError?: number | null;
  /** Whether the experiment has ended: a group-sequential design then spends all that is left. */
  readonly final?: boolean;
}

/** A look that was taken, as the ledger keeps it. It can be written to JSON as it is. */
export interface Look {
  readonly date: string;
  readonly fraction: number;
  readonly z: number;
  /** Crossed when |z|, or one-sided z towards the alternative, is at least this; null where nothing could be spent. */
  readonly bound: number | null;
  /** Cumulative, over all sides. */
  readonly alphaSpent: number;
  /** z in the good direction below this means futility; absent without futility, null where no beta could be spent. */
  readonly futilityBound?: number | null;
  readonly standardError?: number;
  /** The plan that the fraction is a share of, if the design names one. */
  readonly planned?: number;
  /** Whether this look ended the experiment by its plan. */
  readonly final?: boolean;
}

/** The first look that crossed. */
export interface Crossing {
  readonly date: string;
  /** `efficacy` is the good direction (one-sided: the alternative's), `futility` only where binding. */
  readonly side: "efficacy" | "harm" | "futility";
}

/** What the nights added to a ledger. */
export interface LedgerLooks {
  /** Looks to append, in order. */
  appended: Look[];
  /** Nights on which no look was taken, and why. */
  skipped: {date: string; reason: string}[];
  /** All looks, recorded and appended. */
  looks: Look[];
  crossed: Crossing | null;
}

/**
 * Returns the looks that nights add to a ledger of recorded looks, by a registered design. Recorded looks are never
 * rewritten: their bounds and spent alpha hold, and later bounds are computed from them, so over all looks at most alpha
 * is spent, however nights are missed, repeated or corrected. No look is taken, with the reason, when there is no
 * information or no z, when the date has a look already, when the information has not grown by a millionth of itself
 * (or has shrunk: late corrections), before the next planned look, after a crossing, or when all alpha is spent.
 *
 * A plan that changed (`planned` of the design against that of a look) rescales recorded fractions; spent alpha stays.
 * For `fixed` the one look is at fraction 1 or at the final night. For `always-valid` see `alwaysValidLooks`: here no look
 * is ever appended.
 *
 * @param design the registered design
 * @param recorded looks so far, oldest first
 * @param nights nights to consider, oldest first; a first build over past data passes all of them
 * @throws {RangeError} if the design is out of range or recorded fractions do not increase
 * @example ledgerLooks({method: "group-sequential"}, [], [{date: "2026-01-20", fraction: 0.5, z: 3.1}]).crossed // {date, side: "efficacy"}
 */
export function ledgerLooks(
  design: SequentialDesign,
  recorded: readonly Look[],
  nights: readonly Night[]
): LedgerLooks {
  return addNights(resolveDesign(design), recorded, nights);
}

/** `ledgerLooks` for a design that is resolved already. */
export function addNights(design: ResolvedDesign, recorded: readonly Look[], nights: readonly Night[]): LedgerLooks {
  const skipped: LedgerLooks["skipped"] = [];
  const before = findCrossing(design, recorded);
  const accepted: Night[] = [];
  const perSide = design.alpha / design.sides;
  let spent = (recorded.at(-1)?.alphaSpent ?? 0) / design.sides;
  let information = recorded.map((look) => rescaledFraction(look, design)).at(-1) ?? 0;
  let ended = recorded.some((look) => look.final);
  const dates = new Set(recorded.map(({date}) => date));
  for (const night of nights) {
    const reason =
      before !== null
        ? crossedReason(before)
        : noLookReason(design, night, {information, dates, done: ended || spent >= perSide * (1 - 1e-12)});
    if (reason !== null || night.fraction === null) {
      skipped.push({date: night.date, reason: reason ?? "no information yet"});
      continue;
    }
    accepted.push(night);
    dates.add(night.date);
    information = night.fraction;
    spent = Math.max(spent, spentAlpha(information, perSide, design.spending));
    // Bounds depend on fractions alone, so a run of nights is solved at once; a look that spends all of it ends the run.
    if (night.final || (design.schedule !== null && information >= (design.schedule.at(-1) ?? 1))) ended = true;
  }
  const looks = [...recorded, ...solveLooks(design, recorded, accepted)];
  const crossed = before ?? findCrossing(design, looks);
  const stop = crossed === null ? looks.length : looks.findIndex(({date}) => date === crossed.date) + 1;
  if (before === null && crossed !== null) {
    // Nights beyond a new crossing were only solved for: they are no looks.
    const reason = crossedReason(crossed);
    for (const look of looks.slice(stop)) skipped.push({date: look.date, reason});
    const order = nights.map(({date}) => date);
    skipped.sort((a, b) => order.indexOf(a.date) - order.indexOf(b.date));
  }
  const kept = before === null ? looks.slice(0, Math.max(stop, recorded.length)) : looks;
  return {appended: kept.slice(recorded.length), skipped, looks: kept, crossed};
}

/** Returns a recorded look's fraction of the design's present plan. */
export function rescaledFraction(look: Look, {planned}: ResolvedDesign): number {
  return planned === null || look.planned === undefined ? look.fraction : (look.fraction * look.planned) / planned;
}

/** Returns the first look that crossed, or null. */
export function findCrossing(design: ResolvedDesign, looks: readonly Look[]): Crossing | null {
  for (const {date, z, bound, futilityBound} of looks) {
    const oriented = z * design.towards;
    if (bound !== null && oriented >= bound) return {date, side: "efficacy"};
    if (bound !== null && design.sides === 2 && -oriented >= bound) return {date, side: "harm"};
    if (design.futility?.binding && futilityBound != null && oriented < futilityBound) return {date, side: "futility"};
  }
  return null;
}

function crossedReason({date, side}: Crossing): string {
  return `crossed for ${side} on ${date}: a crossing is final`;
}

/** Why a night has no look, or null if it has one. */
function noLookReason(
  {method, schedule}: ResolvedDesign,
  {date, fraction, z, final = false}: Night,
  {information, dates, done}: {information: number; dates: ReadonlySet<string>; done: boolean}
): string | null {
  if (method === "always-valid") return "always-valid: every night counts, and none spends";
  if (dates.has(date)) return `a look is recorded for ${date}`;
  if (done) return "all planned looks are taken: no alpha is left";
  if (fraction === null || !(0 < fraction && fraction < Infinity)) return `no information yet: ${fraction}`;
  if (z === null || !Number.isFinite(z)) return `z is not a finite number: ${z}`;
  if (fraction < information) {
    return `less information than at the last look (${fraction} after ${information}): late corrections`;
  }
  if (!(fraction - information >= fraction * SMALLEST_INCREASE)) return "no new information since the last look";
  const next = schedule?.find((planned) => planned > information * (1 + SMALLEST_INCREASE));
  if (schedule === null || final) return null;
  if (next === undefined) return "all planned looks are taken";
  // Shares of whole units may fall short of a planned fraction by a rounding error only.
  if (fraction >= next * (1 - 1e-9)) return null;
  if (method === "fixed") {
    return `fixed design: nothing is called significant before the planned end (information fraction ${fraction})`;
  }
  return `the next planned look is at information fraction ${next}`;
}

/** Returns accepted nights as looks with their bounds. */
function solveLooks(design: ResolvedDesign, recorded: readonly Look[], accepted: readonly Night[]): Look[] {
  if (accepted.length === 0) return [];
  const {alpha, sides, spending, futility, planned, method} = design;
  const fractions = [
    ...recorded.map((look) => rescaledFraction(look, design)),
    ...accepted.map((n) => n.fraction ?? 0)
  ];
  const last = accepted.at(-1);
  // The last look of a design has no futility bound; tonight has, unless the plan ends tonight.
  const goesOn = futility !== null && !last?.final && (fractions.at(-1) ?? 1) <= 1 - SMALLEST_INCREASE;
  const bounds = groupSequentialDesign(goesOn ? [...fractions, 1] : fractions, {
    alpha,
    sides,
    ...spending,
    taken: takenOf(recorded),
    lastLook: last?.final || method === "fixed" ? "all" : "by-function",
    ...(futility === null ? {} : {futility})
  });
  return accepted.map(({date, fraction, z, standardError, final}, i) => {
    const k = recorded.length + i;
    const below = bounds.futility?.[k];
    return {
      date,
      fraction: fraction ?? 0,
      z: z ?? 0,
      bound: finiteOrNull(bounds.z[k]),
      alphaSpent: bounds.alphaSpent[k] ?? 0,
      ...(futility === null ? {} : {futilityBound: finiteOrNull(below)}),
      ...(standardError != null && standardError > 0 ? {standardError} : {}),
      ...(planned === null ? {} : {planned}),
      ...(final ? {final} : {})
    };
  });
}

/** Recorded looks as the solver takes them: null bounds are infinite again. */
export function takenOf(looks: readonly Look[]) {
  return looks.map(({bound, alphaSpent, futilityBound}) => ({
    bound: bound ?? Infinity,
    alphaSpent,
    ...(futilityBound === undefined ? {} : {futilityBound: futilityBound ?? -Infinity})
  }));
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
