import type {Column} from "../dialects/dialect.ts";

/** What tells whether a fact has changed, from one query: rows, and the latest timestamp in microseconds UTC. */
export interface Watermark {
  readonly rows: number;
  /** Null without a timestamp column or without any row. */
  readonly latest: number | null;
}

export interface FetchOptions {
  /** Only rows at or after this moment, in microseconds UTC; default: all. Rows without a readable time come along. */
  since?: number;
}

/** Rows of a fact that now lie in local files. */
export interface Fetched {
  /** What may stand after FROM in DuckDB to read them; it ends in no alias. */
  readonly sql: string;
  readonly files: readonly string[];
  readonly rows: number;
}

/** A fact in another system, and how its rows come over: streamed, needed columns only, read only. */
export interface Pull {
  readonly fact: string;
  /** The columns that come over, with the types that DuckDB will give them. */
  readonly columns: readonly Column[];
  watermark(): Promise<Watermark>;
  /** Streams the rows into new files in a folder. It may be called again: each call asks the source again. */
  fetch(folder: string, options?: FetchOptions): Promise<Fetched>;
  close(): Promise<void>;
}
