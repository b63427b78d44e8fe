import type {WriteStream} from "node:fs";
import {createWriteStream} from "node:fs";
import {once} from "node:events";
import {finished} from "node:stream/promises";
import type {Column} from "../dialects/dialect.ts";
import {duckdb} from "../dialects/duckdb.ts";

/** A new file that bytes are streamed into. */
export interface CsvFile {
  readonly path: string;
  /** Takes bytes; where the disk is slower than they come, returns what to wait for. */
  write(chunk: Uint8Array | string): Promise<void> | null;
  /** Ends the file; throws what went wrong on the way, such as a full disk. */
  end(): Promise<void>;
  /** Gives up. */
  abandon(): void;
}

/** Opens a file that must not be there yet. */
export function openCsvFile(path: string): CsvFile {
  const stream: WriteStream = createWriteStream(path, {flags: "wx"});
  let failed: Error | null = null;
  let waiting: Promise<void> | null = null;
  stream.on("error", (error) => (failed = error));
  return {
    path,
    write(chunk) {
      if (failed !== null) return Promise.reject(failed);
      if (stream.write(chunk)) return null;
      // What was on its way still comes in: all of it waits for the same moment.
      waiting ??= once(stream, "drain").then(() => {
        waiting = null;
      });
      return waiting;
    },
    async end() {
      if (failed !== null) throw failed;
      stream.end();
      await finished(stream);
    },
    abandon: () => void stream.destroy()
  };
}

/** Returns what reads such files in DuckDB: no header, blanks without quotes are null. */
export function csvRelation(paths: readonly string[], columns: readonly Column[]): string {
  const {literal, identifier} = duckdb;
  const types = columns.map(({name, type}) => `${identifier(name)}: ${literal(type)}`);
  return `read_csv([${paths.map(literal).join(", ")}], auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\\n', max_line_size = 16777216, columns = {${types.join(", ")}})`;
}

/** Returns a line of CSV: every value between quotes, null as nothing. */
export function csvLine(values: readonly (string | number | bigint | null)[]): string {
  return `${values.map((value) => (value === null ? "" : `"${String(value).replaceAll('"', '""')}"`)).join(",")}\n`;
}
