import * as Plot from "@observablehq/plot";
import type {ChartSize} from "./theme.ts";
import {frame, ink, variantColor} from "./theme.ts";

/** A bin of one variant: its edges and the share of units in it. */
export type DistributionRow = {variant: string; color: number; from: number; to: number; share: number};

/** Returns the shares of units by value as steps, one line for each variant. */
export function distribution(
  rows: readonly DistributionRow[],
  {width, height, format}: ChartSize & {format: (value: number) => string}
): Element {
  const points = rows.flatMap((r, i) => [
    {...r, x: r.from, at: 2 * i},
    {...r, x: r.to, at: 2 * i + 1}
  ]);
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
      Plot.ruleY([0], {stroke: ink})
    ]
  });
}
