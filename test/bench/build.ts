import {spawnSync} from "node:child_process";
import {mkdir, mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {projectFolder} from "../../lib/commands/framework.ts";
import {smallDefinitions, smallLog} from "../commands/nightly.ts";
import type {Measured} from "./measured.ts";

/** Returns the time of `readout build` over 200 experiments of which nothing changed, from the command line. */
export async function bench(): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "readout-bench-"));
  try {
    const dataDir = join(folder, "data");
    await mkdir(join(dataDir, "experiments"), {recursive: true});
    const ids = Array.from({length: 200}, (_, i) => `test-${i}`);
    for (const [path, text] of Object.entries(smallDefinitions(ids))) await writeFile(join(dataDir, path), text);
    await smallLog({units: 200}).write(dataDir);
    const build = (): number => {
      const start = performance.now();
      const {status, stderr} = spawnSync(
        process.execPath,
        [join(projectFolder, "lib/commands/readout.mjs"), "build", "--data", dataDir, "--out", join(folder, "out")],
        {encoding: "utf8"}
      );
      if (status !== 0) throw new Error(`build ended with ${status}: ${stderr.slice(-500)}`);
      return (performance.now() - start) / 1000;
    };
    const first = build();
    const quiet = Math.min(build(), build());
    return [
      {name: "build 200 small experiments for the first time", value: first, unit: "s"},
      {name: "build 200 experiments of which nothing changed", value: quiet, unit: "s", bound: 5}
    ];
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}
