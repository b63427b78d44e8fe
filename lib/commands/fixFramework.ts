import fs from "node:fs";
import {syncBuiltinESMExports} from "node:module";
import {normalize, resolve, sep} from "node:path";

const typescriptImport = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}\/[^"'\n]+)\.ts\2/g;
const latestVersion = /^https:\/\/registry\.npmjs\.org\/[^/]+(\/[^/]+)?\/latest$/;

let fixed = false;

/**
 * Makes Observable Framework 1.13 build this site as it is and without a network; called by the configuration, before
 * any page is read. Three habits stand in the way. It serves `x.ts` under the name `x.js` but leaves `import "./x.ts"` as
 * it is, which no browser finds: modules under `folders` are read with their imports renamed. And it asks the npm
 * registry for the newest version of a dozen libraries that pages may name without importing them; no page here does, so
 * the answer is a fixed one, and any other request is refused: what a site is made of comes from the lock file. And it
 * takes every `.md` file for a page with code in it, also the memos among the published readouts: these it does not see.
 *
 * @param options.still whether the files under `folders` stay as they are until the process ends, as in a build: for
 * each page Framework asks thousands of times whether the modules are still there and how old they are, and is then
 * answered from memory
 */
export function fixFramework(folders: readonly string[], {still = false}: {still?: boolean} = {}): void {
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

  if (still) answerFromMemory(roots);
  hideReadouts(folders);
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

/** Leaves the published readouts out of the plain listing from which Framework starts to look for pages. */
function hideReadouts(folders: readonly string[]): void {
  const {readdirSync} = fs;
  const listed = new Set(folders.map((folder) => normalize(folder)));
  Object.assign(fs, {
    readdirSync(...args: Parameters<typeof readdirSync>) {
      const [path, options] = args;
      const entries = readdirSync(...args);
      if (options !== undefined || typeof path !== "string" || !listed.has(normalize(path))) return entries;
      return entries.filter((entry) => String(entry) !== "readouts");
    }
  });
}

/** Lets what is known of a file under `roots` be asked of the disk once; Framework's own cache, which grows, is left out. */
function answerFromMemory(roots: readonly string[]): void {
  const {existsSync, statSync} = fs;
  const kept = (path: string) => {
    const file = resolve(path);
    return roots.some((root) => file.startsWith(root)) && !file.includes(`${sep}.observablehq${sep}`);
  };
  const exists = new Map<string, boolean>();
  const stats = new Map<string, fs.Stats>();
  Object.assign(fs, {
    existsSync(path: fs.PathLike): boolean {
      if (typeof path !== "string") return existsSync(path);
      const known = exists.get(path);
      if (known !== undefined) return known;
      const answer = existsSync(path);
      if (kept(path)) exists.set(path, answer);
      return answer;
    },
    statSync(path: fs.PathLike, options?: fs.StatSyncOptions) {
      if (typeof path !== "string" || options !== undefined) return statSync(path, options);
      const known = stats.get(path);
      if (known !== undefined) return known;
      const answer = statSync(path);
      if (kept(path)) stats.set(path, answer);
      return answer;
    }
  });
}
