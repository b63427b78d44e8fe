import {readFile, readdir} from "node:fs/promises";
import {join, relative} from "node:path";
import type {Secret} from "../experiment/environment.ts";
import {UserError} from "./errors.ts";

/**
 * Looks for secrets in every file of a folder: as they are, URL-encoded and JSON-escaped.
 *
 * @param options.shortest letters of the shortest value that counts; shorter ones are words that may stand anywhere
 * @throws {UserError} naming the file and the variable, never the value
 */
export async function refuseSecrets(
  folder: string,
  secrets: readonly Secret[],
  {shortest = 6}: {shortest?: number} = {}
): Promise<void> {
  const forms = secrets
    .filter(({value}) => value.length >= shortest)
    .flatMap(({name, value}) =>
      [...new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])].map((form) => ({
        name: name ?? "a secret in sources.yaml",
        form: Buffer.from(form)
      }))
    );
  if (forms.length === 0) return;
  for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    const found = forms.find(({form}) => content.includes(form));
    if (found !== undefined)
      throw new UserError(
        `secret in a published file; the site stays as it was: ${relative(folder, path)}: ${found.name}`
      );
  }
}
