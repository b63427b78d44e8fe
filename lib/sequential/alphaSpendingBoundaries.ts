import {normalTail} from "../stats/normalTail.ts";
import {checkFractions, checkProbability, checkSides} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {solveBounds} from "./solveBounds.ts";
import {spentAlpha} from "./spentAlpha.ts";
import type {SpendingOptions} from "./spentAlpha.ts";

/** A look that was taken: its bound stays as it was. */
export interface TakenLook {
  /** The bound on z that held at the look; Infinity if it could not stop. */
  readonly bound: number;
  /** Alpha spent until and with the look, over all sides. */
  readonly alphaSpent: number;
}

/** What a design by alpha spending is made of. */
export interface AlphaSpendingOptions extends SpendingOptions {
  /** Total over the sides, in (0, 1); defaults to 0.05. */
  alpha?: number;
  /** 2 (default) is symmetric, each side spends alpha / 2; 1 looks towards positive z only. */
  sides?: Sides;
  /** Bounds and spent alpha of the first looks, kept as they were when the schedule changed; defaults to none. */
  taken?: readonly TakenLook[];
  /** `all` lets the last look spend all that is left though its fraction is short of 1; defaults to `by-function`. */
  lastLook?: "by-function" | "all";
}

/** The bounds of a group-sequential test, one number per look. */
export interface AlphaSpendingBoundaries {
  fractions: number[];
  /** Reject when z (two-sided: |z|) is at least this. Infinity where nothing can be spent yet: write null in JSON. */
  z: number[];
  /** Spent until and with the look, on each side. */
  cumulativeAlphaPerSide: number[];
  /** The same over all sides. */
  alphaSpent: number[];
  /** The fixed-sample p-value, of as many sides, that corresponds to the bound. */
  nominalP: number[];
}

/**
 * Returns the bounds on z of a group-sequential test whose alpha is spent by a function of information, for looks at any
 * increasing fractions, by exact recursion (absolute error of z below 1e-6; in fact near 1e-9). z(t) sqrt(t) must have
 * independent increments, as cumulative differences over *mature* units have.
 *
 * The last look may be past 1 (it spends what is left, once) or short of 1 (it spends by the function, or all that is
 * left with `lastLook: "all"`). A look at which less than about 1e-300 may be spent, such as O'Brien-Fleming spending
 * at fraction 0.001, has the bound Infinity. With `taken`, the first looks keep their bounds, and later ones spend only
 * what the function allows beyond what was spent: nothing while the function is behind.
 *
 * @param fractions information at each look as a share of the planned one, increasing, see `checkFractions`
 * @throws {RangeError} if the fractions, alpha, sides or parameters are out of range or more looks are taken than given
 * @see Lan & DeMets (1983), Biometrika 70:659-663, https://doi.org/10.1093/biomet/70.3.659
 * @see Jennison & Turnbull (2000), Group Sequential Methods with Applications to Clinical Trials, chapters 7 and 19
 * @example alphaSpendingBoundaries([0.5, 1]).z // [2.9625…, 1.9685…]
 */
export function alphaSpendingBoundaries(
  fractions: readonly number[],
  {alpha = 0.05, sides = 2, taken = [], lastLook = "by-function", ...spending}: AlphaSpendingOptions = {}
): AlphaSpendingBoundaries {
  checkProbability("alpha", alpha);
  checkSides(sides);
  checkFractions(fractions, taken.length);
  if (taken.length > fractions.length) {
    throw new RangeError(`invalid taken; more looks than fractions (${fractions.length}): ${taken.length}`);
  }
  const perSide = alpha / sides;
  const cumulative = cumulativeAlpha(fractions, perSide, sides, {taken, lastLook, ...spending});
  const {z} = solveBounds({
    fractions,
    sides,
    alphaIncrements: increments(cumulative),
    takenBounds: taken.map(({bound}) => bound)
  });
  return {
    fractions: [...fractions],
    z,
    cumulativeAlphaPerSide: cumulative,
    alphaSpent: cumulative.map((spent) => spent * sides),
    nominalP: z.map((bound) => sides * normalTail(bound))
  };
}

/** Alpha spent per side until each look: never less than before, never more than there is. */
export function cumulativeAlpha(
  fractions: readonly number[],
  perSide: number,
  sides: Sides,
  {taken = [], lastLook, ...spending}: AlphaSpendingOptions
): number[] {
  let spent = 0;
  return fractions.map((fraction, k) => {
    const look = taken[k];
    if (look !== undefined) {
      const kept = look.alphaSpent / sides;
      if (!(spent <= kept * (1 + 1e-9) && kept <= perSide * (1 + 1e-9))) {
        throw new RangeError(`invalid taken; alphaSpent not increasing up to alpha: ${look.alphaSpent}`);
      }
      return (spent = Math.min(kept, perSide));
    }
    const last = k === fractions.length - 1 && lastLook === "all";
    return (spent = Math.max(spent, last ? perSide : spentAlpha(fraction, perSide, spending)));
  });
}

/** Returns the differences of cumulative values, the first from 0. */
export function increments(cumulative: readonly number[]): number[] {
  return cumulative.map((value, k) => value - (cumulative[k - 1] ?? 0));
}
