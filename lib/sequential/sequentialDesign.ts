import {checkCount, checkFractions, checkPositive, checkProbability} from "./checks.ts";
import type {Sides} from "./checks.ts";
import {groupSequentialDesign} from "./groupSequentialDesign.ts";
import type {FutilityDesign} from "./groupSequentialDesign.ts";
import type {SpendingOptions} from "./spentAlpha.ts";

/** How looks are paid for: `fixed` allows one, at the planned end. */
export type SequentialMethod = "fixed" | "group-sequential" | "always-valid";

/** The registered design of one comparison, as far as numbers go. */
export interface SequentialDesign extends SpendingOptions {
  method: SequentialMethod;
  /** Total over the sides, in (0, 1); defaults to 0.05. */
  alpha?: number;
  /** `two-sided` (default), or one side: `greater` looks towards positive z, `less` towards negative. */
  alternative?: "two-sided" | "greater" | "less";
  /** Which way is good, for two-sided designs: what is efficacy and what is harm; defaults to `increase`. */
  direction?: "increase" | "decrease";
  /**
   * `nightly` (default) takes a look whenever there is new information; a number plans that many equally spaced looks, a
   * list their fractions, and then a look is taken only when the next planned fraction is reached.
   */
  looks?: "nightly" | number | readonly number[];
  /** For nightly looks: how many are expected, for bounds to come and for futility; defaults to 28. */
  nights?: number;
  /** Units, or any measure of information, that fractions are shares of; only needed where a plan changes mid-way. */
  planned?: number;
  /** The power of the design, in (0, 1), behind the effect of its conditional power; defaults to 0.8. */
  power?: number;
  /** E(Z) at full information under the effect that the experiment is to find; defaults to the one with that power. */
  drift?: number;
  /** Stops for futility, in the good direction; beta defaults to 1 - power, the drift to the design's. */
  futility?: FutilityDesign;
  /** For always-valid: standard deviation of the mixing distribution in units of the effect; see `mixingDeviation`. */
  mixing?: number;
  /** For always-valid without `mixing`: smallest effect worth acting on, in units of the effect; it sets the mixing. */
  minimumEffect?: number;
  /** For always-valid with neither: units at which the sequence is tightest, with `planned`; default: at fraction 1. */
  tuneAt?: number;
}

/** A design with its defaults filled in. */
export interface ResolvedDesign {
  method: SequentialMethod;
  alpha: number;
  sides: Sides;
  /** z times this is positive in the good direction (one-sided: in the direction of the alternative). */
  towards: 1 | -1;
  spending: SpendingOptions;
  /** Planned fractions; null for nightly looks. */
  schedule: readonly number[] | null;
  nights: number;
  planned: number | null;
  power: number;
  drift: number | null;
  futility: (FutilityDesign & {drift: number}) | null;
}

/**
 * Returns a design with its defaults filled in and checked: one-sided designs count towards their alternative, two-sided
 * ones towards the good direction; `fixed` is one planned look at 1.
 *
 * @throws {RangeError} if a number is out of range; a {TypeError} for an unknown method
 */
export function resolveDesign(design: SequentialDesign): ResolvedDesign {
  const {method, alpha = 0.05, alternative = "two-sided", direction = "increase", nights = 28, power = 0.8} = design;
  if (!["fixed", "group-sequential", "always-valid"].includes(method)) {
    throw new TypeError(`unknown method: ${String(method)}`);
  }
  checkProbability("alpha", alpha);
  checkProbability("power", power);
  checkCount("nights", nights);
  if (design.planned !== undefined) checkPositive("planned", design.planned);
  const sides = alternative === "two-sided" ? 2 : 1;
  const down = sides === 2 ? direction === "decrease" : alternative === "less";
  const spending = {spending: design.spending, gamma: design.gamma, rho: design.rho, table: design.table};
  const schedule = scheduleOf(design);
  return {
    method,
    alpha,
    sides,
    towards: down ? -1 : 1,
    spending,
    schedule,
    nights,
    planned: design.planned ?? null,
    power,
    drift: design.drift ?? null,
    futility: futilityOf(design, {alpha, sides, spending, schedule: schedule ?? equalFractions(nights), power})
  };
}

/** Returns that many equally spaced fractions up to 1. */
export function equalFractions(count: number): number[] {
  return Array.from({length: count}, (_, k) => (k + 1) / count);
}

function scheduleOf({method, looks = "nightly"}: SequentialDesign): readonly number[] | null {
  if (method === "fixed") return [1];
  if (method === "always-valid" || looks === "nightly") return null;
  if (typeof looks === "number") {
    checkCount("looks", looks);
    return equalFractions(looks);
  }
  checkFractions(looks);
  return looks;
}

/** The drift behind futility must not change from night to night: it comes from the plan, not from looks taken. */
function futilityOf(
  {method, futility, drift}: SequentialDesign,
  {
    alpha,
    sides,
    spending,
    schedule,
    power
  }: {alpha: number; sides: Sides; spending: SpendingOptions; schedule: readonly number[]; power: number}
): ResolvedDesign["futility"] {
  if (method !== "group-sequential" || futility === undefined) return null;
  const full = {beta: 1 - power, drift, ...futility};
  const planned = groupSequentialDesign(schedule, {alpha, sides, ...spending, futility: full});
  return {...full, drift: planned.drift ?? 0};
}
