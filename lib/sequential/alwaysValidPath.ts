import {checkPositive} from "./checks.ts";
import {tunedMixing} from "./asymptoticConfidenceSequence.ts";
import type {Crossing, Night} from "./ledgerLooks.ts";
import {mixingDeviation} from "./mixingDeviation.ts";
import {mixtureTest} from "./msprt.ts";
import {resolveDesign} from "./sequentialDesign.ts";
import type {SequentialDesign} from "./sequentialDesign.ts";

/** One day of an always-valid comparison. */
export interface AlwaysValidDay {
  date: string;
  fraction: number | null;
  /** The difference, z times its standard error. */
  estimate: number | null;
  /** The confidence sequence that day, in units of the difference; null bounds are open (one-sided). */
  interval: [number | null, number | null] | null;
  /** All days' intervals so far together; null where they have nothing in common. It inverts `pValue`. */
  runningInterval: [number | null, number | null] | null;
  /** The smallest p-value until then: valid whenever one stops. */
  pValue: number;
  /** That day's own p-value, which its interval inverts. */
  pValueToday: number | null;
  /** Why a number is null, or null. */
  reason: string | null;
}

/** The days and the first crossing. */
export interface AlwaysValidPath {
  path: AlwaysValidDay[];
  /** The first day on which the p-value was at most alpha. */
  crossed: Crossing | null;
}

/**
 * Returns the confidence sequence and the always-valid p-value by day. The mixing distribution is the design's `mixing`, or
 * its minimum effect, or what is tightest at `tuneAt` units of the `planned` ones, or at fraction 1; all must be fixed
 * beforehand. On the relative scale pass the relative difference's z and standard error, and a relative minimum effect.
 * A day without z, or with a standard error of 0, keeps the p-value and says why it has no interval.
 *
 * @param design of method `always-valid`
 * @param nights the days so far, oldest first
 * @throws {RangeError} if the design is out of range
 * @see Waudby-Smith et al. (2021), https://arxiv.org/abs/2103.06476; Johari et al. (2022), https://arxiv.org/abs/1512.04922
 */
export function alwaysValidPath(design: SequentialDesign, nights: readonly Night[]): AlwaysValidPath {
  const {alpha, sides, towards} = resolveDesign(design);
  const ratioOf = mixingRatio(design, alpha);
  let smallest = 1;
  let crossed: Crossing | null = null;
  let [low, high] = [-Infinity, Infinity];
  const path = nights.map(({date, fraction, z, standardError}): AlwaysValidDay => {
    const reason = whyNot(fraction, z, standardError);
    const running = (): [number | null, number | null] | null =>
      low <= high ? [finiteOrNull(low), finiteOrNull(high)] : null;
    if (reason !== null || z === null || fraction === null || standardError == null) {
      const nothing = {estimate: null, interval: null, pValueToday: null};
      return {date, fraction, ...nothing, runningInterval: running(), pValue: smallest, reason};
    }
    const test = mixtureTest(
      z * towards * standardError,
      standardError,
      ratioOf(fraction, standardError),
      alpha,
      sides
    );
    const [near, far] = test.interval ?? [-Infinity, null];
    const ends = towards === 1 ? [near, far ?? Infinity] : [far === null ? -Infinity : -far, -near];
    const [lower = -Infinity, upper = Infinity] = ends;
    low = Math.max(low, lower);
    high = Math.min(high, upper);
    smallest = Math.min(smallest, test.pValue ?? 1);
    if (crossed === null && smallest <= alpha) crossed = {date, side: z * towards > 0 ? "efficacy" : "harm"};
    return {
      date,
      fraction,
      estimate: z * standardError,
      interval: [finiteOrNull(lower), finiteOrNull(upper)],
      runningInterval: running(),
      pValue: smallest,
      pValueToday: test.pValue,
      reason: low <= high ? null : "the days' intervals have nothing in common: the effect has changed"
    };
  });
  return {path, crossed};
}

/** The ratio of the mixing variance to the estimate's, by fraction and standard error. */
function mixingRatio(
  {mixing, minimumEffect, tuneAt, planned}: SequentialDesign,
  alpha: number
): (fraction: number, standardError: number) => number {
  const tau = mixing ?? (minimumEffect === undefined ? undefined : mixingDeviation(minimumEffect));
  if (tau !== undefined) {
    checkPositive("mixing", tau);
    return (_, standardError) => (tau / standardError) ** 2;
  }
  if (tuneAt !== undefined && planned === undefined) throw new RangeError("missing planned: tuneAt is in its units");
  const rhoSquared = tunedMixing(tuneAt === undefined ? 1 : tuneAt / (planned ?? NaN), alpha);
  return (fraction) => fraction * rhoSquared;
}

function whyNot(fraction: number | null, z: number | null, standardError?: number | null): string | null {
  if (fraction === null || !(0 < fraction && fraction < Infinity)) return `no information yet: ${fraction}`;
  if (z === null || !Number.isFinite(z)) return `z is not a finite number: ${z}`;
  if (standardError == null || !(0 < standardError && standardError < Infinity)) {
    return `no standard error: ${standardError}`;
  }
  return null;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
