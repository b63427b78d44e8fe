import {normal} from "../stats/distributions.ts";
import {normalTail} from "../stats/normalTail.ts";
import {checkFinite, checkFractions, checkPositive, checkProbability} from "./checks.ts";
import {crossingProbabilities} from "./crossingProbabilities.ts";

/** Where an experiment stands. */
export interface Standing {
  /** Information now, as a share of the planned one; positive. */
  readonly fraction: number;
  /** z now. */
  readonly z: number;
}

/** Looks to come, under the name that their designs give them. */
export interface FutureLooks {
  /** Information fractions beyond the present one, increasing. */
  readonly fractions: readonly number[];
  /** Upper bounds on z there. */
  readonly z: readonly number[];
  /** Lower bounds on z there; none by default. */
  readonly lower?: readonly number[];
}

/** Under what the rest of the experiment is judged. */
export interface ConditionalPowerOptions {
  /** E(Z) at full information under the design's effect. */
  drift: number;
  /** The critical value of the one final analysis at fraction 1; defaults to 1.959963984540054. */
  critical?: number;
  /** Looks to come in place of the one final analysis. */
  future?: FutureLooks;
  /** Coverage of the interval of effects, in (0, 1); defaults to 0.95. */
  level?: number;
}

/** The probability that the experiment ends in success (an exit above), given where it stands. */
export interface ConditionalPower {
  /** If the design's effect is true. */
  underDrift: number;
  /** If the effect is as estimated now. */
  underTrend: number;
  /** If there is no effect. */
  underNull: number;
  /** At both ends of the fixed-sample interval of the effect now. */
  underInterval: [number, number];
  /** The trend as a drift, z / sqrt(fraction). */
  trend: number;
}

/**
 * Returns the conditional power at an interim look: the probability of success given z now, under the design's effect,
 * under the current trend, under no effect, and at both ends of the interval of effects. One final analysis at fraction 1,
 * or the looks to come. From the planned information on it is 1 or 0: nothing is left to happen.
 *
 * @throws {RangeError} if the fraction is not positive, or z, drift, critical value, looks or level are out of range
 * @see Lachin (2005), Stat. Med. 24:2747-2764; Jennison & Turnbull (2000), Group Sequential Methods, chapter 10
 * @example conditionalPower({fraction: 0.3, z: 1.1}, {drift: 3}).underDrift // 0.8125…
 */
export function conditionalPower(
  {fraction, z}: Standing,
  {drift, critical = 1.959963984540054, future, level = 0.95}: ConditionalPowerOptions
): ConditionalPower {
  checkStanding({fraction, z});
  checkFinite("drift", drift);
  checkFinite("critical", critical);
  checkProbability("level", level);
  const root = Math.sqrt(fraction);
  const trend = z / root;
  const under = (d: number) =>
    future === undefined ? finalPower({fraction, z}, d, critical) : futurePower({fraction, z}, d, future);
  const halfWidth = normal.upperQuantile((1 - level) / 2) / root;
  return {
    underDrift: under(drift),
    underTrend: under(trend),
    underNull: under(0),
    underInterval: [under(trend - halfWidth), under(trend + halfWidth)],
    trend
  };
}

/** Throws unless the fraction is positive and z finite. */
export function checkStanding({fraction, z}: Standing): void {
  checkPositive("fraction", fraction);
  checkFinite("z", z);
}

function finalPower({fraction, z}: Standing, drift: number, critical: number): number {
  if (fraction >= 1) return z >= critical ? 1 : 0;
  const rest = 1 - fraction;
  return normalTail((critical - z * Math.sqrt(fraction) - drift * rest) / Math.sqrt(rest));
}

/** From here on the score starts anew at 0: every bound is moved by what has been gathered. */
function futurePower({fraction, z}: Standing, drift: number, {fractions, z: bounds, lower}: FutureLooks): number {
  checkFractions(fractions);
  if (!(fraction < (fractions[0] ?? NaN))) {
    throw new RangeError(`invalid future; not beyond the present fraction ${fraction}: ${fractions[0]}`);
  }
  const score = z * Math.sqrt(fraction);
  const left = fractions.map((t) => t - fraction);
  const scale = left[left.length - 1] ?? NaN;
  const moved = (values: readonly number[]) =>
    values.map((bound, k) => (bound * Math.sqrt(fractions[k] ?? NaN) - score) / Math.sqrt(left[k] ?? NaN));
  return crossingProbabilities(
    left.map((t) => t / scale),
    moved(bounds),
    {sides: 1, drift: drift * Math.sqrt(scale), ...(lower === undefined ? {} : {lower: moved(lower)})}
  ).power;
}
