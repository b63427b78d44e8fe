import {
  formatAmount,
  formatChosen,
  formatNumber,
  formatPercent,
  intervalDecimals
} from "../../lib/experiment/format.ts";
import {triangleCells} from "../../lib/experiment/novelty/triangleCells.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {banditFigures} from "../bandit/banditFigures.ts";
import {colorIndex, leading, primaries, treatments, variantName} from "../blocks/subject.ts";
import type {BoundaryRow} from "./boundary.ts";
import {boundary} from "./boundary.ts";
import {distribution} from "./distribution.ts";
import {effectByDay} from "./effectByDay.ts";
import type {ForestLabel, ForestRow} from "./forest.ts";
import {forest} from "./forest.ts";
import {posterior} from "./posterior.ts";
import {pValueByDay} from "./pValueByDay.ts";
import {tenure} from "./tenure.ts";
import type {ChartSize} from "./theme.ts";
import {boundsOf, clip} from "./theme.ts";
import {traffic} from "./traffic.ts";
import {triangle} from "./triangle.ts";
import {weekdays} from "./weekdays.ts";

/** What a figure of the page asks for. */
export type ChartRequest = {
  readout: Readout;
  metric: MetricResult | undefined;
  variant: string | undefined;
  size: ChartSize;
};

/** The charts by the name that figures ask for them with; null where there is nothing to draw. */
export const charts: Record<string, (request: ChartRequest) => Element | null> = {
  effectByDay({readout, metric, size}) {
    if (!metric) return null;
    const percent = metric.path.some((d) => d.comparisons.some((c) => c.relativeDifference !== null));
    const sequences = new Map(
      (metric.method === "always-valid" ? (metric.sequential?.comparisons ?? []) : []).flatMap((c) =>
        c.path.map((p) => [`${p.date} ${c.variant}`, p])
      )
    );
    const last = metric.comparisons.find((c) => c.variant === leading(readout)) ?? metric.comparisons[0];
    const decimals = intervalDecimals((percent ? last?.relativeInterval : last?.interval) ?? null, {
      scale: percent ? 100 : 1
    });
    const rows = metric.path.flatMap((d) =>
      d.comparisons.map((c) => {
        const held = sequences.get(`${d.date} ${c.variant}`) ?? c;
        const [lower, upper] = boundsOf(percent ? held.relativeInterval : held.interval);
        return {
          date: new Date(d.date),
          variant: c.variant,
          name: variantName(readout, c.variant),
          color: colorIndex(readout, c.variant),
          value: percent ? c.relativeDifference : c.difference,
          lower,
          upper
        };
      })
    );
    const format = (value: number) =>
      percent ? formatPercent(value, {signed: true, decimals}) : formatNumber(value, {signed: true, decimals});
    return effectByDay(rows, {...size, days: daysOf(readout), format, percent});
  },

  boundary({readout, metric, variant, size}) {
    const sequential = metric?.sequential;
    const comparison = sequential?.comparisons.find((c) => c.variant === variant);
    if (!sequential || !comparison) return null;
    const taken = comparison.looks.map((l): BoundaryRow => ({
      fraction: l.fraction,
      z: l.z,
      bound: l.bound,
      futility: l.futilityBound ?? null,
      recomputed: l.recomputedZ ?? null
    }));
    const future = sequential.future.map((f): BoundaryRow => ({
      fraction: f.fraction,
      z: null,
      bound: f.bound,
      futility: f.futilityBound ?? null
    }));
    return boundary([...taken, ...future], {
      ...size,
      color: colorIndex(readout, comparison.variant),
      sides: sequential.sides,
      crossed: comparison.crossed !== null
    });
  },

  pValueByDay({readout, metric, size}) {
    const {sequential} = metric ?? {};
    const rows = (sequential?.comparisons ?? []).flatMap((c) =>
      c.path.flatMap((d) =>
        d.pValue === null
          ? []
          : [
              {
                date: new Date(d.date),
                variant: c.variant,
                name: variantName(readout, c.variant),
                color: colorIndex(readout, c.variant),
                pValue: d.pValue,
                ...(d.recomputedPValue === undefined ? {} : {recomputed: d.recomputedPValue ?? 1})
              }
            ]
      )
    );
    return sequential && rows.length > 0
      ? pValueByDay(rows, {...size, days: daysOf(readout), alpha: sequential.alpha})
      : null;
  },

  forest({readout, size}) {
    const all = treatments(readout).map((v) => v.key);
    const drawn = all.length > 3 ? all.filter((v) => v === leading(readout)) : all;
    const metrics = readout.metrics.filter((m) => m.comparisons.some((c) => c.relativeDifference !== null));
    const step = drawn.length > 1 ? 10 + 13 * drawn.length : 24;
    const labels: ForestLabel[] = [];
    const margins: {y: number; value: number; text: string}[] = [];
    const rows = metrics.flatMap((m, i) => {
      const middle = step * (i + 0.5);
      labels.push({y: middle, text: m.name});
      const margin = m.guardrail?.find((g) => g.margin?.relative)?.margin;
      if (margin)
        margins.push({
          y: middle,
          value: (m.direction === "decrease" ? 1 : -1) * margin.value,
          text: `margin ${formatChosen(margin.value)}`
        });
      return drawn.flatMap((v, k): ForestRow[] => {
        const c = m.comparisons.find((d) => d.variant === v);
        if (!c) return [];
        const [lower, upper] = boundsOf(c.relativeInterval);
        return [
          {
            y: middle + 13 * (k - (drawn.length - 1) / 2),
            color: colorIndex(readout, v),
            strong: m.role === "primary",
            harmful:
              m.guardrail?.some((g) => g.variant === v && (g.status === "severe" || g.status === "worsened")) ?? false,
            value: c.relativeDifference,
            lower,
            upper,
            title: `${clip(m.name, 30)}${drawn.length > 1 ? `, ${clip(variantName(readout, v), 20)}` : ""}\n${effect(c.relativeDifference, lower, upper)}`
          }
        ];
      });
    });
    return forest(rows, {...size, labels, margins, always: rows.filter((r) => r.strong || r.harmful)});
  },

  segmentForest({readout, metric, variant, size}) {
    const segments = (metric?.segments ?? []).filter((s) => s.variant === variant && s.relativeDifference !== null);
    const labels: ForestLabel[] = [];
    const rows: ForestRow[] = [];
    let y = 0;
    for (const dimension of readout.dimensions) {
      const own = segments.filter((s) => s.dimension === dimension.key);
      if (own.length === 0) continue;
      labels.push({y: y + 10, text: dimension.name, heading: true});
      y += 18;
      for (const s of own) {
        const [lower, upper] = boundsOf(s.relativeInterval);
        labels.push({y: y + 11, text: s.value});
        rows.push({
          y: y + 11,
          color: colorIndex(readout, s.variant),
          open: true,
          value: s.relativeDifference,
          lower,
          upper,
          shrunk: s.shrunkRelativeDifference,
          title: `${clip(s.value, 30)}\n${effect(s.relativeDifference, lower, upper)}`
        });
        y += 22;
      }
    }
    const total = metric?.comparisons.find((c) => c.variant === variant)?.relativeDifference ?? null;
    return forest(rows, {...size, labels, total});
  },

  tenure({readout, metric, variant, size}) {
    const result = metric?.novelty?.find((r) => r.variant === variant);
    if (!result) return null;
    const {longRun} = result;
    const fit =
      longRun && longRun.a !== null && longRun.b !== null && longRun.tau !== null
        ? {a: longRun.a, b: longRun.b, tau: longRun.tau}
        : null;
    const rows = result.byTenure.map((d) => {
      const [lower, upper] = boundsOf(d.relativeInterval);
      const [low, high] = boundsOf(d.simultaneousInterval);
      return {day: d.day, n: d.n, value: d.relativeDifference, lower, upper, low, high};
    });
    return tenure(rows, {...size, color: colorIndex(readout, result.variant), fit});
  },

  triangle({metric, variant, size}) {
    const result = metric?.novelty?.find((r) => r.variant === variant);
    const rows = (result ? triangleCells(result) : []).flatMap(({cohort, day, n, relativeDifference: value}) =>
      value === null ? [] : [{cohort, day, n, value}]
    );
    return rows.length > 0 ? triangle(rows, {...size, days: result?.triangleDays ?? 1}) : null;
  },

  weekdays({readout, metric, variant, size}) {
    const result = metric?.novelty?.find((r) => r.variant === variant);
    if (!result || result.weekdays.length === 0) return null;
    const rows = result.weekdays.map((d) => {
      const [lower, upper] = boundsOf(d.relativeInterval);
      return {weekday: d.weekday, value: d.relativeDifference, lower, upper};
    });
    return weekdays(rows, {...size, color: colorIndex(readout, result.variant)});
  },

  posterior({readout, metric, size}) {
    const rows = new Map(
      (metric?.bayesian?.comparisons ?? [])
        .flatMap((c) => c.posterior)
        .map((p) => [
          p.variant,
          {
            name: variantName(readout, p.variant),
            color: colorIndex(readout, p.variant),
            mean: p.mean,
            deviation: p.standardDeviation
          }
        ])
    );
    if (!metric || rows.size === 0) return null;
    const values = [...rows.values()];
    const difference = values.every((r) => r.color > 0);
    const width =
      Math.max(...values.map((r) => r.mean + 3 * r.deviation)) -
      Math.min(...values.map((r) => r.mean - 3 * r.deviation));
    const scale = metric.kind === "proportion" || metric.kind === "retention" ? 100 : 1;
    const decimals = Math.max(0, -Math.floor(Math.log10((width * scale) / 6)));
    return posterior(values, {
      ...size,
      difference,
      format: (value) => formatAmount(value, metric, {decimals, signed: difference})
    });
  },

  traffic({readout, size}) {
    const {hours} = readout;
    const step = hours ? 3_600_000 : 86_400_000;
    const times = hours
      ? hours.map(({hour, units}) => ({date: new Date(`${hour}Z`), units}))
      : readout.traffic.map(({date, units}) => ({date: new Date(date), units}));
    const rows = times.flatMap((d) =>
      readout.variants.map((v, i) => ({
        date: d.date,
        name: v.name,
        color: colorIndex(readout, v.key),
        units: d.units[i] ?? 0
      }))
    );
    const days: [Date, Date] = hours
      ? [rows[0]?.date ?? new Date(0), rows.at(-1)?.date ?? new Date(0)]
      : daysOf(readout);
    return traffic(rows, {...size, days, step, many: treatments(readout).length > 1});
  },

  ...banditFigures,

  distribution({readout, metric, size}) {
    const rows = (metric?.distribution ?? []).flatMap((d) =>
      d.bins.map(([from, to, share]) => ({
        variant: d.variant,
        name: variantName(readout, d.variant),
        color: colorIndex(readout, d.variant),
        from,
        to,
        share
      }))
    );
    if (!metric || rows.length === 0) return null;
    return distribution(rows, {
      ...size,
      format: (value) => formatAmount(value, metric, {decimals: value % 1 === 0 ? 0 : undefined})
    });
  }
};

/**
 * Draws every chart of the page into its figure when it comes near the window, again when its width changes, and all of
 * them before the page is printed.
 */
export function drawCharts(
  readout: Readout,
  {within = document, invalidation}: {within?: ParentNode; invalidation?: Promise<void>} = {}
): void {
  const figures = Array.from(within.querySelectorAll<HTMLElement>("figure[data-chart]"));
  const widths = new WeakMap<HTMLElement, number>();

  function draw(figure: HTMLElement, print: {width: number; height: number} | null = null): void {
    const place = figure.querySelector<HTMLElement>(".plot");
    const chart = charts[figure.dataset.chart ?? ""];
    const width = print?.width ?? Math.floor(place?.clientWidth ?? 0);
    if (!place || !chart || width === 0 || widths.get(figure) === width) return;
    widths.set(figure, width);
    const metric = readout.metrics.find((m) => m.key === figure.dataset.metric) ?? primaries(readout)[0];
    const element = chart({
      readout,
      metric,
      variant: figure.dataset.variant || undefined,
      size: {width, height: Math.round(Number(figure.dataset.height) * (print?.height ?? 1))}
    });
    element?.setAttribute("aria-hidden", "true");
    place.replaceChildren(...(element ? [element] : []));
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const {isIntersecting, target} of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        near.unobserve(target);
        size.observe(target);
      }
    },
    {rootMargin: "50% 0px"}
  );
  const size = new ResizeObserver((entries) => {
    for (const {target} of entries) if (target instanceof HTMLElement) draw(target);
  });
  const toPaper = () => {
    for (const figure of figures) draw(figure, paperSize(figure));
  };
  const toScreen = () => {
    for (const figure of figures) draw(figure);
  };
  for (const figure of figures) near.observe(figure);
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", toScreen);
  invalidation?.then(() => {
    near.disconnect();
    size.disconnect();
    removeEventListener("beforeprint", toPaper);
    removeEventListener("afterprint", toScreen);
  });
}

/**
 * The size of a chart on paper: its width there, in CSS pixels of a sheet of A4 within its margins and at the zoom of
 * print, and its height as a share of that on the screen. A browser lays the sheet out only after the charts must be
 * drawn.
 */
function paperSize(figure: HTMLElement): {width: number; height: number} {
  const forest = /orest$/.test(figure.dataset.chart ?? "");
  const pair = figure.closest(".pair") !== null;
  const width = pair ? 412 : figure.closest(".lead") ? 640 : 850;
  return {width, height: forest ? 1 : 0.72};
}

/** The axis that all charts of time share: from the start to the last complete day. */
function daysOf(readout: Readout): [Date, Date] {
  const first = readout.traffic[0]?.date ?? readout.metrics[0]?.path[0]?.date ?? readout.start;
  return [new Date(first), new Date(readout.asOf ?? readout.traffic.at(-1)?.date ?? first)];
}

function effect(value: number | null, lower: number | null, upper: number | null): string {
  const decimals = intervalDecimals([lower, upper], {scale: 100});
  const percent = (x: number | null) => formatPercent(x, {signed: true, decimals});
  return `${percent(value)}${lower === null && upper === null ? "" : `, ${percent(lower)} to ${percent(upper)}`}`;
}
