import {formatDate} from "../../lib/experiment/format.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";

/** The pages of the site that can be reached from everywhere, in order; a page that is not there is left out. */
export const pages = [
  {path: "/", name: "Experiments"},
  {path: "/explore", name: "Explore"},
  {path: "/plan", name: "Plan"},
  {path: "/simulate", name: "Simulate"},
  {path: "/try", name: "Try"},
  {path: "/health", name: "Health"},
  {path: "/methods", name: "Methods"}
] as const;

/** Returns the bar at the top of every page. */
export function navigation(path: string, {asOf, has}: {asOf: string | null; has: (path: string) => boolean}): Html {
  return html`<a class="skip" href="#observablehq-main" rel="external">Skip to content</a>
    <nav aria-label="Site">
      <a class="home" href="/">Readout</a> ${pages
        .filter((p) => has(p.path))
        .map(
          (p) => html`<a href="${p.path}" ${isHere(p.path, path) ? html` aria-current="page"` : null}>${p.name}</a> `
        )}
    </nav>
    ${asOf ? html`<p class="as-of">as of <time datetime="${asOf}">${formatDate(asOf)}</time></p>` : null}`;
}

function isHere(page: string, path: string): boolean {
  return page === "/" ? path === "/index" : path === page;
}
