import {normal} from "../../stats/distributions.ts";

/** Further arguments of `changePower` and `changeUnits`. */
export interface ChangePowerOptions {
  readonly alpha?: number;
  readonly power?: number;
}

/**
 * Returns the power of the two-sided normal test of a change with this standard error at alpha, both rejections counted.
 *
 * @example changePower(2.8, 1) // 0.80
 */
export function changePower(change: number, standardError: number, {alpha = 0.05}: ChangePowerOptions = {}): number {
  const critical = normal.upperQuantile(alpha / 2);
  const shift = Math.abs(change) / standardError;
  return normal.sf(critical - shift) + normal.sf(critical + shift);
}

/** Returns the units for this power, from the standard error that n units gave; a whole number, at least 4. */
export function changeUnits(
  change: number,
  standardError: number,
  n: number,
  {alpha = 0.05, power = 0.8}: ChangePowerOptions = {}
): number {
  const wanted = Math.abs(change) / (normal.upperQuantile(alpha / 2) + normal.upperQuantile(1 - power));
  return Math.max(4, Math.ceil(n * (standardError / wanted) ** 2));
}

/**
 * Returns by how much the log ratio of arms moves when the relative effect halves: +8% to +4% is log(1.04) - log(1.08).
 *
 * @param effect a log ratio
 */
export function halving(effect: number): number {
  return Math.log1p(Math.expm1(effect) / 2) - effect;
}
