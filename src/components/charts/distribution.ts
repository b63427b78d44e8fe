import * as Plot from "@observablehq/plot";
import type {ChartSize} from "./theme.ts";
import {clip, frame, ink, variantColor} from "./theme.ts";

/** A bin of one variant: its edges and the share of units in it. */
export type DistributionRow = {variant: string; name: string; color: number; from: number; to: number; share: number};

/** Returns the shares of units by value as steps, one line for each variant. */
export function distribution(
  rows: readonly DistributionRow[],
  {width, height, format}: ChartSize & {format: (value: number) => string}
): Element {
  const points = rows.flatMap((r, i) => [
    {...r, x: r.from, at: 2 * i},
    {...r, x: r.to, at: 2 * i + 1}
  ]);
  const highest = Math.max(...rows.map((r) => r.share));
  const peak = rows.find((r) => r.share === highest);
  // All names stand at one place, beside the highest step, so that they never lie over one another.
  const peaks = [...new Map(rows.map((r) => [r.variant, r])).values()]
    .slice(0, 6)
    .map((r) => ({...r, from: peak?.from ?? 0, to: peak?.to ?? 0, share: highest}));
  return Plot.plot({
    ...frame({width, height}),
    x: {label: null, ticks: Math.max(3, Math.round(width / 110)), tickFormat: format},
    y: {label: null, ticks: 4, tickFormat: (d: number) => `${Math.round(d * 1000) / 10}%`, grid: true},
    marks: [
      Plot.areaY(points, {
        x: "x",
        y1: 0,
        y2: "share",
        sort: "at",
        z: "variant",
        fill: (d: DistributionRow) => variantColor(d.color),
        fillOpacity: 0.1
      }),
      Plot.lineY(points, {
        x: "x",
        y: "share",
        sort: "at",
        z: "variant",
        stroke: (d: DistributionRow) => variantColor(d.color),
        strokeWidth: 1.6
      }),
      Plot.ruleY([0], {stroke: ink}),
      ...peaks.map((row, i) =>
        Plot.text([row], {
          x: (d: DistributionRow) => (d.from + d.to) / 2,
          y: "share",
          text: [clip(row.name, 18)],
          fill: variantColor(row.color),
          textAnchor: "start",
          dx: 14,
          dy: 6 + 14 * i,
          fontWeight: 600
        })
      ),
      Plot.tip(
        rows,
        Plot.pointer({
          x: (d: DistributionRow) => (d.from + d.to) / 2,
          y: "share",
          title: (d: DistributionRow) =>
            `${clip(d.name, 24)}\n${format(d.from)} to ${format(d.to)}\n${(100 * d.share).toFixed(1)}% of values`
        })
      )
    ]
  });
}
