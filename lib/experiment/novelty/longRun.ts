import {compareEstimates} from "../../stats/comparison.ts";
import {chiSquare} from "../../stats/distributions.ts";
import {pair} from "../comparisonOf.ts";
import {formatNumber, formatPercent, formatPercentInterval, sayPValue} from "../format.ts";
import type {NoveltyResult} from "../readout.ts";
import {isKnown} from "./byTenure.ts";
import {dayCovariance, relativeCovariance} from "./dayEffects.ts";
import type {DayEffect} from "./dayEffects.ts";
import {choleskyOfCovariance, dot, forward} from "./matrix.ts";
import {untested} from "./spanTests.ts";
import type {Tested} from "./spanTests.ts";
import type {TenureIndex} from "./tenureIndex.ts";

type LongRun = NonNullable<NoveltyResult["longRun"]>;

/**
 * Returns the effect that a + b exp(-k / tau) approaches, fitted to the relative effects by tenure day k with generalized
 * least squares and the covariance between days. The interval of a is the profile likelihood's: all a that fit about as well
 * with some b and tau, so it carries what is not known of tau.
 *
 * It refuses, with nulls and a reason: with fewer than seven days, or days with fewer units in an arm than ten times the
 * days (the covariance would be guesswork); where a level effect fits as well (then tau means nothing); where a steady
 * line fits about as well as the curve (then the level lies beyond the data); where no such curve fits. Beside it always
 * the simple alternative: the mean effect after the first week, over unit-days.
 *
 * @see profile likelihood: Bates & Watts (1988), Nonlinear Regression Analysis, https://doi.org/10.1002/9780470316757
 */
export function longRun(
  index: TenureIndex,
  variants: readonly [string, string],
  effects: readonly DayEffect[],
  {alpha = 0.05}: {alpha?: number} = {}
): LongRun {
  const first = index.sums.calendarOnly ? 1 : 0;
  const afterFirstWeek = meanEffect(
    index,
    variants,
    effects.filter(({day}) => day >= first + 7),
    alpha
  );
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
      known.length < 7
        ? `fewer than seven days since exposure have an effect`
        : `too few units have lived through seven days`
    );
  const matrix = relativeCovariance(index, variants[0], variants[1], used);
  const factor = matrix === null ? null : choleskyOfCovariance(matrix, size);
  if (factor === null) return refuse("the products between days are missing");
  const days = used.map(({day}) => day);
  const relative = used.map(({control, treatment}) => (treatment.estimate ?? NaN) / (control.estimate ?? NaN) - 1);
  const fit = fitDecay(days, relative, factor, {alpha});
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
 */
export function fitDecay(
  days: readonly number[],
  effects: readonly number[],
  factor: Float64Array,
  {alpha = 0.05}: {alpha?: number} = {}
): Decay | {readonly reason: string} {
  const size = days.length;
  const start = days[0] ?? 0;
  const range = (days.at(-1) ?? 0) - start;
  const one = forward(factor, new Array<number>(size).fill(1), size);
  const y = forward(factor, effects, size);
  const [oneOne, oneY, yy] = [dot(one, one), dot(one, y), dot(y, y)];
  const level = yy - (oneY * oneY) / oneOne;
  const at = (tau: number) => {
    const curve = forward(
      factor,
      days.map((day) => Math.exp(-(day - start) / tau)),
      size
    );
    const [cc, oneC, cY] = [dot(curve, curve), dot(one, curve), dot(curve, y)];
    const determinant = oneOne * cc - oneC * oneC;
    const a = (oneY * cc - cY * oneC) / determinant;
    const b = (cY * oneOne - oneY * oneC) / determinant;
    return {tau, a, b, residual: yy - a * oneY - b * cY, variance: cc / determinant};
  };
  const steps = 48;
  const grid = Array.from({length: steps + 1}, (_, i) => at(0.5 * (range / 0.5) ** (i / steps)));
  let best = grid.reduce((a, b) => (b.residual < a.residual ? b : a));
  const place = grid.indexOf(best);
  let [low, high] = [Math.log(grid[Math.max(0, place - 1)]!.tau), Math.log(grid[Math.min(steps, place + 1)]!.tau)];
  for (let i = 0; i < 20; i++) {
    const [left, right] = [at(Math.exp(low + (high - low) / 3)), at(Math.exp(high - (high - low) / 3))];
    if (left.residual < right.residual) high = Math.log(right.tau);
    else low = Math.log(left.tau);
    for (const found of [left, right]) if (found.residual < best.residual) best = found;
  }
  const gain = level - best.residual;
  // Two degrees of freedom for b and tau: under a level effect tau is chosen freely, so one would find curves in noise.
  if (!(gain > chiSquare.upperQuantile(alpha, 2))) return {reason: "a level effect fits as well as a curve"};
  const misfit = chiSquare.sf(Math.max(0, best.residual), size - 3);
  if (misfit < 0.01) return {reason: `no curve of this kind fits the days (${sayPValue(misfit)})`};
  const room = chiSquare.upperQuantile(alpha, 1);
  if (grid[steps]!.residual - best.residual <= room)
    return {reason: "a steady line fits as well as a curve that levels off, so the level lies beyond the data"};
  const interval: [number, number] = [Infinity, -Infinity];
  for (const {a, residual, variance} of [...grid, best]) {
    const left = room - (residual - best.residual);
    if (left < 0) continue;
    const reach = Math.sqrt(left * variance);
    interval[0] = Math.min(interval[0], a - reach);
    interval[1] = Math.max(interval[1], a + reach);
  }
  return {a: best.a, b: best.b * Math.exp(start / best.tau), tau: best.tau, interval, residual: best.residual};
}

/** The relative effect over the unit-days of several days. */
function meanEffect(
  index: TenureIndex,
  [control, treatment]: readonly [string, string],
  effects: readonly DayEffect[],
  alpha: number
): Tested {
  const used = effects.filter(({shares}) => shares !== null);
  if (used.length === 0) return untested("no cohort has lived through more than the first week");
  const total = used.reduce((sum, day) => sum + day.control.n + day.treatment.n, 0);
  const [c, t] = (["control", "treatment"] as const).map((arm) => {
    const matrix = dayCovariance(index, arm === "control" ? control : treatment, used, arm);
    const weights = used.map((day) => (day.control.n + day.treatment.n) / total);
    const estimate = used.reduce((sum, day, i) => sum + weights[i]! * (day[arm].estimate ?? NaN), 0);
    let variance = matrix === null ? NaN : 0;
    if (matrix !== null)
      weights.forEach((a, i) => weights.forEach((b, j) => (variance += a * b * matrix[i * used.length + j]!)));
    return {
      n: Math.max(...used.map((day) => day[arm].n)),
      estimate: Number.isFinite(estimate) ? estimate : null,
      standardError: variance >= 0 ? Math.sqrt(variance) : null
    };
  });
  const {relativeDifference, relativeStandardError, relativeInterval, pValue, reason, relativeReason} =
    compareEstimates("after the first week", c!, t!, {level: 1 - alpha});
  return {
    estimate: relativeDifference,
    standardError: relativeStandardError,
    interval: pair(relativeInterval),
    pValue,
    reason: reason ?? relativeReason
  };
}

function simple({estimate, interval}: Tested): string {
  if (estimate === null) return "";
  const known = interval === null ? "" : ` (${formatPercentInterval(interval)})`;
  return ` After the first week it was ${formatPercent(estimate, {signed: true})}${known}.`;
}
