import {existsSync} from "node:fs";
import {mkdir, readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import {afterEach, describe, expect, it} from "vitest";
import {addPublications} from "../../lib/commands/addPublications.ts";
import {parseEvery, watchReadouts} from "../../lib/commands/watch.ts";
import type {Report} from "../../lib/experiment/report.ts";
import {smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place?.remove());

describe("watchReadouts(options)", () => {
  it("refreshes the numbers of the site in place, of what changed only, and lives through a broken log", async () => {
    const log = smallLog({units: 200});
    place = await workplace(smallDefinitions(["one", "two"]));
    await log.write(place.dataDir, 8);
    await place.build();
    const site = join(place.folder, "dist");
    const hashed = join(site, "_file", "readouts", "one", "readout.0a1b2c3d.json");
    await mkdir(join(hashed, ".."), {recursive: true});
    await writeFile(hashed, "{}");
    await addPublications(site, {readouts: place.outDir});
    const report = async (): Promise<Report> =>
      JSON.parse(await readFile(join(site, "api", "experiments", "one.json"), "utf8"));
    expect((await report()).asOf).toBe("2026-01-12");

    const said: string[] = [];
    const stop = new AbortController();
    const rounds = [
      () => log.write(place.dataDir, 9),
      () => writeFile(join(place.dataDir, "events.csv"), "user,at\n"),
      () => log.write(place.dataDir, 10)
    ];
    const say = (text: string): void => {
      said.push(text);
      if (!text.startsWith("refreshed")) return;
      const next = rounds.shift();
      if (next === undefined) stop.abort();
      else void next();
    };
    await rounds.shift()?.();
    await watchReadouts({
      dataDir: place.dataDir,
      outDir: place.outDir,
      site,
      every: 200,
      signal: stop.signal,
      say
    });
    expect(said.filter((text) => text.startsWith("refreshed"))).toEqual(Array(3).fill("refreshed one, two"));
    expect(said.some((text) => /^one: .*event/.test(text))).toBe(true);
    expect((await report()).asOf).toBe("2026-01-14");
    expect((await report()).stale).toBe(null);
    const published = await readFile(join(place.outDir, "one", "readout.json"), "utf8");
    const copy = join(site, "readouts", "one", "readout.json");
    expect(gunzipSync(await readFile(`${copy}.gz`)).toString()).toBe(published);
    expect(existsSync(copy)).toBe(false);
    const run = JSON.parse(await readFile(join(site, "readouts", "one", "run.json"), "utf8"));
    expect(run).toEqual({runId: (await report()).runId, asOf: "2026-01-14", stale: null});
    const runs = JSON.parse(await readFile(join(site, "readouts", "one", "runs.json"), "utf8"));
    expect(runs.map(({date}: {date: string}) => date)).toEqual(["2026-01-12", "2026-01-13", "2026-01-14"]);
    // What carries a hash may be cached for good.
    expect(await readFile(hashed, "utf8")).toBe("{}");
  });
});

describe("parseEvery(text)", () => {
  it("reads seconds, minutes and hours, and refuses the rest", () => {
    expect([parseEvery("30s"), parseEvery("5m"), parseEvery("1h")]).toEqual([30_000, 300_000, 3_600_000]);
    for (const text of ["", "0s", "30", "-5s", "1d", "s"]) expect(() => parseEvery(text)).toThrow(/at least 1s/);
  });
});
