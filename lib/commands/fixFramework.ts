import fs from "node:fs";
import {syncBuiltinESMExports} from "node:module";
import {resolve, sep} from "node:path";

const typescriptImport = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}\/[^"'\n]+)\.ts\2/g;
const latestVersion = /^https:\/\/registry\.npmjs\.org\/[^/]+(\/[^/]+)?\/latest$/;

let fixed = false;

/**
 * Makes Observable Framework 1.13 build this site as it is and without a network; called by the configuration, before
 * any page is read. Two habits stand in the way. It serves `x.ts` under the name `x.js` but leaves `import "./x.ts"` as
 * it is, which no browser finds: modules under `folders` are read with their imports renamed. And it asks the npm
 * registry for the newest version of a dozen libraries that pages may name without importing them; no page here does, so
 * the answer is a fixed one, and any other request is refused: what a site is made of comes from the lock file.
 */
export function fixFramework(folders: readonly string[]): void {
  if (fixed) return;
  fixed = true;
  const roots = folders.map((folder) => resolve(folder) + sep);
  const readFileSync = fs.readFileSync;
  const readFile = fs.promises.readFile;

  function served<Text>(path: unknown, text: Text): Text | string {
    if (typeof text !== "string" || typeof path !== "string" || !path.endsWith(".ts")) return text;
    const file = resolve(path);
    return roots.some((root) => file.startsWith(root)) ? text.replace(typescriptImport, "$1$2$3.js$2") : text;
  }

  Object.assign(fs, {
    readFileSync: (...args: Parameters<typeof readFileSync>) => served(args[0], readFileSync(...args))
  });
  Object.assign(fs.promises, {
    readFile: async (...args: Parameters<typeof readFile>) => served(args[0], await readFile(...args))
  });
  syncBuiltinESMExports();

  const offline: typeof fetch = async (input) => {
    const url = String(input instanceof Request ? input.url : input);
    if (latestVersion.test(url)) return Response.json({version: "0.0.0"});
    throw new Error(`invalid import; not a bare name of an installed package: ${url}`);
  };
  globalThis.fetch = offline;
}
