import {isKnown} from "./dayEffects.ts";
import type {DayEffect} from "./dayEffects.ts";
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
    for (let j = i; j < size; j++)
      relative[i * size + j] = relative[j * size + i] =
        (t[i * size + j]! + ratio[i]! * ratio[j]! * c[i * size + j]!) / (base[i]! * base[j]!);
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
  const {units, ofMeans} = own;
  const size = effects.length;
  const scale = effects.map((effect) => effect[arm].scale);
  const matrix = new Float64Array(size * size);
  for (let p = 0; p < phases.length; p++) {
    const share = effects.map(({shares}) => shares?.[p] ?? 0);
    const row = effects.map(({day}) => (p * length + day - first) * length);
    for (let a = 0; a < size; a++)
      for (let b = a + 1; b < size; b++) {
        const weight = share[a]! * share[b]!;
        if (weight === 0) continue;
        const at = row[a]! + effects[b]!.day - first;
        if (units[at] === 0) return null;
        matrix[a * size + b]! += weight * ofMeans[at]!;
      }
  }
  for (let a = 0; a < size; a++) {
    matrix[a * size + a] = (effects[a]![arm].standardError ?? NaN) ** 2;
    for (let b = a + 1; b < size; b++)
      matrix[a * size + b] = matrix[b * size + a] = matrix[a * size + b]! / (scale[a]! * scale[b]!);
  }
  return matrix;
}
