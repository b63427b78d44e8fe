import {chiSquare} from "../../stats/distributions.ts";
import type {NoveltyResult} from "../readout.ts";
import {choleskyOfCovariance, dot, forward} from "./matrix.ts";
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
  index: TenureIndex,
  blocks: TenureBlocks,
  [control, treatment]: readonly [string, string]
): NonNullable<NoveltyResult["calendar"]> {
  const unknown = (reason: string) => ({cochranQ: null, degreesOfFreedom: null, pValue: null, reason});
  const {groups, length, count} = blocks;
  const lived = groups.filter(({lived}) => lived > 0);
  if (lived.length < 2 || count < 2)
    return unknown("dates cannot be told from tenure with one cohort or one block of days");
  const spread = [control, treatment].map((variant) => blockCovariance(index, variant, blocks));
  const [c, t] = spread;
  if (!c || !t) return unknown("the products between days are missing");
  const {kind, origin} = index.sums;
  const cells: {group: number; tenure: number; date: number}[] = [];
  const whitened: {z: Float64Array; factor: Float64Array; from: number; size: number}[] = [];
  lived.forEach(({arms, lived: size, block}, group) => {
    const logs = new Float64Array(size);
    const variance = new Float64Array(size * size);
    for (const [i, variant] of [control, treatment].entries()) {
      const arm = arms.get(variant);
      if (arm === undefined || arm.n === 0) return;
      const own = spread[i]!;
      const outcome = Array.from({length: size}, (_, h) => (origin.y ?? 0) + arm.y[h]! / (arm.n * length));
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
    whitened.push({z: forward(factor, logs, size), factor, from: cells.length, size});
    for (let h = 0; h < size; h++) cells.push({group, tenure: h, date: block + h});
  });
  const n = cells.length;
  const residual = new Float64Array(n);
  for (const {z, from} of whitened) residual.set(z, from);
  const basis: Float64Array[] = [];
  const project = (levels: readonly number[]): number => {
    let added = 0;
    for (const level of new Set(levels)) {
      const column = new Float64Array(n);
      for (const {factor, from, size} of whitened) {
        const indicator = Float64Array.from({length: size}, (_, h) => (levels[from + h] === level ? 1 : 0));
        column.set(forward(factor, indicator, size), from);
      }
      const before = dot(column, column);
      for (const known of basis) subtract(column, known);
      for (const known of basis) subtract(column, known);
      const norm = dot(column, column);
      if (!(norm > 1e-9 * before)) continue;
      for (let i = 0; i < n; i++) column[i]! /= Math.sqrt(norm);
      basis.push(column);
      subtract(residual, column);
      added++;
    }
    return added;
  };
  project(cells.map(({tenure}) => tenure));
  project(cells.map(({group}) => group));
  const without = dot(residual, residual);
  const degreesOfFreedom = project(cells.map(({date}) => date));
  if (degreesOfFreedom === 0) return unknown("too few cohorts and days to tell dates from tenure and cohorts");
  const cochranQ = Math.max(0, without - dot(residual, residual));
  return {cochranQ, degreesOfFreedom, pValue: chiSquare.sf(cochranQ, degreesOfFreedom), reason: null};
}

function subtract(column: Float64Array, known: Float64Array): void {
  const along = dot(column, known);
  for (let i = 0; i < column.length; i++) column[i]! -= along * known[i]!;
}

/** The covariance of one unit's mean values per day in blocks of days, by rows; null if products are missing. */
function blockCovariance(
  {phases, length: days, first: firstDay, arms}: TenureIndex,
  variant: string,
  {length, first, count}: TenureBlocks
): Float64Array | null {
  const own = arms.get(variant);
  if (own === undefined) return null;
  const {units, covariances} = own;
  const matrix = new Float64Array(count * count);
  const offset = first - firstDay;
  for (let j = 0; j < count * length; j++)
    for (let k = j; k < count * length; k++) {
      let [sum, weight] = [0, 0];
      for (let p = 0; p < phases.length; p++) {
        const at = (p * days + j + offset) * days + k + offset;
        if (units[at] === 0) continue;
        sum += (units[at]! - 1) * covariances[at]!;
        weight += units[at]! - 1;
      }
      if (weight === 0) return null;
      const [a, b] = [Math.floor(j / length), Math.floor(k / length)];
      const mean = sum / weight / (length * length);
      matrix[a * count + b]! += mean;
      if (j !== k) matrix[b * count + a]! += mean;
    }
  return matrix;
}
