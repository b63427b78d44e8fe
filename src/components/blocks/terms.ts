import type {Html} from "./html.ts";
import {html} from "./html.ts";

/** A term in one sentence; its key is the anchor of its paragraph on the methods page. */
export const terms = {
  interval: "The effects that the data do not contradict: 95 of 100 such intervals hold the true effect.",
  "p-value": "How often a difference at least this large would show if the variants were the same.",
  "adjusted-p": "The p-value after paying for having asked about several metrics or variants.",
  "relative-difference": "Treatment minus control, as a share of control.",
  "stage-wise-p": "The p-value that takes the earlier looks into account.",
  "always-valid": "It holds at every moment, however often one looks.",
  look: "One evaluation against the boundary; each spends a part of alpha.",
  information: "Mature units so far as a share of the units planned.",
  cuped: "How much of the variance the behaviour before the exposure explains; less variance, narrower interval.",
  guardrail: "A metric that may not get worse than a margin set before the start.",
  tenure: "Days since a unit first saw the experiment.",
  shrinkage: "Segments with little data are pulled towards the mean of all; extreme small segments are mostly noise.",
  power: "The chance to detect an effect of the size that was planned for.",
  detectable: "The smallest effect that the experiment would find at its planned power.",
  "sample-ratio": "Whether units arrive in the planned shares; if not, the arms are not alike.",
  posterior: "What is believed about the effect after the data, starting from a stated prior.",
  "expected-loss": "What choosing the treatment costs on average if it is in fact worse.",
  mature: "A unit that has lived through the metric's whole window.",
  "median-unbiased": "An estimate corrected for stopping early: as often too high as too low."
} as const;

export type Term = keyof typeof terms;

/** Returns a link to the term's paragraph that shows its sentence on hover and focus, without a script. */
export function term(key: Term, label: string, root: string): Html {
  return html`<a class="term" href="${root}methods#${key}" data-tip="${terms[key]}" aria-describedby="term-${key}"
    >${label}</a
  >`;
}

/** Returns the sentences of all terms for screen readers; the links of the page point here. */
export function glossary(): Html {
  return html`<dl class="glossary" hidden>
    ${Object.entries(terms).map(([key, text]) => html`<dd id="term-${key}">${text}</dd> `)}
  </dl>`;
}
