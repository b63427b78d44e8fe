import * as Plot from "@observablehq/plot";
import {formatCount, formatDate, formatShort} from "../../lib/experiment/format.ts";
import type {ChartSize} from "./theme.ts";
import {clip, frame, ink, spread, timeFrame, variantColor} from "./theme.ts";

/** New units of one variant on one day, or in one hour. */
export type TrafficDay = {date: Date; name: string; color: number; units: number};

/** How traffic is drawn: on the time axis of the other charts of the page, and the room that they leave for names. */
export type TrafficOptions = ChartSize & {
  days: [Date, Date];
  many: boolean;
  /** Milliseconds from one row to the next; default a day. */
  step?: number;
};

const day = 86_400_000;

/** Returns new units by day, stacked by variant and named at the last day. */
export function traffic(rows: readonly TrafficDay[], {width, height, days, many, step = day}: TrafficOptions): Element {
  const half = step / 2;
  const axis = timeFrame(days, {width, many});
  const domain = days.map((date, i) => new Date(date.getTime() + (i === 0 ? -half : half)));
  const byDay = daysIn(rows);
  const top = Math.max(1, ...byDay.map(total));
  const last = byDay.at(-1) ?? [];
  const inner = height - 12 - 32;
  let below = 0;
  const middles = last.map(({units}) => inner * (1 - (below += units) / top + units / 2 / top));
  const labels = spread(middles, 13, 4, inner - 4);
  return Plot.plot({
    ...frame({width, height}),
    ...axis,
    x: {...axis.x, domain},
    y: {domain: [0, top], label: null, ticks: 4, tickFormat: formatShort, grid: true},
    marks: [
      Plot.rectY(
        rows,
        Plot.stackY({
          x1: (d: TrafficDay) => new Date(d.date.getTime() - half),
          x2: (d: TrafficDay) => new Date(d.date.getTime() + half),
          y: "units",
          z: "name",
          fill: (d: TrafficDay) => variantColor(d.color),
          insetLeft: 0.5,
          insetRight: 0.5
        })
      ),
      Plot.ruleY([0], {stroke: ink}),
      Plot.text(
        last.map((r, i) => ({...r, at: top * (1 - (labels[i] ?? 0) / inner)})),
        {
          x: new Date(days[1].getTime() + half),
          y: "at",
          text: (d: TrafficDay) => clip(d.name, many ? 18 : 9),
          fill: (d: TrafficDay) => variantColor(d.color),
          textAnchor: "start",
          dx: 6,
          fontWeight: 600,
          className: "label"
        }
      ),
      Plot.tip(
        byDay,
        Plot.pointerX({
          x: (own: TrafficDay[]) => own[0]?.date,
          y: total,
          title: (own: TrafficDay[]) =>
            [
              timeText(own[0]?.date, step),
              ...own.slice(0, 12).map((r) => `${clip(r.name, 24)} ${formatCount(r.units)}`)
            ].join("\n")
        })
      )
    ]
  });
}

function timeText(date: Date | undefined, step: number): string {
  const text = date?.toISOString() ?? null;
  return step < day && text !== null ? `${formatDate(text)} ${text.slice(11, 16)}` : formatDate(text);
}

function daysIn(rows: readonly TrafficDay[]): TrafficDay[][] {
  const days = new Map<number, TrafficDay[]>();
  for (const row of rows) days.set(row.date.getTime(), [...(days.get(row.date.getTime()) ?? []), row]);
  return [...days.values()];
}

function total(day: readonly TrafficDay[]): number {
  return day.reduce((sum, r) => sum + r.units, 0);
}
