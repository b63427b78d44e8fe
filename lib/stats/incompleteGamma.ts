import {deviance} from "./deviance.ts";
import {stirlingError} from "./logGamma.ts";

/** The natural logarithms of the two tails of a distribution; they are -Infinity where a tail is empty. */
export type LogTails = {readonly lower: number; readonly upper: number};

/**
 * Returns the logarithm of x^a e^-x / Γ(a), the gamma density times x.
 *
 * @param a shape, a positive number
 * @param x a non-negative number
 * @see Loader (2000), Fast and accurate computation of binomial probabilities
 */
export function logGammaPower(a: number, x: number): number {
  return 0.5 * Math.log(a / (2 * Math.PI)) - stirlingError(a) - deviance(a, x);
}

/**
 * Returns the logarithms of the regularised incomplete gamma functions P(a, x) and Q(a, x). The tail on the far side of the mean
 * is computed by itself, so it keeps its relative accuracy however small it is.
 *
 * @param a shape, a positive number
 * @param x a non-negative number or Infinity
 * @see series https://dlmf.nist.gov/8.11.E4 and continued fraction https://dlmf.nist.gov/8.9.E2
 */
export function logIncompleteGamma(a: number, x: number): LogTails {
  if (x <= 0) return {lower: -Infinity, upper: 0};
  if (x === Infinity) return {lower: 0, upper: -Infinity};
  const power = logGammaPower(a, x);
  if (x < a + 1) {
    const lower = Math.min(0, power + Math.log(series(a, x)));
    return {lower, upper: logOneMinusExp(lower)};
  }
  const upper = Math.min(0, power + Math.log(fraction(a, x)));
  return {lower: logOneMinusExp(upper), upper};
}

/**
 * Returns ln(1 - e^x), accurate near both ends.
 *
 * @param x a number in [-Infinity, 0]
 */
export function logOneMinusExp(x: number): number {
  return x > -0.6931471805599453 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = a + 1; ; k++) {
    term *= x / k;
    const next = sum + term;
    if (next === sum) return sum;
    sum = next;
  }
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1e7; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const change = c * d;
    h *= change;
    if (Math.abs(change - 1) < 4.5e-16) break;
  }
  return h;
}
