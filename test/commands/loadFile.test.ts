import {execFile} from "node:child_process";
import {readFile, readdir} from "node:fs/promises";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";
import {afterEach, describe, expect, it} from "vitest";
import {smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const project = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(project, "src", "readouts", "[experiment]");

/** Runs a data loader as the preview does: a process of its own, told the experiment, its file on stdout. */
async function load(loader: string, experiment: string): Promise<Buffer> {
  const {stdout} = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", join(folder, loader), `--experiment=${experiment}`],
    {cwd: project, env: {...process.env, READOUT_DATA: place.dataDir}, encoding: "buffer", maxBuffer: 1e8}
  );
  return stdout;
}

describe("data loaders of the preview", () => {
  it("give the bytes that the build writes, before it and after it", async () => {
    place = await workplace(smallDefinitions(["one"]));
    await smallLog().write(place.dataDir);
    const loaders = (await readdir(folder)).toSorted();
    expect(loaders).toEqual(
      ["entries", "path", "readout", "tenure", "traffic"].map(
        (name) => `${name}.${name === "readout" ? "json" : "parquet"}.ts`
      )
    );
    const before = await Promise.all(loaders.map((loader) => load(loader, "one")));
    await place.build();
    const built = await Promise.all(
      loaders.map((name) => readFile(join(place.outDir, "one", name.replace(/\.ts$/, ""))))
    );
    for (const [i, loader] of loaders.entries()) expect(before[i]?.equals(built[i]!), loader).toBe(true);
    expect((await load("readout.json.ts", "one")).equals(built[loaders.indexOf("readout.json.ts")]!)).toBe(true);
  });

  it("name an experiment that is not there, and write nothing", async () => {
    place = await workplace(smallDefinitions(["one"]));
    await smallLog().write(place.dataDir);
    await expect(load("path.parquet.ts", "two")).rejects.toMatchObject({
      code: 1,
      stdout: Buffer.alloc(0),
      stderr: expect.objectContaining({length: expect.any(Number)})
    });
  });
});
