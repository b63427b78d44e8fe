import {chiSquare} from "../../stats/distributions.ts";
import type {NoveltyResult} from "../readout.ts";
import {choleskyOfCovariance, dot, solveInPlace} from "./matrix.ts";
import type {TenureBlocks} from "./tenureBlocks.ts";
import type {TenureIndex} from "./tenureIndex.ts";

/**
 * Returns the test that dates matter beyond tenure and cohort, over the triangle of effects (log ratios of groups of cohorts
 * by blocks of tenure): how much better tenure + cohort + date fits than tenure + cohort, by generalized least squares with
 * the covariance between the days of a unit; chi-square. A steady change along dates is the same as a steady change along
 * tenure and cohorts together, and cannot be told by any method; it shows as cohorts that differ.
 *
 * Null with a reason without products between days, or with a triangle too small to hold dates apart.
 *
 * @see Fosse & Winship (2019), Analyzing age-period-cohort data, https://doi.org/10.1146/annurev-soc-073018-022616
 */
export function calendarTest(
  {sums: {kind, origin}}: TenureIndex,
  {groups, length, count}: TenureBlocks,
  covariances: ReadonlyMap<string, Float64Array | null>,
  [control, treatment]: readonly [string, string]
): NonNullable<NoveltyResult["calendar"]> {
  const unknown = (reason: string) => ({cochranQ: null, degreesOfFreedom: null, pValue: null, reason});
  const lived = groups.filter(({lived}) => lived > 0);
  if (lived.length < 2 || count < 2)
    return unknown("dates cannot be told from tenure with one cohort or one block of days");
  const [c, t] = [covariances.get(control), covariances.get(treatment)];
  if (!c || !t) return unknown("the products between days are missing");
  const rows: GroupRows[] = [];
  const residual = new Float64Array(lived.reduce((sum, {lived}) => sum + lived, 0));
  let n = 0;
  lived.forEach(({arms, lived: size, block}, group) => {
    const logs = new Float64Array(size);
    const variance = new Float64Array(size * size);
    for (const [i, variant] of [control, treatment].entries()) {
      const arm = arms.get(variant);
      if (arm === undefined || arm.n === 0) return;
      const own = i === 0 ? c : t;
      const outcome = Float64Array.from(logs, (_, h) => (origin.y ?? 0) + arm.y[h]! / (arm.n * length));
      for (let h = 0; h < size; h++) {
        const mean = outcome[h]!;
        const denominator = kind === "ratio" ? (origin.w ?? 0) + arm.w[h]! / (arm.n * length) : 1;
        if (!(mean * denominator > 0 && mean * mean > (9 * own[h * count + h]!) / arm.n)) return;
        logs[h]! += (i === 0 ? -1 : 1) * Math.log(mean / denominator);
        for (let other = 0; other < size; other++)
          variance[h * size + other]! += own[h * count + other]! / (arm.n * mean * outcome[other]!);
      }
    }
    const factor = choleskyOfCovariance(variance, size);
    if (factor === null) return;
    residual.set(logs, n);
    solveInPlace(factor, residual, {n: size, from: n});
    rows.push({group, block, factor, from: n, size});
    n += size;
  });
  if (rows.length < 2) return unknown("fewer than two cohorts have an effect in every block of their days");
  const fit = {rows, residual: residual.subarray(0, n), basis: []};
  project(fit, count, (_, tenure) => tenure);
  project(fit, lived.length, ({group}) => group);
  const without = dot(fit.residual, fit.residual);
  const dates = 1 + Math.max(...rows.map(({block, size}) => block + size - 1));
  const degreesOfFreedom = project(fit, dates, ({block}, tenure) => block + tenure);
  if (degreesOfFreedom === 0) return unknown("too few cohorts and days to tell dates from tenure and cohorts");
  const cochranQ = Math.max(0, without - dot(fit.residual, fit.residual));
  return {cochranQ, degreesOfFreedom, pValue: chiSquare.sf(cochranQ, degreesOfFreedom), reason: null};
}

/** One group's cells among all: one for each block of tenure, and the Cholesky factor of their covariance. */
interface GroupRows {
  readonly group: number;
  readonly block: number;
  readonly factor: Float64Array;
  readonly from: number;
  readonly size: number;
}

/** What is left of the effects, made independent, and the orthonormal columns that were taken out of them. */
interface Fit {
  readonly rows: readonly GroupRows[];
  readonly residual: Float64Array;
  readonly basis: Float64Array[];
}

/** Takes a level for each of so many labels out of the residual; returns how many of them were new. */
function project(
  {rows, residual, basis}: Fit,
  labels: number,
  labelOf: (row: GroupRows, tenure: number) => number
): number {
  let added = 0;
  for (let label = 0; label < labels; label++) {
    const column = new Float64Array(residual.length);
    for (const row of rows) {
      const {factor, from, size} = row;
      let found = false;
      for (let h = 0; h < size; h++)
        if (labelOf(row, h) === label) {
          column[from + h] = 1;
          found = true;
        }
      if (found) solveInPlace(factor, column, {n: size, from});
    }
    const before = dot(column, column);
    let norm = before;
    // What little is left of a column that was nearly known already is cleared of its rounding errors once more.
    for (let pass = 0; pass === 0 || (pass === 1 && norm < before / 4); pass++) {
      for (const known of basis) subtract(column, known);
      norm = dot(column, column);
    }
    if (!(norm > 1e-9 * before)) continue;
    const size = Math.sqrt(norm);
    for (let i = 0; i < column.length; i++) column[i]! /= size;
    basis.push(column);
    subtract(residual, column);
    added++;
  }
  return added;
}

function subtract(column: Float64Array, known: Float64Array): void {
  const along = dot(column, known);
  for (let i = 0; i < column.length; i++) column[i]! -= along * known[i]!;
}
