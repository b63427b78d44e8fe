import {noBin} from "./cubeTable.ts";
import type {CubeTable} from "./cubeTable.ts";

/** How far the cells of a cube are behind the variants as a whole, because small rows are published on a later date. */
export interface CellLag {
  /** Units in all cells on the days asked for, and in the variants as a whole. */
  readonly units: number;
  readonly allUnits: number;
  /** The last date up to the one asked for on which the cells hold all that the variants do; null if none. */
  readonly exactUntil: string | null;
  /** The first date from the one asked for on which they do again; null if none yet. */
  readonly exactFrom: string | null;
}

interface Dated {
  readonly dates: readonly string[];
  /** Of cells and of whole variants, as of the end of each date. */
  readonly cells: Float64Array;
  readonly whole: Float64Array;
  /** Whether on that date every sum of the cells is that of the variants. */
  readonly exact: Uint8Array;
}

const known = new WeakMap<CubeTable, Map<string, Dated>>();

/**
 * Returns by how much the cells of a metric lag between two dates, both included; null where they hold all, or where the
 * cube has no cells. Sums count as the same within 1e-9 of what was added up.
 *
 * @param span.from null for the first date of the path
 * @param span.to null for the last
 */
export function cellLag(
  table: CubeTable,
  metric: string,
  {from, to}: {from: string | null; to: string | null}
): CellLag | null {
  if (table.dimensions.size === 0) return null;
  const {dates, cells, whole, exact} = datedOf(table, metric);
  const end = lastUntil(dates, to);
  const start = from === null ? -1 : lastUntil(dates, from, {before: true});
  const isExact = (at: number) => at < 0 || exact[at] === 1;
  if (isExact(end) && isExact(start)) return null;
  const added = (units: Float64Array) => (units[end] ?? 0) - (start < 0 ? 0 : (units[start] ?? 0));
  const later = exact.indexOf(1, Math.max(0, end));
  const earlier = end < 0 ? -1 : exact.lastIndexOf(1, end);
  return {
    units: added(cells),
    allUnits: added(whole),
    exactUntil: dates[earlier] ?? null,
    exactFrom: later < 0 ? null : (dates[later] ?? null)
  };
}

function datedOf(table: CubeTable, metric: string): Dated {
  const tables = known.get(table) ?? new Map<string, Dated>();
  known.set(table, tables);
  const found = tables.get(metric) ?? dated(table, metric);
  tables.set(metric, found);
  return found;
}

function dated(table: CubeTable, metric: string): Dated {
  const {dates, metrics, variants, bins, n, sums, present, length} = table;
  const wanted = metrics.values.indexOf(metric);
  const first = [...table.dimensions.values()][0];
  const columns = [n, ...present.map((sum) => sums[sum])];
  const wide = columns.length;
  const arms = variants.values.length;
  const [ofCells, ofWhole, size] = [0, 1, 2].map(() => new Float64Array(arms * wide));
  const result = {
    dates: dates.values,
    cells: new Float64Array(dates.values.length),
    whole: new Float64Array(dates.values.length),
    exact: new Uint8Array(dates.values.length)
  };
  if (!ofCells || !ofWhole || !size) return result;
  for (let i = 0, date = 0; date < dates.values.length; ++date) {
    for (; i < length && dates.codes[i] === date; ++i) {
      if (metrics.codes[i] !== wanted || bins[i] !== noBin) continue;
      const to = first?.codes[i] === -1 ? ofWhole : ofCells;
      const arm = (variants.codes[i] ?? 0) * wide;
      for (let c = 0; c < wide; ++c) {
        const value = columns[c]?.[i] ?? 0;
        to[arm + c] = (to[arm + c] ?? 0) + value;
        size[arm + c] = (size[arm + c] ?? 0) + Math.abs(value);
      }
    }
    let same = true;
    for (let a = 0; a < arms * wide; ++a) {
      const [cells, whole] = [ofCells[a] ?? 0, ofWhole[a] ?? 0];
      if (Math.abs(cells - whole) > 1e-9 * (size[a] ?? 0)) same = false;
      if (a % wide !== 0) continue;
      result.cells[date] = (result.cells[date] ?? 0) + cells;
      result.whole[date] = (result.whole[date] ?? 0) + whole;
    }
    result.exact[date] = same ? 1 : 0;
  }
  return result;
}

/** The position of the last date that is not after another; -1 if none. */
function lastUntil(dates: readonly string[], date: string | null, {before = false} = {}): number {
  if (date === null) return dates.length - 1;
  return dates.findLastIndex((each) => (before ? each < date : each <= date));
}
