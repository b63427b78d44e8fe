import {checkPositive} from "./checks.ts";

/**
 * Returns the standard deviation of the mSPRT's mixing distribution by default: the minimum effect of interest itself, in
 * the units of the difference. For an effect of just that size this is near the best choice at alpha = 0.05: where the
 * evidence grows as expected, half or twice as much delays the crossing by 8% to 10%, five times by 27%, a fifth by 78%.
 * It has to be fixed before the first look.
 *
 * @param minimumEffect smallest difference worth acting on, absolute; its sign does not matter, 0 is refused
 * @throws {RangeError} if the effect is 0 or not a finite number
 * @example mixingDeviation(-0.02) // 0.02
 */
export function mixingDeviation(minimumEffect: number): number {
  checkPositive("minimumEffect", Math.abs(minimumEffect));
  return Math.abs(minimumEffect);
}
