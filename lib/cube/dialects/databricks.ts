import {warehouseDialect} from "./warehouse.ts";

/** The dialect of Databricks (Spark SQL), for `readout sql`: its statements are printed, and are not run by Readout's own tests. */
export const databricks = warehouseDialect({
  name: "databricks",
  double: "DOUBLE",
  text: "STRING",
  bigint: "BIGINT",
  quote: "`",
  backslash: true,
  tryDouble: (sql) => `TRY_CAST(CAST(${sql} AS STRING) AS DOUBLE)`,
  microseconds: (sql, timezone) =>
    `UNIX_MICROS(CASE WHEN CAST(${sql} AS STRING) RLIKE ':.*([zZ]|[+-][0-9]{2}:?[0-9]{2})$' THEN TRY_CAST(CAST(${sql} AS STRING) AS TIMESTAMP) ELSE TO_UTC_TIMESTAMP(TRY_CAST(${sql} AS TIMESTAMP), ${timezone}) END)`,
  divide: (sql, by) => `(${sql} DIV ${by})`,
  date: (sql) => `CAST(DATE_ADD(DATE '1970-01-01', CAST(${sql} AS INT)) AS STRING)`,
  finite: (sql) => `(NOT ISNAN(${sql}) AND ABS(${sql}) < CAST('Infinity' AS DOUBLE))`
});
