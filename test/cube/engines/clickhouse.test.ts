import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {clickhouse} from "../../../lib/cube/dialects/clickhouse.ts";
import type {ColumnType, TestTable} from "./cases.ts";
import {cases} from "./cases.ts";
import type {ClickhouseServer} from "./clickhouseServer.ts";
import {chdbFolder, startClickhouse} from "./clickhouseServer.ts";
import {comparable, differences} from "./conformance.ts";
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
    `DROP TABLE IF EXISTS ${name}`,
    `CREATE TABLE ${name} (${named}) ENGINE = MergeTree ORDER BY tuple()`,
    `INSERT INTO ${name} VALUES ${values.join(", ")}`
  ];
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

  it.each(cases)("gives its rows to DuckDB, which computes the same cube: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(...tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "clickhouse", url: server.url, mode: "pull"}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: "."});
    expect(differences(comparable(cube), comparable(await cubeOfFiles(each))).slice(0, 10)).toEqual([]);
  });
});
