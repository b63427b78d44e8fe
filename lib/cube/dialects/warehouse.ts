import type {Dialect} from "./dialect.ts";
import {checked} from "./text.ts";

/** What a warehouse's dialect is made of, for statements that are printed; the types of columns are not known there. */
export interface WarehouseParts {
  readonly name: string;
  readonly double: string;
  readonly text: string;
  readonly bigint: string;
  /** The sign around names. */
  readonly quote: '"' | "`";
  /** Whether a backslash in a text has a meaning, so that it is to be doubled. */
  readonly backslash: boolean;
  /** A cast that gives null where it cannot be done. */
  tryDouble(sql: string): string;
  /** Microseconds since 1970 UTC of a timestamp, or of a text or date that is cast to one. */
  microseconds(sql: string, timezone: string): string;
  /** The whole quotient of a positive whole number and a positive constant. */
  divide(sql: string, by: number): string;
  date(sql: string): string;
  finite(sql: string): string;
}

const reach = 3.2e15;

/** Returns the dialect of a warehouse. */
export function warehouseDialect(parts: WarehouseParts): Dialect {
  const {name, double, text, bigint, quote, backslash} = parts;
  const escaped = (value: string): string => (backslash ? value.replaceAll("\\", "\\\\") : value);
  const literal = (value: string): string => {
    const inner = escaped(checked(value));
    return `'${backslash ? inner.replaceAll("'", "\\'") : inner.replaceAll("'", "''")}'`;
  };
  return {
    name,
    double,
    identifier: (value) => {
      const inner = quote === "`" && backslash && name === "bigquery" ? escaped(checked(value)) : checked(value);
      const own = name === "bigquery" ? "\\`" : quote + quote;
      return `${quote}${inner.replaceAll(quote, own)}${quote}`;
    },
    literal,
    whole: () => false,
    text: (sql) => `nullif(trim(CAST(${sql} AS ${text})), '')`,
    number: (sql) => parts.tryDouble(sql),
    microseconds: (sql, _, timezone) => parts.microseconds(sql, literal(timezone)),
    timestamp: (sql) => sql,
    integer: (sql) => `CAST(${sql} AS ${bigint})`,
    wide: (sql) => `CAST(${sql} AS ${double})`,
    steps: (sql) => `CAST(${sql} AS ${double})`,
    addend: (sql) => `CAST(${sql} AS ${double})`,
    floorDivide: (sql, by) =>
      `(${parts.divide(`(${sql} + ${Math.ceil(reach / by) * by})`, by)} - ${Math.ceil(reach / by)})`,
    hash: () => {
      throw new Error(`${name} only prints statements`);
    },
    percentile: () => {
      throw new Error(`${name} only prints statements`);
    },
    date: (sql) => parts.date(sql),
    finite: (sql) => parts.finite(sql)
  };
}
