import {formatNumber} from "./format.ts";
import type {Stratum} from "./sums.ts";

/**
 * Returns why a metric is not judged yet, in words, or null if it is: its total, over all arms and phases, is below the
 * minimum. The total is the sum of the outcome (units with the event for shares, the numerator of a ratio), and of a
 * quantile the number of values. No minimum, or no units: null.
 *
 * @param minimum the total from which on a metric is judged
 */
export function notYetJudged(
  strata: readonly Pick<Stratum, "arms" | "sketches">[],
  minimum: number | undefined
): string | null {
  if (minimum === undefined) return null;
  let [total, units] = [0, 0];
  for (const {arms, sketches} of strata) {
    for (const {n, y, origin} of Object.values(arms)) {
      units += n;
      if (sketches === undefined) total += y + n * (origin.y ?? 0);
    }
    for (const {n, events} of Object.values(sketches ?? {})) {
      units += n;
      total += events;
    }
  }
  if (units === 0 || total >= minimum) return null;
  return `not judged before a total of ${formatNumber(minimum)} over all arms; ${formatNumber(total)} so far`;
}
