import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import sqlite from "node-sqlite3-wasm";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {postgres} from "../../../lib/cube/dialects/postgres.ts";
import type {ColumnType, TestTable} from "./cases.ts";
import {cases} from "./cases.ts";
import {comparable, differences} from "./conformance.ts";
import {cubeOfFiles} from "./cubeOfFiles.ts";

const types: Record<ColumnType, string> = {
  text: "TEXT",
  bigint: "INTEGER",
  double: "REAL",
  timestamptz: "TEXT",
  timestamp: "TEXT",
  date: "TEXT",
  uuid: "TEXT",
  boolean: "TEXT"
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "readout-sqlite-"))));
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** Writes tables into a SQLite file. */
function writeTables(path: string, tables: Readonly<Record<string, TestTable>>): void {
  const database = new sqlite.Database(path);
  database.exec("BEGIN");
  for (const [name, {columns, rows}] of Object.entries(tables)) {
    const named = columns.map(([column, type]) => `${postgres.identifier(column)} ${types[type]}`);
    database.exec(`CREATE TABLE ${name} (${named.join(", ")})`);
    const insert = database.prepare(`INSERT INTO ${name} VALUES (${columns.map(() => "?").join(", ")})`);
    for (const row of rows)
      insert.run(row.map((cell, i) => (columns[i]?.[1] === "bigint" && cell !== null ? BigInt(cell) : cell)));
    insert.finalize();
  }
  database.exec("COMMIT");
  database.close();
}

describe("sqlite", () => {
  it.each(cases)("gives its rows to DuckDB, which computes the same cube: $name", async (each) => {
    writeTables(join(folder, "log.sqlite"), each.tables);
    const {experiment, definitions} = each.defined((table) => ({connection: "file", table}), {
      file: {engine: "sqlite", path: "log.sqlite"}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: folder});
    expect(differences(comparable(cube), comparable(await cubeOfFiles(each))).slice(0, 10)).toEqual([]);
  });
});
