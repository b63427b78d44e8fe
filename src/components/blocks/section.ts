import type {Content, Html} from "./html.ts";
import {html} from "./html.ts";

/** Returns a section with its heading and one line under it; its id is what the contents list points to. */
export function section(id: string, heading: Content, lede: Content, ...body: Content[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2><span id="${id}-heading">${heading}</span></h2>
    ${lede ? html`<p class="lede">${lede}</p>` : null} ${body}
  </section>`;
}

/** Returns the sentence that stands where a chart would be if it had anything to show. */
export function absent(reason: string | null | undefined, otherwise: string): Html {
  return html`<p class="absent">${sentence(reason ?? otherwise)}</p>`;
}

/** Returns the text with a capital first letter and a full stop. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?\u2026]$/.test(first) ? first : `${first}.`;
}
