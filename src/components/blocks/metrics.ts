import {
  formatChosen,
  formatCount,
  formatNumber,
  formatPercent,
  formatPValue,
  plural
} from "../../lib/experiment/format.ts";
import type {ComparisonResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {behind, sumsLink} from "./behind.ts";
import {effectText, intervalCell, intervalText, meanText} from "./effect.ts";
import {figure} from "./figure.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {guardrailTones, pill} from "./pill.ts";
import {absent, section} from "./section.ts";
import {colorIndex, leading, treatments, variantName} from "./subject.ts";
import type {Column} from "./table.ts";
import {classOf} from "./table.ts";
import {term} from "./terms.ts";

const rowHeight = 24;

/** Returns all metrics: one forest, one table, and the sums and SQL behind each number. */
export function metrics(readout: Readout, root: string): Html {
  const shown = readout.metrics.filter((m) => m.comparisons.some((c) => c.relativeDifference !== null));
  const many = treatments(readout).length > 1;
  const drawn = treatments(readout).length > 3 ? 1 : treatments(readout).length;
  const lead = leading(readout);
  const comparisons = readout.metrics.reduce((sum, m) => sum + m.comparisons.length, 0);
  const long = many && comparisons > 40;
  return section(
    "metrics",
    "All metrics",
    html`${term("relative-difference", "Relative difference", root)} to control with its
    ${term("interval", "interval", root)}.
    ${readout.metrics.some((m) => m.guardrail?.length) ? html`${term("guardrail", "Guardrails", root)} show their margin.` : null}
    A difference leads to the sums and the SQL behind it.`,
    shown.length === 0
      ? absent(readout.metrics[0]?.reason, "No metric has a comparison yet.")
      : figure({
          chart: "forest",
          height: 46 + shown.length * (drawn > 1 ? 10 + 13 * drawn : rowHeight),
          title: html`Every metric on one
          axis${drawn < treatments(readout).length && lead ? html`, ${name(variantName(readout, lead))}` : null}`,
          subtitle: "point and interval; the ink line is no difference",
          quiet: true,
          reading: summary(readout, shown),
          table: null
        }),
    html`<div class="scroll" tabindex="0" role="region" aria-label="Table of all metrics">
      ${mainTable(long ? brief(readout, lead) : readout, root, many)}
    </div>`,
    long
      ? html`<details class="behind">
          <summary>All ${formatCount(comparisons)} comparisons</summary>
          <div class="scroll" tabindex="0" role="region" aria-label="All comparisons">
            ${mainTable(readout, root, many)}
          </div>
        </details>`
      : null,
    html`<details class="behind">
      <summary>The sums and the SQL behind each number</summary>
      ${readout.metrics
        .filter((m) => m.role !== "primary")
        .map((m) => behind(readout, m, root, html`${name(m.name)} <span class="role">${m.kind}</span>`))}
    </details>`
  );
}

/** Returns the table of all metrics and comparisons: the one table that a reader without scripts needs. */
export function mainTable(readout: Readout, root: string, many: boolean): Html {
  const control = readout.variants.find((v) => v.role === "control");
  const level = readout.metrics[0]?.comparisons[0]?.level ?? 0.95;
  const only = treatments(readout)[0];
  const columns: Column[] = [
    {head: "Metric"},
    ...(many ? [{head: "Variant"}] : []),
    {head: name(control?.name ?? "Control"), number: true, fold: true},
    {head: many || !only ? "Treatment" : name(only.name), number: true, fold: true},
    {head: term("relative-difference", "Difference", root), number: true},
    {head: html`${formatPercent(level, {decimals: 0})} ${term("interval", "interval", root)}`, number: true},
    {head: term("p-value", "p", root), number: true, fold: true},
    {head: term("adjusted-p", "adj. p", root), number: true, className: "state"}
  ];
  return html`<table class="metrics">
    <caption class="sr">
      All metrics, treatment against control
    </caption>
    <thead>
      <tr>
        ${columns.map((c) => html`<th scope="col" class="${classOf(c)}">${c.head}</th>`)}
      </tr>
    </thead>
    ${readout.metrics.map(
      (m) =>
        html`<tbody>
          ${m.comparisons.length === 0 ? emptyRow(m, columns.length) : m.comparisons.map((c, i) => row(m, c, i))}
        </tbody> `
    )}
  </table>`;

  function emptyRow(metric: MetricResult, width: number): Html {
    return html`<tr>
      <th scope="row">${label(metric)}</th>
      <td colspan="${width - 1}" class="none">${metric.reason ?? "no comparison"}</td>
    </tr>`;
  }

  function row(metric: MetricResult, c: ComparisonResult, i: number): Html {
    const arm = (variant: string) => metric.arms.find((a) => a.variant === variant)?.mean ?? null;
    const guardrail = metric.guardrail?.find((g) => g.variant === c.variant);
    const head =
      i === 0 ? html`<th scope="rowgroup" rowspan="${metric.comparisons.length}">${label(metric)}</th>` : null;
    // A phone has no room for the last column: its state goes under the interval.
    const narrow = guardrail
      ? html`<span class="narrow">${pill(guardrail.status, guardrailTones[guardrail.status])}</span>`
      : null;
    const none = c.difference === null && c.relativeDifference === null;
    return html`<tr class="${i === 0 ? "" : "more"}" data-metric="${metric.key}" data-variant="${c.variant}">
      ${head}${many ? html`<td><span class="swatch v${colorIndex(readout, c.variant)}"></span>${name(variantName(readout, c.variant))}</td>` : null}
      <td class="number fold">${meanText(arm(c.baseline), c.difference, metric)}</td>
      <td class="number fold">${meanText(arm(c.variant), c.difference, metric)}</td>
      ${
        none
          ? html`<td colspan="3" class="none">${c.reason ?? "not known"}${narrow}</td>`
          : html`<td class="number">${sumsLink(readout, metric, effectText(c, metric))}</td>
              <td class="number">${intervalCell(c, metric)}${narrow}</td>
              <td class="number fold">${formatPValue(c.pValue)}</td>`
      }
      <td class="number state">
        ${guardrail ? pill(guardrail.status, guardrailTones[guardrail.status]) : formatPValue(c.adjustment.correction === "none" ? null : c.adjustedPValue)}
      </td>
    </tr> `;
  }
}

/** The readout with every variant of the primary metrics, and of the others only the leading one and what is harmful. */
function brief(readout: Readout, lead: string | null): Readout {
  const harmful = (m: MetricResult, variant: string) =>
    m.guardrail?.some((g) => g.variant === variant && (g.status === "severe" || g.status === "worsened"));
  return {
    ...readout,
    metrics: readout.metrics.map((m) => ({
      ...m,
      comparisons: m.comparisons.filter((c) => m.role === "primary" || c.variant === lead || harmful(m, c.variant))
    }))
  };
}

function label(metric: MetricResult): Html {
  const margin = metric.guardrail?.find((g) => g.margin)?.margin;
  const limit = margin ? `, margin ${margin.relative ? formatChosen(margin.value) : formatNumber(margin.value)}` : "";
  return html`${name(metric.name)}
    <span class="role"
      >${metric.role},
      ${plural(
        metric.arms.reduce((sum, a) => sum + a.n, 0),
        "unit"
      )}${limit}${metric.direction === "decrease" ? ", lower is better" : ""}</span
    >`;
}

function summary(readout: Readout, shown: readonly MetricResult[]): string {
  const lead = leading(readout);
  return shown
    .slice(0, 12)
    .map((m) => {
      const c = m.comparisons.find((d) => d.variant === lead) ?? m.comparisons[0];
      return c ? `${m.name} ${effectText(c, m)}, interval ${intervalText(c, m)}` : m.name;
    })
    .join("; ");
}
