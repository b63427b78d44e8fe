import type {CellResult} from "../../lib/cube/exploreCells.ts";
import {formatPercent, intervalDecimals} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {colorIndex, variantName} from "../blocks/subject.ts";
import type {ForestLabel, ForestRow} from "../charts/forest.ts";
import {forest} from "../charts/forest.ts";
import {boundsOf, clip} from "../charts/theme.ts";

/** A drawn forest: which cell each line shows, and how high a line is, for clicks. */
export type CellForest = {element: Element; lines: readonly CellResult[]; step: number; height: number};

/** Cells drawn at most; the table holds the others. */
export const drawnCells = 40;
const top = 8;
const bottom = 30;

/** Returns the cells as intervals on one axis, too small ones in grey; null where no relative difference is known. */
export function cellForest(
  readout: Readout,
  cells: readonly CellResult[],
  {width, total}: {width: number; total: number | null}
): CellForest | null {
  const known = cells.filter((c) => c.relativeDifference !== null && c.relativeInterval !== null);
  if (known.length === 0) return null;
  const groups = new Map<string, CellResult[]>();
  for (const cell of known) {
    const label =
      Object.values(cell.cell)
        .map((value) => value || "empty")
        .join(", ") || "all units";
    groups.set(label, [...(groups.get(label) ?? []), cell]);
  }
  const treatments = Math.max(...[...groups.values()].map((group) => group.length));
  const step = treatments > 1 ? 10 + 12 * treatments : 22;
  const drawn = [...groups].slice(0, drawnCells);
  const labels = drawn.map(([text], i): ForestLabel => ({y: step * (i + 0.5), text}));
  const rows = drawn.flatMap(([label, group], i) =>
    group.map((cell, k): ForestRow => {
      const [lower, upper] = boundsOf(cell.relativeInterval);
      const decimals = intervalDecimals(cell.relativeInterval, {scale: 100});
      const percent = (value: number | null) => formatPercent(value, {signed: true, decimals});
      const many = treatments > 1 ? `, ${clip(variantName(readout, cell.variant), 20)}` : "";
      return {
        y: step * (i + 0.5) + 12 * (k - (group.length - 1) / 2),
        color: cell.small === null ? colorIndex(readout, cell.variant) : 0,
        open: cell.small !== null,
        value: cell.relativeDifference,
        lower,
        upper,
        title: `${clip(label, 40)}${many}\n${percent(cell.relativeDifference)}, ${percent(lower)} to ${percent(upper)}${cell.small === null ? "" : `\n${cell.small}`}`
      };
    })
  );
  const height = top + bottom + step * drawn.length;
  return {
    element: forest(rows, {width, height, labels, total}),
    lines: drawn.flatMap(([, [first]]) => (first ? [first] : [])),
    step,
    height
  };
}

/** Returns the cell that lies at a height of a drawn forest. */
export function cellAt({lines, step}: CellForest, y: number): CellResult | null {
  return lines[Math.floor((y - top) / step)] ?? null;
}
