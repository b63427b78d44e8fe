import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

/** What Framework's page of one experiment has of its own, apart from the blocks. */
export interface PageSubject {
  readonly id: string;
  readonly title: string;
}

/** Makes the anchor of a heading from its text. */
export type Slug = (text: string) => string;

/**
 * Returns the page of an experiment, made from the page of another one: Framework gives both the same modules, styles
 * and code, and only the title and the readout's address differ.
 *
 * @param page what Framework made of `from`, with the names of published files plain and the blocks not yet written
 * @returns null if the page does not have the form that is known, so that Framework must make the other one, too
 */
export function ownPage(page: string, from: PageSubject, to: PageSubject, slug: Slug): string | null {
  if (!isPlain(to.title)) return null;
  const pieces: [piece: string, own: string][] = [
    [titleOf(from), titleOf(to)],
    [headingOf(from, slug), headingOf(to, slug)]
  ];
  let own = page;
  for (const [piece, replacement] of pieces) {
    const parts = own.split(piece);
    if (parts.length !== 2) return null;
    own = parts.join(replacement);
  }
  return own
    .replaceAll(`readouts/${from.id}/readout.json"`, `readouts/${to.id}/readout.json"`)
    .replaceAll(`readouts/${from.id}/readout.json.gz"`, `readouts/${to.id}/readout.json.gz"`);
}

/** Returns the function by which Framework names headings; null if this Framework does not bring it. */
export async function headingSlug(): Promise<Slug | null> {
  try {
    const framework = createRequire(import.meta.url).resolve("@observablehq/framework/package.json");
    const path = createRequire(framework).resolve("@sindresorhus/slugify");
    const {default: slug}: {default: Slug} = await import(pathToFileURL(path).href);
    return slug;
  } catch {
    return null;
  }
}

/** Whether a parser of HTML keeps every letter. */
function isPlain(title: string): boolean {
  return !/(?![\t\n])[\p{Cc}\p{Cs}]/u.test(title);
}

function titleOf({title}: PageSubject): string {
  const own = title === "" || title === "Readout" ? "" : `${escape(title)} | `;
  return `<title>${own}Readout</title>`;
}

function headingOf({title}: PageSubject, slug: Slug): string {
  const anchor = slug(title);
  const text = escapeText(title).replaceAll("\u00a0", "&nbsp;");
  return `<h1 id="${anchor}" tabindex="-1"><a class="observablehq-header-anchor" href="#${anchor}">${text}</a></h1>`;
}

/** As a parser of HTML writes text again. */
function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** As Framework writes values into its templates. */
function escape(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("'", "&#x27;").replaceAll("`", "&#x60;");
}
