import * as Plot from "@observablehq/plot";
import {formatNumber} from "../../lib/experiment/format.ts";
import type {Interval} from "../../lib/experiment/format.ts";

/** Colours by name; their values are in style.css, so that light, dark and print need no redrawing. */
export const ink = "var(--ink)";
export const muted = "var(--muted)";
export const grid = "var(--grid)";
export const paper = "var(--paper)";
export const good = "var(--good)";
export const harm = "var(--harm)";

/** What every chart is given: the size of its place on the page, in pixels. */
export type ChartSize = {width: number; height: number};

/** An effect with its interval, on the scale that the chart draws. */
export type EffectRow = {value: number | null; lower: number | null; upper: number | null};

/** Returns a variant's colour: control (0) is grey, treatments 1 to 11 have one each, on every chart. */
export function variantColor(index: number): string {
  return `var(--v${index})`;
}

/** Returns the options that all charts share. */
export function frame({width, height}: ChartSize): Plot.PlotOptions {
  return {
    width,
    height,
    marginTop: 12,
    marginBottom: 32,
    marginLeft: 46,
    marginRight: 16,
    style: {overflow: "visible"}
  };
}

/**
 * Returns what all charts of time share, so that a day lies at the same place in each of the same width: the axis, from
 * half a day before the first day to half a day after the last, and room at the right for names of variants.
 */
export function timeFrame(
  days: readonly [Date, Date],
  {width, many}: {width: number; many: boolean}
): {x: Plot.ScaleOptions; marginLeft: number; marginRight: number} {
  return {
    x: {type: "utc", domain: timeDomain(days), label: null, ticks: Math.max(2, Math.round(width / 110))},
    marginLeft: 46,
    marginRight: many ? Math.min(150, width * 0.32) : 58
  };
}

/** Returns the span of a time axis: each day has its full width, with the day itself in the middle. */
export function timeDomain([first, last]: readonly [Date, Date]): [Date, Date] {
  return [new Date(first.getTime() - 43_200_000), new Date(last.getTime() + 43_200_000)];
}

/** Returns the line of no difference, in ink, under everything that is drawn after it. */
export function zeroY(): Plot.Markish {
  return Plot.ruleY([0], {stroke: ink, strokeWidth: 1});
}

/** Returns a tick format for fractions, with as many decimals as neighbouring ticks need. */
export function percentTick(
  domain: readonly [number, number],
  {signed = true}: {signed?: boolean} = {}
): (value: number) => string {
  const step = ((domain[1] - domain[0]) / 5) * 100;
  const decimals = Math.max(0, Math.min(4, -Math.floor(Math.log10(step || 1))));
  return (value) => `${formatNumber(value * 100, {signed, decimals})}%`;
}

/** Returns the text cut to so many characters, with an ellipsis where something is missing. */
export function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length > length
    ? `${characters
        .slice(0, Math.max(1, length - 1))
        .join("")
        .trimEnd()}\u2026`
    : text;
}

/**
 * Returns a domain that holds zero and what matters, and is not stretched by a few wild bounds: at most three times the
 * middle reach, though never less than the rows in `always`.
 */
export function effectDomain(rows: readonly EffectRow[], always: readonly EffectRow[] = []): [number, number] {
  const bounds = (list: readonly EffectRow[]) =>
    list
      .flatMap(({lower, value, upper}) => [lower, value, upper])
      .filter((v): v is number => v !== null && Number.isFinite(v));
  const reach = bounds(rows)
    .map(Math.abs)
    .sort((a, b) => a - b);
  const must = bounds(always);
  const limit = Math.max(3 * (reach[Math.floor(reach.length / 2)] ?? 0), ...must.map(Math.abs), 1e-9);
  const shown = [0, ...must, ...bounds(rows).map((b) => Math.max(-limit, Math.min(limit, b)))];
  const low = Math.min(...shown);
  const high = Math.max(...shown);
  const room = (high - low || 0.1) * 0.06;
  return [low - room, high + room];
}

/** Returns positions at least `gap` apart and inside [low, high], each as near as it can be to where it wants to be. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const at = order.map((i) => wanted[i] ?? 0);
  for (let k = 1; k < at.length; ++k) at[k] = Math.max(at[k] ?? 0, (at[k - 1] ?? 0) + gap);
  const over = (at.at(-1) ?? 0) - high;
  if (over > 0) {
    at[at.length - 1] = high;
    for (let k = at.length - 2; k >= 0; --k) at[k] = Math.min(at[k] ?? 0, (at[k + 1] ?? 0) - gap);
  }
  const result = wanted.slice();
  order.forEach((i, k) => (result[i] = Math.max(low, at[k] ?? 0)));
  return result;
}

/** Returns the two bounds, null where they are open or missing. */
export function boundsOf(interval: Interval): [number | null, number | null] {
  return interval ? [interval[0], interval[1]] : [null, null];
}
