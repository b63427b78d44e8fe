import * as Plot from "@observablehq/plot";
import {formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize, EffectRow} from "./theme.ts";
import {effectDomain, frame, muted, paper, percentTick, variantColor, zeroY} from "./theme.ts";

/** The effect of units on their k-th day. */
export type TenureRow = EffectRow & {day: number};

/** How effects by tenure are drawn; `fit` is a + b exp(-day / tau). */
export type TenureOptions = ChartSize & {color: number; fit?: {a: number; b: number; tau: number} | null};

/** Returns points with intervals by days since exposure, and the fitted curve with its long-run level where there is one. */
export function tenure(rows: readonly TenureRow[], {width, height, color, fit = null}: TenureOptions): Element {
  const known = rows.filter((r) => r.value !== null);
  const end = Math.max(...known.map((r) => r.day), 1);
  const curve = fit
    ? Array.from({length: 81}, (_, i) => ({
        day: (i / 80) * end,
        value: fit.a + fit.b * Math.exp(-((i / 80) * end) / fit.tau)
      }))
    : [];
  const domain = effectDomain(
    known,
    known.map(({value}) => ({value, lower: null, upper: null}))
  );
  const stroke = variantColor(color);
  const percent = (value: number | null) => `${formatNumber((value ?? 0) * 100, {signed: true, decimals: 1})}%`;
  return Plot.plot({
    ...frame({width, height}),
    marginBottom: 38,
    marginRight: fit ? 52 : 16,
    x: {
      domain: [-0.5, end + 0.5],
      label: "days since exposure",
      labelAnchor: "right",
      labelArrow: "none",
      ticks: Math.min(end, Math.round(width / 60)),
      tickFormat: (d: number) => (Number.isInteger(d) ? String(d) : "")
    },
    y: {domain, label: null, ticks: 5, tickFormat: percentTick(domain), grid: true},
    marks: [
      zeroY(),
      fit ? Plot.ruleY([fit.a], {stroke, strokeDasharray: "3,3", strokeOpacity: 0.8}) : null,
      Plot.ruleX(known, {
        x: "day",
        y1: "lower",
        y2: "upper",
        stroke: fit ? "var(--v0)" : stroke,
        strokeOpacity: fit ? 0.8 : 0.6,
        strokeWidth: 1.5,
        clip: true
      }),
      Plot.lineY(curve, {x: "day", y: "value", stroke, strokeWidth: 2, clip: true}),
      Plot.dot(known, {x: "day", y: "value", fill: fit ? "var(--v0)" : stroke, stroke: paper, r: 4}),
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
          y: "value",
          title: (d: TenureRow) =>
            `day ${d.day}\n${percent(d.value)}${d.lower === null ? "" : `, ${percent(d.lower)} to ${percent(d.upper)}`}`
        })
      )
    ]
  });
}
