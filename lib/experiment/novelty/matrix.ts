/**
 * Returns the lower triangle L with L L' = A of a symmetric matrix by rows, or null if A is not positive definite.
 *
 * @param a n x n numbers, of which the lower triangle is read; not changed
 */
export function cholesky(a: Float64Array, n: number): Float64Array | null {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) {
        if (!(sum > 1e-12 * a[i * n + i]!)) return null;
        l[i * n + i] = Math.sqrt(sum);
      } else l[i * n + j] = sum / l[j * n + j]!;
    }
  return l;
}

/**
 * Returns the Cholesky factor of a covariance matrix; one that was put together from samples that differ and is not
 * positive definite is drawn towards its diagonal, by 1% at a time, until it is. Null if a variance is not above 0.
 */
export function choleskyOfCovariance(a: Float64Array, n: number): Float64Array | null {
  for (let i = 0; i < n; i++) if (!(a[i * n + i]! > 0 && a[i * n + i]! < Infinity)) return null;
  const drawn = Float64Array.from(a);
  for (let step = 0; step < 200; step++) {
    const l = cholesky(drawn, n);
    if (l !== null) return l;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) drawn[i * n + j]! *= 0.99;
  }
  return null;
}

/** Returns x with L x = b. */
export function forward(l: Float64Array, b: ArrayLike<number>, n: number): Float64Array {
  const x = Float64Array.from(b);
  solveInPlace(l, x, {n});
  return x;
}

/**
 * Turns b into the x with L x = b, for as many right sides as there are columns: element i of side c is at
 * from + i * columns + c.
 */
export function solveInPlace(
  l: Float64Array,
  b: Float64Array,
  {n, from = 0, columns = 1}: {n: number; from?: number; columns?: number}
): void {
  for (let i = 0; i < n; i++) {
    const own = from + i * columns;
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k]!;
      const known = from + k * columns;
      for (let c = 0; c < columns; c++) b[own + c]! -= factor * b[known + c]!;
    }
    const pivot = l[i * n + i]!;
    for (let c = 0; c < columns; c++) b[own + c]! /= pivot;
  }
}

/** Returns the sum of products of two lists of one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
