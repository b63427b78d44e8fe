import {describe, expect, it} from "vitest";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import type {Cubes} from "../../lib/cube/exploreCells.ts";
import {exploreCells, exploreDays, maximumCells} from "../../lib/cube/exploreCells.ts";
import {emptyState} from "../../lib/experiment/exploreState.ts";
import {compareMeans, momentsFromSums} from "../../lib/stats/index.ts";
import {makeCube} from "../site/cubes.ts";
import type {CubeFixture} from "../site/cubes.ts";

const cubesOf = ({publication: {path, entries, dimensions, origins}}: CubeFixture): Cubes => ({
  path: cubeTable(path, {dimensions, origins}),
  entries: cubeTable(entries, {dimensions, origins})
});
const fixture = makeCube({treatments: ["green", "blue"]});
const {readout} = fixture;
const cubes = cubesOf(fixture);
const state = {...emptyState, correction: "none" as const};

function metricOf(key: string) {
  const metric = readout.metrics.find((m) => m.key === key);
  if (!metric) throw new Error(`missing metric: ${key}`);
  return metric;
}

describe("exploreCells(cubes, metric, state, readout)", () => {
  it.each(["purchase", "revenue", "order_value"])(
    "gives the readout's own digits for %s over all units, with the covariate",
    (key) => {
      const metric = metricOf(key);
      const {cells} = exploreCells(cubes, metric, state, readout);
      expect(cells.map((c) => c.variant)).toEqual(["green", "blue"]);
      for (const cell of cells) {
        const registered = metric.comparisons.find((c) => c.variant === cell.variant);
        expect(cell.difference).toBe(registered?.difference);
        expect(cell.interval).toEqual(registered?.interval);
        expect(cell.pValue).toBe(registered?.pValue);
        expect(cell.relativeInterval).toEqual(registered?.relativeInterval);
        expect(cell.varianceReduction).toBe(registered?.adjustment.varianceReduction);
        expect(cell.means).toEqual([metric.arms[0]?.mean, metric.arms.find((a) => a.variant === cell.variant)?.mean]);
      }
    }
  );

  it.each(["purchase", "revenue", "order_value"])("gives the readout's own digits for %s by segment", (key) => {
    const metric = metricOf(key);
    for (const dimension of ["platform", "country"]) {
      const {cells} = exploreCells(cubes, metric, {...state, by: [dimension]}, readout);
      expect(cells.length).toBe(metric.segments.filter((s) => s.dimension === dimension).length);
      for (const cell of cells) {
        const segment = metric.segments.find(
          (s) => s.dimension === dimension && s.value === cell.cell[dimension] && s.variant === cell.variant
        );
        expect(cell.n).toEqual(segment?.n);
        expect(cell.difference).toBe(segment?.difference);
        expect(cell.interval).toEqual(segment?.interval);
        expect(cell.pValue).toBe(segment?.pValue);
      }
    }
  });

  it("gives the readout's own digits as of every earlier day", () => {
    const metric = metricOf("revenue");
    for (const {date, comparisons} of metric.path) {
      const {cells} = exploreCells(cubes, metric, {...state, asOf: date}, readout);
      expect(cells.map((c) => c.difference)).toEqual(comparisons.map((c) => c.difference));
      expect(cells.map((c) => c.interval)).toEqual(comparisons.map((c) => c.interval));
    }
  });

  it("gives the readout's adjusted p-values where the family is the same", () => {
    const metric = metricOf("purchase");
    const {cells, family} = exploreCells(cubes, metric, {...state, correction: "holm"}, readout);
    expect(family).toBe(2);
    expect(cells.map((c) => c.adjustedPValue)).toEqual(metric.comparisons.map((c) => c.adjustedPValue));
  });

  it("filters and crosses: a cell is the sum of exactly its rows", () => {
    const where = {platform: ["ios", "web"]};
    const {cells} = exploreCells(cubes, metricOf("revenue"), {...state, where, by: ["country", "platform"]}, readout);
    expect(cells.length).toBe(4 * 2 * 2);
    const found = cells.find((c) => c.cell.country === "DE" && c.cell.platform === "web" && c.variant === "blue");
    const rows = fixture.publication.path.filter(
      ({cell, metric}) => metric === "revenue" && cell?.[0] === "web" && cell[1] === "DE"
    );
    const [control, treatment] = ["control", "blue"].map((variant) => {
      const own = rows.filter((r) => r.variant === variant);
      const total = (key: "n" | "y" | "yy") => own.reduce((sum, r) => sum + r[key], 0);
      return momentsFromSums(total("n"), {y: total("y"), yy: total("yy")}, {y: 20});
    });
    if (!control || !treatment) throw new Error("missing arm");
    const plain = compareMeans(control, treatment);
    expect(found?.difference).toBeCloseTo(plain.difference ?? NaN, 12);
    expect(found?.pValue).toBeCloseTo(plain.pValue ?? NaN, 12);
  });

  it("leaves the covariate out where it is switched off", () => {
    const {cells} = exploreCells(cubes, metricOf("purchase"), {...state, adjust: false}, readout);
    const {arms} = metricOf("purchase");
    expect(cells[0]?.varianceReduction).toBeNull();
    expect(cells[0]?.difference).toBeCloseTo((arms[1]?.mean ?? NaN) - (arms[0]?.mean ?? NaN), 12);
  });

  it("counts only units of the entry dates", () => {
    const entered = {from: "2026-01-06", to: "2026-01-07"};
    const {cells} = exploreCells(cubes, metricOf("purchase"), {...state, asOf: null, entered}, readout);
    const rows = fixture.publication.entries.filter(
      (r) => r.metric === "purchase" && r.cell === null && r.date >= entered.from && r.date <= entered.to
    );
    const units = (variant: string) => rows.filter((r) => r.variant === variant).reduce((sum, r) => sum + r.n, 0);
    expect(cells[0]?.n).toEqual([units("control"), units("green")]);
  });

  it("says why a cell is too small, and why a number is missing", () => {
    const small = makeCube({units: 3, days: 2, dimensions: {city: Array.from({length: 12}, (_, i) => `city ${i}`)}});
    const {cells} = exploreCells(
      cubesOf(small),
      {key: "purchase", kind: "proportion"},
      {...state, by: ["city"]},
      small.readout
    );
    expect(cells.at(-1)?.small).toBe("fewer than 10 units in an arm");
    const none = exploreCells(cubes, metricOf("purchase"), {...state, where: {platform: ["no such"]}}, readout);
    expect(none).toMatchObject({cells: [], family: 0, units: 0});
    const quantile = exploreCells(cubes, {key: "revenue", kind: "quantile"}, state, readout);
    expect(quantile.cells[0]).toMatchObject({
      difference: null,
      pValue: null,
      reason: expect.stringContaining("quantile")
    });
  });

  it("shows the largest cells of very many and says how many are left out", () => {
    const values = (name: string, n: number) => Array.from({length: n}, (_, i) => `${name} ${i}`);
    const large = makeCube({days: 1, metrics: 1, dimensions: {a: values("a", 20), b: values("b", 20)}});
    const {cells, more} = exploreCells(
      cubesOf(large),
      {key: "purchase", kind: "proportion"},
      {...state, by: ["a", "b"]},
      large.readout
    );
    expect([cells.length, more]).toEqual([maximumCells, 100]);
  });
});

describe("exploreDays(cubes, metric, state, readout)", () => {
  it("ends with the numbers of the last day, and starts with those of the first", () => {
    const metric = metricOf("revenue");
    const days = exploreDays(cubes, metric, state, readout);
    expect(days.map((d) => d.date)).toEqual(metric.path.map((d) => d.date));
    expect(days.at(-1)?.results.map((r) => r.difference)).toEqual(metric.comparisons.map((c) => c.difference));
  });

  it("with entry dates gives each day's own units, whatever days are chosen", () => {
    const entered = {from: "2026-01-06", to: "2026-01-07"};
    const days = exploreDays(cubes, metricOf("revenue"), {...state, entered}, readout);
    expect(days.length).toBe(14);
    const one = exploreCells(
      cubes,
      metricOf("revenue"),
      {...state, entered: {from: "2026-01-09", to: "2026-01-09"}},
      readout
    );
    expect(days[4]?.results[0]?.difference).toBe(one.cells[0]?.difference);
  });
});
