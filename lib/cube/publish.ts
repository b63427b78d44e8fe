import {formatList} from "../experiment/format.ts";
import {compareRows} from "./assemble.ts";
import type {MapCell} from "./publish/coarsen.ts";
import {coarsen} from "./publish/coarsen.ts";
import {jointBlocks, oneBlock} from "./publish/blocks.ts";
import {cellKey, rowsByMetric} from "./publish/grid.ts";
import {publishBins} from "./publish/publishBins.ts";
import {publishMetric} from "./publish/publishMetric.ts";
import {publishTenure} from "./publish/publishTenure.ts";
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
    tenure: publishableTenure(cube, found),
    origins: cube.origins,
    carried: [...found.carried, ...sketched.carried],
    coarser: found.coarser
  };
}

/** The tenure sums of each metric by the values that its cells are published with. */
function publishableTenure(
  {tenure, path, dimensions}: Cube,
  {dimensions: published, map, merged}: ReturnType<typeof publishableCells>
): Publication["tenure"] {
  return Object.fromEntries(
    Object.entries(tenure).map(([metric, sums]) => {
      const renamed = merged.get(metric);
      // Without cells in its files there is nothing to tell a difference to.
      if (renamed === undefined) return [metric, sums];
      const cells = new Map<string, readonly [cell: readonly string[], shown: readonly string[]]>();
      for (const row of path) {
        if (row.metric !== metric || row.cell === null || cells.has(cellKey(row.cell))) continue;
        const coarse = map(row.cell);
        const key = renamed.get(cellKey(coarse));
        cells.set(cellKey(row.cell), [row.cell, key === undefined ? coarse : (JSON.parse(key) as string[])]);
      }
      return [metric, publishTenure(sums, [...cells.values()], {dimensions, published})];
    })
  );
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
  let map: MapCell = (cell) => cell;
  for (let coarse = cube; ;) {
    const path: PublishedRow[] = [];
    const entries: PublishedRow[] = [];
    const carried: Carried[] = [];
    const whole: string[] = [];
    const merged = new Map<string, ReadonlyMap<string, string>>();
    const {dimensions} = coarse;
    // Far too many: not worth a try.
    const tried = coarse.path.length <= 8 * budget || dimensions.length === 0;
    for (const [metric, rows] of tried ? rowsByMetric(coarse) : []) {
      const published = publishMetric(metric, rows, dimensions, minimum);
      path.push(...published.path);
      entries.push(...published.entries);
      carried.push(...published.carried);
      if (published.wholeOnly) whole.push(metric);
      else merged.set(metric, published.merged);
    }
    if ((tried && path.length <= budget) || dimensions.length === 0)
      return {dimensions, map, merged, path, entries, carried, coarser: [...coarser, ...mergeNotes(whole, merged)]};
    const next = coarsen(coarse);
    const before = map;
    map = (cell) => next.map(before(cell));
    coarser.push(`${next.note}, to stay within ${budget} rows.`);
    coarse = next.cube;
  }
}

/** What was merged to hide the few, in a sentence for each number of cells. */
function mergeNotes(whole: readonly string[], merged: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] {
  const metricsOf = new Map<number, string[]>();
  for (const [metric, {size}] of merged) if (size > 0) metricsOf.set(size, [...(metricsOf.get(size) ?? []), metric]);
  const notes = [...metricsOf].map(([cells, metrics]) => {
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
 * variant that falls silent does not hold up the others: its few units are carried to its next stretch, the last of them back. A variant
 * with too few units in all is left out.
 */
export function publishableTraffic(rows: readonly TrafficRow[], minimumUnits: number): TrafficRow[] {
  const totals = new Map<string, number>();
  for (const {variant, units} of rows) totals.set(variant, (totals.get(variant) ?? 0) + units);
  const variants = [...totals.keys()].filter((variant) => (totals.get(variant) ?? 0) >= minimumUnits);
  const own = rows.filter(({variant}) => variants.includes(variant));
  const all = own.reduce((sum, {units}) => sum + units, 0);
  const shares = variants.map((variant) => (totals.get(variant) ?? 0) / all);
  const days = stretchesOf(placesOf(own, variants, 10), minimumUnits, shares);
  const hours = placesOf(own, variants, Infinity);
  const stretches = days.flatMap(({places: dates}) => {
    const within = hours.filter(({places: [hour = ""]}) => dates.includes(hour.slice(0, 10)));
    return stretchesOf(within, minimumUnits, shares);
  });

  const published: TrafficRow[] = [];
  for (const [k, variant] of variants.entries()) {
    let carried = 0;
    const first = published.length;
    for (const {places, counts} of stretches) {
      carried += counts[k] ?? 0;
      if (carried < minimumUnits) continue;
      published.push({hour: places.at(-1) ?? "", variant, units: carried});
      carried = 0;
    }
    const last = published.length > first ? published.pop() : undefined;
    if (last) published.push({...last, units: last.units + carried});
  }
  return published.sort((a, b) => (a.hour < b.hour ? -1 : a.hour > b.hour ? 1 : 0));
}

interface Stretch {
  /** Dates or hours, in order. */
  readonly places: readonly string[];
  /** Units by variant. */
  readonly counts: readonly number[];
}

/** Returns each date, or hour, with its units by variant, in order of time. */
function placesOf(rows: readonly TrafficRow[], variants: readonly string[], length: number): Stretch[] {
  const places = new Map<string, number[]>();
  for (const {hour, variant, units} of rows) {
    const place = hour.slice(0, length);
    const counts = places.get(place) ?? variants.map(() => 0);
    const k = variants.indexOf(variant);
    counts[k] = (counts[k] ?? 0) + units;
    places.set(place, counts);
  }
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, counts]) => ({places: [place], counts}));
}

/** Returns places put together until they have enough units; all in one where they never do. */
function stretchesOf(places: readonly Stretch[], minimum: number, shares: readonly number[]): Stretch[] {
  const blocks =
    jointBlocks(
      places.map(({counts}) => counts),
      minimum,
      shares
    ) ?? oneBlock(places.length);
  return [...new Set(blocks)].map((block) => {
    const members = places.filter((_, i) => blocks[i] === block);
    return {
      places: members.flatMap((member) => member.places),
      counts: shares.map((_, k) => members.reduce((sum, {counts}) => sum + (counts[k] ?? 0), 0))
    };
  });
}
