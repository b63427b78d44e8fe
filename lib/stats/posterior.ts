import {beta, normal} from "./distributions.ts";
import {logBetaPower, logIncompleteBeta, pointAtLogOdds} from "./incompleteBeta.ts";

/**
 * A posterior distribution of one arm's parameter x, in a coordinate u on the whole line in which its density is smooth
 * and log-concave: the log odds for a share, x itself for a mean.
 */
export type Posterior = {
  /** Where the density in u is highest, and its rough width there. */
  mode: number;
  scale: number;
  /** Logarithms, as functions of u, of the density in u, of P(x <= x(u)) and of P(x > x(u)). */
  logDensity: (u: number) => number;
  logCdf: (u: number) => number;
  logSf: (u: number) => number;
  /** The logarithm of dx/du. */
  logJacobian: (u: number) => number;
  /** x at u, and u at x; an infinity at or beyond the ends of x's range. */
  value: (u: number) => number;
  coordinate: (x: number) => number;
  /** Mean and standard deviation of x. */
  mean: number;
  standardDeviation: number;
  /** The value of x below which it lies with probability p. */
  quantile: (p: number) => number;
};

/**
 * Returns the beta distribution as a posterior in log odds. There its density is log-concave for every a, b > 0, also
 * below 1, where the density in x is infinite at an end.
 * @param a first shape, prior successes + successes; positive
 * @param b second shape, prior failures + failures; positive
 */
export function betaPosterior(a: number, b: number): Posterior {
  const p = a / (a + b);
  const q = b / (a + b);
  return {
    mode: Math.log(a) - Math.log(b),
    scale: Math.sqrt(1 / a + 1 / b),
    logDensity: (u) => logBetaPower(a, b, pointAtLogOdds(u)),
    logCdf: (u) => logIncompleteBeta(a, b, pointAtLogOdds(u)).lower,
    logSf: (u) => logIncompleteBeta(a, b, pointAtLogOdds(u)).upper,
    logJacobian: (u) => {
      const {logX, logY} = pointAtLogOdds(u);
      return logX + logY;
    },
    value: (u) => pointAtLogOdds(u).x,
    coordinate: (x) => (x <= 0 ? -Infinity : x >= 1 ? Infinity : Math.log(x) - Math.log1p(-x)),
    mean: p,
    standardDeviation: Math.sqrt((p * q) / (a + b + 1)),
    quantile: (probability) => beta.quantile(probability, a, b)
  };
}

/** Returns the normal distribution as a posterior; u is x. */
export function gaussianPosterior(mean: number, standardDeviation: number): Posterior {
  const z = (u: number) => (u - mean) / standardDeviation;
  const constant = -Math.log(standardDeviation) - 0.5 * Math.log(2 * Math.PI);
  return {
    mode: mean,
    scale: standardDeviation,
    logDensity: (u) => constant - 0.5 * z(u) ** 2,
    logCdf: (u) => logNormalTail(-z(u)),
    logSf: (u) => logNormalTail(z(u)),
    logJacobian: () => 0,
    value: (u) => u,
    coordinate: (x) => x,
    mean,
    standardDeviation,
    quantile: (probability) => mean + standardDeviation * normal.quantile(probability)
  };
}

/** Returns the logarithm of the standard normal's P(Z > z), also where that underflows. */
function logNormalTail(z: number): number {
  if (z < -5) return Math.log1p(-normal.cdf(z));
  if (z < 37) return Math.log(normal.sf(z));
  const r = 1 / z ** 2;
  return -0.5 * z ** 2 - Math.log(z) - 0.5 * Math.log(2 * Math.PI) + Math.log1p(-r * (1 - 3 * r));
}
