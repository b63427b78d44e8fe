import {chiSquare, normal} from "../stats/distributions.ts";
import {chiSquareIndependence} from "../stats/index.ts";
import {mean, variance} from "../stats/moments.ts";
import type {Moments} from "../stats/moments.ts";
import type {SegmentArms} from "./decomposition.ts";
import type {Kind} from "./words.ts";

/**
 * Whether the arms hold different shares of the segments by more than chance (p below 1%): else a total that points the
 * other way is chance as well. Of units by chi-square over all phases; of a ratio's denominators by the largest difference,
 * Bonferroni, for those weigh the segments then. False with one segment, or where an arm is empty.
 *
 * @param phases by entry phase: both arms' moments in every segment
 */
export function sharesDiffer(phases: readonly (readonly SegmentArms[])[], {kind}: {readonly kind: Kind}): boolean {
  if (kind === "ratio")
    return phases.some((segments) => {
      const [c, t] = [weightShares(segments.map((s) => s.control)), weightShares(segments.map((s) => s.treatment))];
      const critical = normal.upperQuantile(0.005 / phases.length / segments.length);
      return c.some(({share, variance}, i) => {
        const other = t[i];
        return other !== undefined && Math.abs(other.share - share) > critical * Math.sqrt(variance + other.variance);
      });
    });
  let [statistic, degrees] = [0, 0];
  for (const segments of phases) {
    const units = segments.map(({control, treatment}) => [control?.n ?? 0, treatment?.n ?? 0] as const);
    const used = units.filter(([c, t]) => c + t > 0);
    if (used.length < 2) continue;
    const {chiSquare: own, df} = chiSquareIndependence(
      used.map(([, t]) => t),
      used.map(([c, t]) => c + t)
    );
    if (own === null) continue;
    statistic += own;
    degrees += df;
  }
  return degrees > 0 && chiSquare.sf(statistic, degrees) < 0.01;
}

/** Each segment's share of an arm's denominators, with its variance (delta method); empty without any. */
function weightShares(arms: readonly (Moments | undefined)[]): {share: number; variance: number}[] {
  const sums = arms.map((arm) => {
    const weight = arm === undefined ? null : mean(arm, "w");
    if (arm === undefined || weight === null) return {total: 0, squares: 0};
    return {total: arm.n * weight, squares: (arm.n - 1) * (variance(arm, "w") ?? 0) + arm.n * weight * weight};
  });
  const all = sums.reduce((sum, {total}) => sum + total, 0);
  const squares = sums.reduce((sum, own) => sum + own.squares, 0);
  if (!(all > 0)) return [];
  return sums.map((own) => {
    const share = own.total / all;
    const spread = own.squares * (1 - share) ** 2 + (squares - own.squares) * share * share;
    return {share, variance: spread / (all * all)};
  });
}
