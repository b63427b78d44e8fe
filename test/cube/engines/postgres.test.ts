import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {postgres} from "../../../lib/cube/dialects/postgres.ts";
import {withFiles} from "../logs.ts";
import type {Case, ColumnType, TestTable} from "./cases.ts";
import {cases, tableCsv} from "./cases.ts";
import {comparable, differences} from "./conformance.ts";
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

/** The cube of a case from CSV files, by DuckDB. */
export function fromFiles({tables, defined}: Case) {
  const files = Object.fromEntries(Object.entries(tables).map(([name, table]) => [`${name}.csv`, tableCsv(table)]));
  const {experiment, definitions} = defined((table) => ({path: `${table}.csv`}));
  return withFiles(files, (dataDir) => buildCube(experiment, definitions, {dataDir}));
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
    const wanted = await fromFiles(each);
    expect(cube.path.length).toBeGreaterThan(50);
    expect(differences(comparable(cube), comparable(wanted)).slice(0, 10)).toEqual([]);
  });
});
