import type {TenurePairRow} from "./tenureSums.ts";

/**
 * Returns the covariance (n - 1, n at least 2) of units' values on two days; of a ratio that of y - ratio * w, with the
 * ratio of each day.
 */
export function pairCovariance(
  {n, y, z, yz, w, v = 0, wv = 0, yv = 0, wz = 0}: TenurePairRow,
  ratioJ: number,
  ratioK: number
): number {
  const outcome = (yz - (y * z) / n) / (n - 1);
  if (w === undefined) return outcome;
  const [a, b, c] = [yv - (y * v) / n, wz - (w * z) / n, wv - (w * v) / n];
  return outcome + (ratioJ * ratioK * c - ratioK * a - ratioJ * b) / (n - 1);
}
