import {bracketedRoot} from "./bracketedRoot.ts";
import {checkFinite} from "./checks.ts";
import {checkPower, shiftForPower, zPower, type PowerOptions} from "./power.ts";
import {studentPower} from "./studentPower.ts";

/** A comparison as it stands. */
export type CurrentComparison = {
  /** Standard error of the difference, in the metric's unit, after any adjustment; null if it cannot be had. */
  readonly standardError: number | null;
  /** Degrees of freedom of its t statistic; null or absent for a z statistic. */
  readonly degreesOfFreedom?: number | null;
  /** The control's mean, for relative effects; null if there is none. */
  readonly controlMean?: number | null;
};

/** What the experiment can tell with the units that it has. */
export type CurrentPower = {
  /** Probability that the test, taken once on these units, is significant if the effect is true; in (0, 1). */
  power: number | null;
  /** The effect that was asked about, in the metric's unit. */
  effect: number | null;
  /** The smallest effect with the power asked for, in the metric's unit and relative to the control's mean; at least 0. */
  minimumDetectableEffect: number | null;
  minimumDetectableRelativeEffect: number | null;
  /** Why a field is null. */
  reason?: string;
};

/**
 * Returns the power of the experiment as it stands for an effect worth finding, from the standard error of its
 * comparison, whatever the method behind it. Ask about an effect fixed beforehand, never about the observed one: the
 * power at the observed effect only restates the p-value.
 *
 * No standard error, or one of 0, gives nulls with a reason; so does a relative effect without a control mean, for the
 * fields that need it.
 *
 * @param effect treatment - control, in the metric's unit, or with `relative: true` as a fraction of the control's mean
 * @throws {RangeError} if a number is out of range
 * @see Hoenig and Heisey (2001), The abuse of power, https://doi.org/10.1198/000313001300339897
 * @example currentPower({standardError: 1}, 2.8).power // 0.7995…
 */
export function currentPower(
  {standardError, degreesOfFreedom = null, controlMean = null}: CurrentComparison,
  effect: number,
  {
    alpha = 0.05,
    power = 0.8,
    alternative = "two-sided",
    relative = false
  }: Pick<PowerOptions, "alpha" | "power" | "alternative"> & {relative?: boolean} = {}
): CurrentPower {
  checkPower({alpha, power, alternative});
  checkFinite("effect", effect);
  if (controlMean !== null) checkFinite("controlMean", controlMean);
  if (standardError !== null && !(0 <= standardError && standardError < Infinity)) {
    throw new RangeError(`invalid standardError; not at least 0 and finite: ${standardError}`);
  }
  if (degreesOfFreedom !== null && !(degreesOfFreedom > 0)) {
    throw new RangeError(`invalid degreesOfFreedom; not positive: ${degreesOfFreedom}`);
  }
  const absolute = relative ? (controlMean === null ? null : effect * Math.abs(controlMean)) : effect;
  const nothing = {power: null, minimumDetectableEffect: null, minimumDetectableRelativeEffect: null};
  if (standardError === null) return {...nothing, effect: absolute, reason: "no standard error"};
  if (standardError === 0) return {...nothing, effect: absolute, reason: "zero variance"};
  const at = (shift: number) => powerAt(shift, degreesOfFreedom, {alpha, alternative});
  const shift = detectableShift(at, {alpha, power, alternative});
  const detectable = shift === null ? null : Math.abs(shift) * standardError;
  const reason =
    absolute === null
      ? "no control mean, so no relative effect"
      : detectable === null
        ? "the power asked for is not above alpha"
        : relative && controlMean === 0
          ? "zero control mean, so no relative effect"
          : undefined;
  return {
    power: absolute === null || (relative && controlMean === 0) ? null : at(absolute / standardError),
    effect: absolute,
    minimumDetectableEffect: detectable,
    minimumDetectableRelativeEffect: detectable === null || !controlMean ? null : detectable / Math.abs(controlMean),
    ...(reason === undefined ? {} : {reason})
  };
}

function powerAt(
  shift: number,
  degreesOfFreedom: number | null,
  {alpha, alternative}: Required<Pick<PowerOptions, "alpha" | "alternative">>
): number {
  // Above this the two differ by less than 1e-6.
  if (degreesOfFreedom === null || degreesOfFreedom > 1e6) return zPower(shift, {alpha, alternative});
  return studentPower(shift, degreesOfFreedom, {alpha, alternative});
}

function detectableShift(
  at: (shift: number) => number,
  {alpha, power, alternative}: Required<Pick<PowerOptions, "alpha" | "power" | "alternative">>
): number | null {
  const start = shiftForPower({alpha, power, alternative});
  if (start === null) return null;
  const sign = alternative === "less" ? -1 : 1;
  const size = Math.abs(start);
  return sign * bracketedRoot((s) => at(sign * s) - power, [size * 0.99, size * 1.05], {limits: [0, Infinity]});
}
