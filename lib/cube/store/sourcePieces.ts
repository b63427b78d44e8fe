import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {open, stat} from "node:fs/promises";
import {extname} from "node:path";
import type {Fact} from "../../experiment/definition/definition.ts";

/** Whether only what was added to the end of a file can be read by itself: lines of text, not compressed. */
export function isAppendable(fact: Fact, path: string): boolean {
  const ending = extname(path).toLowerCase();
  const format = fact.format ?? (/^\.(csv|txt|tsv|tab)$/.test(ending) ? "csv" : "");
  return (format === "csv" || format === "tsv") && !/\.(gz|zst)$/i.test(path);
}

/** The SHA-256 of the first bytes of a file, and whether they are whole lines with closed quotes. */
export interface Prefix {
  readonly hash: string;
  readonly whole: boolean;
  /** The first line, its end included. */
  readonly header: Buffer;
}

/** Returns what the first `length` bytes of a file are. */
export async function prefixOf(path: string, length: number): Promise<Prefix> {
  const hash = createHash("sha256");
  let quotes = 0;
  let last = 0;
  const header: Buffer[] = [];
  let open = true;
  if (length > 0)
    for await (const chunk of createReadStream(path, {end: length - 1})) {
      const bytes = chunk as Buffer;
      hash.update(bytes);
      for (let at = bytes.indexOf(34); at >= 0; at = bytes.indexOf(34, at + 1)) ++quotes;
      last = bytes.at(-1) ?? last;
      if (!open) continue;
      const end = bytes.indexOf(10);
      header.push(end < 0 ? bytes : bytes.subarray(0, end + 1));
      open = end < 0;
    }
  const first = Buffer.concat(header);
  const whole = quotes % 2 === 0 && last === 10 && first.filter((byte) => byte === 34).length % 2 === 0;
  return {hash: hash.digest("hex"), whole, header: first};
}

/** Writes the header of a file and what it holds from a byte on into a new file. */
export async function writeTail(path: string, from: number, {header, to}: {header: Buffer; to: string}): Promise<void> {
  const file = await open(to, "w");
  try {
    await file.writeFile(header);
    for await (const chunk of createReadStream(path, {start: from})) await file.writeFile(chunk as Buffer);
  } finally {
    await file.close();
  }
}

/** Returns the size of a file in bytes. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}
