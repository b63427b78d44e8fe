import {existsSync} from "node:fs";
import {mkdir, readFile, readdir, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {afterEach, describe, expect, it} from "vitest";
import type {ReadoutIndex} from "../../lib/experiment/readout.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

const exposures = (rows: readonly string[]): string => `user,arm,at\n${rows.join("\n")}\n`;

/** Forty units on four days, half in each arm. */
const goodRows = Array.from({length: 40}, (_, i) => `u${i},${i % 2 ? "b" : "a"},2026-01-0${5 + (i % 4)}T10:00:00Z`);

const definitions = (sources = "{shape: exposures, path: exposures.csv, unit: user, variant: arm, timestamp: at}") => ({
  "sources.yaml": `facts:
  exposed: ${sources}
  events: {shape: events, path: events.csv, unit: user, timestamp: at, event: event, values: [amount]}
`,
  "metrics.yaml": `bought: {kind: proportion, fact: events, event: buy, direction: increase}
spent: {kind: mean, fact: events, event: buy, value: amount, direction: increase}
`,
  "experiments/one.yaml": `title: One
start: 2026-01-05
exposures: exposed
minimumUnits: 2
variants: {a: {role: control, weight: 0.5}, b: {weight: 0.5}}
metrics: {primary: [bought], secondary: [spent]}
`
});

const events =
  "user,at,event,amount\nu0,2026-01-06T00:00:00Z,buy,3\nu1,2026-01-06T00:00:00Z,buy,4\nu3,2026-01-07T00:00:00Z,buy,2\nu5,2026-01-07T00:00:00Z,buy,1\n";

async function failure(files: Record<string, string | Buffer>, sources?: string): Promise<string> {
  place = await workplace(definitions(sources));
  for (const [name, content] of Object.entries({
    "exposures.csv": exposures(goodRows),
    "events.csv": events,
    ...files
  })) {
    if (content === "") continue;
    await writeFile(join(place.dataDir, name), content);
  }
  const {failed, exitCode} = await place.build();
  expect(exitCode).toBe(1);
  expect(existsSync(join(place.outDir, "one"))).toBe(false);
  const index: ReadoutIndex = JSON.parse(await readFile(join(place.outDir, "index.json"), "utf8"));
  // What is published names files as the definitions do.
  expect(index.experiments[0]?.error).toBe(failed[0]?.reason.replaceAll(join(place.dataDir, "/"), ""));
  return failed[0]?.reason ?? "";
}

describe("readout build with files that cannot be read", () => {
  it("names a file that is missing, and the fact", async () => {
    const reason = await failure({"exposures.csv": ""});
    expect(reason).toMatch(/exposed/);
    expect(reason).toMatch(/exposures\.csv/);
    expect(reason).not.toMatch(/\n/);
  });

  it("names a file that is empty", async () => {
    const reason = await failure({"exposures.csv": "\n"});
    expect(reason).toMatch(/exposed/);
    expect(reason).toMatch(/exposures\.csv/);
  });

  it("names a column that the YAML maps and the file lacks, and the columns that are there", async () => {
    const reason = await failure({"exposures.csv": exposures(goodRows).replace("user,arm,at", "user,group,at")});
    expect(reason).toMatch(/arm/);
    expect(reason).toMatch(/group/);
    expect(reason).toMatch(/exposed/);
  });

  it("takes a file without a header for one that lacks the columns", async () => {
    const reason = await failure({"exposures.csv": `${goodRows.join("\n")}\n`});
    expect(reason).toMatch(/user, arm, at/);
    expect(reason).toMatch(/exposures\.csv/);
    expect(reason).not.toMatch(/u0/);
  });

  it("names a gzip file that is cut off", async () => {
    const whole = gzipSync(
      Buffer.from(
        exposures(
          Array.from(
            {length: 20000},
            (_, i) => `unit-${i * 7919},${i % 2 ? "b" : "a"},2026-01-05T10:00:${String(i % 60).padStart(2, "0")}Z`
          )
        )
      )
    );
    const reason = await failure(
      {"exposures.csv.gz": whole.subarray(0, Math.floor(whole.length / 2))},
      "{shape: exposures, path: exposures.csv.gz, unit: user, variant: arm, timestamp: at}"
    );
    expect(reason).toMatch(/exposures\.csv\.gz|exposed/);
  });

  it("names a file that is not UTF-8", async () => {
    const reason = await failure({"exposures.csv": Buffer.from(`user,arm,at\nM\u00fcller,a,2026-01-05\n`, "latin1")});
    expect(reason).toMatch(/exposures\.csv|exposed/);
    expect(reason).toMatch(/UTF-8|utf-8|unicode/i);
  });

  it("names a Parquet file that is none", async () => {
    const reason = await failure(
      {"exposures.parquet": "PAR1 but no more"},
      "{shape: exposures, path: exposures.parquet, unit: user, variant: arm, timestamp: at}"
    );
    expect(reason).toMatch(/exposures\.parquet|exposed/);
  });
});

describe("readout build with rows that do not count", () => {
  it("counts each reason, and drops nothing silently", async () => {
    place = await workplace(definitions());
    const rows = [
      ...goodRows,
      "u0,b,2026-01-05T11:00:00Z", // seen in two variants
      ",a,2026-01-05T11:00:00Z",
      "x1,c,2026-01-05T11:00:00Z",
      "x2,a,yesterday"
    ];
    await writeFile(join(place.dataDir, "exposures.csv"), exposures(rows));
    await writeFile(
      join(place.dataDir, "events.csv"),
      `${events}u7,2026-01-08T12:00:00Z,buy,-5\nu9,2026-01-08T12:00:00Z,buy,lots\nnobody,2026-01-08T12:00:00Z,buy,1\nu11,2026-01-07T12:00:00Z,buy,1\nu11,2026-01-07T12:00:00Z,buy,1\n`
    );
    expect((await place.build()).failed).toEqual([]);
    const {input} = await place.readout("one");
    const rowsOf = (reason: string): number =>
      input.excluded.filter((row) => row.reason === reason).reduce((n, row) => n + row.rows, 0);
    expect(rowsOf("two-variants")).toBeGreaterThan(0);
    for (const reason of [
      "missing-unit",
      "unknown-variant",
      "unparseable-timestamp",
      "negative-value",
      "not-numeric",
      "without-exposure",
      "duplicated-row"
    ])
      expect([reason, rowsOf(reason)]).toEqual([reason, 1]);
    expect(input.excluded.every(({text}) => text.length > 10)).toBe(true);
  });

  it("builds the others when one fails, and ends with 3", async () => {
    const files = definitions();
    place = await workplace({
      ...files,
      "sources.yaml": `${files["sources.yaml"]}  gone: {shape: exposures, path: gone.csv, unit: user, variant: arm, timestamp: at}\n`,
      "experiments/two.yaml": files["experiments/one.yaml"].replace("exposures: exposed", "exposures: gone")
    });
    await writeFile(join(place.dataDir, "exposures.csv"), exposures(goodRows));
    await writeFile(join(place.dataDir, "events.csv"), events);
    const {exitCode, built, failed} = await place.build();
    expect({exitCode, built, failed: failed.map(({id}) => id)}).toEqual({exitCode: 3, built: ["one"], failed: ["two"]});
  });

  it("keeps the last good readout, marked stale, when its log goes away", async () => {
    place = await workplace(definitions());
    await writeFile(join(place.dataDir, "exposures.csv"), exposures(goodRows));
    await writeFile(join(place.dataDir, "events.csv"), events);
    await place.build();
    const before = await place.readout("one");
    await writeFile(join(place.dataDir, "exposures.csv"), "user,group\n");
    expect((await place.build()).exitCode).toBe(1);
    const after = await place.readout("one");
    expect(after.metrics).toEqual(before.metrics);
    expect(after.stale?.since).toBe(before.asOf);
    expect(after.stale?.reason).toMatch(/arm/);
  });

  it("leaves nothing half-written beside the readouts", async () => {
    place = await workplace(definitions());
    await mkdir(place.outDir, {recursive: true});
    await place.build();
    expect((await readdir(place.outDir)).sort()).toEqual(["index.json"]);
  });

  it("publishes no unit id, also of hostile ones", async () => {
    place = await workplace(definitions());
    const id = `"><script>u</script>`;
    await writeFile(
      join(place.dataDir, "exposures.csv"),
      exposures([...goodRows, `"${id.replaceAll('"', '""')}",a,2026-01-06T10:00:00Z`])
    );
    await writeFile(join(place.dataDir, "events.csv"), events);
    await place.build();
    for (const name of await readdir(join(place.outDir, "one"))) {
      const bytes = await readFile(join(place.outDir, "one", name));
      expect(bytes.includes("script>u")).toBe(false);
      expect(bytes.includes("u13")).toBe(false);
    }
  });
});
