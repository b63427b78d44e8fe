/** Where to look, and how exact. */
export type BracketedRootOptions = {
  /** The root is sought within these; defaults to the whole line. */
  limits?: readonly [number, number];
  /** Relative to the root; defaults to 1e-13. */
  tolerance?: number;
  /** In the unit of x; defaults to 0. */
  absoluteTolerance?: number;
};

/**
 * Returns where a monotone function crosses 0, starting from a bracket that is widened (doubled about its middle, kept
 * inside the limits) until the signs differ; an end of the limits if they never do. Chandrupatla's method: bisection
 * made faster where the function is smooth, never slower than bisection by more than a few steps.
 *
 * @param f a monotone function, finite inside the limits
 * @param bracket a first guess [lower, upper], lower < upper
 * @see Chandrupatla (1997), Adv. Eng. Softw. 28:145–149, https://doi.org/10.1016/S0965-9978(96)00051-8
 * @example bracketedRoot((x) => x * x - 2, [1, 2]) // 1.4142135623730951
 */
export function bracketedRoot(
  f: (x: number) => number,
  [lower, upper]: readonly [number, number],
  {limits = [-Infinity, Infinity], tolerance = 1e-13, absoluteTolerance = 0}: BracketedRootOptions = {}
): number {
  let a = Math.max(lower, limits[0]);
  let b = Math.min(upper, limits[1]);
  let fa = f(a);
  let fb = f(b);
  for (let i = 0; fa * fb > 0 && i < 200; ++i) {
    if (a <= limits[0] && b >= limits[1]) return Math.abs(fa) < Math.abs(fb) ? a : b;
    const width = b - a;
    // Only the end nearer to the root moves far: the other has the same sign and is farther away.
    if (Math.abs(fa) < Math.abs(fb)) [b, fb, a] = [a, fa, Math.max(a - 2 * width, limits[0])];
    else [a, fa, b] = [b, fb, Math.min(b + 2 * width, limits[1])];
    if (a === b) return a;
    fa = f(a);
    fb = f(b);
  }
  if (fa * fb > 0) return Math.abs(fa) < Math.abs(fb) ? a : b;
  let [c, fc] = [a, fa];
  let t = 0.5;
  for (let i = 0; i < 200; ++i) {
    const x = a + t * (b - a);
    const fx = f(x);
    if (Math.sign(fx) === Math.sign(fa)) [c, fc, a, fa] = [a, fa, x, fx];
    else [c, fc, b, fb, a, fa] = [b, fb, a, fa, x, fx];
    const [best, fBest] = Math.abs(fa) < Math.abs(fb) ? [a, fa] : [b, fb];
    const near = (Math.max(tolerance, 4 * Number.EPSILON) * Math.abs(best) + absoluteTolerance) / Math.abs(b - a);
    if (fBest === 0 || near > 0.5 || !(Math.abs(b - a) > 1e-300)) return best;
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    const interpolate = phi ** 2 < xi && (1 - phi) ** 2 < 1 - xi;
    t = interpolate
      ? (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb))
      : 0.5;
    t = Math.min(1 - near, Math.max(near, t));
  }
  return Math.abs(fa) < Math.abs(fb) ? a : b;
}
