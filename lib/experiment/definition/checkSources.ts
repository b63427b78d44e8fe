import type {Connection, Fact} from "./definition.ts";
import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import type {Entry, Table} from "./definitionTables.ts";
import {isTimezone} from "./isTimezone.ts";
import {nearestName} from "./nearestName.ts";
import type {Report} from "./readYaml.ts";
import type {Shape} from "../words.ts";

type Column = "unit" | "variant" | "timestamp" | "users" | "n" | "mean" | "variance";

/** The columns that a fact must name, by its shape. A cube has fixed names; rows of units may lack an id. */
export const requiredColumns: Readonly<Record<Shape, readonly Column[]>> = {
  exposures: ["unit", "variant", "timestamp"],
  events: ["unit", "timestamp"],
  units: [],
  summary: ["variant", "users"],
  snapshots: ["variant", "timestamp", "n", "mean", "variance"],
  cube: []
};

const endings = /\.(csv|tsv|txt|parquet|json|jsonl|ndjson|duckdb|db)(\.gz|\.zst)?$/i;
const database = /\.(duckdb|db)$/i;

/** Reports what is wrong with a fact by itself: where its rows come from, and the columns that its shape needs. */
export function checkFact(name: string, fact: Entry<Fact>, connections: Table<Connection>, report: Report): void {
  const {value, faulty} = fact;
  if (!value) return;
  const at = ["facts", name];
  if (!faulty("shape")) {
    for (const column of requiredColumns[value.shape]) {
      if (value[column] === undefined && !faulty(column)) {
        report(
          at,
          `missing key: ${column}; expected the name of a column, for ${name} has shape ${value.shape}`,
          "key"
        );
      }
    }
  }
  if (value.timezone !== undefined && !isTimezone(value.timezone)) {
    report([...at, "timezone"], unknownTimezone(value.timezone));
  }
  for (const key of ["dimensions", "values"] as const) {
    value[key].forEach((column, i) => {
      if (value[key].indexOf(column) < i) report([...at, key, i], `duplicate column: ${showFound(column)}`);
    });
  }
  if (["path", "connection", "sql", "table"].some((key) => faulty(key))) return;
  checkPlace(at, value, connections, report);
}

function checkPlace(at: readonly string[], fact: Fact, connections: Table<Connection>, report: Report): void {
  const {path, connection, sql, table, format} = fact;
  const paths = path === undefined ? [] : [path].flat();
  const databases = paths.filter((each) => database.test(each));
  if (connection !== undefined) {
    if (connections && !connections.has(connection)) {
      const names = [...connections.keys()];
      const near = didYouMean(nearestName(connection, names));
      report(
        [...at, "connection"],
        `unknown connection: ${showFound(connection)}${near} (sources.yaml has ${listNames(names)})`
      );
    }
    if (path !== undefined)
      report([...at, "path"], "invalid path; expected either path or connection, found: both", "key");
    if (sql === undefined && table === undefined) {
      report([...at, "connection"], "missing key: sql or table; expected what to read over the connection", "key");
    }
  } else if (paths.length === 0 && sql === undefined) {
    const where = table === undefined ? at : [...at, "table"];
    report(where, "missing key: path; expected path (files), sql, or connection with sql or table", "key");
  } else if (paths.length > 0 && databases.length === 0) {
    if (sql !== undefined) report([...at, "sql"], "invalid sql; expected either path or sql, found: both", "key");
    if (table !== undefined) {
      report(
        [...at, "table"],
        "invalid table; expected a connection or a .duckdb file at path, found: other files",
        "key"
      );
    }
  } else if (databases.length > 0 && sql === undefined && table === undefined) {
    report([...at, "path"], "missing key: table; expected a table of the .duckdb file, or sql", "key");
  }
  if (sql !== undefined && table !== undefined) {
    report([...at, "table"], "invalid table; expected either sql or table, found: both", "key");
  }
  if (format === undefined) {
    paths.forEach((each, i) => {
      if (endings.test(each)) return;
      report(
        Array.isArray(path) ? [...at, "path", i] : [...at, "path"],
        `unknown file format: ${showFound(each)}; expected .csv, .tsv, .parquet, .json, .jsonl or .duckdb (.gz too), or the key format`
      );
    });
  }
}

/** Reports what is wrong with a connection by itself. */
export function checkConnection(name: string, connection: Entry<Connection>, report: Report): void {
  const {value, faulty} = connection;
  if (!value || faulty("engine")) return;
  const at = ["connections", name];
  const {engine, url, path, mode} = value;
  const file = engine === "duckdb" || engine === "sqlite";
  if (file && path === undefined && !faulty("path")) {
    report(at, `missing key: path; expected the ${engine} file of connection ${name}`, "key");
  }
  if (!file && url === undefined && !faulty("url")) {
    report(at, `missing key: url; expected the address of connection ${name}, such as "\${DATABASE_URL}"`, "key");
  }
  if (engine === "sqlite" && mode === "push-down") {
    report(
      [...at, "mode"],
      "invalid mode; expected pull, for sqlite files are read into the local store, found: push-down"
    );
  }
}

/** Returns the words for a timezone that is none. */
export function unknownTimezone(name: string): string {
  return `unknown timezone: ${showFound(name)}${didYouMean(nearestName(name, ["UTC", ...Intl.supportedValuesOf("timeZone")]))} (expected an IANA name such as Europe/Berlin)`;
}
