import {compareEstimates} from "../../stats/comparison.ts";
import {pair} from "../comparisonOf.ts";
import type {DayCovariances} from "./dayCovariances.ts";
import type {DayEffect} from "./dayEffects.ts";
import {untested} from "./spanTests.ts";
import type {Tested} from "./spanTests.ts";

/**
 * Returns the relative effect over the unit-days from a day on, with the covariance between the days of a unit; null with
 * a reason without products between days or without a day.
 */
export function meanEffect(
  effects: readonly DayEffect[],
  covariances: DayCovariances | null,
  from: number,
  {alpha = 0.05}: {alpha?: number} = {}
): Tested {
  if (effects.every(({day}) => day < from)) return untested(`no cohort has lived through day ${from}`);
  if (covariances === null) return untested("the products between days are missing");
  const {days} = covariances;
  const size = days.length;
  const weights = Float64Array.from(days, ({day, control, treatment}) => (day < from ? 0 : control.n + treatment.n));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return untested(`no day from day ${from} on has an effect`);
  for (let i = 0; i < size; i++) weights[i]! /= total;
  const [c, t] = (["control", "treatment"] as const).map((arm) => {
    const covariance = covariances[arm];
    let [n, estimate, variance] = [0, 0, 0];
    for (let i = 0; i < size; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      const own = days[i]![arm];
      n = Math.max(n, own.n);
      estimate += weight * (own.estimate ?? 0);
      let row = 0;
      for (let j = 0; j < size; j++) row += weights[j]! * covariance[i * size + j]!;
      variance += weight * row;
    }
    return {n, estimate, standardError: Math.sqrt(Math.max(0, variance))};
  });
  const {relativeDifference, relativeStandardError, relativeInterval, pValue, reason, relativeReason} =
    compareEstimates("over days", c!, t!, {level: 1 - alpha});
  return {
    estimate: relativeDifference,
    standardError: relativeStandardError,
    interval: pair(relativeInterval),
    pValue,
    reason: reason ?? relativeReason
  };
}
