import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import sqlite from "node-sqlite3-wasm";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {postgres} from "../../../lib/cube/dialects/postgres.ts";
import type {ColumnType, TestTable} from "./cases.ts";
import {cases} from "./cases.ts";
import {comparable, differences} from "./conformance.ts";
import {injected, injectedRows, nasty} from "./injected.ts";
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
    database.exec(`CREATE TABLE ${postgres.identifier(name)} (${named.join(", ")})`);
    const insert = database.prepare(
      `INSERT INTO ${postgres.identifier(name)} VALUES (${columns.map(() => "?").join(", ")})`
    );
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

  it.each(nasty)("takes names and texts as they are, whatever they hold: %j", async (evil) => {
    const each = injected(evil);
    writeTables(join(folder, "log.sqlite"), each.tables);
    const {experiment, definitions} = each.defined((table) => ({connection: "file", table}), {
      file: {engine: "sqlite", path: "log.sqlite"}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: folder});
    const whole = cube.path.filter(({cell, metric}) => cell === null && metric === "r");
    expect(whole.map(({variant, n, y, x}) => [variant, n, y, x])).toEqual(injectedRows(evil));
  });

  it("names a file that is not there, and one that is no database", async () => {
    const [each] = cases;
    if (each === undefined) throw new Error("no case");
    const {experiment, definitions} = each.defined((table) => ({connection: "file", table}), {
      file: {engine: "sqlite", path: "log.sqlite"}
    });
    await expect(buildCube(experiment, definitions, {dataDir: folder})).rejects.toThrow(
      /missing file of fact exposures/
    );
    writeFileSync(
      join(folder, "log.sqlite"),
      "not a database, but long enough for a header of one hundred bytes ".repeat(3)
    );
    await expect(buildCube(experiment, definitions, {dataDir: folder})).rejects.toThrow(/fact exposures/);
  });
});
