import {sums} from "../../stats/moments.ts";
import {phaseDimension} from "../row.ts";
import type {Cube, CubeRow, Links} from "../row.ts";

/** Names the values of a cell anew. */
export type MapCell = (cell: readonly string[]) => readonly string[];

/**
 * Returns the cube with coarser cells, how a cell became one of them, and what was done in words: the rarer half of the values of the dimension that has most
 * become `other`; a dimension with at most two values left goes as a whole.
 */
export function coarsen(cube: Cube): {cube: Cube; map: MapCell; note: string} {
  const counts = cube.dimensions.map((name, i) => (name === phaseDimension ? [] : unitsByValue(cube, i)));
  const widest = counts.reduce((best, values, i) => (values.length > (counts[best]?.length ?? 0) ? i : best), 0);
  const values = counts[widest] ?? [];
  const name = cube.dimensions[widest] ?? "";
  if (values.length <= 2) {
    const drop: MapCell = (cell) => cell.filter((_, i) => i !== widest);
    const dimensions = cube.dimensions.filter((_, i) => i !== widest);
    return {cube: mapCells({...cube, dimensions}, drop), map: drop, note: `Dimension ${name} was left out`};
  }
  const rare = new Set(values.slice(Math.floor(values.length / 2)));
  const other: MapCell = (cell) => cell.map((value, i) => (i === widest && rare.has(value) ? "other" : value));
  return {cube: mapCells(cube, other), map: other, note: `${rare.size} values of dimension ${name} became other`};
}

/** Values of a dimension, most units first, without `other`. */
function unitsByValue({path}: Cube, dimension: number): string[] {
  const units = new Map<string, number>();
  const metric = path[0]?.metric;
  for (const {cell, metric: of, n} of path) {
    const value = cell?.[dimension];
    if (value !== undefined && value !== "other" && of === metric) units.set(value, n + (units.get(value) ?? 0));
  }
  return [...units].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}

function mapCells(cube: Cube, map: MapCell): Cube {
  const rows = (from: readonly CubeRow[]) => {
    const whole = from.filter(({cell}) => cell === null);
    if (cube.dimensions.length === 0) return whole;
    const merged = new Map<string, CubeRow>();
    for (const row of from) {
      if (row.cell === null) continue;
      const cell = map(row.cell);
      const key = JSON.stringify([row.date, row.variant, cell, row.metric, row.bin]);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, {...row, cell});
      else {
        const added = {...known, n: known.n + row.n, touched: known.touched + row.touched};
        for (const sum of sums) added[sum] = known[sum] + row[sum];
        merged.set(key, added);
      }
    }
    return [...whole, ...merged.values()];
  };
  const links = (from: Links): Links => ({
    ...from,
    cell: from.cell.map((cell) => (cell.length === 0 ? cell : map(cell)))
  });
  return {...cube, path: rows(cube.path), entries: rows(cube.entries), links: cube.links?.map(links) ?? null};
}
