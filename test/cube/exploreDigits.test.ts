import {beforeAll, describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import type {CellResult, Cubes} from "../../lib/cube/exploreCells.ts";
import {exploreCells, exploreDays, noQuantile} from "../../lib/cube/exploreCells.ts";
import {experimentSums} from "../../lib/cube/experimentSums.ts";
import {momentsAsOf} from "../../lib/cube/reader.ts";
import {publishable} from "../../lib/cube/publish.ts";
import type {Publication} from "../../lib/cube/row.ts";
import {emptyState} from "../../lib/experiment/exploreState.ts";
import {emptyMemory} from "../../lib/experiment/history/memory.ts";
import type {ComparisonResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {readoutOf} from "../../lib/experiment/readoutOf.ts";
import {createRandom} from "../random.ts";
import {define} from "./define.ts";
import {csv, stamp, withFiles} from "./logs.ts";

const day = 86_400_000;
const start = Date.parse("2026-01-05T00:00:00Z");
const state = {...emptyState, correction: "none" as const};

const metrics = {
  purchase: {kind: "proportion", fact: "events", event: "buy", window: "3d", covariate: "7d"},
  plain_share: {kind: "proportion", fact: "events", event: "buy"},
  revenue: {kind: "mean", fact: "events", event: "buy", value: "amount", covariate: "7d", cap: "p99"},
  basket: {
    kind: "ratio",
    fact: "events",
    numerator: {event: "buy", value: "amount"},
    denominator: {event: "buy"}
  },
  comeback: {kind: "retention", fact: "events", event: "visit", days: [2, 4]},
  latency: {kind: "quantile", quantile: 0.9, fact: "events", event: "visit", value: "ms", direction: "decrease"}
} as const;

/** A log of some days, with what units did before their exposure. */
function log(units: number): Record<string, string> {
  const random = createRandom(20260105);
  const exposures: (string | number)[][] = [];
  const events: (string | number | null)[][] = [];
  for (let i = 0; i < units; ++i) {
    const entry = start + random.integer(8) * day + random.integer(day);
    const variant = ["control", "green", "blue"][random.integer(3)] ?? "control";
    const country = ["US", "US", "US", "DE", "DE", "JP"][random.integer(6)] ?? "US";
    const taste = random.uniform();
    exposures.push([`u${i}`, variant, stamp(entry), country, i % 3 === 0 ? "web" : "app"]);
    for (let k = -7; k < 7; ++k) {
      const time = entry + k * day + random.integer(day / 2);
      if (random.uniform() < 0.1 + 0.2 * taste + (variant === "green" && k >= 0 ? 0.03 : 0))
        events.push([`u${i}`, stamp(time), "buy", Math.round(100 * (5 + 40 * taste * random.uniform())) / 100, null]);
      if (random.uniform() < 0.4)
        events.push([`u${i}`, stamp(time), "visit", null, Math.round(80 * Math.exp(random.normal()))]);
    }
  }
  return {
    "exposures.csv": csv([["u", "g", "t", "country", "platform"], ...exposures]),
    "events.csv": csv([["u", "t", "e", "amount", "ms"], ...events])
  };
}

async function build(
  units: number,
  design: object
): Promise<{readout: Readout; publication: Publication; cubes: Cubes}> {
  const {experiment, definitions} = define({
    experiment: {
      start: "2026-01-05",
      end: "2026-01-18",
      variants: {
        control: {role: "control", weight: 1 / 3},
        green: {weight: 1 / 3},
        blue: {weight: 1 / 3}
      },
      dimensions: ["country", "platform"],
      metrics: {
        primary: ["purchase"],
        secondary: ["plain_share", "revenue", "basket", "comeback"],
        guardrails: [{metric: "latency", margin: "20%"}]
      },
      ...design
    },
    metrics,
    facts: {
      exposures: {
        shape: "exposures",
        path: "exposures.csv",
        unit: "u",
        variant: "g",
        timestamp: "t",
        dimensions: ["country", "platform"]
      },
      events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", event: "e", values: ["amount", "ms"]}
    }
  });
  const cube = await withFiles(log(units), (dataDir) => buildCube(experiment, definitions, {dataDir}));
  const publication = publishable(cube, {minimumUnits: experiment.minimumUnits});
  const {readout} = readoutOf({
    experiment,
    metrics: definitions.metrics,
    sums: experimentSums(experiment, cube, publication, {hash: "test"}),
    memory: emptyMemory,
    runId: "test",
    definition: {date: "2026-01-05", hash: "test", parts: {}, text: "title: test\n"}
  });
  const {dimensions, origins} = publication;
  return {
    readout,
    publication,
    cubes: {
      path: cubeTable(publication.path, {dimensions, origins}),
      entries: cubeTable(publication.entries, {dimensions, origins})
    }
  };
}

const numbers = ({
  difference,
  interval,
  relativeDifference,
  relativeInterval,
  pValue
}: ComparisonResult | CellResult) => ({
  difference,
  interval,
  relativeDifference,
  relativeInterval,
  pValue
});

describe.each([
  ["a fixed design", 2400, {}],
  ["a group-sequential design", 1800, {design: {method: "group-sequential", plannedUnits: 1800}, status: "running"}],
  ["an always-valid design", 1800, {design: {method: "always-valid", plannedUnits: 1800}, status: "running"}],
  [
    "weights that changed",
    2000,
    {
      phases: [
        {name: "ramp", start: "2026-01-05", weights: {control: 0.5, green: 0.25, blue: 0.25}},
        {name: "full", start: "2026-01-08", weights: {control: 0.34, green: 0.33, blue: 0.33}}
      ]
    }
  ]
])("Explore has the build's own digits, of a log with %s", (_, units, design) => {
  let built: Awaited<ReturnType<typeof build>>;
  const metricOf = (key: string): MetricResult => {
    const found = built.readout.metrics.find((metric) => metric.key === key);
    if (!found) throw new Error(`missing metric: ${key}`);
    return found;
  };
  // Phases are added up in another order where days are too: the last bit of a sum may differ.
  const expectSame = (value: unknown, expected: unknown): void => {
    if (built.readout.phases.length < 2) expect(value).toEqual(expected);
    else if (Array.isArray(value) && Array.isArray(expected)) value.forEach((v, i) => expectSame(v, expected[i]));
    else if (typeof expected === "number") expect(Number(value) / expected).toBeCloseTo(1, 10);
    else expect(value).toEqual(expected);
  };
  beforeAll(async () => void (built = await build(units, design)), 60_000);

  it.each(Object.keys(metrics))("for %s over all units, tonight and as of every day", (key) => {
    const metric = metricOf(key);
    const {cells} = exploreCells(built.cubes, metric, state, built.readout);
    expect(cells.map(({variant}) => variant)).toEqual(metric.comparisons.map(({variant}) => variant));
    cells.forEach((cell, i) => {
      const registered = metric.comparisons[i]!;
      const {difference, ...rest} = numbers(cell);
      expectSame(difference, registered.difference);
      // A sequential design's own interval is another one; the page shows it beside.
      if (registered.test === cell.test) {
        for (const [name, value] of Object.entries(numbers(registered)))
          if (name !== "difference") expectSame(rest[name as keyof typeof rest], value);
      } else expect([key, built.readout.metrics[0]?.method]).toEqual(["purchase", expect.not.stringMatching("fixed")]);
      const means = [metric.arms[0]?.mean, metric.arms.find((a) => a.variant === cell.variant)?.mean];
      if (built.readout.phases.length < 2) expect(cell.means).toEqual(means);
      else cell.means.forEach((mean, k) => expect(mean).toBeCloseTo(means[k] ?? NaN, 12));
    });
    const days = exploreDays(built.cubes, metric, state, built.readout);
    for (const {date, results} of days)
      expectSame(
        results.map(({difference}) => difference),
        metric.path.find((each) => each.date === date)?.comparisons.map(({difference}) => difference)
      );
    if (metric.method === "fixed")
      for (const {date, comparisons} of metric.path.slice(-3)) {
        const then = exploreCells(built.cubes, metric, {...state, asOf: date}, built.readout);
        expectSame(
          then.cells.map(({interval}) => interval),
          comparisons.map(({interval}) => interval)
        );
      }
  });

  it.each(Object.keys(metrics).filter((key) => key !== "latency"))("for %s by segment", (key) => {
    const metric = metricOf(key);
    let compared = 0;
    for (const dimension of ["country", "platform"]) {
      const {cells} = exploreCells(built.cubes, metric, {...state, by: [dimension]}, built.readout);
      for (const cell of cells) {
        const segment = metric.segments.find(
          (s) => s.dimension === dimension && s.value === cell.cell[dimension] && s.variant === cell.variant
        );
        if (built.readout.phases.length > 1) continue;
        expect(cell.n).toEqual(segment?.n);
        expect(numbers(cell)).toMatchObject({difference: segment?.difference, pValue: segment?.pValue});
        compared++;
      }
    }
    if (built.readout.phases.length < 2) expect(compared).toBeGreaterThan(7);
  });

  it.each([
    ["a dimension", {by: ["country"]}],
    ["a filter", {where: {country: ["US"]}}],
    ["entry dates", {entered: {from: "2026-01-05", to: "2026-01-06"}}]
  ])("gives no quantile for a view with %s", (__, view) => {
    const {cells} = exploreCells(built.cubes, metricOf("latency"), {...state, ...view}, built.readout);
    for (const cell of cells) expect([cell.difference, cell.reason]).toEqual([null, noQuantile]);
  });

  it("says from which date lagging segments are exact, and they are", () => {
    const metric = metricOf("basket");
    let lagging = 0;
    for (const {date} of metric.path) {
      const {lag} = exploreCells(built.cubes, metric, {...state, by: ["country"], asOf: date}, built.readout);
      if (lag === null) continue;
      lagging++;
      expect(lag.units).toBeLessThanOrEqual(lag.allUnits);
      for (const exact of [lag.exactFrom, lag.exactUntil]) {
        if (exact === null) continue;
        const sum = (arms: ReturnType<typeof momentsAsOf>, letter: "n" | "y" | "w") =>
          arms.reduce((total, {moments}) => total + moments[letter], 0);
        const [whole, cells] = [[], ["country"]].map((by) =>
          momentsAsOf(built.cubes.path, {metric: "basket", by, date: exact})
        );
        for (const letter of ["n", "y", "w"] as const)
          expect(sum(cells ?? [], letter)).toBeCloseTo(sum(whole ?? [], letter), 6);
        expect(
          exploreCells(built.cubes, metric, {...state, by: ["country"], asOf: exact}, built.readout).lag
        ).toBeNull();
      }
      expect(lag.exactFrom === null || lag.exactFrom > date).toBe(true);
    }
    expect(lagging).toBeGreaterThan(0);
    expect(exploreCells(built.cubes, metric, state, built.readout).lag).toBeNull();
  });
});
