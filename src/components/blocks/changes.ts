import {formatDate} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";
import {section} from "./section.ts";
import {timeline} from "./timeline.ts";

/** Returns what moved since the last build, newest first, and what stands out in the numbers. */
export function changes(readout: Readout): Html {
  const {changes: rows, insights} = readout;
  const worth = [...insights].sort((a, b) => b.weight - a.weight).slice(0, 6);
  return section(
    "changes",
    "What changed?",
    null,
    rows.length === 0
      ? html`<p class="absent">Nothing changed since the last build.</p>`
      : html`<ul class="dated">
          ${rows.map((c) => html`<li><span>${formatDate(c.date, {year: false})}</span><span>${c.text}</span></li>`)}
        </ul>`,
    timeline(readout),
    worth.length === 0
      ? null
      : html`<h3>Worth knowing</h3>
          <ul class="plain">
            ${worth.map((i) => html`<li>${i.text}</li>`)}
          </ul>`
  );
}
