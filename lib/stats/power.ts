import {bracketedRoot} from "./bracketedRoot.ts";
import {checkAlternative, type Alternative} from "./checks.ts";
import {normal} from "./distributions.ts";

/** What every question about power has in common. */
export type PowerOptions = {
  /** Total false-positive rate of the test, in (0, 1); `greater` and `less` spend all of it in one tail; defaults to 0.05. */
  alpha?: number;
  /** The power asked for, in (0, 1); defaults to 0.8. */
  power?: number;
  /** Units in the treatment per unit in the control, positive; defaults to 1. */
  ratio?: number;
  /** Defaults to `two-sided`. */
  alternative?: Alternative;
  /** Share of the variance that a covariate takes away (CUPED: the squared correlation), in [0, 1); defaults to 0. */
  varianceReduction?: number;
};

/** Units needed. Unrounded numbers compare with other tools; the rounded ones are what to plan with. */
export type SampleSize = {
  nControl: number | null;
  nTreatment: number | null;
  nControlCeil: number | null;
  nTreatmentCeil: number | null;
  /** Both arms, rounded up arm by arm. */
  nTotalCeil: number | null;
  /** Why the numbers are null: there is no effect, or it is on the wrong side of a one-sided test. */
  reason?: string;
};

/**
 * Returns the power of a z-test whose statistic is normal with standard deviation 1 about `shift`, in (0, 1). Two-sided
 * power counts rejections in both tails, also those with the wrong sign.
 * @param shift true effect / standard error; finite
 * @throws {RangeError} if an argument is out of range
 * @example zPower(2.8) // 0.7995…
 */
export function zPower(
  shift: number,
  {alpha = 0.05, alternative = "two-sided"}: Pick<PowerOptions, "alpha" | "alternative"> = {}
): number {
  checkPower({alpha, alternative});
  if (!Number.isFinite(shift)) throw new RangeError(`invalid shift; not finite: ${shift}`);
  const critical = -normal.quantile(alternative === "two-sided" ? alpha / 2 : alpha);
  if (alternative === "greater") return normal.sf(critical - shift);
  if (alternative === "less") return normal.cdf(-critical - shift);
  return normal.sf(critical - shift) + normal.cdf(-critical - shift);
}

/**
 * Returns the shift (true effect / standard error) at which a z-test has the power asked for: at least 0, or at most 0
 * for `less`. Null for a two-sided test if the power asked for is not above alpha, which no effect at all has already.
 * @throws {RangeError} if an option is out of range
 * @example shiftForPower() // 2.8015…
 */
export function shiftForPower({
  alpha = 0.05,
  power = 0.8,
  alternative = "two-sided"
}: Pick<PowerOptions, "alpha" | "power" | "alternative"> = {}): number | null {
  checkPower({alpha, power, alternative});
  if (!(power > alpha)) return null;
  if (alternative !== "two-sided") {
    const shift = normal.quantile(power) - normal.quantile(alpha);
    return alternative === "greater" ? shift : -shift;
  }
  const oneTail = normal.quantile(power) - normal.quantile(alpha / 2);
  return bracketedRoot((shift) => zPower(shift, {alpha}) - power, [Math.max(0, oneTail - 1), oneTail + 1e-9], {
    limits: [0, Infinity]
  });
}

/** Returns the record of a sample size from the control's, or of its absence. */
export function sampleSize(nControl: number | null, ratio: number, reason = ""): SampleSize {
  if (nControl === null || !Number.isFinite(nControl * ratio)) {
    const nothing = {nControl: null, nTreatment: null, nControlCeil: null, nTreatmentCeil: null, nTotalCeil: null};
    return {...nothing, reason: reason || "no effect to detect"};
  }
  const nTreatment = nControl * ratio;
  const nControlCeil = Math.ceil(nControl);
  const nTreatmentCeil = Math.ceil(nTreatment);
  return {nControl, nTreatment, nControlCeil, nTreatmentCeil, nTotalCeil: nControlCeil + nTreatmentCeil};
}

/** Returns why an effect cannot be detected by a test with this alternative, or null if it can. */
export function undetectable(effect: number, {alpha = 0.05, power = 0.8, alternative}: PowerOptions): string | null {
  if (!(power > alpha)) return "the power asked for is not above alpha";
  if (effect === 0) return "no effect to detect";
  if (alternative === "greater" && effect < 0) return "the effect is negative, the test looks for a positive one";
  if (alternative === "less" && effect > 0) return "the effect is positive, the test looks for a negative one";
  return null;
}

/** Throws if an option is out of range. */
export function checkPower({
  alpha = 0.05,
  power = 0.8,
  ratio = 1,
  alternative = "two-sided",
  varianceReduction = 0
}: PowerOptions): void {
  if (!(0 < alpha && alpha < 1)) throw new RangeError(`invalid alpha; not in (0, 1): ${alpha}`);
  if (!(0 < power && power < 1)) throw new RangeError(`invalid power; not in (0, 1): ${power}`);
  if (!(0 < ratio && ratio < Infinity)) throw new RangeError(`invalid ratio; not positive and finite: ${ratio}`);
  checkAlternative(alternative);
  if (!(0 <= varianceReduction && varianceReduction < 1)) {
    throw new RangeError(`invalid varianceReduction; not in [0, 1): ${varianceReduction}`);
  }
}

/** Throws if a number of units is not positive and finite; planning may use fractions of a unit. */
export function checkUnits(n: number, name = "nControl"): void {
  if (!(0 < n && n < Infinity)) throw new RangeError(`invalid ${name}; not positive and finite: ${n}`);
}
