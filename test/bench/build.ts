import {spawnSync} from "node:child_process";
import {cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {buildSite} from "../../lib/commands/buildSite.ts";
import {projectFolder} from "../../lib/commands/framework.ts";
import {smallDefinitions, smallLog} from "../commands/nightly.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures a quiet night with 200 experiments of which nothing changed, from the command line: `readout build`, then
 * `readout check`, then the pages; and the size of the site, its gzip and brotli files too, beside DuckDB's wasm.
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
    const {seconds, megabytes} = await pages(out, join(folder, "dist"));
    return [
      {name: `build ${experiments} small experiments for the first time`, value: first, unit: "s"},
      {name: `build ${experiments} experiments of which nothing changed`, value: quiet, unit: "s", bound: 5},
      {name: "the same and check", value: quiet + check, unit: "s", bound: 10},
      {name: "the same and the pages", value: quiet + check + seconds, unit: "s", bound: 60},
      {name: "dist/ beside DuckDB's wasm", value: megabytes, unit: "MB", bound: 60}
    ];
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

const work = join(".readout", "bench-build");

/** The time that the pages take, and the size of the site without DuckDB's wasm. */
async function pages(readouts: string, out: string): Promise<{seconds: number; megabytes: number}> {
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
    const seconds = (performance.now() - start) / 1000;
    let bytes = 0;
    for (const entry of await readdir(out, {recursive: true, withFileTypes: true}))
      if (entry.isFile() && !entry.name.endsWith(".wasm"))
        bytes += (await stat(join(entry.parentPath, entry.name))).size;
    return {seconds, megabytes: bytes / 1e6};
  } finally {
    await rm(join(projectFolder, work), {recursive: true, force: true});
  }
}
