import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import {publishable, publishableTraffic} from "../../lib/cube/publish.ts";
import {momentsAsOf, momentsOfEntries} from "../../lib/cube/reader.ts";
import type {Cube, Publication} from "../../lib/cube/row.ts";
import {dateIn, referenceCube} from "./reference.ts";
import type {ReferenceEvent, ReferenceExposure, ReferenceMetric} from "./reference.ts";

const options = {timezone: "UTC", first: "2026-01-01", asOf: "2026-01-06"};
const metrics: ReferenceMetric[] = [
  {key: "revenue", kind: "mean", event: "buy", sum: true},
  {key: "bought", kind: "proportion", event: "buy"},
  {key: "early", kind: "mean", event: "buy", sum: true, window: 2}
];

/** One unit: its cell, the day it enters, the days it buys on. */
interface Unit {
  cell: string;
  entry: number;
  buys: number[];
}

function cubeOf(units: readonly Unit[]): Cube {
  const time = (day: number) => Date.parse("2026-01-01T12:00:00Z") + day * 86_400_000;
  const exposures = units.map(({cell, entry}, i): ReferenceExposure => ({
    unit: `u${i}`,
    variant: "a",
    time: time(entry),
    dimensions: [cell]
  }));
  const events = units.flatMap(({buys}, i) =>
    buys.map((day): ReferenceEvent => ({unit: `u${i}`, time: time(day) + i, event: "buy", value: 1 + i * 0.37}))
  );
  const {path, entries, links} = referenceCube(exposures, events, metrics, options);
  return {
    dimensions: ["platform"],
    asOf: options.asOf,
    path,
    entries,
    links,
    traffic: [],
    tenure: {},
    activeUnits: null,
    largestShare: {},
    origins: {},
    excluded: [],
    rows: 0,
    units: units.length,
    sql: "",
    pins: {caps: {}, tops: {}, origins: {}}
  };
}

/**
 * What an attacker has of one metric: each published row as the units and days that it adds up. A row stands for the
 * raw rows from the one before it (of the same cell) to its own date; the raw rows say who is in them.
 */
function attackersMatrix(units: readonly Unit[], metric: ReferenceMetric, published: Publication) {
  const single = units.map((unit) => {
    const {path} = cubeOf([unit]);
    return path.filter((row) => row.metric === metric.key && row.cell === null).map(({date}) => date);
  });
  const atoms = single.flatMap((dates, unit) => dates.map((date) => ({unit, date})));
  const rows: number[][] = [];
  for (const table of ["path", "entries"] as const) {
    const mine = published[table].filter((row) => row.metric === metric.key);
    const named = new Set(mine.flatMap(({cell}) => (cell === null ? [] : cell)));
    for (const cell of new Set(mine.map((row) => JSON.stringify(row.cell)))) {
      const own = mine
        .filter((row) => JSON.stringify(row.cell) === cell)
        .map(({date}) => date)
        .sort();
      // Held-back cells publish dates out of order; so who is in a row is told by the sums, not by its date.
      for (const date of own) {
        const row = mine.find((found) => JSON.stringify(found.cell) === cell && found.date === date);
        rows.push(
          atoms.map((atom) => (row !== undefined && isIn(row, atom, {units, named, table, published, metric}) ? 1 : 0))
        );
      }
    }
  }
  return {atoms, rows};
}

interface Where {
  units: readonly Unit[];
  named: ReadonlySet<string>;
  table: "path" | "entries";
  published: Publication;
  metric: ReferenceMetric;
}

function isIn(
  row: Publication["path"][number],
  atom: {unit: number; date: string},
  {units, named, table, published, metric}: Where
): boolean {
  const unit = units[atom.unit];
  if (unit === undefined) return false;
  const cell = named.has(unit.cell) ? unit.cell : "other";
  if (row.cell !== null && row.cell[0] !== cell) return false;
  const date = table === "path" ? atom.date : dateIn("UTC", Date.parse("2026-01-01") + unit.entry * 86_400_000);
  // The row that a date is in: the one that it is carried to, else its own.
  const carried = published.carried.find(
    (found) =>
      found.table === table &&
      found.metric === metric.key &&
      JSON.stringify(found.cell) === JSON.stringify(row.cell) &&
      found.dates.includes(date)
  );
  return (carried?.until ?? date) === row.date;
}

function rank(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); ++column) {
    const pivot = rows.findIndex((row, i) => i >= rank && Math.abs(row[column] ?? 0) > 1e-9);
    if (pivot < 0) continue;
    const [top, found] = [rows[rank] ?? [], rows[pivot] ?? []];
    rows[pivot] = top;
    rows[rank] = found;
    for (let i = rank + 1; i < rows.length; ++i) {
      const row = rows[i] ?? [];
      const factor = (row[column] ?? 0) / (found[column] ?? 1);
      if (factor !== 0) for (let j = column; j < row.length; ++j) row[j] = (row[j] ?? 0) - factor * (found[j] ?? 0);
    }
    ++rank;
  }
  return rank;
}

/** The groups of fewer than `minimum` units that some combination of rows, with any factors, tells apart from all others. */
function exposed(units: readonly Unit[], metric: ReferenceMetric, published: Publication, minimum: number): number[][] {
  const {atoms, rows} = attackersMatrix(units, metric, published);
  const full = rank(rows);
  const groups =
    minimum === 2
      ? units.map((_, i) => [i])
      : units.flatMap((_, i) => units.slice(i + 1).map((__, j) => [i, i + 1 + j]));
  return groups.filter((group) => {
    const outside = atoms.flatMap(({unit}, i) => (group.includes(unit) ? [] : [i]));
    return rank(rows.map((row) => outside.map((i) => row[i] ?? 0))) < full;
  });
}

const unit = fc.record({
  cell: fc.constantFrom("ios", "web", "tv"),
  entry: fc.integer({min: 0, max: 3}),
  buys: fc.uniqueArray(fc.integer({min: 0, max: 5}), {maxLength: 2})
});

describe("publishable(cube, {minimumUnits})", () => {
  it(
    "lets no combination of rows, cells, totals, dates and entries bring a smaller group back",
    {timeout: 120_000},
    () => {
      fc.assert(
        fc.property(fc.array(unit, {minLength: 1, maxLength: 18}), fc.constantFrom(2, 3), (units, minimumUnits) => {
          const published = publishable(cubeOf(units), {minimumUnits});
          for (const metric of metrics) expect(exposed(units, metric, published, minimumUnits)).toEqual([]);
        }),
        {numRuns: 60, seed: 1}
      );
    }
  );

  it("is put to a test that finds groups when nothing is withheld", () => {
    const units: Unit[] = [
      {cell: "ios", entry: 0, buys: [1]},
      {cell: "web", entry: 0, buys: []},
      {cell: "web", entry: 1, buys: [3]}
    ];
    const published = publishable(cubeOf(units), {minimumUnits: 1});
    for (const metric of metrics) expect(exposed(units, metric, published, 2)).not.toEqual([]);
  });

  const many: Unit[] = Array.from({length: 240}, (_, i) => ({
    cell: i % 20 === 0 ? "tv" : i % 3 === 0 ? "ios" : "web",
    entry: i % 4,
    buys: i % 2 === 0 ? [(i % 4) + (i % 3)] : []
  }));

  it("keeps all sums as of the last date, by cell and by entry date", () => {
    const cube = cubeOf(many);
    const published = publishable(cube);
    const [all, path, entries] = [cube.path, published.path, published.entries].map((rows) => cubeTable(rows, cube));
    if (all === undefined || path === undefined || entries === undefined) throw new Error("missing tables");
    for (const {key: metric} of metrics)
      for (const by of [[], ["platform"]]) {
        const wanted = momentsAsOf(all, {metric, by});
        for (const found of [momentsAsOf(path, {metric, by}), momentsOfEntries(entries, {metric, by})]) {
          expect(found).toHaveLength(wanted.length);
          for (const {cell, moments} of wanted) {
            const same = found.find((arm) => arm.cell["platform"] === cell["platform"])?.moments;
            expect(same?.n).toBe(moments.n);
            expect(same?.y).toBeCloseTo(moments.y, 9);
            expect(same?.yy).toBeCloseTo(moments.yy, 6);
          }
        }
      }
  });

  it("publishes cells on dates of the total only, and carries what a date lacks to a later one", () => {
    const published = publishable(cubeOf(many));
    for (const {key} of metrics) {
      const dates = new Set(
        published.path.flatMap((row) => (row.metric === key && row.cell === null ? [row.date] : []))
      );
      for (const row of published.path) if (row.metric === key) expect(dates).toContain(row.date);
    }
    expect(published.carried.length).toBeGreaterThan(0);
    for (const {from, until} of published.carried) expect(from < until).toBe(true);
  });

  it("makes a small cell part of other, and says so", () => {
    const units = many.filter(({cell}, i) => cell !== "tv" || i < 80);
    const published = publishable(cubeOf(units));
    expect(new Set(published.path.map(({cell}) => cell?.[0]))).toEqual(new Set([undefined, "other", "web"]));
    expect(published.coarser[0]).toMatch(/counted as other/);
  });

  it("publishes nothing of a variant with too few units", () => {
    expect(publishable(cubeOf(many.slice(0, 9)))).toMatchObject({path: [], entries: [], carried: []});
    expect(publishable(cubeOf([]))).toMatchObject({path: [], entries: []});
  });

  it("makes cells coarser to stay within the budget, and says how", () => {
    const cube = cubeOf(many);
    const some = publishable(cube, {minimumUnits: 1, budget: 40});
    expect(some.path.length).toBeLessThanOrEqual(40);
    expect(some.coarser).toEqual(["2 values of dimension platform became other, to stay within 40 rows."]);
    const few = publishable(cube, {minimumUnits: 1, budget: 20});
    expect(few.path.length).toBeLessThanOrEqual(20);
    expect(few.dimensions).toEqual([]);
    expect(few.coarser.at(-1)).toBe("Dimension platform was left out, to stay within 20 rows.");
  });

  it("refuses a minimum that is not one", () => {
    expect(() => publishable(cubeOf([]), {minimumUnits: NaN})).toThrow("invalid minimumUnits; not at least 1: NaN");
  });

  it("does not change the cube", () => {
    const cube = cubeOf(many);
    const before = JSON.stringify(cube);
    publishable(cube);
    expect(JSON.stringify(cube)).toBe(before);
  });
});

describe("publishableTraffic(rows, minimumUnits)", () => {
  const hour = (time: string, units: number, variant = "a") => ({hour: time, variant, units});

  it("carries hours with too few exposures to a later hour of the day, and the last of them back", () => {
    const rows = [hour("2026-01-01T01:00", 4), hour("2026-01-01T02:00", 7), hour("2026-01-01T09:00", 3)];
    expect(publishableTraffic(rows, 10)).toEqual([hour("2026-01-01T09:00", 14)]);
    expect(publishableTraffic(rows, 3)).toEqual(rows);
  });

  it("keeps days apart that have enough, and leaves out a variant that has not", () => {
    const rows = [hour("2026-01-01T23:00", 10), hour("2026-01-02T00:00", 4), hour("2026-01-02T05:00", 6)];
    expect(publishableTraffic([...rows, hour("2026-01-01T05:00", 9, "b")], 10)).toEqual([
      hour("2026-01-01T23:00", 10),
      hour("2026-01-02T05:00", 10)
    ]);
  });

  it("cuts time at the same hours for all variants, so that no split is bent by it", () => {
    const rows = [
      hour("2026-01-01T01:00", 12, "a"),
      hour("2026-01-01T01:00", 9, "b"),
      hour("2026-01-01T02:00", 10, "a"),
      hour("2026-01-01T02:00", 11, "b"),
      hour("2026-01-02T02:00", 30, "a"),
      hour("2026-01-02T03:00", 8, "b"),
      hour("2026-01-03T02:00", 11, "b")
    ];
    expect(publishableTraffic(rows, 10)).toEqual([
      hour("2026-01-01T02:00", 22, "a"),
      hour("2026-01-01T02:00", 20, "b"),
      hour("2026-01-03T02:00", 30, "a"),
      hour("2026-01-03T02:00", 19, "b")
    ]);
  });

  it("does not wait for a variant that falls silent", () => {
    const day = (date: number, a: number, b: number) => [
      hour(`2026-01-0${date}T08:00`, a, "a"),
      ...(b > 0 ? [hour(`2026-01-0${date}T08:00`, b, "b")] : [])
    ];
    const rows = [...day(1, 200, 190), ...day(2, 180, 3), ...day(3, 210, 0)];
    expect(publishableTraffic(rows, 10)).toEqual([
      hour("2026-01-01T08:00", 200, "a"),
      hour("2026-01-01T08:00", 193, "b"),
      hour("2026-01-02T08:00", 180, "a"),
      hour("2026-01-03T08:00", 210, "a")
    ]);
  });

  it("publishes nothing below the minimum, and everything of who has enough in all", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            hour: fc.integer({min: 0, max: 71}),
            variant: fc.constantFrom("a", "b", "c"),
            units: fc.integer({min: 1, max: 40})
          }),
          {maxLength: 60}
        ),
        fc.integer({min: 2, max: 20}),
        (entries, minimum) => {
          const known = new Map<string, number>();
          for (const {hour, variant, units} of entries)
            known.set(`${hour} ${variant}`, (known.get(`${hour} ${variant}`) ?? 0) + units);
          const rows = [...known].map(([key, units]) => {
            const [at = "", variant] = key.split(" ");
            return hour(new Date(Date.UTC(2026, 0, 1, Number(at))).toISOString().slice(0, 13) + ":00", units, variant);
          });
          const sums = (list: typeof rows, name: string) =>
            list.reduce((sum, {variant, units}) => (variant === name ? sum + units : sum), 0);
          const published = publishableTraffic(rows, minimum);
          for (const {units} of published) expect(units).toBeGreaterThanOrEqual(minimum);
          for (const name of ["a", "b", "c"])
            expect(sums(published, name)).toBe(sums(rows, name) >= minimum ? sums(rows, name) : 0);
        }
      ),
      {numRuns: 150}
    );
  });
});
