import type {ArmEstimate} from "../../stats/comparison.ts";
import {varianceOf} from "../../stats/moments.ts";
import {width} from "./tenureIndex.ts";
import type {TenureIndex} from "./tenureIndex.ts";
import type {TenurePairRow} from "./tenureSums.ts";

/** One arm on one tenure day: its mean, or ratio of sums; `scale` is the ratio's mean denominator, else 1. */
export type DayArm = ArmEstimate & {readonly scale: number};

/** Both arms on one tenure day, averaged over phases by the units of both. */
export interface DayEffect {
  readonly day: number;
  /** Each phase's share of the units; null if no phase has units in both arms. */
  readonly shares: Float64Array | null;
  readonly control: DayArm;
  readonly treatment: DayArm;
}

const none: DayArm = {n: 0, estimate: null, standardError: null, scale: 1};

/** Returns both arms on every tenure day that any cohort has lived through. */
export function dayEffects(index: TenureIndex, control: string, treatment: string): DayEffect[] {
  const [c, t] = [index.arms.get(control)?.days, index.arms.get(treatment)?.days];
  const effects: DayEffect[] = [];
  for (let i = 0; i < index.length; i++) {
    const shares = c === undefined || t === undefined ? null : sharesOf(index, i, c, t);
    const [controlArm, treatmentArm] =
      shares === null || c === undefined || t === undefined
        ? [
            {...none, n: unitsOf(index, i, c)},
            {...none, n: unitsOf(index, i, t)}
          ]
        : [armOf(index, i, c, shares), armOf(index, i, t, shares)];
    if (controlArm.n + treatmentArm.n === 0) continue;
    effects.push({day: index.first + i, shares, control: controlArm, treatment: treatmentArm});
  }
  return effects;
}

function unitsOf({phases, length}: TenureIndex, i: number, days: Float64Array | undefined): number {
  let n = 0;
  for (let p = 0; p < phases.length; p++) n += days?.[(p * length + i) * width] ?? 0;
  return n;
}

function sharesOf({phases, length}: TenureIndex, i: number, c: Float64Array, t: Float64Array): Float64Array | null {
  const shares = new Float64Array(phases.length);
  let total = 0;
  for (let p = 0; p < phases.length; p++) {
    const [nc, nt] = [c[(p * length + i) * width]!, t[(p * length + i) * width]!];
    if (nc > 0 && nt > 0) total += shares[p] = nc + nt;
  }
  if (total === 0) return null;
  return shares.map((share) => share / total);
}

function armOf({sums, length}: TenureIndex, i: number, days: Float64Array, shares: Float64Array): DayArm {
  const ratio = sums.kind === "ratio";
  let [n, outcome, denominator] = [0, 0, 0];
  shares.forEach((share, p) => {
    if (share === 0) return;
    const at = (p * length + i) * width;
    n += days[at]!;
    outcome += share * ((sums.origin.y ?? 0) + days[at + 1]! / days[at]!);
    denominator += share * (ratio ? (sums.origin.w ?? 0) + days[at + 3]! / days[at]! : 1);
  });
  if (denominator === 0) return {...none, n};
  const estimate = outcome / denominator;
  let variance: number | null = 0;
  shares.forEach((share, p) => {
    if (share === 0) return;
    const at = (p * length + i) * width;
    const own = days[at]!;
    if (own < 2) variance = null;
    if (variance === null) return;
    let spread = varianceOf(own, days[at + 1]!, days[at + 2]!);
    if (ratio) {
      const shared = (days[at + 5]! - (days[at + 1]! * days[at + 3]!) / own) / (own - 1);
      spread += estimate * (estimate * varianceOf(own, days[at + 3]!, days[at + 4]!) - 2 * shared);
    }
    variance += (share * share * Math.max(0, spread)) / own;
  });
  const standardError = variance === null ? null : Math.sqrt(variance) / Math.abs(denominator);
  return {n, estimate, standardError, scale: denominator};
}

/**
 * Returns the covariance of an arm's estimates on different days, by rows; null if the products of a pair of days are
 * missing. Units are shared between days, so this is far from diagonal.
 */
export function dayCovariance(
  index: TenureIndex,
  variant: string,
  effects: readonly DayEffect[],
  arm: "control" | "treatment"
): Float64Array | null {
  const {length, first} = index;
  const own = index.arms.get(variant);
  if (own === undefined) return null;
  const size = effects.length;
  const matrix = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    const {day: j, shares: sharesA, [arm]: armA} = effects[a]!;
    for (let b = a; b < size; b++) {
      const {day: k, shares: sharesB, [arm]: armB} = effects[b]!;
      if (a === b) {
        matrix[a * size + a] = (armA.standardError ?? NaN) ** 2;
        continue;
      }
      let sum = 0;
      for (let p = 0; p < index.phases.length; p++) {
        const weight = (sharesA?.[p] ?? 0) * (sharesB?.[p] ?? 0);
        if (weight === 0) continue;
        const row = own.pairs[(p * length + j - first) * length + k - first];
        if (row === undefined || row.n < 2) return null;
        const nj = own.days[(p * length + j - first) * width]!;
        const nk = own.days[(p * length + k - first) * width]!;
        sum += ((weight * row.n) / (nj * nk)) * pairCovariance(row, armA.estimate ?? 0, armB.estimate ?? 0);
      }
      matrix[a * size + b] = matrix[b * size + a] = sum / (armA.scale * armB.scale);
    }
  }
  return matrix;
}

/**
 * Returns the covariance (n - 1) of units' values on two days; of a ratio that of y - ratio * w, with the ratio of each
 * day.
 */
export function pairCovariance(
  {n, y, z, yz, w, v = 0, wv = 0, yv = 0, wz = 0}: TenurePairRow,
  ratioJ: number,
  ratioK: number
): number {
  const outcome = (yz - (y * z) / n) / (n - 1);
  if (w === undefined) return outcome;
  const [a, b, c] = [yv - (y * v) / n, wz - (w * z) / n, wv - (w * v) / n];
  return outcome + (ratioJ * ratioK * c - ratioK * a - ratioJ * b) / (n - 1);
}

/** Returns the covariance of the relative differences on different days, by the delta method; null if an arm's is. */
export function relativeCovariance(
  index: TenureIndex,
  control: string,
  treatment: string,
  effects: readonly DayEffect[]
): Float64Array | null {
  const c = dayCovariance(index, control, effects, "control");
  const t = dayCovariance(index, treatment, effects, "treatment");
  if (c === null || t === null) return null;
  const size = effects.length;
  const base = effects.map(({control: {estimate}}) => estimate ?? NaN);
  const ratio = effects.map(({treatment: {estimate}}, i) => (estimate ?? NaN) / base[i]!);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      matrix[i * size + j] = (t[i * size + j]! + ratio[i]! * ratio[j]! * c[i * size + j]!) / (base[i]! * base[j]!);
  return matrix;
}
