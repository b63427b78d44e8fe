import type {Engine, Value} from "./engines/engine.ts";
import {rowsOf} from "./engines/engine.ts";

/** How a table is made: of a SELECT, or by a function that makes the table of that name. */
export type Make = string | ((name: string) => Promise<void>);

/** Statements run one after another, each kept as a temporary table, and remembered as one readable text. */
export interface Steps {
  /** Makes a table of a SELECT; with `instead`, of one that gives the same rows another way. */
  table(name: string, select: string, options?: {instead?: Make}): Promise<void>;
  /** Makes a table that is not part of the text. */
  beside(name: string, make: Make): Promise<void>;
  /**
   * Names a SELECT as a table, where the engine can: for rows that are read once or twice, or lie in files. With `told`, that
   * SELECT is part of the text.
   */
  view(name: string, select: string, options?: {told?: string}): Promise<void>;
  /** Returns all rows of a small SELECT that only looks at the data. */
  rows(select: string): Promise<(readonly Value[])[]>;
  /** Remembers a table that is not made, since what is stored, or lies in typed arrays, serves in its place. */
  told(name: string, select: string): void;
  /** Streams the rows of a SELECT that is part of the result; with `instead`, rows that are the same. */
  result(
    select: string,
    options?: {instead?: readonly (readonly Value[])[]}
  ): AsyncIterable<readonly (readonly Value[])[]>;
  /** Drops a table that no later statement reads. */
  done(name: string): Promise<void>;
  /** Drops the tables. */
  drop(): Promise<void>;
  /** Drops the tables and forgets the text: all begins anew. */
  restart(): Promise<void>;
  readonly sql: () => string;
}

/** Returns steps on an engine. */
export function runSteps(engine: Engine): Steps {
  const statements: string[] = [];
  const tables = new Set<string>();
  const drop = async (): Promise<void> => {
    for (const name of tables) await engine.drop(name);
  };
  const make = (name: string, how: Make): Promise<void> =>
    typeof how === "string" ? engine.table(name, how) : how(name);
  return {
    async table(name, select, {instead} = {}) {
      tables.add(name);
      statements.push(`CREATE TEMP TABLE ${name} AS\n  ${select};`);
      await make(name, instead ?? select);
    },
    async beside(name, how) {
      tables.add(name);
      await make(name, how);
    },
    async view(name, select, {told} = {}) {
      tables.add(name);
      if (told !== undefined) statements.push(`CREATE TEMP TABLE ${name} AS\n  ${told};`);
      await (engine.view ?? engine.table)(name, select);
    },
    told(name, select) {
      statements.push(`CREATE TEMP TABLE ${name} AS\n  ${select};`);
    },
    rows: (select) => rowsOf(engine, select),
    result(select, {instead} = {}) {
      statements.push(`${select};`);
      return instead === undefined ? engine.query(select) : inOneBatch(instead);
    },
    async done(name) {
      if (tables.delete(name)) await engine.drop(name);
    },
    drop,
    async restart() {
      await drop();
      statements.length = 0;
    },
    sql: () => statements.join("\n\n")
  };
}

async function* inOneBatch(rows: readonly (readonly Value[])[]): AsyncIterable<readonly (readonly Value[])[]> {
  await Promise.resolve();
  yield rows;
}

/** Returns a whole number from an engine's value. */
export function wholeNumber(value: Value | undefined): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "string") return BigInt(value);
  return 0n;
}

/** Returns a number from an engine's value, null where it is null. */
export function numberOf(value: Value | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
