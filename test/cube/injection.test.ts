import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {duckdb} from "../../lib/cube/dialects/duckdb.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {rowsOf} from "../../lib/cube/engines/engine.ts";
import {enclose} from "../../lib/cube/expression.ts";
import {publishable} from "../../lib/cube/publish.ts";
import {define} from "./define.ts";
import {csv, withFiles} from "./logs.ts";

const nasty = [
  `x'); DROP TABLE kept; --`,
  `x"; DROP TABLE kept; --`,
  `"`,
  `'`,
  `''`,
  `\\'`,
  `a\nb`,
  `/*`,
  `--`,
  `$$`,
  `Robert'); DROP TABLE kept;`,
  `🙂`,
  `<img src=x onerror=alert(1)>`
];

describe("names and texts in every place of a definition", () => {
  it.each(nasty)("are names and texts, whatever they hold: %j", async (evil) => {
    const column = (name: string) => `${evil} ${name}`;
    const {experiment, definitions} = define({
      id: "test",
      experiment: {
        experiment: evil,
        exposures: "exposures",
        variants: {
          [evil]: {role: "control", weight: 0.5},
          other: {weight: 0.5, values: [`${evil}2`]}
        },
        dimensions: {one: {column: column("dimension")}},
        metrics: {primary: ["m"], secondary: ["r"]},
        activation: {fact: "events", event: evil}
      },
      metrics: {
        m: {kind: "mean", fact: "events", event: evil, value: column("value"), covariate: "3d"},
        r: {
          kind: "mean",
          fact: "events",
          event: evil,
          value: column("value"),
          covariate: {fact: "table", value: column("x")}
        }
      },
      facts: {
        exposures: {
          shape: "exposures",
          path: "exposures.csv",
          unit: column("unit"),
          variant: column("variant"),
          timestamp: column("time"),
          experiment: column("experiment")
        },
        events: {
          shape: "events",
          path: "events.csv",
          unit: column("unit"),
          timestamp: column("time"),
          event: column("event"),
          values: [column("value")]
        },
        table: {shape: "units", path: "table.csv", unit: column("unit")}
      }
    });
    const names = (...of: string[]) => of.map(column);
    const exposures = csv([
      names("unit", "variant", "time", "experiment", "dimension"),
      [evil, evil, "2026-01-01 10:00:00", evil, evil],
      [`${evil}b`, `${evil}2`, "2026-01-01 10:00:00", evil, "plain"],
      ["c", evil, "2026-01-01 10:00:00", "another", "plain"]
    ]);
    const events = csv([
      names("unit", "time", "event", "value"),
      [evil, "2026-01-01 11:00:00", evil, 7],
      [`${evil}b`, "2026-01-01 11:00:00", evil, 5],
      [evil, "2026-01-01 11:00:00", "else", 1]
    ]);
    const table = csv([names("unit", "x"), [evil, 3]]);
    await withFiles({"exposures.csv": exposures, "events.csv": events, "table.csv": table}, async (dataDir) => {
      const engine = await openDuckdb({directory: dataDir});
      try {
        await engine.run("CREATE TABLE kept AS SELECT 1 AS one");
        const cube = await buildCube(experiment, definitions, {dataDir, engine});
        const whole = cube.path.filter(({cell, metric}) => cell === null && metric === "r");
        expect(whole.map(({variant, n, y, x}) => [variant, n, y, x])).toEqual([
          [evil, 1, 7, 3],
          ["other", 1, 5, 0]
        ]);
        expect(cube.path.flatMap(({cell}) => cell ?? [])).toContain(evil.trim());
        expect(await rowsOf(engine, "SELECT one FROM kept")).toEqual([[1]]);
        expect(publishable(cube, {minimumUnits: 1}).path).toHaveLength(cube.path.length);
      } finally {
        await engine.close();
      }
    });
  });

  it("are refused with a NUL character", () => {
    expect(() => duckdb.identifier("a\0b")).toThrow(/invalid name; holds a NUL character/);
    expect(() => duckdb.literal("a\0b")).toThrow(TypeError);
  });
});

describe("enclose(sql, place)", () => {
  it("keeps the analyst's SQL in its parentheses", () => {
    for (const sql of ["a > 1", "name = 'it''s; --)'", '"odd ;column" IS NULL', "a > 1 -- rest", "f(x[1]) /* ) */ = 2"])
      expect(enclose(sql, "here")).toBe(`(${sql}\n)`);
  });

  it.each([
    ["1=1); DROP TABLE x; --", "a parenthesis too many"],
    ["1=1; SELECT 2", "more than one statement"],
    ["'open", "an open quote"],
    ['"open', "an open quote"],
    ["(1", "an open parenthesis"],
    ["1 /* open", "an open comment"],
    ["1 /* /* */ */", "a nested comment"],
    ["E'\\') OR 1=1 --'", "a backslash between quotes"],
    ["$$ ) $$", "a dollar quote"],
    ["$tag$ ) $tag$", "a dollar quote"],
    ["a\0b", "a NUL character"],
    ["  ", "empty"]
  ])("refuses what could reach beyond: %j", (sql, reason) => {
    expect(() => enclose(sql, "metric m, where")).toThrow(`invalid SQL in metric m, where; ${reason}: ${sql}`);
  });
});
