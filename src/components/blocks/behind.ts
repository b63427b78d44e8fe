import {formatCount} from "../../lib/experiment/format.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {sumsQuery} from "../explore/examples.ts";
import {sqlCode} from "./code.ts";
import type {Content, Html} from "./html.ts";
import {html, name} from "./html.ts";
import {variantName} from "./subject.ts";
import {table} from "./table.ts";

/** Returns a number that leads to the sums and the SQL behind it. */
export function sumsLink(readout: Readout, metric: MetricResult, text: string): Html {
  return html`<a class="sums" href="#${anchor(readout, metric)}">${text}</a>`;
}

/** Returns what a metric's numbers are made of: the sums by variant, the test, the SQL; folded until it is asked for. */
export function behind(readout: Readout, metric: MetricResult, root: string, summary: Content): Html {
  const test = metric.comparisons[0];
  const sums = Object.keys(letters).filter((key) => metric.arms.some((a) => a.sums?.[key] !== undefined));
  const origins = Object.entries(metric.origin ?? {}).filter(([, value]) => value !== 0);
  const about = origins.map(([letter, value]) => `${letter} \u2212 ${exact(value)}`);
  return html`<details class="behind" id="${anchor(readout, metric)}">
    <summary>${summary}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${`Sums behind ${metric.name}`}">
      ${table(
        `Sums of ${metric.name} by variant`,
        [
          {head: "Variant"},
          {head: "n", number: true},
          ...sums.map((key) => ({head: letters[key] ?? key, number: true})),
          {head: "Mean", number: true},
          {head: "Standard deviation", number: true}
        ],
        metric.arms.map((a) => [
          name(variantName(readout, a.variant)),
          formatCount(a.n),
          ...sums.map((key) => exact(a.sums?.[key] ?? null)),
          exact(a.mean),
          exact(a.standardDeviation)
        ])
      )}
    </div>
    <p>
      ${about.length > 0 ? html`Sums are of ${about.join(" and ")}, so that no digit is lost. ` : null}
      ${test ? html`${testNames[test.test] ?? test.test}${test.adjustment.covariate ? html`; covariate: ${name(test.adjustment.covariate)}` : null}${test.adjustment.phases > 1 ? `; ${test.adjustment.phases} entry phases` : ""}; correction: ${test.adjustment.correction}.` : null}
      ${metric.exactFrom ? `Whole-variant sums are exact as of ${metric.exactFrom}.` : null}
      ${
        sums.length > 0 && readout.files.some((file) => file.name === "path.parquet")
          ? html`<a
                href="${root}explore?${String(new URLSearchParams({experiment: readout.id, metric: metric.key, sql: sumsQuery(readout, metric.key, sums)}))}"
                >Ask the published rows for these sums</a
              >.`
          : null
      }
    </p>
    ${metric.sql ? sqlCode(metric.sql) : null}
  </details>`;
}

function anchor({metrics}: Readout, metric: MetricResult): string {
  return `sums-${metrics.indexOf(metric) + 1}`;
}

/** What the columns of sums are called. */
const letters: Record<string, string> = {
  y: "\u03a3y",
  yy: "\u03a3y\u00b2",
  w: "\u03a3w",
  ww: "\u03a3w\u00b2",
  yw: "\u03a3yw",
  x: "\u03a3x",
  xx: "\u03a3x\u00b2",
  xy: "\u03a3xy",
  xw: "\u03a3xw",
  v: "\u03a3v",
  vv: "\u03a3v\u00b2",
  xv: "\u03a3xv",
  yv: "\u03a3yv",
  vw: "\u03a3vw"
};

/** What the tests are called where a reader looks for the method. */
export const testNames: Record<string, string> = {
  welch: "Welch\u2019s t-test",
  cuped: "Welch\u2019s t-test after CUPED",
  "cuped, repeated at the looks taken": "Welch\u2019s t-test after CUPED, interval repeated at the looks taken",
  score: "Score test of two proportions",
  delta: "Delta method for a ratio",
  none: "No test yet"
};

function exact(value: number | null): string {
  return value === null ? "\u2013" : String(Number(value.toPrecision(10))).replace("-", "\u2212");
}
