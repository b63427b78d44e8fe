/**
 * Returns x ln(x / mean) + mean - x without cancellation where x is near mean: half the Poisson deviance, 0 at x = mean,
 * positive elsewhere. The exponent of a gamma or beta density is a sum of these.
 *
 * @param x a positive number
 * @param mean a non-negative number; at 0 the result is Infinity
 * @see Loader (2000), Fast and accurate computation of binomial probabilities, where it is called bd0
 * @example deviance(10, 12) // 0.176784432…
 */
export function deviance(x: number, mean: number): number {
  const gap = x - mean;
  if (Math.abs(gap) >= 0.1 * (x + mean)) return mean === 0 ? Infinity : x * Math.log(x / mean) - gap;
  const ratio = gap / (x + mean);
  const square = ratio * ratio;
  let power = 2 * x * ratio;
  let sum = gap * ratio;
  for (let j = 3; ; j += 2) {
    power *= square;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}
