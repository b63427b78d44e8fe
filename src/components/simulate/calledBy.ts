import * as Plot from "@observablehq/plot";
import {formatPercent} from "../../lib/experiment/format.ts";
import type {ChartSize} from "../charts/theme.ts";
import {frame, ink, muted, paper, spread} from "../charts/theme.ts";

/** The share of experiments in which a rule had called a difference by each night. */
export type CalledRow = {name: string; color: string; shares: readonly number[]};

/** Returns those shares by night, one line for each rule, with the error rate that was promised. */
export function calledBy(
  rows: readonly CalledRow[],
  {width, height, promised}: ChartSize & {promised: number}
): Element {
  const nights = rows[0]?.shares.length ?? 1;
  const points = rows.flatMap(({name, color, shares}) =>
    shares.map((share, i) => ({name, color, night: i + 1, share}))
  );
  const last = points.filter(({night}) => night === nights);
  const top = Math.max(0.1, 1.08 * Math.max(...points.map(({share}) => share)));
  const inner = height - 50;
  const labels = spread(
    last.map(({share}) => inner * (1 - share / top)),
    15,
    4,
    inner - 2
  ).map((at) => top * (1 - at / inner));
  return Plot.plot({
    ...frame({width, height}),
    marginLeft: 40,
    marginRight: Math.min(170, width * 0.36),
    marginBottom: 38,
    x: {
      domain: [1, nights],
      label: "night",
      labelAnchor: "right",
      labelArrow: "none",
      labelOffset: 32,
      ticks: Math.min(nights, 7)
    },
    y: {
      domain: [0, top],
      label: null,
      ticks: 6,
      tickFormat: (d: number) => formatPercent(d, {decimals: 0}),
      grid: true
    },
    marks: [
      Plot.ruleY([0], {stroke: ink}),
      Plot.ruleY([promised], {stroke: muted, strokeDasharray: "3,3"}),
      Plot.lineY(points, {
        x: "night",
        y: "share",
        z: "name",
        stroke: (d: {color: string}) => d.color,
        strokeWidth: 1.8
      }),
      Plot.dot(last, {x: "night", y: "share", fill: (d: {color: string}) => d.color, stroke: paper, r: 4}),
      Plot.text(
        last.map((d, i) => ({...d, at: labels[i] ?? 0})),
        {
          x: "night",
          y: "at",
          text: (d: {share: number; name: string}) => `${formatPercent(d.share, {decimals: 1})} ${d.name}`,
          fill: (d: {color: string}) => d.color,
          fontWeight: 600,
          textAnchor: "start",
          dx: 9
        }
      )
    ]
  });
}
