import {sayPValue} from "../format.ts";
import type {NoveltyResult} from "../readout.ts";
import type {SpanTests} from "./spanTests.ts";

/** What the three tests of the triangle found. */
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
 * Returns what the triangle of cohorts by tenure says: whether the effect changes along tenure (the same units, late
 * against early), along dates, or with who enters. Units that lived longer also lived later, so a change along tenure is
 * called that only if later entrants do not start from another effect in the same direction.
 */
export function noveltyReading({tests, cohorts, slope, slopePValue, calendar, mix, alpha}: TriangleTests): string {
  const found = (p: number | null) => p !== null && p < alpha;
  const {change} = tests;
  const differ = found(cohorts.pValue) || found(slopePValue);
  const drift = found(slopePValue) && (slope ?? 0) * (change.estimate ?? 0) > 0;
  const parts: string[] = [];
  if (change.pValue === null) parts.push(`Tenure: cannot tell, because ${change.reason ?? "there is no test"}.`);
  else if (!found(change.pValue))
    parts.push(`Tenure: the same units respond alike early and late (${sayPValue(change.pValue)}).`);
  else if (drift)
    parts.push(
      `The effect changes within units (${sayPValue(change.pValue)}), and units that enter later start from another one in the same direction (${sayPValue(slopePValue)}): that is a change along dates rather than along tenure.`
    );
  else
    parts.push(
      `Tenure: the same units respond differently late and early (${sayPValue(change.pValue)})${cohorts.pValue === null ? "" : differ ? "" : ", and those that enter later start like the others"}.`
    );
  if (cohorts.pValue === null) parts.push(`Entrants: cannot tell, because ${cohorts.reason ?? "there is no test"}.`);
  else if (!drift || !found(change.pValue))
    parts.push(
      differ
        ? `Entrants: units of different entry dates differ at the same tenure (${sayPValue(found(cohorts.pValue) ? cohorts.pValue : slopePValue)})${found(mix.pValue) ? `, and the mix of entrants changes (${sayPValue(mix.pValue)})` : ""}.`
        : `Entrants: units of different entry dates respond alike (${sayPValue(cohorts.pValue)})${found(mix.pValue) ? `, although the mix of entrants changes (${sayPValue(mix.pValue)})` : ""}.`
    );
  parts.push(
    calendar.pValue === null
      ? `Dates: cannot tell, because ${calendar.reason ?? "there is no test"}.`
      : found(calendar.pValue)
        ? `Dates: the effect differs between dates beyond tenure and entrants (${sayPValue(calendar.pValue)}).`
        : `Dates: nothing beyond tenure and entrants (${sayPValue(calendar.pValue)}).`
  );
  return parts.join(" ");
}
