import {chiSquare} from "../../stats/distributions.ts";
import type {NoveltyResult} from "../readout.ts";
import type {TenureBlocks} from "./tenureBlocks.ts";
import type {TenureSums} from "./tenureSums.ts";

/**
 * Returns the test that the mix of entrants changes: Pearson's chi-square of groups of cohorts by the values of a dimension,
 * for the dimension that changes most, its p-value times the number of dimensions (Bonferroni). Values with fewer than five
 * expected units in some group are put together. Null with a reason without dimensions or with one group.
 */
export function mixTest(sums: TenureSums, {groups}: TenureBlocks): NonNullable<NoveltyResult["mix"]> {
  const unknown = (reason: string) => ({chiSquare: null, degreesOfFreedom: null, pValue: null, reason});
  const dimensions = [...new Set(sums.entrants.map(({dimension}) => dimension))];
  if (dimensions.length === 0)
    return unknown("there is no dimension with two values by which entrants could be compared");
  const blockOf = new Map(groups.flatMap(({cohorts, block}) => cohorts.map((cohort) => [cohort, block])));
  const tests = dimensions.flatMap((dimension) => {
    const rows = sums.entrants.filter((row) => row.dimension === dimension && row.n > 0);
    const test = homogeneity(rows.map(({value, cohort, n}) => ({value, block: blockOf.get(cohort) ?? -1, n})));
    return test === null ? [] : [test];
  });
  const [first, ...rest] = tests;
  if (first === undefined)
    return unknown(
      new Set(blockOf.values()).size < 2
        ? "one cohort has nothing to be compared with"
        : "no dimension has two values with enough units"
    );
  const worst = rest.reduce((a, b) => (b.pValue < a.pValue ? b : a), first);
  return {...worst, pValue: Math.min(1, worst.pValue * tests.length), reason: null};
}

function homogeneity(rows: readonly {value: string; block: number; n: number}[]) {
  const blocks = [...new Set(rows.map(({block}) => block))];
  const total = rows.reduce((sum, {n}) => sum + n, 0);
  const inBlock = blocks.map((block) => rows.reduce((sum, row) => sum + (row.block === block ? row.n : 0), 0));
  const smallest = Math.min(...inBlock) / total;
  const counts = new Map<string, number>();
  for (const {value, n} of rows) counts.set(value, (counts.get(value) ?? 0) + n);
  const kept = [...counts].filter(([, n]) => n * smallest >= 5).map(([value]) => value);
  const columns = blocks.map((block) => {
    const own = kept.map((value) =>
      rows.reduce((sum, row) => sum + (row.block === block && row.value === value ? row.n : 0), 0)
    );
    const all = rows.reduce((sum, row) => sum + (row.block === block ? row.n : 0), 0);
    return [...own, all - own.reduce((sum, n) => sum + n, 0)];
  });
  const sums = columns[0]?.map((_, v) => columns.reduce((sum, column) => sum + column[v]!, 0)) ?? [];
  const used = sums.flatMap((sum, v) => (sum * smallest >= 5 ? [v] : []));
  if (blocks.length < 2 || used.length < 2) return null;
  const units = used.reduce((sum, v) => sum + sums[v]!, 0);
  let statistic = 0;
  for (const column of columns) {
    const own = used.reduce((sum, v) => sum + column[v]!, 0);
    for (const v of used) {
      const expected = (own * sums[v]!) / units;
      if (expected > 0) statistic += (column[v]! - expected) ** 2 / expected;
    }
  }
  const degreesOfFreedom = (blocks.length - 1) * (used.length - 1);
  return {chiSquare: statistic, degreesOfFreedom, pValue: chiSquare.sf(statistic, degreesOfFreedom)};
}
