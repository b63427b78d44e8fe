import type {BinGroups} from "./bins.ts";
import {binOf, evenGroups, focusedGroups} from "./bins.ts";
import type {LoadContext} from "./loadFacts.ts";
import {groupOf} from "./sql/quantile.ts";
import {numberOf} from "./steps.ts";

/** Groups that a look at the data counts. */
const [firstLook, secondLook] = [96, 512];

/** Bins on either side of a quantile that stay on their own. */
const margin = 2;

/**
 * Returns the groups of bins that a sketch of a quantile is kept in, and the last bin; null without a value. Where the
 * quantile of any variant is, as of any day, bins are as fine as the table of edges; where its interval may reach they
 * are some percent wide, and wider beyond. A first look at the counts finds the region, a second one the bins.
 *
 * @param select rows of `variant`, `day` and `v`
 */
export async function chooseBins(
  context: Pick<LoadContext, "steps">,
  quantile: number,
  select: string
): Promise<{groups: BinGroups; to: number} | null> {
  const [range] = await context.steps.rows(`SELECT min(v), max(v) FROM (${select}) AS r`);
  const [least, most] = [numberOf(range?.[0]), numberOf(range?.[1])];
  if (least === null || most === null) return null;
  const [from, to] = [binOf(least), binOf(most)];
  const even = evenGroups(from, to, firstLook);
  const region = reached(await look(context, select, even), even, {quantile, to, room: true});
  const [low, high] = [Math.min(...region.map(([first]) => first)), Math.max(...region.map(([, last]) => last))];
  const span = {from, low, high, to};
  const closer = focusedGroups(span, secondLook);
  const groups = new Set(focusedGroups(span, firstLook / 2));
  for (const [first, last] of reached(await look(context, select, closer), closer, {quantile, to, room: false}))
    for (let bin = Math.max(from, first - margin); bin <= last + margin + 1 && bin <= to; ++bin) groups.add(bin);
  return {groups: [...groups].sort((a, b) => a - b), to};
}

/** Counts by variant, day and place of the group. */
type Counts = readonly (readonly [variant: number, day: number, place: number, count: number])[];

async function look({steps}: Pick<LoadContext, "steps">, select: string, groups: BinGroups): Promise<Counts> {
  const places = new Map(groups.map((bin, i) => [bin, i]));
  const rows = await steps.rows(
    `SELECT variant, day, ${groupOf("v", groups)} AS g, count(*) FROM (${select}) AS r GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
  );
  return rows.map((row) => [Number(row[0]), Number(row[1]), places.get(Number(row[2])) ?? 0, Number(row[3])]);
}

/**
 * The groups, as first and last bin, that hold the quantile of a variant as of a day; with `room` those too that its
 * interval may reach in the end: eight standard errors, were all values independent, but half the way to an end at most.
 */
function reached(
  counts: Counts,
  groups: BinGroups,
  {quantile, to, room}: {quantile: number; to: number; room: boolean}
): [number, number][] {
  const found = new Set<number>();
  for (const variant of new Set(counts.map(([of]) => of))) {
    const mine = counts.filter(([of]) => of === variant);
    const last = mine.at(-1)?.[1];
    const sums = groups.map(() => 0);
    let total = 0;
    mine.forEach(([, day, place, count], i) => {
      sums[place] = (sums[place] ?? 0) + count;
      total += count;
      if (mine[i + 1]?.[1] === day) return;
      const error = Math.sqrt((quantile * (1 - quantile)) / total);
      const around = room && day === last ? Math.min(quantile / 2, (1 - quantile) / 2, 8 * error) : 0;
      for (const share of [quantile - around, quantile + around]) found.add(placeAt(sums, share * total));
    });
  }
  return [...found].map((place) => [groups[place] ?? to, (groups[place + 1] ?? to + 1) - 1]);
}

function placeAt(counts: readonly number[], rank: number): number {
  let sum = 0;
  const place = counts.findIndex((count) => count > 0 && (sum += count) >= rank);
  return place < 0 ? counts.length - 1 : place;
}
