import type {TenureSums} from "../../experiment/novelty/tenureSums.ts";

/** A column of tenure.parquet. */
type Value = string | number | null;

const texts = ["metric", "part", "cohort", "until", "phase", "variant", "dimension", "value"] as const;
const numbers = ["j", "k", "n", "y", "yy", "w", "ww", "yw", "z", "yz", "v", "wv", "yv", "wz"] as const;
const spans = ["e", "l", "ee", "ll", "el", "f", "m", "ff", "mm", "fm", "ef", "lm", "em", "lf"] as const;

/** The columns of tenure.parquet; `part` says which sums a row holds, and what it does not have is null. */
export const tenureColumns = [
  ...texts.map((name) => ({name, type: "VARCHAR" as const})),
  ...[...numbers, ...spans].map((name) => ({name, type: "DOUBLE" as const}))
];

/**
 * Returns the rows of tenure.parquet, each in the order of its columns: for each metric its cohorts (`k` is the last day, n the
 * units of a variant), days (`k`), products (`j`, `k`), early and both spans, slopes, weekdays and entrants; then for each
 * value of a dimension its cohorts, days and both spans.
 */
export function tenureRows(tenure: Readonly<Record<string, TenureSums>>): Value[][] {
  const names = tenureColumns.map(({name}) => name);
  const rows: Value[][] = [];
  const add = (row: Readonly<Record<string, Value>>): number => rows.push(names.map((name) => row[name] ?? null));
  for (const [metric, sums] of Object.entries(tenure)) {
    for (const {cohort, until, phase, lastDay, units} of sums.cohorts)
      for (const [variant, n] of Object.entries(units))
        add({metric, part: "cohort", cohort, until, phase, variant, k: lastDay, n});
    for (const {day, ...row} of sums.days) add({metric, part: "day", k: day, ...row});
    for (const row of sums.products) add({metric, part: "product", ...row});
    for (const row of sums.early) add({metric, part: "early", ...row});
    for (const row of sums.both) add({metric, part: "both", ...row});
    for (const row of sums.slopes) add({metric, part: "slope", ...row});
    for (const row of sums.weekdays) add({metric, part: "weekday", ...row});
    for (const row of sums.entrants) add({metric, part: "entrant", ...row});
    for (const {dimension, value, ...own} of sums.segments ?? []) {
      for (const {cohort, until, phase, lastDay, units} of own.cohorts)
        for (const [variant, n] of Object.entries(units))
          add({metric, dimension, value, part: "cohort", cohort, until, phase, variant, k: lastDay, n});
      for (const {day, ...row} of own.days) add({metric, dimension, value, part: "day", k: day, ...row});
      for (const row of own.both) add({metric, dimension, value, part: "both", ...row});
    }
  }
  return rows;
}
