import {readFile, readdir} from "node:fs/promises";
import {join, resolve} from "node:path";
import type {IndexEntry} from "../experiment/readout.ts";
import {writeBeside} from "./atomic.ts";
import {contentHash} from "./fileHashes.ts";
import {hashOf} from "./hash.ts";

/** What the store knows of an experiment that was built: from what, into which bytes. */
export interface BuiltRecord {
  /** Hash of code, definition, files and memory. */
  readonly key: string;
  /** SHA-256 of each published file, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly entry: IndexEntry;
}

/** Returns the record of an experiment published under `outDir`; null where there is none that can be read. */
export async function readRecord(store: string, outDir: string, id: string): Promise<BuiltRecord | null> {
  try {
    const record: BuiltRecord = JSON.parse(await readFile(pathOf(store, outDir, id), "utf8"));
    return record;
  } catch {
    return null;
  }
}

/** Keeps the record of an experiment. A store that cannot be written only costs time. */
export async function writeRecord(
  store: string,
  outDir: string,
  {key, entry}: Omit<BuiltRecord, "files">
): Promise<void> {
  const record: BuiltRecord = {key, files: await folderHashes(join(outDir, entry.id)), entry};
  try {
    await writeBeside(pathOf(store, outDir, entry.id), `${JSON.stringify(record)}\n`);
  } catch {
    // Only time is lost.
  }
}

/** Whether a published folder holds the bytes that were recorded, and nothing else. */
export async function isIntact(outDir: string, {files, entry}: BuiltRecord): Promise<boolean> {
  const now = await folderHashes(join(outDir, entry.id));
  const names = Object.keys(now);
  return names.length === Object.keys(files).length && names.every((name) => now[name] === files[name]);
}

/** Returns the SHA-256 of each file of a folder; empty where there is none. */
export async function folderHashes(folder: string): Promise<Record<string, string>> {
  try {
    const names = (await readdir(folder)).toSorted();
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await contentHash(join(folder, name))] as const))
    );
  } catch {
    return {};
  }
}

function pathOf(store: string, outDir: string, id: string): string {
  return join(store, "built", hashOf(resolve(outDir)).slice(0, 16), `${id}.json`);
}
