import type {Moments, Sum} from "../stats/moments.ts";
import {sums} from "../stats/moments.ts";
import type {QuantileBins} from "../stats/quantileBins.ts";
import {noBin} from "./cubeTable.ts";
import type {Coded, CubeTable} from "./cubeTable.ts";

/**
 * Sums of published rows: what every shown number is made of. The build and the browser call the same functions on the
 * same rows, so they show the same digits.
 */
export interface Selection {
  metric: string;
  /** Only these values of a dimension; several dimensions must all hold. */
  where?: Readonly<Record<string, readonly string[]>>;
  /** Dimensions to cross; one result per combination of their values that occurs. */
  by?: readonly string[];
  /** Only this bin of a quantile's sketch; default: rows without a bin. */
  bin?: number;
}

/** The moments of one arm, in one crossing of the dimensions asked for. */
export interface ArmMoments {
  readonly variant: string;
  /** The values of the dimensions in `by`; empty without. */
  readonly cell: Readonly<Record<string, string>>;
  readonly moments: Moments;
}

/**
 * Returns the moments per arm of all rows until and with a date: exact for a variant as a whole, and for cells on the
 * dates that they were published. Without `where` and `by` they are those of whole variants. Arms without rows are
 * absent. On the table of entries, `date` is the last entry date.
 *
 * @param selection.date default: the last date
 */
export function momentsAsOf(table: CubeTable, selection: Selection & {date?: string}): ArmMoments[] {
  const end = selection.date === undefined ? table.length : firstAfter(table, selection.date);
  return gather(table, selection, 0, end);
}

/** Returns the moments per arm of the units that entered between two dates, both included, from the table of entries. */
export function momentsOfEntries(
  table: CubeTable,
  {from, to, ...selection}: Selection & {from?: string; to?: string}
): ArmMoments[] {
  const start = from === undefined ? 0 : firstAfter(table, from, true);
  return gather(table, selection, start, to === undefined ? table.length : firstAfter(table, to));
}

/** The moments of every arm as of one date. */
export interface DatedMoments {
  readonly date: string;
  readonly arms: readonly ArmMoments[];
}

/** Returns the moments as of each date on which the metric has a row, earliest first. */
export function momentsByDate(table: CubeTable, selection: Selection): DatedMoments[] {
  const collected = collector(table, selection);
  const path: DatedMoments[] = [];
  const metric = table.metrics.values.indexOf(selection.metric);
  for (let i = 0; i < table.length;) {
    const date = table.dates.codes[i] ?? 0;
    const from = i;
    let present = false;
    for (; i < table.length && table.dates.codes[i] === date; ++i) present ||= table.metrics.codes[i] === metric;
    collected.add(from, i);
    if (present) path.push({date: table.dates.values[date] ?? "", arms: collected.arms()});
  }
  return path;
}

/**
 * Returns the sketch of a quantile metric per variant as of the end of a date, by default the last. Variants without an
 * event are absent. Every bin's edges are those of the published rows.
 */
export function sketchesAsOf(
  table: CubeTable,
  {metric, date}: {metric: string; date?: string}
): Readonly<Record<string, QuantileBins>> {
  const end = date === undefined ? table.length : firstAfter(table, date);
  const collected = sketchCollector(table, metric);
  collected.add(0, end);
  return collected.sketches();
}

/** Returns the sketches of a quantile metric as of each date on which it has a row, earliest first. */
export function sketchesByDate(
  table: CubeTable,
  metric: string
): {readonly date: string; readonly sketches: Readonly<Record<string, QuantileBins>>}[] {
  const collected = sketchCollector(table, metric);
  const path = [];
  for (let i = 0; i < table.length;) {
    const date = table.dates.codes[i] ?? 0;
    const from = i;
    while (i < table.length && table.dates.codes[i] === date) ++i;
    if (collected.add(from, i)) path.push({date: table.dates.values[date] ?? "", sketches: collected.sketches()});
  }
  return path;
}

/** Adds up the bins of whole variants. */
function sketchCollector(table: CubeTable, metric: string) {
  const wanted = table.metrics.values.indexOf(metric);
  const first = [...table.dimensions.values()][0];
  const arms = new Map<
    number,
    {n: number; events: number; kk: number; bins: Map<number, [number, number, number, number, number]>}
  >();
  return {
    /** Whether there was any row. */
    add(from: number, to: number): boolean {
      let any = false;
      for (let i = from; i < to; ++i) {
        if (table.metrics.codes[i] !== wanted || (first !== undefined && first.codes[i] !== -1)) continue;
        any = true;
        const variant = table.variants.codes[i] ?? 0;
        const arm = arms.get(variant) ?? {n: 0, events: 0, kk: 0, bins: new Map()};
        arms.set(variant, arm);
        const [y, yy, yw] = [table.sums.y[i] ?? 0, table.sums.yy[i] ?? 0, table.sums.yw[i] ?? 0];
        const bin = table.bins[i] ?? noBin;
        if (bin === noBin) {
          arm.n += table.n[i] ?? 0;
          arm.events += y;
          arm.kk += yy;
          continue;
        }
        const known = arm.bins.get(bin) ?? [table.lower[i] ?? NaN, table.upper[i] ?? NaN, 0, 0, 0];
        arm.bins.set(bin, [known[0], known[1], known[2] + y, known[3] + yy, known[4] + yw]);
      }
      return any;
    },
    sketches: (): Record<string, QuantileBins> =>
      Object.fromEntries(
        [...arms].map(([variant, {n, events, kk, bins}]) => {
          const sorted = [...bins].sort((a, b) => a[0] - b[0]).map(([, values]) => values);
          const column = (i: 0 | 1 | 2 | 3 | 4) => sorted.map((values) => values[i]);
          const [lower, upper, count, mm, mk] = [column(0), column(1), column(2), column(3), column(4)];
          return [table.variants.values[variant] ?? "", {n, events, kk, lower, upper, count, mm, mk}];
        })
      )
  };
}

/** Returns the values of a dimension that a metric has rows of, most units first. */
export function valuesOf(table: CubeTable, {metric, dimension}: {metric: string; dimension: string}): string[] {
  const units = new Map<string, number>();
  for (const {cell, moments} of momentsAsOf(table, {metric, by: [dimension]}))
    units.set(cell[dimension] ?? "", (units.get(cell[dimension] ?? "") ?? 0) + moments.n);
  return [...units].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}

function gather(table: CubeTable, selection: Selection, from: number, to: number): ArmMoments[] {
  const {metric, where = {}, by = [], bin = noBin} = selection;
  const whole = by.length === 0 && Object.keys(where).length === 0;
  const cells = whole ? null : cellsOf(table, {metric, bin, from, to});
  const collected = collector(cells ?? table, selection);
  if (cells === null) collected.add(from, to);
  else collected.add(0, cells.length);
  return collected.arms();
}

/** Cells that were added up lately, by table and by what they are of. */
const known = new WeakMap<CubeTable, Map<string, CubeTable>>();

/** How many sets of cells are kept for a table. */
const kept = 8;

/**
 * Returns one row for each variant and cell, the sums over the rows from one to another: a question that differs in its
 * crossing or filters alone is answered from these few. Null if the dimensions have too many values to number their cells.
 */
function cellsOf(
  table: CubeTable,
  {metric, bin, from, to}: {metric: string; bin: number; from: number; to: number}
): CubeTable | null {
  const dimensions = [...table.dimensions.values()];
  const sizes = [table.variants, ...dimensions].map(({values}) => values.length);
  const places = sizes.reduce((product, size) => product * size, 1);
  if (dimensions.length === 0 || !(places <= 2 ** 22)) return null;
  const key = `${bin} ${from} ${to} ${metric}`;
  const own = known.get(table) ?? new Map<string, CubeTable>();
  known.set(table, own);
  const cells = own.get(key) ?? addCells(table, {metric, bin, from, to}, sizes, places);
  own.delete(key);
  own.set(key, cells);
  for (const [oldest] of own) if (own.size > kept) own.delete(oldest);
  return cells;
}

function addCells(
  table: CubeTable,
  {metric, bin, from, to}: {metric: string; bin: number; from: number; to: number},
  sizes: readonly number[],
  places: number
): CubeTable {
  const coded = [table.variants, ...table.dimensions.values()].map(({codes}) => codes);
  const wanted = table.metrics.values.indexOf(metric);
  const numbered = new Int32Array(places).fill(-1);
  const rows: number[] = [];
  const groupOf = new Int32Array(to - from).fill(-1);
  rows: for (let i = from; i < to; ++i) {
    if (table.metrics.codes[i] !== wanted || table.bins[i] !== bin) continue;
    let place = 0;
    for (let d = 0; d < coded.length; ++d) {
      const code = coded[d]![i]!;
      if (code < 0) continue rows;
      place = place * sizes[d]! + code;
    }
    if (numbered[place] === -1) numbered[place] = rows.push(i) - 1;
    groupOf[i - from] = numbered[place]!;
  }
  const added = (column: Float64Array): Float64Array => {
    const total = new Float64Array(rows.length);
    for (let i = 0; i < groupOf.length; ++i) {
      const group = groupOf[i]!;
      if (group >= 0) total[group]! += column[from + i]!;
    }
    return total;
  };
  const picked = ({values, codes}: Coded): Coded => ({values, codes: Int32Array.from(rows, (i) => codes[i]!)});
  const zeros = new Float64Array(rows.length);
  return {
    ...table,
    length: rows.length,
    dates: picked(table.dates),
    variants: picked(table.variants),
    metrics: picked(table.metrics),
    dimensions: new Map([...table.dimensions].map(([name, column]) => [name, picked(column)])),
    bins: Int32Array.from(rows, () => bin),
    lower: Float64Array.from(rows, (i) => table.lower[i]!),
    upper: Float64Array.from(rows, (i) => table.upper[i]!),
    n: added(table.n),
    sums: Object.fromEntries(
      sums.map((sum) => [sum, table.present.includes(sum) ? added(table.sums[sum]) : zeros])
    ) as Record<Sum, Float64Array>
  };
}

/** The first row after a date (or of it, where `including`). */
function firstAfter({dates, length}: CubeTable, date: string, including = false): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = dates.values[dates.codes[middle] ?? 0] ?? "";
    if (value < date || (!including && value === date)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds up rows by arm and crossing. */
function collector(table: CubeTable, {metric, where = {}, by = [], bin = noBin}: Selection) {
  const whole = by.length === 0 && Object.keys(where).length === 0;
  const first = [...table.dimensions.values()][0];
  const wanted = table.metrics.values.indexOf(metric);
  const crossed = by.map((name) => dimension(table, name));
  const filters = Object.entries(where).map(([name, values]) => {
    const {values: known, codes} = dimension(table, name);
    return {codes, kept: Uint8Array.from(known, (value) => (values.includes(value) ? 1 : 0))};
  });
  const keys = new Map<number, number>();
  const groups: {row: number; n: number; values: Float64Array}[] = [];
  const columns = sums.map((sum) => (table.present.includes(sum) ? table.sums[sum] : null));

  const add = (from: number, to: number) => {
    rows: for (let i = from; i < to; ++i) {
      if (table.metrics.codes[i] !== wanted || table.bins[i] !== bin) continue;
      if (first !== undefined && (first.codes[i] === -1) !== whole) continue;
      for (const {codes, kept} of filters) if (kept[codes[i] ?? -1] !== 1) continue rows;
      let key = table.variants.codes[i] ?? 0;
      for (const {values, codes} of crossed) key = key * (values.length + 1) + (codes[i] ?? 0);
      let at = keys.get(key);
      if (at === undefined) {
        at = groups.length;
        keys.set(key, at);
        groups.push({row: i, n: 0, values: new Float64Array(sums.length)});
      }
      const group = groups[at];
      if (group === undefined) continue;
      group.n += table.n[i] ?? 0;
      for (let s = 0; s < columns.length; ++s) {
        const column = columns[s];
        if (column != null) group.values[s] = (group.values[s] ?? 0) + (column[i] ?? 0);
      }
    }
  };
  const origin = table.origins[metric] ?? {};
  const arms = (): ArmMoments[] =>
    groups.map(({row, n, values}) => ({
      variant: table.variants.values[table.variants.codes[row] ?? 0] ?? "",
      cell: Object.fromEntries(by.map((name, i) => [name, crossed[i]?.values[crossed[i]?.codes[row] ?? 0] ?? ""])),
      moments: {n, origin, ...named(values)}
    }));
  return {add, arms};
}

function dimension(table: CubeTable, name: string) {
  const found = table.dimensions.get(name);
  if (found === undefined) throw new RangeError(`unknown dimension: ${name}`);
  return found;
}

function named(values: Float64Array): Record<Sum, number> {
  return Object.fromEntries(sums.map((sum, i) => [sum, values[i] ?? 0])) as Record<Sum, number>;
}
