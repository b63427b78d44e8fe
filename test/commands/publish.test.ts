import {spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {cp, mkdir, readFile, readdir, rm, symlink, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {projectFolder} from "../../lib/commands/framework.ts";
import {smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

const work = join(".readout", "test-site", `publish-${process.pid}`);
const site = join(projectFolder, work, "src");
const dist = join(projectFolder, work, "dist");

let place: Workplace;

beforeAll(async () => {
  place = await workplace(smallDefinitions(["one", "two"]));
  await smallLog({units: 200}).write(place.dataDir);
  await mkdir(site, {recursive: true});
  for (const entry of ["index.md", "404.md", "experiments", "components", "style.css"])
    await cp(join(projectFolder, "src", entry), join(site, entry), {recursive: true});
  await symlink(join(projectFolder, "lib"), join(site, "lib"));
});

afterAll(async () => {
  await place?.remove();
  await rm(join(projectFolder, work), {recursive: true, force: true});
});

function readout(...args: string[]): Promise<{code: number | null; out: string; err: string}> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectFolder, "lib/commands/readout.mjs"), ...args], {
      env: {...process.env, READOUT_SITE: join(work, "src"), READOUT_DATA: place.dataDir}
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({code, out, err}));
  });
}

const page = (id: string) => readFile(join(dist, "experiments", `${id}.html`), "utf8");

describe("readout publish", () => {
  it("ends with 0 when all is built, with 3 when some are stale, with 2 when it cannot run, and never with half a site", async () => {
    const first = await readout("publish", "--out", dist, "--base", "https://a.example/teams/growth");
    expect([first.code, first.err.includes("Error")]).toEqual([0, false]);
    expect(first.out).toContain(`4 pages in ${dist}`);
    expect(await page("two")).toContain("<title>Experiment two | Readout</title>");
    expect(await readFile(join(dist, "_headers"), "utf8")).toContain("\n/teams/growth/readouts/*\n");
    expect(await readFile(join(dist, "feed.xml"), "utf8")).toContain(
      "<id>https://a.example/teams/growth/feed.xml</id>"
    );
    const names = await readdir(dist);
    // A memo is a file to take along, not source of a page.
    const memo = await readFile(join(dist, "readouts", "two", "memo.html"), "utf8");
    expect([memo.includes("observablehq"), memo.includes("Content-Security-Policy")]).toEqual([false, true]);

    // Definitions that cannot be read: nothing is touched.
    const one = join(place.dataDir, "experiments", "one.yaml");
    const text = await readFile(one, "utf8");
    await writeFile(one, text.replace("[bought]", "[bougt]"));
    expect((await readout("publish", "--out", dist)).code).toBe(2);
    expect(await readdir(dist)).toEqual(names);

    // One experiment has no logs tonight: its last good page stays, marked stale; the other site is unpacked.
    await writeFile(one, text.replace("exposures: exposed", "exposures: gone"));
    const sources = join(place.dataDir, "sources.yaml");
    await writeFile(
      sources,
      `${await readFile(sources, "utf8")}  gone: {shape: exposures, path: gone.csv, unit: user, variant: arm, timestamp: at}\n`
    );
    const second = await readout("publish", "--out", dist, "--pack", "none");
    expect(second.code).toBe(3);
    expect(second.err).toContain("one:");
    expect(await page("one")).toMatch(/stale/i);
    expect([await page("one"), await page("two")].map((text) => text.includes("fact gone: gone.csv"))).toEqual([
      true,
      false
    ]);
    expect(await page("one")).not.toContain(place.dataDir);
    expect(existsSync(join(dist, "index.html.gz"))).toBe(false);
    expect(await readdir(join(dist, ".."))).toEqual(expect.not.arrayContaining(["dist.previous"]));
  }, 300_000);

  it("is what --help says, and refuses what it does not know", async () => {
    const [help, unknown] = await Promise.all([readout("publish", "--help"), readout("publish", "--pack", "zip")]);
    expect(help.code).toBe(0);
    expect(help.out).toMatch(
      /0 if all were built, 3 if some are stale or failed, 1 if none was built, 2 if it could not/
    );
    expect(unknown.code).toBe(2);
  });
});
