import {isKnown} from "./dayEffects.ts";
import type {DayEffect} from "./dayEffects.ts";
import {dayWidth} from "./tenureIndex.ts";
import type {TenureIndex} from "./tenureIndex.ts";

/** How the estimates of different days go together; all matrices by rows, of the days in `days`. */
export interface DayCovariances {
  /** The days from 0 on whose relative difference has a standard error. */
  readonly days: readonly DayEffect[];
  readonly control: Float64Array;
  readonly treatment: Float64Array;
  /** Of the relative differences, by the delta method. */
  readonly relative: Float64Array;
}

/**
 * Returns the covariances between days: units are shared, so they are far from diagonal. Null without any day, or if the
 * products of a pair of days are missing.
 */
export function dayCovariances(
  index: TenureIndex,
  [control, treatment]: readonly [string, string],
  effects: readonly DayEffect[]
): DayCovariances | null {
  const days = effects.filter(isKnown);
  const size = days.length;
  const c = armCovariance(index, control, days, "control");
  const t = armCovariance(index, treatment, days, "treatment");
  if (size === 0 || c === null || t === null) return null;
  const relative = new Float64Array(size * size);
  const base = days.map((day) => day.control.estimate ?? NaN);
  const ratio = days.map((day, i) => (day.treatment.estimate ?? NaN) / base[i]!);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      relative[i * size + j] = (t[i * size + j]! + ratio[i]! * ratio[j]! * c[i * size + j]!) / (base[i]! * base[j]!);
  return {days, control: c, treatment: t, relative};
}

function armCovariance(
  {arms, length, first, phases}: TenureIndex,
  variant: string,
  effects: readonly DayEffect[],
  arm: "control" | "treatment"
): Float64Array | null {
  const own = arms.get(variant);
  if (own === undefined) return null;
  const {units, covariances, days} = own;
  const size = effects.length;
  const matrix = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    const {day: j, shares: sharesA, [arm]: armA} = effects[a]!;
    matrix[a * size + a] = (armA.standardError ?? NaN) ** 2;
    for (let b = a + 1; b < size; b++) {
      const {day: k, shares: sharesB, [arm]: armB} = effects[b]!;
      let sum = 0;
      for (let p = 0; p < phases.length; p++) {
        const weight = (sharesA?.[p] ?? 0) * (sharesB?.[p] ?? 0);
        if (weight === 0) continue;
        const at = (p * length + j - first) * length + k - first;
        const n = units[at]!;
        if (n === 0) return null;
        const nj = days[(p * length + j - first) * dayWidth]!;
        const nk = days[(p * length + k - first) * dayWidth]!;
        sum += ((weight * n) / (nj * nk)) * covariances[at]!;
      }
      matrix[a * size + b] = matrix[b * size + a] = sum / (armA.scale * armB.scale);
    }
  }
  return matrix;
}
