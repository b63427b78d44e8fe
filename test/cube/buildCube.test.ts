import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import type {CubeRow} from "../../lib/cube/row.ts";
import {sums} from "../../lib/stats/moments.ts";
import {define} from "./define.ts";
import {awkwardLog, withFiles} from "./logs.ts";
import {referenceCube} from "./reference.ts";
import type {ReferenceMetric} from "./reference.ts";

const asOf = "2026-04-04";
const metrics: ReferenceMetric[] = [
  {key: "bought", kind: "proportion", event: "buy", covariate: 2},
  {key: "bought_soon", kind: "proportion", event: "buy", window: 2},
  {key: "revenue", kind: "mean", event: "buy", sum: true, covariate: 3},
  {key: "capped", kind: "mean", event: "buy", sum: true, window: 3, mature: false, cap: 25.5},
  {key: "views", kind: "mean", event: "view", window: 1, covariate: 1},
  {key: "per_view", kind: "ratio", event: "buy", sum: true, denominator: "view", covariate: 2},
  {key: "again", kind: "retention", event: "view", days: [1, 2]},
  {key: "wait", kind: "time-to-event", event: "buy", window: 4}
];

function defined(timezone: string, extra: object = {}) {
  const yaml = metrics.map(({key, kind, event, sum, denominator, window, mature, days, cap, covariate}) => [
    key,
    {
      kind,
      fact: "events",
      ...(kind === "ratio"
        ? {numerator: {event, value: "amount"}, denominator: {event: denominator}}
        : {event, ...(sum && {value: "amount"})}),
      ...(window !== undefined && {window: `${window}d`}),
      ...(mature !== undefined && {mature}),
      ...(days && {days}),
      ...(cap !== undefined && {cap}),
      ...(covariate !== undefined && {covariate: `${covariate}d`})
    }
  ]);
  return define({
    experiment: {
      start: "2026-03-25",
      timezone,
      variants: {
        control: {role: "control", weight: 0.4},
        green: {weight: 0.3},
        blue: {weight: 0.3, values: ['it\'s "blue"']}
      },
      dimensions: {platform: {column: 'plat"form'}},
      metrics: {primary: ["bought"], secondary: metrics.slice(1).map(({key}) => key)},
      ...extra
    },
    metrics: Object.fromEntries(yaml),
    facts: {
      exposures: {shape: "exposures", path: "exposures.csv", unit: "user id", variant: "variant", timestamp: "ts"},
      events: {shape: "events", path: "events.csv", unit: "user", timestamp: "ts", event: "event", values: ["amount"]}
    }
  });
}

function keyOf({date, variant, cell, metric}: CubeRow): string {
  return JSON.stringify([date, variant, cell, metric]);
}

/** Every row of both, field by field, to 1e-9 of the largest value of the field. */
function expectSame(actual: readonly CubeRow[], wanted: readonly CubeRow[]) {
  const found = new Map(actual.map((row) => [keyOf(row), row]));
  expect([...found.keys()].sort()).toEqual(wanted.map(keyOf).sort());
  for (const field of ["n", "touched", ...sums] as const) {
    const largest = Math.max(1, ...wanted.map((row) => Math.abs(row[field])));
    for (const row of wanted) {
      const other = found.get(keyOf(row));
      expect(Math.abs((other?.[field] ?? NaN) - row[field]), `${keyOf(row)} ${field}`).toBeLessThan(1e-9 * largest);
    }
  }
}

describe("buildCube(experiment, definitions, options)", () => {
  it.each([
    ["UTC", 1, false],
    ["Europe/Berlin", 2, false],
    ["America/St_Johns", 3, false],
    ["UTC", 4, true]
  ])("equals brute force on an awkward log, in %s, seed %i, dates only: %s", async (timezone, seed, calendar) => {
    const log = awkwardLog(seed, {units: 90, calendar});
    const {experiment, definitions} = defined(timezone);
    const cube = await withFiles({"exposures.csv": log.exposures, "events.csv": log.events}, (dataDir) =>
      buildCube(experiment, definitions, {dataDir, asOf})
    );
    const reference = referenceCube(log.goodExposures, log.goodEvents, metrics, {
      timezone,
      calendar,
      first: "2026-03-20",
      asOf
    });
    expectSame(cube.path, reference.path);
    expectSame(cube.entries, reference.entries);
    expect(cube.units).toBe(log.goodExposures.length);
    for (const links of cube.links ?? []) {
      const wanted = reference.links.find(({metric}) => metric === links.metric);
      const rows = (of: typeof links) =>
        of.units.map((units, i) => [of.entry[i], of.date[i], of.variant[i], of.cell[i], units]);
      expect(rows(links).map(String).sort()).toEqual(wanted && rows(wanted).map(String).sort());
    }
    const counted = Object.fromEntries(cube.excluded.map(({reason, rows, units}) => [reason, units ?? rows]));
    for (const [reason, rows] of Object.entries(log.excluded)) {
      const facts = cube.excluded.filter((line) => line.reason === reason);
      const found = facts.reduce((sum, line) => sum + (line.units ?? line.rows), 0);
      // One row without a unit and one without a time are in each log; the others are in one.
      expect(found, reason).toBe(["missing-unit", "unparseable-timestamp"].includes(reason) ? 2 * rows : rows);
    }
    expect(counted).toMatchObject({"without-exposure": 1, "negative-value": 1, "not-numeric": 1});
  });

  it("gives the same bits at any number of threads", async () => {
    const log = awkwardLog(9, {units: 400});
    const {experiment, definitions} = defined("Europe/Berlin");
    await withFiles({"exposures.csv": log.exposures, "events.csv": log.events}, async (dataDir) => {
      const [one, two, eight] = await Promise.all(
        [1, 2, 8].map((threads) => buildCube(experiment, definitions, {dataDir, threads}))
      );
      expect(JSON.stringify(two)).toBe(JSON.stringify(one));
      expect(JSON.stringify(eight)).toBe(JSON.stringify(one));
    });
  });
});
