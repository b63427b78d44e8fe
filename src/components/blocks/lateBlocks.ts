import {Html, escape} from "./html.ts";
import {lean} from "./lean.ts";
import {linked, packedLinks} from "./linked.ts";
import type {Page} from "./markdown.ts";
import type {SitePages} from "./pages.ts";
import {experimentOf} from "./pages.ts";

/** What stands at the end of every page. */
export const footer = `How the numbers are made: <a href="/methods">methods</a>. Nothing that you read or type here leaves this page.`;

/** Pages whose blocks are written after Framework has made them. */
export type LatePages = Omit<SitePages, "head" | "header"> & {
  head(page: Page): string | null;
  header(page: Page): string | null;
  footer(page: Page): string | null;
};

/**
 * Returns the same pages, with only a mark for each block; those of experiments lack their head, bar and footer, too.
 * Framework parses all HTML of a page about ten times over; of a thousand long pages, and of those that list a thousand
 * experiments, that is most of a build. `fillBlocks` puts the blocks in afterwards. In the preview blocks are written at
 * once, so that changes show.
 *
 * @param options.only the pages of experiments that Framework makes; default: all. Without their blocks they are alike,
 * so that a build makes the others after the pattern of these.
 */
export function lateBlocks(pages: SitePages, {only}: {only?: readonly string[]} = {}): LatePages {
  const late = (page: Page) => experimentOf(page) !== null;
  return {
    ...pages,
    paths: () => pages.paths().filter((path) => only?.includes(path) ?? true),
    block: (name) => new Html(`<!--block ${name}-->`),
    head: (page) => (late(page) ? null : pages.head(page)),
    header: (page) => (late(page) ? null : pages.header(page)),
    footer: (page) => (late(page) ? null : footer)
  };
}

/** Returns the pages with their blocks written at once, as the preview needs them. */
export function promptBlocks(pages: SitePages): LatePages {
  return {...pages, footer: () => footer};
}

/** Returns a built page with its blocks in the place of their marks; that of an experiment with head, bar and footer. */
export function fillBlocks(built: string, page: Page, pages: SitePages): string {
  const root = "../".repeat(page.path.split("/").length - 2);
  const filled = built.replace(/<!--block (\w+)-->/g, (_, name: string) =>
    lean(packedLinks(linked(String(pages.block(name, page)), root)))
  );
  if (experimentOf(page) === null) return filled;
  const bar = `<header id="observablehq-header">\n${linked(pages.header(page), root)}\n</header>\n`;
  const end = `<footer id="observablehq-footer">\n<div>${linked(footer, root)}</div>\n</footer>\n`;
  return filled
    .replace(
      "</head>",
      () => `${pages.head(page)}\n<meta name="readout-live" content="${escape(pages.mark(page))}">\n</head>`
    )
    .replace(/<main id="observablehq-main"/, (main) => bar + main)
    .replace("</main>", (main) => `${main}\n${end}`);
}
