import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {define} from "./define.ts";
import {csv, withFiles} from "./logs.ts";

const variants = (unit: number) => (unit % 2 ? "green" : "control");
const exposures = Array.from({length: 40}, (_, i) => [i, variants(i), "2026-01-05 10:00:00"]);
const events = Array.from({length: 60}, (_, i) => [i, `2026-01-0${5 + (i % 3)} 11:00:00`, i + 0.25]);

/** The cube of the same two logs, in files of these kinds; ids are `type` in Parquet, and text in CSV. */
async function build(kinds: {exposures: string; events: string}, type: string, more: (string | number)[][] = []) {
  const files = {
    "exposures.csv": csv([["unit", "variant", "ts"], ...exposures]),
    "events.csv": csv([["unit", "ts", "amount"], ...events, ...more])
  };
  return withFiles(files, async (dataDir) => {
    const engine = await openDuckdb({directory: dataDir});
    try {
      for (const name of ["exposures", "events"])
        await engine.run(
          `COPY (SELECT * REPLACE (CAST(unit AS ${type}) AS unit) FROM '${join(dataDir, name)}.csv') TO '${join(dataDir, name)}.parquet'`
        );
      const {experiment, definitions} = define({
        experiment: {
          start: "2026-01-05",
          minimumUnits: 2,
          variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
          metrics: {primary: ["spent"]}
        },
        metrics: {spent: {kind: "mean", fact: "events", value: "amount"}},
        facts: {
          exposures: {
            shape: "exposures",
            path: `exposures.${kinds.exposures}`,
            unit: "unit",
            variant: "variant",
            timestamp: "ts"
          },
          events: {shape: "events", path: `events.${kinds.events}`, unit: "unit", timestamp: "ts", values: ["amount"]}
        }
      });
      return await buildCube(experiment, definitions, {dataDir, engine});
    } finally {
      await engine.close();
    }
  });
}

describe("ids of units", () => {
  it("give the same cube as whole numbers, as texts, and as one of each", async () => {
    const texts = await build({exposures: "csv", events: "csv"}, "BIGINT");
    for (const [kinds, type] of [
      [{exposures: "parquet", events: "parquet"}, "BIGINT"],
      [{exposures: "parquet", events: "parquet"}, "UBIGINT"],
      [{exposures: "parquet", events: "parquet"}, "INTEGER"],
      [{exposures: "parquet", events: "csv"}, "BIGINT"],
      [{exposures: "csv", events: "parquet"}, "SMALLINT"]
    ] as const) {
      const {path, excluded} = await build(kinds, type);
      expect(path).toEqual(texts.path);
      expect(excluded).toEqual(texts.excluded);
    }
    // 20 units of green with 1.25, 3.25, … 39.25: worked out by hand.
    expect(texts.path.filter(({variant}) => variant === "green").reduce((sum, {y}) => sum + y, 0)).toBe(405);
  });

  it("are whole numbers only where all facts have them, so that 07 is not 7", async () => {
    const zeros = [["07", "2026-01-06 11:00:00", 1000]];
    const {path} = await build({exposures: "parquet", events: "csv"}, "BIGINT", zeros);
    expect(path.filter(({variant}) => variant === "green").reduce((sum, {y}) => sum + y, 0)).toBe(405);
  });
});
