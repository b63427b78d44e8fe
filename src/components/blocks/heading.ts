import {daysBetween, formatCount, formatDate, plural} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {pill, statusTones} from "./pill.ts";

/** Returns what stands under the title: hypothesis, owner, span, units, weights, tags, status. */
export function heading(readout: Readout): Html {
  const {hypothesis, owner, start, end, asOf, input, variants, tags, status} = readout;
  const days = daysBetween(start, asOf);
  const planned = daysBetween(start, end);
  return html`${hypothesis ? html`<p class="hypothesis">${name(hypothesis)}</p>` : null}
    <p class="facts">
      ${owner ? html`<span>${name(owner)}</span>` : null}
      <span
        >since ${formatDate(start)} · ${planned ? `${days} of ${plural(planned, "day")}` : plural(days, "day")}</span
      >
      <span>${plural(input.units, "unit")} · ${shares(variants)}</span>
      ${tags.slice(0, 8).map((tag) => html`<span class="tag">${name(tag)}</span> `)}
      ${pill(status, statusTones[status])}
    </p>
    ${readout.stale ? html`<p class="notice care">Stale: ${readout.stale.reason}. The numbers are those of ${formatDate(readout.stale.since ?? asOf)}.</p>` : null}
    ${readout.pin ? html`<p class="notice${readout.pin.differs ? " care" : ""}">Pinned: ${readout.pin.message}.</p>` : null}`;
}

function shares(variants: Readout["variants"]): string {
  if (variants.length > 4) return `${formatCount(variants.length)} variants`;
  return variants.map((v) => Math.round(v.weight * 100)).join("/");
}
