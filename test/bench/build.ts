import {spawnSync} from "node:child_process";
import {cp, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join, relative} from "node:path";
import {buildReadouts} from "../../lib/commands/build.ts";
import {buildSite} from "../../lib/commands/buildSite.ts";
import {projectFolder} from "../../lib/commands/framework.ts";
import {makeDemoLogs} from "../../lib/commands/publish.ts";
import type {Readout, ReadoutIndex} from "../../lib/experiment/readout.ts";
import {smallDefinitions, smallLog} from "../commands/nightly.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures a quiet night with 200 experiments of which nothing changed, from the command line: `readout build`, then
 * `readout check`, then the pages; and the size of the site, its packed files too, beside DuckDB's wasm. The size is
 * measured again with as many experiments of the demo's size: copies of the demo's own, of 20 to 45 days, two or three
 * dimensions and three to five metrics each.
 */
export async function bench({experiments = 200}: {experiments?: number} = {}): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "readout-bench-"));
  try {
    const dataDir = join(folder, "data");
    await mkdir(join(dataDir, "experiments"), {recursive: true});
    const ids = Array.from({length: experiments}, (_, i) => `test-${i}`);
    for (const [path, text] of Object.entries(smallDefinitions(ids))) await writeFile(join(dataDir, path), text);
    await smallLog({units: 200}).write(dataDir);
    const out = join(folder, "out");
    const run = (...args: string[]): number => {
      const start = performance.now();
      const {status, stderr} = spawnSync(process.execPath, [join(projectFolder, "lib/commands/readout.mjs"), ...args], {
        encoding: "utf8"
      });
      // 1 is what a check says of an experiment that is blocked.
      if (status !== 0 && !(status === 1 && args[0] === "check"))
        throw new Error(`${args[0]} ended with ${status}: ${stderr.slice(-500)}`);
      return (performance.now() - start) / 1000;
    };
    const build = (): number => run("build", "--data", dataDir, "--out", out);
    const first = build();
    const quiet = Math.min(build(), build());
    const check = run("check", "--data", dataDir, "--readouts", out);
    const seconds = await buildPages(out, join(folder, "dist"));
    const {all} = await bytesOf(join(folder, "dist"));
    return [
      {name: `build ${experiments} small experiments for the first time`, value: first, unit: "s"},
      {name: `build ${experiments} experiments of which nothing changed`, value: quiet, unit: "s", bound: 5},
      {name: "the same and check", value: quiet + check, unit: "s", bound: 10},
      {name: "the same and the pages", value: quiet + check + seconds, unit: "s", bound: 60},
      {name: "dist/ beside DuckDB's wasm", value: all / 1e6, unit: "MB", bound: 60},
      ...(await demoSize(join(folder, "demo"), experiments))
    ];
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

const work = join(".readout", "bench-build");

/** The size of a site of so many experiments as large as those of the demo. */
async function demoSize(folder: string, experiments: number): Promise<Measured[]> {
  const data = join(projectFolder, "data");
  const out = join(folder, "out");
  await makeDemoLogs(data);
  await buildReadouts({dataDir: data, outDir: out, historyDir: join(folder, "history")});
  const copies = join(folder, "copies");
  await copyReadouts(out, copies, experiments);
  const dist = join(folder, "dist");
  await buildPages(copies, dist);
  const {all, own} = await bytesOf(dist);
  return [
    {name: "one experiment as large as the demo's in dist/", value: own / experiments / 1e3, unit: "kB"},
    {name: `dist/, ${experiments} experiments as large as the demo's`, value: all / 1e6, unit: "MB", bound: 60}
  ];
}

/** Copies published readouts, each in turn and under names of their own, until there are so many. */
async function copyReadouts(from: string, to: string, count: number): Promise<void> {
  const index: ReadoutIndex = JSON.parse(await readFile(join(from, "index.json"), "utf8"));
  const experiments = Array.from({length: count}, (_, i) => {
    const entry = index.experiments[i % index.experiments.length]!;
    return {entry: {...entry, id: `${entry.id}-${i}`}, original: entry.id};
  });
  for (const {entry, original} of experiments) {
    const own = join(to, entry.id);
    await cp(join(from, original), own, {recursive: true});
    const readout: Readout = JSON.parse(await readFile(join(own, "readout.json"), "utf8"));
    await writeFile(join(own, "readout.json"), `${JSON.stringify({...readout, id: entry.id})}\n`);
  }
  await writeFile(join(to, "index.json"), JSON.stringify({...index, experiments: experiments.map(({entry}) => entry)}));
}

/** The bytes of a site beside DuckDB's wasm, and those of single experiments among them. */
async function bytesOf(dist: string): Promise<{all: number; own: number}> {
  const found = {all: 0, own: 0};
  for (const entry of await readdir(dist, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile() || /\.wasm(\.gz|\.br)?$/.test(entry.name)) continue;
    const {size} = await stat(join(entry.parentPath, entry.name));
    found.all += size;
    if (/^(experiments|readouts\/[^/]+|api\/experiments)$/.test(relative(dist, entry.parentPath))) found.own += size;
  }
  return found;
}

/** Builds the pages of published readouts, and returns the seconds that it takes. */
async function buildPages(readouts: string, out: string): Promise<number> {
  const site = join(work, "src");
  try {
    await rm(join(projectFolder, work), {recursive: true, force: true});
    await mkdir(join(projectFolder, site), {recursive: true});
    for (const entry of await readdir(join(projectFolder, "src")))
      if (!["lib", "readouts", ".observablehq"].includes(entry))
        await cp(join(projectFolder, "src", entry), join(projectFolder, site, entry), {recursive: true});
    await symlink(join(projectFolder, "lib"), join(projectFolder, site, "lib"));
    await cp(readouts, join(projectFolder, site, "readouts"), {recursive: true});
    const start = performance.now();
    await buildSite({site, out});
    return (performance.now() - start) / 1000;
  } finally {
    await rm(join(projectFolder, work), {recursive: true, force: true});
  }
}
