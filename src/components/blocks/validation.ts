import {formatCount, formatPercent} from "../../lib/experiment/format.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";
import {pill} from "./pill.ts";
import {table} from "./table.ts";

/** A line of `validation.json`, as `npm run validate` writes it. */
export type ValidationLine = {
  method: string;
  data: string;
  n: number | string;
  experiments: number;
  falsePositiveRate: number | null;
  coverage: number | null;
  verdict: string;
  note?: string;
};

/** Returns the table of simulated error rates and coverages; a sentence where it has not been made yet. */
export function validation(rows: readonly ValidationLine[] | null): Html {
  if (!rows || rows.length === 0)
    return html`<p class="absent">The table has not been made yet: <code>npm run validate</code> makes it.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Validation">
    ${table(
      "Simulated false-positive rates and coverage",
      [
        {head: "Method"},
        {head: "Data", fold: true},
        {head: "Units per arm", number: true, fold: true},
        {head: "Experiments", number: true, fold: true},
        {head: "False positives", number: true},
        {head: "Coverage", number: true},
        {head: "Verdict", number: true}
      ],
      rows.map((r) => [
        r.method,
        html`${r.data}${r.note ? html`<br /><span class="todo">${r.note}</span>` : null}`,
        typeof r.n === "number" ? formatCount(r.n) : r.n,
        formatCount(r.experiments),
        formatPercent(r.falsePositiveRate, {decimals: 2}),
        formatPercent(r.coverage, {decimals: 2}),
        pill(r.verdict, r.verdict === "pass" ? "good" : r.verdict === "fail" ? "harm" : "care")
      ])
    )}
  </div>`;
}
