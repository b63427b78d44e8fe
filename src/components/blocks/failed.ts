import {formatDate} from "../../lib/experiment/format.ts";
import type {IndexEntry} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";

/** Returns the page of an experiment whose readout could not be built: what went wrong, where, and what stays true. */
export function failed(entry: Pick<IndexEntry, "owner" | "start" | "asOf"> | null, reason: string): Html {
  return html`${entry ? html`<p class="facts">${entry.owner ? html`<span>${name(entry.owner)}</span>` : null}<span>since ${formatDate(entry.start)}</span></p>` : null}
    <section id="verdict" class="verdict harm" aria-labelledby="verdict-heading">
      <h2 class="label"><span id="verdict-heading">Not built</span></h2>
      <p class="sentence">There is no readout of this experiment. The other experiments are not affected.</p>
    </section>
    <section id="reason" aria-labelledby="reason-heading">
      <h2><span id="reason-heading">What went wrong?</span></h2>
      <pre class="error" tabindex="0">${reason}</pre>
      <p>
        Mend the definition or the log and build again; <code>readout validate</code> checks the definitions without
        reading data.
      </p>
    </section>`;
}
