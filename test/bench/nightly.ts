import {spawnSync} from "node:child_process";
import {mkdir, mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {DuckdbEngine} from "../../lib/cube/engines/duckdb.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {projectFolder} from "../../lib/commands/framework.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures `readout build` from the command line on a log of 10 million events of 1 million units with a file for each of
 * 28 days: everything anew, then with one more day, then with nothing new.
 */
export async function bench({events = 10_000_000, units = 1_000_000, days = 28} = {}): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "readout-bench-"));
  const dataDir = join(folder, "data");
  try {
    await mkdir(join(dataDir, "experiments"), {recursive: true});
    for (const name of ["exposures", "events"]) await mkdir(join(dataDir, name));
    for (const [path, text] of Object.entries(definitions)) await writeFile(join(dataDir, path), text);
    const engine = await openDuckdb();
    try {
      for (let day = 0; day < days; ++day) await writeDay(engine, dataDir, day, {events: events / days, units});
      const full = build(folder);
      await writeDay(engine, dataDir, days, {events: events / days, units});
      const added = build(folder);
      const quiet = build(folder);
      return [
        {name: "build from 10 million events of 28 days", value: full, unit: "s"},
        {name: "one day more", value: added, unit: "s"},
        {name: "one day more / all", value: added / full, unit: "x", bound: 0.25},
        {name: "nothing new", value: quiet, unit: "s"}
      ];
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

const definitions = {
  "sources.yaml": `facts:
  exposures: {shape: exposures, path: exposures/*.parquet, unit: user_id, variant: variant, timestamp: ts, dimensions: [platform, country, plan]}
  events: {shape: events, path: events/*.parquet, unit: user_id, timestamp: ts, event: event, values: [amount]}
`,
  "metrics.yaml": `purchase: {kind: proportion, fact: events, event: purchase, window: 7d, covariate: 14d, direction: increase}
revenue: {kind: mean, fact: events, event: purchase, value: amount, direction: increase}
views: {kind: mean, fact: events, event: view, direction: increase}
per_view: {kind: ratio, numerator: {fact: events, event: purchase, value: amount}, denominator: {fact: events, event: view}, direction: increase}
again: {kind: retention, fact: events, event: view, days: [1, 7], direction: increase}
`,
  "experiments/large.yaml": `title: A large experiment
start: 2026-01-05
exposures: exposures
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
dimensions: [platform, country, plan]
metrics: {primary: [purchase], secondary: [revenue, views, per_view, again]}
`
};

/** Writes what came on one day: new units until the 20th day, and events of all units. */
async function writeDay(
  engine: DuckdbEngine,
  dataDir: string,
  day: number,
  {events, units}: {events: number; units: number}
): Promise<void> {
  const name = String(day).padStart(2, "0");
  const time = (salt: number) =>
    `TIMESTAMP '2026-01-05' + to_days(${day}) + to_microseconds(CAST(hash(i + ${salt}) % 86400000 AS BIGINT) * 1000)`;
  const [from, to] = [day, day + 1].map((each) => Math.floor((Math.min(each, 20) * units) / 20));
  await engine.run(
    `COPY (SELECT i AS user_id, CASE WHEN hash(i) % 2 = 0 THEN 'control' ELSE 'green' END AS variant, ${time(7)} AS ts, ['web', 'ios', 'android'][1 + CAST(hash(i * 3) % 3 AS INTEGER)] AS platform, 'c' || (hash(i * 5) % 8) AS country, CASE WHEN hash(i * 7) % 4 = 0 THEN 'paid' ELSE 'free' END AS plan FROM range(${from}, ${to}) t(i)) TO ${engine.dialect.literal(join(dataDir, "exposures", `${name}.parquet`))} (FORMAT parquet)`
  );
  const first = Math.floor(day * events);
  await engine.run(
    `COPY (SELECT CAST(hash(i) % ${units} AS BIGINT) AS user_id, ${time(11)} AS ts, ['purchase', 'view', 'view', 'search'][1 + CAST(hash(i * 3) % 4 AS INTEGER)] AS event, round(CAST(hash(i * 11) % 100000 AS DOUBLE) / 97, 2) AS amount FROM range(${first}, ${Math.floor(first + events)}) t(i)) TO ${engine.dialect.literal(join(dataDir, "events", `${name}.parquet`))} (FORMAT parquet)`
  );
}

/** Seconds of one build as a team runs it. */
function build(folder: string): number {
  const start = performance.now();
  const {status, stderr} = spawnSync(
    process.execPath,
    [
      join(projectFolder, "lib/commands/readout.mjs"),
      "build",
      "--data",
      join(folder, "data"),
      "--out",
      join(folder, "out")
    ],
    {encoding: "utf8"}
  );
  if (status !== 0) throw new Error(`build ended with ${status}: ${stderr.slice(-500)}`);
  return (performance.now() - start) / 1000;
}
