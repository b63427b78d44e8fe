import {
  formatCount,
  formatDifference,
  formatList,
  formatPercent,
  formatPValue,
  sayPValue
} from "../../lib/experiment/format.ts";
import type {MetricResult, Readout, SegmentResult, SegmentSummary} from "../../lib/experiment/readout.ts";
import {effectText, intervalCell} from "./effect.ts";
import {figure} from "./figure.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section, sentence} from "./section.ts";
import {leading, primaries, treatments, variantName} from "./subject.ts";
import {table} from "./table.ts";
import {term} from "./terms.ts";

/** Returns the primary effect by segment: a forest per treatment, and what the segments say together. */
export function segments(readout: Readout, root: string): Html {
  const metric =
    primaries(readout).find((m) => m.segments.length > 0) ?? readout.metrics.find((m) => m.segments.length > 0);
  if (!metric) {
    return section(
      "segments",
      "For whom?",
      null,
      absent(
        null,
        readout.dimensions.length
          ? `Cannot tell, because ${whyNot(readout)}.`
          : "The experiment declares no dimensions, so there are no segments to compare."
      )
    );
  }
  const dimensions = readout.dimensions.map((d) => d.name);
  const lead = leading(readout);
  const all = treatments(readout).map((v) => v.key);
  const shown =
    all.length > 3 ? [lead ?? all[0] ?? ""] : [...new Set([lead ?? "", ...all])].filter((v) => all.includes(v));
  return section(
    "segments",
    "For whom?",
    html`Effect on ${name(metric.name)} by ${name(formatList(dimensions))}; filled marks are
    ${term("shrinkage", "shrunk towards the mean", root)}.`,
    shown.map((variant) => {
      const named = shown.length > 1 || shown.length < all.length;
      return html`${forest(metric, variant, named)}${whereFrom(metric, variant, readout)}`;
    }),
    split(metric, readout),
    readout.files.some((file) => file.name === "path.parquet")
      ? html`<p class="onward">
          <a href="${root}explore?experiment=${encodeURIComponent(readout.id)}">Open this in Explore</a> to filter, to
          cross dimensions and to go back in time.
        </p>`
      : null
  );

  function forest(m: MetricResult, variant: string, named: boolean): Html {
    const rows = m.segments.filter((s) => s.variant === variant);
    const known = rows.filter((s) => s.relativeDifference !== null);
    const said = m.segmentSummaries.filter((s) => s.variant === variant);
    const reading = html`${said.map((s) => html`${s.simpson ? html`<b>${sentence(s.sentence)}</b>` : sentence(s.sentence)} `)}${untold(rows, readout)}`;
    if (known.length === 0)
      return html`<p class="absent">
        ${untold(rows, readout) ?? "Cannot tell, because no segment has an effect with an interval."}
      </p>`;
    const groups = new Set(known.map((s) => s.dimension)).size;
    return figure({
      chart: "segmentForest",
      metric: m.key,
      variant,
      height: 40 + known.length * 22 + groups * 18,
      title: named ? html`By segment, ${name(variantName(readout, variant))}` : "By segment",
      subtitle: "open: the segment\u2019s own effect with its 95% interval; filled: shrunk; dashed: all units",
      reading: said.length
        ? reading
        : html`The largest segment effect is
          ${formatPercent(Math.max(...known.map((s) => s.relativeDifference ?? 0)), {signed: true})}, the smallest
          ${formatPercent(Math.min(...known.map((s) => s.relativeDifference ?? 0)), {signed: true})}.`,
      table: table(
        `${m.name} by segment`,
        [
          {head: "Segment"},
          {head: "Units", number: true, fold: true},
          {head: "Difference", number: true},
          {head: "95% interval", number: true},
          {head: "Shrunk", number: true, fold: true},
          {head: "p", number: true, fold: true},
          {head: "adj. p", number: true},
          {head: "Split, adj. p", number: true, fold: true}
        ],
        rows.map((s) => [
          html`<span class="role">${name(dimensionName(readout, s))}</span> ${name(s.value)}`,
          formatCount(s.n.reduce((a, b) => a + b, 0)),
          s.difference === null && s.relativeDifference === null ? (s.reason ?? "\u2013") : effectText(s, m),
          intervalCell(s, m),
          formatPercent(s.shrunkRelativeDifference, {signed: true}),
          formatPValue(s.pValue),
          formatPValue(s.adjustedPValue),
          formatPValue(s.sampleRatioPValue)
        ])
      ),
      assumptions: [
        `The adjusted p-values are Benjamini and Hochberg\u2019s, over all ${formatCount(m.segments.filter((s) => s.pValue !== null).length)} segments and treatments of this metric.`,
        ...said.flatMap((s) =>
          s.cochranQ === null
            ? []
            : [
                html`${name(nameOf(readout, s.dimension))}: Cochran’s Q ${s.cochranQ.toFixed(1)},
                ${sayPValue(s.interactionPValue)}; the segments’ effects scatter by
                ${formatPercent(Math.sqrt(s.tauSquared ?? 0))} beyond chance around
                ${formatPercent(s.pooled, {signed: true})}.`
              ]
        ),
        "Shrunk effects are drawn towards the mean of their dimension by the share of their variance that is noise, because the best raw segment is mostly luck.",
        "A dimension is fixed at the exposure: one that the treatment itself changes makes segments that cannot be compared."
      ]
    });
  }
}

/** Why no metric has segments though dimensions are declared. */
function whyNot({metrics}: Readout): string {
  return metrics.every(({kind}) => kind === "quantile")
    ? "a quantile is kept of each variant as a whole"
    : "no segment has enough units to be compared";
}

/** Which segments have no test, and why, in a sentence for each reason; null if all have one. */
function untold(rows: readonly SegmentResult[], readout: Readout): Html | null {
  const byReason = new Map<string, string[]>();
  for (const s of rows) {
    if (s.pValue !== null || s.reason === null) continue;
    byReason.set(s.reason, [...(byReason.get(s.reason) ?? []), `${nameOf(readout, s.dimension)} ${s.value}`]);
  }
  if (byReason.size === 0) return null;
  return html`${[...byReason].map(([reason, names]) => {
    const more = names.length > 4 ? [`${names.length - 3} others`] : [];
    return html`Cannot tell for ${name(formatList([...names.slice(0, more.length > 0 ? 3 : 4), ...more]))}, because
    ${reason}. `;
  })}`;
}

/** The total difference taken apart: what each segment adds, and what comes from arms that hold different shares. */
function whereFrom(m: MetricResult, variant: string, readout: Readout): Html | null {
  const said = m.segmentSummaries.filter((s) => s.variant === variant && (s.whereFrom !== null || s.reason !== null));
  if (said.length === 0) return null;
  const sentences = [
    ...new Set(
      said.map((s) => s.whereFrom ?? `By ${nameOf(readout, s.dimension)} it cannot be taken apart, because ${s.reason}`)
    )
  ];
  const apart = said.filter((s) => s.within !== null && s.mix !== null);
  return html`<h3>Where does it come from?</h3>
    ${sentences.map((text) => html`<p class="reading">${sentence(text)}</p>`)}
    ${
      apart.length === 0
        ? null
        : html`<details class="data">
            <summary>Table</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Where the difference comes from">
              ${apart.map((s) => parts(m, s, readout))}
            </div>
          </details>`
    }`;
}

function parts(m: MetricResult, {dimension, variant, within, mix}: SegmentSummary, readout: Readout): Html {
  const own = m.segments.filter((s) => s.dimension === dimension && s.variant === variant);
  const total = (within ?? 0) + (mix ?? 0);
  const share = (part: number | null) => (total === 0 || part === null ? null : part / total);
  const row = (label: Html, units: number | null, part: number | null) => [
    label,
    units === null ? "" : formatPercent(units, {decimals: 0}),
    formatDifference(part, m),
    formatPercent(share(part), {decimals: 0})
  ];
  return table(
    `Where the difference comes from, by ${nameOf(readout, dimension)}`,
    [
      {head: name(nameOf(readout, dimension))},
      {head: "Units", number: true},
      {head: "Share \u00d7 effect", number: true},
      {head: "Of the total", number: true}
    ],
    [
      ...own.map((s) => row(name(s.value), s.share, s.contribution)),
      row(html`<i>different shares in the arms</i>`, null, mix),
      row(html`<b>total</b>`, 1, total)
    ]
  );
}

/** Where the split is broken, or that it is not. */
function split(m: MetricResult, readout: Readout): Html | null {
  const known = m.segments.filter((s) => s.sampleRatioPValue !== null);
  const worst = known.reduce<SegmentResult | null>(
    (a, b) => (a === null || (b.sampleRatioPValue ?? 1) < (a.sampleRatioPValue ?? 1) ? b : a),
    null
  );
  if (worst === null) return null;
  const broken = known
    .filter((s) => (s.sampleRatioPValue ?? 1) < 0.01)
    .sort((a, b) => (a.sampleRatioPValue ?? 1) - (b.sampleRatioPValue ?? 1));
  if (broken.length === 0)
    return html`<p class="reading">
      The split is as declared in every segment (smallest adjusted ${sayPValue(worst.sampleRatioPValue)}).
    </p>`;
  const names = formatList([...new Set(broken.slice(0, 6).map((s) => `${nameOf(readout, s.dimension)} ${s.value}`))]);
  return html`<p class="notice care">
    The split is broken in ${name(names)} (smallest adjusted ${sayPValue(worst.sampleRatioPValue)}): units there are not
    in the declared shares, so these segments, and what is compared across them, cannot be trusted.
  </p>`;
}

function dimensionName(readout: Readout, {dimension}: SegmentResult): string {
  return nameOf(readout, dimension);
}

function nameOf(readout: Readout, dimension: string): string {
  return readout.dimensions.find((d) => d.key === dimension)?.name ?? dimension;
}
