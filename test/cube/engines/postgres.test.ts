import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {postgres} from "../../../lib/cube/dialects/postgres.ts";
import {openPostgres} from "../../../lib/cube/engines/postgres.ts";
import {printCube} from "../../../lib/cube/print/printCube.ts";
import {scanServer} from "../../../lib/cube/scanServer.ts";
import {cubeOfPrinted, wholeSums} from "../print/cubeOfPrinted.ts";
import type {ColumnType, TestTable} from "./cases.ts";
import {cases} from "./cases.ts";
import {comparable, differences} from "./conformance.ts";
import {cubeOfFiles} from "./cubeOfFiles.ts";
import type {PostgresServer} from "./postgresServer.ts";
import {postgresBin, startPostgres} from "./postgresServer.ts";

const bin = postgresBin();
if (bin === null && process.env.CI) throw new Error("missing PostgreSQL: CI installs it");
const types: Record<ColumnType, string> = {
  text: "text",
  bigint: "bigint",
  double: "double precision",
  timestamptz: "timestamptz",
  timestamp: "timestamp",
  date: "date",
  uuid: "uuid",
  boolean: "boolean"
};

/** Statements that make a table anew. */
function tableSql(name: string, {columns, rows}: TestTable): string {
  const named = columns.map(([column, type]) => `${postgres.identifier(column)} ${types[type]}`).join(", ");
  const values = rows.map(
    (row) => `(${row.map((cell) => (cell === null ? "NULL" : postgres.literal(String(cell)))).join(", ")})`
  );
  return `DROP TABLE IF EXISTS ${name}; CREATE TABLE ${name} (${named}); INSERT INTO ${name} VALUES ${values.join(", ")}`;
}

describe.skipIf(bin === null)("postgres (skipped where no PostgreSQL is installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(bin ?? "");
  });
  afterAll(() => server.stop());

  it.each(cases)("computes the cube that DuckDB computes: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "postgres", url: server.url}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: "."});
    const wanted = await cubeOfFiles(each);
    expect(cube.path.length).toBeGreaterThan(50);
    expect(differences(comparable(cube), comparable(wanted)).slice(0, 10)).toEqual([]);
  });

  it.each(cases)("runs the printed query as it stands, whose result is the same cube: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "postgres", url: server.url}
    });
    const engine = await openPostgres({url: server.url, timeout: 60_000});
    try {
      const printed = await printCube(experiment, definitions, {
        dialect: engine.dialect,
        relationOf: (name, fact) => scanServer(engine, name, fact),
        datesOnly: () => Promise.resolve(each.datesOnly)
      });
      const cube = await cubeOfPrinted(printed, engine, each);
      expect(cube.excluded).toEqual([]);
      expect(differences(wholeSums(cube), wholeSums(await cubeOfFiles(each))).slice(0, 10)).toEqual([]);
    } finally {
      await engine.close();
    }
  });

  it.each(cases)("gives its rows to DuckDB, which computes the same cube: $name", async (each) => {
    for (const [name, table] of Object.entries(each.tables)) await server.run(tableSql(name, table));
    const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
      warehouse: {engine: "postgres", url: server.url, mode: "pull"}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: "."});
    expect(differences(comparable(cube), comparable(await cubeOfFiles(each))).slice(0, 10)).toEqual([]);
  });
});
