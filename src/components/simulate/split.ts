import * as Plot from "@observablehq/plot";
import {formatPercent, plural} from "../../lib/experiment/format.ts";
import {normal} from "../../lib/stats/index.ts";
import type {ChartSize} from "../charts/theme.ts";
import {ink, muted, paper, percentTick, variantColor} from "../charts/theme.ts";
import {overDays} from "./time.ts";

/** The split of all units so far. */
export type SplitRow = {time: number; units: number; share: number};

/** Returns the treatment's share of all units over time, about the planned one and what chance does to it. */
export function split(
  rows: readonly SplitRow[],
  {width, height, planned = 0.5}: ChartSize & {planned?: number}
): Element {
  const known = rows.filter((r) => r.units > 0);
  const last = known.at(-1);
  const z = normal.quantile(0.9975);
  const chance = ({units}: SplitRow) => z * Math.sqrt((planned * (1 - planned)) / units);
  const settled = known.filter((_, i) => i >= known.length * 0.1);
  const reach = Math.min(
    0.26,
    Math.max(0.012, ...settled.map((r) => Math.max(1.3 * Math.abs(r.share - planned), chance(r))))
  );
  const domain: [number, number] = [planned - reach, planned + reach];
  return Plot.plot({
    ...overDays({width, height}),
    y: {domain, label: null, ticks: 5, tickFormat: percentTick(domain, {signed: false}), grid: true},
    marks: [
      Plot.areaY(known, {
        x: "time",
        y1: (d: SplitRow) => planned - chance(d),
        y2: (d: SplitRow) => planned + chance(d),
        fill: "var(--v0)",
        fillOpacity: 0.14,
        clip: true
      }),
      Plot.ruleY([planned], {stroke: ink}),
      Plot.lineY(known, {x: "time", y: "share", stroke: variantColor(1), strokeWidth: 1.8, clip: true}),
      last
        ? [
            Plot.dot([last], {x: "time", y: "share", fill: variantColor(1), stroke: paper, r: 4.5}),
            Plot.text([last], {
              x: "time",
              y: "share",
              text: (d: SplitRow) => formatPercent(d.share, {decimals: 1}),
              fill: variantColor(1),
              fontWeight: 600,
              textAnchor: "start",
              dx: 9
            })
          ]
        : null,
      Plot.text([planned], {
        x: () => 31,
        y: (d: number) => d,
        text: ["planned"],
        fill: muted,
        textAnchor: "start",
        dx: 9,
        dy: last && Math.abs(last.share - planned) < reach * 0.14 && last.time > 26 ? 14 : 0
      }),
      Plot.tip(
        known,
        Plot.pointerX({
          x: "time",
          y: "share",
          title: (d: SplitRow) =>
            `day ${d.time.toFixed(2)}\n${formatPercent(d.share, {decimals: 2})} of ${plural(d.units, "unit")}`
        })
      )
    ]
  });
}
