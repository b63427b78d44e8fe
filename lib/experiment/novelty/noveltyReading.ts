import {sayPValue} from "../format.ts";
import type {NoveltyResult} from "../readout.ts";
import type {SpanTests} from "./spanTests.ts";

/** What the tests of the triangle found. */
export interface TriangleTests {
  readonly tests: SpanTests;
  readonly cohorts: NonNullable<NoveltyResult["cohorts"]>;
  /** Of the early effect along entry dates. */
  readonly slope: number | null;
  readonly slopePValue: number | null;
  readonly calendar: NonNullable<NoveltyResult["calendar"]>;
  readonly mix: NonNullable<NoveltyResult["mix"]>;
  readonly alpha: number;
}

/**
 * Returns what the triangle of cohorts by tenure says, a sentence each that begins with its name: `Tenure:` whether the same
 * units respond differently late and early, `Entrants:` whether units of different entry dates differ at the same tenure,
 * `Dates:` whether dates matter beyond both, `Mix:` whether those who enter change. Units that lived longer also lived
 * later, so a change within units counts as one along dates if later entrants start from another effect in the same
 * direction. Entrants are judged by Cochran's Q and by the slope along entry dates, each at half of alpha.
 */
export function noveltyReading({tests, cohorts, slope, slopePValue, calendar, mix, alpha}: TriangleTests): string {
  const found = (p: number | null) => p !== null && p < alpha;
  const {change} = tests;
  const entrants = entrantsPValue(cohorts, slopePValue);
  const drift = found(slopePValue) && (slope ?? 0) * (change.estimate ?? 0) > 0;
  const cannot = (reason: string | null) => `cannot tell, because ${reason ?? "there is no test"}`;
  const tenure =
    change.pValue === null
      ? cannot(change.reason)
      : !found(change.pValue)
        ? `the same units respond alike early and late (${sayPValue(change.pValue)})`
        : drift
          ? `the effect changes within units (${sayPValue(change.pValue)}), but units that enter later start from another one in the same direction (${sayPValue(slopePValue)}): that is a change along dates rather than along tenure`
          : `the same units respond differently late and early (${sayPValue(change.pValue)})`;
  const who =
    entrants === null
      ? cannot(cohorts.reason)
      : found(entrants)
        ? `units of different entry dates differ at the same tenure (${sayPValue(entrants)})`
        : `units of different entry dates respond alike at the same tenure (${sayPValue(entrants)})`;
  const dates =
    calendar.pValue === null
      ? cannot(calendar.reason)
      : found(calendar.pValue)
        ? `the effect differs between dates beyond tenure and entrants (${sayPValue(calendar.pValue)})`
        : `nothing beyond tenure and entrants (${sayPValue(calendar.pValue)})`;
  const mixed =
    mix.pValue === null
      ? cannot(mix.reason)
      : found(mix.pValue)
        ? `who enters changes over the dates (${sayPValue(mix.pValue)}), so a total over all of them changes by that alone`
        : `those who enter are alike on all dates (${sayPValue(mix.pValue)})`;
  return `Tenure: ${tenure}. Entrants: ${who}. Dates: ${dates}. Mix: ${mixed}.`;
}

/** The smaller of two p-values, for having looked at both; with two groups they are the same test. */
function entrantsPValue({pValue, degreesOfFreedom}: TriangleTests["cohorts"], slope: number | null): number | null {
  if (pValue === null || slope === null || (degreesOfFreedom ?? 0) < 2) return pValue;
  return Math.min(1, 2 * Math.min(pValue, slope));
}
