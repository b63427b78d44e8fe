import * as Plot from "@observablehq/plot";
import {formatCount, formatShort} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {clip, frame, ink, variantColor} from "./theme.ts";

/** New units of one variant on one day. */
export type TrafficDay = {date: Date; name: string; color: number; units: number};

/** Returns new units by day, stacked by variant, on the time axis that all charts of time share. */
export function traffic(rows: readonly TrafficDay[], {width, height, days}: ChartSize & {days: [Date, Date]}): Element {
  const next = new Date(days[1].getTime() + 86_400_000);
  return Plot.plot({
    ...frame({width, height}),
    x: {type: "utc", domain: [days[0], next], label: null, ticks: Math.max(2, Math.round(width / 110))},
    y: {label: null, ticks: 4, tickFormat: formatShort, grid: true},
    marks: [
      Plot.rectY(
        rows,
        Plot.stackY({
          x1: "date",
          x2: (d: TrafficDay) => new Date(d.date.getTime() + 86_400_000),
          y: "units",
          z: "name",
          fill: (d: TrafficDay) => variantColor(d.color),
          insetLeft: 0.5,
          insetRight: 0.5,
          title: (d: TrafficDay) =>
            `${clip(d.name, 24)}, ${d.date.toISOString().slice(0, 10)}\n${formatCount(d.units)} new units`,
          tip: "x"
        })
      ),
      Plot.ruleY([0], {stroke: ink})
    ]
  });
}
