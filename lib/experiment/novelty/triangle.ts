import type {NoveltyResult} from "../readout.ts";
import type {TenureSums} from "./tenureSums.ts";

/**
 * Returns the effect in every cell of cohort by tenure day, oldest cohort first, with the units of both arms. A cell without
 * units in an arm is left out; the relative effect is null where the control is zero.
 */
export function triangle(
  {kind, origin, days, cohorts}: TenureSums,
  [control, treatment]: readonly [string, string]
): NoveltyResult["triangle"] {
  const other = new Map<string, {n: number; value: number | null}>();
  const valueOf = (n: number, y: number, w: number): number | null => {
    const outcome = (origin.y ?? 0) + y / n;
    if (kind !== "ratio") return outcome;
    const denominator = (origin.w ?? 0) + w / n;
    return denominator === 0 ? null : outcome / denominator;
  };
  const order = new Map(cohorts.map(({cohort}, i) => [cohort, i]));
  for (const {cohort, variant, day, n, y, w = 0} of days)
    if (variant === control && n > 0) other.set(`${cohort} ${day}`, {n, value: valueOf(n, y, w)});
  const cells: NoveltyResult["triangle"] = [];
  for (const {cohort, variant, day, n, y, w = 0} of days) {
    if (variant !== treatment || n === 0) continue;
    const base = other.get(`${cohort} ${day}`);
    if (base === undefined) continue;
    const value = valueOf(n, y, w);
    const difference = value === null || base.value === null ? null : value - base.value;
    const relativeDifference =
      difference === null || base.value === null || base.value === 0 ? null : difference / base.value;
    cells.push({cohort, day, n: n + base.n, relativeDifference, difference});
  }
  return cells.sort((a, b) => (order.get(a.cohort) ?? 0) - (order.get(b.cohort) ?? 0) || a.day - b.day);
}
