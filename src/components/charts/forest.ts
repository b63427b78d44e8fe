import * as Plot from "@observablehq/plot";
import {formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize, EffectRow} from "./theme.ts";
import {clip, effectDomain, frame, grid, harm, ink, muted, paper, percentTick, variantColor} from "./theme.ts";

/** One interval of a forest; `y` is its place in pixels from the top. */
export type ForestRow = EffectRow & {
  y: number;
  color: number;
  /** Drawn stronger than the others. */
  strong?: boolean;
  /** Worse than it may be; never cut off. */
  harmful?: boolean;
  /** Drawn with an open point. */
  open?: boolean;
  /** A second, filled mark: the estimate pulled towards the mean. */
  shrunk?: number | null;
  title: string;
};

/** A name at the left of a row or above a group of rows. */
export type ForestLabel = {y: number; text: string; heading?: boolean};

/** A guardrail's margin. */
export type ForestMargin = {y: number; value: number; text: string};

/** How a forest is drawn; values are fractions. */
export type ForestOptions = ChartSize & {
  labels: readonly ForestLabel[];
  margins?: readonly ForestMargin[];
  /** Dashed: the effect over all units. */
  total?: number | null;
  /** Rows that must not be cut off. */
  always?: readonly EffectRow[];
};

const marginTop = 8;
const marginBottom = 30;

/** Returns intervals on one axis of relative differences; what lies beyond the axis ends in an arrow with its value. */
export function forest(
  rows: readonly ForestRow[],
  {width, height, labels, margins = [], total = null, always = []}: ForestOptions
): Element {
  const known = rows.filter((r) => r.value !== null && r.lower !== null && r.upper !== null);
  const domain = effectDomain(known, total === null ? always : [...always, {value: total, lower: null, upper: null}]);
  const [low, high] = domain;
  const inside = (value: number | null) => Math.max(low, Math.min(high, value ?? 0));
  const longest = Math.max(...labels.map((l) => [...l.text].length), 4);
  const marginLeft = Math.min(Math.round(longest * 6.4) + 16, width < 480 ? 112 : 230);
  const inner = height - marginTop - marginBottom;
  const color = (d: ForestRow) => variantColor(d.color);
  const lost = known.filter((r) => (r.value ?? 0) > high || (r.value ?? 0) < low);
  const tick = percentTick(domain);
  return Plot.plot({
    ...frame({width, height}),
    marginTop,
    marginBottom,
    marginLeft,
    marginRight: 24,
    x: {domain, label: null, ticks: Math.max(3, Math.round((width - marginLeft) / 90)), tickFormat: tick, grid: true},
    y: {type: "linear", domain: [inner, 0], range: [marginTop + inner, marginTop], axis: null},
    marks: [
      Plot.ruleX([0], {stroke: ink}),
      total === null ? null : Plot.ruleX([total], {stroke: muted, strokeDasharray: "3,3"}),
      Plot.text(labels, {
        x: low,
        y: "y",
        text: (d: ForestLabel) => clip(d.text, Math.floor((marginLeft - 14) / 6.2)),
        title: (d: ForestLabel) => d.text,
        textAnchor: "end",
        dx: -10,
        fill: (d: ForestLabel) => (d.heading ? muted : ink),
        fontWeight: 400,
        className: "row-label"
      }),
      Plot.link(known, {
        x1: (d: ForestRow) => inside(d.lower),
        x2: (d: ForestRow) => inside(d.upper),
        y1: "y",
        y2: "y",
        stroke: color,
        strokeOpacity: (d: ForestRow) => (d.strong ? 1 : 0.72),
        strokeWidth: 2.2
      }),
      Plot.dot(
        known.filter((r) => (r.upper ?? 0) > high),
        {x: high, y: "y", fill: color, symbol: "triangle", rotate: 90, r: 3.5}
      ),
      Plot.dot(
        known.filter((r) => (r.lower ?? 0) < low),
        {x: low, y: "y", fill: color, symbol: "triangle", rotate: -90, r: 3.5}
      ),
      ...[false, true].map((strong) =>
        Plot.dot(
          known.filter((r) => !lost.includes(r) && Boolean(r.strong) === strong),
          {
            x: "value",
            y: "y",
            r: strong ? 5.5 : 4.2,
            fill: (d: ForestRow) => (d.open ? paper : variantColor(d.color)),
            stroke: (d: ForestRow) => (d.open ? variantColor(d.color) : paper),
            strokeWidth: 1.4
          }
        )
      ),
      Plot.dot(
        known.filter((r) => r.shrunk != null),
        {x: (d: ForestRow) => inside(d.shrunk ?? 0), y: "y", r: 4, fill: color, stroke: paper}
      ),
      ...([1, -1] as const).map((side) =>
        Plot.text(
          lost.filter((r) => ((r.value ?? 0) > high ? 1 : -1) === side),
          {
            x: side > 0 ? high : low,
            y: "y",
            text: (d: ForestRow) => `${formatNumber((d.value ?? 0) * 100, {signed: true, decimals: 0})}%`,
            textAnchor: side > 0 ? "end" : "start",
            dx: -10 * side,
            dy: -9,
            fill: color,
            fontWeight: 600
          }
        )
      ),
      Plot.ruleX(
        margins.filter((m) => m.value >= low && m.value <= high),
        {x: "value", y1: (d: ForestMargin) => d.y - 7, y2: (d: ForestMargin) => d.y + 7, stroke: harm, strokeWidth: 1.5}
      ),
      Plot.text(
        margins.filter((m) => !lost.some((r) => r.y === m.y)),
        {
          x: (d: ForestMargin) => inside(d.value),
          y: "y",
          text: (d: ForestMargin) =>
            d.value >= low && d.value <= high ? d.text : `${d.text}, off scale ${d.value > 0 ? "\u2192" : "\u2190"}`,
          textAnchor: "end",
          dx: -4,
          dy: -8,
          fill: harm,
          fontSize: 11
        }
      ),
      Plot.ruleY([inner], {stroke: grid}),
      Plot.tip(known, Plot.pointer({x: (d: ForestRow) => inside(d.value), y: "y", title: "title"}))
    ]
  });
}
