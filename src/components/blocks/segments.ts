import {formatCount, formatList, formatPercent, formatPValue} from "../../lib/experiment/format.ts";
import type {MetricResult, Readout, SegmentResult} from "../../lib/experiment/readout.ts";
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
  const metric = primaries(readout).find((m) => m.segments.length > 0);
  if (!metric) {
    return section(
      "segments",
      "For whom?",
      null,
      absent(
        null,
        readout.dimensions.length
          ? "No segment has enough units to be compared."
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
    shown.map((variant) => forest(metric, variant, shown.length > 1 || shown.length < all.length)),
    readout.files.some((file) => file.name === "path.parquet")
      ? html`<p>
          <a href="${root}explore?experiment=${encodeURIComponent(readout.id)}">Open this in Explore</a> to filter, to
          cross dimensions and to go back in time.
        </p>`
      : null
  );

  function forest(m: MetricResult, variant: string, named: boolean): Html {
    const rows = m.segments.filter((s) => s.variant === variant);
    const known = rows.filter((s) => s.relativeDifference !== null);
    const said = m.segmentSummaries.filter((s) => s.variant === variant);
    const reading = html`${said.map((s) => html`${sentence(s.sentence)}${s.simpson ? html` <b>Every segment points one way and the total the other.</b>` : null} `)}`;
    if (known.length === 0) return absent(rows[0]?.reason, "No segment has enough units to be compared.");
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
          {head: "adj. p", number: true}
        ],
        rows.map((s) => [
          html`<span class="role">${name(dimensionName(readout, s))}</span> ${name(s.value)}`,
          formatCount(s.n.reduce((a, b) => a + b, 0)),
          s.difference === null && s.relativeDifference === null ? (s.reason ?? "\u2013") : effectText(s, m),
          intervalCell(s, m),
          formatPercent(s.shrunkRelativeDifference, {signed: true}),
          formatPValue(s.adjustedPValue)
        ])
      )
    });
  }
}

function dimensionName(readout: Readout, {dimension}: SegmentResult): string {
  return readout.dimensions.find((d) => d.key === dimension)?.name ?? dimension;
}
