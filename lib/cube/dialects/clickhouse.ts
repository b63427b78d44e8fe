import type {Dialect} from "./dialect.ts";
import {checked, isUtc} from "./text.ts";

const whole = /^U?Int(8|16|32|64)$/;
const real = /^(Float|Decimal|BFloat)/;
const moment = /^DateTime/;

const numeric = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-2]?[0-9]{1,2})?$";
const hours = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?";
const offset = "(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)";
const written = `^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ Tt]${hours} ?${offset}?)?$`;

/**
 * The dialect of ClickHouse 24 and later. It expects the session's settings that the engine sends: nulls in joins and
 * grouping sets as in standard SQL, and the time zone UTC.
 */
export const clickhouse: Dialect = {
  name: "clickhouse",
  double: "Nullable(Float64)",
  identifier: (name) => `"${checked(name).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
  literal,
  whole: (type) => whole.test(plainType(type)) && plainType(type) !== "UInt64",
  text: (sql, type) => `nullIf(trimBoth(${asText(sql, type)}, ' '), '')`,
  number: (sql, type) => {
    const plain = plainType(type);
    if (plain === "Bool" || whole.test(plain) || real.test(plain)) return `toFloat64(${sql})`;
    const text = `trimBoth(${asText(sql, type)}, ' ')`;
    return `multiIf(match(${text}, ${literal(numeric)}), toFloat64OrNull(${text}), lower(${text}) = 'true', 1, lower(${text}) = 'false', 0, ${text} = '' OR ${text} IS NULL, NULL, nan)`;
  },
  microseconds,
  timestamp: (sql, type) =>
    plainType(type).startsWith("Date") ? sql : `fromUnixTimestamp64Micro(${microseconds(sql, type, "UTC")})`,
  // A null may hide a NaN, at which a plain cast stops.
  integer: (sql) => (sql === "NULL" ? "CAST(NULL AS Nullable(Int64))" : `accurateCastOrNull(${sql}, 'Int64')`),
  wide: (sql) => `CAST(${sql} AS Nullable(Int256))`,
  steps: (sql, bits) => `accurateCastOrNull(round(${sql} * ${(2 ** bits).toExponential()}), 'Int64')`,
  addend: (sql, bits) => clickhouse.steps(sql, bits),
  // Whole division rounds toward zero; every moment since 1870 is made positive first.
  floorDivide: (sql, by) => `(intDiv(${sql} + ${Math.ceil(reach / by) * by}, ${by}) - ${Math.ceil(reach / by)})`,
  hash: (columns) => `cityHash64(toString(tuple(${columns.join(", ")})))`,
  percentile: (sql, share) =>
    `arrayElement(arraySort(groupArray(${sql})), greatest(1, toUInt64(ceil(${share} * count()))))`,
  date: (sql) => `toString(toDate32('1970-01-01') + toInt32(${sql}))`,
  finite: (sql) => `isFinite(${sql})`
};

const reach = 3.2e15;

function literal(text: string): string {
  return `'${checked(text).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A type without what wraps it. */
function plainType(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1];
  return inner === undefined ? type : plainType(inner);
}

function asText(sql: string, type: string): string {
  return plainType(type) === "String" ? sql : `CAST(${sql} AS Nullable(String))`;
}

function microseconds(sql: string, type: string, timezone: string): string {
  const plain = plainType(type);
  // A time without a zone of its own is in the server's: how it is stored is UTC, whatever it is shown as.
  if (moment.test(plain)) return `toUnixTimestamp64Micro(toDateTime64(${sql}, 6, 'UTC'))`;
  const zoned = (text: string) => `toUnixTimestamp64Micro(parseDateTime64BestEffortOrNull(${text}, 6, 'UTC'))`;
  const local = (text: string) => (isUtc(timezone) ? zoned(text) : ofZone(zoned(text), literal(timezone)));
  if (plain === "Date" || plain === "Date32") return local(`toString(${sql})`);
  if (whole.test(plain)) return epoch(`toString(${sql})`);
  const text = `trimBoth(${asText(sql, type)}, ' ')`;
  const exists = `toDayOfMonth(toDate32OrNull(substring(${text}, 1, 10))) = toUInt8OrNull(substring(${text}, 9, 2))`;
  const time = isUtc(timezone)
    ? zoned(text)
    : `if(match(${text}, ${literal(`:.*${offset}$`)}), ${zoned(text)}, ${local(text)})`;
  return `multiIf(match(${text}, ${literal(written)}), if(${exists}, ${time}, NULL), ${epoch(text)})`;
}

/**
 * A local time, given as if it were UTC, in its zone. Of the two moments that an hour set back gives the later one, and
 * of an hour that is skipped the offset before: as other engines, where ClickHouse itself takes the other.
 */
function ofZone(local: string, zone: string): string {
  const offsetAt = (time: string) =>
    `toInt64(timeZoneOffset(toDateTime64(intDiv(${time}, 1000000), 0, ${zone}))) * 1000000`;
  const day = 86_400_000_000;
  const [before, after] = [offsetAt(`${local} - ${day}`), offsetAt(`${local} + ${day}`)];
  const later = `${local} - least(${before}, ${after})`;
  const earlier = `${local} - greatest(${before}, ${after})`;
  return `if(${before} = ${after} OR ${earlier} + ${offsetAt(earlier)} <> ${local} OR ${later} + ${offsetAt(later)} = ${local}, ${later}, ${earlier})`;
}

/** Unix time in seconds, milliseconds, microseconds or nanoseconds, told by its number of digits. */
function epoch(text: string): string {
  const value = `toInt64OrNull(${text})`;
  return `multiIf(match(${text}, '^[0-9]{10}$'), ${value} * 1000000, match(${text}, '^[0-9]{13}$'), ${value} * 1000, match(${text}, '^[0-9]{16}$'), ${value}, match(${text}, '^[1-8][0-9]{18}$'), intDiv(${value}, 1000), NULL)`;
}
