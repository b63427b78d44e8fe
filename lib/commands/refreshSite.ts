import {existsSync} from "node:fs";
import {readFile, readdir, rm} from "node:fs/promises";
import {basename, dirname, join} from "node:path";
import type {PublishedNow} from "../../src/components/page/pollRun.ts";
import type {ReadoutIndex} from "../experiment/readout.ts";
import {writeBeside} from "./atomic.ts";
import {readReadout} from "./build.ts";
import {withLock} from "./buildLock.ts";
import {siteLock} from "./buildSite.ts";
import {packed, packingOf} from "./packFiles.ts";
import {packReadout, packedReadout} from "./packReadout.ts";
import {apiFiles} from "./api.ts";
import {feedIdOf, feedOf} from "./feed.ts";
import {liveFiles, liveIndexFiles} from "./liveFiles.ts";
import {readIndex} from "./addPublications.ts";
import {refuseSecretsIn} from "./refuseSecrets.ts";
import {knownSecrets} from "./secrets.ts";

/**
 * Brings the files of a built site that hold numbers up to the published readouts, each in its place and whole, with
 * the packed files beside them: the report API, the feed, and `readouts/<id>/*`. Pages and files with a hash in their name
 * stay as they were built, so that they may be cached for good; an open page asks for the others. What tells it that
 * there is something new, `run.json`, is written last.
 *
 * A site that is being built at the same time is waited for.
 *
 * @param options.ids experiments that changed; those of which the site shows another run are refreshed, too
 * @returns the experiments that were refreshed; none if the site is up to date, and then nothing is written
 * @throws {UserError} if a secret would be published; nothing is then written
 */
export async function refreshSite(
  site: string,
  {readouts: from, ids}: {readouts: string; ids: readonly string[]}
): Promise<string[]> {
  return withLock([siteLock(site)], async () => {
    const outdated = await outdatedIn(site, await readIndex(from));
    const all = [...new Set([...ids, ...outdated])];
    if (all.length > 0) await refresh(site, {readouts: from, ids: all});
    return all;
  });
}

/** Experiments of which the site shows another run than the one that is published, or none. */
async function outdatedIn(site: string, {experiments}: ReadoutIndex): Promise<string[]> {
  const found: string[] = [];
  for (const {id, runId, stale} of experiments) {
    if (runId === null) continue;
    const path = join(site, "readouts", id, "run.json");
    const shown: PublishedNow | null = existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : null;
    if (shown?.runId !== runId || shown.stale !== stale) found.push(id);
  }
  return found;
}

async function refresh(site: string, {readouts: from, ids}: {readouts: string; ids: readonly string[]}): Promise<void> {
  const files = new Map<string, Uint8Array>();
  for (const id of ids) {
    const folder = join(from, id);
    if (!existsSync(folder)) continue;
    for (const name of await readdir(folder)) files.set(join("readouts", id, name), await readFile(join(folder, name)));
  }
  const index = await readIndex(from);
  const found = await Promise.all(index.experiments.map(({id}) => readReadout(from, id)));
  const readouts = found.filter((readout) => readout !== null);
  files.set("feed.xml", Buffer.from(feedOf(readouts, {id: await feedIdIn(site)})));
  const changed = readouts.filter(({id}) => ids.includes(id));
  for (const [name, text] of apiFiles({index, readouts}, {only: changed.map(({id}) => id)}))
    files.set(join("api", name), Buffer.from(text));
  for (const readout of changed)
    for (const [name, text] of await liveFiles(from, readout)) {
      files.delete(join("readouts", readout.id, name));
      files.set(join("readouts", readout.id, name), Buffer.from(text));
    }
  for (const [name, text] of liveIndexFiles(index)) files.set(join("readouts", name), Buffer.from(text));
  for (const [name, bytes] of files) refuseSecretsIn(name, bytes, knownSecrets());
  const packing = packingOf(site);
  for (const [file, content] of files) {
    const isReadout = basename(file) === "readout.json";
    const name = isReadout ? join(dirname(file), packedReadout) : file;
    const bytes = isReadout ? await packReadout(content) : content;
    const path = join(site, name);
    if (existsSync(path) && (await readFile(path)).equals(bytes)) continue;
    // A host that prefers the small file must not serve the old one beside the new.
    await Promise.all([rm(`${path}.gz`, {force: true}), rm(`${path}.br`, {force: true})]);
    await writeBeside(path, bytes);
    for (const [ending, small] of await packed(name, bytes, packing)) await writeBeside(`${path}${ending}`, small);
  }
}

/** The id that the feed was published with: readers would take another one for another feed. */
async function feedIdIn(site: string): Promise<string> {
  const path = join(site, "feed.xml");
  return feedIdOf(existsSync(path) ? await readFile(path, "utf8") : "");
}
