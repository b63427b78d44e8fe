import {mkdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import type {LedgerLook, LockedDefinition, Memory, PublishedRun} from "../experiment/history/memory.ts";
import type {PinnedReadout} from "../experiment/history/pinOf.ts";
import {writeBeside} from "./atomic.ts";
import {hashOf} from "./hash.ts";

/** The append-only files of an experiment's memory. */
const files = {
  looks: (id: string) => `${id}.looks.jsonl`,
  runs: (id: string) => `${id}.jsonl`,
  definitions: (id: string) => `${id}.definition.jsonl`,
  pins: (id: string) => `${id}.pin.jsonl`
} as const;

/**
 * Returns the memory of an experiment from the history folder; empty where there is none yet.
 *
 * @throws {SyntaxError} if a line is damaged, naming file and line: memory is not guessed at
 */
export async function readMemory(historyDir: string, id: string): Promise<Memory> {
  return {
    looks: await readLines<LedgerLook>(join(historyDir, files.looks(id))),
    runs: await readLines<PublishedRun>(join(historyDir, files.runs(id))),
    definitions: await readLines<LockedDefinition>(join(historyDir, files.definitions(id)))
  };
}

/** Returns the readouts that an experiment's pins kept, oldest first; empty where there are none. */
export function readPins(historyDir: string, id: string): Promise<PinnedReadout[]> {
  return readLines<PinnedReadout>(join(historyDir, files.pins(id)));
}

/** Returns the SHA-256 of an experiment's whole memory, to the byte. */
export async function memoryHash(historyDir: string, id: string): Promise<string> {
  return hashOf(...(await Promise.all(Object.values(files).map((name) => readText(join(historyDir, name(id)))))));
}

/** What a build adds to an experiment's memory. */
export interface GainedMemory extends Partial<Memory> {
  readonly pins?: readonly PinnedReadout[];
}

/** Adds lines to an experiment's memory. Each file is written beside and renamed, so a kill leaves it old or new. */
export async function appendMemory(historyDir: string, id: string, added: GainedMemory): Promise<void> {
  for (const key of ["pins", "looks", "definitions", "runs"] as const) {
    const lines = added[key];
    if (!lines?.length) continue;
    await mkdir(historyDir, {recursive: true});
    const path = join(historyDir, files[key](id));
    const old = await readText(path);
    await writeBeside(path, old + lines.map((line) => JSON.stringify(line) + "\n").join(""));
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

async function readLines<T>(path: string): Promise<T[]> {
  const lines = (await readText(path)).split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as T];
    } catch {
      throw new SyntaxError(`invalid history line; not JSON: ${path}:${i + 1}`);
    }
  });
}
