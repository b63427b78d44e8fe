import * as Plot from "@observablehq/plot";
import type {DayResult} from "../../lib/cube/exploreCells.ts";
import type {Explorable, ExploreState} from "../../lib/experiment/exploreState.ts";
import {formatDate, formatNumber, formatPercent, intervalDecimals} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {colorIndex, variantName} from "../blocks/subject.ts";
import type {DayRow} from "../charts/effectByDay.ts";
import {effectByDay} from "../charts/effectByDay.ts";
import type {ChartSize} from "../charts/theme.ts";
import {
  boundsOf,
  effectDomain,
  frame,
  paper,
  percentTick,
  timeDomain,
  timeFrame,
  variantColor,
  zeroY
} from "../charts/theme.ts";

/** Where the days of a chart lie, in pixels from its left side. */
export type TimeScale = {toPixel(day: string): number; toDay(pixel: number): string};

/** A chart of time with its scale; null where there is nothing to draw. */
export type TimeChart = {element: Element; scale: TimeScale} | null;

/** Returns the effect by day: as of the end of each day, or of the units that entered on each day. */
export function timeChart(
  days: readonly DayResult[],
  readout: Readout,
  state: ExploreState,
  {first, asOf}: Explorable,
  size: ChartSize
): TimeChart {
  if (days.length === 0 || first === null || asOf === null) return null;
  const percent = days.some(({results}) => results.some((r) => r.relativeDifference !== null));
  const rows = days.flatMap(({date, results}) =>
    results.slice(0, 6).map((r): DayRow => {
      const [lower, upper] = boundsOf(percent ? r.relativeInterval : r.interval);
      return {
        date: new Date(date),
        variant: r.variant,
        name: variantName(readout, r.variant),
        color: colorIndex(readout, r.variant),
        value: percent ? r.relativeDifference : r.difference,
        lower,
        upper
      };
    })
  );
  const span: [Date, Date] = [new Date(first), new Date(asOf)];
  const last = days.at(-1)?.results[0];
  const decimals = intervalDecimals((percent ? last?.relativeInterval : last?.interval) ?? null, {
    scale: percent ? 100 : 1
  });
  const format = (value: number) =>
    percent ? formatPercent(value, {signed: true, decimals}) : formatNumber(value, {signed: true, decimals});
  const many = new Set(rows.map((r) => r.variant)).size > 1;
  const element =
    state.entered === null
      ? effectByDay(rows, {...size, days: span, format, percent})
      : byEntry(rows, {...size, span, format, percent, many});
  const {marginLeft, marginRight} = timeFrame(span, {width: size.width, many});
  const inner = size.width - marginLeft - marginRight;
  const [from, to] = timeDomain(span);
  const reach = +to - +from;
  return {
    element,
    scale: {
      toPixel: (day) => marginLeft + (inner * (Date.parse(day) - +from)) / reach,
      toDay: (pixel) => {
        const time = +from + ((pixel - marginLeft) / inner) * reach;
        const day = Math.max(+span[0], Math.min(+span[1], Math.round(time / 86_400_000) * 86_400_000));
        return new Date(day).toISOString().slice(0, 10);
      }
    }
  };
}

/** The effect among the units that entered on each day; each point stands for itself. */
function byEntry(
  rows: readonly DayRow[],
  {
    span,
    format,
    percent,
    many,
    ...size
  }: ChartSize & {span: [Date, Date]; format: (value: number) => string; percent: boolean; many: boolean}
): Element {
  const known = rows.filter((r) => r.value !== null);
  const domain = effectDomain(known);
  const inside = (value: number | null) => Math.max(domain[0], Math.min(domain[1], value ?? 0));
  const variants = [...new Set(known.map((r) => r.variant))];
  const beside = (r: DayRow) =>
    new Date(+r.date + (variants.indexOf(r.variant) - (variants.length - 1) / 2) * 0.22 * 86_400_000);
  return Plot.plot({
    ...frame(size),
    ...timeFrame(span, {width: size.width, many}),
    y: {domain, label: null, ticks: 5, tickFormat: percent ? percentTick(domain) : undefined, grid: true},
    marks: [
      zeroY(),
      Plot.ruleX(known, {
        x: beside,
        y1: (r: DayRow) => inside(r.lower),
        y2: (r: DayRow) => inside(r.upper),
        stroke: (r: DayRow) => variantColor(r.color),
        strokeWidth: 1.6,
        strokeOpacity: 0.7
      }),
      Plot.dot(
        known.filter((r) => r.value === inside(r.value)),
        {x: beside, y: "value", r: 3.6, fill: (r: DayRow) => variantColor(r.color), stroke: paper}
      ),
      Plot.tip(
        known,
        Plot.pointerX({
          x: beside,
          y: (r: DayRow) => inside(r.value),
          title: (r: DayRow) =>
            `${variants.length > 1 ? `${r.name}\n` : ""}entered ${formatDate(r.date.toISOString())}\n${format(r.value ?? 0)}${r.lower === null || r.upper === null ? "" : `, ${format(r.lower)} to ${format(r.upper)}`}`
        })
      )
    ]
  });
}
