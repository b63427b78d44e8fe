import {warehouseDialect} from "./warehouse.ts";

/** The dialect of Trino, for `readout sql`: its statements are printed, and are not run by Readout's own tests. */
export const trino = warehouseDialect({
  name: "trino",
  double: "DOUBLE",
  text: "VARCHAR",
  bigint: "BIGINT",
  quote: '"',
  backslash: false,
  tryDouble: (sql) => `TRY_CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)`,
  microseconds: (sql, timezone) =>
    `CAST(ROUND(TO_UNIXTIME(COALESCE(CASE WHEN REGEXP_LIKE(CAST(${sql} AS VARCHAR), ':.*([zZ]|[+-][0-9]{2}:?[0-9]{2}|[A-Za-z_/]+)$') THEN TRY_CAST(CAST(${sql} AS VARCHAR) AS TIMESTAMP(6) WITH TIME ZONE) END, WITH_TIMEZONE(TRY_CAST(CAST(${sql} AS VARCHAR) AS TIMESTAMP(6)), ${timezone}))) * 1e6) AS BIGINT)`,
  divide: (sql, by) => `(${sql} / ${by})`,
  date: (sql) => `CAST(DATE_ADD('day', CAST(${sql} AS BIGINT), DATE '1970-01-01') AS VARCHAR)`,
  finite: (sql) => `IS_FINITE(${sql})`
});
