import * as Plot from "@observablehq/plot";
import {formatCount, formatPercent, formatShort} from "../../lib/experiment/format.ts";
import type {ChartSize} from "../charts/theme.ts";
import {clip, frame, ink, muted, paper, spread, variantColor} from "../charts/theme.ts";

/** One arm after one batch. */
export type ArmPoint = {units: number; name: string; color: number; value: number};

/** What the charts over time share: units so far, up to all that will come. */
type OverUnits = ChartSize & {all: number};

/** Returns the share of each batch's traffic that went to each arm, stacked. */
export function shares(points: readonly ArmPoint[], {width, height, all}: OverUnits): Element {
  const last = points.filter((p) => p.units === points.at(-1)?.units);
  let sum = 0;
  const middles = last.map((p) => (sum += p.value) - p.value / 2);
  return Plot.plot({
    ...overUnits({width, height, all}),
    y: {domain: [0, 1], label: null, ticks: 5, tickFormat: (d: number) => `${Math.round(d * 100)}%`},
    marks: [
      Plot.areaY(points, {
        x: "units",
        y: "value",
        z: "name",
        fill: (d: ArmPoint) => variantColor(d.color),
        fillOpacity: 0.8,
        stroke: paper,
        strokeWidth: 0.7,
        curve: "step-before",
        order: "color"
      }),
      named(last, middles, {top: 1, inner: height - 50, of: (d) => formatPercent(d.value, {decimals: 0})})
    ]
  });
}

/** Returns the probability of being best by arm over time. */
export function bests(points: readonly ArmPoint[], {width, height, all}: OverUnits): Element {
  const last = points.filter((p) => p.units === points.at(-1)?.units);
  return Plot.plot({
    ...overUnits({width, height, all}),
    y: {domain: [0, 1.02], label: null, ticks: 5, tickFormat: (d: number) => `${Math.round(d * 100)}%`, grid: true},
    marks: [
      Plot.ruleY([0], {stroke: ink}),
      Plot.lineY(points, {
        x: "units",
        y: "value",
        z: "name",
        stroke: (d: ArmPoint) => variantColor(d.color),
        strokeWidth: 1.8
      }),
      named(
        last,
        last.map(({value}) => value),
        {top: 1.02, inner: height - 50, of: (d) => formatPercent(d.value, {decimals: 0})}
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: "units",
          y: "value",
          title: (d: ArmPoint) => `${d.name}\n${formatPercent(d.value)} after ${formatCount(d.units)} units`
        })
      )
    ]
  });
}

/** What is believed of one arm after some units: the posterior's mean and interval. */
export type BeliefPoint = ArmPoint & {lower: number; upper: number};

/** Returns each arm's posterior mean over time, in the band of its interval. What is only seen while little is known is cut off. */
export function believed(
  points: readonly BeliefPoint[],
  {width, height, all, format}: OverUnits & {format: (value: number) => string}
): Element {
  const end = points.at(-1)?.units ?? 0;
  const last = points.filter((p) => p.units === end);
  const settled = points.filter((p) => p.units >= end / 4);
  const [low, high] = [
    settled.reduce((a, {lower}) => Math.min(a, lower), Infinity),
    settled.reduce((a, {upper}) => Math.max(a, upper), -Infinity)
  ];
  const room = (high - low) * 0.04;
  const domain: [number, number] = points.length > 0 ? [low - room, high + room] : [0, 1];
  const inner = height - 50;
  const top = ({value}: ArmPoint) => inner * (1 - (value - domain[0]) / (domain[1] - domain[0]));
  const at = spread(last.map(top), 15, 6, inner - 6);
  const color = (d: ArmPoint) => variantColor(d.color);
  return Plot.plot({
    ...overUnits({width, height, all}),
    y: {domain, label: null, ticks: 5, tickFormat: format, grid: true},
    marks: [
      Plot.areaY(points, {
        x: "units",
        y1: "lower",
        y2: "upper",
        z: "name",
        fill: color,
        fillOpacity: 0.13,
        clip: true
      }),
      Plot.lineY(points, {x: "units", y: "value", z: "name", stroke: color, strokeWidth: 1.8, clip: true}),
      Plot.text(
        last.map((d, i) => ({...d, at: domain[1] - ((at[i] ?? 0) / inner) * (domain[1] - domain[0])})),
        {
          x: "units",
          y: "at",
          text: (d: ArmPoint) => `${format(d.value)} ${clip(d.name, 12)}`,
          fill: color,
          fontWeight: 600,
          textAnchor: "start",
          dx: 9
        }
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: "units",
          y: "value",
          title: (d: BeliefPoint) =>
            `${d.name}\n${format(d.value)}, ${format(d.lower)} to ${format(d.upper)}\nafter ${formatCount(d.units)} units`
        })
      )
    ]
  });
}

/** Returns the conversions that were lost to worse arms, beside those that an even split would have lost. */
export function regrets(
  points: readonly {units: number; regret: number; even: number}[],
  {width, height, all, format = formatCount}: OverUnits & {format?: (value: number) => string}
): Element {
  const last = points.at(-1);
  const top = 1.06 * Math.max(1e-9, ...points.map(({regret, even}) => Math.max(regret, even)));
  const ends = last
    ? [
        {text: `${format(last.regret)} this`, y: last.regret, color: "var(--v1)"},
        {text: `${format(last.even)} even split`, y: last.even, color: muted}
      ]
    : [];
  const inner = height - 50;
  const at = spread(
    ends.map(({y}) => inner * (1 - y / top)),
    15,
    4,
    inner - 4
  );
  return Plot.plot({
    ...overUnits({width, height, all}),
    y: {domain: [0, top], label: null, ticks: 5, tickFormat: formatShort, grid: true},
    marks: [
      Plot.ruleY([0], {stroke: ink}),
      Plot.lineY(points, {x: "units", y: "even", stroke: muted, strokeDasharray: "3,3"}),
      Plot.lineY(points, {x: "units", y: "regret", stroke: "var(--v1)", strokeWidth: 1.8}),
      last ? Plot.dot([last], {x: "units", y: "regret", fill: "var(--v1)", stroke: paper, r: 4.5}) : null,
      Plot.text(
        ends.map((d, i) => ({...d, at: top * (1 - (at[i] ?? 0) / inner)})),
        {
          x: () => last?.units ?? 0,
          y: "at",
          text: "text",
          fill: (d: {color: string}) => d.color,
          fontWeight: 600,
          textAnchor: "start",
          dx: 9
        }
      )
    ]
  });
}

/** One arm's estimates: plain and honest, each with its bounds, and the truth where it is known. */
export type EstimateRow = {
  name: string;
  color: number;
  truth: number | null;
  plain: {mean: number; lower: number; upper: number} | null;
  honest: {mean: number; lower: number; upper: number} | null;
};

/** Returns the arms' estimates with their intervals; open: the plain mean; a tick: the truth. */
export function estimates(
  rows: readonly EstimateRow[],
  {
    width,
    height,
    format = (value) => formatPercent(value, {decimals: 1})
  }: ChartSize & {format?: (value: number) => string}
): Element {
  const step = (height - 44) / rows.length;
  const at = (i: number) => (i + 0.5) * step;
  const rowsAt = rows.map((row, i) => ({...row, y: at(i)}));
  const plain = rowsAt.flatMap(({plain, ...row}) => (plain ? [{...row, ...plain, y: row.y + 7}] : []));
  const honest = rowsAt.flatMap(({honest, ...row}) => (honest ? [{...row, ...honest, y: row.y - 5}] : []));
  const known = rowsAt.filter((row) => row.truth !== null);
  const bounds = [...plain, ...honest].flatMap(({lower, upper}) => [lower, upper]);
  const all = [...bounds, ...known.map(({truth}) => truth ?? 0)];
  const positive = all.every((value) => value >= 0);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low) * 0.04;
  const from = positive ? Math.max(0, low - room) : low - room;
  const color = (d: {color: number}) => variantColor(d.color);
  return Plot.plot({
    ...frame({width, height}),
    marginLeft: 96,
    x: {
      domain: [from, high + room],
      label: null,
      ticks: Math.max(3, Math.round(width / 90)),
      tickFormat: format,
      grid: true
    },
    y: {domain: [step * rows.length, 0], axis: null},
    marks: [
      Plot.text(rowsAt, {
        x: () => from,
        y: "y",
        text: (d: EstimateRow) => clip(d.name, 13),
        textAnchor: "end",
        fill: color,
        fontWeight: 600,
        dx: -10
      }),
      Plot.ruleY(plain, {y: "y", x1: "lower", x2: "upper", stroke: color, strokeOpacity: 0.5, strokeWidth: 1.4}),
      Plot.dot(plain, {x: "mean", y: "y", stroke: color, fill: paper, r: 3.5, strokeWidth: 1.4}),
      Plot.ruleY(honest, {y: "y", x1: "lower", x2: "upper", stroke: color, strokeWidth: 2}),
      Plot.dot(honest, {x: "mean", y: "y", fill: color, stroke: paper, r: 4.5}),
      Plot.link(known, {
        x1: "truth",
        x2: "truth",
        y1: (d: {y: number}) => d.y - 12,
        y2: (d: {y: number}) => d.y + 13,
        stroke: ink,
        strokeWidth: 1.6
      })
    ]
  });
}

function overUnits({width, height, all}: OverUnits): Plot.PlotOptions {
  return {
    ...frame({width, height}),
    marginLeft: 40,
    marginRight: Math.min(140, width * 0.34),
    marginBottom: 38,
    x: {
      domain: [0, all],
      label: "units",
      labelAnchor: "right",
      labelArrow: "none",
      labelOffset: 32,
      ticks: Math.max(3, Math.round(width / 120)),
      tickFormat: formatShort
    }
  };
}

/** The arms' names at the right edge of what is there, apart from each other. */
function named(
  last: readonly ArmPoint[],
  values: readonly number[],
  {top, inner, of}: {top: number; inner: number; of: (d: ArmPoint) => string}
): Plot.Markish {
  const at = spread(
    values.map((value) => inner * (1 - value / top)),
    15,
    6,
    inner - 6
  );
  return Plot.text(
    last.map((d, i) => ({...d, at: top * (1 - (at[i] ?? 0) / inner)})),
    {
      x: "units",
      y: "at",
      text: (d: ArmPoint) => `${of(d)} ${clip(d.name, 12)}`,
      fill: (d: ArmPoint) => variantColor(d.color),
      fontWeight: 600,
      textAnchor: "start",
      dx: 9
    }
  );
}
