import {dimensionColumn} from "../../lib/cube/cubeTable.ts";
import {identifier} from "./identifier.ts";

/** A query to start from. */
export type Example = {title: string; table: string; sql: string};

/** Returns the query that adds up the published rows of a metric to the sums behind its numbers, by variant. */
export function sumsQuery(
  {dimensions}: {dimensions: readonly {key: string}[]},
  metric: string,
  sums: readonly string[]
): string {
  const first = dimensions[0] && identifier(dimensionColumn(dimensions[0].key));
  return [
    `SELECT variant, ${["n", ...sums].map((key) => `sum(${key}) AS ${key}`).join(", ")}`,
    "FROM path",
    `WHERE metric = '${metric.replaceAll("'", "''")}'`,
    ...(first === undefined ? [] : [`  AND ${first} IS NULL`]),
    "GROUP BY variant",
    "ORDER BY variant"
  ].join("\n");
}

/** Returns queries that answer something about this cube, written for its own metric and dimensions, of tables that are there. */
export function examples({
  metric,
  dimensions,
  tables
}: {
  metric: string;
  dimensions: readonly string[];
  tables: readonly string[];
}): Example[] {
  const literal = `'${metric.replaceAll("'", "''")}'`;
  const columns = dimensions.map((key) => identifier(dimensionColumn(key)));
  const [first, second] = columns;
  // Rows of a variant as a whole have no dimensions; with dimensions asked for, only cells count.
  const whole = first === undefined ? "" : `\n  AND ${first} IS NULL`;
  const cells = (column: string) => `\n  AND ${column} IS NOT NULL`;
  const all = [
    {
      title: "Units and mean by variant",
      table: "path",
      sql: `SELECT p.variant, sum(n) AS units, any_value(origin_y) + sum(y) / sum(n) AS mean
FROM path AS p JOIN metrics AS m USING (metric)
WHERE metric = ${literal}${whole}
GROUP BY p.variant
ORDER BY p.variant`
    },
    ...(first === undefined
      ? []
      : [
          {
            title: `Mean by ${dimensions[0]} and variant`,
            table: "path",
            sql: `SELECT ${first}, p.variant, sum(n) AS units, any_value(origin_y) + sum(y) / sum(n) AS mean
FROM path AS p JOIN metrics AS m USING (metric)
WHERE metric = ${literal}${cells(first)}
GROUP BY ALL
ORDER BY ALL`
          }
        ]),
    ...(first === undefined || second === undefined
      ? []
      : [
          {
            title: `${dimensions[0]} crossed with ${dimensions[1]}`,
            table: "path",
            sql: `SELECT ${first}, ${second}, sum(n) AS units
FROM path
WHERE metric = ${literal}${cells(first)}
GROUP BY ALL
ORDER BY units DESC`
          }
        ]),
    {
      title: "Mean as of each day",
      table: "path",
      sql: `SELECT date, p.variant,
  any_value(origin_y) + sum(sum(y)) OVER so_far / sum(sum(n)) OVER so_far AS mean
FROM path AS p JOIN metrics AS m USING (metric)
WHERE metric = ${literal}${whole}
GROUP BY date, p.variant
WINDOW so_far AS (PARTITION BY p.variant ORDER BY date)
ORDER BY date, p.variant`
    },
    {
      title: "New units by day",
      table: "traffic",
      sql: `SELECT hour[:10] AS day, sum(units) AS units
FROM traffic
GROUP BY day
ORDER BY day`
    }
  ];
  const there = all.filter(({table}) => tables.includes(table));
  return there.length > 0 ? there : [{title: "Metrics", table: "metrics", sql: "SELECT *\nFROM metrics"}];
}
