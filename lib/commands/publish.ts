import {existsSync} from "node:fs";
import {readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {Readout, ReadoutIndex} from "../experiment/readout.ts";
import {schemaVersion} from "../experiment/readout.ts";
import {writeApi} from "./api.ts";
import {readReadout} from "./build.ts";
import {compressFiles} from "./compressFiles.ts";
import {feedOf} from "./feed.ts";
import {refuseSecrets} from "./refuseSecrets.ts";
import {knownSecrets} from "./secrets.ts";

/**
 * Adds to a built site, before it is swapped in, what is read by other tools than browsers: the report API, the feed of
 * verdict changes, robots.txt, and a gzip and a brotli file beside each text file.
 *
 * @param options.readouts folder of the published readouts
 * @throws {UserError} if a secret is in any file of the site
 */
export async function addPublications(folder: string, {readouts: from}: {readouts: string}): Promise<void> {
  const index = await readIndex(from);
  const found = await Promise.all(index.experiments.map(({id}) => readReadout(from, id)));
  const readouts = found.filter((readout): readout is Readout => readout !== null);
  await writeApi(folder, {index, readouts});
  await writeFile(join(folder, "feed.xml"), feedOf(readouts));
  const robots = join(folder, "robots.txt");
  // Results of experiments are for their readers, not for search engines.
  if (!existsSync(robots)) await writeFile(robots, "User-agent: *\nDisallow: /\n");
  await refuseSecrets(folder, knownSecrets());
  await compressFiles(folder);
}

/** Returns the list of the published readouts; an empty one where nothing is published. */
export async function readIndex(folder: string): Promise<ReadoutIndex> {
  const path = join(folder, "index.json");
  if (!existsSync(path)) return {schemaVersion, asOf: null, experiments: []};
  const index: ReadoutIndex = JSON.parse(await readFile(path, "utf8"));
  return index;
}
