/** The nodes and weights of a quadrature rule on [-1, 1]. */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Returns the Gauss-Legendre rule with n nodes on [-1, 1], in rising order: it integrates polynomials up to degree
 * 2n - 1 exactly. The nodes are the roots of the Legendre polynomial, found by Newton's method to the last bit or two.
 *
 * @param n number of nodes; a positive integer
 * @throws {RangeError} if n is not a positive integer
 * @see https://dlmf.nist.gov/3.5#v
 * @example gaussLegendre(2).nodes // [-0.577…, 0.577…]
 */
export function gaussLegendre(n: number): QuadratureRule {
  if (!(Number.isInteger(n) && n > 0)) throw new RangeError(`invalid n; not a positive integer: ${n}`);
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < Math.ceil(n / 2); ++i) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 100; ++round) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= n; ++k) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (x * value - before)) / (x * x - 1);
      const step = value / slope;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    if (2 * i + 1 === n) x = 0;
    nodes[i] = -x;
    nodes[n - 1 - i] = x;
    weights[i] = weights[n - 1 - i] = 2 / ((1 - x * x) * slope * slope);
  }
  return {nodes, weights};
}
