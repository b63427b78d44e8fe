import * as Plot from "@observablehq/plot";
import {formatCount, formatDate, formatNumber, formatShort} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {frame, muted} from "./theme.ts";

/** The effect of units that entered on one date, on their k-th day. */
export type TriangleRow = {cohort: string; day: number; n: number; value: number};

/** How a triangle is drawn: a cell is of so many entry dates and days, named by the first of each. */
export type TriangleOptions = ChartSize & {days?: number};

/**
 * Returns effects as colours, a row for each block of entry dates with its units at the end: blue above zero, red below,
 * pale at zero.
 */
export function triangle(rows: readonly TriangleRow[], {width, height, days = 1}: TriangleOptions): Element {
  const sizes = rows.map((r) => Math.abs(r.value)).sort((a, b) => a - b);
  const reach = sizes[Math.floor(sizes.length * 0.95)] || 1e-9;
  const cohorts = [...new Set(rows.map((r) => r.cohort))].sort();
  const shown = cohorts.filter((_, i) => i % Math.ceil(cohorts.length / 12) === 0);
  const [start, end] = [Math.min(...rows.map((r) => r.day)), Math.max(...rows.map((r) => r.day))];
  const columns = Array.from({length: Math.floor((end - start) / days) + 1}, (_, i) => start + i * days);
  const step = Math.ceil(columns.length / 6);
  const units = cohorts
    .filter((_, i) => i % Math.ceil(cohorts.length / Math.max(1, Math.floor((height - 60) / 14))) === 0)
    .map((cohort) => ({cohort, n: Math.max(...rows.filter((r) => r.cohort === cohort).map((r) => r.n))}));
  const to = (first: number) => (days === 1 ? String(first) : `${first}\u2013${first + days - 1}`);
  return Plot.plot({
    ...frame({width, height}),
    marginTop: 20,
    marginLeft: 56,
    marginRight: 44,
    marginBottom: 38,
    x: {
      type: "band",
      domain: columns,
      label: "days since exposure",
      labelAnchor: "right",
      labelArrow: "none",
      tickFormat: (d: number) => (columns.indexOf(d) % step === 0 ? String(d) : ""),
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
      Plot.text(units, {
        y: "cohort",
        frameAnchor: "right",
        text: (d: {n: number}) => formatShort(d.n),
        textAnchor: "end",
        dx: 40,
        fill: muted,
        fontSize: 11
      }),
      Plot.text(["units"], {frameAnchor: "top-right", textAnchor: "end", dx: 40, dy: -14, fill: muted, fontSize: 11}),
      Plot.tip(
        rows,
        Plot.pointer({
          x: "day",
          y: "cohort",
          title: (d: TriangleRow) =>
            `entered from ${formatDate(d.cohort, {year: false})}, ${days === 1 ? "day" : "days"} ${to(d.day)}\n${formatNumber(d.value * 100, {signed: true, decimals: 1})}%, ${formatCount(d.n)} units`
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
