import {createHash} from "node:crypto";
import {cp, mkdir, readdir, rm, rmdir, stat, symlink} from "node:fs/promises";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {buildSite} from "../../lib/commands/buildSite.ts";
import type {Readout, ReadoutIndex} from "../../lib/experiment/readout.ts";
import {writeCubes} from "./cubes.ts";
import {fixtureIndex, fixtureReadouts, largeIndex, writeFixtures} from "./fixtures.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const work = join(project, ".readout", "test-site");
const sources = [
  "src",
  "lib/stats",
  "lib/sequential",
  "lib/simulate",
  "lib/bandit",
  "lib/experiment",
  "lib/commands",
  "lib/cube/cubeTable.ts",
  "lib/cube/exploreCells.ts",
  "lib/cube/reader.ts",
  "test/site/cubes.ts",
  "test/site/fixtures.ts",
  "observablehq.config.ts",
  "package-lock.json"
];

/** A site built from the invented readouts. */
export type BuiltFixtures = {dist: string; readouts: Readout[]; index: ReadoutIndex};

/**
 * Returns the site of the invented readouts. It is built once for all test files, and again only after a change of the
 * pages, the library or the fixtures.
 */
export async function builtSite(): Promise<BuiltFixtures> {
  const readouts = fixtureReadouts();
  const index = fixtureIndex(readouts);
  return {dist: await build("all", (out) => writeFixtures(out, readouts, index)), readouts, index};
}

/** Returns a site whose home lists so many experiments; the pages of the experiments say that they were not built. */
export async function builtPortfolio(count: number): Promise<string> {
  return build(`portfolio-${count}`, (out) => writeFixtures(out, [], largeIndex(count)), {only: ["index.md"]});
}

/** Returns a site of experiments that have cubes, with the pages that read them. */
export async function builtCubes(): Promise<string> {
  return build("cubes", writeCubes, {only: ["explore.md", "try.md", "index.md", "experiments"]});
}

async function build(
  name: string,
  write: (out: string) => Promise<void>,
  {only}: {only?: readonly string[]} = {}
): Promise<string> {
  const folder = join(work, `${name}-${await fingerprint()}`);
  const dist = join(folder, "dist");
  await mkdir(work, {recursive: true});
  if (existsSync(dist)) return dist;
  const lock = join(work, `${name}.lock`);
  const waits = Date.now() + 240_000;
  while (!(await take(lock))) {
    if (Date.now() > waits) throw new Error(`invalid lock; its owner is gone: ${lock}`);
    await new Promise((done) => setTimeout(done, 200));
    if (existsSync(dist)) return dist;
  }
  try {
    if (existsSync(dist)) return dist;
    await removeOld(name);
    const site = join(folder, "src");
    await mkdir(site, {recursive: true});
    for (const entry of await readdir(join(project, "src"))) {
      if (["lib", "readouts", ".observablehq"].includes(entry)) continue;
      if (only !== undefined && (entry.endsWith(".md") || entry === "experiments") && !only.includes(entry)) continue;
      await cp(join(project, "src", entry), join(site, entry), {recursive: true});
    }
    if (only !== undefined) await cp(join(project, "src", "404.md"), join(site, "404.md"));
    await symlink(join(project, "lib"), join(site, "lib"));
    await write(join(site, "readouts"));
    await buildSite({site: join(".readout", "test-site", `${name}-${await fingerprint()}`, "src"), out: dist});
    return dist;
  } finally {
    await rmdir(lock);
  }
}

// Another test file may still be served from a site that was built a moment ago.
async function removeOld(name: string): Promise<void> {
  for (const entry of await readdir(work)) {
    const path = join(work, entry);
    if (entry.startsWith(`${name}-`) && Date.now() - (await stat(path)).mtimeMs > 3_600_000) {
      await rm(path, {recursive: true, force: true});
    }
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    return false;
  }
}

// The link to the library and what a build leaves behind are not the pages' own.
async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of (await readdir(folder, {withFileTypes: true})).sort((a, b) => a.name.localeCompare(b.name))) {
    if (["lib", "readouts", ".observablehq"].includes(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await filesIn(join(folder, entry.name))).map((f) => join(entry.name, f)));
    else if (entry.isFile()) found.push(entry.name);
  }
  return found;
}

let known: string | undefined;

async function fingerprint(): Promise<string> {
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  for (const source of sources) {
    const path = join(project, source);
    if (!existsSync(path)) continue;
    const files = (await stat(path)).isDirectory() ? await filesIn(path) : [""];
    for (const file of files) {
      const {mtimeMs, size} = await stat(join(path, file));
      hash.update(`${source}/${file} ${mtimeMs} ${size}\n`);
    }
  }
  return (known = hash.digest("hex").slice(0, 12));
}
