import type {BinGroups} from "./bins.ts";
import {binOf, evenGroups, focusedGroups} from "./bins.ts";
import type {LoadContext} from "./loadFacts.ts";
import {groupOf} from "./sql/quantile.ts";
import {numberOf} from "./steps.ts";

/** Groups that a first look at the data counts, and that each further look cuts those into that are looked at. */
const [firstLook, furtherLook] = [96, 512];

/** Distinct values up to which each has a group of its own. */
const few = 128;

/** Looks at values. */
export interface Looks {
  /** The least and the greatest, and all distinct ones if there are at most so many; null without a value. */
  range(few: number): Promise<{least: number; most: number; distinct: readonly number[] | null} | null>;
  /** How many more values are in each group from each day on, by variant, day and the group's place, in that order. */
  counts(groups: BinGroups): Promise<Counts>;
}

/** Returns looks at a table of `variant`, `day`, `v` and `c`: how many more values are v from that day on (-1: one fewer). */
export function looksAtTable({steps}: Pick<LoadContext, "steps">, table: string): Looks {
  return {
    async range(few) {
      const [range] = await steps.rows(`SELECT min(v), max(v) FROM ${table}`);
      const [least, most] = [numberOf(range?.[0]), numberOf(range?.[1])];
      if (least === null || most === null) return null;
      const values = await steps.rows(`SELECT DISTINCT v FROM ${table} LIMIT ${few + 1}`);
      return {least, most, distinct: values.length > few ? null : values.map(([v]) => Number(v))};
    },
    async counts(groups) {
      const places = new Map(groups.map((bin, i) => [bin, i]));
      const rows = await steps.rows(
        `SELECT variant, day, ${groupOf("v", groups)} AS g, sum(c) FROM ${table} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
      );
      return rows.map((row) => [Number(row[0]), Number(row[1]), places.get(Number(row[2])) ?? 0, Number(row[3])]);
    }
  };
}

/**
 * Returns the groups of bins that a sketch of a quantile is kept in, and the last bin; null without a value. The bins
 * that hold the quantile of any variant, as of any day, stay on their own, as fine as the table of edges; where the
 * interval may reach in the end they are some percent wide, and wider beyond. Looks at the counts find these bins.
 */
export async function chooseBins(quantile: number, looks: Looks): Promise<{groups: BinGroups; to: number} | null> {
  const range = await looks.range(few);
  if (range === null) return null;
  const [from, to] = [binOf(range.least), binOf(range.most)];
  if (range.distinct !== null) return {groups: alone(new Set(range.distinct.map(binOf)), {from, to}), to};

  let groups = evenGroups(from, to, firstLook);
  let counts = await looks.counts(groups);
  const near = nearby(counts, groups, quantile).map((place) => spanOf(groups, place, to));
  const span = {from, low: near[0]?.[0] ?? from, high: near.at(-1)?.[1] ?? to, to};
  for (;;) {
    const found = held(counts, groups, quantile).map((place) => spanOf(groups, place, to));
    const wide = found.filter(([first, last]) => last > first);
    if (wide.length === 0) {
      const bins = new Set(found.map(([first]) => first));
      return {groups: merged(focusedGroups(span, firstLook / 2), alone(bins, {from, to})), to};
    }
    const pieces = Math.max(2, Math.floor(furtherLook / wide.length));
    groups = merged(groups, ...wide.map(([first, last]) => evenGroups(first, last, pieces)));
    counts = await looks.counts(groups);
  }
}

/** Groups of single bins, and of what is between them. */
function alone(bins: ReadonlySet<number>, {from, to}: {from: number; to: number}): BinGroups {
  return merged(
    [from],
    [...bins],
    [...bins].map((bin) => bin + 1).filter((bin) => bin <= to)
  );
}

function merged(...groups: readonly BinGroups[]): BinGroups {
  return [...new Set(groups.flat())].sort((a, b) => a - b);
}

/** The first and the last bin of a group. */
function spanOf(groups: BinGroups, place: number, to: number): [first: number, last: number] {
  return [groups[place] ?? to, (groups[place + 1] ?? to + 1) - 1];
}

/** Counts by variant, day and place of the group. */
type Counts = readonly (readonly [variant: number, day: number, place: number, count: number])[];

/** The groups, by place, of the values that the quantile of a variant as of any day lies on or between. */
function held(counts: Counts, groups: BinGroups, quantile: number): number[] {
  const found = new Set<number>();
  everyDay(counts, groups, (sums, total) => {
    const rank = Math.floor((total - 1) * quantile);
    for (const share of [rank + 1, rank + 2]) found.add(placeAt(sums, Math.min(share, total)));
  });
  return ascending(found);
}

/** Those that its interval may reach in the end: eight standard errors, were all values independent, but half the way to an end at most. */
function nearby(counts: Counts, groups: BinGroups, quantile: number): number[] {
  const found = new Set<number>();
  everyDay(counts, groups, (sums, total, isLast) => {
    if (!isLast) return;
    const error = Math.sqrt((quantile * (1 - quantile)) / total);
    const around = Math.min(quantile / 2, (1 - quantile) / 2, 8 * error);
    for (const share of [quantile - around, quantile + around]) found.add(placeAt(sums, share * total));
  });
  return ascending(found);
}

/** Calls back with the counts of all groups, and their sum, of every variant as of the end of every day. */
function everyDay(
  counts: Counts,
  groups: BinGroups,
  task: (sums: readonly number[], total: number, isLast: boolean) => void
): void {
  for (const variant of new Set(counts.map(([of]) => of))) {
    const mine = counts.filter(([of]) => of === variant);
    const sums = groups.map(() => 0);
    let total = 0;
    mine.forEach(([, day, place, count], i) => {
      sums[place] = (sums[place] ?? 0) + count;
      total += count;
      if (mine[i + 1]?.[1] !== day && total > 0) task(sums, total, i === mine.length - 1);
    });
  }
}

/** The first place up to which there are as many values as the rank, counted from 1. */
function placeAt(counts: readonly number[], rank: number): number {
  let sum = 0;
  const place = counts.findIndex((count) => count > 0 && (sum += count) >= rank);
  return place < 0 ? counts.length - 1 : place;
}

function ascending(places: ReadonlySet<number>): number[] {
  return [...places].sort((a, b) => a - b);
}
