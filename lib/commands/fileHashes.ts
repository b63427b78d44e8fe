import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {readFile, stat} from "node:fs/promises";
import {join} from "node:path";
import {writeBeside} from "./atomic.ts";

/** Content hashes of files, remembered between builds. */
export interface FileHashes {
  /** Returns the SHA-256 of a file's bytes; `missing` where there is no such file. */
  hashOf(path: string): Promise<string>;
  /** Keeps what was learnt for the next build. A store that cannot be written only costs time. */
  save(): Promise<void>;
}

interface Known {
  readonly size: number;
  readonly modified: number;
  readonly changed: number;
  readonly hash: string;
}

/**
 * Returns the content hashes of files. A file is read again when its path, size or time of change is new; one that was
 * written a moment ago is always read again, since the clock of a file system may not tell two writes apart: within the
 * last two seconds where that clock counts whole seconds, a tenth of one where it does not.
 *
 * @param store folder that they are remembered in, as files.json
 */
export async function openFileHashes(store: string): Promise<FileHashes> {
  const path = join(store, "files.json");
  const known = await readKnown(path);
  const asked = new Map<string, Promise<string>>();
  let fresh = false;

  const hash = async (file: string): Promise<string> => {
    let state;
    try {
      state = await stat(file);
    } catch {
      return "missing";
    }
    if (!state.isFile()) return "missing";
    const before = known.get(file);
    const same = before?.size === state.size && before.modified === state.mtimeMs && before.changed === state.ctimeMs;
    if (before !== undefined && same) return before.hash;
    const started = Date.now();
    const digest = await contentHash(file);
    fresh = true;
    const tick = state.ctimeMs % 1000 === 0 ? 2000 : 100;
    if (Math.max(state.mtimeMs, state.ctimeMs) < started - tick)
      known.set(file, {size: state.size, modified: state.mtimeMs, changed: state.ctimeMs, hash: digest});
    else known.delete(file);
    return digest;
  };

  return {
    hashOf(file) {
      const running = asked.get(file) ?? hash(file);
      asked.set(file, running);
      return running;
    },
    async save() {
      if (!fresh) return;
      try {
        await writeBeside(path, `${JSON.stringify(Object.fromEntries(known))}\n`);
      } catch {
        // Only time is lost.
      }
    }
  };
}

/** Returns the SHA-256 of a file's bytes, read as a stream. */
export async function contentHash(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, {highWaterMark: 2 ** 20})) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function readKnown(path: string): Promise<Map<string, Known>> {
  try {
    const record: Record<string, Known> = JSON.parse(await readFile(path, "utf8"));
    return new Map(Object.entries(record));
  } catch {
    return new Map();
  }
}
