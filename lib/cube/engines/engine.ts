import type {Column, Dialect} from "../dialects/dialect.ts";

/** A value as it comes from an engine; whole numbers of more than 32 bits as bigint. */
export type Value = string | number | bigint | boolean | null;

/** What runs the generated SQL. */
export interface Engine {
  readonly dialect: Dialect;
  /** Makes a temporary table of a SELECT, in place of an earlier one of that name. */
  table(name: string, select: string): Promise<void>;
  /** Drops a temporary table, if it is there. */
  drop(name: string): Promise<void>;
  /** Streams the rows of one SELECT in batches; values in the order of its columns. */
  query(sql: string): AsyncIterable<readonly (readonly Value[])[]>;
  /** The columns of a relation: whatever may stand after FROM. */
  columns(relation: string): Promise<Column[]>;
  close(): Promise<void>;
}

/** Returns all rows of a query that is known to be small. */
export async function rowsOf(engine: Engine, sql: string): Promise<(readonly Value[])[]> {
  const rows: (readonly Value[])[] = [];
  for await (const batch of engine.query(sql)) for (const row of batch) rows.push(row);
  return rows;
}
