import type {NoveltyResult} from "../readout.ts";
import {cellWidth} from "./tenureIndex.ts";
import type {TenureIndex} from "./tenureIndex.ts";

/**
 * Returns the effect in every cell of cohort by tenure day, oldest cohort first, with the units of both arms. A cell without
 * units in an arm is left out; the relative effect is null where the control is zero.
 */
export function triangle(
  {sums, arms, first, length}: TenureIndex,
  [control, treatment]: readonly [string, string]
): NoveltyResult["triangle"] {
  const {kind, origin, cohorts} = sums;
  const [c, t] = [arms.get(control)?.cells, arms.get(treatment)?.cells];
  if (c === undefined || t === undefined) return [];
  const valueOf = (cells: Float64Array, at: number): number | null => {
    const outcome = (origin.y ?? 0) + cells[at + 1]! / cells[at]!;
    if (kind !== "ratio") return outcome;
    const denominator = (origin.w ?? 0) + cells[at + 2]! / cells[at]!;
    return denominator === 0 ? null : outcome / denominator;
  };
  return cohorts.flatMap(({cohort}, place) => {
    const rows: NoveltyResult["triangle"] = [];
    for (let i = 0; i < length; i++) {
      const at = (place * length + i) * cellWidth;
      const n = c[at]! + t[at]!;
      if (c[at] === 0 || t[at] === 0) continue;
      const [base, value] = [valueOf(c, at), valueOf(t, at)];
      const difference = value === null || base === null ? null : value - base;
      const relativeDifference = difference === null || base === null || base === 0 ? null : difference / base;
      rows.push({cohort, day: first + i, n, relativeDifference, difference});
    }
    return rows;
  });
}
