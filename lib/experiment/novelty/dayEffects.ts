import type {ArmEstimate} from "../../stats/comparison.ts";
import {varianceOf} from "../../stats/moments.ts";
import {dayWidth} from "./tenureIndex.ts";
import type {TenureIndex} from "./tenureIndex.ts";

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
  for (let p = 0; p < phases.length; p++) n += days?.[(p * length + i) * dayWidth] ?? 0;
  return n;
}

function sharesOf({phases, length}: TenureIndex, i: number, c: Float64Array, t: Float64Array): Float64Array | null {
  const shares = new Float64Array(phases.length);
  let total = 0;
  for (let p = 0; p < phases.length; p++) {
    const [nc, nt] = [c[(p * length + i) * dayWidth]!, t[(p * length + i) * dayWidth]!];
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
    const at = (p * length + i) * dayWidth;
    n += days[at]!;
    outcome += share * ((sums.origin.y ?? 0) + days[at + 1]! / days[at]!);
    denominator += share * (ratio ? (sums.origin.w ?? 0) + days[at + 3]! / days[at]! : 1);
  });
  if (denominator === 0) return {...none, n};
  const estimate = outcome / denominator;
  let variance: number | null = 0;
  shares.forEach((share, p) => {
    if (share === 0) return;
    const at = (p * length + i) * dayWidth;
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

/** Whether a day's relative difference has a standard error; days before the exposure do not count. */
export function isKnown({day, control, treatment}: DayEffect): boolean {
  const errors = [control.standardError, treatment.standardError];
  if (day < 0 || treatment.estimate === null || control.estimate === null || control.estimate === 0) return false;
  return errors.every((error) => error !== null) && errors.some((error) => error! > 0);
}
