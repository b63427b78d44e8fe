import {spawnSync} from "node:child_process";
import {cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join, relative} from "node:path";
import {buildReadouts} from "../../lib/commands/build.ts";
import {buildSite} from "../../lib/commands/buildSite.ts";
import {projectFolder} from "../../lib/commands/framework.ts";
import {makeDemoLogs} from "../../lib/commands/publish.ts";
import {smallDefinitions, smallLog} from "../commands/nightly.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures a quiet night with 200 experiments of which nothing changed, from the command line: `readout build`, then
 * `readout check`, then the pages; and the size of the site, its packed files too, beside DuckDB's wasm. For experiments
 * of the demo's size (20 to 45 days, two or three dimensions, three to five metrics) that size is reckoned: what a site of
 * 200 experiments has for all, and 200 times what the site of the demo has for an experiment, whole and without packed
 * files.
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
    const {seconds, shared, own} = await pages(out, join(folder, "dist"));
    return [
      {name: `build ${experiments} small experiments for the first time`, value: first, unit: "s"},
      {name: `build ${experiments} experiments of which nothing changed`, value: quiet, unit: "s", bound: 5},
      {name: "the same and check", value: quiet + check, unit: "s", bound: 10},
      {name: "the same and the pages", value: quiet + check + seconds, unit: "s", bound: 60},
      {name: "dist/ beside DuckDB's wasm", value: (shared.all + own.all) / 1e6, unit: "MB", bound: 60},
      ...(await demoSize(join(folder, "demo"), {experiments, shared}))
    ];
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

const work = join(".readout", "bench-build");

type Sizes = {readonly shared: Bytes; readonly own: Bytes};

/** The time that the pages take, and the size of the site. */
async function pages(readouts: string, out: string): Promise<Sizes & {seconds: number}> {
  const seconds = await buildPages(readouts, out);
  return {seconds, ...(await bytesOf(out))};
}

/** The size of a site of so many experiments as large as those of the demo. */
async function demoSize(
  folder: string,
  {experiments, shared}: {experiments: number; shared: Bytes}
): Promise<Measured[]> {
  const data = join(projectFolder, "data");
  const out = join(folder, "out");
  await makeDemoLogs(data);
  const {built} = await buildReadouts({dataDir: data, outDir: out, historyDir: join(folder, "history")});
  await buildPages(out, join(folder, "dist"));
  const {own} = await bytesOf(join(folder, "dist"));
  const size = (kind: "all" | "plain"): number => (shared[kind] + (own[kind] / built.length) * experiments) / 1e6;
  return [
    {name: "one experiment of the demo in dist/", value: own.all / built.length / 1e3, unit: "kB"},
    {name: "dist/, experiments as large as the demo's, reckoned", value: size("all"), unit: "MB", bound: 60},
    {name: "the same without packed files", value: size("plain"), unit: "MB"}
  ];
}

type Bytes = {readonly all: number; readonly plain: number};

/** The bytes of a site beside DuckDB's wasm: those of all pages, and those of single experiments. */
async function bytesOf(dist: string): Promise<Sizes> {
  const found = {shared: {all: 0, plain: 0}, own: {all: 0, plain: 0}};
  for (const entry of await readdir(dist, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile() || /\.wasm(\.gz|\.br)?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const {size} = await stat(path);
    const place =
      found[
        /^(experiments|readouts\/[^/]+|api\/experiments)$/.test(relative(dist, entry.parentPath)) ? "own" : "shared"
      ];
    place.all += size;
    if (!/\.(gz|br)$/.test(entry.name)) place.plain += size;
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
