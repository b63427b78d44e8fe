import {deviance} from "./deviance.ts";
import {logOneMinusExp} from "./incompleteGamma.ts";
import type {LogTails} from "./incompleteGamma.ts";
import {stirlingError} from "./logGamma.ts";

/** A point x of (0, 1) with its complement y = 1 - x and the logarithms of both, so that neither end loses digits. */
export type UnitPoint = {readonly x: number; readonly y: number; readonly logX: number; readonly logY: number};

/**
 * Returns the point of (0, 1) whose log odds ln(x / (1 - x)) are u.
 *
 * @param u any number
 */
export function pointAtLogOdds(u: number): UnitPoint {
  const small = Math.exp(-Math.abs(u));
  const logLarge = -Math.log1p(small);
  const logSmall = logLarge - Math.abs(u);
  const large = 1 / (1 + small);
  return u < 0
    ? {x: small * large, y: large, logX: logSmall, logY: logLarge}
    : {x: large, y: small * large, logX: logLarge, logY: logSmall};
}

/**
 * Returns the logarithm of x^a y^b / B(a, b), the beta density times x y.
 *
 * @param a first shape, a positive number
 * @param b second shape, a positive number
 * @see Loader (2000), Fast and accurate computation of binomial probabilities
 */
export function logBetaPower(a: number, b: number, {x, y, logX, logY}: UnitPoint): number {
  const n = a + b;
  const constant =
    0.5 * (Math.log(a / (2 * Math.PI)) + Math.log(b / n)) + stirlingError(n) - stirlingError(a) - stirlingError(b);
  const first = x < 1e-290 ? a * (Math.log(a / n) - logX) - a : deviance(a, n * x);
  const second = y < 1e-290 ? b * (Math.log(b / n) - logY) - b : deviance(b, n * y);
  return constant - first - second;
}

/**
 * Returns the logarithms of the regularised incomplete beta function I_x(a, b) and of its complement I_y(b, a). The tail on the
 * far side of the mean is computed by itself, so it keeps its relative accuracy however small it is.
 *
 * @param a first shape, a positive number
 * @param b second shape, a positive number
 * @see continued fraction https://dlmf.nist.gov/8.17.E22
 */
export function logIncompleteBeta(a: number, b: number, point: UnitPoint): LogTails {
  const {x, y} = point;
  const power = logBetaPower(a, b, point);
  if (x * (a + b + 2) < a + 1) {
    const lower = Math.min(0, power + Math.log(fraction(a, b, x) / a));
    return {lower, upper: logOneMinusExp(lower)};
  }
  const upper = Math.min(0, power + Math.log(fraction(b, a, y) / b));
  return {lower: logOneMinusExp(upper), upper};
}

function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 1e7; m++) {
    const twice = a + 2 * m;
    const even = (m * (b - m) * x) / ((twice - 1) * twice);
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / (twice * (twice + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 4.5e-16) break;
  }
  return h;
}
