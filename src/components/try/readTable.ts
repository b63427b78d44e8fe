import {dsvFormat} from "d3";
import type {TryTable} from "../../lib/experiment/tryout/profileColumns.ts";
import {parquetColumns} from "../explore/parquetColumns.ts";

const delimiters = [",", ";", "\t", "|"] as const;
const largest = 500_000_000;
const tooLarge = "the file is larger than 500 MB, which a page cannot hold";

/**
 * Returns the table in a CSV, TSV or Parquet file, also one packed by gzip, read in the page. Columns without a name are numbered, names that come
 * twice too.
 *
 * @throws {Error} in words for a reader if the file holds no table
 */
export async function readTable(file: Blob & {name: string}): Promise<TryTable> {
  if (file.size === 0) throw new Error("the file is empty");
  if (file.size > largest) throw new Error(tooLarge);
  const packed = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const bytes =
    packed[0] === 0x1f && packed[1] === 0x8b ? await unpack(file) : new Uint8Array(await file.arrayBuffer());
  const mark = String.fromCharCode(...bytes.subarray(0, 4));
  if (mark === "PAR1" || /\.parquet$/i.test(file.name)) {
    const {length, columns} = await parquetColumns(bytes);
    if (length === 0) throw new Error("the file has no rows");
    return {
      length,
      columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Array.from(values)]))
    };
  }
  if (mark.startsWith("PK")) throw new Error("this is a spreadsheet or an archive; save the sheet as CSV");
  return tableOfText(textOf(bytes));
}

/** Returns what a file packed by gzip holds; stops where that is more than a page can hold. */
async function unpack(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof DecompressionStream !== "function") throw new Error("this browser cannot unpack gzip; unpack the file");
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const {done, value} = await reader.read().catch(() => {
      throw new Error("the file is damaged: it is no whole gzip file");
    });
    if (done) break;
    pieces.push(value);
    length += value.length;
    if (length > largest) {
      await reader.cancel();
      throw new Error(tooLarge);
    }
  }
  if (length === 0) throw new Error("the file is empty");
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Returns the table in a text of delimited values; the delimiter is the one that the first line has most of. */
export function tableOfText(text: string): TryTable {
  if (text.includes("\0")) throw new Error("the file is neither CSV nor Parquet");
  const line =
    text
      .slice(0, 10_000)
      .split(/\r?\n/)
      .find((each) => each.trim() !== "") ?? "";
  const unquoted = line.replace(/"[^"]*"/g, "");
  const delimiter = delimiters.toSorted((a, b) => unquoted.split(b).length - unquoted.split(a).length)[0] ?? ",";
  const rows = dsvFormat(delimiter)
    .parseRows(text)
    .filter((row) => row.some((cell) => cell.trim() !== ""));
  const [head, ...body] = rows;
  if (!head || body.length === 0) throw new Error("the file has no rows below its header");
  const names = namesOf(head);
  return {
    length: body.length,
    columns: Object.fromEntries(names.map((name, k) => [name, body.map((row) => row[k] ?? "")]))
  };
}

function namesOf(head: readonly string[]): string[] {
  const seen = new Set<string>();
  return head.map((cell, k) => {
    const name = cell.trim().slice(0, 200) || `column ${k + 1}`;
    let unique = name;
    for (let i = 2; seen.has(unique); ++i) unique = `${name} ${i}`;
    seen.add(unique);
    return unique;
  });
}

function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  const encoding = a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, {fatal: true}).decode(bytes);
  } catch {
    // Not UTF-8: what old spreadsheets write.
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
