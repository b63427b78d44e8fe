import {formatCount, formatDate, formatPercent, formatPValue, plural} from "../../lib/experiment/format.ts";
import type {NoveltyResult, Readout} from "../../lib/experiment/readout.ts";
import {effectText, intervalCell} from "./effect.ts";
import {figure} from "./figure.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section, sentence} from "./section.ts";
import {leading, primaries, variantName} from "./subject.ts";
import {table} from "./table.ts";
import {term} from "./terms.ts";

/** Returns whether the effect lasts: by days since exposure and by the date of entry. */
export function duration(readout: Readout, root: string): Html {
  const metric = primaries(readout).find((m) => m.novelty?.length) ?? primaries(readout)[0];
  const results = metric?.novelty ?? [];
  const lead = results.find((r) => r.variant === leading(readout)) ?? results[0];
  if (!metric || !lead) {
    return section(
      "duration",
      "Does it last?",
      null,
      absent(null, "Effects by days since exposure are not computed for this experiment.")
    );
  }
  const others = results.filter((r) => r !== lead);
  return section(
    "duration",
    "Does it last?",
    html`Effect on ${name(metric.name)} by ${term("tenure", "days since a unit\u2019s first exposure", root)}, and by
    when it entered.`,
    charts(lead),
    html`<p class="reading"><b>${words[lead.verdict]}.</b> ${sentence(lead.sentence)}</p>`,
    tests(lead),
    others.length
      ? html`<ul class="plain">
          ${others.slice(0, 11).map((r) => html`<li><b>${name(variantName(readout, r.variant))}: ${words[r.verdict].toLowerCase()}.</b> ${sentence(r.sentence)}</li>`)}
        </ul>`
      : null
  );

  function charts(result: NoveltyResult): Html {
    const days = result.byTenure.filter((d) => d.relativeDifference !== null);
    if (days.length < 2)
      return absent(result.reason, "Too few days since exposure have been lived through to draw them.");
    const cohorts = triangle(result);
    return html`<div class="${cohorts.value.startsWith("<figure") ? "pair" : "single"}">
      ${figure({
        chart: "tenure",
        metric: metric?.key,
        variant: result.variant,
        height: 250,
        title: "By days since exposure",
        subtitle: result.longRun ? "point, 95% interval; curve: fitted, long-run level dashed" : "point, 95% interval",
        quiet: true,
        reading: sentence(result.sentence),
        table: table(
          "Effect by days since exposure",
          [
            {head: "Day"},
            {head: "Units", number: true, fold: true},
            {head: "Difference", number: true},
            {head: "95% interval", number: true}
          ],
          result.byTenure.map((d) => [
            String(d.day),
            formatCount(d.n),
            metric ? effectText(d, metric) : "",
            metric ? intervalCell(d, metric) : ""
          ])
        )
      })}
      ${cohorts}
    </div>`;
  }

  function triangle(result: NoveltyResult): Html {
    const cells = result.triangle.filter((c) => c.relativeDifference !== null);
    if (cells.length < 3) return absent(null, "Too few entry dates to lay cohorts over one another.");
    const cohorts = [...new Set(cells.map((c) => c.cohort))];
    return figure({
      chart: "triangle",
      metric: metric?.key,
      variant: result.variant,
      height: 250,
      title: "Cohort by tenure",
      subtitle: "effect; each row entered on one date",
      quiet: true,
      reading: `Effect of ${plural(cohorts.length, "cohort")} from ${formatDate(cohorts[0] ?? null)} to ${formatDate(cohorts.at(-1) ?? null)}, by days since exposure.`,
      table: table(
        "Effect by cohort and days since exposure",
        [
          {head: "Entered"},
          {head: "Day", number: true},
          {head: "Units", number: true, fold: true},
          {head: "Difference", number: true}
        ],
        cells.map((c) => [
          formatDate(c.cohort, {year: false}),
          String(c.day),
          formatCount(c.n),
          formatPercent(c.relativeDifference, {signed: true})
        ])
      )
    });
  }
}

function tests({test, cohorts, calendar, mix, spans}: NoveltyResult): Html | null {
  const rows = [
    test && [
      `Days ${spans ? `${spans.late.join("\u2013")} against ${spans.early.join("\u2013")}` : "late against early"}, log ratio`,
      formatPValue(test.pValue)
    ],
    cohorts && ["Cohorts differ", formatPValue(cohorts.pValue)],
    calendar && ["Calendar days differ", formatPValue(calendar.pValue)],
    mix && ["The mix of units changes", formatPValue(mix.pValue)]
  ].filter((r) => r !== null);
  if (rows.length === 0) return null;
  return html`<details class="data">
    <summary>Tests</summary>
    ${table("Tests of the trend", [{head: "Test"}, {head: "p", number: true}], rows)}
  </details>`;
}

const words = {fading: "Fading", growing: "Growing", stable: "Stable", "not-enough-days": "Not enough days"} as const;
