import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import {describe, expect, it} from "vitest";
import {z} from "zod";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import {publishable} from "../../lib/cube/publish.ts";
import {momentsAsOf} from "../../lib/cube/reader.ts";
import {define} from "./define.ts";

const folder = resolve(process.env["READOUT_SHARED_DATA"] ?? "../shared/data");
const present = existsSync(folder);
if (!present) console.log(`skipped: the real logs of ${folder} are absent`);

const counts = z.object({successes: z.number(), n: z.number()});
const day = z.object({n: z.number(), conversions: z.number(), spendSum: z.number(), spendSumSquares: z.number()});
const test = z.object({control: counts, treatment: counts});
const schema = z.object({
  globox: z.object({
    asOfEndOfDay: z.record(z.string(), z.object({A: day, B: day})),
    byDevice: z.object({A: test, I: test}),
    missingDevice: z.number()
  }),
  hillstrom: z.object({
    arms: z.record(z.string(), z.number()),
    versusNoEmail: z.record(
      z.string(),
      z.object({visit: test, conversion: test, spend: z.object({means: z.array(z.number())})})
    )
  }),
  udacity: z.object({users: z.number(), usersInBothGroups: z.number(), afterDroppingMismatches: test}),
  cookie_cats: z.object({
    retention_1: test,
    retention_7: test,
    gameRounds: z.object({n: z.array(z.number()), means: z.array(z.number()), standardError: z.number()})
  })
});
const expected = present ? schema.parse(JSON.parse(readFileSync(resolve(folder, "expected.json"), "utf8"))) : null;

function near(actual: number | undefined, wanted: number | undefined) {
  expect(Math.abs((actual ?? NaN) - (wanted ?? NaN))).toBeLessThanOrEqual(1e-9 * Math.abs(wanted ?? NaN));
}

describe.skipIf(!present)("buildCube on real logs, against pandas", () => {
  it("gives GloBox as of the end of every day, and by device", async () => {
    const {experiment, definitions} = define({
      experiment: {
        start: "2023-01-25",
        exposures: "groups",
        variants: {control: {role: "control", weight: 0.5, values: ["A"]}, banner: {weight: 0.5, values: ["B"]}},
        dimensions: {device: {column: "device"}, country: {fact: "users", column: "country"}},
        metrics: {primary: ["conversion"], secondary: ["spend"]}
      },
      metrics: {
        conversion: {kind: "proportion", fact: "activity"},
        spend: {kind: "mean", fact: "activity", value: "spent"}
      },
      facts: {
        groups: {shape: "exposures", path: "groups.csv", unit: "uid", variant: "group", timestamp: "join_dt"},
        activity: {shape: "events", path: "activity.csv", unit: "uid", timestamp: "dt", values: ["spent"]},
        users: {shape: "units", path: "users.csv", unit: "id"}
      }
    });
    const cube = await buildCube(experiment, definitions, {dataDir: resolve(folder, "globox")});
    expect(cube.asOf).toBe("2023-02-06");
    expect(cube.units).toBe(48943);
    expect(cube.rows).toBe(48943 + 2233);
    // All of it, and what may be published of it.
    const published = publishable(cube);
    for (const rows of [cube.path, published.path]) {
      const table = cubeTable(rows, cube);
      for (const [date, groups] of Object.entries(expected?.globox.asOfEndOfDay ?? {}))
        for (const [group, variant] of [
          ["A", "control"],
          ["B", "banner"]
        ] as const) {
          const arm = (metric: string) => momentsAsOf(table, {metric, date}).find((found) => found.variant === variant);
          expect(arm("conversion")?.moments.n).toBe(groups[group].n);
          expect(arm("conversion")?.moments.y).toBe(groups[group].conversions);
          near(arm("spend")?.moments.y, groups[group].spendSum);
          near(arm("spend")?.moments.yy, groups[group].spendSumSquares);
        }
    }
    const table = cubeTable(cube.path, cube);
    for (const device of ["A", "I"] as const)
      for (const arm of momentsAsOf(table, {metric: "conversion", where: {device: [device]}})) {
        const wanted = expected?.globox.byDevice[device][arm.variant === "control" ? "control" : "treatment"];
        expect([arm.moments.n, arm.moments.y]).toEqual([wanted?.n, wanted?.successes]);
      }
    const missing = momentsAsOf(table, {metric: "conversion", where: {device: ["unknown"]}});
    expect(missing.reduce((sum, {moments}) => sum + moments.n, 0)).toBe(expected?.globox.missingDevice);
  });

  it("gives Hillstrom's three arms, one row per unit without an id", async () => {
    const {experiment, definitions} = define({
      experiment: {
        start: "2008-03-20",
        exposures: "rows",
        variants: {
          none: {role: "control", weight: 1 / 3, values: ["No E-Mail"]},
          mens: {weight: 1 / 3, values: ["Mens E-Mail"]},
          womens: {weight: 1 / 3, values: ["Womens E-Mail"]}
        },
        dimensions: ["channel"],
        metrics: {primary: ["visit"], secondary: ["conversion", "spend"]}
      },
      metrics: {
        visit: {kind: "proportion", value: "visit"},
        conversion: {kind: "proportion", value: "conversion"},
        spend: {kind: "mean", value: "spend", covariate: {column: "history"}}
      },
      facts: {rows: {shape: "units", path: "hillstrom.csv.gz", variant: "segment"}}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: resolve(folder, "hillstrom")});
    const table = cubeTable(cube.path, cube);
    const arm = (metric: string, variant: string) =>
      momentsAsOf(table, {metric}).find((found) => found.variant === variant)?.moments;
    for (const [name, variant] of [
      ["Mens E-Mail", "mens"],
      ["Womens E-Mail", "womens"]
    ] as const) {
      const wanted = expected?.hillstrom.versusNoEmail[name];
      for (const metric of ["visit", "conversion"] as const) {
        expect(arm(metric, variant)).toMatchObject({
          n: wanted?.[metric].treatment.n,
          y: wanted?.[metric].treatment.successes
        });
        expect(arm(metric, "none")).toMatchObject({
          n: wanted?.[metric].control.n,
          y: wanted?.[metric].control.successes
        });
      }
      const spend = arm("spend", variant);
      near((spend?.y ?? NaN) / (spend?.n ?? NaN), wanted?.spend.means[1]);
      expect(spend?.x).toBeGreaterThan(0);
    }
  });

  it("gives Cookie Cats from a file with CRLF and booleans in words", async () => {
    const {experiment, definitions} = define({
      experiment: {
        exposures: "rows",
        variants: {gate_30: {role: "control", weight: 0.5}, gate_40: {weight: 0.5}},
        metrics: {primary: ["retention_7"], secondary: ["retention_1", "rounds"]}
      },
      metrics: {
        retention_1: {kind: "proportion", value: "retention_1"},
        retention_7: {kind: "proportion", value: "retention_7"},
        rounds: {kind: "mean", value: "sum_gamerounds"}
      },
      facts: {rows: {shape: "units", path: "cookie_cats.csv.gz", unit: "userid", variant: "version"}}
    });
    const cube = await buildCube(experiment, definitions, {dataDir: resolve(folder, "cookie_cats")});
    const table = cubeTable(cube.path, cube);
    for (const metric of ["retention_1", "retention_7"] as const)
      for (const {variant, moments} of momentsAsOf(table, {metric})) {
        const wanted = expected?.cookie_cats[metric][variant === "gate_30" ? "control" : "treatment"];
        expect([moments.n, moments.y]).toEqual([wanted?.n, wanted?.successes]);
      }
    let variance = 0;
    momentsAsOf(table, {metric: "rounds"}).forEach(({moments: {n, y, yy}, variant}) => {
      near(y / n, expected?.cookie_cats.gameRounds.means[variant === "gate_30" ? 0 : 1]);
      variance += (yy - (y * y) / n) / (n - 1) / n;
    });
    near(Math.sqrt(variance), expected?.cookie_cats.gameRounds.standardError);
  });

  it("finds Udacity's users in both groups, and its result without mismatched rows", async () => {
    const udacity = (fact: object) =>
      define({
        experiment: {
          start: "2017-01-01",
          exposures: "views",
          variants: {control: {role: "control", weight: 0.5}, treatment: {weight: 0.5}},
          metrics: {primary: ["converted"]}
        },
        metrics: {converted: {kind: "proportion", value: "converted"}},
        facts: {views: {shape: "units", unit: "user_id", variant: "group", timestamp: "timestamp", ...fact}}
      });
    const dataDir = resolve(folder, "udacity");
    const dirty = udacity({path: "ab_data.csv.gz"});
    const all = await buildCube(dirty.experiment, dirty.definitions, {dataDir});
    const crossovers = all.excluded.find(({reason}) => reason === "two-variants");
    expect(crossovers?.units).toBe(expected?.udacity.usersInBothGroups);
    expect(all.units).toBe((expected?.udacity.users ?? 0) - (expected?.udacity.usersInBothGroups ?? 0));

    const sql = `SELECT * FROM 'ab_data.csv.gz' WHERE ("group" = 'treatment') = (landing_page = 'new_page')`;
    const clean = udacity({sql});
    const cube = await buildCube(clean.experiment, clean.definitions, {dataDir, asOf: "2017-12-31"});
    for (const {variant, moments} of momentsAsOf(cubeTable(cube.path, cube), {metric: "converted"})) {
      const wanted = expected?.udacity.afterDroppingMismatches[variant === "control" ? "control" : "treatment"];
      expect([moments.n, moments.y]).toEqual([wanted?.n, wanted?.successes]);
    }
  });
});
