import {setTimeout} from "node:timers/promises";
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
import {injected, injectedRows, nasty} from "./injected.ts";
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
  return `DROP TABLE IF EXISTS ${postgres.identifier(name)}; CREATE TABLE ${postgres.identifier(name)} (${named}); INSERT INTO ${postgres.identifier(name)} VALUES ${values.join(", ")}`;
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

  it.each(nasty)("takes names and texts as they are, whatever they hold: %j", async (evil) => {
    const each = injected(evil);
    await server.run("DROP TABLE IF EXISTS kept", "CREATE TABLE kept (one int)");
    for (const [name, table] of Object.entries(each.tables)) await server.run(tableSql(name, table));
    for (const mode of ["push-down", "pull"]) {
      const {experiment, definitions} = each.defined((table) => ({connection: "warehouse", table}), {
        warehouse: {engine: "postgres", url: server.url, mode}
      });
      const cube = await buildCube(experiment, definitions, {dataDir: "."});
      const whole = cube.path.filter(({cell, metric}) => cell === null && metric === "r");
      expect(whole.map(({variant, n, y, x}) => [variant, n, y, x])).toEqual(injectedRows(evil));
    }
    await server.run("DROP TABLE kept");
  });

  describe("in trouble says source, experiment and what to do, and no secret", () => {
    const [each] = cases.slice(2);
    beforeAll(async () => {
      for (const [name, rows] of Object.entries(each?.tables ?? {})) await server.run(tableSql(name, rows));
    });
    const build = async (
      connection: Record<string, string>,
      {table = (name: string) => name, mode = "push-down"}: {table?: (name: string) => string; mode?: string} = {}
    ): Promise<string> => {
      if (each === undefined) throw new Error("no case");
      const {experiment, definitions} = each.defined((name) => ({connection: "warehouse", table: table(name)}), {
        warehouse: {engine: "postgres", mode, ...connection}
      });
      const message = await buildCube(experiment, definitions, {dataDir: "."}).then(
        () => "built",
        (error: Error) => error.message
      );
      expect(message).not.toContain(server.password);
      expect(message).not.toContain(encodeURIComponent(server.password));
      return message;
    };

    it.each(["push-down", "pull"])("with a wrong password, %s", async (mode) => {
      const url = server.url.replace(/:[^:@]*@/, ":wr0ng-secret@");
      const message = await build({url}, {mode});
      expect(message).toMatch(
        /experiment test: cannot read .*connection warehouse \(postgres\).*authentication failed/
      );
      expect(message).toMatch(/check user and password/);
      expect(message).not.toContain("wr0ng-secret");
    });

    it("with a server that is down, after trying again", async () => {
      const began = Date.now();
      const url = server.url.replace(/:\d+\/postgres$/, ":1/postgres");
      expect(await build({url})).toMatch(
        /experiment test: .*warehouse.*ECONNREFUSED.*tried several times; is the server up/
      );
      expect(Date.now() - began).toBeGreaterThan(1000);
    });

    it("with a table or column that is missing", async () => {
      expect(await build({url: server.url}, {table: (name) => `no_${name}`})).toMatch(
        /missing table of fact exposures; .*: no_exposures/
      );
      expect(await build({url: server.url}, {table: () => "people"})).toMatch(/missing column of .* in fact exposures/);
    });

    it("with a table that may not be read", async () => {
      await server.run("DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'gu3st-secret'");
      const url = server.url.replace(/analyst:[^@]*@/, "guest:gu3st-secret@");
      const message = await build({url});
      expect(message).toMatch(/permission denied for table .*let its user read the table \(GRANT SELECT\)/);
      await server.run(
        "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest"
      );
      expect(await build({url})).toMatch(/make temporary tables.*or set mode: pull|permission denied/);
      await server.run("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC", "DROP OWNED BY guest", "DROP ROLE guest");
    });

    it.each(["push-down", "pull"])("with a statement that takes longer than the timeout, %s", async (mode) => {
      await server.run(
        "DROP VIEW IF EXISTS slow",
        "CREATE VIEW slow AS SELECT e.* FROM exposures AS e, (SELECT pg_sleep(1)) AS s"
      );
      const message = await build(
        {url: server.url, timeout: "300ms"},
        {mode, table: (name) => (name === "exposures" ? "slow" : name)}
      );
      expect(message).toMatch(/longer than its timeout of 300ms: raise timeout of connection warehouse/);
      await server.run("DROP VIEW slow");
    });

    it("goes on where a connection was cut halfway, from the start", async () => {
      if (each === undefined) throw new Error("no case");
      await server.run(
        "DROP VIEW IF EXISTS slow",
        "CREATE VIEW slow AS SELECT e.* FROM events AS e, (SELECT pg_sleep(0.7)) AS s"
      );
      for (const mode of ["push-down", "pull"]) {
        const {experiment, definitions} = each.defined(
          (name) => ({connection: "warehouse", table: name === "events" ? "slow" : name}),
          {warehouse: {engine: "postgres", url: server.url, mode}}
        );
        const building = buildCube(experiment, definitions, {dataDir: "."});
        await setTimeout(500);
        await server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'readout'");
        const cube = await building;
        expect(differences(comparable(cube), comparable(await cubeOfFiles(each))).slice(0, 5)).toEqual([]);
      }
      await server.run("DROP VIEW slow");
    });

    it("cannot write: what reads the data is read only", async () => {
      await server.run(
        "DROP TABLE IF EXISTS written; CREATE TABLE written (a int)",
        "CREATE OR REPLACE FUNCTION sneak(x text) RETURNS text LANGUAGE plpgsql VOLATILE AS $f$ BEGIN INSERT INTO written VALUES (1); RETURN x; END $f$",
        "DROP VIEW IF EXISTS sly",
        "CREATE VIEW sly AS SELECT who, sneak(arm) AS arm, at, plan, device, size FROM exposures"
      );
      for (const mode of ["push-down", "pull"])
        expect(await build({url: server.url}, {mode, table: (name) => (name === "exposures" ? "sly" : name)})).toMatch(
          /cannot execute INSERT in a read-only transaction/
        );
      await server.run("DROP VIEW sly");
    });
  });
});
