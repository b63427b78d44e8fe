import {spawnSync} from "node:child_process";
import {mkdir, mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {indexEntryOf} from "../../lib/experiment/indexEntryOf.ts";
import {fixtureReadouts} from "../site/fixtures.ts";
import type {Measured} from "./measured.ts";

const bin = fileURLToPath(new URL("../../lib/commands/readout.mjs", import.meta.url));

/** Returns the time that `readout check` takes over 200 built experiments, from its start to its end; at most 2 s. */
export async function bench(): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "readout-bench-"));
  try {
    const bytes = await publish(folder, 200);
    const seconds = Array.from({length: 3}, () => {
      const start = performance.now();
      const {status, stderr} = spawnSync(process.execPath, [bin, "check", "--readouts", folder, "--now", "2026-02-01"]);
      if (status !== 0 && status !== 1) throw new Error(`readout check ended with ${status}: ${stderr.toString()}`);
      return (performance.now() - start) / 1000;
    }).sort((a, b) => a - b);
    return [
      {name: "readout check, 200 experiments", value: seconds[1] ?? NaN, unit: "s", bound: 2},
      {name: "readout check, size of each readout", value: bytes / 200 / 1000, unit: "kB"}
    ];
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/** Writes readouts as full as the ones that the pages are tried with; returns their bytes. */
async function publish(folder: string, count: number): Promise<number> {
  const made = fixtureReadouts();
  const experiments = [];
  let bytes = 0;
  for (let i = 0; i < count; ++i) {
    const readout = {...made[i % made.length]!, id: `experiment-${i}`};
    const text = `${JSON.stringify(readout)}\n`;
    bytes += text.length;
    await mkdir(join(folder, readout.id));
    await writeFile(join(folder, readout.id, "readout.json"), text);
    experiments.push(indexEntryOf(readout, {schedule: 1}));
  }
  await writeFile(join(folder, "index.json"), JSON.stringify({schemaVersion: 1, asOf: null, experiments}));
  return bytes;
}
