import {logIncompleteBeta, pointAtLogOdds} from "./incompleteBeta.ts";
import {stirlingError} from "./logGamma.ts";
import {normalTail} from "./normalTail.ts";

/**
 * Returns the probability that a value of Student's t distribution exceeds x. With 30 degrees of freedom or more and outside the
 * far tail this is a series about the normal tail, quick enough for millions of comparisons; elsewhere it is the incomplete beta
 * function.
 *
 * @param x any number, infinite ones included
 * @param df degrees of freedom, a positive number; Infinity gives the normal tail
 * @see Didonato & Morris (1992), Algorithm 708, routine BGRAT, https://doi.org/10.1145/131766.131776
 * @example studentTail(2.5, 40) // 0.00829…
 */
export function studentTail(x: number, df: number): number {
  if (x === 0) return 0.5;
  if (df === Infinity) return normalTail(x);
  const size = Math.abs(x);
  if (size === Infinity) return x < 0 ? 1 : 0;
  const tail = 0.5 * (df >= 30 && size * size < 2.3 * df ? nearNormal(size, df) : incomplete(size, df));
  return x < 0 ? 1 - tail : tail;
}

function incomplete(size: number, df: number): number {
  return Math.exp(logIncompleteBeta(0.5, 0.5 * df, pointAtLogOdds(2 * Math.log(size / Math.sqrt(df)))).upper);
}

function nearNormal(size: number, df: number): number {
  const a = 0.5 * df;
  const nu = a - 0.25;
  const logX = -Math.log1p((size * size) / df);
  const z = -nu * logX;
  const scale = Math.exp(a * Math.log1p(0.5 / a) - 0.5 + stirlingError(a + 0.5) - stirlingError(a)) * Math.sqrt(a / nu);
  const v = 0.25 / (nu * nu);
  const step = 0.25 * logX * logX;
  let j = 2 * normalTail(Math.sqrt(2 * z));
  let power = Math.sqrt(z / Math.PI) * Math.exp(-z);
  let sum = j;
  for (let i = 0; i < coefficients.length; i++) {
    const shape = 2 * i + 0.5;
    j = (shape * (shape + 1) * j + (z + shape + 1) * power) * v;
    power *= step;
    const term = (coefficients[i] ?? 0) * j;
    sum += term;
    if (Math.abs(term) <= 1e-17 * sum) break;
  }
  return scale * sum;
}

const coefficients = seriesCoefficients(30);

function seriesCoefficients(count: number): number[] {
  const c: number[] = [];
  const d: number[] = [];
  let factor = 1;
  for (let n = 1; n <= count; n++) {
    factor /= 2 * n * (2 * n + 1);
    let s = 0;
    for (let i = 1; i < n; i++) s += (0.5 * i - n) * (c[i - 1] ?? 0) * (d[n - i - 1] ?? 0);
    c.push(factor);
    d.push(-0.5 * factor + s / n);
  }
  return d;
}
