import * as Plot from "@observablehq/plot";
import {formatDate, formatNumber} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {frame} from "./theme.ts";

/** The effect of units that entered on one date, on their k-th day. */
export type TriangleRow = {cohort: string; day: number; n: number; value: number};

/** Returns effects as colours, a row for each entry date: blue above zero, red below, pale at zero. */
export function triangle(rows: readonly TriangleRow[], {width, height}: ChartSize): Element {
  const sizes = rows.map((r) => Math.abs(r.value)).sort((a, b) => a - b);
  const reach = sizes[Math.floor(sizes.length * 0.95)] || 1e-9;
  const cohorts = [...new Set(rows.map((r) => r.cohort))].sort();
  const shown = cohorts.filter((_, i) => i % Math.ceil(cohorts.length / 12) === 0);
  const end = Math.max(...rows.map((r) => r.day));
  return Plot.plot({
    ...frame({width, height}),
    marginLeft: 56,
    marginBottom: 38,
    x: {
      type: "band",
      domain: Array.from({length: end + 1}, (_, i) => i),
      label: "days since exposure",
      labelAnchor: "right",
      labelArrow: "none",
      tickFormat: (d: number) => (d % Math.ceil(end / 5) === 0 ? String(d) : ""),
      tickSize: 0,
      padding: 0.06
    },
    y: {
      type: "band",
      domain: cohorts,
      label: null,
      tickSize: 0,
      tickFormat: (d: string) => (shown.includes(d) ? formatDate(d, {year: false}) : ""),
      padding: 0.06
    },
    marks: [
      Plot.cell(rows, {
        x: "day",
        y: "cohort",
        fill: {value: (d: TriangleRow) => effectColor(d.value / reach), scale: null} as unknown as string,
        rx: 1
      }),
      Plot.tip(
        rows,
        Plot.pointer({
          x: "day",
          y: "cohort",
          title: (d: TriangleRow) =>
            `entered ${formatDate(d.cohort, {year: false})}, day ${d.day}\n${formatNumber(d.value * 100, {signed: true, decimals: 1})}%, ${d.n} units`
        })
      )
    ]
  });
}

/** Returns the colour of an effect in [-1, 1]: mixed by the browser, so that the middle is pale in light and dark alike. */
function effectColor(value: number): string {
  const share = Math.round(100 * Math.min(1, Math.abs(value)));
  return `color-mix(in oklab, var(--${value < 0 ? "below" : "above"}) ${share}%, var(--pivot))`;
}
