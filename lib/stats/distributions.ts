import jStat from "jstat";
import {checkPositive, checkProbability} from "./checks.ts";
import {logBetaPower, logIncompleteBeta, pointAtLogOdds} from "./incompleteBeta.ts";
import type {UnitPoint} from "./incompleteBeta.ts";
import {logGammaPower, logIncompleteGamma} from "./incompleteGamma.ts";
import {logGamma, stirlingError} from "./logGamma.ts";
import {logTailRoot} from "./logTailRoot.ts";
import {normalQuantile} from "./normalQuantile.ts";
import {normalTail} from "./normalTail.ts";
import {studentTail} from "./studentTail.ts";

/**
 * The standard normal distribution. Relative error below 1e-13 for |x| up to 37 and for p from 1e-300, in both tails.
 *
 * - `pdf(x)`: density
 * - `cdf(x)`: probability of a value up to x
 * - `sf(x)`: probability of a value above x (survival function); keeps its digits where 1 - cdf(x) has none left
 * - `quantile(p)`: the x with cdf(x) = p; -Infinity at 0, Infinity at 1
 * - `upperQuantile(q)`: the x with sf(x) = q; use it for q near 0, where 1 - q would round
 *
 * @throws {RangeError} if x is NaN or a probability is not in [0, 1]
 * @see Cody (1969) for the tails, Wichura (1988) for the quantiles; the density is jStat's
 * @example normal.upperQuantile(0.025) // 1.959963984540054…
 */
export const normal = {
  pdf(x: number): number {
    checkNumber(x);
    return jStat.normal.pdf(x, 0, 1);
  },
  cdf(x: number): number {
    checkNumber(x);
    return normalTail(-x);
  },
  sf(x: number): number {
    checkNumber(x);
    return normalTail(x);
  },
  quantile(p: number): number {
    checkProbability("p", p);
    return normalQuantile(p);
  },
  upperQuantile(q: number): number {
    checkProbability("q", q);
    return 0 - normalQuantile(q);
  }
};

/**
 * Student's t distribution with `df` degrees of freedom, a positive number that need not be whole (Infinity gives the normal
 * distribution). Members and errors as in `normal`; relative error below 1e-10, for p from 1e-300.
 *
 * @throws {RangeError} if x is NaN, df is not positive or a probability is not in [0, 1]
 * @see Didonato & Morris (1992), Algorithm 708, https://doi.org/10.1145/131766.131776; quantiles by Hill's expansion,
 * https://doi.org/10.1145/355598.362775, then Newton's method
 * @example t.upperQuantile(0.025, 10) // 2.228138851964…
 */
export const t = {
  pdf(x: number, df: number): number {
    checkNumber(x);
    checkDegrees(df);
    return studentDensity(x, df);
  },
  cdf(x: number, df: number): number {
    checkNumber(x);
    checkDegrees(df);
    return studentTail(-x, df);
  },
  sf(x: number, df: number): number {
    checkNumber(x);
    checkDegrees(df);
    return studentTail(x, df);
  },
  quantile(p: number, df: number): number {
    checkProbability("p", p);
    checkDegrees(df);
    return p <= 0.5 ? 0 - studentUpperQuantile(p, df) : studentUpperQuantile(1 - p, df);
  },
  upperQuantile(q: number, df: number): number {
    checkProbability("q", q);
    checkDegrees(df);
    return q <= 0.5 ? studentUpperQuantile(q, df) : 0 - studentUpperQuantile(1 - q, df);
  }
};

/**
 * The chi-square distribution with `df` degrees of freedom, a positive number. Members and errors as in `normal`, on x >= 0 (below 0
 * the density and the cdf are 0); relative error below 1e-10, for p from 1e-300. With df < 2 the density at 0 is Infinity. A quantile
 * below 1e-308 is 0.
 *
 * @throws {RangeError} if x is NaN, df is not positive and finite or a probability is not in [0, 1]
 * @see https://dlmf.nist.gov/8
 * @example chiSquare.sf(3.84, 1) // 0.0500435212487…
 */
export const chiSquare = {
  pdf(x: number, df: number): number {
    checkNumber(x);
    checkPositive("df", df);
    if (x < 0 || x === Infinity) return 0;
    if (x === 0) return df < 2 ? Infinity : df === 2 ? 0.5 : 0;
    return Math.exp(logGammaPower(0.5 * df, 0.5 * x)) / x;
  },
  cdf(x: number, df: number): number {
    checkNumber(x);
    checkPositive("df", df);
    return Math.exp(logIncompleteGamma(0.5 * df, 0.5 * x).lower);
  },
  sf(x: number, df: number): number {
    checkNumber(x);
    checkPositive("df", df);
    return Math.exp(logIncompleteGamma(0.5 * df, 0.5 * x).upper);
  },
  quantile(p: number, df: number): number {
    checkProbability("p", p);
    checkPositive("df", df);
    return p <= 0.5 ? 2 * gammaLowerQuantile(p, 0.5 * df) : 2 * gammaUpperQuantile(1 - p, 0.5 * df);
  },
  upperQuantile(q: number, df: number): number {
    checkProbability("q", q);
    checkPositive("df", df);
    return q <= 0.5 ? 2 * gammaUpperQuantile(q, 0.5 * df) : 2 * gammaLowerQuantile(1 - q, 0.5 * df);
  }
};

/**
 * The beta distribution with shapes `a` and `b`, positive numbers. Members and errors as in `normal`, on [0, 1] (outside it the density
 * is 0); relative error below 1e-10, for p from 1e-300. With a < 1 the density at 0 is Infinity, with b < 1 the density at 1.
 *
 * @throws {RangeError} if x is NaN, a shape is not positive and finite or a probability is not in [0, 1]
 * @see https://dlmf.nist.gov/8.17
 * @example beta.quantile(0.5, 2, 5) // 0.264449983295…
 */
export const beta = {
  pdf(x: number, a: number, b: number): number {
    checkNumber(x);
    checkShapes(a, b);
    if (x < 0 || x > 1) return 0;
    if (x === 0) return a < 1 ? Infinity : a === 1 ? b : 0;
    if (x === 1) return b < 1 ? Infinity : b === 1 ? a : 0;
    return Math.exp(logBetaPower(a, b, point(x))) / (x * (1 - x));
  },
  cdf(x: number, a: number, b: number): number {
    checkNumber(x);
    checkShapes(a, b);
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    return Math.exp(logIncompleteBeta(a, b, point(x)).lower);
  },
  sf(x: number, a: number, b: number): number {
    checkNumber(x);
    checkShapes(a, b);
    if (x <= 0) return 1;
    if (x >= 1) return 0;
    return Math.exp(logIncompleteBeta(a, b, point(x)).upper);
  },
  quantile(p: number, a: number, b: number): number {
    checkProbability("p", p);
    checkShapes(a, b);
    return pointAtLogOdds(betaLogOdds(p, 1 - p, a, b)).x;
  },
  upperQuantile(q: number, a: number, b: number): number {
    checkProbability("q", q);
    checkShapes(a, b);
    return pointAtLogOdds(betaLogOdds(1 - q, q, a, b)).x;
  }
};

/**
 * Snedecor's F distribution with `df1` (numerator) and `df2` (denominator) degrees of freedom, positive numbers. Members and errors as in
 * `normal`, on x >= 0 (below 0 the density and the cdf are 0); relative error below 1e-10, for p from 1e-300. With df1 < 2 the density
 * at 0 is Infinity.
 *
 * @throws {RangeError} if x is NaN, a number of degrees is not positive and finite or a probability is not in [0, 1]
 * @see https://dlmf.nist.gov/8.17
 * @example F.sf(4, 3, 20) // 0.0221…
 */
export const F = {
  pdf(x: number, df1: number, df2: number): number {
    checkNumber(x);
    checkShapes(df1, df2, "df1", "df2");
    if (x < 0 || x === Infinity) return 0;
    if (x === 0) return df1 < 2 ? Infinity : df1 === 2 ? 1 : 0;
    return Math.exp(logBetaPower(0.5 * df1, 0.5 * df2, pointOfRatio(x, df1, df2)) - Math.log(x));
  },
  cdf(x: number, df1: number, df2: number): number {
    checkNumber(x);
    checkShapes(df1, df2, "df1", "df2");
    if (x <= 0) return 0;
    if (x === Infinity) return 1;
    return Math.exp(logIncompleteBeta(0.5 * df1, 0.5 * df2, pointOfRatio(x, df1, df2)).lower);
  },
  sf(x: number, df1: number, df2: number): number {
    checkNumber(x);
    checkShapes(df1, df2, "df1", "df2");
    if (x <= 0) return 1;
    if (x === Infinity) return 0;
    return Math.exp(logIncompleteBeta(0.5 * df1, 0.5 * df2, pointOfRatio(x, df1, df2)).upper);
  },
  quantile(p: number, df1: number, df2: number): number {
    checkProbability("p", p);
    checkShapes(df1, df2, "df1", "df2");
    return Math.exp(betaLogOdds(p, 1 - p, 0.5 * df1, 0.5 * df2) + Math.log(df2 / df1));
  },
  upperQuantile(q: number, df1: number, df2: number): number {
    checkProbability("q", q);
    checkShapes(df1, df2, "df1", "df2");
    return Math.exp(betaLogOdds(1 - q, q, 0.5 * df1, 0.5 * df2) + Math.log(df2 / df1));
  }
};

function point(x: number): UnitPoint {
  return {x, y: 1 - x, logX: Math.log(x), logY: Math.log1p(-x)};
}

function pointOfRatio(x: number, df1: number, df2: number): UnitPoint {
  return pointAtLogOdds(Math.log(x) + Math.log(df1 / df2));
}

function studentDensity(x: number, df: number): number {
  if (df === Infinity) return jStat.normal.pdf(x, 0, 1);
  const size = Math.abs(x);
  const a = 0.5 * df;
  const constant = a * Math.log1p(0.5 / a) - 0.5 + stirlingError(a + 0.5) - stirlingError(a);
  const kernel = size > 1e150 ? 2 * Math.log(size / Math.sqrt(df)) : Math.log1p((size / df) * size);
  return 0.3989422804014327 * Math.exp(constant - (a + 0.5) * kernel);
}

/** The x of a t distribution with the probability q <= 1/2 above it. */
function studentUpperQuantile(q: number, df: number): number {
  if (df === Infinity) return 0 - normalQuantile(q);
  if (q === 0.5) return 0;
  if (q === 0) return Infinity;
  const z = -normalQuantile(q);
  const s = z * z;
  const crude = (1 + s) / df;
  // near the middle a difference of tails has no digits, the lower tail of t² has all
  if (!(crude < 1) || (q > 0.4 && crude >= 0.005))
    return Math.sqrt(df) * Math.exp(0.5 * betaLogOdds(1 - 2 * q, 2 * q, 0.5, 0.5 * df));
  const hill =
    z *
    (1 +
      ((s + 1) / 4 +
        (((5 * s + 16) * s + 3) / 96 +
          ((((3 * s + 19) * s + 17) * s - 15) / 384 +
            (((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160 +
              (((((27 * s + 339) * s + 930) * s - 1782) * s - 765) * s + 17955) / 368640 / df) /
              df) /
            df) /
          df) /
        df);
  if (crude < 0.005) return hill;
  let x = hill;
  for (let i = 0; i < 8; i++) {
    const step = (studentTail(x, df) - q) / studentDensity(x, df);
    x += step;
    if (Math.abs(step) < 1e-9 * x) break;
  }
  return x;
}

/** The log odds of the x of a beta distribution with `lower` below it and `upper` above it; the smaller of the two is used. */
function betaLogOdds(lower: number, upper: number, a: number, b: number): number {
  if (lower === 0) return -Infinity;
  if (upper === 0) return Infinity;
  return lower <= upper ? betaLowerLogOdds(lower, a, b) : -betaLowerLogOdds(upper, b, a);
}

function betaLowerLogOdds(p: number, a: number, b: number): number {
  const target = Math.log(p);
  const start =
    a < 1
      ? (target + Math.log(a) + logGamma(a) + logGamma(b) - logGamma(a + b)) / a
      : Math.log(a / b) + normalQuantile(p) * Math.sqrt(1 / a + 1 / b);
  return logTailRoot(start, (u) => {
    const at = pointAtLogOdds(u);
    const {lower} = logIncompleteBeta(a, b, at);
    return [lower - target, Math.exp(logBetaPower(a, b, at) - lower)];
  });
}

function gammaLowerQuantile(p: number, a: number): number {
  if (p === 0) return 0;
  const target = Math.log(p);
  const cubeRoot = 1 - 1 / (9 * a) + normalQuantile(p) / (3 * Math.sqrt(a));
  const start = a < 1 || cubeRoot < 0.1 ? (target + logGamma(a + 1)) / a : Math.log(a) + 3 * Math.log(cubeRoot);
  const u = logTailRoot(start, (u) => {
    const x = Math.exp(u);
    if (x === 0) return [a * u - logGamma(a + 1) - target, a];
    const {lower} = logIncompleteGamma(a, x);
    return [lower - target, Math.exp(logGammaPower(a, x) - lower)];
  });
  return Math.exp(u);
}

function gammaUpperQuantile(q: number, a: number): number {
  if (q === 0) return Infinity;
  const target = Math.log(q);
  const cubeRoot = 1 - 1 / (9 * a) - normalQuantile(q) / (3 * Math.sqrt(a));
  const start = a < 1 ? Math.log(-target) : Math.log(a) + 3 * Math.log(cubeRoot);
  const v = logTailRoot(-start, (v) => {
    const x = Math.exp(-v);
    if (x === 0) return [-target, 1];
    const {upper} = logIncompleteGamma(a, x);
    return [upper - target, Math.exp(logGammaPower(a, x) - upper)];
  });
  return Math.exp(-v);
}

function checkNumber(x: number): void {
  if (!(x >= -Infinity)) throw new RangeError(`invalid x; not a number: ${x}`);
}

function checkDegrees(df: number): void {
  if (!(df > 0)) throw new RangeError(`invalid df; not a positive number: ${df}`);
}

function checkShapes(a: number, b: number, first = "a", second = "b"): void {
  checkPositive(first, a);
  checkPositive(second, b);
}
