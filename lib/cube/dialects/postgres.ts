import type {Dialect} from "./dialect.ts";
import {checked, isUtc} from "./text.ts";

const textual = /^(text|character|bpchar|citext|name|uuid)/;
const whole = /^(smallint|integer|bigint)$/;
const real = /^(real|double precision|numeric)/;
const infinity = "CAST('Infinity' AS double precision)";

/** A number as a text, written out: what is longer than a double's digits and exponent is none. */
const numeric = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-2]?[0-9]{1,2})?$";
const hours = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?";
const offset = "(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)";
const moment = `^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ Tt]${hours} ?${offset}?)?$`;

/** The dialect of PostgreSQL 12 and later. It expects the session's TimeZone to be UTC, as the engine sets it. */
export const postgres: Dialect = {
  name: "postgres",
  double: "double precision",
  identifier: (name) => `"${checked(name).replaceAll('"', '""')}"`,
  literal,
  whole: (type) => whole.test(type),
  // Texts in the order of their bytes, whatever the database's language.
  text: (sql, type) => `(nullif(btrim(${asText(sql, type)}), '') COLLATE "C")`,
  number: (sql, type) => {
    if (type === "boolean") return `CAST(CAST(${sql} AS integer) AS double precision)`;
    if (whole.test(type) || real.test(type)) return `CAST(${sql} AS double precision)`;
    const text = `btrim(${asText(sql, type)})`;
    return `CASE WHEN ${text} ~ ${literal(numeric)} AND length(${text}) < 40 THEN CAST(${text} AS double precision) ELSE CASE lower(${text}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 WHEN '' THEN NULL ELSE CASE WHEN ${text} IS NOT NULL THEN CAST('NaN' AS double precision) END END END`;
  },
  microseconds,
  timestamp: (sql, type) =>
    type.startsWith("timestamp") || type === "date"
      ? sql
      : `to_timestamp(${microseconds(sql, type, "UTC")} / 1000000.0)`,
  integer: (sql) => `CAST(${sql} AS bigint)`,
  wide: (sql) => `CAST(${sql} AS numeric)`,
  steps: (sql, bits) => `CAST(round(${sql} * ${(2 ** bits).toExponential()}::double precision) AS bigint)`,
  addend: (sql, bits) => postgres.steps(sql, bits),
  // Whole division rounds toward zero; every moment since 1870 is made positive first.
  floorDivide: (sql, by) => `((${sql} + ${Math.ceil(reach / by) * by}) / ${by} - ${Math.ceil(reach / by)})`,
  hash: (columns) => `hashtextextended(CAST(ROW(${columns.join(", ")}) AS text), 0)`,
  percentile: (sql, share) => `percentile_disc(${share}) WITHIN GROUP (ORDER BY ${sql})`,
  date: (sql) => `to_char(DATE '1970-01-01' + CAST(${sql} AS integer), 'YYYY-MM-DD')`,
  finite: (sql) => `(${sql} < ${infinity} AND ${sql} > -${infinity})`
};

const reach = 3.2e15;

function literal(text: string): string {
  const quoted = `'${checked(text).replaceAll("'", "''")}'`;
  // With E a backslash is the same on servers of any setting.
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

function asText(sql: string, type: string): string {
  return textual.test(type) && type !== "uuid" && type !== "name" && type !== "citext" ? sql : `CAST(${sql} AS text)`;
}

function microseconds(sql: string, type: string, timezone: string): string {
  const zoned = (time: string) => `CAST(extract(epoch FROM ${time}) * 1000000 AS bigint)`;
  const local = (time: string) =>
    isUtc(timezone) ? zoned(time) : zoned(`(${time} AT TIME ZONE ${literal(timezone)})`);
  const finite = (time: string, as: string) => `CASE WHEN isfinite(${time}) THEN ${as} END`;
  if (type.startsWith("timestamp") && type.endsWith("with time zone")) return finite(sql, zoned(sql));
  if (type.startsWith("timestamp")) return finite(sql, local(sql));
  if (type === "date") return finite(sql, local(`CAST(${sql} AS timestamp)`));
  if (whole.test(type)) return epoch(`CAST(${sql} AS text)`);
  const text = `btrim(${asText(sql, type)})`;
  // A text is only cast when it is a moment: there is no cast that may fail.
  const exists = `to_char(make_date(CAST(substr(${text}, 1, 4) AS integer), CAST(substr(${text}, 6, 2) AS integer), 1) + CAST(substr(${text}, 9, 2) AS integer) - 1, 'MM') = substr(${text}, 6, 2)`;
  const naive = local(`CAST(${text} AS timestamp)`);
  const time = isUtc(timezone)
    ? zoned(`CAST(${text} AS timestamptz)`)
    : `CASE WHEN ${text} ~ ${literal(`:.*${offset}$`)} THEN ${zoned(`CAST(${text} AS timestamptz)`)} ELSE ${naive} END`;
  return `CASE WHEN ${text} ~ ${literal(moment)} THEN CASE WHEN ${exists} THEN ${time} END ELSE ${epoch(text)} END`;
}

/** Unix time in seconds, milliseconds, microseconds or nanoseconds, told by its number of digits. */
function epoch(text: string): string {
  const value = `CAST(${text} AS bigint)`;
  return `CASE WHEN ${text} ~ '^[0-9]{10}$' THEN ${value} * 1000000 WHEN ${text} ~ '^[0-9]{13}$' THEN ${value} * 1000 WHEN ${text} ~ '^[0-9]{16}$' THEN ${value} WHEN ${text} ~ '^[1-8][0-9]{18}$' THEN ${value} / 1000 END`;
}
