import {checkLength} from "./checks.ts";
import {compareEstimates} from "./comparison.ts";
import type {Comparison, ComparisonOptions} from "./comparison.ts";
import {estimateMean} from "./compareMeans.ts";
import {addMoments, emptyMoments} from "./moments.ts";
import type {Moments} from "./moments.ts";

/** A comparison within strata. */
export type PostStratifiedComparison = Comparison & {
  /** Number of strata compared, after merging. */
  readonly strata: number;
  /** Number of strata that were merged because an arm had fewer than two units in them. */
  readonly merged: number;
};

/**
 * Returns the comparison of two means within strata (segments, or phases with other weights), put together with each stratum's share of all units:
 * Σ share (treatment mean - control mean). Variances (n - 1) are per arm and stratum, the shares taken as fixed; degrees of freedom Satterthwaite's
 * over all arms and strata. The interval inverts the test; the relative one is Fieller's. Strata in which an arm has fewer than two units are merged
 * with one another, and what is still too small with the smallest other stratum.
 *
 * No stratum with two units in each arm: all null with a reason.
 *
 * @param control sums of the control's units, one for each stratum
 * @param treatment sums of the treatment's units, in the same order
 * @throws {RangeError} if the lists differ in length, a count is negative, a sum is not finite or the level is not in (0, 1)
 * @see Miratrix, Sekhon & Yu (2013), https://doi.org/10.1111/j.1467-9868.2012.01048.x
 */
export function comparePostStratified(
  control: readonly Moments[],
  treatment: readonly Moments[],
  {level, alternative}: ComparisonOptions = {}
): PostStratifiedComparison {
  checkLength("control", control, control.length);
  checkLength("treatment", treatment, control.length);
  const pairs = pairStrata(control, treatment);
  const strata = mergeSmall(pairs);
  const total = strata.reduce((sum, [b, a]) => sum + b.n + a.n, 0);
  let [meanB, meanA, vb, va, square] = [0, 0, 0, 0, 0];
  for (const [b, a] of strata) {
    const share = (b.n + a.n) / total;
    const [left, right] = [estimateMean(b), estimateMean(a)];
    meanB += share * (left.estimate ?? 0);
    meanA += share * (right.estimate ?? 0);
    const leftVariance = (share * (left.standardError ?? 0)) ** 2;
    const rightVariance = (share * (right.standardError ?? 0)) ** 2;
    vb += leftVariance;
    va += rightVariance;
    square += leftVariance ** 2 / (b.n - 1) + rightVariance ** 2 / (a.n - 1);
  }
  const [nB, nA] = [countOf(control), countOf(treatment)];
  const has = strata.length > 0;
  const result = compareEstimates(
    "post-stratified",
    {n: nB, estimate: has ? meanB : null, standardError: has ? Math.sqrt(vb) : null},
    {n: nA, estimate: has ? meanA : null, standardError: has ? Math.sqrt(va) : null},
    {level, alternative, degreesOfFreedom: square > 0 ? (vb + va) ** 2 / square : null}
  );
  return {...result, strata: strata.length, merged: has ? pairs.filter(isSmall).length : 0};
}

type Pair = readonly [control: Moments, treatment: Moments];

function pairStrata(control: readonly Moments[], treatment: readonly Moments[]): Pair[] {
  return control.flatMap((b, i) => {
    const a = treatment[i];
    return a && b.n + a.n > 0 ? [[b, a] as const] : [];
  });
}

function mergeSmall(pairs: readonly Pair[]): Pair[] {
  const large = pairs.filter((pair) => !isSmall(pair)).sort((p, q) => sizeOf(q) - sizeOf(p));
  const small = pairs.filter(isSmall);
  const first = pairs[0]?.[0].origin ?? {};
  if (small.length === 0) return large;
  const rest = small.reduce<Pair>(addPairs, [emptyMoments(first), emptyMoments(first)]);
  if (!isSmall(rest)) return [...large, rest];
  const smallest = large.pop();
  return smallest ? [...large, addPairs(smallest, rest)] : [];
}

function addPairs(p: Pair, q: Pair): Pair {
  return [addMoments(p[0], q[0]), addMoments(p[1], q[1])];
}

function isSmall([b, a]: Pair): boolean {
  return b.n < 2 || a.n < 2;
}

function sizeOf([b, a]: Pair): number {
  return b.n + a.n;
}

function countOf(strata: readonly Moments[]): number {
  return strata.reduce((n, m) => n + m.n, 0);
}
