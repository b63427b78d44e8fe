import type {CellGrid, Link} from "./grid.ts";

/** Which block each place of an ordered list belongs to: blocks are numbered from 0. */
export type Blocks = readonly number[];

/**
 * A lower bound of the distinct units behind some links. Units of different entry dates are different, and a unit
 * occurs at most once per date, so of each entry date the largest count of one date is certain.
 *
 * @param dateOf the date's group, or -1 to leave it out
 * @param entryOf whether the entry date is in
 */
export function distinctUnits(
  links: readonly Link[],
  isDate: (date: number) => boolean,
  isEntry: (entry: number) => boolean = () => true
): number {
  const largest = new Map<number, number>();
  for (const {entry, date, units} of links)
    if (isDate(date) && isEntry(entry)) largest.set(entry, Math.max(units, largest.get(entry) ?? 0));
  return [...largest.values()].reduce((sum, units) => sum + units, 0);
}

/**
 * Returns blocks of consecutive dates with at least `minimum` distinct units each; what is left at the end joins the
 * last block. Null if all dates together have fewer.
 *
 * @param counts whether a date counts towards the minimum; default all do
 */
export function dateBlocks(
  {links, entered}: Pick<CellGrid, "links" | "entered">,
  minimum: number,
  counts: (date: number) => boolean = () => true
): Blocks | null {
  const byDate = entered.map((): Link[] => []);
  for (const link of links) byDate[link.date]?.push(link);
  let largest = new Map<number, number>();
  let sum = 0;
  let entering = 0;
  return grow(
    entered.length,
    (date) => {
      if (!counts(date)) return false;
      entering += entered[date] ?? 0;
      for (const {entry, units} of byDate[date] ?? []) {
        const before = largest.get(entry) ?? 0;
        if (units <= before) continue;
        sum += units - before;
        largest.set(entry, units);
      }
      return Math.max(sum, entering) >= minimum;
    },
    () => {
      largest = new Map();
      sum = entering = 0;
    }
  );
}

/** Returns blocks of consecutive places whose counts add up to at least `minimum`; null if all together do not. */
export function countBlocks(counts: readonly number[], minimum: number): Blocks | null {
  let sum = 0;
  return grow(
    counts.length,
    (i) => (sum += counts[i] ?? 0) >= minimum,
    () => (sum = 0)
  );
}

/**
 * Returns blocks of consecutive places in each of which every one of several counts adds up to at least `minimum`, or is so far below its
 * share of the block, at a third of it or less, that it is silent and nobody waits for it; null if there is no such block.
 *
 * @param counts the counts of each place, in one order
 * @param shares of each count in the sum of all, in the same order
 */
export function jointBlocks(
  counts: readonly (readonly number[])[],
  minimum: number,
  shares: readonly number[]
): Blocks | null {
  let sums: readonly number[] = [];
  return grow(
    counts.length,
    (i) => {
      sums = (counts[i] ?? []).map((count, k) => count + (sums[k] ?? 0));
      const total = sums.reduce((a, b) => a + b, 0);
      return sums.every((sum, k) => sum >= minimum || total * (shares[k] ?? 0) >= 3 * minimum);
    },
    () => (sums = [])
  );
}

/** Returns blocks in which every two neighbours have become one. */
export function halve(blocks: Blocks): Blocks {
  return blocks.map((block) => block >> 1);
}

/** Returns all places in one block. */
export function oneBlock(length: number): Blocks {
  return Array.from({length}, () => 0);
}

/** The number of blocks. */
export function blockCount(blocks: Blocks): number {
  return blocks.length === 0 ? 0 : Math.max(...blocks) + 1;
}

function grow(length: number, add: (i: number) => boolean, clear: () => void): Blocks | null {
  const blocks: number[] = [];
  let block = 0;
  let open = false;
  for (let i = 0; i < length; ++i) {
    blocks.push(block);
    open = true;
    if (!add(i)) continue;
    ++block;
    open = false;
    clear();
  }
  if (block === 0) return length === 0 ? blocks : null;
  return open ? blocks.map((at) => Math.min(at, block - 1)) : blocks;
}
