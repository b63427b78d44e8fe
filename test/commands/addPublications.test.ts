import {existsSync} from "node:fs";
import {mkdir, readFile, readdir, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {brotliDecompressSync, gunzipSync, gzipSync} from "node:zlib";
import {afterEach, describe, expect, it} from "vitest";
import {feedIdFor, feedIdOf, feedOf} from "../../lib/commands/feed.ts";
import {headersFile} from "../../lib/commands/headersFile.ts";
import {loadDefinitions} from "../../lib/commands/loadDefinitions.ts";
import {addPublications} from "../../lib/commands/addPublications.ts";
import {refuseSecrets} from "../../lib/commands/refuseSecrets.ts";
import {knownSecrets} from "../../lib/commands/secrets.ts";
import {reportIndexSchema, reportSchema} from "../../lib/experiment/report.ts";
import {faultsOf} from "./jsonSchema.ts";
import {bytesOf, smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const log = smallLog({units: 200});
const json = async (path: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(place.folder, "dist", path), "utf8"));

async function published(definitions = smallDefinitions(["one", "two"])): Promise<string> {
  place = await workplace(definitions);
  await log.write(place.dataDir);
  await place.build();
  const dist = join(place.folder, "dist");
  await mkdir(dist);
  await writeFile(join(dist, "index.html"), "<!doctype html><title>Readout</title>".repeat(40));
  await addPublications(dist, {readouts: place.outDir});
  return dist;
}

describe("addPublications(folder, options)", () => {
  it("writes reports that follow their schema and say what the readout says", async () => {
    await published();
    const index = reportIndexSchema.strict().parse(await json("api/experiments.json"));
    expect(index.experiments.map(({id, report, page}) => [id, report, page])).toEqual([
      ["one", "experiments/one.json", "../experiments/one.html"],
      ["two", "experiments/two.json", "../experiments/two.html"]
    ]);
    const report = reportSchema.strict().parse(await json("api/experiments/one.json"));
    const readout = await place.readout("one");
    expect(report.decision.verdict).toBe(readout.decision.verdict);
    expect(report.metrics[0]?.comparisons[0]?.pValue).toBe(readout.metrics[0]?.comparisons[0]?.pValue);
    expect(await json("api/experiment.schema.json")).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      required: expect.arrayContaining(["apiVersion", "decision", "metrics"])
    });
    expect((await json("api/experiments.schema.json")).properties).toHaveProperty("experiments");
    const list = await json("api/experiments.json");
    expect(faultsOf(await json("api/experiments.schema.json"), list)).toEqual([]);
    const one = await json("api/experiments/one.json");
    const schema = await json("api/experiment.schema.json");
    expect(faultsOf(schema, one)).toEqual([]);
    // A field of a later build within the version is no fault; one that is missing is.
    expect(faultsOf(schema, {...one, more: 1})).toEqual([]);
    expect(faultsOf(schema, {...one, decision: {}, apiVersion: 2})).toEqual(
      expect.arrayContaining(["$.apiVersion: not 1", "$.decision.verdict: missing"])
    );
  });

  it("lists an experiment without a readout, without a report", async () => {
    const files = smallDefinitions(["one", "two"]);
    const broken = files["experiments/two.yaml"]!.replace("exposures: exposed", "exposures: gone");
    await published({
      ...files,
      "experiments/two.yaml": broken,
      "sources.yaml": `${files["sources.yaml"]}  gone: {shape: exposures, path: gone.csv, unit: user, variant: arm, timestamp: at}\n`
    });
    const index = reportIndexSchema.parse(await json("api/experiments.json"));
    expect(index.experiments[1]).toMatchObject({id: "two", report: null, verdict: null});
    expect(index.experiments[1]?.error).toMatch(/gone/);
  });

  it("publishes an empty list where nothing is built", async () => {
    place = await workplace({});
    const dist = join(place.folder, "dist");
    await mkdir(dist);
    await addPublications(dist, {readouts: place.outDir});
    expect(await json("api/experiments.json")).toMatchObject({experiments: []});
    expect(await readdir(join(dist, "readouts"))).toContain("index.json");
  });

  it("puts a gzip file beside each text file that becomes smaller by it, and gives the same bytes again", async () => {
    const dist = await published();
    const names = (await readdir(dist, {recursive: true})).filter((name) => /\.(html|json|xml|txt)$/.test(name));
    expect(names.length).toBeGreaterThan(7);
    for (const name of names) {
      const plain = await readFile(join(dist, name));
      const single = /^(readouts|api\/experiments)\//.test(name);
      if (single) expect(existsSync(join(dist, `${name}.gz`))).toBe(plain.length > 12_000);
      else if (plain.length > 300)
        expect(gunzipSync(await readFile(join(dist, `${name}.gz`))).equals(plain)).toBe(true);
      expect(existsSync(join(dist, `${name}.br`))).toBe(false);
    }
    expect((await readdir(join(dist, "readouts/one"))).filter((name) => /parquet\./.test(name))).toEqual([]);
    // A page that says noindex must be let read.
    expect(await readFile(join(dist, "robots.txt"), "utf8")).toMatch(/^# .*\nUser-agent: \*\nAllow: \/\n$/);
    const before = await bytesOf(dist);
    await addPublications(dist, {readouts: place.outDir});
    expect(await bytesOf(dist)).toEqual(before);
  });

  it("packs files with brotli, both or not at all where it is told to", async () => {
    const dist = await published();
    const page = join(dist, "index.html");
    const packedAs = async (pack: "brotli" | "both" | "none") => {
      for (const ending of [".gz", ".br"]) await rm(`${page}${ending}`, {force: true});
      await addPublications(dist, {readouts: place.outDir, pack});
      return [".gz", ".br"].filter((ending) => existsSync(`${page}${ending}`));
    };
    expect(await packedAs("none")).toEqual([]);
    expect(await packedAs("brotli")).toEqual([".br"]);
    expect(brotliDecompressSync(await readFile(`${page}.br`)).equals(await readFile(page))).toBe(true);
    expect(await packedAs("both")).toEqual([".gz", ".br"]);
  });

  it("says under names that stay which run is published, in a few bytes, and what was published until now", async () => {
    const dist = await published();
    const readout = await place.readout("one");
    expect(await json("readouts/one/run.json")).toEqual({runId: readout.runId, asOf: readout.asOf, stale: null});
    expect((await readFile(join(dist, "readouts/one/run.json"))).length).toBeLessThan(120);
    expect(await json("readouts/one/runs.json")).toMatchObject([{runId: readout.runId, date: readout.asOf}]);
    const packed = await readFile(join(dist, "readouts/one/readout.json.gz"));
    expect(JSON.parse(gunzipSync(packed).toString())).toEqual(JSON.parse(JSON.stringify(readout)));
    expect((await json("readouts/index.json")).experiments).toHaveLength(2);
    expect(Object.keys(await json("readouts/run.json"))).toEqual(["runId", "asOf", "stale"]);
  });

  it("has no absolute address in reports and feed, so that they work under any base", async () => {
    const dist = await published();
    for (const name of ["api/experiments.json", "api/experiments/one.json"])
      expect(await readFile(join(dist, name), "utf8")).not.toMatch(/"(?:https?:)?\//);
    expect(await readFile(join(dist, "feed.xml"), "utf8")).not.toMatch(/href="(?:https?:)?\//);
  });

  it("publishes none of the secrets of sources.yaml, and refuses a site with one", async () => {
    process.env.READOUT_TEST_URL = "postgres://reader:p%40ss-w0rd-9c1e@db.example/logs";
    process.env.READOUT_TEST_HOOK = "https://hooks.example/T0/B0/s3cr3t-token";
    const sources =
      'connections: {warehouse: {engine: postgres, url: "${READOUT_TEST_URL}"}}\nwebhooks: {team: {url: "${READOUT_TEST_HOOK}"}}\n';
    const dist = await published(smallDefinitions(["one"], {sources}));
    await loadDefinitions(place.dataDir);
    const values = knownSecrets().map(({value}) => value);
    expect(values).toEqual(expect.arrayContaining(["p@ss-w0rd-9c1e", process.env.READOUT_TEST_HOOK]));
    for (const folder of [dist, place.outDir])
      for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
        if (!entry.isFile()) continue;
        const content = await readFile(join(entry.parentPath, entry.name));
        const plain = entry.name.endsWith(".gz") ? gunzipSync(content) : content;
        for (const value of values) expect(plain.includes(value)).toBe(false);
      }
    await writeFile(join(dist, "leak.json.gz"), gzipSync('{"password": "p@ss-w0rd-9c1e"}'));
    await expect(refuseSecrets(dist, knownSecrets())).rejects.toThrow(/leak\.json\.gz: READOUT_TEST_URL/);
    await rm(join(dist, "leak.json.gz"));
    await writeFile(join(dist, "leak.json"), '{"password": "p@ss-w0rd-9c1e"}');
    const refused = refuseSecrets(dist, knownSecrets());
    await expect(refused).rejects.toThrow(/leak\.json: READOUT_TEST_URL/);
    await expect(refused).rejects.not.toThrow(/w0rd/);
    delete process.env.READOUT_TEST_URL;
    delete process.env.READOUT_TEST_HOOK;
  });
});

describe("headersFile(options)", () => {
  it("names every policy that a page has, and caches for good only what carries its hash", () => {
    const lines = headersFile({base: "/tests/"}).split("\n");
    expect(lines[0]).toBe("/tests/*");
    expect(lines[1]).toMatch(/default-src 'none'; script-src 'self' .*; frame-ancestors 'self'$/);
    expect(lines.join("\n")).not.toMatch(/'unsafe-eval'|https?:|public/);
    expect(lines).toContain("  X-Robots-Tag: noindex");
    const paths = lines.flatMap((line, i) => (/immutable/.test(line) ? [lines[i - 1]] : []));
    expect(paths).toEqual(["/tests/_file/*", "/tests/_import/*", "/tests/_node/*", "/tests/_observablehq/*"]);
    expect(headersFile().split("\n")[0]).toBe("/*");
    expect(headersFile({robots: "index"})).not.toContain("X-Robots-Tag");
  });
});

describe("feedOf(readouts, options)", () => {
  it("has an entry for the first verdict and for each change, newest first, hostile titles escaped", async () => {
    await published();
    const readout = {
      ...(await place.readout("one")),
      title: `A & B <script>\u0001"x"</script>`,
      timeline: [
        {date: "2026-01-06", runId: "a1", verdict: "keep-running" as const, label: "Keep running"},
        {date: "2026-01-09", runId: "b2", verdict: "ship" as const, label: "Ship"}
      ]
    };
    const feed = feedOf([readout]);
    expect(Array.from(feed.matchAll(/<entry>[\s\S]*?<title>(.*?)<\/title>/g), ([, title]) => title)).toEqual([
      "A &amp; B &lt;script&gt;&quot;x&quot;&lt;/script&gt;: Keep running → Ship",
      "A &amp; B &lt;script&gt;&quot;x&quot;&lt;/script&gt;: Keep running"
    ]);
    expect(feed).toContain("<updated>2026-01-09T00:00:00Z</updated>\n<author>");
    expect(feed).toContain('href="experiments/one.html"');
    expect(feedOf([readout], {limit: 1}).match(/<entry>/g)).toHaveLength(1);
    expect(feedOf([])).not.toContain("<entry>");
  });
  it("has an id of its own for each site, so that a reader of several feeds tells them apart", () => {
    const ids = ["/", "/growth/", "https://a.example/growth/", "https://b.example/growth/"].map(feedIdFor);
    expect(new Set(ids).size).toBe(4);
    expect(feedIdFor("growth")).toBe(feedIdFor("/growth/"));
    expect(ids[2]).toBe("https://a.example/growth/feed.xml");
    for (const id of ids) expect(feedIdOf(feedOf([], {id}))).toBe(id);
    expect(feedIdOf("")).toBe(feedIdFor("/"));
  });
});
