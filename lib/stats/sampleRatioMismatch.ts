import {checkCount, checkLength, checkPositive} from "./checks.ts";
import {chiSquare as distribution} from "./distributions.ts";

/** Whether the units fell on the arms as their weights say. */
export type SampleRatioMismatch = {
  readonly chiSquare: number | null;
  readonly df: number;
  readonly pValue: number | null;
  /** Units that the weights would put into each arm. */
  readonly expected: readonly number[];
  /** Why numbers are missing, or null. */
  readonly reason: string | null;
};

/**
 * Returns the chi-square test of the numbers of units in k arms against their weights; k - 1 degrees of freedom. It is for one look; a test that may be
 * repeated every night is in the sequential part of the library.
 *
 * No units at all: null with a reason.
 *
 * @param observed units in each arm
 * @param weights of each arm, positive; only their proportions matter
 * @throws {RangeError} if there are fewer than two arms, the lists differ in length, a count is negative or a weight is not positive
 * @see Fabijan et al. (2019), https://doi.org/10.1145/3292500.3330722
 * @example sampleRatioMismatch([5021, 4979], [0.5, 0.5]).pValue // 0.674…
 */
export function sampleRatioMismatch(observed: readonly number[], weights: readonly number[]): SampleRatioMismatch {
  checkLength("weights", weights, observed.length);
  if (observed.length < 2) throw new RangeError(`invalid arms; not at least two: ${observed.length}`);
  for (const count of observed) checkCount("observed", count);
  for (const weight of weights) checkPositive("weight", weight);
  const total = observed.reduce((sum, count) => sum + count, 0);
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const expected = weights.map((each) => (total * each) / weight);
  const df = observed.length - 1;
  if (total === 0) return {chiSquare: null, df, pValue: null, expected, reason: "no units in any arm"};
  let chiSquare = 0;
  for (let i = 0; i < expected.length; i++) {
    const mean = expected[i] ?? 0;
    const gap = (observed[i] ?? 0) - mean;
    chiSquare += (gap * gap) / mean;
  }
  return {chiSquare, df, pValue: distribution.sf(chiSquare, df), expected, reason: null};
}
