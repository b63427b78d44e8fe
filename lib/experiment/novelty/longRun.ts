import {chiSquare} from "../../stats/distributions.ts";
import {formatNumber, formatPercent, formatPercentInterval, sayPValue} from "../format.ts";
import type {NoveltyResult} from "../readout.ts";
import type {DayCovariances} from "./dayCovariances.ts";
import {isKnown} from "./dayEffects.ts";
import type {DayEffect} from "./dayEffects.ts";
import {choleskyOfCovariance, dot, forward, solveInPlace} from "./matrix.ts";
import {meanEffect} from "./meanEffect.ts";
import type {Tested} from "./spanTests.ts";
import {steadyCovariance} from "./steadyCovariance.ts";

type LongRun = NonNullable<NoveltyResult["longRun"]>;

/**
 * Returns the effect that a + b exp(-k / tau) approaches, fitted to the relative effects by tenure day k with generalized
 * least squares and the covariance between days. The interval of a is the profile likelihood's: all a that fit about as well
 * with some b and tau, so it carries what is not known of tau.
 *
 * Variances are smoothed over days and follow the fitted curve (one step). It refuses, with nulls and a reason: with fewer than seven days, or days with fewer units in an arm than ten times the
 * days (the covariance would be guesswork); where a level effect fits as well (then tau means nothing); where a steady
 * line fits about as well as the curve (then the level lies beyond the data); where no such curve fits. Beside it always
 * the simple alternative: the mean effect after the first week, over unit-days.
 *
 * @param covariances between the days of `effects`; null if they are not known
 *
 * @see profile likelihood: Bates & Watts (1988), Nonlinear Regression Analysis, https://doi.org/10.1002/9780470316757
 */
export function longRun(
  effects: readonly DayEffect[],
  covariances: DayCovariances | null,
  {alpha = 0.05, first = 0}: {alpha?: number; first?: number} = {}
): LongRun {
  const afterFirstWeek = meanEffect(effects, covariances, first + 7, {alpha});
  const refuse = (reason: string): LongRun => ({
    a: null,
    b: null,
    tau: null,
    interval: null,
    afterFirstWeek,
    sentence: `No long-run effect can be read off: ${reason}.${simple(afterFirstWeek)}`,
    reason
  });
  const known = effects.filter(isKnown);
  let size = known.length;
  const fewest = ({control, treatment}: DayEffect) => Math.min(control.n, treatment.n);
  while (size > 0 && fewest(known[size - 1]!) < 10 * size) size--;
  const used = known.slice(0, size);
  if (size < 7)
    return refuse(
      known.length >= 7
        ? "too few units have lived through seven days"
        : effects.filter(({day}) => day >= first).length < 7
          ? "fewer than seven days since exposure have been lived through"
          : "fewer than seven days since exposure have an effect with an interval"
    );
  if (covariances === null) return refuse("the products between days are missing");
  const raw = leading(covariances.relative, known.length, size);
  const days = used.map(({day}) => day);
  const ratios = used.map(({control, treatment}) => (treatment.estimate ?? NaN) / (control.estimate ?? NaN));
  const units = used.map(({control, treatment}) => 1 / (1 / control.n + 1 / treatment.n));
  if (ratios.some((ratio) => !(ratio > 0))) return refuse("the arms have opposite signs on a day");
  const relative = ratios.map((ratio) => ratio - 1);
  const fitWith = ({curve, rough}: {curve?: readonly number[]; rough?: boolean}) => {
    const factor = choleskyOfCovariance(steadyCovariance(raw, ratios, units, curve), size);
    return factor === null ? {reason: "a day has no variance"} : fitDecay(days, relative, factor, {alpha, rough});
  };
  const start = fitWith({rough: true});
  if ("reason" in start) return refuse(start.reason);
  const curve = days.map((day) => 1 + start.a + start.b * Math.exp(-day / start.tau));
  const fit = curve.every((ratio) => ratio > 0) ? fitWith({curve}) : fitWith({});
  if ("reason" in fit) return refuse(fit.reason);
  const {a, b, tau, interval} = fit;
  return {
    a,
    b,
    tau,
    interval,
    afterFirstWeek,
    sentence: `About ${formatPercent(a, {signed: true})} in the long run (${formatPercentInterval(interval)}), if the effect goes on approaching a level as it has: what fades halves every ${formatNumber(tau * Math.LN2, {decimals: 1})} days. This looks beyond the data.${simple(afterFirstWeek)}`,
    reason: null
  };
}

/** A fitted curve, with the interval of its level. */
export interface Decay {
  readonly a: number;
  readonly b: number;
  /** Days; at least half a day. */
  readonly tau: number;
  readonly interval: [number, number];
  /** Weighted sum of squared residuals, chi-square with size - 3 degrees of freedom. */
  readonly residual: number;
}

/**
 * Returns a + b exp(-k / tau) fitted by generalized least squares, or why the data do not tell it.
 *
 * @param days k of each effect
 * @param factor Cholesky factor of the effects' covariance, by rows
 * @param options.rough whether the best of a few tau will do, without the interval (it is a alone); defaults to false
 */
export function fitDecay(
  days: readonly number[],
  effects: readonly number[],
  factor: Float64Array,
  {alpha = 0.05, rough = false}: {alpha?: number; rough?: boolean} = {}
): Decay | {readonly reason: string} {
  const size = days.length;
  const start = days[0] ?? 0;
  const range = (days.at(-1) ?? 0) - start;
  const one = forward(factor, new Float64Array(size).fill(1), size);
  const y = forward(factor, effects, size);
  const [oneOne, oneY, yy] = [dot(one, one), dot(one, y), dot(y, y)];
  const level = yy - (oneY * oneY) / oneOne;
  const at = (tau: number) => pointsAt([tau])[0]!;
  const steps = rough ? 12 : 24;
  const grid = pointsAt(Array.from({length: steps + 1}, (_, i) => 0.5 * (range / 0.5) ** (i / steps)));
  let best = grid.reduce((a, b) => (b.residual < a.residual ? b : a));
  if (!rough) {
    // Golden section on log tau between the neighbours of the best point of the grid.
    const place = grid.indexOf(best);
    let [low, high] = [Math.log(grid[Math.max(0, place - 1)]!.tau), Math.log(grid[Math.min(steps, place + 1)]!.tau)];
    const inner = (from: number, to: number) => at(Math.exp(from + (to - from) * golden));
    let [left, right] = [inner(high, low), inner(low, high)];
    for (let i = 0; i < 12; i++) {
      if (left.residual < right.residual) {
        high = Math.log(right.tau);
        right = left;
        left = inner(high, low);
      } else {
        low = Math.log(left.tau);
        left = right;
        right = inner(low, high);
      }
      for (const found of [left, right]) if (found.residual < best.residual) best = found;
    }
  }
  const gain = level - best.residual;
  // Two degrees of freedom for b and tau: under a level effect tau is chosen freely, so one would find curves in noise.
  if (!(gain > chiSquare.upperQuantile(alpha, 2))) return {reason: "a level effect fits as well as a curve"};
  if (rough)
    return {
      a: best.a,
      b: best.b * Math.exp(start / best.tau),
      tau: best.tau,
      interval: [best.a, best.a],
      residual: best.residual
    };
  const misfit = chiSquare.sf(Math.max(0, best.residual), size - 3);
  if (misfit < 0.01) return {reason: `no curve of this kind fits the days (${sayPValue(misfit)})`};
  const room = chiSquare.upperQuantile(alpha, 1);
  if (grid[steps]!.residual - best.residual <= room)
    return {reason: "a steady line fits as well as a curve that levels off, so the level lies beyond the data"};
  const interval: [number, number] = [Infinity, -Infinity];
  const widen = ({a, residual, variance}: Point): boolean => {
    const unused = room - (residual - best.residual);
    if (unused < 0) return false;
    const reach = Math.sqrt(unused * variance);
    interval[0] = Math.min(interval[0], a - reach);
    interval[1] = Math.max(interval[1], a + reach);
    return true;
  };
  widen(best);
  const inside = grid.map(widen);
  // The ends of a lie near the ends of tau, between a point of the grid that fits and one that does not.
  for (const [i, point] of grid.entries()) {
    const next = grid[i + 1];
    if (next === undefined || inside[i] === inside[i + 1]) continue;
    let [fits, fails] = inside[i] ? [point.tau, next.tau] : [next.tau, point.tau];
    for (let step = 0; step < 5; step++) {
      const between = at(Math.sqrt(fits * fails));
      if (widen(between)) fits = between.tau;
      else fails = between.tau;
    }
  }
  return {a: best.a, b: best.b * Math.exp(start / best.tau), tau: best.tau, interval, residual: best.residual};

  /** The best a and b for each tau. */
  function pointsAt(taus: readonly number[]): Point[] {
    const columns = taus.length;
    const curves = new Float64Array(size * columns);
    for (let i = 0; i < size; i++)
      for (let c = 0; c < columns; c++) curves[i * columns + c] = Math.exp((start - days[i]!) / taus[c]!);
    solveInPlace(factor, curves, {n: size, columns});
    return taus.map((tau, c) => {
      let [cc, oneC, cY] = [0, 0, 0];
      for (let i = 0; i < size; i++) {
        const curve = curves[i * columns + c]!;
        cc += curve * curve;
        oneC += one[i]! * curve;
        cY += curve * y[i]!;
      }
      const determinant = oneOne * cc - oneC * oneC;
      const a = (oneY * cc - cY * oneC) / determinant;
      const b = (cY * oneOne - oneY * oneC) / determinant;
      return {tau, a, b, residual: yy - a * oneY - b * cY, variance: cc / determinant};
    });
  }
}

/** The best curve with a given tau. */
interface Point {
  readonly tau: number;
  readonly a: number;
  readonly b: number;
  readonly residual: number;
  /** Of a, with tau given. */
  readonly variance: number;
}

const golden = (Math.sqrt(5) - 1) / 2;

/** The first rows and columns of a matrix. */
function leading(matrix: Float64Array, from: number, size: number): Float64Array {
  const part = new Float64Array(size * size);
  for (let i = 0; i < size; i++) part.set(matrix.subarray(i * from, i * from + size), i * size);
  return part;
}

function simple({estimate, interval}: Tested): string {
  if (estimate === null) return "";
  const known = interval === null ? "" : ` (${formatPercentInterval(interval)})`;
  return ` After the first week it was ${formatPercent(estimate, {signed: true})}${known}.`;
}
