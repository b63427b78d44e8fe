import type {AdaptiveEstimate} from "./adaptiveEstimates.ts";
import {compareAdaptive} from "./compareAdaptive.ts";

/** The difference between two arms' means; null, with the reason, if it cannot be had. */
export interface AdaptiveDifference {
  readonly difference: number | null;
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Two-sided; below 1 - confidence exactly where the interval leaves out 0. */
  readonly pValue: number | null;
  readonly reason: string | null;
}

/**
 * Returns the difference of two of `adaptiveEstimates`, treatment less control, with its two-sided interval; see `compareAdaptive`.
 *
 * @throws {RangeError} if the confidence is not in (0, 1)
 */
export function adaptiveDifference(
  treatment: AdaptiveEstimate,
  control: AdaptiveEstimate,
  {confidence = 0.95}: {readonly confidence?: number} = {}
): AdaptiveDifference {
  if (!(0 < confidence && confidence < 1)) throw new RangeError(`invalid confidence; not in (0, 1): ${confidence}`);
  const {difference, standardError, interval, pValue, reason} = compareAdaptive(control, treatment, {
    level: confidence
  });
  if (reason !== null) return {difference: null, standardError: null, lower: null, upper: null, pValue: null, reason};
  return {difference, standardError, lower: interval?.[0] ?? null, upper: interval?.[1] ?? null, pValue, reason};
}
