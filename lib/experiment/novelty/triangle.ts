import type {NoveltyResult} from "../readout.ts";
import type {TenureBlocks} from "./tenureBlocks.ts";
import type {TenureSums} from "./tenureSums.ts";

/**
 * Returns the effect per day in every cell of cohort by tenure, oldest cohort first, with the units of both arms; a cell is
 * of as many entry dates and days as the blocks are long, and is named by the first of each. A cell without units in an arm
 * is left out; the relative effect is null where the control is zero.
 */
export function triangle(
  {groups, length, first}: TenureBlocks,
  {kind, origin}: TenureSums,
  [control, treatment]: readonly [string, string]
): NoveltyResult["triangle"] {
  const cells: NoveltyResult["triangle"] = [];
  const valueOf = ({n, y, w}: {n: number; y: Float64Array; w: Float64Array}, block: number): number | null => {
    const outcome = (origin.y ?? 0) + y[block]! / (n * length);
    if (kind !== "ratio") return outcome;
    const denominator = (origin.w ?? 0) + w[block]! / (n * length);
    return denominator === 0 ? null : outcome / denominator;
  };
  for (const {cohorts, lived, arms} of groups) {
    const [c, t] = [arms.get(control), arms.get(treatment)];
    if (c === undefined || t === undefined) continue;
    for (let block = 0; block < lived; block++) {
      const [base, value] = [valueOf(c, block), valueOf(t, block)];
      const difference = value === null || base === null ? null : value - base;
      cells.push({
        cohort: cohorts[0] ?? "",
        day: first + block * length,
        n: c.n + t.n,
        relativeDifference: difference === null || base === null || base === 0 ? null : difference / base,
        difference
      });
    }
  }
  return cells;
}
