import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {sqlText} from "../../lib/commands/sql.ts";
import {withFiles} from "../cube/logs.ts";

const evil = `x'"\`; DROP TABLE kept; --\\`;
const yaml = {
  experiment: `title: Test
start: 2026-01-05
exposures: exposures
variants: {a: {role: control, weight: 0.5}, b: {weight: 0.5, values: [${JSON.stringify(evil)}]}}
dimensions: [platform]
metrics: {primary: [spent], secondary: [bought, p95]}
`,
  metrics: `spent: {kind: mean, fact: events, event: ${JSON.stringify(evil)}, value: amount, window: 7d, cap: p99, where: "amount > 1"}
bought: {kind: proportion, fact: events, event: buy, covariate: 7d}
p95: {kind: quantile, quantile: 0.95, fact: events, value: amount}
`,
  sources: `facts:
  exposures: {shape: exposures, sql: "SELECT * FROM shop.exposures", unit: user, variant: variant, timestamp: ts}
  events: {shape: events, sql: "SELECT * FROM shop.events", unit: user, timestamp: ts, event: event, values: [amount], timezone: Europe/Berlin}
`
};

function print(dialect: string, options: {asOf?: string; datesOnly?: string[]} = {}): Promise<string> {
  return withFiles({"metrics.yaml": yaml.metrics, "sources.yaml": yaml.sources}, (data) => {
    mkdirSync(join(data, "experiments"));
    writeFileSync(join(data, "experiments", "test.yaml"), yaml.experiment);
    return sqlText("test", {data, dialect, ...options});
  });
}

/** What is left of a text without comments, quoted names and texts; fails where one stays open. */
function bare(sql: string, {backslash, backtick}: {backslash: boolean; backtick: boolean}): string {
  const text = backslash ? "'(?:[^'\\\\]|\\\\[\\s\\S]|'')*'" : "E?'(?:[^']|'')*'";
  const name = backtick ? "`(?:[^`\\\\]|\\\\[\\s\\S]|``)*`" : '"(?:[^"]|"")*"';
  return sql.replace(new RegExp(`--[^\\n]*|${text}|${name}`, "g"), " ");
}

describe("readout sql", () => {
  it.each([
    ["bigquery", true, true],
    ["databricks", true, true],
    ["snowflake", true, false],
    ["redshift", true, false],
    ["trino", false, false]
  ])("prints one statement whose quotes and parentheses close, for %s", async (dialect, backslash, backtick) => {
    const text = await print(dialect);
    const rest = bare(text, {backslash, backtick});
    expect(rest).not.toMatch(/DROP|kept|['"`]/);
    expect(rest.match(/;/g)).toHaveLength(1);
    expect(rest.split("(").length).toBe(rest.split(")").length);
    expect(rest).toMatch(/WITH\s+exposure_rows AS/);
    expect(rest).not.toMatch(/undefined|NaN|Infinity\b(?!')|\[object|::| \/\/ |WINDOW w|HUGEINT|try_strptime/);
    expect(text).toContain("Not in the result: p95 (quantile).");
  });

  it("says what it takes for granted, and takes it from its options", async () => {
    expect(await print("trino")).toContain("as_of AS");
    const text = await print("trino", {asOf: "2026-01-20", datesOnly: ["events"]});
    expect(text).not.toContain("as_of AS");
    expect(text).toContain("-- Last complete day: 2026-01-20.");
    expect(text).toContain("Timestamps are dates only in: events.");
  });

  it("prints the statements of a session for ClickHouse, settings first", async () => {
    const text = await print("clickhouse");
    expect(text).toMatch(/^(--.*\n)+SET join_use_nulls = 1;\n/);
    expect(text).toContain("CREATE TEMPORARY TABLE exposure_rows AS");
  });

  it("refuses an experiment that is not there, naming the nearest", async () => {
    await withFiles({"metrics.yaml": yaml.metrics, "sources.yaml": yaml.sources}, async (data) => {
      mkdirSync(join(data, "experiments"));
      writeFileSync(join(data, "experiments", "test.yaml"), yaml.experiment);
      await expect(sqlText("tets", {data, dialect: "trino"})).rejects.toThrow(
        /unknown experiment: tets; did you mean test/
      );
    });
  });
});
