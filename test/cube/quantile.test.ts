import {describe, expect, it} from "vitest";
import {binOf, evenGroups, focusedGroups, lowerEdge, upperEdge} from "../../lib/cube/bins.ts";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import {publishable} from "../../lib/cube/publish.ts";
import {sketchesAsOf, sketchesByDate} from "../../lib/cube/reader.ts";
import type {Cube} from "../../lib/cube/row.ts";
import {estimateQuantile} from "../../lib/stats/compareQuantiles.ts";
import {binsOfEvents, binsOfValues} from "../../lib/stats/quantileBins.ts";
import type {QuantileBins} from "../../lib/stats/quantileBins.ts";
import {createRandom} from "../random.ts";
import {define} from "./define.ts";
import {csv, stamp, withFiles} from "./logs.ts";

interface Unit {
  unit: string;
  variant: string;
  entry: number;
}

interface Event {
  unit: string;
  time: number;
  value: number;
}

const day = 86_400_000;
const start = Date.parse("2026-01-01T00:00:00Z");

/** Latencies of units that enter over four days and log for some days; some units log a lot. */
function latencies(seed: number, count: number) {
  const random = createRandom(seed);
  const units: Unit[] = [];
  const events: Event[] = [];
  for (let i = 0; i < count; ++i) {
    const entry = start + random.integer(4) * day + random.integer(day);
    units.push({unit: `u${i}`, variant: i % 2 === 0 ? "a" : "b", entry});
    const slow = Math.exp(0.4 * random.normal());
    for (let k = random.integer(i % 17 === 0 ? 40 : 8); k > 0; --k) {
      const value = k % 11 === 0 ? 0 : 200 * slow * Math.exp(0.6 * random.normal());
      events.push({unit: `u${i}`, time: entry - day + random.integer(6 * day), value});
    }
  }
  return {units, events};
}

async function sketched(
  {units, events}: ReturnType<typeof latencies>,
  metric: object,
  {values = false, shares = [0.95]}: {values?: boolean; shares?: number[]} = {}
): Promise<Cube> {
  const keys = shares.map((share) => [shares.length === 1 ? "slow" : `slow_${share * 100}`, share] as const);
  const {experiment, definitions} = define({
    experiment: {
      variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
      exposures: values ? "values" : "exposures",
      metrics: {primary: keys.map(([key]) => key)}
    },
    metrics: Object.fromEntries(keys.map(([key, quantile]) => [key, {kind: "quantile", quantile, ...metric}])),
    facts: {
      exposures: {shape: "exposures", path: "exposures.csv", unit: "u", variant: "g", timestamp: "t"},
      events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", values: ["ms"]},
      values: {shape: "units", path: "values.csv", unit: "u", variant: "g", values: ["ms"]}
    }
  });
  const files = {
    "exposures.csv": csv([["u", "g", "t"], ...units.map(({unit, variant, entry}) => [unit, variant, stamp(entry)])]),
    "events.csv": csv([["u", "t", "ms"], ...events.map(({unit, time, value}) => [unit, stamp(time), value])]),
    "values.csv": csv([["u", "g", "ms"], ...units.map(({unit, variant}, i) => [unit, variant, events[i]?.value ?? 1])])
  };
  return withFiles(files, (dataDir) => buildCube(experiment, definitions, {dataDir, asOf: "2026-01-08"}));
}

/** The events that count, by unit, as of the end of a date. */
function eventsUntil({units, events}: ReturnType<typeof latencies>, variant: string, date: string): Event[] {
  const entryOf = new Map(units.filter((unit) => unit.variant === variant).map(({unit, entry}) => [unit, entry]));
  return events.filter(({unit, time}) => time >= (entryOf.get(unit) ?? Infinity) && time < Date.parse(date) + day);
}

/** The values that count as of the end of a date: of events, or the total of each unit; with `days`, of mature units. */
function valuesUntil(
  {units, events}: ReturnType<typeof latencies>,
  {variant, date, of, days}: {variant: string; date: string; of: "events" | "units"; days: number | null}
): number[] {
  const end = Date.parse(date) + day;
  return units.flatMap(({unit, variant: mine, entry}) => {
    const last = days === null ? end : entry + days * day;
    if (mine !== variant || entry >= end || last > end) return [];
    const own = events.filter((event) => event.unit === unit && event.time >= entry && event.time < last);
    return of === "events" ? own.map(({value}) => value) : [own.reduce((sum, {value}) => sum + value, 0)];
  });
}

/** Sums up to each edge of the sketch, for those of exact bins. */
function upTo(bins: QuantileBins, edges: readonly number[], include: (value: number, edge: number) => boolean) {
  return edges.map((edge) => {
    const sums = [0, 0, 0];
    bins.upper.forEach((value, i) => {
      if (include(value, edge)) [bins.count, bins.mm, bins.mk].forEach((of, s) => (sums[s]! += of[i]!));
    });
    return sums;
  });
}

function expectSameSketch(sketch: QuantileBins | undefined, exact: QuantileBins) {
  expect([sketch?.n, sketch?.events, sketch?.kk]).toEqual([exact.n, exact.events, exact.kk]);
  const edges = sketch?.upper ?? [];
  const below = (value: number, edge: number) => value < edge || (edge === 0 && value === 0);
  const wanted = upTo(exact, edges, below);
  const found = upTo(sketch!, edges, (upper, edge) => upper <= edge);
  expect(found).toEqual(wanted);
}

describe("quantile metrics", () => {
  const log = latencies(3, 160);

  it("equal brute force as of every day: counts, Σ M² and Σ M K up to each edge, with units as clusters", async () => {
    const cube = await sketched(log, {fact: "events", value: "ms"});
    const days = sketchesByDate(cubeTable(cube.path, cube), "slow");
    expect(days.length).toBeGreaterThan(5);
    for (const {date, sketches} of days)
      for (const variant of ["a", "b"]) {
        const events = eventsUntil(log, variant, date);
        if (events.length > 0) expectSameSketch(sketches[variant], binsOfEvents(events));
      }
  });

  it("are within 0.2% of the exact quantile", async () => {
    const large = latencies(4, 1500);
    const cube = await sketched(large, {fact: "events", value: "ms"});
    for (const [variant, sketch] of Object.entries(sketchesAsOf(cubeTable(cube.path, cube), {metric: "slow"}))) {
      const exact = estimateQuantile(binsOfEvents(eventsUntil(large, variant, "2026-01-08")), 0.95);
      const found = estimateQuantile(sketch, 0.95);
      expect(Math.abs((found.estimate ?? NaN) / (exact.estimate ?? NaN) - 1)).toBeLessThan(0.002);
      expect(Math.abs((found.standardError ?? NaN) / (exact.standardError ?? NaN) - 1)).toBeLessThan(0.05);
    }
  });

  const hard: Record<string, (random: ReturnType<typeof createRandom>) => number> = {
    "over fifteen powers of ten": (random) => 10 ** (-6 + (15 * (random.integer(1e6) + 0.5)) / 1e6),
    "below zero": (random) => -Math.exp(2 * random.normal()),
    "mostly zero": (random) => (random.integer(10) > 0 ? 0 : 1000 * Math.exp(random.normal())),
    "all equal": () => 123.456,
    "of a heavy tail": (random) => (1 - (random.integer(1e9) + 0.5) / 1e9) ** -2
  };
  it.each(Object.entries(hard))("are within 0.2% as of every day of values %s", {timeout: 60_000}, async (_, make) => {
    const random = createRandom(12);
    const shares = [0.05, 0.95];
    for (const count of [4, 120]) {
      const log = latencies(count, count);
      log.events = log.events.map((event) => ({...event, value: make(random)}));
      for (const [extra, of] of [
        [{}, "events"],
        [{window: "2d"}, "events"],
        [{}, "units"],
        [{window: "2d"}, "units"]
      ] as const) {
        const cube = await sketched(log, {fact: "events", value: "ms", negative: "keep", of, ...extra}, {shares});
        const table = cubeTable(cube.path, cube);
        for (const share of shares)
          for (const {date, sketches} of sketchesByDate(table, `slow_${share * 100}`))
            for (const variant of ["a", "b"]) {
              const values = valuesUntil(log, {variant, date, of, days: "window" in extra ? 2 : null});
              if (values.length === 0) continue;
              const exact = estimateQuantile(binsOfValues(values), share).estimate ?? NaN;
              const found = sketches[variant] && estimateQuantile(sketches[variant], share).estimate;
              const error = Math.abs((found ?? NaN) - exact);
              expect(error, `${share} of ${values.length} ${of}, ${date}`).toBeLessThanOrEqual(
                0.002 * Math.abs(exact) + 1e-12
              );
            }
      }
    }
  });

  it("with a window count a unit's events once it has lived through it", async () => {
    const cube = await sketched(log, {fact: "events", value: "ms", window: "2d"});
    const entryOf = new Map(log.units.map((unit) => [unit.unit, unit]));
    for (const {date, sketches} of sketchesByDate(cubeTable(cube.path, cube), "slow"))
      for (const variant of ["a", "b"]) {
        const events = log.events.filter(({unit, time}) => {
          const {entry, variant: of} = entryOf.get(unit)!;
          return of === variant && time >= entry && time < entry + 2 * day && entry + 2 * day <= Date.parse(date) + day;
        });
        if (events.length > 0) expectSameSketch(sketches[variant], binsOfEvents(events));
      }
  });

  it("of units sketch each unit's total, which moves from bin to bin", async () => {
    for (const window of [undefined, "2d"]) {
      const cube = await sketched(log, {fact: "events", value: "ms", of: "units", ...(window && {window})});
      for (const {date, sketches} of sketchesByDate(cubeTable(cube.path, cube), "slow"))
        for (const variant of ["a", "b"]) {
          const end = Date.parse(date) + day;
          const lived = log.units.filter(
            (unit) =>
              unit.variant === variant && (window === undefined ? unit.entry < end : unit.entry + 2 * day <= end)
          );
          const totals = lived.map(({unit, entry}) =>
            log.events
              .filter(
                (event) => event.unit === unit && event.time >= entry && event.time < (window ? entry + 2 * day : end)
              )
              .reduce((sum, {value}) => sum + value, 0)
          );
          if (totals.length > 0) expectSameSketch(sketches[variant], binsOfValues(totals));
        }
    }
  });

  it("read one value per unit from a table of units", async () => {
    const cube = await sketched(log, {value: "ms", of: "units"}, {values: true});
    const [sketch] = Object.values(sketchesAsOf(cubeTable(cube.path, cube), {metric: "slow"}));
    expectSameSketch(
      sketch,
      binsOfValues(log.units.flatMap(({variant}, i) => (variant === "a" ? [log.events[i]!.value] : [])))
    );
  });

  it("publish fields of enough units, or of none, and keep the quantile", async () => {
    const large = latencies(5, 1500);
    const cube = await sketched(large, {fact: "events", value: "ms"});
    const published = publishable(cube);
    const bins = published.path.filter(({bin}) => bin !== null);
    expect(bins.length).toBeGreaterThan(10);
    const until = new Map(
      published.carried.flatMap(({variant, dates, until: last}) => dates.map((date) => [`${variant} ${date}`, last]))
    );
    const entryOf = new Map(large.units.map((unit) => [unit.unit, unit]));
    for (const row of bins) {
      const units = new Set<string>();
      for (const {unit, time, value} of large.events) {
        const {variant, entry} = entryOf.get(unit)!;
        const date = new Date(time).toISOString().slice(0, 10);
        if (variant !== row.variant || time < entry || date > "2026-01-08") continue;
        const inside = row.lower === 0 && row.upper === 0 ? value === 0 : value >= row.lower! && value < row.upper!;
        if (inside && (until.get(`${variant} ${date}`) ?? date) === row.date) units.add(unit);
      }
      // A row without new events changes with those of its units elsewhere.
      if (row.y > 0) expect(units.size).toBeGreaterThanOrEqual(10);
    }
    for (const [variant, sketch] of Object.entries(
      sketchesAsOf(cubeTable(published.path, published), {metric: "slow"})
    )) {
      const exact = estimateQuantile(binsOfEvents(eventsUntil(large, variant, "2026-01-08")), 0.95);
      const found = estimateQuantile(sketch, 0.95);
      expect(Math.abs((found.estimate ?? NaN) / (exact.estimate ?? NaN) - 1)).toBeLessThan(0.02);
      expect(sketch.events).toBe(eventsUntil(large, variant, "2026-01-08").length);
    }
    expect(publishable(cube, {minimumUnits: 2000}).path).toEqual([]);
  });
});

describe("bins", () => {
  it("hold every value between their edges, wide by 0.2%, alike below zero", () => {
    const random = createRandom(8);
    for (let i = 0; i < 500; ++i) {
      const value = Math.exp(20 * random.normal() * 0.3);
      const bin = binOf(value);
      expect(lowerEdge(bin) <= value && value < upperEdge(bin)).toBe(true);
      expect(upperEdge(bin) / lowerEdge(bin)).toBeLessThan(1.0021);
      expect(binOf(-value)).toBe(-bin);
      expect([lowerEdge(-bin), upperEdge(-bin)]).toEqual([-upperEdge(bin), -lowerEdge(bin)]);
      expect(binOf(lowerEdge(bin))).toBe(bin);
    }
    expect([binOf(0), lowerEdge(0), upperEdge(0)]).toEqual([0, 0, 0]);
  });

  it("are grouped finely where it matters, and cover everything", () => {
    const groups = focusedGroups({from: 1, low: 1000, high: 1090, to: 9000}, 96);
    expect(groups[0]).toBe(1);
    expect(groups.filter((bin) => bin >= 1000 && bin <= 1090)).toHaveLength(91);
    expect(groups.length).toBeLessThan(91 + 30);
    expect(evenGroups(-5, 7, 3)).toEqual([-5, 0, 1, 5]);
    expect(evenGroups(0, 0, 96)).toEqual([0]);
  });
});
