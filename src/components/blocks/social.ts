import type {Html} from "./html.ts";
import {html} from "./html.ts";

/** Returns what a chat or a search engine shows of a page: its title and one sentence, as text. */
export function social({title, description}: {title: string; description: string}): Html {
  return html`<meta name="description" content="${clip(description)}" />
    <meta property="og:type" content="article" />
    <meta property="og:site_name" content="Readout" />
    <meta property="og:title" content="${clip(title, 120)}" />
    <meta property="og:description" content="${clip(description)}" />
    <meta name="twitter:card" content="summary" />`;
}

function clip(text: string, length = 300): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}\u2026` : characters.join("");
}
