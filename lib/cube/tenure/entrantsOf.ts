import type {TenureCohort, TenureEntrants} from "../../experiment/novelty/tenureSums.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import {phaseDimension} from "../row.ts";
import {cohortDays} from "./cohortsOf.ts";

/**
 * Returns the units of all variants by cohort and value of each dimension: whether the mix of entrants changed. A value
 * with fewer than `minimumUnits` units in some cohort counts as `other` in all; a dimension whose `other` stays below
 * that is left out, so that no difference to a cohort's size shows fewer.
 */
export async function entrantsOf(
  {steps}: LoadContext,
  {experiment, dimensions}: Plan,
  {cohorts, cells}: {cohorts: readonly TenureCohort[]; cells: readonly (readonly string[])[]}
): Promise<TenureEntrants[]> {
  const shown = dimensions.filter((name) => name !== phaseDimension);
  if (shown.length === 0) return [];
  const rows = await steps.rows("SELECT entry_day, cell, count(*) FROM units WHERE counts GROUP BY 1, 2 ORDER BY 1, 2");
  const spans = cohorts.map((cohort) => ({name: cohort.cohort, days: cohortDays(cohort)}));
  return shown.flatMap((dimension) => {
    const at = dimensions.indexOf(dimension);
    const counts = new Map<string, Map<string, number>>();
    for (const [day, cell, n] of rows) {
      const cohort = spans.find(({days: [from, to]}) => from <= Number(day) && Number(day) <= to);
      const value = cells[Number(cell)]?.[at];
      if (cohort === undefined || value === undefined) continue;
      const own = counts.get(value) ?? new Map<string, number>();
      own.set(cohort.name, (own.get(cohort.name) ?? 0) + Number(n));
      counts.set(value, own);
    }
    const minimum = experiment.minimumUnits;
    const enough = (own: ReadonlyMap<string, number>): boolean =>
      spans.every(({name}) => (own.get(name) ?? 0) >= minimum);
    const kept = [...counts].filter(([value, own]) => value !== "other" && enough(own));
    const rest = new Map<string, number>();
    for (const [value, own] of counts)
      if (!kept.some(([name]) => name === value))
        for (const [cohort, n] of own) rest.set(cohort, (rest.get(cohort) ?? 0) + n);
    if (rest.size > 0 && !enough(rest)) {
      const smallest = kept.sort((a, b) => total(a[1]) - total(b[1])).shift();
      if (smallest === undefined) return [];
      for (const [cohort, n] of smallest[1]) rest.set(cohort, (rest.get(cohort) ?? 0) + n);
    }
    const all = rest.size > 0 ? [...kept, ["other", rest] as const] : kept;
    if (all.length < 2) return [];
    return all
      .flatMap(([value, own]) => [...own].map(([cohort, n]) => ({dimension, value, cohort, n})))
      .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.cohort < b.cohort ? -1 : 1));
  });
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((a, b) => a + b, 0);
}
