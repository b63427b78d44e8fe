import {exploreDesign, registeredDesign, spendings} from "../../lib/experiment/exploreDesign.ts";
import type {TriedDesign} from "../../lib/experiment/exploreDesign.ts";
import {formatDate, formatNumber, formatPercent, formatPValue} from "../../lib/experiment/format.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {methods} from "../../lib/experiment/words.ts";
import {colorIndex} from "../blocks/subject.ts";
import {boundary} from "../charts/boundary.ts";
import {fieldOf} from "./formFields.ts";
import type {Figures} from "./liveFigures.ts";

/** Draws the boundary of the design that a reader tries in one metric's form, again at each change. */
export function whatIf(place: HTMLElement, {readout, figures}: {readout: Readout; figures: Figures}): void {
  const form = place.querySelector("form");
  const metric = readout.metrics.find(({key}) => key === place.dataset.metric);
  if (!form || !metric?.sequential) return;
  const show = () => draw(form, metric, {readout, figures});
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}

function draw(
  form: HTMLFormElement,
  metric: MetricResult,
  {readout, figures}: {readout: Readout; figures: Figures}
): void {
  const {sequential} = metric;
  const comparisons = sequential?.comparisons.filter(({nights}) => nights.length > 0) ?? [];
  const variant = fieldOf(form, "variant") || comparisons[0]?.variant;
  const comparison = comparisons.find((each) => each.variant === variant);
  if (!sequential || !comparison) return;
  const units = comparison.nights.at(-1)?.units ?? 1;
  const registered = registeredDesign(sequential, units);
  const planned = Number(fieldOf(form, "planned"));
  const tried: TriedDesign = {
    method: methods.find((each) => each === fieldOf(form, "method")) ?? registered.method,
    spending: spendings.find((each) => each === fieldOf(form, "spending")) ?? registered.spending,
    planned: planned > 0 && planned < Infinity ? planned : registered.planned
  };
  const spending = form.elements.namedItem("spending");
  if (spending instanceof HTMLSelectElement) spending.disabled = tried.method !== "group-sequential";
  const now = exploreDesign(readout, metric, comparison.variant, tried);
  const before = exploreDesign(readout, metric, comparison.variant, registered);
  // Where the plans differ, so does the scale of information: the registered boundary stays at its units.
  const scale = registered.planned / tried.planned;
  const ghost = before.points.map((point) => ({...point, fraction: point.fraction * scale}));
  const rows = now.points.map((point) => ({...point, futility: null}));
  figures.show(`boundary ${metric.key}`, {
    draw: (size) =>
      boundary(rows, {
        ...size,
        color: colorIndex(readout, comparison.variant),
        sides: sequential.sides,
        crossed: now.crossed !== null,
        crossing: now.points[comparison.nights.findIndex(({date}) => date === now.crossed?.date)]?.fraction,
        ghost
      }),
    reading: `${now.sentence} Exploration, not the registered design.`,
    rows: () =>
      now.points.map((point, i) => [
        comparison.nights[i] ? formatDate(comparison.nights[i].date, {year: false}) : "to come",
        formatPercent(point.fraction, {decimals: 0}),
        formatNumber(point.z, {decimals: 2}),
        formatNumber(point.bound, {decimals: 2}),
        formatNumber(before.points[i]?.z === null ? null : (before.points[i]?.bound ?? null), {decimals: 2}),
        now.path[i] ? formatPValue(now.path[i].pValue) : "\u2013"
      ])
  });
}
