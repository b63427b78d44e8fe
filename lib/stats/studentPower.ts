import {chiSquare, normal, t} from "./distributions.ts";
import {noncentralT} from "./noncentralT.ts";
import type {PowerOptions} from "./power.ts";
import {integrate} from "./quadrature.ts";

/**
 * Returns the power, in (0, 1), of a t-test whose true difference is `shift` standard errors; two-sided power counts both
 * tails.
 * @param shift true difference / standard error; finite
 * @param df degrees of freedom, positive and finite, need not be whole
 * @see https://en.wikipedia.org/wiki/Noncentral_t-distribution#Use_in_power_analysis
 * @example studentPower(2.8, 100) // 0.7930…
 */
export function studentPower(
  shift: number,
  df: number,
  {alpha = 0.05, alternative = "two-sided"}: Pick<PowerOptions, "alpha" | "alternative"> = {}
): number {
  const critical = t.upperQuantile(alternative === "two-sided" ? alpha / 2 : alpha, df);
  // With a hair of a degree of freedom the threshold is beyond every number, and no shift matters.
  if (critical === Infinity) return alpha;
  const above = alternative === "less" ? 0 : upperTail(critical, df, shift);
  const below = alternative === "greater" ? 0 : upperTail(critical, df, -shift);
  return Math.min(1, above + below);
}

function upperTail(x: number, df: number, shift: number): number {
  if (x < 100) return noncentralT.sf(x, df, shift);
  // The trapezoids of noncentralT get as many as x is large; over the normal part their number stays the same.
  const lower = Math.max(-shift, -38);
  if (!(lower < 38)) return 0;
  const tail = (z: number) => normal.pdf(z) * chiSquare.cdf(df * ((z + shift) / x) ** 2, df);
  const breaks = [lower, -6, -3, 0, 3, 6, 38].filter((z) => z >= lower);
  return integrate(tail, breaks);
}
