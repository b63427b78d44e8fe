import {
  decimalsOf,
  formatCount,
  formatDate,
  formatDifference,
  formatNumber,
  formatPercent,
  formatPValue
} from "../../lib/experiment/format.ts";
import type {ComparisonResult, MetricResult, Readout, SequentialComparison} from "../../lib/experiment/readout.ts";
import {behind, sumsLink} from "./behind.ts";
import {effectText, intervalCell, intervalText, meanText} from "./effect.ts";
import {figure} from "./figure.ts";
import type {Content, Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section, sentence} from "./section.ts";
import {colorIndex, leadingComparison, primaries, treatments, variantName} from "./subject.ts";
import type {Column} from "./table.ts";
import {table} from "./table.ts";
import {term} from "./terms.ts";
import {whatIf} from "./whatIf.ts";

/** Returns a section for each primary metric: the number, its interval, the effect by day, the boundary. */
export function primary(readout: Readout, root: string): Html {
  const metrics = primaries(readout);
  if (metrics.length === 0)
    return section(
      "primary",
      "Primary metric",
      null,
      absent(null, "There are no numbers for a primary metric yet: no unit has had its days.")
    );
  return html`${metrics.map((metric, i) => primaryMetric(metric, i === 0 ? "primary" : `primary-${i + 1}`, readout, root))}`;
}

function primaryMetric(metric: MetricResult, id: string, readout: Readout, root: string): Html {
  const comparison = leadingComparison(metric, readout);
  const lede = [
    metric.description && name(metric.description.replace(/[.\s]+$/, "")),
    metric.mature && html`units that have had their ${formatCount(metric.window)} days`
  ];
  const parts = lede.filter(Boolean);
  return section(
    id,
    name(metric.name),
    parts.length ? html`${parts.map((p, i) => html`${i ? "; " : ""}${p}`)}.` : null,
    comparison === null || (comparison.difference === null && comparison.relativeDifference === null)
      ? absent(comparison?.reason ?? metric.reason, "There is no comparison yet.")
      : html`<div class="lead">${number(metric, comparison, readout, root)} ${byDay(metric, readout)}</div>
          ${comparisons(metric, readout, root)} ${behind(readout, metric, root, "The sums and the SQL behind it")}`,
    boundary(metric, readout),
    whatIf(metric, readout)
  );
}

function number(metric: MetricResult, comparison: ComparisonResult, readout: Readout, root: string): Html {
  const arm = (variant: string) => metric.arms.find((a) => a.variant === variant)?.mean ?? null;
  const sequential = metric.sequential?.comparisons.find((s) => s.variant === comparison.variant);
  return html`<div class="number">
    <p class="big">${sumsLink(readout, metric, effectText(comparison, metric))}</p>
    <p>
      ${formatPercent(comparison.level, {decimals: 0})} ${term("interval", "interval", root)}
      <span class="keep">${intervalText(comparison, metric)}</span>
    </p>
    <p>
      ${meanText(arm(comparison.baseline), comparison.difference, metric)} →
      ${meanText(arm(comparison.variant), comparison.difference, metric)}${
        comparison.relativeDifference === null || comparison.difference === null
          ? null
          : html`, <span class="keep">${formatDifference(comparison.difference, metric)}</span>`
      }
    </p>
    ${treatments(readout).length > 1 ? html`<p class="which"><span class="swatch v${colorIndex(readout, comparison.variant)}"></span>${name(variantName(readout, comparison.variant))} against ${name(variantName(readout, comparison.baseline))}</p>` : null}
    <dl class="small">
      ${facts(metric, comparison, sequential, root).map(
        ([key, value]) =>
          html`<div>
            <dt>${key}</dt>
            <dd>${value}</dd>
          </div>`
      )}
    </dl>
  </div>`;
}

function facts(
  metric: MetricResult,
  comparison: ComparisonResult,
  sequential: SequentialComparison | undefined,
  root: string
): [Content, Content][] {
  const rows: [Content, Content][] = [];
  const looks = sequential?.looks ?? [];
  const last = sequential?.path.at(-1);
  if (sequential?.stop) rows.push([term("stage-wise-p", "p (stage-wise)", root), formatPValue(sequential.stop.pValue)]);
  else if (last && metric.method === "always-valid")
    rows.push([term("always-valid", "p (always valid)", root), formatPValue(last.pValue)]);
  else rows.push([term("p-value", "p", root), formatPValue(comparison.pValue)]);
  if (comparison.adjustedPValue !== null && comparison.adjustment.correction !== "none")
    rows.push([term("adjusted-p", "p, adjusted", root), formatPValue(comparison.adjustedPValue)]);
  if (looks.length)
    rows.push([
      term("look", "Look", root),
      metric.sequential?.future.length
        ? `${looks.length} of ${looks.length + metric.sequential.future.length}`
        : String(looks.length)
    ]);
  if (metric.sequential?.fraction != null)
    rows.push([term("information", "Information", root), formatPercent(metric.sequential.fraction, {decimals: 0})]);
  if (sequential?.stop?.relativeEstimate != null)
    rows.push([
      term("median-unbiased", "Corrected for the stop", root),
      formatPercent(sequential.stop.relativeEstimate, {signed: true})
    ]);
  if (comparison.adjustment.varianceReduction !== null)
    rows.push([
      term("cuped", "CUPED saves", root),
      `${formatPercent(comparison.adjustment.varianceReduction, {decimals: 0})} variance`
    ]);
  const n = metric.arms
    .filter((a) => a.variant === comparison.variant || a.variant === comparison.baseline)
    .reduce((sum, a) => sum + a.n, 0);
  rows.push([metric.mature ? term("mature", "Units, mature", root) : "Units", formatCount(n)]);
  return rows;
}

function byDay(metric: MetricResult, readout: Readout): Html {
  const days = metric.path.filter((d) =>
    d.comparisons.some((c) => c.relativeDifference !== null || c.difference !== null)
  );
  if (days.length < 2) return absent(null, "The chart by day needs at least two days with results.");
  const always =
    metric.method === "always-valid" && (metric.sequential?.comparisons.some((c) => c.path.length > 0) ?? false);
  const last = leadingComparison(metric, readout);
  const many = treatments(readout).length > 1;
  return figure({
    chart: "effectByDay",
    metric: metric.key,
    height: 240,
    title: "Relative difference by day",
    subtitle: always
      ? "with the interval that stays valid at every look"
      : `with its ${formatPercent(last?.level ?? 0.95, {decimals: 0})} interval, as of the end of each day`,
    quiet: true,
    reading: html`${name(metric.name)} by day from ${formatDate(days[0]?.date ?? null)} to
    ${formatDate(days.at(-1)?.date ?? null)}: the difference ends at ${last ? effectText(last, metric) : "\u2013"},
    interval ${last ? intervalText(last, metric) : "\u2013"}.`,
    table: table(
      `${metric.name} by day`,
      [
        {head: "Day"},
        ...(many ? [{head: "Variant"}] : []),
        {head: "Units", number: true, fold: true},
        {head: "Difference", number: true},
        {head: "Interval", number: true},
        {head: "p", number: true, fold: true}
      ],
      [...days]
        .reverse()
        .flatMap((d) =>
          d.comparisons.map((c) => [
            formatDate(d.date, {year: false}),
            ...(many ? [name(variantName(readout, c.variant))] : []),
            formatCount(c.n),
            effectText(c, metric),
            intervalCell(c, metric),
            formatPValue(c.pValue)
          ])
        )
    )
  });
}

function comparisons(metric: MetricResult, readout: Readout, root: string): Html | null {
  if (treatments(readout).length < 2) return null;
  const columns: Column[] = [
    {head: "Variant"},
    {head: "Units", number: true, fold: true},
    {head: "Mean", number: true, fold: true},
    {head: term("relative-difference", "Difference", root), number: true},
    {head: term("interval", "Interval", root), number: true},
    {head: term("p-value", "p", root), number: true, fold: true},
    {head: term("adjusted-p", "adj. p", root), number: true}
  ];
  const overall = metric.overall;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="All variants">
      ${table(
        `${metric.name}, all variants`,
        columns,
        metric.arms.map((arm) => {
          const c = metric.comparisons.find((d) => d.variant === arm.variant);
          return [
            html`<span class="swatch v${colorIndex(readout, arm.variant)}"></span
              >${name(variantName(readout, arm.variant))}`,
            formatCount(arm.n),
            meanText(arm.mean, (c ?? leadingComparison(metric, readout))?.difference ?? null, metric),
            c ? sumsLink(readout, metric, effectText(c, metric)) : "\u2013",
            c ? intervalCell(c, metric) : "\u2013",
            c ? formatPValue(c.pValue) : "\u2013",
            c ? formatPValue(c.adjustedPValue) : "\u2013"
          ];
        })
      )}
    </div>
    ${overall && overall.pValue !== null ? html`<p class="reading">That any variant differs: χ² ${formatNumber(overall.chiSquare)} with ${formatCount(overall.degreesOfFreedom)} degrees of freedom, p ${/^[<>]/.test(formatPValue(overall.pValue)) ? "" : "= "}${formatPValue(overall.pValue)}.</p>` : null}`;
}

function boundary(metric: MetricResult, readout: Readout): Html | null {
  const sequential = metric.sequential;
  if (sequential === null) return null;
  if (sequential.comparisons.length === 0) return absent(sequential.reason, "There is no sequential result yet.");
  const said = sequential.comparisons.map(
    (c) =>
      html`<p class="reading">
        ${sequential.comparisons.length > 1 ? html`<b>${name(variantName(readout, c.variant))}.</b> ` : null}${sentence(c.sentence)}
      </p>`
  );
  const warning = sequential.guaranteed
    ? null
    : html`<p class="notice care">
        The false-alarm rate over all looks is not guaranteed${sequential.reason ? `: ${sequential.reason}` : ""}.
      </p>`;
  const charts = sequential.comparisons.filter((c) => c.looks.some((l) => l.bound !== null));
  return html`${charts.slice(0, 3).map((c) =>
    figure({
      chart: "boundary",
      metric: metric.key,
      variant: c.variant,
      height: 250,
      title: html`Sequential boundary,
      ${spendingNames[sequential.spending ?? ""] ?? sequential.spending ?? "table of spent alpha"}${charts.length > 1 ? html`, ${name(variantName(readout, c.variant))}` : null}`,
      subtitle: "z statistic against information; beyond the line the test may stop",
      quiet: true,
      reading: c.sentence,
      table: table(
        "Looks",
        [
          {head: "Look"},
          {head: "Information", number: true},
          {head: "z", number: true},
          {head: "Boundary", number: true},
          {head: "Alpha spent", number: true, fold: true},
          ...(c.looks.some((l) => l.recomputedZ !== undefined) ? [{head: "z by today\u2019s data", number: true}] : [])
        ],
        c.looks.map((l) => [
          html`${formatDate(l.date, {year: false})}${l.reconstructed ? " (reconstructed)" : ""}`,
          formatPercent(l.fraction, {decimals: 0}),
          formatNumber(l.z, {decimals: 2}),
          formatNumber(l.bound, {decimals: 2}),
          formatNumber(l.alphaSpent, {decimals: Math.max(4, decimalsOf(l.alphaSpent))}),
          ...(c.looks.some((each) => each.recomputedZ !== undefined)
            ? [formatNumber(l.recomputedZ ?? l.z, {decimals: 2})]
            : [])
        ])
      )
    })
  )}
  ${pValues(metric, readout)} ${said} ${warning}`;
}

/** The always-valid p-value by day; null for other methods. */
function pValues(metric: MetricResult, readout: Readout): Html | null {
  const {sequential} = metric;
  if (sequential?.method !== "always-valid") return null;
  const shown = sequential.comparisons.filter((c) => c.path.filter((d) => d.pValue !== null).length > 1);
  if (shown.length === 0) return null;
  const many = shown.length > 1;
  const moved = shown.some((c) => c.path.some((d) => d.recomputedPValue !== undefined));
  return figure({
    chart: "pValueByDay",
    metric: metric.key,
    height: 200,
    title: "Always-valid p-value by day",
    subtitle: `the smallest so far, on a log scale; at or below ${sequential.alpha} the test may stop`,
    quiet: true,
    reading: shown.map((c) => c.sentence).join(" "),
    table: table(
      "Always-valid p-value by day",
      [
        {head: "Day"},
        ...(many ? [{head: "Variant"}] : []),
        {head: "Units", number: true},
        {head: "p", number: true},
        ...(moved ? [{head: "By today's data", number: true}] : [])
      ],
      shown.flatMap((c) =>
        [...c.path]
          .reverse()
          .map((d) => [
            formatDate(d.date, {year: false}),
            ...(many ? [name(variantName(readout, c.variant))] : []),
            formatCount(d.n),
            formatPValue(d.pValue),
            ...(moved ? [formatPValue(d.recomputedPValue ?? d.pValue)] : [])
          ])
      )
    )
  });
}

const spendingNames: Record<string, string> = {
  "obrien-fleming": "O\u2019Brien-Fleming spending",
  pocock: "Pocock spending",
  "hwang-shih-decani": "Hwang-Shih-DeCani spending",
  "kim-demets": "Kim-DeMets spending"
};
