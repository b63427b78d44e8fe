import type {Cube, CubeRow, Links} from "../row.ts";

/** Units that entered on one date (its place among `entries`) and changed on another (its place among `dates`). */
export interface Link {
  readonly entry: number;
  readonly date: number;
  readonly units: number;
}

/** Who is behind the rows of one cell, metric and variant. */
export interface CellGrid {
  readonly key: string;
  readonly cell: readonly string[];
  /** Distinct units. */
  readonly units: number;
  readonly links: readonly Link[];
  /** Units that entered, by date and by entry date. */
  readonly entered: readonly number[];
  readonly entries: readonly number[];
}

/** Who is behind the rows of one metric and variant. */
export interface Grid {
  readonly variant: string;
  readonly dates: readonly string[];
  readonly entries: readonly string[];
  readonly cells: readonly CellGrid[];
}

/** A key of a cell; cells without dimensions have an empty one. */
export function cellKey(cell: readonly string[]): string {
  return JSON.stringify(cell);
}

/** Returns the keys of cells that rows share, each told once. */
export function keysOfCells(rename: (key: string) => string): (cell: readonly string[]) => string {
  const known = new Map<readonly string[], string>();
  return (cell) => {
    const found = known.get(cell);
    if (found !== undefined) return found;
    const key = rename(cellKey(cell));
    known.set(cell, key);
    return key;
  };
}

/** The rows and links of one metric, for the grids of its variants. */
export interface MetricRows {
  readonly path: readonly CubeRow[];
  readonly entries: readonly CubeRow[];
  readonly links: Links | null;
}

/** Returns the rows of a cube by metric. */
export function rowsByMetric({path, entries, links}: Cube): Map<string, MetricRows> {
  const found = new Map<string, {path: CubeRow[]; entries: CubeRow[]; links: Links | null}>();
  const of = (metric: string) => {
    const known = found.get(metric);
    if (known !== undefined) return known;
    const fresh = {path: [], entries: [], links: links?.find((other) => other.metric === metric) ?? null};
    found.set(metric, fresh);
    return fresh;
  };
  for (const row of path) of(row.metric).path.push(row);
  for (const row of entries) of(row.metric).entries.push(row);
  return found;
}

/**
 * Returns one grid per variant, cells renamed by `rename` (several may become one: their units are different ones).
 * Without links, all units are taken to have entered on one date, which is then all that can be told apart.
 */
export function gridsOf(rows: MetricRows, dimensions: number, rename: (key: string) => string): Grid[] {
  const variants = [...new Set(rows.path.map(({variant}) => variant))];
  const keyOf = keysOfCells(rename);
  return variants.map((variant) => {
    const wanted = (row: CubeRow) => row.variant === variant && (row.cell === null) === (dimensions === 0);
    const path = rows.path.filter(wanted);
    const dates = [...new Set(path.map(({date}) => date))].sort();
    const dateAt = new Map(dates.map((date, i) => [date, i]));
    const known = rows.links;
    const entryRows = known === null ? [] : rows.entries.filter(wanted);
    const entries = known === null ? dates.slice(0, 1) : [...new Set(entryRows.map(({date}) => date))].sort();
    const entryAt = new Map(entries.map((date, i) => [date, i]));

    const cells = new Map<string, {links: Map<number, Link>; entered: number[]; entries: number[]}>();
    const of = (cell: readonly string[]) => {
      const key = keyOf(cell);
      const found = cells.get(key);
      if (found !== undefined) return found;
      const fresh = {links: new Map<number, Link>(), entered: dates.map(() => 0), entries: entries.map(() => 0)};
      cells.set(key, fresh);
      return fresh;
    };
    const link = (cell: readonly string[], entry: number, date: number, units: number) => {
      const {links} = of(cell);
      const place = entry * dates.length + date;
      links.set(place, {entry, date, units: units + (links.get(place)?.units ?? 0)});
    };
    const none: readonly string[] = [];
    for (const row of path) {
      const {entered} = of(row.cell ?? none);
      const date = dateAt.get(row.date) ?? 0;
      entered[date] = (entered[date] ?? 0) + row.n;
      if (known !== null) continue;
      link(row.cell ?? none, 0, date, row.touched);
      const own = of(row.cell ?? none);
      own.entries[0] = (own.entries[0] ?? 0) + row.n;
    }
    for (const row of entryRows) {
      const {entries: own} = of(row.cell ?? none);
      const entry = entryAt.get(row.date) ?? 0;
      own[entry] = (own[entry] ?? 0) + row.n;
    }
    known?.units.forEach((units, i) => {
      if (known.variant[i] !== variant) return;
      link(known.cell[i] ?? none, entryAt.get(known.entry[i] ?? "") ?? 0, dateAt.get(known.date[i] ?? "") ?? 0, units);
    });
    return {
      variant,
      dates,
      entries,
      cells: [...cells].map(([key, {links, entered, entries: own}]) => ({
        key,
        cell: JSON.parse(key) as string[],
        units: own.reduce((sum, n) => sum + n, 0),
        links: [...links.values()].sort((a, b) => a.entry - b.entry || a.date - b.date),
        entered,
        entries: own
      }))
    };
  });
}
