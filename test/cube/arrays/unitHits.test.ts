import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {openDuckdb} from "../../../lib/cube/engines/duckdb.ts";
import {define} from "../define.ts";
import {cases, tableCsv} from "../engines/cases.ts";
import {csv, stamp, withFiles} from "../logs.ts";
import {logDefinitions, writeLogs} from "../../bench/logs.ts";
import {createRandom} from "../../random.ts";

/** Builds a cube in SQL and from typed arrays; `used` says whether there were any. */
async function bothWays(
  {experiment, definitions}: ReturnType<typeof define>,
  files: Record<string, string>,
  shardThreads = 1
): Promise<{sql: unknown; arrays: unknown; used: boolean}> {
  const engine = await openDuckdb({threads: 2});
  let used = false;
  const {arrays} = engine;
  if (arrays === undefined) throw new Error("missing arrays");
  const gather: typeof arrays.gather = (...all) => {
    used = true;
    return arrays.gather(...all);
  };
  const watched = {...engine, arrays: {...arrays, gather}};
  try {
    return await withFiles(files, async (dataDir) => {
      const sql = await buildCube(experiment, definitions, {dataDir, engine, leastHits: Infinity});
      return {
        sql,
        arrays: await buildCube(experiment, definitions, {dataDir, engine: watched, leastHits: 0, shardThreads}),
        used
      };
    });
  } finally {
    await engine.close();
  }
}

describe("sums from typed arrays", () => {
  it.each(cases.map((each) => [each.name, each] as const))(
    "are those of SQL to the last bit: %s",
    {timeout: 60_000},
    async (_, {tables, defined}) => {
      const files = Object.fromEntries(Object.entries(tables).map(([name, table]) => [`${name}.csv`, tableCsv(table)]));
      const {experiment, definitions} = defined((table) => ({path: `${table}.csv`}));
      // A quantile of the running totals of units needs a table of single days.
      const isTaken = (key: string) => {
        const {kind, of, window} = definitions.metrics[key] ?? {};
        return kind !== "quantile" || of !== "units" || window !== undefined;
      };
      const {primary, secondary, guardrails} = experiment.metrics;
      const metrics = {
        primary: primary.filter(isTaken),
        secondary: secondary.filter(isTaken),
        guardrails: guardrails.filter(({metric}) => isTaken(metric))
      };
      const {sql, arrays, used} = await bothWays({experiment: {...experiment, metrics}, definitions}, files);
      expect(used).toBe(definitions.sources.facts["events"]?.shape === "events");
      expect(arrays).toEqual(sql);
    }
  );

  it.each([1, 3])("are those of SQL with values of every size, in %d threads", {timeout: 60_000}, async (threads) => {
    const random = createRandom(5);
    const units = Array.from({length: 400}, (_, i) => `u${i}`);
    const start = Date.parse("2026-01-05");
    const time = (from: number, days: number): string =>
      stamp(start + from * 86_400_000 + random.integer(days * 86_400) * 1000);
    const amount = (): string =>
      `${((random.integer(2 ** 31) + 1) * (random.integer(5) === 0 ? -1 : 1)) / 10 ** random.integer(12)}`;
    const files = {
      "exposures.csv": csv([
        ["u", "v", "t", "platform", "score"],
        ...units.map((u, i) => [u, i % 2 === 0 ? "a" : "b", time(0, 12), ["web", "ios"][i % 3] ?? "tv", amount()])
      ]),
      "events.csv": csv([
        ["u", "t", "e", "x"],
        ...Array.from({length: 8000}, () => [
          units[random.integer(400)] ?? "",
          time(-6, 36),
          random.integer(3) === 0 ? "view" : "buy",
          amount()
        ])
      ])
    };
    const bought = {fact: "events", event: "buy", value: "x"};
    const buy = {...bought, negative: "keep"};
    const view = {fact: "events", event: "view"};
    const {sql, arrays, used} = await bothWays(
      define({
        experiment: {
          start: "2026-01-05",
          variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
          dimensions: ["platform"],
          metrics: {
            primary: ["rate", "spent"],
            secondary: ["views", "each", "capped", "scored", "half", "soon", "again"]
          }
        },
        metrics: {
          rate: {kind: "proportion", ...view},
          spent: {kind: "mean", ...buy, covariate: "5d"},
          views: {kind: "mean", ...view, covariate: "3d"},
          each: {kind: "ratio", numerator: bought, denominator: view, negative: "keep", covariate: "5d"},
          capped: {kind: "mean", ...buy, cap: "p90"},
          scored: {kind: "mean", ...buy, covariate: {column: "score"}},
          half: {kind: "quantile", quantile: 0.5, ...buy},
          soon: {kind: "mean", ...buy, window: "4d", cap: 1000},
          again: {kind: "retention", ...view, days: [1, 3]}
        },
        facts: {
          exposures: {shape: "exposures", path: "exposures.csv", unit: "u", variant: "v", timestamp: "t"},
          events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", event: "e", values: ["x"]}
        }
      }),
      files,
      threads
    );
    expect(used).toBe(true);
    expect(arrays).toEqual(sql);
  });

  it("are those of SQL with more letters than bits of a number", {timeout: 60_000}, async () => {
    const random = createRandom(11);
    const time = (from: number, days: number): string =>
      stamp(Date.parse("2026-01-05") + from * 86_400_000 + random.integer(days * 86_400) * 1000);
    const files = {
      "exposures.csv": csv([
        ["u", "v", "t"],
        ...Array.from({length: 90}, (_, i) => [`u${i}`, i % 2 === 0 ? "a" : "b", time(0, 6)])
      ]),
      "events.csv": csv([
        ["u", "t", "e", "x"],
        ...Array.from({length: 900}, () => [`u${random.integer(90)}`, time(0, 14), "buy", `${random.integer(90)}`])
      ])
    };
    const keys = Array.from({length: 40}, (_, i) => `m${i}`);
    const {sql, arrays, used} = await bothWays(
      define({
        experiment: {
          start: "2026-01-05",
          variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
          metrics: {primary: ["m0"], secondary: keys.slice(1)}
        },
        metrics: Object.fromEntries(
          keys.map((key, i) => [key, {kind: "mean", fact: "events", event: "buy", value: "x", cap: 5 + 7 * i}])
        ),
        facts: {
          exposures: {shape: "exposures", path: "exposures.csv", unit: "u", variant: "v", timestamp: "t"},
          events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", event: "e", values: ["x"]}
        }
      }),
      files
    );
    expect(used).toBe(true);
    expect(arrays).toEqual(sql);
  });

  it.each(["times", "dates", "activations"])(
    "are those of SQL with two logs, the second one of %s",
    {timeout: 60_000},
    async (of) => {
      const random = createRandom(13);
      const time = (from: number, days: number): string =>
        stamp(Date.parse("2026-01-05") + from * 86_400_000 + random.integer(days * 86_400) * 1000);
      const unit = (): string => `u${random.integer(120)}`;
      const files = {
        "exposures.csv": csv([
          ["u", "v", "t"],
          ...Array.from({length: 90}, (_, i) => [`u${i}`, i % 2 === 0 ? "a" : "b", time(0, 6)])
        ]),
        "orders.csv": csv([
          ["u", "t", "x"],
          ...Array.from({length: 700}, () => [unit(), time(-3, 17), `${random.integer(90)}`])
        ]),
        "visits.csv": csv([
          ["u", "t", "x"],
          ...Array.from({length: 900}, () => [
            unit(),
            of === "dates" ? time(-3, 17).slice(0, 10) : time(-3, 17),
            `${random.integer(9)}`
          ])
        ])
      };
      const log = (path: string) => ({shape: "events", path, unit: "u", timestamp: "t", values: ["x"]});
      const {sql, arrays, used} = await bothWays(
        define({
          experiment: {
            start: "2026-01-05",
            variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
            // Then all tables are made, and read from there.
            ...(of === "activations" && {activation: {fact: "visits"}}),
            metrics: {primary: ["spent"], secondary: ["visits", "seen", "long"]}
          },
          metrics: {
            spent: {kind: "mean", fact: "orders", value: "x", covariate: "2d"},
            visits: {kind: "mean", fact: "visits", window: "3d", covariate: "2d"},
            seen: {kind: "mean", fact: "visits", value: "x"},
            long: {kind: "quantile", quantile: 0.7, fact: "visits", value: "x", window: "2d"}
          },
          facts: {
            exposures: {shape: "exposures", path: "exposures.csv", unit: "u", variant: "v", timestamp: "t"},
            orders: log("orders.csv"),
            visits: log("visits.csv")
          }
        }),
        files,
        2
      );
      expect(used).toBe(true);
      expect(arrays).toEqual(sql);
    }
  );

  it.each(["retention", "quantile"] as const)(
    "are those of SQL from Parquet, with a %s",
    {timeout: 60_000},
    async (last) => {
      const engine = await openDuckdb({threads: 2});
      try {
        await withFiles({}, async (dataDir) => {
          await writeLogs(engine, dataDir, {events: 30_000, units: 3000, format: "parquet"});
          const {experiment, definitions} = logDefinitions({last, format: "parquet"});
          const [sql, arrays] = [
            await buildCube(experiment, definitions, {dataDir, engine, leastHits: Infinity}),
            await buildCube(experiment, definitions, {dataDir, engine, leastHits: 0, shardThreads: 2})
          ];
          expect(arrays).toEqual(sql);
          expect(arrays.path.length).toBeGreaterThan(1000);
        });
      } finally {
        await engine.close();
      }
    }
  );

  it.each([
    ["close together", 1n],
    ["far apart", 10n ** 15n]
  ])(
    "are those of SQL where ids are whole numbers %s, some of them never exposed",
    {timeout: 60_000},
    async (_, by) => {
      const engine = await openDuckdb({threads: 2});
      try {
        await withFiles({}, async (dataDir) => {
          const write = (select: string, name: string) =>
            engine.run(`COPY (${select}) TO '${join(dataDir, name)}.parquet' (FORMAT parquet)`);
          const time = (salt: number, days: number) =>
            `TIMESTAMP '2026-01-05' + to_seconds(CAST(hash(i + ${salt}) % ${days * 86_400} AS BIGINT))`;
          await write(
            `SELECT (3 * i - 50) * ${by} AS u, CASE WHEN hash(i) % 2 = 0 THEN 'a' ELSE 'b' END AS v, ${time(1, 9)} AS t FROM range(300) AS r(i)`,
            "exposures"
          );
          await write(
            `SELECT CASE WHEN i % 50 = 0 THEN NULL ELSE (CAST(hash(i) % 1200 AS BIGINT) - 200) * ${by} END AS u, ${time(2, 14)} AS t, i % 7 AS x FROM range(6000) AS r(i)`,
            "events"
          );
          const {experiment, definitions} = define({
            experiment: {
              start: "2026-01-05",
              variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
              metrics: {primary: ["spent"], secondary: ["early"]}
            },
            metrics: {
              spent: {kind: "mean", fact: "events", value: "x", covariate: "2d"},
              early: {kind: "proportion", fact: "events", window: "1d"}
            },
            facts: {
              exposures: {shape: "exposures", path: "exposures.parquet", unit: "u", variant: "v", timestamp: "t"},
              events: {shape: "events", path: "events.parquet", unit: "u", timestamp: "t", values: ["x"]}
            }
          });
          const [sql, arrays] = [
            await buildCube(experiment, definitions, {dataDir, engine, leastHits: Infinity}),
            await buildCube(experiment, definitions, {dataDir, engine, leastHits: 0})
          ];
          expect(arrays).toEqual(sql);
          expect(arrays.units).toBe(300);
          expect(arrays.excluded).toContainEqual({reason: "missing-unit", fact: "events", rows: 120, units: null});
        });
      } finally {
        await engine.close();
      }
    }
  );
});
