import {checkCount, checkLevel} from "./checks.ts";
import {criticalValue} from "./comparison.ts";
import {differenceAtScore} from "./scoreTest.ts";
import type {TwoByTwo} from "./scoreTest.ts";

/** Successes out of n units; successes in [0, n]. */
export type Proportion = {readonly successes: number; readonly n: number};

/** What is asked of an interval. */
export type LevelOptions = {
  /** In (0, 1); defaults to 0.95. */
  readonly level?: number;
};

/** A two-sided interval, or null where there is none. */
export type Bounds = readonly [lower: number, upper: number];

/**
 * Returns the Wilson score interval of one proportion; unlike Wald's it stays within [0, 1] and does not collapse where no unit, or every one,
 * succeeds. Null without units.
 *
 * @throws {RangeError} if n is not a count, successes are not in [0, n] or the level is not in (0, 1)
 * @see Wilson (1927), https://doi.org/10.2307/2276774
 * @example wilsonInterval({successes: 10, n: 100}) // [0.0552…, 0.1744…]
 */
export function wilsonInterval({successes, n}: Proportion, {level = 0.95}: LevelOptions = {}): Bounds | null {
  checkProportion("successes", successes, n);
  checkLevel(level);
  return n === 0 ? null : wilson(successes, n, criticalValue(level, "two-sided"));
}

/**
 * Returns Wald's interval of treatment minus control, from the unpooled standard error. It undercovers for rare events and collapses at 0 and
 * n; kept for comparison with other tools. Null if an arm has no units.
 *
 * @throws {RangeError} as `wilsonInterval`
 */
export function waldInterval(
  control: Proportion,
  treatment: Proportion,
  {level = 0.95}: LevelOptions = {}
): Bounds | null {
  const counts = checkedCounts(control, treatment, level);
  return counts && waldBounds(counts, criticalValue(level, "two-sided"));
}

/**
 * Returns the Agresti-Caffo interval of treatment minus control: Wald's after one success and one failure are added to each arm. Null if an arm
 * has no units.
 *
 * @throws {RangeError} as `wilsonInterval`
 * @see Agresti & Caffo (2000), https://doi.org/10.2307/2685779
 */
export function agrestiCaffoInterval(
  control: Proportion,
  treatment: Proportion,
  {level = 0.95}: LevelOptions = {}
): Bounds | null {
  const counts = checkedCounts(control, treatment, level);
  return counts && waldBounds(plusOne(counts), criticalValue(level, "two-sided"));
}

/**
 * Returns Newcombe's hybrid score interval of treatment minus control, made of the two Wilson intervals without continuity correction. Null if an
 * arm has no units.
 *
 * @throws {RangeError} as `wilsonInterval`
 * @see Newcombe (1998), method 10, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I
 */
export function newcombeInterval(
  control: Proportion,
  treatment: Proportion,
  {level = 0.95}: LevelOptions = {}
): Bounds | null {
  const counts = checkedCounts(control, treatment, level);
  return counts && newcombeBounds(counts, criticalValue(level, "two-sided"));
}

/**
 * Returns the Miettinen-Nurminen interval of treatment minus control: the differences that the score test does not reject, with the variance
 * multiplied by N/(N-1). Null if an arm has no units.
 *
 * @throws {RangeError} as `wilsonInterval`
 * @see Miettinen & Nurminen (1985), https://doi.org/10.1002/sim.4780040211
 */
export function miettinenNurminenInterval(
  control: Proportion,
  treatment: Proportion,
  {level = 0.95}: LevelOptions = {}
): Bounds | null {
  const counts = checkedCounts(control, treatment, level);
  if (!counts) return null;
  const critical = criticalValue(level, "two-sided");
  const inflation = nurminenInflation(counts);
  return [differenceAtScore(counts, critical, {inflation}), differenceAtScore(counts, -critical, {inflation})];
}

/** N/(N-1), by which Miettinen and Nurminen multiply the variance. */
export function nurminenInflation([, m, , n]: TwoByTwo): number {
  return (m + n) / (m + n - 1);
}

/** Wald's bounds at a critical value. */
export function waldBounds([c, m, s, n]: TwoByTwo, critical: number): Bounds {
  const [pc, pt] = [c / m, s / n];
  const reach = critical * Math.sqrt((pc * (1 - pc)) / m + (pt * (1 - pt)) / n);
  return [pt - pc - reach, pt - pc + reach];
}

/** Newcombe's bounds at a critical value; a negative one changes them over. */
export function newcombeBounds([c, m, s, n]: TwoByTwo, critical: number): Bounds {
  const [pc, pt] = [c / m, s / n];
  const [lowerC, upperC] = wilson(c, m, critical);
  const [lowerT, upperT] = wilson(s, n, critical);
  const sign = Math.sign(critical);
  return [pt - pc - sign * Math.hypot(pt - lowerT, upperC - pc), pt - pc + sign * Math.hypot(upperT - pt, pc - lowerC)];
}

/** The counts with one success and one failure more in each arm. */
export function plusOne([c, m, s, n]: TwoByTwo): TwoByTwo {
  return [c + 1, m + 2, s + 1, n + 2];
}

/** Wilson's bounds at a critical value; a negative one changes them over. */
export function wilson(successes: number, n: number, critical: number): Bounds {
  const square = critical * critical;
  const failures = n - successes;
  const centre = successes + square / 2;
  const reach = critical * Math.sqrt((successes * failures) / n + square / 4);
  // each bound as a quotient without cancellation: their product is successes² / (n (n + z²))
  const upper = (centre + reach) / (n + square);
  const lower = (centre - reach) / (n + square);
  if (critical < 0) return [lower, upper];
  const fine = successes === 0 ? 0 : (successes / n) * (successes / (centre + reach));
  const top = failures === 0 ? 1 : 1 - (failures / n) * (failures / (failures + square / 2 + reach));
  return [fine, successes > failures ? top : upper];
}

/** Refuses successes that are not within the units. */
export function checkProportion(name: string, successes: number, n: number): void {
  checkCount("n", n);
  if (!(0 <= successes && successes <= n)) throw new RangeError(`invalid ${name}; not in [0, ${n}]: ${successes}`);
}

function checkedCounts(control: Proportion, treatment: Proportion, level: number): TwoByTwo | null {
  checkProportion("control successes", control.successes, control.n);
  checkProportion("treatment successes", treatment.successes, treatment.n);
  checkLevel(level);
  if (control.n === 0 || treatment.n === 0) return null;
  return [control.successes, control.n, treatment.successes, treatment.n];
}
