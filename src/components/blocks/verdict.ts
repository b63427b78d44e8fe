import type {Readout} from "../../lib/experiment/readout.ts";
import {formatDate} from "../../lib/experiment/format.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";
import {verdictTones} from "./pill.ts";

/** Returns the verdict: a word, one sentence, and folded why and what would change it. */
export function verdict({decision, timeline}: Readout): Html {
  const {label, sentence, reasons, wouldChange} = decision;
  const earlier = timeline.filter((t, i) => i === 0 || t.verdict !== timeline[i - 1]?.verdict);
  return html`<section id="verdict" class="verdict ${verdictTones[decision.verdict]}" aria-labelledby="verdict-heading">
    <h2 class="label"><span id="verdict-heading">${label}</span></h2>
    <p class="sentence">${sentence}</p>
    ${
      reasons.length + wouldChange.length > 0
        ? html`<details>
            <summary>Why, and what would change it</summary>
            <div class="reasons">${list("Why", reasons)} ${list("What would change it", wouldChange)}</div>
            ${earlier.length > 1 ? html`<p class="history">${earlier.map((t) => html`<span>${formatDate(t.date, {year: false})} ${t.label.toLowerCase()}</span> `)}</p>` : null}
          </details>`
        : null
    }
  </section>`;
}

function list(title: string, items: readonly string[]): Html | null {
  if (items.length === 0) return null;
  return html`<div>
    <h3>${title}</h3>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>
  </div>`;
}
