import * as Plot from "@observablehq/plot";
import {formatDate} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {clip, effectDomain, frame, paper, percentTick, spread, timeFrame, variantColor, zeroY} from "./theme.ts";

/** One variant's effect as of one day. */
export type DayRow = {
  date: Date;
  variant: string;
  name: string;
  color: number;
  value: number | null;
  lower: number | null;
  upper: number | null;
};

/** How a chart by day is drawn. */
export type EffectByDayOptions = ChartSize & {
  /** First and last day of the axis, shared by all charts of time. */
  days: [Date, Date];
  /** Writes a value beside the last point. */
  format: (value: number) => string;
  /** Values are fractions, written as percentages on the axis. */
  percent?: boolean;
};

/** Returns the effect with its interval by day, a band and a line for each variant, the last point named. */
export function effectByDay(
  rows: readonly DayRow[],
  {width, height, days, format, percent = true}: EffectByDayOptions
): Element {
  const known = rows.filter((r) => r.value !== null);
  const last = lastOf(known);
  const many = last.length > 1;
  const settled = known.filter((_, i) => i >= known.length * 0.12);
  const domain = effectDomain(settled, last);
  const shared = frame({width, height});
  const inner = height - 12 - 32;
  const toPixel = (value: number) => inner * (1 - (value - domain[0]) / (domain[1] - domain[0]));
  const toValue = (pixel: number) => domain[0] + (1 - pixel / inner) * (domain[1] - domain[0]);
  const labels = spread(
    last.map((r) => toPixel(r.value ?? 0)),
    14,
    4,
    inner - 4
  ).map(toValue);
  return Plot.plot({
    ...shared,
    ...timeFrame(days, {width, many}),
    y: {domain, label: null, ticks: 5, tickFormat: percent ? percentTick(domain) : undefined, grid: true},
    marks: [
      last.length <= 3
        ? Plot.areaY(known, {
            x: "date",
            y1: "lower",
            y2: "upper",
            z: "variant",
            fill: (d: DayRow) => variantColor(d.color),
            fillOpacity: many ? 0.11 : 0.16,
            clip: true
          })
        : null,
      zeroY(),
      Plot.lineY(known, {
        x: "date",
        y: "value",
        z: "variant",
        stroke: (d: DayRow) => variantColor(d.color),
        strokeWidth: 1.8,
        clip: true
      }),
      Plot.dot(last, {x: "date", y: "value", fill: (d: DayRow) => variantColor(d.color), stroke: paper, r: 4.5}),
      Plot.text(
        last.map((r, i) => ({...r, at: labels[i]})),
        {
          x: "date",
          y: "at",
          text: (d: DayRow) => `${format(d.value ?? 0)}${many ? ` ${clip(d.name, 12)}` : ""}`,
          fill: (d: DayRow) => variantColor(d.color),
          textAnchor: "start",
          dx: 10,
          fontWeight: 600,
          className: "label"
        }
      ),
      Plot.tip(
        known,
        Plot.pointerX({
          x: "date",
          y: "value",
          title: (d: DayRow) =>
            `${many ? `${clip(d.name, 24)}\n` : ""}${formatDate(d.date.toISOString())}\n${format(d.value ?? 0)}${d.lower === null || d.upper === null ? "" : `, ${format(d.lower)} to ${format(d.upper)}`}`
        })
      )
    ]
  });
}

function lastOf(rows: readonly DayRow[]): DayRow[] {
  return [...new Map(rows.map((r) => [r.variant, r])).values()];
}
