import {checkCount, checkFinite, checkProbability} from "./checks.ts";
import {compareEstimates, tailProbability} from "./comparison.ts";
import type {ArmEstimate, Comparison, ComparisonOptions} from "./comparison.ts";
import {welchDegrees} from "./compareMeans.ts";
import {varianceOf} from "./moments.ts";
import type {Moments} from "./moments.ts";

/** What is asked of an adjusted comparison. */
export type CupedOptions = ComparisonOptions & {
  /** A covariate that differs between the arms with a two-sided p-value below this is warned of; in [0, 1], defaults to 0.01. */
  readonly imbalanceAlpha?: number;
};

/** Whether the covariate itself, which the treatment cannot have changed, differs between the arms. */
export type CovariateImbalance = {
  /** Treatment minus control, in units of the covariate. */
  readonly difference: number | null;
  readonly standardError: number | null;
  /** Two-sided. */
  readonly pValue: number | null;
  /** What to tell the reader, or null if the arms are alike. */
  readonly warning: string | null;
};

/** A comparison adjusted for a covariate; the arms' estimates are adjusted to the covariate's mean over both arms. */
export type CupedComparison = Comparison & {
  /** Slope of the outcome on the covariate, pooled within the arms; null where the covariate has no variance (then nothing is adjusted). */
  readonly theta: number | null;
  /** 1 - (standard error / unadjusted standard error)²; as a fraction, negative if the adjustment does harm. */
  readonly varianceReduction: number | null;
  readonly unadjusted: {readonly difference: number | null; readonly standardError: number | null};
  readonly imbalance: CovariateImbalance;
};

/** One arm: estimates of outcome and covariate, and the variances and the covariance of these estimates. */
type Arm = {n: number; y: number; x: number; vyy: number; vxx: number; vxy: number; sxx: number; sxy: number};

/**
 * Returns the comparison of two means adjusted for a covariate from before the exposure (CUPED): theta = (Sxy of both arms) / (Sxx of both arms),
 * each centred within its arm; standard errors from the residuals y - theta x of each arm, degrees of freedom Satterthwaite's on these. The interval
 * inverts the test; the relative one is Fieller's, relative to the adjusted control mean.
 *
 * Fewer than two units in an arm: all null with a reason. A covariate without variance: theta null, and the result is Welch's.
 *
 * @param control sums of the control's units; y is the outcome, x the covariate
 * @param treatment sums of the treatment's units
 * @throws {RangeError} if a count is negative, a sum is not finite or the level is not in (0, 1)
 * @see Deng, Xu, Kohavi & Walker (2013), https://doi.org/10.1145/2433396.2433413
 */
export function compareCuped(control: Moments, treatment: Moments, options: CupedOptions = {}): CupedComparison {
  return compareAdjusted("cuped", armOfMeans(control), armOfMeans(treatment), control.n, treatment.n, true, options);
}

/**
 * Returns the comparison of two ratios of means adjusted for the same ratio before the exposure: both are linearised (y - R w)/w̄ within each arm,
 * theta is pooled as for means, the test is normal. Without pre-period denominators (v, vv and its origin 0) the covariate is the mean of x.
 *
 * Fewer than two units in an arm, or a denominator of 0: all null with a reason.
 *
 * @param control sums of the control's units; y and w are the outcome's numerator and denominator, x and v the covariate's
 * @param treatment sums of the treatment's units
 * @throws {RangeError} as `compareCuped`
 * @see Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336
 */
export function compareCupedRatios(control: Moments, treatment: Moments, options: CupedOptions = {}): CupedComparison {
  const mean = !hasDenominator(control) && !hasDenominator(treatment);
  return compareAdjusted(
    "cuped-delta",
    armOfRatios(control, mean),
    armOfRatios(treatment, mean),
    control.n,
    treatment.n,
    false,
    options
  );
}

function compareAdjusted(
  method: string,
  b: Arm | null,
  a: Arm | null,
  controlN: number,
  treatmentN: number,
  student: boolean,
  {level, alternative, imbalanceAlpha = 0.01}: CupedOptions
): CupedComparison {
  checkProbability("imbalanceAlpha", imbalanceAlpha);
  if (a === null || b === null) {
    const empty = (n: number): ArmEstimate => ({n, estimate: null, standardError: null});
    return {
      ...compareEstimates(method, empty(controlN), empty(treatmentN), {level, alternative}),
      theta: null,
      varianceReduction: null,
      unadjusted: {difference: null, standardError: null},
      imbalance: {difference: null, standardError: null, pValue: null, warning: null}
    };
  }
  const sxx = a.sxx + b.sxx;
  const theta = sxx > 0 ? (a.sxy + b.sxy) / sxx : 0;
  const gap = a.x - b.x;
  const share = a.n / (a.n + b.n);
  const rest = 1 - share;
  const vx = theta * theta * (a.vxx + b.vxx);
  // the arms share the covariate's mean over both, so their adjusted estimates are correlated
  const before = a.vyy + b.vyy;
  // an outcome in proportion to the covariate leaves nothing but rounding
  const kept = before - 2 * theta * (a.vxy + b.vxy) + vx > 1e-13 * (before + vx) ? 1 : 0;
  const covariance = kept * (theta * share * a.vxy + theta * rest * b.vxy - share * rest * vx);
  const va = kept * (a.vyy - 2 * theta * rest * a.vxy + rest * rest * vx);
  const vb = kept * (b.vyy - 2 * theta * share * b.vxy + share * share * vx);
  const residual = (arm: Arm): ArmEstimate => ({
    n: arm.n,
    estimate: arm.y,
    standardError: Math.sqrt(Math.max(0, arm.vyy - 2 * theta * arm.vxy + theta * theta * arm.vxx))
  });
  const result = compareEstimates(
    method,
    {n: b.n, estimate: b.y + theta * share * gap, standardError: Math.sqrt(Math.max(0, vb))},
    {n: a.n, estimate: a.y - theta * rest * gap, standardError: Math.sqrt(Math.max(0, va))},
    {level, alternative, covariance, degreesOfFreedom: student ? welchDegrees(residual(b), residual(a)) : null}
  );
  // written out: spreading a record of this size takes longer than all the arithmetic
  return {
    method: result.method,
    alternative: result.alternative,
    level: result.level,
    control: result.control,
    treatment: result.treatment,
    covariance: result.covariance,
    difference: result.difference,
    standardError: result.standardError,
    statistic: result.statistic,
    degreesOfFreedom: result.degreesOfFreedom,
    pValue: result.pValue,
    interval: result.interval,
    relativeDifference: result.relativeDifference,
    relativeStandardError: result.relativeStandardError,
    relativeInterval: result.relativeInterval,
    reason: result.reason,
    relativeReason: result.relativeReason,
    theta: sxx > 0 ? theta : null,
    varianceReduction: result.standardError === null || !(before > 0) ? null : 1 - result.standardError ** 2 / before,
    unadjusted: {difference: a.y - b.y, standardError: Math.sqrt(before)},
    imbalance: imbalanceOf(b, a, student, imbalanceAlpha)
  };
}

function imbalanceOf(b: Arm, a: Arm, student: boolean, alpha: number): CovariateImbalance {
  const difference = a.x - b.x;
  const standardError = Math.sqrt(b.vxx + a.vxx);
  if (!(standardError > 0)) return {difference, standardError, pValue: null, warning: null};
  const df = student ? welchDegrees(covariateOf(b), covariateOf(a)) : null;
  const pValue = tailProbability(difference / standardError, "two-sided", df);
  const warning = pValue < alpha ? "the covariate itself differs between the arms" : null;
  return {difference, standardError, pValue, warning};
}

function covariateOf({n, x, vxx}: Arm): ArmEstimate {
  return {n, estimate: x, standardError: Math.sqrt(vxx)};
}

function armOfMeans(m: Moments): Arm | null {
  const {n, y, yy, x, xx, xy, origin} = m;
  checkSums(m);
  if (n < 2) return null;
  const ryy = varianceOf(n, y, yy);
  const rxx = varianceOf(n, x, xx);
  const rxy = rxx > 0 ? (xy - (x / n) * y) / (n - 1) : 0;
  return {
    n,
    y: (origin.y ?? 0) + y / n,
    x: (origin.x ?? 0) + x / n,
    vyy: ryy / n,
    vxx: rxx / n,
    vxy: rxy / n,
    sxx: rxx * (n - 1),
    sxy: rxy * (n - 1)
  };
}

function armOfRatios(m: Moments, mean: boolean): Arm | null {
  const {n, y, yy, w, ww, x, xx, v, vv, yw, xy, yv, xw, vw, xv, origin} = m;
  checkSums(m);
  if (n < 2) return null;
  const denominator = (origin.w ?? 0) + w / n;
  const before = mean ? 1 : (origin.v ?? 0) + v / n;
  if (denominator === 0 || before === 0) return null;
  const ratio = ((origin.y ?? 0) + y / n) / denominator;
  const ratioBefore = ((origin.x ?? 0) + x / n) / before;
  const slope = mean ? 0 : ratioBefore;
  const cov = (product: number, p: number, q: number): number => (product - (p / n) * q) / (n - 1);
  const clean = (value: number, size: number): number => (value > 1e-14 * size ? value : 0);
  const [ryy, rww] = [varianceOf(n, y, yy), ratio * ratio * varianceOf(n, w, ww)];
  const [rxx, rvv] = [varianceOf(n, x, xx), slope * slope * varianceOf(n, v, vv)];
  const outcome = clean(ryy + rww - 2 * ratio * cov(yw, y, w), ryy + rww) / (denominator * denominator);
  const covariate = clean(rxx + rvv - 2 * slope * cov(xv, x, v), rxx + rvv) / (before * before);
  const cross =
    covariate > 0
      ? (cov(xy, x, y) - slope * cov(yv, y, v) - ratio * cov(xw, x, w) + ratio * slope * cov(vw, v, w)) /
        (denominator * before)
      : 0;
  return {
    n,
    y: ratio,
    x: ratioBefore,
    vyy: outcome / n,
    vxx: covariate / n,
    vxy: cross / n,
    sxx: covariate * (n - 1),
    sxy: cross * (n - 1)
  };
}

function hasDenominator({v, vv, origin}: Moments): boolean {
  return v !== 0 || vv !== 0 || (origin.v ?? 0) !== 0;
}

function checkSums(m: Moments): void {
  checkCount("n", m.n);
  checkFinite("y", m.y);
  checkFinite("x", m.x);
  checkFinite("xy", m.xy);
}
