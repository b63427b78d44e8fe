import {buildLogs} from "../../lib/cube/buildLogs.ts";
import type {Engine} from "../../lib/cube/engines/engine.ts";
import {openPostgres} from "../../lib/cube/engines/postgres.ts";
import {planCube} from "../../lib/cube/plan.ts";
import {scanServer} from "../../lib/cube/scanServer.ts";
import {runSteps} from "../../lib/cube/steps.ts";
import {postgresBin, startPostgres} from "../cube/engines/postgresServer.ts";
import {logDefinitions} from "./logs.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures the cube of 5 million events inside a PostgreSQL of its own: the seconds, and the rows that come over the
 * wire, all questions included, beside the rows of the cube. Nothing where no PostgreSQL is installed.
 */
export async function bench({events = 5_000_000, units = 500_000} = {}): Promise<Measured[]> {
  const bin = postgresBin();
  if (bin === null) {
    console.error("pushdown: no PostgreSQL is installed; passed over");
    return [];
  }
  const server = await startPostgres(bin);
  try {
    await server.run(
      `CREATE UNLOGGED TABLE exposures AS SELECT i AS user_id, CASE WHEN i % 2 = 0 THEN 'control' ELSE 'green' END AS variant, timestamptz '2026-01-05 00:00:00+00' + (hashint8(i) & 2147483647) % (20 * 86400) * interval '1 second' AS ts, (ARRAY['web', 'ios', 'android'])[1 + i % 3] AS platform, 'c' || (i / 6) % 8 AS country, CASE WHEN (i / 48) % 4 = 0 THEN 'paid' ELSE 'free' END AS plan FROM generate_series(1::bigint, ${units}) AS i`,
      `CREATE UNLOGGED TABLE events AS SELECT 1 + (hashint8(i) & 2147483647) % ${units} AS user_id, timestamptz '2026-01-05 00:00:00+00' + (hashint8(i + 7) & 2147483647) % (28 * 86400) * interval '1 second' AS ts, (ARRAY['purchase', 'view', 'view', 'search'])[1 + (hashint8(i * 3) & 3)] AS event, round((hashint8(i * 11) & 2147483647) % 100000 / 97.0, 2)::double precision AS amount FROM generate_series(1::bigint, ${events}) AS i`,
      "ANALYZE"
    );
    const {experiment, definitions} = logDefinitions({
      last: "retention",
      connection: {engine: "postgres", url: server.url}
    });
    const engine = await openPostgres({url: server.url, timeout: 3_600_000});
    const fetched = {rows: 0};
    const counting: Engine = {
      ...engine,
      async *query(sql) {
        for await (const batch of engine.query(sql)) {
          fetched.rows += batch.length;
          yield batch;
        }
      }
    };
    try {
      const start = performance.now();
      const context = {
        engine: counting,
        steps: runSteps(counting),
        definitions,
        relationOf: (name: string, fact: Parameters<typeof scanServer>[2]) => scanServer(engine, name, fact)
      };
      const {path, entries, links, traffic} = await buildLogs(context, planCube(experiment, definitions));
      const seconds = (performance.now() - start) / 1000;
      // Rows of whole variants are added up here; and increments come by clock, several metrics in a row.
      const cells = [...path, ...entries].filter(({cell}) => cell !== null).length;
      const changes = (links ?? []).reduce((sum, {units: own}) => sum + own.length, 0);
      return [
        {name: `postgres, cube of ${events / 1e6} million events inside`, value: seconds, unit: "s"},
        {name: "rows of the cube", value: cells + changes + traffic.length, unit: "rows"},
        {name: "rows fetched", value: fetched.rows, unit: "rows"},
        {
          name: "rows fetched / rows of the cube",
          value: fetched.rows / (cells + changes + traffic.length),
          unit: "x",
          bound: 1
        }
      ];
    } finally {
      await engine.close();
    }
  } finally {
    await server.stop();
  }
}
