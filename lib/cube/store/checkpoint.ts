import {createHash} from "node:crypto";
import {existsSync, statSync} from "node:fs";
import {readFile} from "node:fs/promises";
import {join} from "node:path";
import type {Watermark} from "../pull/pull.ts";
import type {StoredColumns} from "./storedColumns.ts";

/** A file that a fact was read from, or the fact as a whole under the empty name. */
export interface Piece {
  /** What tells whether it changed: SHA-256 of its bytes; of all that it depends on for a fact as a whole. */
  readonly hash: string;
  readonly bytes: number;
  /** The days that hold its rows. */
  readonly days: readonly string[];
}

/** A stored day: its file, and what was found in it. */
export interface Partition {
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
  /** Rows without an id. */
  readonly blank: number;
  /** Earliest and latest moment, in microseconds UTC; null without one. */
  readonly from: number | null;
  readonly to: number | null;
  /** Whether any moment has a time of day, in the fact's own timezone. */
  readonly timed: boolean;
  /** Rows with the id and moment of another one: only these can be equal to another. */
  readonly ties: number;
}

/** What a stored fact was made of, and which files it has. Days are `2026-01-31` in UTC; `none` has rows without a time. */
export interface Checkpoint {
  readonly version: 1;
  readonly code: string;
  /** Where it is read from, as defined. */
  readonly source: string;
  /** The source's own columns and their types. */
  readonly relation: Readonly<Record<string, string>>;
  readonly columns: StoredColumns;
  readonly pieces: Readonly<Record<string, Piece>>;
  readonly watermark: Watermark | null;
  readonly partitions: Readonly<Record<string, Partition>>;
}

/** Returns the checkpoint of a stored fact; null where there is none that can be read, or a file of it is missing. */
export async function readCheckpoint(folder: string): Promise<Checkpoint | null> {
  try {
    const found: Checkpoint = JSON.parse(await readFile(join(folder, checkpointFile), "utf8"));
    const intact = Object.values(found.partitions).every(({file, bytes}) => {
      const path = join(folder, file);
      return existsSync(path) && statSync(path).size === bytes;
    });
    return found.version === 1 && intact ? found : null;
  } catch {
    return null;
  }
}

export const checkpointFile = "checkpoint.json";

/** Returns the SHA-256 of the rows that a checkpoint stands for: equal for equal rows and columns, however they came. */
export function rowsHash({columns, partitions}: Pick<Checkpoint, "columns" | "partitions">): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(Object.entries(columns).toSorted(byName)));
  for (const [day, {file}] of Object.entries(partitions).toSorted(byName)) hash.update(`${day} ${file}\n`);
  return hash.digest("hex");
}

/** Orders the entries of a record by their names. */
export function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
