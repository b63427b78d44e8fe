import {cohensHPower, cohensHSampleSize} from "../stats/proportionPower.ts";
import {daysNeeded} from "../stats/duration.ts";
import {shiftForPower, zPower} from "../stats/power.ts";
import type {ArmResult, ComparisonResult, PowerResult} from "./readout.ts";
import type {Alternative, Direction, Kind} from "./words.ts";

/** What power is asked of: the weakest comparison of a metric, and the traffic so far. */
export interface PowerInput {
  readonly kind: Kind;
  readonly direction: Direction;
  readonly comparison: ComparisonResult;
  readonly control: ArmResult;
  readonly treatment: ArmResult;
  /** Units in all arms that count for the metric. */
  readonly units: number;
  /** Smallest relative lift worth acting on, a fraction; undefined where none is declared. */
  readonly minimumEffect: number | undefined;
  /** Alpha of one comparison, all sides. */
  readonly alpha: number;
  readonly power: number;
  readonly alternative: Alternative;
  /** New units a day, oldest first. */
  readonly traffic: readonly number[];
  /** Days from the start until the readout's day, both counted. */
  readonly elapsed: number;
  /** Days until a unit counts. */
  readonly maturity: number;
}

/**
 * Returns the power of the experiment as it stands, and what is left. Plain proportions use Cohen's h; everything else
 * scales the comparison's own standard error, which falls with the root of the units (so covariates, clusters and
 * unequal arms are in it). All numbers are for a single look at the end.
 *
 * @see Cohen (1988), Statistical power analysis for the behavioral sciences, chapters 2 and 6
 */
export function powerOf(input: PowerInput): PowerResult {
  const {comparison, control, treatment, units, minimumEffect, alpha, power, alternative, traffic, elapsed, maturity} =
    input;
  const {standardError} = comparison;
  const nothing = {requiredUnits: null, achieved: null, detectable: null, daysLeft: null};
  const base = {
    minimumEffect: minimumEffect ?? null,
    units,
    method: "a z-test with the standard error of tonight's comparison"
  };
  if (standardError === null || !(standardError > 0) || control.mean === null || control.mean === 0)
    return {...base, ...nothing, reason: comparison.reason ?? "no standard error or no control mean to scale by"};
  const options = {alpha, power, alternative};
  const shift = shiftForPower(options);
  const detectable = shift === null ? null : (Math.abs(shift) * standardError) / Math.abs(control.mean);
  if (minimumEffect === undefined)
    return {
      ...base,
      ...nothing,
      detectable,
      reason: "no minimum effect is declared, so no number of units is required"
    };
  const sign = input.direction === "increase" ? 1 : -1;
  const effect = sign * minimumEffect * control.mean;
  const share = (control.n + treatment.n) / Math.max(1, units);
  const plain = comparison.adjustment.covariate === null && comparison.adjustment.phases === 1;
  const target = control.mean + effect;
  let [requiredUnits, achieved, method] = [null as number | null, null as number | null, base.method];
  if (
    (input.kind === "proportion" || input.kind === "retention") &&
    plain &&
    0 <= target &&
    target <= 1 &&
    control.n > 0
  ) {
    const ratio = treatment.n / control.n;
    method = "a z-test of two shares (Cohen's h)";
    requiredUnits = cohensHSampleSize(control.mean, target, {...options, ratio}).nTotalCeil;
    achieved = cohensHPower(control.mean, target, control.n, {alpha, alternative, ratio});
  } else if (shift !== null) {
    requiredUnits = Math.ceil((control.n + treatment.n) * ((shift * standardError) / effect) ** 2);
    achieved = zPower(effect / standardError, {alpha, alternative});
  }
  const inAll = requiredUnits === null ? null : Math.ceil(requiredUnits / share);
  const needed = inAll === null ? null : daysNeeded(traffic, inAll, {maturity}).days;
  return {
    ...base,
    method,
    requiredUnits: inAll,
    achieved,
    detectable,
    daysLeft: inAll !== null && units >= inAll ? 0 : needed === null ? null : Math.max(0, needed - elapsed),
    reason: requiredUnits === null ? "the minimum effect lies on the side that the test does not look at" : null
  };
}
