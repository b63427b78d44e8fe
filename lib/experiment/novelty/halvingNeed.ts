import {changePower, changeUnits, halving} from "./changePower.ts";
import type {DayCovariances} from "./dayCovariances.ts";
import type {DayEffect} from "./dayEffects.ts";
import {daysNeeded, weekChangeError} from "./daysNeeded.ts";
import {meanEffect} from "./meanEffect.ts";
import type {NoveltyOptions} from "./noveltyOf.ts";
import type {SpanTests} from "./spanTests.ts";
import type {TenureIndex} from "./tenureIndex.ts";

/** The relative effect whose halving is asked about where none is seen and none was declared. */
const usualEffect = 0.1;

/** What a halving takes to be seen. */
export interface Need {
  /** The log ratio whose halving is asked about. */
  readonly effect: number;
  /** Whether that is the minimum effect, because none is told from zero. */
  readonly declared: boolean;
  readonly power: number | null;
  /** Units of both arms through both spans. */
  readonly units: number | null;
  readonly days: number | null;
  readonly reason: string | null;
}

/**
 * Returns what a halving of the effect takes to be seen: of the effect over both spans if that is told from zero (before
 * they are lived through: of the effect over all unit-days since exposure), else of the minimum effect, else of 10%. What
 * cannot be had is null with a reason.
 */
export function halvingNeed(
  index: TenureIndex,
  [control, treatment]: readonly [string, string],
  effects: readonly DayEffect[],
  covariances: DayCovariances | null,
  {change, whole, n}: SpanTests,
  {
    alpha = 0.05,
    power = 0.8,
    minimumEffect = null,
    spans = null,
    entering = true,
    direction = "increase"
  }: NoveltyOptions
): Need {
  const {sums} = index;
  const first = sums.calendarOnly ? 1 : 0;
  const all = whole.pValue === null ? meanEffect(effects, covariances, first, {alpha}) : null;
  const {estimate, pValue} = all ?? whole;
  const told = estimate !== null && pValue !== null && pValue < alpha;
  const seen = !told ? null : all === null ? estimate : Math.log1p(Math.max(-0.99, estimate));
  const minimum = Math.min(0.99, Math.abs(minimumEffect ?? usualEffect)) || usualEffect;
  const effect = seen ?? Math.log1p(direction === "increase" ? minimum : -minimum);
  const declared = seen === null;
  const distance = halving(effect);
  let [error, units] = [change.standardError, n];
  if (error === null) {
    const one = sums.spans === null ? weekChangeError(index, [control, treatment], effects) : null;
    if (one === null)
      return {
        effect,
        declared,
        power: null,
        units: null,
        days: null,
        reason: change.reason ?? "no days since exposure have been lived through"
      };
    [error, units] = [one, 2];
  }
  const needed = changeUnits(distance, error, units, {alpha, power});
  const days = daysNeeded(needed, sums.cohorts, [control, treatment], {
    end: spans?.late[1] ?? first + 13,
    declared: spans !== null,
    calendarOnly: sums.calendarOnly,
    entering
  });
  return {
    effect,
    declared,
    power: change.standardError === null ? null : changePower(distance, change.standardError, {alpha}),
    units: needed,
    days,
    reason: days === null ? `a halving needs more units than will live through both spans` : null
  };
}
