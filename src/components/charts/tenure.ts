import * as Plot from "@observablehq/plot";
import {formatCount, formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize, EffectRow} from "./theme.ts";
import {effectDomain, frame, grid, muted, paper, percentTick, variantColor, zeroY} from "./theme.ts";

/** The effect of units on their k-th day; days before the exposure are below 0. */
export type TenureRow = EffectRow & {
  day: number;
  n: number;
  /** Bounds that hold for all days together; null where there are none. */
  low: number | null;
  high: number | null;
};

/** How effects by tenure are drawn; `fit` is a + b exp(-day / tau). */
export type TenureOptions = ChartSize & {color: number; fit?: {a: number; b: number; tau: number} | null};

/**
 * Returns points with intervals by days since exposure, the band that holds for all days together, the days before the
 * exposure as open points, and the fitted curve with its long-run level where there is one.
 */
export function tenure(rows: readonly TenureRow[], {width, height, color, fit = null}: TenureOptions): Element {
  const known = rows.filter((r) => r.value !== null);
  const [earlier, since] = [known.filter((r) => r.day < 0), known.filter((r) => r.day >= 0)];
  const start = Math.min(0, ...known.map((r) => r.day));
  const end = Math.max(...known.map((r) => r.day), 1);
  const curve = fit
    ? Array.from({length: 81}, (_, i) => ({
        day: (i / 80) * end,
        value: fit.a + fit.b * Math.exp(-((i / 80) * end) / fit.tau)
      }))
    : [];
  // A day whose interval cannot be had, or is very wide, does not stretch the axis; it ends in an arrow.
  const bounded = known.filter((r) => r.lower !== null && r.upper !== null);
  const widths = bounded.map((r) => (r.upper ?? 0) - (r.lower ?? 0)).sort((a, b) => a - b);
  const usual = 4 * (widths[Math.floor(widths.length / 2)] ?? Infinity);
  const firm = bounded.filter((r) => (r.upper ?? 0) - (r.lower ?? 0) <= usual);
  const domain = effectDomain(
    firm.length > 0 ? firm : known,
    firm.map(({value}) => ({value, lower: null, upper: null}))
  );
  const [bottom, top] = domain;
  const lost = known.filter((r) => (r.value ?? 0) > top || (r.value ?? 0) < bottom);
  const inside = (value: number | null) => Math.max(bottom, Math.min(top, value ?? 0));
  const stroke = variantColor(color);
  const mark = fit ? variantColor(0) : stroke;
  const percent = (value: number | null) => `${formatNumber((value ?? 0) * 100, {signed: true, decimals: 1})}%`;
  const range = (low: number | null, high: number | null) =>
    low === null && high === null ? "" : `, ${percent(low)} to ${percent(high)}`;
  return Plot.plot({
    ...frame({width, height}),
    marginBottom: 38,
    marginTop: earlier.length > 0 ? 20 : 12,
    marginRight: fit ? 56 : 16,
    x: {
      domain: [start - 0.5, end + 0.5],
      label: "days since exposure",
      labelAnchor: "right",
      labelArrow: "none",
      ticks: Math.min(end - start, Math.round(width / 60)),
      tickFormat: (d: number) => (Number.isInteger(d) ? formatNumber(d, {decimals: 0}) : "")
    },
    y: {domain, label: null, ticks: 5, tickFormat: percentTick(domain), grid: true},
    marks: [
      Plot.areaY(
        since.filter((r) => r.low !== null && r.high !== null),
        {
          x: "day",
          y1: (d: TenureRow) => inside(d.low),
          y2: (d: TenureRow) => inside(d.high),
          fill: mark,
          fillOpacity: 0.12,
          curve: "linear"
        }
      ),
      zeroY(),
      earlier.length > 0 ? Plot.ruleX([-0.5], {stroke: muted, strokeWidth: 1, strokeDasharray: "2,3"}) : null,
      earlier.length > 0
        ? Plot.text([-0.5], {
            x: -0.5,
            frameAnchor: "top",
            text: ["before "],
            textAnchor: "end",
            dx: -5,
            dy: -12,
            fill: muted
          })
        : null,
      earlier.length > 0
        ? Plot.text([-0.5], {
            x: -0.5,
            frameAnchor: "top",
            text: ["since exposure"],
            textAnchor: "start",
            dx: 5,
            dy: -12,
            fill: muted
          })
        : null,
      fit ? Plot.ruleY([fit.a], {stroke, strokeDasharray: "3,3", strokeOpacity: 0.8}) : null,
      Plot.ruleX(
        known.filter((r) => r.lower !== null || r.upper !== null),
        {
          x: "day",
          y1: (d: TenureRow) => inside(d.lower ?? bottom),
          y2: (d: TenureRow) => inside(d.upper ?? top),
          stroke: (d: TenureRow) => (d.day < 0 ? grid : mark),
          strokeOpacity: (d: TenureRow) => (d.day < 0 ? 1 : fit ? 0.8 : 0.6),
          strokeWidth: 1.5
        }
      ),
      Plot.lineY(curve, {x: "day", y: "value", stroke, strokeWidth: 2, clip: true}),
      Plot.dot(
        earlier.filter((r) => !lost.includes(r)),
        {x: "day", y: "value", fill: paper, stroke: variantColor(0), strokeWidth: 1.2, r: 2.8}
      ),
      Plot.dot(
        since.filter((r) => !lost.includes(r)),
        {x: "day", y: "value", fill: mark, stroke: paper, r: since.length > 30 ? 3.2 : 4}
      ),
      Plot.dot(lost, {
        x: "day",
        y: (d: TenureRow) => inside(d.value),
        symbol: "triangle",
        rotate: (d: TenureRow) => ((d.value ?? 0) > top ? 0 : 180),
        fill: mark,
        r: 3.5
      }),
      fit
        ? Plot.text([fit], {
            x: end + 0.5,
            y: "a",
            text: [`${percent(fit.a)}`],
            textAnchor: "start",
            dx: 4,
            fill: stroke,
            fontWeight: 600
          })
        : null,
      fit
        ? Plot.text([fit], {x: end + 0.5, y: "a", text: ["long run"], textAnchor: "start", dx: 4, dy: 13, fill: muted})
        : null,
      Plot.tip(
        known,
        Plot.pointerX({
          x: "day",
          y: (d: TenureRow) => inside(d.value),
          title: (d: TenureRow) =>
            `day ${formatNumber(d.day, {decimals: 0})}, ${formatCount(d.n)} units\n${percent(d.value)}${range(d.lower, d.upper)}${d.low === null && d.high === null ? "" : `\nall days together${range(d.low, d.high).slice(1)}`}`
        })
      )
    ]
  });
}
