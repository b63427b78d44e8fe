import {warehouseDialect} from "./warehouse.ts";

/** The dialect of Amazon Redshift, for `readout sql`: its statements are printed, and are not run by Readout's own tests. */
export const redshift = warehouseDialect({
  name: "redshift",
  double: "DOUBLE PRECISION",
  text: "VARCHAR",
  bigint: "BIGINT",
  quote: '"',
  backslash: true,
  tryDouble: (sql) =>
    `CASE WHEN CAST(${sql} AS VARCHAR) ~ '^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})? *$' THEN CAST(CAST(${sql} AS VARCHAR) AS DOUBLE PRECISION) END`,
  microseconds: (sql, timezone) =>
    `DATEDIFF(microsecond, TIMESTAMP '1970-01-01 00:00:00', CONVERT_TIMEZONE(${timezone}, 'UTC', CAST(${sql} AS TIMESTAMP)))`,
  divide: (sql, by) => `(${sql} / ${by})`,
  date: (sql) => `TO_CHAR(DATEADD(day, CAST(${sql} AS INTEGER), DATE '1970-01-01'), 'YYYY-MM-DD')`,
  finite: (sql) => `(${sql} < CAST('Infinity' AS DOUBLE PRECISION) AND ${sql} > CAST('-Infinity' AS DOUBLE PRECISION))`
});
