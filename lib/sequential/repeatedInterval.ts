import {checkFinite, checkPositive} from "./checks.ts";

/** An interval, or why there is none. */
export interface MaybeInterval {
  /** Lower and upper bound; null where it cannot be had. */
  interval: [number | null, number | null] | null;
  /** Why the interval is null, or null. */
  reason: string | null;
}

/** Which way the test looks. */
export interface RepeatedIntervalOptions {
  /** `both` (default), or the one side towards which a one-sided test looks: the other end of its interval is open. */
  side?: "both" | "upper" | "lower";
}

/**
 * Returns the repeated confidence interval at a look: estimate -+ bound * standard error. All looks' intervals together
 * cover the effect with the probability 1 - alpha, whether or not the experiment stops when it could; the interval at a
 * look leaves 0 out exactly when the look crosses. A one-sided test has an interval with one open end, null.
 *
 * @param estimate the difference at the look
 * @param standardError its standard error; positive
 * @param bound the bound on z at the look; null or Infinity where nothing could be spent gives no interval
 * @throws {RangeError} if estimate or standard error are out of range
 * @see Jennison & Turnbull (1989), J. R. Stat. Soc. B 51:305-361
 * @example repeatedInterval(0.02, 0.005, 2.96).interval // [0.0052, 0.0348]
 */
export function repeatedInterval(
  estimate: number,
  standardError: number,
  bound: number | null,
  {side = "both"}: RepeatedIntervalOptions = {}
): MaybeInterval {
  checkFinite("estimate", estimate);
  checkPositive("standardError", standardError);
  if (bound === null || !Number.isFinite(bound)) {
    return {interval: null, reason: "no alpha can be spent at this look yet"};
  }
  const lower = side === "lower" ? null : estimate - bound * standardError;
  const upper = side === "upper" ? null : estimate + bound * standardError;
  return {interval: [lower, upper], reason: null};
}
