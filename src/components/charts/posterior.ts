import * as Plot from "@observablehq/plot";
import type {ChartSize} from "./theme.ts";
import {clip, frame, ink, spread, variantColor} from "./theme.ts";

/** A normal belief about a variant's mean. */
export type PosteriorRow = {name: string; color: number; mean: number; deviation: number};

/** How beliefs are drawn; differences have a line of no difference. */
export type PosteriorOptions = ChartSize & {difference?: boolean; format: (value: number) => string};

/** Returns the beliefs as densities, each named at its peak where the names fit; `format` writes values of the axis. */
export function posterior(
  rows: readonly PosteriorRow[],
  {width, height, format, difference = false}: PosteriorOptions
): Element {
  const known = rows.filter((r) => r.deviation > 0);
  const low = Math.min(...(difference ? [0] : []), ...known.map((r) => r.mean - 3.6 * r.deviation));
  const high = Math.max(...(difference ? [0] : []), ...known.map((r) => r.mean + 3.6 * r.deviation));
  const curve = known.flatMap((r) =>
    Array.from({length: 121}, (_, i) => {
      const x = low + (i / 120) * (high - low);
      return {...r, x, density: Math.exp(-0.5 * ((x - r.mean) / r.deviation) ** 2) / r.deviation};
    })
  );
  const top = Math.max(...known.map((r) => 1 / r.deviation));
  const ordered = [...known].sort((a, b) => a.mean - b.mean);
  const peaks = spread(
    ordered.map((r) => ((r.mean - low) / (high - low)) * (width - 32)),
    92,
    0,
    width - 32
  ).map((p) => low + (p / (width - 32)) * (high - low));
  return Plot.plot({
    ...frame({width, height}),
    marginTop: 22,
    marginLeft: 16,
    x: {domain: [low, high], label: null, ticks: Math.max(3, Math.round(width / 130)), tickFormat: format},
    y: {domain: [0, top * 1.04], axis: null},
    marks: [
      difference ? Plot.ruleX([0], {stroke: ink}) : null,
      Plot.areaY(curve, {
        x: "x",
        y1: 0,
        y2: "density",
        z: "name",
        fill: (d: PosteriorRow) => variantColor(d.color),
        fillOpacity: 0.16
      }),
      Plot.lineY(curve, {
        x: "x",
        y: "density",
        z: "name",
        stroke: (d: PosteriorRow) => variantColor(d.color),
        strokeWidth: 1.8
      }),
      Plot.ruleY([0], {stroke: ink}),
      Plot.ruleX(known, {
        x: "mean",
        y1: 0,
        y2: (d: PosteriorRow) => 1 / d.deviation,
        stroke: (d: PosteriorRow) => variantColor(d.color),
        strokeOpacity: 0.5
      }),
      Plot.tip(
        known,
        Plot.pointer({
          x: "mean",
          y: (d: PosteriorRow) => 1 / d.deviation,
          title: (d: PosteriorRow) =>
            `${clip(d.name, 24)}\n${format(d.mean)}, 95 of 100 between ${format(d.mean - 1.96 * d.deviation)} and ${format(d.mean + 1.96 * d.deviation)}`
        })
      ),
      ordered.length > 5 || ordered.length * 78 > width
        ? null
        : Plot.text(
            ordered.map((r, i) => ({...r, at: peaks[i]})),
            {
              x: "at",
              y: top * 1.04,
              text: (d: PosteriorRow) => clip(d.name, ordered.length < 3 ? 32 : 14),
              fill: (d: PosteriorRow) => variantColor(d.color),
              fontWeight: 600,
              dy: -8
            }
          )
    ]
  });
}
