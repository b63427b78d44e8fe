import * as Plot from "@observablehq/plot";
import {formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {frame, good, ink, muted, paper, variantColor} from "./theme.ts";

/** A point of the boundary; a look that was taken has a z. */
export type BoundaryRow = {
  fraction: number;
  z: number | null;
  bound: number | null;
  futility: number | null;
  /** What today's data say of that day, where it differs. */
  recomputed?: number | null;
};

/** How the boundary is drawn. */
export type BoundaryOptions = ChartSize & {
  color: number;
  sides: 1 | 2;
  crossed: boolean;
  /** The look to name, by its fraction; default: the last one. */
  crossing?: number;
  /** Another boundary, to compare with; drawn dashed. */
  ghost?: readonly Pick<BoundaryRow, "fraction" | "bound">[];
};

/** Returns looks against information with the boundary's far side filled, the last look named. */
export function boundary(
  rows: readonly BoundaryRow[],
  {width, height, color, sides, crossed, crossing, ghost = []}: BoundaryOptions
): Element {
  const looks = rows.filter((r) => r.z !== null);
  const last = looks.find((r) => r.fraction === crossing) ?? looks.at(-1);
  const moved = looks.filter((r) => r.recomputed != null && r.recomputed !== r.z);
  const highest = Math.max(...looks.map((r) => Math.max(Math.abs(r.z ?? 0), Math.abs(r.recomputed ?? 0))), 2.5);
  const tallest = Math.max(...rows.map((r) => r.bound ?? 0), 2.5);
  const top = Math.max(Math.min(tallest * 1.06, Math.max(highest * 1.5, 5.2)), highest * 1.15);
  const both = sides === 2 && looks.some((r) => (r.z ?? 0) < -0.8);
  const low = both ? -top : Math.min(0, ...looks.map((r) => (r.z ?? 0) - 0.3));
  const bounded = rows.filter((r) => r.bound !== null);
  const futile = rows.filter((r) => r.futility !== null);
  const edge = Math.max(1, ...rows.map((r) => r.fraction));
  const end = bounded.at(-1);
  const futileEnd = futile.at(-1);
  return Plot.plot({
    ...frame({width, height}),
    marginRight: 66,
    marginLeft: 30,
    marginBottom: 40,
    x: {
      domain: [0, edge],
      label: "information: mature units / planned",
      labelAnchor: "right",
      labelArrow: "none",
      labelOffset: 34,
      tickFormat: (d: number) => `${Math.round(d * 100)}%`,
      ticks: 5
    },
    y: {
      domain: [low, top],
      label: null,
      ticks: 6,
      grid: true,
      tickFormat: (d: number) => (Number.isInteger(d) ? formatNumber(d, {decimals: 0}) : "")
    },
    marks: [
      Plot.areaY(bounded, {x: "fraction", y1: "bound", y2: () => top, fill: "var(--good-soft)", clip: true}),
      both
        ? Plot.areaY(bounded, {
            x: "fraction",
            y1: (d: BoundaryRow) => -(d.bound ?? 0),
            y2: () => -top,
            fill: "var(--harm-soft)",
            clip: true
          })
        : null,
      Plot.ruleY([0], {stroke: ink}),
      Plot.lineY(
        ghost.filter((r) => r.bound !== null && r.fraction <= edge),
        {x: "fraction", y: "bound", stroke: muted, strokeWidth: 1.4, strokeDasharray: "5,4", clip: true}
      ),
      bounded.length === 1
        ? Plot.ruleX(bounded, {x: "fraction", y1: "bound", y2: () => top, stroke: good, strokeWidth: 1.8})
        : null,
      Plot.lineY(bounded, {x: "fraction", y: "bound", stroke: good, strokeWidth: 1.8, clip: true}),
      both
        ? Plot.lineY(bounded, {
            x: "fraction",
            y: (d: BoundaryRow) => -(d.bound ?? 0),
            stroke: "var(--harm)",
            strokeWidth: 1.8,
            clip: true
          })
        : null,
      Plot.lineY(futile, {x: "fraction", y: "futility", stroke: muted, strokeDasharray: "3,3", clip: true}),
      end
        ? Plot.text([end], {
            x: "fraction",
            y: (d: BoundaryRow) => Math.min(d.bound ?? 0, top),
            text: ["may stop"],
            fill: good,
            textAnchor: "start",
            dx: 8
          })
        : null,
      both && end
        ? Plot.text([end], {
            x: "fraction",
            y: (d: BoundaryRow) => -(d.bound ?? 0),
            text: ["harm"],
            fill: "var(--harm)",
            textAnchor: "start",
            dx: 8
          })
        : null,
      futileEnd && Math.abs((futileEnd.futility ?? 0) - (end?.bound ?? 9)) * (height / (top - low)) > 12
        ? Plot.text([futileEnd], {
            x: "fraction",
            y: "futility",
            text: ["futility"],
            fill: muted,
            textAnchor: "start",
            dx: 8
          })
        : futileEnd
          ? Plot.text([futileEnd], {
              x: "fraction",
              y: "futility",
              text: ["futility"],
              fill: muted,
              textAnchor: "start",
              dx: 8,
              dy: 14
            })
          : null,
      moved.length > 0
        ? Plot.lineY(looks, {
            x: "fraction",
            y: (r: BoundaryRow) => r.recomputed ?? r.z,
            stroke: variantColor(color),
            strokeWidth: 1.2,
            strokeDasharray: "2,3"
          })
        : null,
      Plot.dot(moved, {x: "fraction", y: "recomputed", fill: paper, stroke: variantColor(color), r: 3.5}),
      // At the first of them, on its far side: the last look has a name of its own.
      Plot.text(moved.slice(0, 1), {
        x: "fraction",
        y: "recomputed",
        text: ["by today\u2019s data"],
        fill: muted,
        textAnchor: "start",
        dx: -4,
        dy: (moved[0]?.recomputed ?? 0) < (moved[0]?.z ?? 0) ? 13 : -13,
        stroke: paper,
        strokeWidth: 4
      }),
      Plot.lineY(looks, {x: "fraction", y: "z", stroke: variantColor(color), strokeWidth: 1.4}),
      Plot.dot(looks, {x: "fraction", y: "z", fill: variantColor(color), stroke: paper, r: 4.5}),
      last ? Plot.dot([last], {x: "fraction", y: "z", fill: variantColor(color), stroke: paper, r: 6}) : null,
      last
        ? Plot.text([last], {
            x: "fraction",
            y: "z",
            text: [`z = ${formatNumber(last.z, {decimals: 2})}${crossed ? ", crossed" : ""}`],
            fill: variantColor(color),
            fontWeight: 600,
            textAnchor: "middle",
            dy: (last.z ?? 0) < 0 ? 17 : -17,
            stroke: paper,
            strokeWidth: 4
          })
        : null,
      Plot.tip(
        looks,
        Plot.pointer({
          x: "fraction",
          y: "z",
          title: (d: BoundaryRow) =>
            `information ${Math.round(d.fraction * 100)}%\nz ${formatNumber(d.z, {decimals: 2})}, boundary ${formatNumber(d.bound, {decimals: 2})}`
        })
      )
    ]
  });
}
