import * as Plot from "@observablehq/plot";
import {formatChosen, formatPercent, intervalDecimals} from "../../lib/experiment/format.ts";
import type {ChartSize} from "../charts/theme.ts";
import {effectDomain, muted, paper, percentTick, spread, variantColor, zeroY} from "../charts/theme.ts";
import {overDays} from "./time.ts";

/** The relative difference as it stood. */
export type LiftRow = {time: number; value: number | null; lower: number | null; upper: number | null};

/** Returns the relative difference with its interval over time, and the effect that was put into the log. */
export function lift(rows: readonly LiftRow[], {width, height, truth}: ChartSize & {truth: number}): Element {
  const known = rows.filter((r) => r.value !== null && r.lower !== null && r.upper !== null);
  const last = known.at(-1);
  const settled = known.filter((_, i) => i >= known.length * 0.15);
  const domain = effectDomain(settled, [{value: truth, lower: null, upper: null}, ...(last ? [last] : [])]);
  const inner = height - 50;
  const pixel = (value: number) => inner * (1 - (value - domain[0]) / (domain[1] - domain[0]));
  const value = (at: number) => domain[0] + (1 - at / inner) * (domain[1] - domain[0]);
  const [atTruth = 0, atLast = 0] = spread([pixel(truth), pixel(last?.value ?? truth)], last ? 15 : 0, 4, inner - 4);
  const decimals = intervalDecimals(last ? [last.lower, last.upper] : null, {scale: 100});
  const percent = (x: number | null) => formatPercent(x, {signed: true, decimals: last ? decimals : 1});
  return Plot.plot({
    ...overDays({width, height}),
    y: {domain, label: null, ticks: 5, tickFormat: percentTick(domain), grid: true},
    marks: [
      Plot.areaY(known, {x: "time", y1: "lower", y2: "upper", fill: variantColor(1), fillOpacity: 0.16, clip: true}),
      zeroY(),
      Plot.ruleY([truth], {stroke: muted, strokeDasharray: "3,3"}),
      Plot.lineY(known, {x: "time", y: "value", stroke: variantColor(1), strokeWidth: 1.8, clip: true}),
      Plot.text([truth], {
        x: () => 31,
        y: () => value(atTruth),
        text: [`truth ${formatChosen(truth)}`],
        fill: muted,
        textAnchor: "start",
        dx: 9
      }),
      last
        ? [
            Plot.dot([last], {x: "time", y: "value", fill: variantColor(1), stroke: paper, r: 4.5}),
            Plot.text([last], {
              x: "time",
              y: () => value(last.time > 26 ? atLast : pixel(last.value ?? 0)),
              text: (d: LiftRow) => percent(d.value),
              fill: variantColor(1),
              fontWeight: 600,
              textAnchor: "start",
              dx: 9
            })
          ]
        : null,
      Plot.tip(
        known,
        Plot.pointerX({
          x: "time",
          y: "value",
          title: (d: LiftRow) =>
            `day ${d.time.toFixed(2)}\n${percent(d.value)}, ${percent(d.lower)} to ${percent(d.upper)}`
        })
      )
    ]
  });
}
