import type {Dialect} from "./dialect.ts";
import {checked, isUtc} from "./text.ts";

const textual = /^(VARCHAR|ENUM|JSON|UUID)/;
const naive = /^TIMESTAMP(_S|_MS|_NS)?$/;
const zoned = /^TIMESTAMP(_NS)? WITH TIME ZONE$/;
const whole = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/;
const unbounded = /HUGE|UBIG/;
const decimal = /^(DECIMAL|DOUBLE|FLOAT)/;

const reach = 3.2e15;

/** The dialect of DuckDB. It expects the session's TimeZone to be UTC, as the engine sets it. */
export const duckdb: Dialect = {
  name: "duckdb",
  double: "DOUBLE",
  identifier: (name) => `"${checked(name).replaceAll('"', '""')}"`,
  literal: (text) => `'${checked(text).replaceAll("'", "''")}'`,
  whole: (type) => whole.test(type) && !unbounded.test(type),
  // Few texts have a space around them, and trim takes its time with all. What comes before "!" is blank, or begins so.
  text: (sql, type) => {
    if (!textual.test(type)) return `nullif(trim(CAST(${sql} AS VARCHAR), ' '), '')`;
    return `CASE WHEN ${sql} < '!' OR ends_with(${sql}, ' ') THEN nullif(trim(${sql}, ' '), '') ELSE ${sql} END`;
  },
  number: (sql, type) => {
    if (type === "BOOLEAN") return `CAST(CAST(${sql} AS INTEGER) AS DOUBLE)`;
    if (whole.test(type) || decimal.test(type)) return `CAST(${sql} AS DOUBLE)`;
    // Not coalesce: that looks at the words of all rows.
    const number = `try_cast(${sql} AS DOUBLE)`;
    return `CASE WHEN ${number} IS NOT NULL THEN ${number} ELSE ${words(textual.test(type) ? sql : `CAST(${sql} AS VARCHAR)`)} END`;
  },
  microseconds,
  timestamp: (sql, type) => (naive.test(type) || zoned.test(type) ? sql : `try_cast(${sql} AS TIMESTAMP)`),
  integer: (sql) => `CAST(${sql} AS BIGINT)`,
  wide: (sql) => `CAST(${sql} AS HUGEINT)`,
  steps: (sql, bits) => `CAST(round(${sql} * ${(2 ** bits).toExponential()}) AS BIGINT)`,
  // Doubles that hold whole numbers: adding up 64-bit integers takes 128 bits, and longer.
  addend: (sql, bits) => `round(${sql} * ${(2 ** bits).toExponential()})`,
  // Whole division rounds toward zero; every moment since 1870 is made positive first.
  floorDivide: (sql, by) =>
    `CAST((${sql} + ${Math.ceil(reach / by) * by}) // ${by} - ${Math.ceil(reach / by)} AS INTEGER)`,
  hash: (columns) => `hash(${columns.join(", ")})`,
  percentile: (sql, share) => `percentile_disc(${share}) WITHIN GROUP (ORDER BY ${sql})`,
  date: (sql) => `CAST(DATE '1970-01-01' + CAST(${sql} AS INTEGER) AS VARCHAR)`,
  finite: (sql) => `isfinite(${sql})`
};

function words(text: string): string {
  return `CASE lower(trim(${text})) WHEN 'true' THEN 1 WHEN 'false' THEN 0 WHEN '' THEN NULL ELSE CASE WHEN ${text} IS NOT NULL THEN CAST('nan' AS DOUBLE) END END`;
}

function microseconds(sql: string, type: string, timezone: string): string {
  const local = (time: string) =>
    isUtc(timezone) ? `epoch_us(${time})` : `epoch_us(timezone(${duckdb.literal(timezone)}, ${time}))`;
  if (zoned.test(type)) return `epoch_us(CAST(${sql} AS TIMESTAMPTZ))`;
  if (naive.test(type)) return local(`CAST(${sql} AS TIMESTAMP)`);
  if (type === "DATE") return local(`CAST(${sql} AS TIMESTAMP)`);
  if (whole.test(type)) return epoch(`CAST(${sql} AS BIGINT)`);
  const text = textual.test(type) ? sql : `CAST(${sql} AS VARCHAR)`;
  // A cast to TIMESTAMP would silently ignore an offset; a cast to TIMESTAMPTZ is slower. So the common form without
  // one, 2026-01-31 12:00:00, is told by its form, and decided first.
  const plain = local(`try_cast(${text} AS TIMESTAMP)`);
  const offset = isUtc(timezone)
    ? `epoch_us(try_cast(${text} AS TIMESTAMPTZ))`
    : `CASE WHEN regexp_matches(${text}, '\\d:?\\d\\d.*([zZ]|[+-]\\d\\d(:?\\d\\d)?|[A-Za-z/_]+)$') THEN epoch_us(try_cast(${text} AS TIMESTAMPTZ)) ELSE ${plain} END`;
  const other = `CASE WHEN length(${text}) = 10 THEN ${plain} ELSE ${offset} END`;
  return `CASE WHEN ${text} LIKE '____-__-_____:__:__' THEN ${plain} ELSE coalesce(${other}, ${epoch(`try_cast(${text} AS BIGINT)`)}) END`;
}

/** Unix time in seconds, milliseconds, microseconds or nanoseconds, told by its number of digits. */
function epoch(sql: string): string {
  return `CASE length(CAST(${sql} AS VARCHAR)) WHEN 10 THEN ${sql} * 1000000 WHEN 13 THEN ${sql} * 1000 WHEN 16 THEN ${sql} WHEN 19 THEN ${sql} // 1000 END`;
}
