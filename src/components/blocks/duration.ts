import {formatList, formatPercent, formatPValue, plural} from "../../lib/experiment/format.ts";
import type {MetricResult, NoveltyResult, Readout} from "../../lib/experiment/readout.ts";
import {choice} from "./controls.ts";
import type {Content, Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section} from "./section.ts";
import {colorIndex, leading, primaries, treatments, variantName} from "./subject.ts";
import {table} from "./table.ts";
import {noveltyWord, tenureView} from "./tenure.ts";
import {term} from "./terms.ts";

/** Returns whether the effect lasts: by days since exposure and by the date of entry. */
export function duration(readout: Readout, root: string): Html {
  const metric = primaries(readout).find((m) => m.novelty?.length) ?? readout.metrics.find((m) => m.novelty?.length);
  const results = metric?.novelty ?? [];
  const lead = results.find((r) => r.variant === leading(readout)) ?? results[0];
  if (!metric || !lead) {
    return section(
      "duration",
      "Does it last?",
      null,
      absent(null, `Cannot tell whether the effect lasts, because ${whyNot(readout)}.`)
    );
  }
  return section(
    "duration",
    "Does it last?",
    html`Effect on ${name(metric.name)} by ${term("tenure", "days since a unit\u2019s first exposure", root)}, and by
    when it entered.`,
    choices(readout, metric, lead),
    html`<div class="tenure-view" aria-live="polite">${tenureView({result: lead, metric, readout})}</div>`,
    everyMetric(readout)
  );
}

const byDay: readonly string[] = ["proportion", "mean", "ratio"];

/** Why no metric has an effect by days since exposure. */
function whyNot({metrics, variants, minimumUnits}: Readout): string {
  const empty = variants.filter(({units}) => units === 0);
  if (empty.length === variants.length) return "no unit has entered yet";
  if (variants.length - empty.length < 2)
    return `${formatList(empty.map((v) => v.name))} ${empty.length === 1 ? "has" : "have"} no units yet`;
  if (metrics.every(({kind}) => !byDay.includes(kind)))
    return `none of its metrics has a value on each day since exposure: ${formatList([...new Set(metrics.map(({kind}) => kind))])}`;
  return `the input does not say what each unit did on each day since exposure, or no entry date has ${plural(minimumUnits, "unit")} in every variant`;
}

/** What to look at; hidden until the script that answers is there. */
function choices(readout: Readout, metric: MetricResult, lead: NoveltyResult): Html | null {
  const metrics = readout.metrics.filter((m) => m.novelty?.length);
  const arms = treatments(readout);
  const segments = readout.files.some((file) => file.name === "tenure.parquet")
    ? readout.dimensions.flatMap((d) =>
        d.values.map((value) => ({value: JSON.stringify([d.key, value]), text: `${d.name}: ${value}`}))
      )
    : [];
  if (metrics.length < 2 && arms.length < 2 && segments.length < 2) return null;
  return html`<form class="filters tenure-choice" hidden>
    ${
      metrics.length > 1
        ? choice(
            "metric",
            "Metric",
            metrics.map((m) => ({value: m.key, text: m.name})),
            {value: metric.key}
          )
        : null
    }
    ${
      arms.length > 1
        ? choice(
            "variant",
            "Variant",
            arms.map((v) => ({value: v.key, text: v.name})),
            {value: lead.variant}
          )
        : null
    }
    ${segments.length > 1 ? choice("segment", "Units", [{value: "", text: "all units"}, ...segments]) : null}
  </form>`;
}

/** The verdicts of all metrics and treatments beside one another. */
function everyMetric(readout: Readout): Html | null {
  const all = readout.metrics.flatMap((metric) => (metric.novelty ?? []).map((result) => ({metric, result})));
  const arms = treatments(readout);
  if (all.length < 2) return null;
  const rows = all.map(({metric, result}): Content[] => [
    name(metric.name),
    ...(arms.length > 1
      ? [
          html`<span class="swatch v${colorIndex(readout, result.variant)}"></span
            >${name(variantName(readout, result.variant))}`
        ]
      : []),
    noveltyWord(result),
    change(result),
    formatPValue(result.test?.pValue ?? null)
  ]);
  return html`<h3>Every metric</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Whether the effects of all metrics last">
      ${table(
        "Whether the effects of all metrics last",
        [
          {head: "Metric"},
          ...(arms.length > 1 ? [{head: "Variant"}] : []),
          {head: "Verdict"},
          {head: "Late against early", number: true, fold: true},
          {head: "p", number: true}
        ],
        rows
      )}
    </div>`;
}

/** By how much the ratio of the arms changed. */
function change({test}: NoveltyResult): string {
  return test === null || test.estimate === null
    ? (test?.reason ?? "\u2013")
    : formatPercent(Math.expm1(test.estimate), {signed: true});
}
