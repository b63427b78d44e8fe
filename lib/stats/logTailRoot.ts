/**
 * Returns the u at which an increasing, concave function of u is zero, by Newton's method. The logarithm of a distribution
 * function is concave where the density is log-concave, as the gamma distribution's is in ln x and the beta distribution's in
 * ln(x / (1 - x)); a tangent then lies above the curve, so the steps cannot run away and come in from the left.
 *
 * @param start where to begin; any number
 * @param valueAndSlope the function's value and its slope at u; the slope is positive
 */
export function logTailRoot(
  start: number,
  valueAndSlope: (u: number) => readonly [value: number, slope: number]
): number {
  let u = start;
  for (let i = 0; i < 200; i++) {
    const [value, slope] = valueAndSlope(u);
    const step = value / slope;
    if (!Number.isFinite(step)) return u;
    u -= Math.max(-500, Math.min(500, step));
    if (Math.abs(step) <= 1e-15 * Math.max(1, Math.abs(u))) return u;
    if (i > 2 && Math.abs(value) < 1e-15) return u;
  }
  return u;
}
