import {randomUUID} from "node:crypto";
import {createClient} from "@clickhouse/client";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {clickhouse} from "../../../lib/cube/dialects/clickhouse.ts";
import type {Engine, Value} from "../../../lib/cube/engines/engine.ts";
import {openClickhouse} from "../../../lib/cube/engines/clickhouse.ts";
import {printCube} from "../../../lib/cube/print/printCube.ts";
import {scanServer} from "../../../lib/cube/scanServer.ts";
import {cubeOfPrinted, wholeSums} from "../print/cubeOfPrinted.ts";
import type {ColumnType, TestTable} from "./cases.ts";
import {cases} from "./cases.ts";
import type {ClickhouseServer} from "./clickhouseServer.ts";
import {chdbFolder, startClickhouse} from "./clickhouseServer.ts";
import {comparable, differences} from "./conformance.ts";
import {injected, injectedRows, nasty} from "./injected.ts";
import {cubeOfFiles} from "./cubeOfFiles.ts";

const folder = chdbFolder();
if (folder === null && process.env.CI) throw new Error("missing chdb: CI installs it, beside the project");
const types: Record<ColumnType, string> = {
  text: "Nullable(String)",
  bigint: "Nullable(Int64)",
  double: "Nullable(Float64)",
  timestamptz: "Nullable(DateTime64(6, 'America/New_York'))",
  timestamp: "Nullable(String)",
  date: "Nullable(Date32)",
  uuid: "Nullable(UUID)",
  boolean: "Nullable(Bool)"
};

/** Statements that make a table anew. */
function tableSql(name: string, {columns, rows}: TestTable): string[] {
  const named = columns.map(([column, type]) => `${clickhouse.identifier(column)} ${types[type]}`).join(", ");
  const values = rows.map((row) => {
    const cells = row.map((cell, i) => {
      if (cell === null) return "NULL";
      const text = clickhouse.literal(String(cell));
      return columns[i]?.[1] === "timestamptz" ? `parseDateTime64BestEffort(${text}, 6, 'UTC')` : text;
    });
    return `(${cells.join(", ")})`;
  });
  return [
    `DROP TABLE IF EXISTS ${clickhouse.identifier(name)}`,
    `CREATE TABLE ${clickhouse.identifier(name)} (${named}) ENGINE = MergeTree ORDER BY tuple()`,
    `INSERT INTO ${clickhouse.identifier(name)} VALUES ${values.join(", ")}`
  ];
}

/** A session as a scheduler has one: every statement is sent as it stands. */
function sessionOf({url}: ClickhouseServer): Pick<Engine, "query"> {
  const session = {session_id: randomUUID(), clickhouse_settings: {output_format_json_quote_denormals: 1}} as const;
  return {
    async *query(sql) {
      const client = createClient({url, ...session});
      try {
        if (/^(--.*\n)*(SET|CREATE)/.test(sql)) await client.command({query: sql});
        else {
          const answer = await client.query({query: sql, format: "JSONCompact"});
          yield (await answer.json<Value[]>()).data;
        }
      } finally {
        await client.close();
      }
    }
  };
}

describe.skipIf(folder === null)("clickhouse (skipped without chdb in CHDB_DIR)", () => {
  let server: ClickhouseServer;
  beforeAll(async () => {
    server = await startClickhouse();
  });
  afterAll(() => server.stop());

  it.each(cases)("computes the cube that DuckDB computes: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(...tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "clickhouse", url: server.url}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: "."});
    const wanted = await cubeOfFiles(each);
    expect(cube.path.length).toBeGreaterThan(50);
    expect(differences(comparable(cube), comparable(wanted)).slice(0, 10)).toEqual([]);
  });

  it.each(cases)("runs the printed query as it stands, whose result is the same cube: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(...tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "clickhouse", url: server.url}
    });
    const engine = await openClickhouse({url: server.url, timeout: 60_000});
    try {
      const printed = await printCube(experiment, definitions, {
        dialect: engine.dialect,
        relationOf: (name, fact) => scanServer(engine, name, fact),
        datesOnly: () => Promise.resolve(each.datesOnly)
      });
      const cube = await cubeOfPrinted(printed, sessionOf(server), each);
      expect(cube.excluded).toEqual([]);
      expect(differences(wholeSums(cube), wholeSums(await cubeOfFiles(each))).slice(0, 10)).toEqual([]);
    } finally {
      await engine.close();
    }
  });

  it.each(cases)("gives its rows to DuckDB, which computes the same cube: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(...tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "clickhouse", url: server.url, mode: "pull"}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: "."});
    expect(differences(comparable(cube), comparable(await cubeOfFiles(each))).slice(0, 10)).toEqual([]);
  });

  it.each(nasty)("takes names and texts as they are, whatever they hold: %j", async (evil) => {
    const each = injected(evil);
    await server.run("DROP TABLE IF EXISTS kept", "CREATE TABLE kept (one Int64) ENGINE = Memory");
    for (const [name, table] of Object.entries(each.tables)) await server.run(...tableSql(name, table));
    for (const mode of ["push-down", "pull"]) {
      const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
        warehouse: {engine: "clickhouse", url: server.url, mode}
      });
      const cube = await buildCube(experiment, definitions, {dataDir: "."});
      const whole = cube.path.filter(({cell, metric}) => cell === null && metric === "r");
      expect(whole.map(({variant, n, y, x}) => [variant, n, y, x])).toEqual(injectedRows(evil));
    }
    await server.run("DROP TABLE kept");
  });
});
