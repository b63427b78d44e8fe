import type {Column, Dialect} from "../dialects/dialect.ts";

/** A value as it comes from an engine; whole numbers of more than 32 bits as bigint. */
export type Value = string | number | bigint | boolean | null;

/** What runs the generated SQL. */
export interface Engine {
  readonly dialect: Dialect;
  /** Makes a temporary table of a SELECT, in place of an earlier one of that name. */
  table(name: string, select: string): Promise<void>;
  /** Names a SELECT as if it were a temporary table; its rows are read where they lie. Engines may have none. */
  view?(name: string, select: string): Promise<void>;
  /** Drops a temporary table or view, if it is there. */
  drop(name: string): Promise<void>;
  /** Streams the rows of one SELECT in batches; values in the order of its columns. */
  query(sql: string): AsyncIterable<readonly (readonly Value[])[]>;
  /** The columns of a relation: whatever may stand after FROM. */
  columns(relation: string): Promise<Column[]>;
  /** Moves numbers between its tables and typed arrays; engines in another process have none. */
  readonly arrays?: NumberArrays;
  close(): Promise<void>;
}

/** A column of numbers: whole ones of 32 bits, or doubles. */
export type NumberColumn = Int32Array | Float64Array;

/** A column that is read: of numbers, or of hashes of 64 bits. */
export type ReadColumn = NumberColumn | BigUint64Array;

/** Tables as typed arrays. */
export interface NumberArrays {
  /**
   * Returns the columns of a SELECT of INTEGER, DOUBLE and UBIGINT without a null, in its order; all of one length, in
   * memory that threads share.
   */
  read(select: string): Promise<ReadColumn[]>;
  /**
   * Returns the same in any order, without a copy of all rows in between: for many. Rows are handed over on this thread,
   * which has to be free for it: nothing that blocks may be asked of the engine meanwhile.
   *
   * @param rows about how many there are
   */
  gather(select: string, rows: number): Promise<ReadColumn[]>;
  /** Makes a temporary table of columns of one length: INTEGER or DOUBLE, as the arrays are. */
  write(name: string, columns: Readonly<Record<string, NumberColumn>>): Promise<void>;
}

/**
 * Returns the columns of a SELECT of whole numbers of 32 bits without a null, in its order.
 *
 * @param count how many columns it has
 */
export async function integersOf(engine: Engine, sql: string, count: number): Promise<ArrayLike<number>[]> {
  if (engine.arrays !== undefined) return (await engine.arrays.read(sql)) as NumberColumn[];
  const rows = await rowsOf(engine, sql);
  return Array.from({length: count}, (_, i) => Int32Array.from(rows, (row) => Number(row[i])));
}

/** Returns all rows of a query that is known to be small. */
export async function rowsOf(engine: Engine, sql: string): Promise<(readonly Value[])[]> {
  const rows: (readonly Value[])[] = [];
  for await (const batch of engine.query(sql)) for (const row of batch) rows.push(row);
  return rows;
}
