import {existsSync} from "node:fs";
import {readdir, rm} from "node:fs/promises";
import {dirname, join, resolve} from "node:path";
import {stripVTControlCharacters} from "node:util";
import {sitePages} from "../../src/components/blocks/pages.ts";
import {recoverFolder, swapFolder} from "./atomic.ts";
import {isAlive, withLock} from "./buildLock.ts";
import {addPublications} from "./addPublications.ts";
import {copyPages, patternsOf} from "./copyPages.ts";
import {UserError} from "./errors.ts";
import {feedIdFor} from "./feed.ts";
import {finishSite} from "./finishSite.ts";
import type {SiteEnvironment} from "./framework.ts";
import {pagesFolder, projectFolder, startFramework} from "./framework.ts";
import {hashOf} from "./hash.ts";
import type {Robots} from "./headersFile.ts";
import type {Packing} from "./packFiles.ts";

/** What was built. */
export interface BuiltSite {
  readonly out: string;
  readonly pages: number;
  /** What Framework warned of, such as broken links; usually none. */
  readonly warnings: readonly string[];
}

/**
 * Builds the site from the published readouts: into a folder beside `out`, finished there, and swapped in whole, so that
 * a server that serves `out` never shows half a site.
 *
 * @param options.base path on the host that the site is served from, or its whole address, which then names the feed
 * @param options.pack what is written beside each text file for hosts that serve it
 * @throws {UserError} with the end of Framework's own words if the pages cannot be built; `out` is then as it was
 */
export async function buildSite({
  out = "dist",
  robots = "noindex",
  pack = "gzip",
  base: address = "/",
  ...environment
}: SiteEnvironment & {robots?: Robots; pack?: Packing} = {}): Promise<BuiltSite> {
  const target = resolve(out);
  return withLock([siteLock(target)], () => build(target, {...environment, ...placeOf(address), robots, pack}));
}

/** The folder whose lock says that a site is being written: one for each site, whatever folder the command is called from. */
export function siteLock(site: string): string {
  return join(projectFolder, ".readout", "site", hashOf(resolve(site)).slice(0, 16));
}

type Site = SiteEnvironment & {readonly base: string; address: string | null; robots: Robots; pack: Packing};

/** The path of an address, which may be a path alone. */
function placeOf(address: string): {base: string; address: string | null} {
  if (!/^https?:/i.test(address)) return {base: address, address: null};
  if (!URL.canParse(address)) throw new UserError(`invalid base; not a path or an address: ${address}`);
  const {origin, pathname} = new URL(address);
  const base = pathname.endsWith("/") ? pathname : `${pathname}/`;
  return {base, address: origin + base};
}

async function build(target: string, {robots, pack, address, ...environment}: Site): Promise<BuiltSite> {
  const site = join(projectFolder, environment.site ?? pagesFolder);
  const beside = join(dirname(target), `dist.${process.pid}`);
  await recoverFolder(target);
  await sweep(dirname(target));
  await rm(beside, {recursive: true, force: true});
  try {
    const data = resolve(projectFolder, environment.data ?? process.env.READOUT_DATA ?? "data");
    const subjects = sitePages(site, {definitions: join(data, "experiments")});
    let said = await run({...environment, out: beside, late: true, only: patternsOf(subjects)});
    if (!(await copyPages(beside, subjects))) {
      await rm(beside, {recursive: true, force: true});
      said = await run({...environment, out: beside, late: true});
    }
    const pages = await finishSite(beside, {site, robots, pages: subjects});
    const {base} = environment;
    const feed = feedIdFor(address ?? base);
    await addPublications(beside, {readouts: join(site, "readouts"), base, feed, robots, pack});
    await swapFolder(beside, target);
    return {out: target, pages, warnings: warningsIn(said, subjects.paths())};
  } finally {
    await rm(beside, {recursive: true, force: true});
  }
}

/** Removes the sites that killed builds left half done. */
async function sweep(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    const pid = /^dist\.(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), {recursive: true, force: true});
  }
}

function run(environment: SiteEnvironment): Promise<string> {
  return new Promise((done, failed) => {
    const child = startFramework(["build"], environment);
    let said = "";
    const hear = (chunk: Buffer) => (said += chunk.toString());
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("error", failed);
    child.on("close", (code) => {
      const words = stripVTControlCharacters(said);
      if (code === 0) done(words);
      else
        failed(
          new UserError(
            `invalid site; Observable Framework ended with ${code}:\n${words.trim().split("\n").slice(-30).join("\n")}`
          )
        );
    });
  });
}

/** What Framework warned of; links to pages that were copied are none of it. */
function warningsIn(said: string, paths: readonly string[]): string[] {
  const lines = said.split("\n").filter((line) => !/output root .* will not be cleared/.test(line));
  const broken = lines.filter((line) => /^\u21b3/.test(line)).filter((line) => !paths.includes(targetOf(line)));
  const others = lines.filter((line) => /^Warning:/.test(line) && !/\d+ broken links?/.test(line));
  if (broken.length === 0) return others;
  return [...others, `Warning: ${broken.length} broken link${broken.length === 1 ? "" : "s"}`, ...broken];
}

/** The page that a broken link names, without the place on it. */
function targetOf(line: string): string {
  return /\u2192 ([^?#]*)/.exec(line)?.[1]?.trim() ?? "";
}
