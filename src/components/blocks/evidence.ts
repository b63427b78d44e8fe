import {formatAmount, formatBytes, formatCount, formatDate, formatList, plural} from "../../lib/experiment/format.ts";
import type {Reason} from "../../lib/cube/reasons.ts";
import {reasons} from "../../lib/cube/reasons.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {figure} from "./figure.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section, sentence} from "./section.ts";
import {colorIndex, variantName} from "./subject.ts";
import {table} from "./table.ts";

/** Returns what came in: traffic by day, rows that do not count and why, files to take away. */
export function evidence(readout: Readout, files: readonly string[], base: string): Html {
  const {input, traffic} = readout;
  return section(
    "data",
    "What came in?",
    html`${plural(input.rows, "row")} read, ${plural(input.units, "unit")} counted.`,
    traffic.length < 2 && readout.hours === undefined
      ? absent(null, "Traffic by day is not known for this shape of input.")
      : html`<div class="lead">${totals(readout)} ${trafficFigure(readout)}</div>`,
    readout.metrics
      .filter((m) => m.distribution?.some((d) => d.bins.length > 1))
      .slice(0, 3)
      .map((m) => distribution(m, readout)),
    exclusions(readout),
    input.coarsened ? html`<p class="reading">${input.coarsened}</p>` : null,
    downloads(readout, files, base)
  );
}

/** Units by variant beside the chart, which then has the width of the effect by day: a day lies at the same place. */
function totals(readout: Readout): Html {
  const {variants} = readout;
  return html`<dl class="small">
    ${variants.map(
      (v) =>
        html`<div>
          <dt><span class="swatch v${colorIndex(readout, v.key)}"></span>${name(v.name)}</dt>
          <dd>${formatCount(v.units)}</dd>
        </div>`
    )}
  </dl>`;
}

function trafficFigure({traffic, hours, variants}: Readout): Html {
  const sums = variants.map(
    (v, i) => `${v.name} ${formatCount(traffic.reduce((sum, d) => sum + (d.units[i] ?? 0), 0))}`
  );
  if (hours !== undefined)
    return figure({
      chart: "traffic",
      height: 170,
      title: "New units by hour",
      subtitle: "first exposures, by variant; hours with few units are counted with the next",
      quiet: true,
      reading: html`${formatDate(traffic[0]?.date ?? null)}, to ${hours.at(-1)?.hour.slice(11, 13)}:59:
      ${name(sums.length > 6 ? `${sums.length} variants` : formatList(sums))}.`,
      table: table(
        "New units by hour and variant",
        [{head: "Hour"}, ...variants.map((v) => ({head: name(v.name), number: true}))],
        hours.map((h) => [
          `${formatDate(h.hour, {year: false})} ${h.hour.slice(11, 16)}`,
          ...h.units.map((n) => formatCount(n))
        ])
      )
    });
  return figure({
    chart: "traffic",
    height: 170,
    title: "New units by day",
    subtitle: "first exposures, by variant",
    quiet: true,
    reading: html`${formatDate(traffic[0]?.date ?? null)} to ${formatDate(traffic.at(-1)?.date ?? null)}:
    ${name(sums.length > 6 ? `${sums.length} variants` : formatList(sums))}.`,
    table: table(
      "New units by day and variant",
      [{head: "Day"}, ...variants.map((v) => ({head: name(v.name), number: true}))],
      traffic.map((d) => [formatDate(d.date, {year: false}), ...d.units.map((n) => formatCount(n))])
    )
  });
}

function distribution(metric: MetricResult, readout: Readout): Html {
  const shown = metric.distribution ?? [];
  const bins = shown[0]?.bins ?? [];
  return figure({
    chart: "distribution",
    metric: metric.key,
    height: 170,
    title: html`Distribution of ${name(metric.name)}`,
    subtitle: html`share of values${metric.unit ? html`, in ${name(metric.unit)}` : null}; the last step holds the tail
    above`,
    reading: html`${name(metric.name)}:
    ${name(
      formatList(
        metric.arms.slice(0, 6).map((a) => `${variantName(readout, a.variant)} ${formatAmount(a.mean, metric)}`)
      )
    )}.`,
    table: table(
      `Distribution of ${metric.name}`,
      [
        {head: "From"},
        {head: "To"},
        ...shown.map((d) => ({head: name(variantName(readout, d.variant)), number: true}))
      ],
      bins.map((bin, i) => [
        String(Number(bin[0].toPrecision(4))),
        String(Number(bin[1].toPrecision(4))),
        ...shown.map((d) => `${(100 * (d.bins[i]?.[2] ?? 0)).toFixed(1)}%`)
      ])
    )
  });
}

function exclusions({input}: Readout): Html {
  if (input.excluded.length === 0) return html`<p class="absent">Every row counts: nothing was excluded.</p>`;
  return html`<h3>Rows that do not count</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Rows that do not count">
      ${table(
        "Rows that do not count, by reason",
        [{head: "Reason"}, {head: "Log", fold: true}, {head: "Rows", number: true}, {head: "Units", number: true}],
        input.excluded.map((e) => [
          name(e.reason in reasons ? sentence(reasons[e.reason as Reason]).slice(0, -1) : e.text),
          name(e.fact ?? "\u2013"),
          formatCount(e.rows),
          formatCount(e.units)
        ])
      )}
    </div>`;
}

function downloads(readout: Readout, files: readonly string[], base: string): Html | null {
  if (files.length === 0) return null;
  return html`<h3>Take it away</h3>
    <ul class="downloads">
      ${files.map((file) => {
        const known = readout.files.find((f) => f.name === file);
        return html`<li>
          <a href="${base}${file}" download="${readout.id}-${file}">${file}</a>
          <span class="role"
            >${known ? `${formatBytes(known.bytes)}${known.rows === null ? "" : `, ${plural(known.rows, "row")}`}` : ""}</span
          >
        </li>`;
      })}
    </ul>`;
}
