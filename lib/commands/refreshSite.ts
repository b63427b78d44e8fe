import {existsSync} from "node:fs";
import {readFile, readdir, rm} from "node:fs/promises";
import {basename, extname, join} from "node:path";
import {writeBeside} from "./atomic.ts";
import {readReadout} from "./build.ts";
import {compressed} from "./compressFiles.ts";
import {apiFiles} from "./api.ts";
import {feedOf} from "./feed.ts";
import {readIndex} from "./publish.ts";
import {refuseSecretsIn} from "./refuseSecrets.ts";
import {knownSecrets} from "./secrets.ts";

/**
 * Brings the files of a built site that hold numbers up to the published readouts, each in its place and whole: the
 * report API and the feed, `readouts/<id>/*`, and the copies that pages load, with their gzip and brotli files. Pages
 * stay as they were built. The report of an experiment is written last, so that who sees its new runId finds the rest.
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
    const copies = await copiesOf(site, id);
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name));
      files.set(join("readouts", id, name), bytes);
      for (const copy of copies.filter((each) => isCopyOf(each, name)))
        files.set(join("_file", "readouts", id, copy), bytes);
    }
  }
  const index = await readIndex(from);
  const found = await Promise.all(index.experiments.map(({id}) => readReadout(from, id)));
  const readouts = found.filter((readout) => readout !== null);
  files.set("feed.xml", Buffer.from(feedOf(readouts)));
  const changed = readouts.filter(({id}) => ids.includes(id));
  for (const [name, text] of apiFiles({index, readouts}, {only: changed.map(({id}) => id)}))
    files.set(join("api", name), Buffer.from(text));
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

async function copiesOf(site: string, id: string): Promise<string[]> {
  const folder = join(site, "_file", "readouts", id);
  return existsSync(folder) ? readdir(folder) : [];
}

/** Framework puts a hash into a file's name: readout.0123abcd.json. */
function isCopyOf(copy: string, name: string): boolean {
  const ending = extname(name);
  const stem = basename(name, ending);
  return (
    copy.startsWith(`${stem}.`) &&
    copy.endsWith(ending) &&
    /^[0-9a-f]+$/.test(copy.slice(stem.length + 1, -ending.length))
  );
}
