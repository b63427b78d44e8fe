import {existsSync} from "node:fs";
import {readFile, readdir, rm} from "node:fs/promises";
import {join} from "node:path";
import {writeBeside} from "./atomic.ts";
import {readReadout} from "./build.ts";
import {compressed} from "./compressFiles.ts";
import {apiFiles} from "./api.ts";
import {feedOf} from "./feed.ts";
import {liveFiles, liveIndexFiles} from "./liveFiles.ts";
import {readIndex} from "./publish.ts";
import {refuseSecretsIn} from "./refuseSecrets.ts";
import {knownSecrets} from "./secrets.ts";

/**
 * Brings the files of a built site that hold numbers up to the published readouts, each in its place and whole, with
 * their gzip and brotli files: the report API, the feed, and `readouts/<id>/*`. Pages and files with a hash in their name
 * stay as they were built, so that they may be cached for good; an open page asks for the others. What tells it that
 * there is something new, `run.json`, is written last.
 *
 * @param options.ids experiments that changed
 * @returns how many files were written
 * @throws {UserError} if a secret would be published; nothing is then written
 */
export async function refreshSite(
  site: string,
  {readouts: from, ids}: {readouts: string; ids: readonly string[]}
): Promise<number> {
  const files = new Map<string, Uint8Array>();
  for (const id of ids) {
    const folder = join(from, id);
    if (!existsSync(folder)) continue;
    for (const name of await readdir(folder)) files.set(join("readouts", id, name), await readFile(join(folder, name)));
  }
  const index = await readIndex(from);
  const found = await Promise.all(index.experiments.map(({id}) => readReadout(from, id)));
  const readouts = found.filter((readout) => readout !== null);
  files.set("feed.xml", Buffer.from(feedOf(readouts)));
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
  for (const [name, bytes] of files) {
    const path = join(site, name);
    // A host that prefers the small file must not serve the old one beside the new.
    await Promise.all([rm(`${path}.gz`, {force: true}), rm(`${path}.br`, {force: true})]);
    await writeBeside(path, bytes);
    const small = await compressed(name, bytes);
    if (small === null) continue;
    await writeBeside(`${path}.gz`, small.gzip);
    await writeBeside(`${path}.br`, small.brotli);
  }
  return files.size;
}
