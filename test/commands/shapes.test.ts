import {writeFile} from "node:fs/promises";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {DuckDBInstance} from "@duckdb/node-api";
import {afterEach, describe, expect, it} from "vitest";
import type {Readout} from "../../lib/experiment/readout.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

const experiment = (metrics = "{primary: [converted]}") => `title: Any shape
start: 2026-01-05
end: 2026-01-08
exposures: input
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
metrics: ${metrics}
`;

async function built(input: string, metrics: string, file: [string, string | Buffer], used?: string): Promise<Readout> {
  place = await workplace({
    "sources.yaml": `facts:\n  input: ${input}\n`,
    "metrics.yaml": metrics,
    "experiments/any.yaml": experiment(used)
  });
  await writeFile(join(place.dataDir, file[0]), file[1]);
  expect((await place.build()).failed).toEqual([]);
  return place.readout("any");
}

// 120 of 1000 and 141 of 1000, pooled by hand: 0.021 / sqrt(0.1305 * 0.8695 * 2 / 1000).
const z = 1.3940047316868254;

describe("readout build from each shape of input", () => {
  it("reads a summary: one row per variant with users and conversions", async () => {
    const readout = await built(
      "{shape: summary, path: summary.csv, variant: variant, users: users}",
      "converted: {kind: proportion, fact: input, value: conversions, direction: increase}\n",
      ["summary.csv", "variant,users,conversions\ncontrol,1000,120\ngreen,1000,141\n"]
    );
    expect(readout.metrics[0]!.arms.map(({n, mean}) => [n, mean])).toEqual([
      [1000, 0.12],
      [1000, 0.141]
    ]);
    expect(readout.metrics[0]!.comparisons[0]!.statistic).toBeCloseTo(z, 10);
  });

  it("reads sums and sums of squares of a summary, with their own number of units", async () => {
    const readout = await built(
      "{shape: summary, path: summary.tsv, variant: variant, users: users}",
      `converted: {kind: proportion, fact: input, value: conversions, direction: increase}
spent: {kind: mean, fact: input, value: metric_sum, squares: metric_sum_sq, count: n, direction: increase}
`,
      [
        "summary.tsv",
        "variant\tusers\tconversions\tmetric_sum\tmetric_sum_sq\tn\ncontrol\t4000\t400\t1396.87\t52377.9767\t3407\ngreen\t4000\t440\t2422.7\t134698.29\t3461\n"
      ],
      "{primary: [converted], secondary: [spent]}"
    );
    const spent = readout.metrics.find(({key}) => key === "spent")!.comparisons[0]!;
    // GrowthBook gbstats 0.8.0 fixtures, five decimals.
    expect(spent.difference).toBeCloseTo(0.29, 5);
    expect(spent.pValue).toBeCloseTo(0.02016, 5);
    expect(spent.interval![0]).toBeCloseTo(0.04538, 5);
    expect(spent.interval![1]).toBeCloseTo(0.53462, 5);
  });

  it("blocks a summary that breaks its contracts", async () => {
    const readout = await built(
      "{shape: summary, path: summary.csv, variant: variant, users: users}",
      "converted: {kind: proportion, fact: input, value: conversions, direction: increase}\n",
      ["summary.csv", "variant,users,conversions\ncontrol,1000,120\ngreen,1000,1410\n"]
    );
    expect(readout.decision.verdict).toBe("blocked");
    expect(readout.health.checks.find(({status}) => status === "blocked")!.message).toMatch(
      /converted above the number of users/
    );
  });

  it("reads snapshots of n, mean and variance over time", async () => {
    const readout = await built(
      "{shape: snapshots, path: snapshots.csv.gz, variant: arm, timestamp: day, n: n, mean: mean, variance: variance, metric: metric}",
      "converted: {kind: mean, fact: input, value: orders, direction: increase}\n",
      [
        "snapshots.csv.gz",
        gzipSync(
          "arm,day,metric,n,mean,variance\ncontrol,2026-01-05,orders,100,2,1\ngreen,2026-01-05,orders,100,2.5,1\ncontrol,2026-01-06,orders,400,2.1,1.5\ngreen,2026-01-06,orders,400,2.3,1.6\n"
        )
      ]
    );
    const metric = readout.metrics[0]!;
    expect(metric.arms.map(({n}) => n)).toEqual([400, 400]);
    expect(metric.arms[1]!.mean).toBeCloseTo(2.3, 10);
    expect(metric.comparisons[0]!.standardError).toBeCloseTo(Math.sqrt(1.5 / 400 + 1.6 / 400), 10);
    expect(metric.path.map(({date, comparisons}) => [date, comparisons[0]!.n])).toEqual([
      ["2026-01-05", 200],
      ["2026-01-06", 800]
    ]);
  });

  it("reads a cube that was made elsewhere", async () => {
    const rows = ["control", "green"].flatMap((variant, i) =>
      ["2026-01-05", "2026-01-06"].map((date) => `${date},${variant},converted,500,${60 + 10 * i},${60 + 10 * i}`)
    );
    const readout = await built(
      "{shape: cube, path: cube.csv, variant: variant, timestamp: date, metric: metric}",
      "converted: {kind: proportion, fact: input, direction: increase}\n",
      ["cube.csv", `date,variant,metric,n,y,yy\n${rows.join("\n")}\n`]
    );
    expect(readout.metrics[0]!.arms.map(({n, mean}) => [n, mean])).toEqual([
      [1000, 0.12],
      [1000, 0.14]
    ]);
    expect(readout.metrics[0]!.path.map(({date}) => date)).toEqual(["2026-01-05", "2026-01-06"]);
  });

  it("reads units from Parquet, JSON lines and a DuckDB file alike", async () => {
    place = await workplace({
      "sources.yaml": `facts:
  parquet: {shape: units, path: units.parquet, unit: user, variant: arm, values: [spent]}
  json: {shape: units, path: "units*.jsonl", unit: user, variant: arm, values: [spent]}
  duckdb: {shape: units, path: store.duckdb, table: units, unit: user, variant: arm, values: [spent]}
`,
      "metrics.yaml": ["parquet", "json", "duckdb"]
        .map((fact) => `spent_${fact}: {kind: mean, fact: ${fact}, value: spent, direction: increase}\n`)
        .join(""),
      ...Object.fromEntries(
        ["parquet", "json", "duckdb"].map((fact) => [
          `experiments/${fact}.yaml`,
          experiment(`{primary: [spent_${fact}]}`).replace("exposures: input", `exposures: ${fact}`)
        ])
      )
    });
    const rows = Array.from({length: 400}, (_, i) => ({
      user: `u${i}`,
      arm: i % 2 ? "green" : "control",
      spent: (i * 37) % 101
    }));
    await writeFile(
      join(place.dataDir, "units-1.jsonl"),
      rows
        .slice(0, 150)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join("")
    );
    await writeFile(
      join(place.dataDir, "units-2.jsonl"),
      rows
        .slice(150)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join("")
    );
    const instance = await DuckDBInstance.create(join(place.dataDir, "store.duckdb"));
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE units AS SELECT * FROM read_json_auto('${place.dataDir}/units-*.jsonl')`);
    await connection.run(`COPY units TO '${place.dataDir}/units.parquet' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    expect((await place.build()).failed).toEqual([]);
    const [parquet, json, duckdb] = await Promise.all(["parquet", "json", "duckdb"].map((id) => place!.readout(id)));
    const numbers = (readout: Readout | undefined) =>
      readout!.metrics[0]!.arms.map(({n, mean, standardDeviation}) => [n, mean, standardDeviation]);
    const mean = rows.filter(({arm}) => arm === "green").reduce((sum, {spent}) => sum + spent, 0) / 200;
    expect(numbers(parquet)[1]![1]).toBeCloseTo(mean, 10);
    expect(numbers(json)).toEqual(numbers(parquet));
    expect(numbers(duckdb)).toEqual(numbers(parquet));
  });
});
