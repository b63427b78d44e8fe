import {stirlingError} from "../stats/logGamma.ts";
import {checkPositive} from "./checks.ts";

/** The prior of the sequential mismatch test. */
export interface SequentialMismatchOptions {
  /** Concentration of the Dirichlet prior about the weights, in units; larger looks for smaller deviations. Defaults to 10000. */
  concentration?: number;
}

/** The evidence of a mismatch at one look. */
export interface SequentialMismatch {
  /** Natural logarithm of the Bayes factor of any other split against the expected one. */
  logBayesFactor: number;
  /** min(1, 1 / Bayes factor) of this look only; valid at any time. */
  pValue: number;
}

/**
 * Returns the sequential test of a sample ratio mismatch among k arms: the Dirichlet-multinomial Bayes factor with the
 * prior concentration * weights. Under the expected split the factor is a martingale, so it ever reaches 1 / alpha with
 * a probability of at most alpha, however often and whenever one looks. Absolute error below 1e-8 up to 1e9 units. No
 * units give the p-value 1.
 *
 * @param observed units per arm, integers from 0 up; at least two arms
 * @param expectedWeights the split by design, positive; scaled to add up to 1
 * @throws {RangeError} if counts, weights or concentration are out of range or of different lengths
 * @see Lindon & Malek (2022), https://arxiv.org/abs/2011.03567
 * @example sequentialSampleRatioMismatch([95723, 91911], [0.5, 0.5]).pValue // 4.79…e-16
 */
export function sequentialSampleRatioMismatch(
  observed: readonly number[],
  expectedWeights: readonly number[],
  {concentration = 10000}: SequentialMismatchOptions = {}
): SequentialMismatch {
  const weights = checkSplit(observed, expectedWeights);
  checkPositive("concentration", concentration);
  const units = observed.reduce((total, count) => total + count, 0);
  const size = concentration + units;
  // By Stirling's formula with its exact remainder: the large terms, which agree, are never formed.
  let divergence = 0;
  let rest = Math.log(size / concentration) + 2 * (stirlingError(concentration) - stirlingError(size));
  weights.forEach((weight, i) => {
    const count = observed[i] ?? 0;
    const prior = concentration * weight;
    const posterior = prior + count;
    divergence += size * weight * excess((count - units * weight) / (size * weight));
    rest += Math.log(prior / posterior) + 2 * (stirlingError(posterior) - stirlingError(prior));
  });
  const logBayesFactor = units === 0 ? 0 : divergence + rest / 2;
  return {logBayesFactor, pValue: Math.min(1, Math.exp(-logBayesFactor))};
}

/** Throws unless counts and weights are fit for a split; returns the weights scaled to add up to 1. */
export function checkSplit(observed: readonly number[], expectedWeights: readonly number[]): number[] {
  if (!(observed.length >= 2)) throw new RangeError(`invalid observed; requires at least two arms: ${observed.length}`);
  if (observed.length !== expectedWeights.length) {
    throw new RangeError(`invalid expectedWeights; not one per arm (${observed.length}): ${expectedWeights.length}`);
  }
  for (const count of observed) {
    if (!(Number.isInteger(count) && count >= 0)) {
      throw new RangeError(`invalid observed; not integers from 0 up: ${count}`);
    }
  }
  for (const weight of expectedWeights) checkPositive("expectedWeights", weight);
  const total = expectedWeights.reduce((sum, weight) => sum + weight, 0);
  return expectedWeights.map((weight) => weight / total);
}

/** (1 + e) ln(1 + e) - e for e >= -1, without cancellation near 0. */
function excess(e: number): number {
  if (e === -1) return 1;
  if (Math.abs(e) > 0.05) return (1 + e) * Math.log1p(e) - e;
  let sum = 0;
  let power = e * e;
  for (let k = 2; k < 16; ++k) {
    sum += power / (k * (k - 1));
    power *= -e;
  }
  return sum;
}
