import {registeredDesign, spendings} from "../../lib/experiment/exploreDesign.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {methods} from "../../lib/experiment/words.ts";
import {choice} from "./controls.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {liveFigure} from "./liveFigure.ts";
import {variantName} from "./subject.ts";

/**
 * Returns the place where a reader tries another design on a primary metric's nights: method, spending, planned units
 * and the boundary that they give, computed in the browser and marked as exploration. Null without nights.
 */
export function whatIf(metric: MetricResult, readout: Readout): Html | null {
  const {sequential} = metric;
  const tried = sequential?.comparisons.filter(({nights}) => nights.length > 0) ?? [];
  if (!sequential || tried.length === 0) return null;
  const registered = registeredDesign(sequential, tried[0]?.nights.at(-1)?.units ?? 1);
  return html`<details class="what-if" data-metric="${metric.key}">
    <summary>What would another design have said?</summary>
    <p class="tried">
      <span class="pill plain">exploration</span> The registered design decides: ${methodNames[registered.method]}.
      Trying others after the data are seen explains it, and is no evidence.
    </p>
    <form class="fields">
      ${choice(
        "method",
        "Method",
        methods.map((value) => ({value, text: methodNames[value]})),
        {value: registered.method}
      )}
      ${choice(
        "spending",
        "Alpha spending",
        spendings.map((value) => ({value, text: spendingNames[value] ?? value})),
        {value: registered.spending}
      )}
      <label class="choice"
        ><span>Planned units</span
        ><input
          type="number"
          name="planned"
          min="1"
          step="1"
          inputmode="numeric"
          value="${Math.round(registered.planned)}"
      /></label>
      ${
        tried.length > 1
          ? choice(
              "variant",
              "Variant",
              tried.map(({variant}) => ({value: variant, text: name(variantName(readout, variant))}))
            )
          : null
      }
    </form>
    ${liveFigure({
      key: `boundary ${metric.key}`,
      title: "Boundary of the tried design",
      subtitle: "z against information; the registered boundary dashed",
      height: 250,
      columns: [
        {head: "Night"},
        {head: "Information", number: true},
        {head: "z", number: true},
        {head: "Boundary", number: true},
        {head: "Registered boundary", number: true},
        {head: "Always-valid p", number: true}
      ]
    })}
  </details>`;
}

const methodNames: Record<(typeof methods)[number], string> = {
  fixed: "fixed, one look",
  "group-sequential": "group-sequential",
  "always-valid": "always valid"
};

/** The spending functions as they are called. */
export const spendingNames: Record<string, string> = {
  "obrien-fleming": "O\u2019Brien-Fleming",
  pocock: "Pocock",
  "hwang-shih-decani": "Hwang-Shih-DeCani, gamma -4",
  "kim-demets": "Kim-DeMets, rho 3"
};
