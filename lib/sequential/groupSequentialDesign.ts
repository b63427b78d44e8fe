import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {normal} from "../stats/distributions.ts";
import {normalTail} from "../stats/normalTail.ts";
import {cumulativeAlpha, increments} from "./alphaSpendingBoundaries.ts";
import type {AlphaSpendingBoundaries, AlphaSpendingOptions, TakenLook} from "./alphaSpendingBoundaries.ts";
import {checkFinite, checkFractions, checkProbability, checkSides} from "./checks.ts";
import {expectedFraction} from "./expectedFraction.ts";
import {spentBeta} from "./futilityBoundaries.ts";
import {solveBounds} from "./solveBounds.ts";
import type {SpendingOptions} from "./spentAlpha.ts";

/** How an experiment gives up. */
export interface FutilityDesign extends SpendingOptions {
  /** Probability of a miss under the drift, in (0, 1); defaults to 0.2. */
  beta?: number;
  /** E(Z) at full information; defaults to the drift under which the design has the power 1 - beta. */
  drift?: number;
  /**
   * Non-binding (false, the default) keeps alpha whether or not a stop for futility is obeyed. Binding lowers the efficacy
   * bounds, and alpha holds only if every such stop is obeyed; it needs a one-sided test.
   */
  binding?: boolean;
}

/** A whole design. */
export interface GroupSequentialOptions extends Omit<AlphaSpendingOptions, "taken"> {
  /** Defaults to none. */
  futility?: FutilityDesign;
  /** Looks that were taken, with their futility bounds where there were any. */
  taken?: readonly (TakenLook & {readonly futilityBound?: number | null})[];
}

/** The bounds of a design and what it does. */
export interface GroupSequentialDesign extends AlphaSpendingBoundaries {
  /** Futility bounds on z, one for each look but the last; null without futility. */
  futility: number[] | null;
  /** The drift behind the futility bounds; null without futility. */
  drift: number | null;
  /** Under that drift, stops for futility obeyed; null without futility. */
  power: number | null;
  /** Expected information at the stop under no effect and under the drift; null without futility. */
  expectedFraction: {noEffect: number; drift: number} | null;
}

/**
 * Returns the bounds of a group-sequential design for success and, on request, for futility, by alpha and beta spending.
 * All that `alphaSpendingBoundaries` says of fractions and of looks that were taken holds here.
 *
 * @param fractions information at each look as a share of the planned one, increasing
 * @throws {RangeError} if anything is out of range, or if binding futility is asked of a two-sided test
 * @see Jennison & Turnbull (2000), Group Sequential Methods, chapters 4 and 7
 * @example groupSequentialDesign([0.5, 1], {futility: {beta: 0.1}}).drift // about 3.27
 */
export function groupSequentialDesign(
  fractions: readonly number[],
  {alpha = 0.05, sides = 2, taken = [], lastLook = "by-function", futility, ...spending}: GroupSequentialOptions = {}
): GroupSequentialDesign {
  checkProbability("alpha", alpha);
  checkSides(sides);
  checkFractions(fractions, taken.length);
  const binding = futility?.binding ?? false;
  if (binding && sides === 2) throw new RangeError("invalid binding; requires a one-sided test: true");
  const cumulative = cumulativeAlpha(fractions, alpha / sides, sides, {taken, lastLook, ...spending});
  const efficacy = {
    fractions,
    sides,
    alphaIncrements: increments(cumulative),
    takenBounds: taken.map(({bound}) => bound)
  };
  const summary = (z: number[]) => ({
    fractions: [...fractions],
    z,
    cumulativeAlphaPerSide: cumulative,
    alphaSpent: cumulative.map((spent) => spent * sides),
    nominalP: z.map((bound) => sides * normalTail(bound))
  });
  if (futility === undefined) {
    return {...summary(solveBounds(efficacy).z), futility: null, drift: null, power: null, expectedFraction: null};
  }
  const {beta = 0.2, drift: given, binding: _, ...betaSpending} = futility;
  checkProbability("beta", beta);
  if (given !== undefined) checkFinite("drift", given);
  const betaIncrements = increments(spentBeta(fractions, beta, betaSpending));
  const takenFutility = firstDefined(taken.map(({futilityBound}) => futilityBound ?? undefined));
  // What is not binding leaves the efficacy bounds alone: they need solving once only.
  const first = binding ? null : solveBounds(efficacy).z;
  const designUnder = (drift: number) => {
    const problem = first === null ? efficacy : {...efficacy, takenBounds: first};
    const bounds = solveBounds({...problem, futility: {drift, betaIncrements, takenBounds: takenFutility, binding}});
    return {...bounds, lower: [...bounds.futility, -Infinity]};
  };
  const guess = normal.upperQuantile(alpha / sides) + normal.upperQuantile(beta);
  const probit = (p: number) => normal.quantile(Math.min(1 - 1e-16, Math.max(1e-300, p)));
  const drift =
    given ??
    bracketedRoot((d) => probit(designUnder(d).power) - normal.upperQuantile(beta), [guess, guess * 1.1], {
      tolerance: 1e-10
    });
  const {z, futility: below, lower, power} = designUnder(drift);
  return {
    ...summary(z),
    futility: below,
    drift,
    power,
    expectedFraction: {
      noEffect: expectedFraction(fractions, z, {lower}),
      drift: expectedFraction(fractions, z, {lower, drift})
    }
  };
}

/** The leading values that are there. */
function firstDefined(values: readonly (number | undefined)[]): number[] {
  const kept: number[] = [];
  for (const value of values) {
    if (value === undefined) break;
    kept.push(value);
  }
  return kept;
}
