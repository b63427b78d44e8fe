import type {Blocks} from "./blocks.ts";
import {blockCount, countBlocks, dateBlocks, halve, oneBlock} from "./blocks.ts";
import type {CellGrid, Grid, Link} from "./grid.ts";
import {isSafe, tie} from "./isSafe.ts";

/** When what is published, for one metric and variant: blocks of dates and of entry dates, by their places in the grid. */
export interface Schedule {
  readonly total: {readonly dates: Blocks; readonly entries: Blocks};
  readonly cells: ReadonlyMap<string, {readonly dates: Blocks; readonly entries: Blocks}>;
}

/** The links of all cells together, and those of each, on the blocks of the totals. */
interface Coarse {
  readonly dates: number;
  readonly entries: number;
  readonly cells: readonly CellGrid[];
}

/**
 * Returns when the rows of one metric and variant may be published, or null where no cells may. Totals come first: they
 * are carried until they have enough units. Each cell is carried in turn. Where cells skip dates of the totals, nobody
 * may find the rest by subtracting: if need be one cell is held back over all of those dates, or entry dates are
 * joined, or cells are carried further; or the totals, too, skip the dates on which an entry phase begins or ends with
 * a few, as one does whose last units are still active on the next phase's first day.
 *
 * @param options.phaseAt the place of the entry phase among the dimensions; -1, the default, where there is none
 */
export function schedule(grid: Grid, minimum: number, {phaseAt = -1}: {phaseAt?: number} = {}): Schedule | null {
  const total = totalBlocks(grid, minimum);
  if (total === null) return null;
  const found = scheduleUnder(grid, total, minimum);
  if (found !== null) return found;
  const joined = phaseAt < 0 ? null : joinEnds(grid, total, minimum, phaseAt);
  return joined === null ? null : scheduleUnder(grid, joined, minimum);
}

function scheduleUnder(grid: Grid, total: Schedule["total"], minimum: number): Schedule | null {
  for (let {entries} = total; ; entries = halve(entries)) {
    const found = scheduleCells(grid, {...total, entries}, minimum);
    if (found !== null) return found;
    if (blockCount(entries) <= 1) return anchoredCells(grid, {...total, entries}, minimum);
  }
}

/** Returns the blocks of the whole variant; null if it has too few units to publish anything. */
export function totalBlocks(grid: Grid, minimum: number): Schedule["total"] | null {
  const all = together(grid);
  const dates = dateBlocks(all, minimum);
  const entries = countBlocks(all.entries, minimum);
  if (dates === null || entries === null || blockCount(dates) === 0) return null;
  return tiedTo(all, dates, entries, minimum);
}

/** Entry dates in blocks large enough for enough units to tie them to the blocks of dates. */
function tiedTo({links}: CellGrid, dates: Blocks, entries: Blocks, minimum: number): Schedule["total"] {
  let own = entries;
  while (blockCount(own) > 1 && !isTied(coarseLinks(links, dates, own), blockCount(dates), blockCount(own), minimum))
    own = halve(own);
  return {dates, entries: own};
}

/** The totals with the dates joined over which a phase waits at its beginning or its end; null if there are none. */
function joinEnds(
  grid: Grid,
  {dates, entries}: Schedule["total"],
  minimum: number,
  phaseAt: number
): Schedule["total"] | null {
  const starts = new Set(dates.map((_, i) => i));
  for (const phase of new Set(grid.cells.map(({cell}) => cell[phaseAt]))) {
    const {links, entered} = together({...grid, cells: grid.cells.filter(({cell}) => cell[phaseAt] === phase)});
    const own = dateBlocks({links, entered}, minimum);
    const live = [...links.map(({date}) => date), ...entered.flatMap((n, i) => (n > 0 ? [i] : []))];
    const [first, last] = [Math.min(...live), Math.max(...live)];
    if (own === null || live.length === 0) continue;
    for (let i = 1; i < dates.length; ++i) {
      const ends = own[i] === own[last] && i <= last && last < dates.length - 1;
      const begins = own[i] === own[first] && i > first && first > 0;
      if (own[i] === own[i - 1] && (ends || begins)) starts.delete(i);
    }
  }
  let block = -1;
  const joined = dates.map((own, i) => (i === 0 || (own !== dates[i - 1] && starts.has(i)) ? ++block : block));
  return blockCount(joined) === blockCount(dates) ? null : tiedTo(together(grid), joined, entries, minimum);
}

function scheduleCells(grid: Grid, total: Schedule["total"], minimum: number): Schedule | null {
  const coarse = coarseGrid(grid, total);
  const plain = cellBlocks(coarse, minimum);
  if (plain === null) return null;
  if (verified(coarse, plain, minimum)) return raised(plain, total);
  const held = holdOne(coarse, plain, minimum);
  return held && raised(held, total);
}

/** Cells that are carried until they have enough units on dates on which a large cell has enough of its own. */
function anchoredCells(grid: Grid, total: Schedule["total"], minimum: number): Schedule | null {
  const coarse = coarseGrid(grid, total);
  for (const cover of bySize(coarse).slice(-3).reverse()) {
    const anchored = anchoredDates(cover, coarse, minimum);
    const blocks = cellBlocks(coarse, minimum, {counts: (date) => anchored.has(date), cover: cover.key});
    if (blocks !== null && verified(coarse, blocks, minimum)) return raised(blocks, total);
  }
  return null;
}

function coarseGrid(grid: Grid, total: Schedule["total"]): Coarse {
  return {
    dates: blockCount(total.dates),
    entries: blockCount(total.entries),
    cells: grid.cells.map((cell) => ({
      ...cell,
      links: coarseLinks(cell.links, total.dates, total.entries),
      entered: summed(cell.entered, total.dates),
      entries: summed(cell.entries, total.entries)
    }))
  };
}

function bySize({cells}: Coarse): CellGrid[] {
  return [...cells].sort((a, b) => a.units - b.units || (a.key < b.key ? -1 : 1));
}

type CellSchedules = Map<string, {dates: Blocks; entries: Blocks}>;

/**
 * Blocks of every cell for itself; of its entry dates only if they are tied, else all in one. `cover` is held back to
 * the end; only dates that `counts` count towards the minimum.
 */
function cellBlocks(
  {cells, dates, entries}: Coarse,
  minimum: number,
  {counts = () => true, cover}: {counts?: (date: number) => boolean; cover?: string} = {}
): CellSchedules | null {
  const found: CellSchedules = new Map();
  for (const cell of cells) {
    const blocks = cell.key === cover ? oneBlock(dates) : dateBlocks(cell, minimum, counts);
    const own = cell.key === cover ? oneBlock(entries) : countBlocks(cell.entries, minimum);
    if (blocks === null || own === null) return null;
    const links = coarseLinks(cell.links, blocks, own);
    const tied = isTied(links, blockCount(blocks), blockCount(own), minimum);
    found.set(cell.key, {dates: blocks, entries: tied ? own : oneBlock(entries)});
  }
  return found;
}

/** Holds back one cell, the smaller the better, over the dates that other cells skip; null if that is not enough. */
function holdOne(coarse: Coarse, plain: CellSchedules, minimum: number): CellSchedules | null {
  const skipped = new Set<number>();
  for (const {key, links} of coarse.cells)
    addShared(skipped, plain.get(key)?.dates ?? [], new Set(links.map(({date}) => date)));
  if (skipped.size === 0) return null;
  const strong = bySize(coarse).filter(({links}) => {
    const touched = new Map<number, number>();
    for (const {date, units} of links) touched.set(date, units + (touched.get(date) ?? 0));
    return [...skipped].every((date) => (touched.get(date) ?? 0) >= minimum);
  });
  for (const cover of [...strong.slice(0, 3), ...strong.slice(3).slice(-1)]) {
    const own = plain.get(cover.key);
    if (own === undefined) continue;
    const holding = new Map(plain).set(cover.key, {...own, dates: holdBack(own.dates, skipped)});
    if (verified(coarse, holding, minimum)) return holding;
  }
  return null;
}

function verified({cells, dates, entries}: Coarse, blocks: CellSchedules, minimum: number): boolean {
  const scheduled = cells.map(({key, links}) => {
    const own = blocks.get(key);
    return {links, dates: own?.dates ?? oneBlock(dates), entries: own?.entries ?? oneBlock(entries)};
  });
  return isSafe(scheduled, {dates, entries, minimum});
}

/** Adds the live places that share a block with another. */
function addShared(to: Set<number>, blocks: Blocks, live: ReadonlySet<number>): void {
  const byBlock = new Map<number, number[]>();
  for (const place of live) byBlock.set(blocks[place] ?? 0, [...(byBlock.get(blocks[place] ?? 0) ?? []), place]);
  for (const members of byBlock.values()) if (members.length > 1) members.forEach((place) => to.add(place));
}

/** Puts the blocks of some places together into one, which is published with the last of them. */
function holdBack(blocks: Blocks, places: ReadonlySet<number>): Blocks {
  const joined = new Set([...places].map((place) => blocks[place] ?? 0));
  const last = Math.max(-1, ...joined);
  return blocks.map((block) => (joined.has(block) ? last : block));
}

/** The largest set of dates that enough units of a cell tie together. */
function anchoredDates({links}: CellGrid, {dates, entries}: Coarse, minimum: number): Set<number> {
  const nodes = tie(links, {dates, entries, minimum});
  const sizes = new Map<number, number>();
  for (const {date} of links) sizes.set(nodes.find(date), (sizes.get(nodes.find(date)) ?? 0) + 1);
  const [main] = [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [-1];
  return new Set(links.flatMap(({date}) => (nodes.find(date) === main ? [date] : [])));
}

/** Whether enough units tie every block of dates to every block of entry dates, one way or another. */
function isTied(links: readonly Link[], dates: number, entries: number, minimum: number): boolean {
  const nodes = tie(links, {dates, entries, minimum});
  const first = links[0];
  return (
    first === undefined ||
    links.every(({date, entry}) => [date, entry + dates].every((at) => nodes.find(at) === nodes.find(first.date)))
  );
}

/** All cells of a grid as one. */
export function together(grid: Grid): CellGrid {
  const links = new Map<number, Link>();
  for (const cell of grid.cells)
    for (const {entry, date, units} of cell.links) {
      const place = entry * grid.dates.length + date;
      links.set(place, {entry, date, units: units + (links.get(place)?.units ?? 0)});
    }
  const sum = (of: (cell: CellGrid) => readonly number[], length: number) =>
    Array.from({length}, (_, i) => grid.cells.reduce((total, cell) => total + (of(cell)[i] ?? 0), 0));
  return {
    key: "",
    cell: [],
    units: grid.cells.reduce((total, {units}) => total + units, 0),
    links: [...links.values()].sort((a, b) => a.entry - b.entry || a.date - b.date),
    entered: sum((cell) => cell.entered, grid.dates.length),
    entries: sum((cell) => cell.entries, grid.entries.length)
  };
}

/** Links between blocks; units that are certain to be distinct. */
function coarseLinks(links: readonly Link[], dates: Blocks, entries: Blocks): Link[] {
  const width = blockCount(dates);
  const cells = new Map<number, number>();
  const largest = new Map<number, number>();
  for (const {entry, date, units} of links) {
    const at = entry * width + (dates[date] ?? 0);
    if (!(units <= (largest.get(at) ?? -1))) largest.set(at, units);
  }
  for (const [of, units] of largest) {
    const block = of % width;
    const at = (entries[(of - block) / width] ?? 0) * width + block;
    cells.set(at, units + (cells.get(at) ?? 0));
  }
  return [...cells]
    .map(([at, units]) => ({entry: Math.floor(at / width), date: at % width, units}))
    .sort((a, b) => a.entry - b.entry || a.date - b.date);
}

function summed(values: readonly number[], blocks: Blocks): number[] {
  const sums = new Array<number>(blockCount(blocks)).fill(0);
  values.forEach((value, i) => (sums[blocks[i] ?? 0] = (sums[blocks[i] ?? 0] ?? 0) + value));
  return sums;
}

/** From blocks of blocks to blocks of dates. */
function raised(cells: CellSchedules, total: Schedule["total"]): Schedule {
  const raise = (own: Blocks, of: Blocks) => of.map((block) => own[block] ?? 0);
  return {
    total,
    cells: new Map(
      [...cells].map(([key, {dates, entries}]) => [
        key,
        {dates: raise(dates, total.dates), entries: raise(entries, total.entries)}
      ])
    )
  };
}
