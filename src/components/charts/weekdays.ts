import * as Plot from "@observablehq/plot";
import {formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize, EffectRow} from "./theme.ts";
import {effectDomain, frame, muted, paper, percentTick, variantColor, zeroY} from "./theme.ts";
import {weekdayNames} from "./weekdayNames.ts";

/** The effect on one day of the week: 1 Monday to 7 Sunday. */
export type WeekdayRow = EffectRow & {weekday: number};

/** Returns points with intervals by day of the week; dashed is the effect over all of them. */
export function weekdays(
  rows: readonly WeekdayRow[],
  {width, height, color, total = null}: ChartSize & {color: number; total?: number | null}
): Element {
  const known = rows.filter((r) => r.value !== null);
  const domain = effectDomain(
    known,
    known.map(({value}) => ({value, lower: null, upper: null}))
  );
  const stroke = variantColor(color);
  const percent = (value: number | null) => `${formatNumber((value ?? 0) * 100, {signed: true, decimals: 1})}%`;
  const label = (d: WeekdayRow) => weekdayNames[d.weekday - 1] ?? "";
  return Plot.plot({
    ...frame({width, height}),
    x: {type: "point", domain: weekdayNames, label: null, padding: 0.4, tickSize: 0},
    y: {domain, label: null, ticks: 4, tickFormat: percentTick(domain), grid: true},
    marks: [
      zeroY(),
      total === null ? null : Plot.ruleY([total], {stroke: muted, strokeDasharray: "3,3", clip: true}),
      Plot.ruleX(known, {x: label, y1: "lower", y2: "upper", stroke, strokeOpacity: 0.6, strokeWidth: 1.5, clip: true}),
      Plot.dot(known, {x: label, y: "value", fill: stroke, stroke: paper, r: 4}),
      Plot.tip(
        known,
        Plot.pointerX({
          x: label,
          y: "value",
          title: (d: WeekdayRow) =>
            `${label(d)}\n${percent(d.value)}${d.lower === null ? "" : `, ${percent(d.lower)} to ${percent(d.upper)}`}`
        })
      )
    ]
  });
}
