import {sums} from "../../stats/moments.ts";
import type {Carried, CubeRow, PublishedRow} from "../row.ts";

/** A bin that is wider than this (upper / lower edge) is too coarse where the quantile is. */
const coarsest = 1.02;

/**
 * Returns the rows of a quantile metric, coarse enough to be published, of variants as a whole. One grid of spans of
 * dates and of spans of bins per variant, with enough units in each field of it or none: then every combination of rows
 * has a whole field in it. Bins are joined first; where that makes them too wide about the quantile, dates are.
 *
 * @param budget rows of the metric at most
 */
export function publishBins(
  metric: string,
  rows: readonly CubeRow[],
  {minimum, budget, quantile}: {minimum: number; budget: number; quantile: number}
): {path: PublishedRow[]; carried: Carried[]} {
  const path: PublishedRow[] = [];
  const carried: Carried[] = [];
  const variants = [...new Set(rows.map(({variant}) => variant))];
  for (const variant of variants) {
    const mine = rows.filter((row) => row.variant === variant && row.bin !== null);
    const found = chooseGrid(mine, minimum, {budget: budget / variants.length, quantile});
    if (found === null) continue;
    const {dates, bins, spanOf, groupOf} = found;
    const fields = new Map<string, PublishedRow>();
    for (const row of rows) {
      if (row.variant !== variant) continue;
      const until = dates.findLast((date) => spanOf.get(date) === spanOf.get(row.date)) ?? row.date;
      const bin = row.bin === null ? null : (groupOf.get(row.bin) ?? row.bin);
      const {touched: _, ...keys} = row;
      const known = fields.get(`${until} ${bin}`);
      const edges = bin === null ? {} : {lower: lowest(bins, bin), upper: highest(bins, groupOf, bin)};
      const sum = {...keys, date: until, bin, ...edges};
      if (known !== undefined) {
        sum.n += known.n;
        for (const name of sums) sum[name] += known[name];
      }
      fields.set(`${until} ${bin}`, sum);
    }
    path.push(...fields.values());
    for (const span of new Set(spanOf.values())) {
      const members = dates.filter((date) => spanOf.get(date) === span);
      const [from, until] = [members[0] ?? "", members.at(-1) ?? ""];
      if (from !== until) carried.push({table: "path", metric, variant, cell: null, from, until, dates: members});
    }
  }
  return {path, carried};
}

interface Bin {
  readonly bin: number;
  readonly lower: number;
  readonly upper: number;
}

interface Chosen {
  readonly dates: readonly string[];
  readonly bins: readonly Bin[];
  /** The span of each date. */
  readonly spanOf: ReadonlyMap<string, number>;
  /** The first bin of the span that a bin is in. */
  readonly groupOf: ReadonlyMap<number, number>;
}

function chooseGrid(
  rows: readonly CubeRow[],
  minimum: number,
  {budget, quantile}: {budget: number; quantile: number}
): Chosen | null {
  const dates = [...new Set(rows.map(({date}) => date))].sort();
  const bins = [
    ...new Map(rows.map(({bin, lower = 0, upper = 0}) => [bin ?? 0, {bin: bin ?? 0, lower, upper}])).values()
  ];
  bins.sort((a, b) => a.bin - b.bin);
  const byDate = new Map(dates.map((date) => [date, rows.filter((row) => row.date === date)]));
  for (let spans = dateSpans(dates, byDate, minimum); spans !== null; spans = joinPairs(spans)) {
    const columns = spans.map((span) => span.map((date) => byDate.get(date) ?? []));
    const groups = binSpans(bins, columns, minimum);
    const groupOf = new Map(groups.flatMap((group) => group.map(({bin}) => [bin, group[0]?.bin ?? bin] as const)));
    const spanOf = new Map(spans.flatMap((span, i) => span.map((date) => [date, i] as const)));
    const fits = groups.length * spans.length <= budget && widthAt(groups, rows, quantile) <= coarsest;
    if (groups.length > 0 && (fits || spans.length === 1)) return {dates, bins, spanOf, groupOf};
    if (spans.length <= 1) return null;
  }
  return null;
}

/** Dates with enough units each; what is left joins the last. Units of one date are each in one bin's `touched`. */
function dateSpans(
  dates: readonly string[],
  byDate: ReadonlyMap<string, readonly CubeRow[]>,
  minimum: number
): string[][] | null {
  const spans: string[][] = [];
  let open: string[] = [];
  for (const date of dates) {
    open.push(date);
    if (unitsIn(open.map((member) => byDate.get(member) ?? [])) < minimum) continue;
    spans.push(open);
    open = [];
  }
  if (spans.length === 0) return null;
  spans.at(-1)?.push(...open);
  return spans;
}

function joinPairs(spans: readonly string[][]): string[][] {
  return spans.flatMap((span, i) => (i % 2 === 0 ? [[...span, ...(spans[i + 1] ?? [])]] : []));
}

/** Spans of neighbouring bins with enough units, or nothing at all, in each span of dates. */
function binSpans(bins: readonly Bin[], columns: readonly (readonly CubeRow[])[][], minimum: number): Bin[][] {
  const groups: Bin[][] = [];
  let open: Bin[] = [];
  const enough = (group: readonly Bin[]) => {
    const members = new Set(group.map(({bin}) => bin));
    return columns.every((span) => {
      const inside = span.map((date) => date.filter(({bin}) => bin !== null && members.has(bin)));
      return inside.every((date) => date.length === 0) || unitsIn(inside) >= minimum;
    });
  };
  for (const bin of bins) {
    open.push(bin);
    if (!enough(open)) continue;
    groups.push(open);
    open = [];
  }
  while (open.length > 0) {
    const last = groups.pop();
    if (last === undefined) return [];
    open = [...last, ...open];
    if (enough(open)) {
      groups.push(open);
      open = [];
    }
  }
  return groups;
}

/** Distinct units for certain: those that entered, or those of the largest date. */
function unitsIn(dates: readonly (readonly CubeRow[])[]): number {
  const entered = dates.reduce((sum, rows) => sum + rows.reduce((n, row) => n + row.n, 0), 0);
  return Math.max(entered, ...dates.map((rows) => rows.reduce((sum, {touched}) => sum + touched, 0)));
}

/** The width, upper / lower edge, of the span of bins that holds the quantile in the end. */
function widthAt(groups: readonly (readonly Bin[])[], rows: readonly CubeRow[], quantile: number): number {
  const counts = new Map<number, number>();
  for (const {bin, y} of rows) counts.set(bin ?? 0, y + (counts.get(bin ?? 0) ?? 0));
  let left = quantile * [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const group of groups) {
    left -= group.reduce((sum, {bin}) => sum + (counts.get(bin) ?? 0), 0);
    if (left > 0) continue;
    const [lower, upper] = [group[0]?.lower ?? 0, group.at(-1)?.upper ?? 0];
    return lower === upper ? 1 : lower > 0 ? upper / lower : upper < 0 ? lower / upper : Infinity;
  }
  return Infinity;
}

function lowest(bins: readonly Bin[], first: number): number {
  return bins.find(({bin}) => bin === first)?.lower ?? 0;
}

function highest(bins: readonly Bin[], groupOf: ReadonlyMap<number, number>, first: number): number {
  return bins.findLast(({bin}) => groupOf.get(bin) === first)?.upper ?? 0;
}
