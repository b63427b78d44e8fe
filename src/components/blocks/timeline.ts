import {formatDate} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";
import {verdictTones} from "./pill.ts";

/** Returns the verdicts that were published, oldest first, and the way back to any day of the experiment. */
export function timeline({timeline: verdicts, start, asOf}: Readout): Html | null {
  if (asOf === null || asOf <= start) return null;
  return html`<h3>Verdicts so far</h3>
    ${
      verdicts.length === 0
        ? null
        : html`<ol class="timeline">
            ${verdicts.map(
              (v) =>
                html`<li class="${verdictTones[v.verdict]}">
                  <a href="?asof=${v.date}" data-asof="${v.date}">${formatDate(v.date, {year: false})}</a> ${v.label}
                </li>`
            )}
          </ol>`
    }
    <form class="filters past-form">
      <label
        ><span>This page as it stood on</span
        ><input type="date" name="asof" min="${start}" max="${asOf}" value="${asOf}"
      /></label>
    </form>`;
}
