import {existsSync} from "node:fs";
import {readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {SitePages} from "../../src/components/blocks/pages.ts";
import {experimentOf} from "../../src/components/blocks/pages.ts";
import {withPlainNames} from "./finishSite.ts";
import {headingSlug, ownPage} from "./ownPage.ts";

/**
 * Returns the pages of experiments that Framework must make: two with a readout and two without one. From the first the
 * others are made, and the second says whether that is right.
 */
export function patternsOf(pages: SitePages): string[] {
  return kindsOf(pages).flatMap((paths) => paths.slice(0, 2));
}

/**
 * Writes the pages of experiments that Framework did not make, before their blocks are filled in.
 *
 * @param folder the built site, with the pages of `patternsOf`
 * @returns whether that was done; false, and nothing is written, if Framework's pages do not have the form that is known
 */
export async function copyPages(folder: string, pages: SitePages): Promise<boolean> {
  const slug = await headingSlug();
  const copies: [path: string, text: string][] = [];
  for (const paths of kindsOf(pages)) {
    const missing = paths.filter((path) => !existsSync(fileOf(folder, path)));
    if (missing.length === 0) continue;
    const [first = "", second = ""] = paths;
    if (slug === null || [first, second].some((path) => missing.includes(path))) return false;
    const pattern = withPlainNames(await readFile(fileOf(folder, first), "utf8"));
    const copyOf = (path: string) => ownPage(pattern, subjectOf(first, pages), subjectOf(path, pages), slug);
    if (copyOf(second) !== withPlainNames(await readFile(fileOf(folder, second), "utf8"))) return false;
    for (const path of missing) {
      const text = copyOf(path);
      if (text === null) return false;
      copies.push([fileOf(folder, path), text]);
    }
  }
  for (const [file, text] of copies) await writeFile(file, text);
  return true;
}

/** The paths of experiments with a readout, and of those without one. */
function kindsOf(pages: SitePages): string[][] {
  const paths = pages.paths();
  return [true, false].map((kind) => paths.filter((path) => pages.hasReadout({path}) === kind));
}

function subjectOf(path: string, pages: SitePages) {
  return {id: experimentOf({path}) ?? "", title: pages.title({path})};
}

function fileOf(folder: string, path: string): string {
  return join(folder, `${path}.html`);
}
