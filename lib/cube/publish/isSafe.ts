import type {Blocks} from "./blocks.ts";
import type {Link} from "./grid.ts";
import type {UnionFind} from "./unionFind.ts";
import {unionFind} from "./unionFind.ts";

/** One cell as it is to be published: who is behind it, and its blocks of dates and of entry dates. */
export interface Scheduled {
  readonly links: readonly Link[];
  /** The block of each date, and of each entry date. */
  readonly dates: Blocks;
  readonly entries: Blocks;
}

/**
 * Whether no sum or difference of the published rows of one metric and variant stands for fewer than `minimum` units
 * (and more than none). Published are the totals of each date and of each entry date, and the blocks of each cell.
 *
 * Any combination of them gives what unit u of cell c, entered on e, did on date t the factor P(c, t) + G(c, e), where
 * P(c, t) = p(t) + q(block of t) and G(c, e) = p'(e) + q'(block of e). Were it a small group, the factor would be 0 for
 * all other units. So every group of enough units forces P(c, t) = -G(c, e) for its dates; such equalities are followed
 * until nothing new comes of them. If they tie all dates and entry dates of each cell together, the factor is 0 for
 * everybody, and no such combination exists. The answer may be a false no, never a false yes.
 */
export function isSafe(
  cells: readonly Scheduled[],
  {dates, entries, minimum}: {dates: number; entries: number; minimum: number}
): boolean {
  const totals = {dates: unionFind(dates), entries: unionFind(entries)};
  const states = cells.map(({links, dates: dateBlocks, entries: entryBlocks}) => {
    const live = {dates: new Set(links.map(({date}) => date)), entries: new Set(links.map(({entry}) => entry))};
    return {links, live, dateBlocks, entryBlocks, nodes: unionFind(dates + entries)};
  });
  for (let changed = true; changed;) {
    changed = false;
    for (const {links, live, dateBlocks, entryBlocks, nodes} of states) {
      changed = sameBlock(nodes, totals.dates, {places: live.dates, blocks: dateBlocks, offset: 0}) || changed;
      changed = sameBlock(nodes, totals.entries, {places: live.entries, blocks: entryBlocks, offset: dates}) || changed;
      changed = heavyLinks(nodes, links, {dates, minimum}) || changed;
    }
    for (const which of ["dates", "entries"] as const)
      if (!changed) changed = sharedTotals(states, totals, {which, dates, minimum});
  }
  return states.every(({live, nodes}) => {
    const all = [...live.dates, ...[...live.entries].map((entry) => entry + dates)];
    return all.every((place) => nodes.find(place) === nodes.find(all[0] ?? 0));
  });
}

/** Returns the sets of dates, and of entry dates (numbered after them), that enough units of one cell tie together. */
export function tie(
  links: readonly Link[],
  {dates, entries, minimum}: {dates: number; entries: number; minimum: number}
): UnionFind {
  const nodes = unionFind(dates + entries);
  while (heavyLinks(nodes, links, {dates, minimum}));
  return nodes;
}

/** In one block, P(c, t) = P(c, t') and p(t) = p(t') mean the same. */
function sameBlock(
  nodes: UnionFind,
  totals: UnionFind,
  {places, blocks, offset}: {places: ReadonlySet<number>; blocks: Blocks; offset: number}
): boolean {
  let changed = false;
  const byBlock = new Map<number, number[]>();
  for (const place of places) {
    const members = byBlock.get(blocks[place] ?? 0);
    if (members === undefined) byBlock.set(blocks[place] ?? 0, [place]);
    else members.push(place);
  }
  for (const members of byBlock.values())
    for (const a of members)
      for (const b of members) {
        if (a >= b) continue;
        const one = totals.find(a) === totals.find(b);
        const other = nodes.find(a + offset) === nodes.find(b + offset);
        if (one === other) continue;
        changed = true;
        totals.union(a, b);
        nodes.union(a + offset, b + offset);
      }
  return changed;
}

/** Enough units that entered on one set of equal entry dates and changed on one set of equal dates tie the two. */
function heavyLinks(
  nodes: UnionFind,
  links: readonly Link[],
  {dates, minimum}: {dates: number; minimum: number}
): boolean {
  // Links come ordered by entry date; of each entry date the largest count of one date is certain to be distinct.
  const sums = new Map<number, number>();
  let largest = new Map<number, number>();
  const flush = (entry: number) => {
    for (const [dateSet, units] of largest) {
      const key = pairOf(nodes.find(entry + dates), dateSet);
      sums.set(key, (sums.get(key) ?? 0) + units);
    }
    largest = new Map();
  };
  links.forEach(({entry, date, units}, i) => {
    const dateSet = nodes.find(date);
    largest.set(dateSet, Math.max(units, largest.get(dateSet) ?? 0));
    if (links[i + 1]?.entry !== entry) flush(entry);
  });
  let changed = false;
  for (const [key, units] of sums) {
    if (units < minimum) continue;
    const dateSet = key % places;
    changed = nodes.union((key - dateSet) / places, dateSet) || changed;
  }
  return changed;
}

interface State {
  readonly links: readonly Link[];
  readonly live: {readonly dates: ReadonlySet<number>; readonly entries: ReadonlySet<number>};
  readonly dateBlocks: Blocks;
  readonly entryBlocks: Blocks;
  readonly nodes: UnionFind;
}

/**
 * Two dates t, t' that share blocks, in enough units of all cells together, have equal totals' factors: a unit that
 * changed on t, of an entry date that is tied to t', has the factor p(t) - p(t'). The same for two entry dates.
 */
function sharedTotals(
  states: readonly State[],
  totals: {readonly dates: UnionFind; readonly entries: UnionFind},
  {which, dates, minimum}: {which: "dates" | "entries"; dates: number; minimum: number}
): boolean {
  const of = totals[which];
  const sums = new Map<number, number>();
  for (const {links, live, dateBlocks, entryBlocks, nodes} of states) {
    const blocks = which === "dates" ? dateBlocks : entryBlocks;
    const offset = which === "dates" ? 0 : dates;
    const tied = new Map<number, Set<number>>();
    for (const place of live[which]) {
      const key = pairOf(blocks[place] ?? 0, nodes.find(place + offset));
      const known = tied.get(key);
      if (known === undefined) tied.set(key, new Set([of.find(place)]));
      else known.add(of.find(place));
    }
    let largest = new Map<number, number>();
    links.forEach(({entry, date, units}, i) => {
      const place = which === "dates" ? date : entry;
      const across = nodes.find(which === "dates" ? entry + dates : date);
      const own = of.find(place);
      for (const other of tied.get(pairOf(blocks[place] ?? 0, across)) ?? []) {
        if (other === own) continue;
        const pair = pairOf(Math.min(own, other), Math.max(own, other));
        largest.set(pair, Math.max(units, largest.get(pair) ?? 0));
      }
      if (links[i + 1]?.entry === entry) return;
      for (const [pair, count] of largest) sums.set(pair, count + (sums.get(pair) ?? 0));
      largest = new Map();
    });
  }
  let changed = false;
  for (const [pair, units] of sums) {
    const b = pair % places;
    if (units >= minimum) changed = of.union((pair - b) / places, b) || changed;
  }
  return changed;
}

/** More than there are dates and entry dates together. */
const places = 2 ** 21;

/** Two places as one number. */
function pairOf(a: number, b: number): number {
  return a * places + b;
}
