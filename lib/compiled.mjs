// Plain JavaScript, since it runs before anything here can read TypeScript.
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";

const lib = fileURLToPath(new URL(".", import.meta.url));
const project = join(lib, "..");
const cache = join(project, "node_modules", ".cache", "readout");

/** What is started by itself. */
const entries = ["commands/cli.ts", "cube/arrays/threads/answerQuestions.ts"];

/** After how many milliseconds what was compiled from other code is removed; until then a process may still load it. */
const stale = 7 * 86_400_000;

/**
 * Returns what to import for a file of lib/ that is started by itself. All code is compiled once, into node_modules/.cache,
 * and again when a file changes: that starts in half the time. Where nothing can be written there, Node is taught to read
 * TypeScript instead.
 *
 * @param {string} entry its path from lib/
 * @returns {Promise<string>} the address of a module
 */
export async function compiled(entry) {
  try {
    const folder = join(cache, stateOfCode());
    if (!existsSync(folder)) await compile(folder);
    return pathToFileURL(join(folder, entry.replace(/\.ts$/, ".js"))).href;
  } catch {
    const {register} = await import("tsx/esm/api");
    // The project's own settings: those of the folder that it is called from are none of its business.
    register({tsconfig: join(project, "tsconfig.json")});
    return pathToFileURL(join(lib, entry)).href;
  }
}

/** A name for the files of lib/ and the dependencies as they are: of their sizes and times, which are quick to ask for. */
function stateOfCode() {
  const names = readdirSync(lib, {recursive: true}).filter((name) => /\.m?ts$|\.mjs$/.test(name));
  const files = [
    ...names.map((name) => join(lib, name)),
    join(project, "package-lock.json"),
    join(project, "tsconfig.json")
  ];
  const hash = createHash("sha256").update(`${process.version} ${lib}`);
  for (const file of files.sort()) {
    const {size, mtimeMs} = statSync(file);
    hash.update(`\n${file} ${size} ${mtimeMs}`);
  }
  return hash.digest("hex").slice(0, 20);
}

/** Compiles all code into a folder, which is there whole or not at all. */
async function compile(folder) {
  mkdirSync(cache, {recursive: true});
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    if (Date.now() - statSync(old).mtimeMs > stale) rmSync(old, {recursive: true, force: true});
  }
  const {build} = await import("esbuild");
  const part = mkdtempSync(join(cache, "part-"));
  try {
    await build({
      entryPoints: entries.map((entry) => join(lib, entry)),
      outdir: part,
      outbase: lib,
      bundle: true,
      splitting: true,
      platform: "node",
      format: "esm",
      target: "node20",
      packages: "external",
      logLevel: "silent",
      plugins: [{name: "own addresses", setup: keepAddresses}]
    });
    renameSync(part, folder);
  } catch (error) {
    rmSync(part, {recursive: true, force: true});
    // Another process may have been as far before this one.
    if (!existsSync(folder)) throw error;
  }
}

/** Files that ask for their own address get that of their source. */
function keepAddresses({onLoad}) {
  onLoad({filter: /\.ts$/}, ({path}) => {
    const source = readFileSync(path, "utf8");
    if (!source.includes("import.meta.url")) return null;
    return {contents: source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts"};
  });
}
