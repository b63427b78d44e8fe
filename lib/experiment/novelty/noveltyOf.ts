import type {NoveltyResult} from "../readout.ts";
import type {Direction, NoveltyVerdict} from "../words.ts";
import {blockCovariances} from "./blockCovariances.ts";
import {byTenure} from "./byTenure.ts";
import type {Bands} from "./byTenure.ts";
import {calendarTest} from "./calendarTest.ts";
import {cohortTest} from "./cohortTest.ts";
import {dayCovariances} from "./dayCovariances.ts";
import {dayEffects} from "./dayEffects.ts";
import {halvingNeed} from "./halvingNeed.ts";
import type {Need} from "./halvingNeed.ts";
import {longRun} from "./longRun.ts";
import {mixTest} from "./mixTest.ts";
import {noveltyReading} from "./noveltyReading.ts";
import {noveltySentence} from "./noveltySentence.ts";
import {spanTests, trendTest} from "./spanTests.ts";
import type {SpanTests} from "./spanTests.ts";
import {tenureBlocks} from "./tenureBlocks.ts";
import {tenureIndex} from "./tenureIndex.ts";
import type {TenureSums} from "./tenureSums.ts";
import {triangle} from "./triangle.ts";
import {weekdayPattern} from "./weekdayPattern.ts";

/** Further arguments of `noveltyOf`. */
export interface NoveltyOptions {
  /** Of every test, two-sided, and 1 - level of every interval; defaults to 0.05. */
  readonly alpha?: number;
  /** To see a halving of the effect; defaults to 0.8. */
  readonly power?: number;
  /** Which way is good; defaults to increase. */
  readonly direction?: Direction;
  /** Smallest relative effect worth acting on, held in place of one that is not told from zero; null, the default, means 10%. */
  readonly minimumEffect?: number | null;
  /** The spans that were declared, for saying what is missing while no cohort has lived through them; null by default. */
  readonly spans?: {readonly early: readonly [number, number]; readonly late: readonly [number, number]} | null;
  /** Whether more units will enter; defaults to true. */
  readonly entering?: boolean;
  /** How simultaneous intervals are made; defaults to joint. */
  readonly bands?: Bands;
  /** Blocks of entry dates, and of tenure days, that the triangle has at most; defaults to 28. */
  readonly triangleBlocks?: number;
}

/**
 * Returns whether the effect of each treatment lasts, from the sums over tenure days.
 *
 * The verdict is that of the log-ratio test, late against early, on the units that lived through both spans. The effect's
 * *own direction* is the sign of the early log ratio if it is told from zero, else that of the late one if that is, else
 * that of whichever is further from zero in standard errors. A change that is told from zero and goes against the own
 * direction is *fading* (towards zero or past it), one along it *growing*; so a loss of 8% that becomes a loss of 3% fades
 * as well. Without such a change the effect is *stable* if a halving would have been seen with the power asked for, else
 * there are *not enough days*. The halving is of the effect over both spans if that is told from zero, else of the minimum
 * effect, so that an experiment without an effect is stable only if it could have seen half of that come or go.
 *
 * Nothing is adjusted over treatments, metrics or nights: this warns, it does not decide. What cannot be told is null
 * with a reason.
 */
export function noveltyOf(
  sums: TenureSums,
  {control, treatments}: {readonly control: string; readonly treatments: readonly string[]},
  options: NoveltyOptions = {}
): NoveltyResult[] {
  const index = tenureIndex(sums);
  const blocks = tenureBlocks(index);
  const {alpha = 0.05, direction = "increase", bands = "joint", triangleBlocks = 28} = options;
  const cells = tenureBlocks(index, {most: triangleBlocks});
  const covariancesOfBlocks = blockCovariances(index, blocks);
  const mix = mixTest(sums, blocks);
  return treatments.map((variant): NoveltyResult => {
    const variants = [control, variant] as const;
    const effects = dayEffects(index, control, variant);
    const covariances = dayCovariances(index, variants, effects);
    const tests = spanTests(sums, variants, {alpha});
    const need = halvingNeed(index, variants, effects, covariances, tests, options);
    const verdict = verdictOf(tests, need, options);
    const {slope, slopePValue, ...cohorts} = cohortTest(blocks, sums, variants);
    const calendar = calendarTest(index, blocks, covariancesOfBlocks, variants);
    const {weekdays, test: weekdayTest} = weekdayPattern(sums, variants, {alpha});
    const fit = longRun(effects, covariances, {alpha, first: sums.calendarOnly ? 1 : 0});
    return {
      variant,
      verdict,
      sentence: noveltySentence(verdict, {sums, effects, tests, need, longRun: fit, direction, options}),
      spans: sums.spans === null ? null : {early: [...sums.spans.early], late: [...sums.spans.late]},
      test: {...tests.change, n: tests.n},
      absolute: tests.absolute,
      trend: trendTest(sums, variants, {alpha}),
      byTenure: byTenure(index, effects, covariances, {alpha, bands}),
      cohorts,
      calendar,
      mix,
      triangle: triangle(cells, sums, variants),
      triangleDays: cells.length,
      longRun: fit,
      weekdays,
      weekdayTest,
      reading: noveltyReading({tests, cohorts, slope, slopePValue, calendar, mix, alpha}),
      power: need.power,
      unitsNeeded: need.units,
      daysNeeded: need.days,
      reason: tests.change.pValue === null ? tests.change.reason : need.reason
    };
  });
}

function verdictOf(
  {change, early, late}: SpanTests,
  need: Need,
  {alpha = 0.05, power = 0.8}: NoveltyOptions
): NoveltyVerdict {
  if (change.pValue === null || change.estimate === null) return "not-enough-days";
  if (change.pValue < alpha) return change.estimate * ownDirection(early, late, alpha) < 0 ? "fading" : "growing";
  return need.power !== null && need.power >= power ? "stable" : "not-enough-days";
}

/** The sign of the effect before it changed. */
function ownDirection(early: SpanTests["early"], late: SpanTests["late"], alpha: number): number {
  const told = ({pValue}: SpanTests["early"]) => pValue !== null && pValue < alpha;
  const z = ({estimate, standardError}: SpanTests["early"]) => Math.abs((estimate ?? 0) / (standardError ?? Infinity));
  const from = told(early) || (!told(late) && z(early) >= z(late)) ? early : late;
  return Math.sign(from.estimate ?? 0) || 1;
}
