import {sums} from "../../stats/moments.ts";
import type {Open} from "../emptyRow.ts";
import {emptyPublishedRow} from "../emptyRow.ts";
import {phaseDimension} from "../row.ts";
import type {Carried, CubeRow, PublishedRow} from "../row.ts";
import type {Blocks} from "./blocks.ts";
import type {Grid, MetricRows} from "./grid.ts";
import {cellKey, gridsOf, keysOfCells} from "./grid.ts";
import type {Schedule} from "./schedule.ts";
import {schedule, totalBlocks} from "./schedule.ts";

/** What of one metric may be published. */
export interface PublishedMetric {
  readonly path: PublishedRow[];
  readonly entries: PublishedRow[];
  readonly carried: Carried[];
  /** What cells that are part of another one are published as; keys of cells. */
  readonly merged: ReadonlyMap<string, string>;
  /** Whether no cell can be told apart safely. */
  readonly wholeOnly: boolean;
}

/**
 * Returns the rows of one metric, coarse enough to be published. Cells with fewer than `minimum` units in a variant
 * that has some become part of the cell whose dimensions are all `other`, in every variant; so do the smallest ones
 * until no difference of rows brings a smaller group back. The phase of exposure is kept as long as that can be. A variant with fewer units is left out.
 */
export function publishMetric(
  metric: string,
  rows: MetricRows,
  dimensions: readonly string[],
  minimum: number
): PublishedMetric {
  const other = cellKey(dimensions.map(() => "other"));
  const renamed = new Map<string, string>();
  const rename = (key: string) => renamed.get(key) ?? key;
  for (;;) {
    const grids = gridsOf(rows, dimensions.length, rename).filter((grid) => totalBlocks(grid, minimum) !== null);
    const smallest = smallestCells(grids, other);
    const total = [...smallest.values()];
    const tooSmall = [...smallest].filter(([key, units]) => key !== other && units < minimum);
    const alone = (smallest.get(other) ?? minimum) < minimum;
    const candidates = [...smallest]
      .filter(([key]) => key !== other)
      .sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
    if (dimensions.length > 0 && (tooSmall.length > 0 || alone) && candidates.length > 0) {
      for (const [key] of tooSmall) merge(renamed, key, otherOf(key, dimensions));
      if (tooSmall.length === 0) for (const [key] of candidates.slice(0, 1)) merge(renamed, key, other);
      continue;
    }
    const schedules = grids.map((grid) =>
      dimensions.length === 0
        ? wholeOnly(grid, minimum)
        : schedule(grid, minimum, {phaseAt: dimensions.indexOf(phaseDimension)})
    );
    const failed = schedules.some((found) => found === null);
    if (failed && total.length > 1) {
      for (const [key] of candidates.slice(0, Math.ceil(candidates.length / 8)))
        merge(renamed, key, otherOf(key, dimensions));
      continue;
    }
    const final = failed ? grids.map((grid) => wholeOnly(grid, minimum)) : schedules;
    const path: PublishedRow[] = [];
    const entries: PublishedRow[] = [];
    const carried: Carried[] = [];
    grids.forEach((grid, i) => {
      const plan = final[i];
      if (plan == null) return;
      const mine = (row: CubeRow) => row.variant === grid.variant;
      const context = {metric, plan, rename, wholeFrom: grid};
      emit({...context, table: "path", rows: rows.path.filter(mine), to: path, carried});
      emit({...context, table: "entries", rows: rows.entries.filter(mine), to: entries, carried});
    });
    return {path, entries, carried, merged: renamed, wholeOnly: failed};
  }
}

function wholeOnly(grid: Grid, minimum: number): Schedule | null {
  const total = totalBlocks(grid, minimum);
  return total === null ? null : {total, cells: new Map()};
}

/** The units of each cell in the variant where it has fewest, but some. */
function smallestCells(grids: readonly Grid[], other: string): Map<string, number> {
  const smallest = new Map<string, number>();
  for (const {cells} of grids)
    for (const {key, units} of cells) smallest.set(key, Math.min(units, smallest.get(key) ?? Infinity));
  // A cell of its own that has everything needs no other.
  if (smallest.size === 1 && smallest.has(other)) smallest.set(other, Infinity);
  return smallest;
}

/** The cell that a small one becomes part of: all `other` but for the phase, which estimates are stratified by. */
function otherOf(key: string, dimensions: readonly string[]): string {
  const cell = JSON.parse(key) as string[];
  const kept = cellKey(cell.map((value, i) => (dimensions[i] === phaseDimension ? value : "other")));
  return kept === key ? cellKey(cell.map(() => "other")) : kept;
}

function merge(renamed: Map<string, string>, key: string, other: string): void {
  for (const [from, to] of renamed) if (to === key) renamed.set(from, other);
  renamed.set(key, other);
}

interface Emission {
  metric: string;
  plan: Schedule;
  rename: (key: string) => string;
  wholeFrom: Grid;
  table: "path" | "entries";
  rows: readonly CubeRow[];
  to: PublishedRow[];
  carried: Carried[];
}

/** Adds the rows up by block, under the last date of each. */
function emit({metric, plan, rename, wholeFrom, table, rows, to, carried}: Emission): void {
  const places = table === "path" ? wholeFrom.dates : wholeFrom.entries;
  const placeOf = new Map(places.map((date, i) => [date, i]));
  const which = table === "path" ? "dates" : "entries";
  const cells = new Map<string, {cell: readonly string[] | null; blocks: Blocks; rows: CubeRow[]}>();
  const keyOf = keysOfCells(rename);
  for (const row of rows) {
    const key = row.cell === null ? "" : keyOf(row.cell);
    const known = cells.get(key);
    if (known !== undefined) {
      known.rows.push(row);
      continue;
    }
    const blocks = row.cell === null ? plan.total[which] : plan.cells.get(key)?.[which];
    if (blocks === undefined) continue;
    cells.set(key, {cell: row.cell === null ? null : (JSON.parse(key) as string[]), blocks, rows: [row]});
  }
  // Cells are published on dates of the total only.
  const lastOf = new Map(places.map((date, i) => [plan.total[which][i], date]));
  const lastOfTotal = (date: string): string => lastOf.get(plan.total[which][placeOf.get(date) ?? 0]) ?? date;
  for (const {cell, blocks, rows: members} of cells.values()) {
    const byBlock = new Map<number, CubeRow[]>();
    for (const row of members) {
      const block = blocks[placeOf.get(row.date) ?? 0] ?? 0;
      const known = byBlock.get(block);
      if (known === undefined) byBlock.set(block, [row]);
      else known.push(row);
    }
    for (const parts of byBlock.values()) {
      const dates = [...new Set(parts.map(({date}) => date))].sort();
      const from = dates[0] ?? "";
      const until = lastOfTotal(dates.at(-1) ?? "");
      const row = added(parts);
      row.date = until;
      row.cell = cell;
      row.metric = metric;
      to.push(row);
      if (from !== until) carried.push({table, metric, variant: wholeFrom.variant, cell, from, until, dates});
    }
  }
}

/** The sum of rows of one variant, without a date, a cell and a metric. */
function added(rows: readonly CubeRow[]): Open<PublishedRow> {
  const [first] = rows;
  if (first === undefined) throw new RangeError("invalid rows; none");
  const total = emptyPublishedRow();
  total.variant = first.variant;
  total.bin = first.bin;
  total.n = first.n;
  for (const sum of sums) total[sum] = first[sum];
  for (let i = 1; i < rows.length; ++i) {
    const row = rows[i]!;
    total.n += row.n;
    for (const sum of sums) total[sum] += row[sum];
  }
  return total;
}
