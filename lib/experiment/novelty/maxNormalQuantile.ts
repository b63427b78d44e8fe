import {normalQuantile} from "../../stats/normalQuantile.ts";

/** Further arguments of `maxNormalQuantile`. */
export interface MaxNormalOptions {
  /** Points of the lattice; defaults to 4093, which is good to about 0.02. */
  readonly points?: number;
}

/**
 * Returns the c with P(max |Z| <= c) = level for standard normals with a given correlation, so that level-wide bands hold
 * for all of them together. Quasi-Monte Carlo on Richtmyer's lattice (fractional parts of multiples of roots of primes):
 * the same number on every machine, without a seed.
 *
 * @param factor Cholesky factor of a covariance matrix, by rows
 * @param size how many normals, at least 1
 * @param level in (0, 1)
 * @see Genz & Bretz (2009), Computation of multivariate normal and t probabilities, https://doi.org/10.1007/978-3-642-01689-9
 */
export function maxNormalQuantile(
  factor: Float64Array,
  size: number,
  level: number,
  {points = 4093}: MaxNormalOptions = {}
): number {
  const steps = primes(size).map((prime) => Math.sqrt(prime) % 1);
  const rows = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    let square = 0;
    for (let k = 0; k <= i; k++) square += factor[i * size + k]! ** 2;
    for (let k = 0; k <= i; k++) rows[i * size + k] = factor[i * size + k]! / Math.sqrt(square);
  }
  const maxima = new Float64Array(points);
  const x = new Float64Array(size);
  for (let point = 0; point < points; point++) {
    for (let i = 0; i < size; i++) {
      const u = ((point + 0.5) * steps[i]!) % 1;
      // The baker's map makes the lattice periodic: its error then falls faster.
      x[i] = normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, 1 - Math.abs(2 * u - 1))));
    }
    let largest = 0;
    for (let i = 0; i < size; i++) {
      let z = 0;
      for (let k = 0; k <= i; k++) z += rows[i * size + k]! * x[k]!;
      if (z < 0) z = -z;
      if (z > largest) largest = z;
    }
    maxima[point] = largest;
  }
  maxima.sort();
  const at = level * points - 0.5;
  const below = Math.min(points - 1, Math.max(0, Math.floor(at)));
  const above = Math.min(points - 1, below + 1);
  return maxima[below]! + (at - below) * (maxima[above]! - maxima[below]!);
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}
