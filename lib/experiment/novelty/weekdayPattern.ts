import {compareEstimates} from "../../stats/comparison.ts";
import {chiSquare} from "../../stats/distributions.ts";
import {pair} from "../comparisonOf.ts";
import type {NoveltyResult} from "../readout.ts";
import {choleskyOfCovariance, dot, forward} from "./matrix.ts";
import type {TenurePairRow, TenureSums} from "./tenureSums.ts";

/** The effect by day of the week, and whether it differs. */
export interface WeekdayPattern {
  readonly weekdays: NoveltyResult["weekdays"];
  readonly test: NonNullable<NoveltyResult["weekdayTest"]>;
}

/**
 * Returns the relative effect on each weekday (1 Monday to 7 Sunday) over the units' whole weeks, intervals pointwise and
 * Fieller's, and Wald's test (chi-square, 6 degrees of freedom) that the effect is the same on all weekdays, with the
 * covariance between the weekdays of a unit. Empty and null with a reason where no unit has lived through a whole week,
 * and for ratios.
 */
export function weekdayPattern(
  sums: TenureSums,
  [control, treatment]: readonly [string, string],
  {alpha = 0.05}: {alpha?: number} = {}
): WeekdayPattern {
  const unknown = (reason: string) => ({cochranQ: null, degreesOfFreedom: null, pValue: null, reason});
  if (sums.kind === "ratio") return {weekdays: [], test: unknown("the weekdays of a ratio are not kept")};
  const rows = sums.weekdays.filter(({n}) => n > 1);
  const [c, t] = [rows.filter((row) => row.variant === control), rows.filter((row) => row.variant === treatment)];
  const phases = [...new Set(c.map(({phase}) => phase))].filter((phase) => t.some((row) => row.phase === phase));
  const units = phases.map((phase) => unitsIn(c, phase) + unitsIn(t, phase));
  const total = units.reduce((sum, n) => sum + n, 0);
  if (total === 0) {
    const kept = sums.weekdays.length > 0 || sums.cohorts.every(({lastDay}) => lastDay < 7);
    return {
      weekdays: [],
      test: unknown(
        kept
          ? "no units in both arms have lived through a whole week"
          : "weekdays are kept of primary metrics only, with enough units"
      )
    };
  }
  const arms = [c, t].map((own) => {
    const mean = new Float64Array(7);
    const covariance = new Float64Array(49);
    let n = 0;
    phases.forEach((phase, p) => {
      const share = units[p]! / total;
      n += unitsIn(own, phase);
      for (const {phase: other, j, k, n: both, y, z, yz} of own) {
        if (other !== phase) continue;
        if (j === k) mean[j - 1]! += share * ((sums.origin.y ?? 0) + y / both);
        const value = ((share * share) / both / (both - 1)) * (yz - (y * z) / both);
        covariance[(j - 1) * 7 + k - 1]! += value;
        if (j !== k) covariance[(k - 1) * 7 + j - 1]! += value;
      }
    });
    return {n, mean, covariance};
  });
  const [control1, treatment1] = arms;
  if (control1 === undefined || treatment1 === undefined) return {weekdays: [], test: unknown("no units")};
  const comparisons = Array.from({length: 7}, (_, d) => {
    const [a, b] = [control1, treatment1].map(({n, mean, covariance}) => ({
      n,
      estimate: mean[d]!,
      standardError: Math.sqrt(Math.max(0, covariance[d * 8]!))
    }));
    return compareEstimates("weekday", a!, b!, {level: 1 - alpha});
  });
  const weekdays = comparisons.map(({relativeDifference, relativeInterval}, d) => ({
    weekday: d + 1,
    relativeDifference,
    relativeInterval: pair(relativeInterval)
  }));
  const missing = comparisons.findIndex(({relativeInterval}) => relativeInterval === null);
  if (missing >= 0) {
    const {reason, relativeReason} = comparisons[missing]!;
    return {weekdays, test: unknown(`a weekday has no interval: ${reason ?? relativeReason ?? "no variance"}`)};
  }
  const ratio = Array.from({length: 7}, (_, d) => treatment1.mean[d]! / control1.mean[d]!);
  const matrix = new Float64Array(49);
  for (let i = 0; i < 7; i++)
    for (let j = 0; j < 7; j++)
      matrix[i * 7 + j] =
        (treatment1.covariance[i * 7 + j]! + ratio[i]! * ratio[j]! * control1.covariance[i * 7 + j]!) /
        (control1.mean[i]! * control1.mean[j]!);
  const factor = choleskyOfCovariance(matrix, 7);
  if (factor === null) return {weekdays, test: unknown("no variance on a weekday")};
  const one = forward(factor, new Float64Array(7).fill(1), 7);
  const effect = forward(factor, ratio, 7);
  const cochranQ = Math.max(0, dot(effect, effect) - dot(effect, one) ** 2 / dot(one, one));
  return {weekdays, test: {cochranQ, degreesOfFreedom: 6, pValue: chiSquare.sf(cochranQ, 6), reason: null}};
}

function unitsIn(rows: readonly TenurePairRow[], phase: string): number {
  return rows.find((row) => row.phase === phase && row.j === 1 && row.k === 1)?.n ?? 0;
}
