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
 * @see Didonato & Morris (1992), Algorithm 708, routine BFRAC, https://doi.org/10.1145/131766.131776
 */
export function logIncompleteBeta(a: number, b: number, point: UnitPoint): LogTails {
  const {x, y} = point;
  const power = logBetaPower(a, b, point);
  const n = a + b;
  // how far the mean lies above x, in units of 1/n: from the smaller of x and y, as the other has lost its digits
  const gap = x < y ? a - n * x : n * y - b;
  if (x * (n + 2) < a + 1) {
    const lower = Math.min(0, power + Math.log(fraction(a, b, x, y, gap)));
    return {lower, upper: logOneMinusExp(lower)};
  }
  const upper = Math.min(0, power + Math.log(fraction(b, a, y, x, -gap)));
  return {lower: logOneMinusExp(upper), upper};
}

/** I_x(a, b) over x^a y^b / B(a, b), where gap = a - (a + b) x is more than -1. */
function fraction(a: number, b: number, x: number, y: number, gap: number): number {
  const c = 1 + gap;
  const c0 = b / a;
  const c1 = 1 + 1 / a;
  let p = 1;
  let s = a + 1;
  let [lastTop, lastBottom] = [0, 1];
  let [top, bottom] = [1, c / c1];
  let value = c1 / c;
  for (let n = 1; n < 1e7; n++) {
    const t = n / a;
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + c0) * e * e * (w * x);
    const beta = n + w / s + ((t + 1) / (c1 + t + t)) * (c + n * (y + 1));
    p = t + 1;
    s += 2;
    const nextTop = alpha * lastTop + beta * top;
    const nextBottom = alpha * lastBottom + beta * bottom;
    const next = nextTop / nextBottom;
    lastTop = top / nextBottom;
    lastBottom = bottom / nextBottom;
    top = next;
    bottom = 1;
    if (Math.abs(next - value) <= 4.5e-16 * next) return next;
    value = next;
  }
  return value;
}
