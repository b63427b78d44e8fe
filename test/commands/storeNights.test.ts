import {spawn, spawnSync} from "node:child_process";
import {mkdir, readFile, readdir, rm, stat, truncate, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterEach, describe, expect, it} from "vitest";
import {projectFolder} from "../../lib/commands/framework.ts";
import {bytesOf, smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

const log = smallLog({units: 200});
const ids = ["one", "two"];
const made: Workplace[] = [];
const mounted: string[] = [];

afterEach(async () => {
  for (const folder of mounted.splice(0)) spawnSync("umount", [folder]);
  for (const place of made.splice(0)) await place.remove();
});

async function newPlace(): Promise<Workplace> {
  const place = await workplace(smallDefinitions(ids));
  made.push(place);
  return place;
}

const history = (place: Workplace): string => join(place.folder, "history");
const store = (place: Workplace): string => join(place.folder, ".readout", "store");
const published = (place: Workplace) => bytesOf(place.outDir, history(place));

/** Builds one night after the other. */
async function nights(place: Workplace, ...counts: readonly number[]): Promise<void> {
  for (const count of counts) {
    await log.write(place.dataDir, count);
    expect((await place.build()).failed).toEqual([]);
  }
}

describe("readout build of one more night", () => {
  it("ends in the bytes of a build that was left alone, after ten kills at different moments", async () => {
    const [alone, place] = [await newPlace(), await newPlace()];
    await nights(alone, 9, 10);
    await nights(place, 9);
    await log.write(place.dataDir, 10);
    const bin = join(projectFolder, "lib/commands/readout.mjs");
    let killed = 0;
    for (let i = 0; i < 10; ++i) {
      const child = spawn(process.execPath, [bin, "build", "--data", place.dataDir, "--out", place.outDir], {
        stdio: "ignore"
      });
      const ended = new Promise<NodeJS.Signals | null>((done) => child.on("close", (_, signal) => done(signal)));
      // The store is first touched when a lock is there; what follows takes about a second.
      while (child.exitCode === null && !(await readdir(store(place))).includes(".lock")) await sleep(5);
      await sleep(Math.random() * 120 * (i + 1));
      child.kill("SIGKILL");
      if ((await ended) === "SIGKILL") ++killed;
    }
    expect(killed).toBeGreaterThan(0);
    expect((await place.build()).failed).toEqual([]);
    expect(await published(place)).toEqual(await published(alone));
  }, 180_000);

  it("gives the same bytes with --no-store, and then keeps no row of a file", async () => {
    const [alone, place] = [await newPlace(), await newPlace()];
    await nights(alone, 9);
    await log.write(place.dataDir, 9);
    const bin = join(projectFolder, "lib/commands/readout.mjs");
    const args = [bin, "build", "--no-store", "--data", place.dataDir, "--out", place.outDir];
    expect(spawnSync(process.execPath, args).status).toBe(0);
    expect(await published(place)).toEqual(await published(alone));
    expect(await readdir(join(store(alone), "facts"))).not.toEqual([]);
    expect(await readdir(store(place))).not.toContain("facts");
  }, 60_000);

  it("ends in the same bytes with two builds at once", async () => {
    const [alone, place] = [await newPlace(), await newPlace()];
    await nights(alone, 9, 10);
    await nights(place, 9);
    await log.write(place.dataDir, 10);
    for (const {failed} of await Promise.all([place.build(), place.build()])) expect(failed).toEqual([]);
    expect(await published(place)).toEqual(await published(alone));
  }, 60_000);

  it("names fact and experiment when the disk is full, keeps what is published, marked stale, and goes on later", async (context) => {
    const [alone, place] = [await newPlace(), await newPlace()];
    await nights(alone, 9, 10);
    const folder = join(place.folder, ".readout");
    await mkdir(folder);
    // A file system of its own, which only the superuser can make.
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", folder]).status !== 0) return context.skip();
    mounted.push(folder);
    await nights(place, 9);
    const before = await place.readout("one");
    const filler = join(folder, "filler");
    expect(spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=1k", "count=8192"]).status).not.toBe(0);
    await expect(place.build()).rejects.toThrow(/no space left on the disk for a lock; free some: .*\.readout/);
    expect(await place.readout("one")).toEqual(before);
    // Room for the lock, not for the rows.
    await truncate(filler, (await stat(filler)).size - 4096);
    await log.write(place.dataDir, 10);
    const {exitCode, failed} = await place.build();
    expect(exitCode).toBe(1);
    expect(failed.map(({id}) => id)).toEqual(ids);
    for (const {id, reason} of failed)
      expect(reason).toMatch(
        new RegExp(`^experiment ${id}: no space left on the disk for the rows of fact (exposed|events); free some`)
      );
    const stale = await place.readout("one");
    expect(stale).toEqual({...before, stale: {since: before.asOf, reason: failed[0]?.reason}});
    await rm(filler);
    expect((await place.build()).failed).toEqual([]);
    expect(await published(place)).toEqual(await published(alone));
  }, 60_000);
});

describe("readout build after one definition changed", () => {
  it("computes the experiments that depend on it, and reads no log again", async () => {
    const place = await newPlace();
    await nights(place, 9);
    const metrics = join(place.dataDir, "metrics.yaml");
    const own = `also: {kind: mean, fact: events, event: buy, direction: increase}\n`;
    await writeFile(metrics, (await readFile(metrics, "utf8")) + own);
    expect((await place.build()).unchanged).toEqual(ids);

    const two = join(place.dataDir, "experiments/two.yaml");
    await writeFile(two, (await readFile(two, "utf8")).replace("secondary: [spent]", "secondary: [spent, also]"));
    const stored = async () => {
      const names = (await readdir(join(store(place), "facts"), {recursive: true})).toSorted();
      return Promise.all(names.map(async (name) => [name, (await stat(join(store(place), "facts", name))).ino]));
    };
    const before = await stored();
    expect((await place.build()).unchanged).toEqual(["one"]);
    expect((await place.readout("two")).metrics.map(({key}) => key)).toContain("also");

    await writeFile(metrics, (await readFile(metrics, "utf8")).replace(own, own.replace("event: buy", "event: sell")));
    expect((await place.build()).unchanged).toEqual(["one"]);
    expect(await stored()).toEqual(before);
  });
});
