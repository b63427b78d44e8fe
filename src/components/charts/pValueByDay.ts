import * as Plot from "@observablehq/plot";
import {formatPValue} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {clip, frame, good, muted, paper, spread, variantColor} from "./theme.ts";

/** One variant's always-valid p-value as of one day. */
export type PValueRow = {
  date: Date;
  variant: string;
  name: string;
  color: number;
  pValue: number;
  /** What today's data say of that day, where it differs. */
  recomputed?: number;
};

/** How the chart is drawn. */
export type PValueOptions = ChartSize & {
  /** First and last day of the axis, shared by all charts of time. */
  days: [Date, Date];
  /** What a p-value must reach. */
  alpha: number;
};

const smallest = 1e-6;

/** Returns the always-valid p-value by day on a log scale, stepping down to alpha, the last value of each variant named. */
export function pValueByDay(rows: readonly PValueRow[], {width, height, days, alpha}: PValueOptions): Element {
  const drawn = rows.map((row) => ({...row, at: Math.max(smallest, row.pValue)}));
  const last = [...new Map(drawn.map((row) => [row.variant, row])).values()];
  const low = Math.min(
    alpha / 5,
    ...drawn.map(({at, recomputed}) => Math.max(smallest, Math.min(at, recomputed ?? 1)) / 1.6)
  );
  const many = last.length > 1;
  const inner = height - 44;
  const toPixel = (p: number) => inner * (Math.log(p) / Math.log(low));
  const labels = spread(
    last.map(({at}) => toPixel(at)),
    14,
    4,
    inner - 4
  ).map((pixel) => Math.exp((pixel / inner) * Math.log(low)));
  const moved = drawn.filter(({recomputed}) => recomputed !== undefined);
  const again = drawn.map((row) => ({...row, at: Math.max(smallest, row.recomputed ?? row.pValue)}));
  const lines = last.length <= 3 ? drawn : drawn.filter(({variant}) => last.some((row) => row.variant === variant));
  return Plot.plot({
    ...frame({width, height}),
    marginRight: many ? Math.min(150, width * 0.32) : 58,
    x: {type: "utc", domain: days, label: null, ticks: Math.max(2, Math.round(width / 110))},
    y: {
      type: "log",
      domain: [low, 1],
      label: null,
      ticks: 4,
      tickFormat: (p: number) =>
        Number.isInteger(Math.log10(p) + 1e-9) || Math.abs(Math.log10(p) % 1) < 1e-9 ? String(p) : "",
      grid: true
    },
    marks: [
      Plot.ruleY([alpha], {stroke: good, strokeWidth: 1.6, strokeDasharray: "5,4"}),
      Plot.text([alpha], {
        y: (p: number) => p,
        x: () => days[0],
        text: [`alpha ${alpha}`],
        fill: good,
        textAnchor: "start",
        dx: 4,
        dy: 10,
        stroke: paper,
        strokeWidth: 4
      }),
      Plot.ruleY([1], {stroke: muted}),
      moved.length === 0
        ? null
        : Plot.lineY(again, {
            x: "date",
            y: "at",
            z: "variant",
            stroke: (row: PValueRow) => variantColor(row.color),
            strokeWidth: 1.2,
            strokeDasharray: "2,3",
            curve: "step-after",
            clip: true
          }),
      Plot.text(again.filter(({recomputed}) => recomputed !== undefined).slice(0, 1), {
        x: "date",
        y: "at",
        text: ["by today\u2019s data"],
        fill: muted,
        textAnchor: "start",
        dy: -9,
        stroke: paper,
        strokeWidth: 4
      }),
      Plot.lineY(lines, {
        x: "date",
        y: "at",
        z: "variant",
        stroke: (row: PValueRow) => variantColor(row.color),
        strokeWidth: 1.8,
        curve: "step-after",
        clip: true
      }),
      Plot.dot(last, {x: "date", y: "at", fill: (row: PValueRow) => variantColor(row.color), stroke: paper, r: 4.5}),
      Plot.text(
        last.map((row, i) => ({...row, place: labels[i]})),
        {
          x: "date",
          y: "place",
          text: (row: PValueRow) => `${formatPValue(row.pValue)}${many ? ` ${clip(row.name, 12)}` : ""}`,
          fill: (row: PValueRow) => variantColor(row.color),
          textAnchor: "start",
          dx: 10,
          fontWeight: 600,
          className: "label"
        }
      ),
      Plot.tip(
        drawn,
        Plot.pointerX({
          x: "date",
          y: "at",
          title: (row: PValueRow) =>
            `${many ? `${clip(row.name, 24)}\n` : ""}${row.date.toISOString().slice(0, 10)}\np ${formatPValue(row.pValue)}`
        })
      )
    ]
  });
}
