import * as Plot from "@observablehq/plot";
import {formatCount, formatNumber, sayPValue} from "../../lib/experiment/format.ts";
import type {ChartSize} from "../charts/theme.ts";
import {harm, ink, muted, paper} from "../charts/theme.ts";
import {overDays} from "./time.ts";

/** The evidence against the planned split. */
export type EvidenceRow = {time: number; logBayesFactor: number; pValue: number};

/** Returns the likelihood path: how much better any other split explains the units than the planned one, on a scale of odds. */
export function evidence(rows: readonly EvidenceRow[], {width, height, alpha}: ChartSize & {alpha: number}): Element {
  const log10 = (d: EvidenceRow) => d.logBayesFactor / Math.LN10;
  const limit = -Math.log10(alpha);
  const last = rows.at(-1);
  const low = Math.min(-2, ...rows.map(log10)) - 0.3;
  const high = Math.min(12, Math.max(limit + 1.2, ...rows.map(log10)));
  const color = last && rows.some((d) => log10(d) >= limit) ? harm : "var(--v1)";
  return Plot.plot({
    ...overDays({width, height}),
    y: {domain: [low, high], label: null, ticks: 5, tickFormat: oddsTick, grid: true},
    marks: [
      Plot.rectY([limit], {x1: 0, x2: 31, y1: (d: number) => d, y2: high, fill: "var(--harm-soft)"}),
      Plot.ruleY([limit], {stroke: harm, strokeWidth: 1.4}),
      Plot.text([limit], {x: () => 31, y: (d: number) => d, text: ["blocks"], fill: harm, textAnchor: "start", dx: 9}),
      Plot.ruleY([0], {stroke: ink}),
      Plot.lineY(rows, {x: "time", y: log10, stroke: color, strokeWidth: 1.8, clip: true}),
      last
        ? Plot.dot([last], {
            x: "time",
            y: (d: EvidenceRow) => Math.min(high, log10(d)),
            fill: color,
            stroke: paper,
            r: 4.5
          })
        : null,
      Plot.text([0], {x: () => 31, y: () => 0, text: ["even"], fill: muted, textAnchor: "start", dx: 9}),
      Plot.tip(
        rows,
        Plot.pointerX({
          x: "time",
          y: (d: EvidenceRow) => Math.min(high, log10(d)),
          title: (d: EvidenceRow) =>
            `day ${d.time.toFixed(2)}\n${oddsOf(d.logBayesFactor)}\nsmallest ${sayPValue(d.pValue)}`
        })
      )
    ]
  });
}

/** Returns a Bayes factor in words: `12 to 1 against the planned split`. */
export function oddsOf(logBayesFactor: number): string {
  const size = Math.exp(Math.min(30, Math.abs(logBayesFactor)));
  const odds = size >= 1e6 ? "more than a million" : size >= 10 ? formatCount(size) : formatNumber(size, {decimals: 1});
  return `${odds} to 1 ${logBayesFactor > 0 ? "against" : "for"} the planned split`;
}

function oddsTick(exponent: number): string {
  if (!Number.isInteger(exponent)) return "";
  if (exponent > 6) return `1e${exponent}`;
  return exponent < 0 ? `1/${formatCount(10 ** -exponent)}` : formatCount(10 ** exponent);
}
