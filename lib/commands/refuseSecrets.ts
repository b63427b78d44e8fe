import {readFile, readdir} from "node:fs/promises";
import {join, relative} from "node:path";
import {promisify} from "node:util";
import {gunzip} from "node:zlib";
import type {Secret} from "../experiment/definition/environment.ts";
import {UserError} from "./errors.ts";

/**
 * Looks for secrets in every file of a folder, also in those packed by gzip: as they are, URL-encoded and JSON-escaped.
 *
 * @param options.shortest letters of the shortest value that counts; shorter ones are words that may stand anywhere
 * @throws {UserError} naming the file and the variable, never the value
 */
export async function refuseSecrets(
  folder: string,
  secrets: readonly Secret[],
  {shortest = 6}: {shortest?: number} = {}
): Promise<void> {
  for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const content = entry.name.endsWith(".gz") ? await promisify(gunzip)(bytes) : bytes;
    refuseSecretsIn(relative(folder, path), content, secrets, {shortest});
  }
}

/**
 * Looks for secrets in the bytes of one file.
 *
 * @throws {UserError} naming the file and the variable, never the value
 */
export function refuseSecretsIn(
  file: string,
  content: Uint8Array,
  secrets: readonly Secret[],
  {shortest = 6}: {shortest?: number} = {}
): void {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  for (const {name, value} of secrets) {
    if (value.length < shortest) continue;
    for (const form of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]))
      if (bytes.includes(form))
        throw new UserError(
          `secret in a published file; the site stays as it was: ${file}: ${name ?? "a secret in sources.yaml"}`
        );
  }
}
