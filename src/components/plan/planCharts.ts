import * as Plot from "@observablehq/plot";
import {formatChosen, formatPercent} from "../../lib/experiment/format.ts";
import type {Method} from "../../lib/experiment/words.ts";
import type {ChartSize} from "../charts/theme.ts";
import {frame, ink, muted, paper, spread} from "../charts/theme.ts";

/** The colour of each design, and its name at the line's end. */
export const designs: Record<Method, {color: string; name: string}> = {
  fixed: {color: "var(--v0)", name: "fixed"},
  "group-sequential": {color: "var(--v1)", name: "group-sequential"},
  "always-valid": {color: "var(--v2)", name: "always-valid"}
};

/** A design at one place of the axis. */
export type DesignPoint = {method: Method; x: number; y: number};

/** Returns the smallest effect by duration, one line for each design, with the plan as a point. */
export function detectable(
  points: readonly DesignPoint[],
  {width, height, plan}: ChartSize & {plan: DesignPoint | null}
): Element {
  const top =
    1.05 * Math.min(3 * Math.min(...points.map(({y}) => y)) + (plan?.y ?? 0), Math.max(...points.map(({y}) => y)));
  const right = Math.min(130, width * 0.34);
  return Plot.plot({
    ...frame({width, height}),
    marginRight: right,
    marginBottom: 38,
    x: {...dayAxis, domain: [0, Math.max(...points.map(({x}) => x))], ticks: Math.max(3, Math.round(width / 90))},
    y: {domain: [0, top], label: null, ticks: 5, tickFormat: (d: number) => formatChosen(d), grid: true},
    marks: [
      Plot.ruleY([0], {stroke: ink}),
      lines(points),
      ...ends(points, {top, inner: height - 50}),
      plan
        ? [
            Plot.ruleX([plan], {x: "x", y1: 0, y2: "y", stroke: muted, strokeDasharray: "2,3"}),
            Plot.dot([plan], {x: "x", y: "y", fill: (d: DesignPoint) => designs[d.method].color, stroke: paper, r: 5.5})
          ]
        : null,
      Plot.tip(
        points,
        Plot.pointerX({
          x: "x",
          y: "y",
          title: (d: DesignPoint) => `${designs[d.method].name}\n${formatPercent(d.y)} in ${d.x} days`
        })
      )
    ]
  });
}

/** Returns the chance that each design has ended by a day, with the effect and (dashed) without one. */
export function ended(
  points: readonly (DesignPoint & {none: number})[],
  {width, height, days}: ChartSize & {days: number}
): Element {
  return Plot.plot({
    ...frame({width, height}),
    marginRight: Math.min(130, width * 0.34),
    marginBottom: 38,
    x: {...dayAxis, domain: [0, days], ticks: Math.max(3, Math.round(width / 90))},
    y: {domain: [0, 1.02], label: null, ticks: 5, tickFormat: (d: number) => `${Math.round(d * 100)}%`, grid: true},
    marks: [
      Plot.ruleY([0], {stroke: ink}),
      Plot.lineY(points, {
        x: "x",
        y: "none",
        z: "method",
        stroke: (d: DesignPoint) => designs[d.method].color,
        strokeDasharray: "3,3",
        strokeOpacity: 0.8
      }),
      lines(points),
      ...ends(points, {top: 1.02, inner: height - 50}),
      Plot.tip(
        points,
        Plot.pointerX({
          x: "x",
          y: "y",
          title: (d: DesignPoint & {none: number}) =>
            `${designs[d.method].name}, day ${d.x}\n${formatPercent(d.y, {decimals: 0})} with the effect\n${formatPercent(d.none, {decimals: 0})} without`
        })
      )
    ]
  });
}

/** Returns the power of one design by the true effect, with the plan as a point. */
export function powerCurve(
  points: readonly {effect: number; power: number}[],
  {width, height, method, plan}: ChartSize & {method: Method; plan: {effect: number; power: number}}
): Element {
  const {color} = designs[method];
  return Plot.plot({
    ...frame({width, height}),
    marginBottom: 38,
    marginRight: 58,
    x: {
      domain: [0, Math.max(...points.map(({effect}) => effect))],
      label: "true effect",
      labelAnchor: "right",
      labelArrow: "none",
      labelOffset: 32,
      ticks: Math.max(3, Math.round(width / 90)),
      tickFormat: (d: number) => formatChosen(d)
    },
    y: {domain: [0, 1.02], label: null, ticks: 5, tickFormat: (d: number) => `${Math.round(d * 100)}%`, grid: true},
    marks: [
      Plot.ruleY([0], {stroke: ink}),
      Plot.lineY(points, {x: "effect", y: "power", stroke: color, strokeWidth: 1.8}),
      Plot.ruleX([plan], {x: "effect", y1: 0, y2: "power", stroke: muted, strokeDasharray: "2,3"}),
      Plot.ruleY([plan], {x1: 0, x2: "effect", y: "power", stroke: muted, strokeDasharray: "2,3"}),
      Plot.dot([plan], {x: "effect", y: "power", fill: color, stroke: paper, r: 5.5}),
      Plot.text([plan], {
        x: "effect",
        y: "power",
        text: (d: {power: number}) => formatPercent(d.power, {decimals: 0}),
        fill: color,
        fontWeight: 600,
        textAnchor: "start",
        dx: 10,
        dy: 12
      })
    ]
  });
}

const dayAxis = {label: "days", labelAnchor: "right", labelArrow: "none", labelOffset: 32} as const;

function lines(points: readonly DesignPoint[]): Plot.Markish {
  return Plot.lineY(points, {
    x: "x",
    y: "y",
    z: "method",
    stroke: (d: DesignPoint) => designs[d.method].color,
    strokeWidth: 1.8,
    clip: true
  });
}

/** Names at the lines' ends, apart from each other. */
function ends(points: readonly DesignPoint[], {top, inner}: {top: number; inner: number}): Plot.Markish[] {
  const last = [...new Map(points.map((d) => [d.method, d])).values()];
  const x = Math.max(...points.map((d) => d.x));
  const at = spread(
    last.map(({y}) => inner * (1 - Math.min(y, top) / top)),
    15,
    4,
    inner - 4
  ).map((pixel) => top * (1 - pixel / inner));
  return [
    Plot.text(
      last.map((d, i) => ({...d, at: at[i] ?? 0})),
      {
        x: () => x,
        y: "at",
        text: (d: DesignPoint) => designs[d.method].name,
        fill: (d: DesignPoint) => designs[d.method].color,
        fontWeight: 600,
        textAnchor: "start",
        dx: 8
      }
    )
  ];
}
