import {checkLength} from "./checks.ts";
import {chiSquare as distribution} from "./distributions.ts";
import {checkProportion} from "./proportionIntervals.ts";

/** Whether the proportions of several arms differ at all. */
export type ChiSquareTest = {
  readonly chiSquare: number | null;
  readonly df: number;
  readonly pValue: number | null;
  /** Why numbers are missing, or null. */
  readonly reason: string | null;
};

/**
 * Returns Pearson's chi-square test that k arms have the same proportion, without Yates' correction; k - 1 degrees of freedom.
 *
 * An arm without units, or no success or no failure in any arm: null with a reason.
 *
 * @param successes of each arm; in [0, n]
 * @param n units of each arm
 * @throws {RangeError} if there are fewer than two arms, the lists differ in length or a count is out of range
 * @see Pearson (1900), https://doi.org/10.1080/14786440009463897
 * @example chiSquareIndependence([120, 141], [1000, 1000]).pValue
 */
export function chiSquareIndependence(successes: readonly number[], n: readonly number[]): ChiSquareTest {
  checkLength("n", n, successes.length);
  if (successes.length < 2) throw new RangeError(`invalid arms; not at least two: ${successes.length}`);
  let total = 0;
  let all = 0;
  for (let i = 0; i < n.length; i++) {
    checkProportion("successes", successes[i] ?? NaN, n[i] ?? NaN);
    total += n[i] ?? 0;
    all += successes[i] ?? 0;
  }
  const df = n.length - 1;
  const none = (reason: string): ChiSquareTest => ({chiSquare: null, df, pValue: null, reason});
  if (n.includes(0)) return none("an arm without units");
  if (all === 0) return none("no successes in any arm");
  if (all === total) return none("no failures in any arm");
  const pooled = all / total;
  let chiSquare = 0;
  for (let i = 0; i < n.length; i++) {
    const units = n[i] ?? 0;
    const gap = (successes[i] ?? 0) - units * pooled;
    chiSquare += (gap * gap) / (units * pooled * (1 - pooled));
  }
  return {chiSquare, df, pValue: distribution.sf(chiSquare, df), reason: null};
}
