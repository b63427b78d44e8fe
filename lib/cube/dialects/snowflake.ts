import {warehouseDialect} from "./warehouse.ts";

/** The dialect of Snowflake, for `readout sql`: its statements are printed, and are not run by Readout's own tests. */
export const snowflake = warehouseDialect({
  name: "snowflake",
  double: "DOUBLE",
  text: "VARCHAR",
  bigint: "BIGINT",
  quote: '"',
  backslash: true,
  tryDouble: (sql) => `TRY_TO_DOUBLE(CAST(${sql} AS VARCHAR))`,
  microseconds: (sql, timezone) =>
    `DATE_PART(EPOCH_MICROSECOND, COALESCE(CASE WHEN REGEXP_LIKE(CAST(${sql} AS VARCHAR), '.*:.*([zZ]|[+-][0-9]{2}:?[0-9]{2})') THEN TRY_TO_TIMESTAMP_TZ(CAST(${sql} AS VARCHAR)) END, CONVERT_TIMEZONE(${timezone}, 'UTC', TRY_TO_TIMESTAMP_NTZ(CAST(${sql} AS VARCHAR)))))`,
  // Its division of whole numbers rounds to a few digits; what is divided here has no rest.
  divide: (sql, by) => `CAST((${sql} - MOD(${sql}, ${by})) / ${by} AS BIGINT)`,
  date: (sql) => `TO_VARCHAR(DATEADD(day, CAST(${sql} AS INTEGER), DATE '1970-01-01'), 'YYYY-MM-DD')`,
  finite: (sql) => `(${sql} < CAST('inf' AS DOUBLE) AND ${sql} > CAST('-inf' AS DOUBLE))`
});
