import {existsSync} from "node:fs";
import {join} from "node:path";
import {randomUUID} from "node:crypto";
import sqlite from "node-sqlite3-wasm";
import type {Database, SQLiteValue} from "node-sqlite3-wasm";
import {enclose} from "../expression.ts";
import type {Relation} from "../scan.ts";
import {columnOf} from "../scan.ts";
import {csvLine, csvRelation, openCsvFile} from "./csvFile.ts";
import type {Pull} from "./pull.ts";
import type {PullRequest} from "./pullOf.ts";
import {chosenColumns, watermarkSql} from "./pullSql.ts";

/** Characters after which a piece of CSV is handed to the disk. */
const piece = 1 << 20;

/** Opens a fact in a SQLite file. Its columns have no types of their own: every value comes as text, as it is from CSV. */
export function pullSqlite({name, fact, ...request}: PullRequest, path: string): Pull {
  if (!existsSync(path)) throw new Error(`missing file of fact ${name}: ${path}`);
  const database: Database = new sqlite.Database(path, {readOnly: true, fileMustExist: true});
  try {
    database.function("readout_moment", momentOf, {deterministic: true});
    const from = tableOf(name, fact);
    const relation: Relation = {fact: name, sql: from, columns: columnsOf(database, from), files: []};
    const chosen = chosenColumns(relation, {name, fact, ...request});
    const columns = chosen.map(({name: column}) => ({name: column, type: "VARCHAR"}));
    const timestamp = fact.timestamp === undefined ? null : columnOf(relation, fact.timestamp, "timestamp").name;
    const moment = timestamp === null ? null : `readout_moment(${identifier(timestamp)})`;
    return {
      fact: name,
      columns,
      watermark() {
        const [row] = database.all(watermarkSql(relation, moment));
        const [rows, latest] = Object.values(row ?? {});
        return Promise.resolve({rows: Number(rows ?? 0), latest: latest === null ? null : Number(latest)});
      },
      async fetch(folder, {since} = {}) {
        const file = openCsvFile(join(folder, `${randomUUID()}.csv`));
        const listed = chosen.map(({name: column}, i) => `${identifier(column)} AS c${i}`);
        const where = since === undefined || moment === null ? "" : ` WHERE ${moment} >= ${since} OR ${moment} IS NULL`;
        const statement = database.prepare(`SELECT ${listed.join(", ")} FROM ${relation.sql}${where}`);
        try {
          let rows = 0;
          let text = "";
          for (const row of statement.iterate()) {
            ++rows;
            text += csvLine(Object.values(row).map((value: SQLiteValue) => textOf(value)));
            if (text.length < piece) continue;
            await file.write(text);
            text = "";
          }
          await file.write(text);
          await file.end();
          return {sql: csvRelation([file.path], columns), files: [file.path], rows};
        } catch (error) {
          file.abandon();
          throw error;
        } finally {
          statement.finalize();
        }
      },
      close() {
        database.close();
        return Promise.resolve();
      }
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function identifier(name: string): string {
  if (name.includes("\0")) throw new TypeError(`invalid name; holds a NUL character: ${JSON.stringify(name)}`);
  return `"${name.replaceAll('"', '""')}"`;
}

function tableOf(name: string, {table, sql}: PullRequest["fact"]): string {
  if (sql !== undefined) return `${enclose(sql, `fact ${name}, sql`)} AS t`;
  if (table === undefined) throw new Error(`missing table of fact ${name}; a connection needs table or sql`);
  return table.split(".").map(identifier).join(".");
}

function columnsOf(database: Database, from: string): Relation["columns"] {
  database.exec(`CREATE TEMP VIEW readout_columns AS SELECT * FROM ${from}`);
  const rows = database.all("SELECT name FROM pragma_table_info('readout_columns', 'temp')");
  database.exec("DROP VIEW temp.readout_columns");
  return rows.map(({name}) => ({name: String(name), type: "VARCHAR"}));
}

/** Whole numbers keep all digits; bytes are written in hexadecimal digits. */
function textOf(value: SQLiteValue): string | number | bigint | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}

/** Microseconds since 1970 of what a SQLite file holds as a time, UTC unless it says otherwise; null for what is none. */
function momentOf(value: SQLiteValue | undefined): bigint | null {
  const text =
    typeof value === "string"
      ? value.trim()
      : typeof value === "number" || typeof value === "bigint"
        ? String(value)
        : "";
  if (/^\d{10}$/.test(text)) return BigInt(text) * 1_000_000n;
  if (/^\d{13}$/.test(text)) return BigInt(text) * 1000n;
  if (/^\d{16}$/.test(text)) return BigInt(text);
  if (/^\d{19}$/.test(text)) return BigInt(text) / 1000n;
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[ Tt](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)? ?(?:[zZ]|([+-]\d\d)(?::?(\d\d))?)?$/.exec(text);
  if (parts === null) return null;
  const [, date, time = "00:00", fraction = "", hours = "+00", minutes = "00"] = parts;
  const milliseconds = Date.parse(`${date}T${time}${time.length === 5 ? ":00" : ""}${hours}:${minutes}`);
  if (Number.isNaN(milliseconds)) return null;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}
