import {createHash} from "node:crypto";
import {existsSync} from "node:fs";
import {copyFile, mkdir, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {dirname, join} from "node:path";
import {fillBlocks} from "../../src/components/blocks/lateBlocks.ts";
import {lean} from "../../src/components/blocks/lean.ts";
import type {SitePages} from "../../src/components/blocks/pages.ts";
import {sitePages} from "../../src/components/blocks/pages.ts";
import {UserError} from "./errors.ts";
import type {Robots} from "./headersFile.ts";
import {policy} from "./headersFile.ts";
import {packReadout, packedReadout} from "./packReadout.ts";

/** Pages that run DuckDB in the browser: they may compile WebAssembly, though no page may evaluate text. */
const wasmPages = /^(explore|try|sql)(\.html$|\/)/;
const inlineScript = /<script\b(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g;
const foreign = /<(?:script|link|img|iframe|source|video|audio)\b[^>]*\b(?:src|href)=["']?(?:https?:)?\/\/[^"'\s>]*/i;

/**
 * Finishes every page of a built site in its place. Blocks that were left for later are written and the files that they
 * offer are copied; the language is said, readers may zoom, and a Content-Security-Policy allows the page's own inline
 * scripts by their hash and nothing from elsewhere.
 *
 * @param options.site folder of the pages' sources, with the readouts in it
 * @param options.robots whether search engines may list the pages
 * @param options.pages what is known of the pages; default: read from `site`
 * @returns how many pages there are
 * @throws {UserError} if a page asks for anything from another host
 */
export async function finishSite(
  folder: string,
  {site, robots = "noindex", pages = sitePages(site)}: {site: string; robots?: Robots; pages?: SitePages}
): Promise<number> {
  const files = (await readdir(folder, {recursive: true})).filter((file) => file.endsWith(".html"));
  const downloads = new Set<string>();
  for (const file of files) {
    const name = file.replaceAll("\\", "/");
    const path = `/${name.slice(0, -".html".length)}`;
    const filled = fillBlocks(withPlainNames(await readFile(join(folder, file), "utf8")), {path}, pages);
    for (const copied of await copyDownloads(filled, {folder, site})) downloads.add(copied);
    await writeFile(join(folder, file), finishPage(filled, {wasm: wasmPages.test(name), name, robots}));
  }
  for (const file of downloads) {
    const path = join(folder, file);
    if (file.endsWith(".html"))
      await writeFile(path, finishPage(lean(await readFile(path, "utf8")), {name: file, robots}));
  }
  await removeHashedCopies(join(folder, "_file", "readouts"));
  return files.length;
}

/**
 * Returns a page that names published files as they are published: these files change in their place, and what Framework
 * calls by a hash of its content must not; readouts are published packed. What it notes of a file's age and size goes, so
 * that the same readouts give the same page.
 */
export function withPlainNames(page: string): string {
  return page
    .replace(
      /(<a [^>]*?href="(?:\.\.?\/)+)_file\/(readouts\/[\w-]+\/[\w-]+)\.[0-9a-f]{8}(\.\w+")/g,
      (_, before: string, name: string, ending: string) => `${before}${name}${ending}`
    )
    .replace(
      /("path":"(?:\.\.?\/)+)_file\/(readouts\/[\w-]+\/readout)\.[0-9a-f]{8}\.json"/g,
      (_, before: string, name: string) => `${before}${name}.json.gz"`
    )
    .replace(/^(registerFile\(.*?),"lastModified":\d+(?:,"size":\d+)?(\}\);)$/gm, "$1$2");
}

/** Removes the second copies of published files, which no page names any more. */
async function removeHashedCopies(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, {withFileTypes: true}))
    if (entry.isDirectory()) await rm(join(folder, entry.name), {recursive: true});
}

/** Copies the published files that a page offers to the place that its links name, and returns their names. */
async function copyDownloads(page: string, {folder, site}: {folder: string; site: string}): Promise<string[]> {
  const copied: string[] = [];
  for (const [, file = ""] of page.matchAll(/<a\s[^>]*?href="\.\.?\/(readouts\/[\w-]+\/[\w.-]+)"[^>]*?\sdownload=/g)) {
    await mkdir(dirname(join(folder, file)), {recursive: true});
    const plain = join(site, file.replace(/\.json\.gz$/, ".json"));
    if (file.endsWith(`/${packedReadout}`))
      await writeFile(join(folder, file), await packReadout(await readFile(plain)));
    else await copyFile(plain, join(folder, file));
    copied.push(file);
  }
  return copied;
}

/** Returns a page with its language, a viewport that zooms, its policy and whether it may be listed. */
export function finishPage(
  page: string,
  {wasm = false, name = "page", robots = "noindex"}: {wasm?: boolean; name?: string; robots?: Robots} = {}
): string {
  const asked = foreign.exec(page.replace(/<link rel="icon"[^>]*>/g, ""));
  if (asked) throw new UserError(`invalid page; asks another host for a file: ${name}: ${asked[0].slice(0, 200)}`);
  return page
    .replace("<html>", '<html lang="en">')
    .replace(/(<meta name="viewport" content="[^"]*?),\s*maximum-scale=1/, "$1")
    .replace(
      /<meta charset="utf-8">/,
      (charset) =>
        `${charset}\n<meta http-equiv="Content-Security-Policy" content="${policyOf(page, wasm)}">${robots === "noindex" ? '\n<meta name="robots" content="noindex">' : ""}`
    );
}

function policyOf(page: string, wasm: boolean): string {
  const hashes = Array.from(
    page.matchAll(inlineScript),
    ([, code = ""]) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`
  );
  return [
    "default-src 'none'",
    ["script-src 'self'", ...new Set(hashes), ...(wasm ? ["'wasm-unsafe-eval'"] : [])].join(" "),
    ...policy
  ].join("; ");
}
