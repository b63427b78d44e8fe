import {spawn} from "node:child_process";
import {mkdir, readdir, rm, utimes, writeFile} from "node:fs/promises";
import {hostname} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterEach, describe, expect, it} from "vitest";
import {withLock} from "../../lib/commands/buildLock.ts";
import {projectFolder} from "../../lib/commands/framework.ts";
import {bytesOf, smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place?.remove());

const log = smallLog({units: 200});
const history = (): string => join(place.folder, "history");

function start(): ReturnType<typeof spawn> {
  return spawn(
    process.execPath,
    [
      join(projectFolder, "lib/commands/readout.mjs"),
      "build",
      "--data",
      place.dataDir,
      "--out",
      place.outDir,
      "--threads",
      "1"
    ],
    {stdio: ["ignore", "ignore", "pipe"]}
  );
}

const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((done) => child.on("close", (code) => done(code)));

/** Resolves once the build says that it is done with its first experiment, or has ended. */
const underway = (child: ReturnType<typeof spawn>): Promise<unknown> =>
  Promise.race([new Promise((done) => child.stderr?.once("data", done)), ended(child)]);

describe("readout build that is killed, or not alone", () => {
  it("ends in the bytes of one clean build after ten kills at different moments", async () => {
    place = await workplace(smallDefinitions(["one", "two", "three", "four"]));
    await log.write(place.dataDir);
    const clean = await place.build();
    expect(clean.failed).toEqual([]);
    const before = await bytesOf(place.outDir, history());
    await rm(place.outDir, {recursive: true});
    await rm(history(), {recursive: true});
    await rm(join(place.folder, ".readout"), {recursive: true});
    for (let i = 0; i < 10; ++i) {
      const child = start();
      const done = ended(child);
      // The first experiment's end, then up to a second beyond; every third is killed at its start.
      if (i % 3 === 2) await sleep(300 + 100 * i);
      else {
        await underway(child);
        await sleep(Math.random() * 250);
      }
      child.kill("SIGKILL");
      await done;
      if (i % 4 === 3) {
        await rm(join(place.outDir, "two"), {recursive: true, force: true});
        await rm(join(place.folder, ".readout"), {recursive: true, force: true});
      }
    }
    expect((await place.build()).failed).toEqual([]);
    expect(await bytesOf(place.outDir, history())).toEqual(before);
  }, 180_000);

  it("lets a second build wait for the first, and both end in the bytes of one", async () => {
    place = await workplace(smallDefinitions(["one", "two"]));
    await log.write(place.dataDir);
    await place.build();
    const before = await bytesOf(place.outDir, history());
    await rm(place.outDir, {recursive: true});
    await rm(history(), {recursive: true});
    await rm(join(place.folder, ".readout"), {recursive: true});
    const codes = await Promise.all([ended(start()), place.build(), place.build()]);
    expect(codes[0]).toBe(0);
    expect(await bytesOf(place.outDir, history())).toEqual(before);
  }, 60_000);
});

describe("withLock(folders, task, options)", () => {
  it("runs one task at a time, takes over from the dead, and leaves nothing behind", async () => {
    place = await workplace({});
    const folder = join(place.folder, "locked");
    await mkdir(folder);
    // No process has this id: the kernel's largest is below it.
    await writeFile(join(folder, ".lock"), JSON.stringify({host: hostname(), pid: 2 ** 30}));
    let inside = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(5);
      --inside;
    };
    await Promise.all(Array.from({length: 6}, () => withLock([folder, folder], task)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("gives up with the holder's name, and frees the folder when a task throws", async () => {
    place = await workplace({});
    await expect(withLock([place.folder], () => withLock([place.folder], async () => {}, {wait: 0}))).rejects.toThrow(
      /folder in use by another build/
    );
    await expect(withLock([place.folder], async () => {})).resolves.toBeUndefined();
  });

  it("takes over what an earlier process with this number left, and what another machine left long ago", async () => {
    place = await workplace({});
    const path = join(place.folder, ".lock");
    const taken = () => withLock([place.folder], async () => "mine", {wait: 0});
    await writeFile(path, JSON.stringify({host: hostname(), pid: process.pid, id: "of a container before"}));
    await expect(taken()).resolves.toBe("mine");
    await writeFile(path, JSON.stringify({host: "elsewhere", pid: 1, id: "x"}));
    await expect(taken()).rejects.toThrow(/folder in use by another build/);
    await utimes(path, new Date(Date.now() - 660_000), new Date(Date.now() - 660_000));
    await expect(taken()).resolves.toBe("mine");
  });
});
