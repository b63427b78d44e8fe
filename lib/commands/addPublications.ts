import {existsSync} from "node:fs";
import {mkdir, readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {Readout, ReadoutIndex} from "../experiment/readout.ts";
import {schemaVersion} from "../experiment/readout.ts";
import {writeApi} from "./api.ts";
import {readReadout} from "./build.ts";
import {feedIdFor, feedOf} from "./feed.ts";
import type {Robots} from "./headersFile.ts";
import {headersFile, robotsText} from "./headersFile.ts";
import {liveFiles, liveIndexFiles} from "./liveFiles.ts";
import type {Packing} from "./packFiles.ts";
import {packFiles} from "./packFiles.ts";
import {packReadout, packedReadout} from "./packReadout.ts";
import {refuseSecrets} from "./refuseSecrets.ts";
import {knownSecrets} from "./secrets.ts";

/**
 * Adds to a built site, before it is swapped in, what is read under names that stay: the report API, the feed of verdict
 * changes, what open pages ask for, robots.txt, the headers that a host should send, and a packed file beside each
 * file that becomes smaller by it.
 *
 * @param options.readouts folder of the published readouts
 * @param options.base path on the host that the site is served from
 * @param options.robots whether search engines may list the site
 * @param options.feed what names the feed for those who read several; default: by `base`
 * @param options.pack how files are packed
 * @throws {UserError} if a secret is in any file of the site
 */
export async function addPublications(
  folder: string,
  {
    readouts: from,
    base = "/",
    feed = feedIdFor(base),
    robots = "noindex",
    pack = "gzip"
  }: {readouts: string; base?: string; feed?: string; robots?: Robots; pack?: Packing}
): Promise<void> {
  const index = await readIndex(from);
  const found = await Promise.all(index.experiments.map(({id}) => readReadout(from, id)));
  const readouts = found.filter((readout): readout is Readout => readout !== null);
  await writeApi(folder, {index, readouts});
  await writeFile(join(folder, "feed.xml"), feedOf(readouts, {id: feed}));
  await mkdir(join(folder, "readouts"), {recursive: true});
  for (const readout of readouts) {
    const own = join(folder, "readouts", readout.id);
    await mkdir(own, {recursive: true});
    const text = await readFile(join(from, readout.id, "readout.json"));
    await writeFile(join(own, packedReadout), await packReadout(text));
    for (const [name, text] of await liveFiles(from, readout)) await writeFile(join(own, name), text);
  }
  for (const [name, text] of liveIndexFiles(index)) await writeFile(join(folder, "readouts", name), text);
  await writeFile(join(folder, "robots.txt"), robotsText(robots));
  await writeFile(join(folder, "_headers"), headersFile({base, robots}));
  await refuseSecrets(folder, knownSecrets());
  await packFiles(folder, pack);
}

/** Returns the list of the published readouts; an empty one where nothing is published. */
export async function readIndex(folder: string): Promise<ReadoutIndex> {
  const path = join(folder, "index.json");
  if (!existsSync(path)) return {schemaVersion, asOf: null, experiments: []};
  const index: ReadoutIndex = JSON.parse(await readFile(path, "utf8"));
  return index;
}
