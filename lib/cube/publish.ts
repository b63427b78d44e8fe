import {formatList} from "../experiment/format.ts";
import {compareRows} from "./assemble.ts";
import {coarsen} from "./publish/coarsen.ts";
import {jointBlocks} from "./publish/blocks.ts";
import {rowsByMetric} from "./publish/grid.ts";
import {publishBins} from "./publish/publishBins.ts";
import {publishMetric} from "./publish/publishMetric.ts";
import type {Carried, Cube, Publication, PublishedRow, TrafficRow} from "./row.ts";

export interface PublishOptions {
  /** Units that a published row, and every difference of published rows, stands for at least; default 10. */
  minimumUnits?: number;
  /** Rows of the path at most; cells become coarser beyond; default 20000. */
  budget?: number;
}

/**
 * Returns what may be published of a cube. Every row stands for at least `minimumUnits` distinct units, and so does
 * every sum or difference of rows, dates, cells, totals and entry dates of a metric: see `isSafe`. What a date lacks is
 * carried to the next one; the last date is complete. Variants with fewer units are left out.
 */
export function publishable(cube: Cube, {minimumUnits = 10, budget = 20_000}: PublishOptions = {}): Publication {
  if (!(minimumUnits >= 1)) throw new RangeError(`invalid minimumUnits; not at least 1: ${minimumUnits}`);
  const sketched = publishableSketches(cube, minimumUnits, budget / 2);
  const metrics = new Set(sketched.metrics);
  const others = metrics.size === 0 ? cube.path : cube.path.filter(({metric}) => !metrics.has(metric));
  const found = publishableCells({...cube, path: others}, minimumUnits, budget - sketched.path.length);
  const order = compareRows({
    variants: [...new Set(cube.path.map(({variant}) => variant))],
    metrics: [...new Set(cube.path.map(({metric}) => metric))].map((key) => ({key}))
  });
  return {
    dimensions: found.dimensions,
    asOf: cube.asOf,
    path: [...found.path, ...sketched.path].sort(order),
    entries: found.entries.sort(order),
    traffic: publishableTraffic(cube.traffic, minimumUnits),
    origins: cube.origins,
    carried: [...found.carried, ...sketched.carried],
    coarser: found.coarser
  };
}

/** The rows of quantile metrics: each has an equal part of the budget. */
function publishableSketches({path, quantiles = {}}: Cube, minimum: number, budget: number) {
  const metrics = [...new Set(path.flatMap(({bin, metric}) => (bin === null ? [] : [metric])))];
  const published = metrics.map((metric) => {
    const rows = path.filter((row) => row.metric === metric);
    return publishBins(metric, rows, {minimum, budget: budget / metrics.length, quantile: quantiles[metric] ?? 0.5});
  });
  return {
    metrics,
    path: published.flatMap((found) => found.path),
    carried: published.flatMap((found) => found.carried)
  };
}

/** The rows of all other metrics, with coarser cells where they are too many. */
function publishableCells(cube: Cube, minimum: number, budget: number) {
  const coarser: string[] = [];
  for (let coarse = cube; ;) {
    const path: PublishedRow[] = [];
    const entries: PublishedRow[] = [];
    const carried: Carried[] = [];
    const whole: string[] = [];
    const merged = new Map<number, string[]>();
    const {dimensions} = coarse;
    // Far too many: not worth a try.
    const tried = coarse.path.length <= 8 * budget || dimensions.length === 0;
    for (const [metric, rows] of tried ? rowsByMetric(coarse) : []) {
      const published = publishMetric(metric, rows, dimensions, minimum);
      path.push(...published.path);
      entries.push(...published.entries);
      carried.push(...published.carried);
      if (published.wholeOnly) whole.push(metric);
      else if (published.merged > 0) merged.set(published.merged, [...(merged.get(published.merged) ?? []), metric]);
    }
    if ((tried && path.length <= budget) || dimensions.length === 0)
      return {dimensions, path, entries, carried, coarser: [...coarser, ...mergeNotes(whole, merged)]};
    const next = coarsen(coarse);
    coarser.push(`${next.note}, to stay within ${budget} rows.`);
    coarse = next.cube;
  }
}

/** What was merged to hide the few, in a sentence for each number of cells. */
function mergeNotes(whole: readonly string[], merged: ReadonlyMap<number, readonly string[]>): string[] {
  const notes = [...merged].map(([cells, metrics]) => {
    const count = `${cells === 1 ? "1 cell" : `${cells} cells`}${metrics.length > 1 ? " each" : ""}`;
    const are = cells === 1 && metrics.length === 1 ? "is" : "are";
    return `Of ${formatList(metrics)}, ${count} ${are} counted as other, having too few units to stand alone.`;
  });
  if (whole.length > 0) notes.push(`Of ${formatList(whole)}, no cell has enough units to be published.`);
  return notes;
}

/**
 * Returns traffic in stretches of hours with enough units of each variant, under the last hour of the stretch: the same stretches for all
 * variants, so that their split can be judged by hour and by day. Stretches do not cross the days that have enough units of their own. A
 * variant with too few units in all is left out.
 */
export function publishableTraffic(rows: readonly TrafficRow[], minimumUnits: number): TrafficRow[] {
  const published: TrafficRow[] = [];
  const totals = new Map<string, number>();
  for (const {variant, units} of rows) totals.set(variant, (totals.get(variant) ?? 0) + units);
  const variants = [...totals.keys()].filter((variant) => (totals.get(variant) ?? 0) >= minimumUnits);
  const countsBy = (length: number, own: readonly TrafficRow[]): Map<string, number[]> => {
    const counts = new Map<string, number[]>();
    for (const {hour, variant, units} of own) {
      const place = hour.slice(0, length);
      const at = variants.indexOf(variant);
      const sums = counts.get(place) ?? variants.map(() => 0);
      if (at >= 0) sums[at] = (sums[at] ?? 0) + units;
      counts.set(place, sums);
    }
    return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const own = rows.filter(({variant}) => variants.includes(variant));
  const perDate = countsBy(10, own);
  const dates = [...perDate.keys()];
  const dateBlocks = jointBlocks([...perDate.values()], minimumUnits) ?? [];
  for (const block of new Set(dateBlocks)) {
    const within = new Set(dates.filter((_, i) => dateBlocks[i] === block));
    const perHour = [
      ...countsBy(
        Infinity,
        own.filter(({hour}) => within.has(hour.slice(0, 10)))
      )
    ];
    const hourBlocks =
      jointBlocks(
        perHour.map(([, counts]) => counts),
        minimumUnits
      ) ?? perHour.map(() => 0);
    for (const part of new Set(hourBlocks)) {
      const members = perHour.filter((_, i) => hourBlocks[i] === part);
      variants.forEach((variant, k) =>
        published.push({
          hour: members.at(-1)?.[0] ?? "",
          variant,
          units: members.reduce((sum, [, counts]) => sum + (counts[k] ?? 0), 0)
        })
      );
    }
  }
  return published.sort((a, b) => (a.hour < b.hour ? -1 : a.hour > b.hour ? 1 : 0));
}
