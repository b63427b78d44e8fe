import {normal} from "../stats/distributions.ts";
import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {checkCount, checkFinite, checkFractions, checkPositive, checkProbability, checkSides} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {crossingProbabilities} from "./crossingProbabilities.ts";

/** Shapes of bounds that are fixed before the first look. */
export type ClassicalShape = "pocock" | "obrien-fleming" | "wang-tsiatis" | "haybittle-peto";

/** The shape of the bounds and their level. */
export interface ClassicalOptions {
  /** Defaults to `obrien-fleming`. */
  shape?: ClassicalShape;
  /** Total over the sides, in (0, 1); defaults to 0.05. */
  alpha?: number;
  /** 2 (default) is symmetric; 1 looks towards positive z only. */
  sides?: Sides;
  /** For `wang-tsiatis`: 0 is O'Brien-Fleming's shape, 0.5 Pocock's; defaults to 0.25. */
  delta?: number;
  /** For `haybittle-peto`: the bound of all looks but the last; positive, defaults to 3. */
  interim?: number;
}

/** Classical bounds. */
export interface ClassicalBoundaries {
  fractions: number[];
  /** Reject when z (two-sided: |z|) is at least this. */
  z: number[];
  /** The bound at the last look. */
  constant: number;
}

/**
 * Returns the bounds of a classical group-sequential test, with the constant that makes the error over all looks alpha,
 * found by exact recursion: z = c at every look (Pocock), c / sqrt(t) (O'Brien-Fleming), c t^(delta - 1/2)
 * (Wang-Tsiatis), or one interim bound and the rest at the end (Haybittle-Peto), with t = fraction / last fraction.
 *
 * @param looks the number of equally spaced looks, or their fractions, increasing
 * @throws {RangeError} if an argument is out of range, or if Haybittle-Peto interim looks spend more than alpha
 * @see Pocock (1977), Biometrika 64:191-199; O'Brien & Fleming (1979), Biometrics 35:549-556; Wang & Tsiatis (1987),
 * Biometrics 43:193-199; Haybittle (1971), Br. J. Radiol. 44:793-797
 * @see Jennison & Turnbull (2000), Group Sequential Methods, tables 2.1, 2.3 and 2.9
 * @example classicalBoundaries(5, {shape: "pocock"}).constant // 2.4131762…
 */
export function classicalBoundaries(
  looks: number | readonly number[],
  {shape = "obrien-fleming", alpha = 0.05, sides = 2, delta = 0.25, interim = 3}: ClassicalOptions = {}
): ClassicalBoundaries {
  if (typeof looks === "number") checkCount("looks", looks);
  const fractions = typeof looks === "number" ? Array.from({length: looks}, (_, k) => (k + 1) / looks) : [...looks];
  checkFractions(fractions);
  checkProbability("alpha", alpha);
  checkSides(sides);
  checkFinite("delta", delta);
  checkPositive("interim", interim);
  const last = fractions[fractions.length - 1] ?? NaN;
  const bounds = (c: number) => fractions.map((fraction) => boundOf(shape, c, fraction / last, {delta, interim}));
  const perSide = alpha / sides;
  const error = (c: number) => Math.log(crossingProbabilities(fractions, bounds(c), {sides}).power);
  if (shape === "haybittle-peto" && !(error(Infinity) < Math.log(perSide))) {
    throw new RangeError(`invalid interim; those looks spend more than alpha (${alpha}): ${interim}`);
  }
  const single = normal.upperQuantile(perSide);
  const goal = Math.log(perSide);
  // Two looks already cost something: the constant lies above the fixed-sample one, seldom by much.
  const constant =
    fractions.length === 1
      ? single
      : bracketedRoot((c) => error(c) - goal, [single, single + 0.3], {tolerance: 1e-12, absoluteTolerance: 1e-12});
  return {fractions, z: bounds(constant), constant};
}

function boundOf(shape: string, c: number, t: number, {delta, interim}: {delta: number; interim: number}): number {
  switch (shape) {
    case "pocock":
      return c;
    case "obrien-fleming":
      return c / Math.sqrt(t);
    case "wang-tsiatis":
      return c * Math.pow(t, delta - 0.5);
    case "haybittle-peto":
      return t === 1 ? c : interim;
    default:
      throw new RangeError(`unknown shape: ${shape}`);
  }
}
