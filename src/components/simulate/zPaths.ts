import * as Plot from "@observablehq/plot";
import {formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize} from "../charts/theme.ts";
import {frame, good, ink, paper, variantColor} from "../charts/theme.ts";

/** z of one experiment without an effect, by night, and the first night on which the naive rule called a difference (-1: never). */
export type ZPath = {z: readonly number[]; called: number};

/** Returns the latest paths of z with the naive line and the boundary; what the naive rule called is coloured from its night on. */
export function zPaths(
  paths: readonly ZPath[],
  {width, height, naive, bounds}: ChartSize & {naive: number; bounds: readonly number[]}
): Element {
  const nights = bounds.length;
  const rows = paths.flatMap(({z, called}, run) =>
    z.map((value, i) => ({run, night: i + 1, z: value, called: called >= 0}))
  );
  const calls = paths.flatMap(({z, called}) => (called >= 0 ? [{night: called + 1, z: z[called] ?? 0}] : []));
  const boundary = bounds.map((bound, i) => ({night: i + 1, bound})).filter(({bound}) => bound < 6);
  const both = [1, -1] as const;
  return Plot.plot({
    ...frame({width, height}),
    marginLeft: 30,
    marginRight: 82,
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
      domain: [-4.6, 4.6],
      label: null,
      ticks: 7,
      tickFormat: (d: number) => formatNumber(d, {decimals: 0}),
      grid: true
    },
    marks: [
      Plot.lineY(
        rows.filter((d) => !d.called),
        {x: "night", y: "z", z: "run", stroke: "var(--v0)", strokeOpacity: 0.35, clip: true}
      ),
      Plot.lineY(
        rows.filter((d) => d.called),
        {x: "night", y: "z", z: "run", stroke: variantColor(2), strokeOpacity: 0.6, clip: true}
      ),
      Plot.ruleY([0], {stroke: ink}),
      Plot.ruleY([naive, -naive], {stroke: variantColor(2), strokeDasharray: "4,3", strokeWidth: 1.4}),
      both.map((side) =>
        Plot.lineY(boundary, {
          x: "night",
          y: (d: {bound: number}) => side * d.bound,
          stroke: good,
          strokeWidth: 1.8,
          clip: true
        })
      ),
      Plot.dot(calls, {x: "night", y: "z", fill: variantColor(2), stroke: paper, r: 3.5, clip: true}),
      Plot.text(["boundary"], {
        x: () => nights,
        y: () => (bounds.at(-1) ?? naive) + 0.32,
        text: (d: string) => d,
        fill: good,
        textAnchor: "start",
        dx: 8
      }),
      Plot.text([`± ${formatNumber(naive, {decimals: 2})}`], {
        x: () => nights,
        y: () => naive - 0.32,
        text: (d: string) => d,
        fill: variantColor(2),
        textAnchor: "start",
        dx: 8
      })
    ]
  });
}
