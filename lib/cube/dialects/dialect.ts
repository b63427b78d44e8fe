/** A column of a relation, with the engine's own name of its type. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** How an engine stamps a moment: in microseconds since 1970, UTC. Durations are in microseconds too. */
export const hour = 3_600_000_000;
/** One day of 24 hours in microseconds. */
export const day = 24 * hour;

/**
 * What differs between engines. Everything else of the generated SQL is the same everywhere: SELECT, JOIN, GROUP BY
 * GROUPING SETS, one window function and integers. Each function takes and returns SQL text.
 */
export interface Dialect {
  readonly name: string;
  /** The type of doubles, as the engine reports it. */
  readonly double: string;
  /** A quoted name; whatever it holds, it stays one name. */
  identifier(name: string): string;
  /** A quoted text literal; whatever it holds, it stays one literal. */
  literal(text: string): string;
  /** Whether a column's type holds whole numbers of at most 63 bits: equal ones are equal texts, and quicker. */
  whole(type: string): boolean;
  /** The value as text, null where blank. */
  text(sql: string, type: string): string;
  /** The value as a double: null where blank, NaN or infinite where it is no number; true is 1, false is 0. */
  number(sql: string, type: string): string;
  /** Microseconds since 1970 UTC of a timestamp; null where it cannot be read. `timezone` is that of naive times. */
  microseconds(sql: string, type: string, timezone: string): string;
  /** A timestamp for the analyst's own conditions, null where it cannot be read. */
  timestamp(sql: string, type: string): string;
  /** A whole number of at most 63 bits; the value is one. */
  integer(sql: string): string;
  /** A whole number of at most 127 bits; the value is one. */
  wide(sql: string): string;
  /** A finite double in steps of 2^-bits, rounded to the nearest whole number of steps. */
  steps(sql: string, bits: number): string;
  /** The same, to be added up; of whatever type the engine adds up quickest while sums stay below 2^53. */
  addend(sql: string, bits: number): string;
  /** The whole quotient of at most 31 bits, rounded down, of a whole number and a positive constant. */
  floorDivide(sql: string, by: number): string;
  /** A 64-bit hash of the columns, for finding candidates of equal rows. */
  hash(columns: readonly string[]): string;
  /** The smallest value that at least a share in (0, 1) of the values does not exceed: an aggregate. */
  percentile(sql: string, share: number): string;
  /** The date of a number of days since 1970, as text: 2026-01-31. */
  date(sql: string): string;
  /** Whether a double is a finite number. */
  finite(sql: string): string;
}
