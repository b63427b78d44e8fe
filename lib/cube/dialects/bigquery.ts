import {warehouseDialect} from "./warehouse.ts";

/** The dialect of BigQuery (GoogleSQL), for `readout sql`: its statements are printed, and are not run by Readout's own tests. */
export const bigquery = warehouseDialect({
  name: "bigquery",
  double: "FLOAT64",
  text: "STRING",
  bigint: "INT64",
  quote: "`",
  backslash: true,
  tryDouble: (sql) => `SAFE_CAST(CAST(${sql} AS STRING) AS FLOAT64)`,
  // A zone is only heard where the value has none: it is made a text first.
  microseconds: (sql, timezone) => `UNIX_MICROS(SAFE.TIMESTAMP(CAST(${sql} AS STRING), ${timezone}))`,
  divide: (sql, by) => `DIV(${sql}, ${by})`,
  date: (sql) => `CAST(DATE_ADD(DATE '1970-01-01', INTERVAL CAST(${sql} AS INT64) DAY) AS STRING)`,
  finite: (sql) => `(NOT IS_NAN(${sql}) AND NOT IS_INF(${sql}))`
});
