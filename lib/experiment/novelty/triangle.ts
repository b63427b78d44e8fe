import type {NoveltyResult} from "../readout.ts";
import type {TenureBlocks} from "./tenureBlocks.ts";
import type {TenureSums} from "./tenureSums.ts";

/**
 * Returns the effect per day in every cell of cohort by tenure, a row for each cohort, oldest first, with the units of
 * both arms; a cell is of as many entry dates and days as the blocks are long. A row is named by its first entry date and
 * its first day. A row without units in an arm is left out; the relative effect is null where the control is zero.
 */
export function triangle(
  {groups, length, first}: TenureBlocks,
  {kind, origin}: TenureSums,
  [control, treatment]: readonly [string, string]
): NoveltyResult["triangle"] {
  const valueOf = ({n, y, w}: {n: number; y: Float64Array; w: Float64Array}, block: number): number | null => {
    const outcome = (origin.y ?? 0) + y[block]! / (n * length);
    if (kind !== "ratio") return outcome;
    const denominator = (origin.w ?? 0) + w[block]! / (n * length);
    return denominator === 0 ? null : outcome / denominator;
  };
  return groups.flatMap(({cohorts, lived, arms}) => {
    const [c, t] = [arms.get(control), arms.get(treatment)];
    if (c === undefined || t === undefined || lived === 0) return [];
    const relativeDifferences: (number | null)[] = [];
    for (let block = 0; block < lived; block++) {
      const base = valueOf(c, block);
      const value = valueOf(t, block);
      relativeDifferences.push(value === null || base === null || base === 0 ? null : (value - base) / base);
    }
    return [{cohort: cohorts[0] ?? "", day: first, n: c.n + t.n, relativeDifferences}];
  });
}
