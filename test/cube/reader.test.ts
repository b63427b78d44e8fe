import {readFileSync} from "node:fs";
import {join} from "node:path";
import {parquetReadObjects} from "hyparquet";
import {compressors} from "hyparquet-compressors";
import {describe, expect, it} from "vitest";
import {allSums} from "../../lib/cube/emptyRow.ts";
import {cubeTable, cubeTableFromColumns, dimensionColumn} from "../../lib/cube/cubeTable.ts";
import {writePublication} from "../../lib/cube/parquet.ts";
import type {ArmMoments} from "../../lib/cube/reader.ts";
import {momentsAsOf, momentsByDate, momentsOfEntries, valuesOf} from "../../lib/cube/reader.ts";
import type {Publication, PublishedRow} from "../../lib/cube/row.ts";
import {withFiles} from "./logs.ts";

const row = (
  date: string,
  variant: string,
  cell: string[] | null,
  n: number,
  y: number,
  metric = "m"
): PublishedRow => ({
  date,
  variant,
  cell,
  metric,
  bin: null,
  n,
  ...allSums({y, yy: y * y})
});
const rows = [
  row("2026-01-02", "a", null, 1, 4),
  row("2026-01-01", "a", null, 3, 1),
  row("2026-01-01", "b", null, 2, 2),
  row("2026-01-01", "a", ["web", "DE"], 2, 1),
  row("2026-01-01", "a", ["ios", "DE"], 1, 0),
  row("2026-01-02", "a", ["web", "FR"], 1, 4),
  row("2026-01-01", "b", ["web", "FR"], 2, 2),
  row("2026-01-01", "a", null, 9, 9, "other")
];
const options = {dimensions: ["date", "country"], origins: {m: {y: 5}}};
const table = cubeTable(rows, options);
const brief = (arms: readonly ArmMoments[]) => arms.map(({variant, cell, moments: {n, y}}) => [variant, cell, n, y]);

describe("momentsAsOf(table, {metric, date, where, by})", () => {
  it("adds up whole variants as of the end of a date, by default the last", () => {
    expect(brief(momentsAsOf(table, {metric: "m"}))).toEqual([
      ["a", {}, 4, 5],
      ["b", {}, 2, 2]
    ]);
    expect(brief(momentsAsOf(table, {metric: "m", date: "2026-01-01"}))).toEqual([
      ["a", {}, 3, 1],
      ["b", {}, 2, 2]
    ]);
    expect(momentsAsOf(table, {metric: "m", date: "2025-12-31"})).toEqual([]);
    expect(momentsAsOf(table, {metric: "none"})).toEqual([]);
    expect(momentsAsOf(table, {metric: "m"})[0]?.moments).toMatchObject({origin: {y: 5}, yy: 17, x: 0});
  });
  it("filters and crosses cells by any dimensions", () => {
    expect(brief(momentsAsOf(table, {metric: "m", where: {country: ["DE"]}}))).toEqual([["a", {}, 3, 1]]);
    expect(brief(momentsAsOf(table, {metric: "m", by: ["country"]}))).toEqual([
      ["a", {country: "DE"}, 3, 1],
      ["b", {country: "FR"}, 2, 2],
      ["a", {country: "FR"}, 1, 4]
    ]);
    expect(brief(momentsAsOf(table, {metric: "m", where: {date: ["web"]}, by: ["date", "country"]}))).toHaveLength(3);
    expect(momentsAsOf(table, {metric: "m", where: {country: ["nowhere"]}})).toEqual([]);
    expect(() => momentsAsOf(table, {metric: "m", by: ["planet"]})).toThrow("unknown dimension: planet");
  });
});

describe("momentsByDate and momentsOfEntries", () => {
  it("give the sums as of each date with a row of the metric", () => {
    expect(momentsByDate(table, {metric: "m"}).map(({date, arms}) => [date, brief(arms)])).toEqual([
      [
        "2026-01-01",
        [
          ["a", {}, 3, 1],
          ["b", {}, 2, 2]
        ]
      ],
      [
        "2026-01-02",
        [
          ["a", {}, 4, 5],
          ["b", {}, 2, 2]
        ]
      ]
    ]);
    expect(momentsByDate(table, {metric: "other"})).toHaveLength(1);
  });
  it("give the sums between two entry dates, both included", () => {
    expect(brief(momentsOfEntries(table, {metric: "m", from: "2026-01-02"}))).toEqual([["a", {}, 1, 4]]);
    expect(brief(momentsOfEntries(table, {metric: "m", to: "2026-01-01", by: ["country"]}))).toHaveLength(2);
    expect(momentsOfEntries(table, {metric: "m", from: "2026-01-03", to: "2026-01-04"})).toEqual([]);
  });
  it("list a dimension's values, most units first", () => {
    expect(valuesOf(table, {metric: "m", dimension: "country"})).toEqual(["DE", "FR"]);
  });
});

describe("cubeTableFromColumns(columns, options)", () => {
  it("refuses a table without a column that it cannot be without", () => {
    expect(() => cubeTableFromColumns({date: []}, {dimensions: []})).toThrow("missing column of the cube: variant");
  });
  it("is empty without rows", () => {
    expect(momentsAsOf(cubeTable([], {dimensions: ["d"]}), {metric: "m", by: ["d"]})).toEqual([]);
  });
});

describe("writePublication(folder, publication)", () => {
  const publication: Publication = {
    dimensions: options.dimensions,
    asOf: "2026-01-02",
    path: rows,
    entries: rows.slice(0, 3),
    traffic: [{hour: "2026-01-01T10:00", variant: "a", units: 12}],
    tenure: {},
    origins: options.origins,
    carried: [],
    coarser: []
  };
  const read = (file: string) => parquetReadObjects({file: new Uint8Array(readFileSync(file)).buffer, compressors});
  const columns = async (file: string) => {
    const objects = await read(file);
    return {
      objects,
      columns: Object.fromEntries(Object.keys(objects[0] ?? {}).map((name) => [name, objects.map((o) => o[name])]))
    };
  };

  it("writes what the browser's decoder reads back into the same numbers", () =>
    withFiles({}, async (folder) => {
      await writePublication(folder, publication);
      const path = await columns(join(folder, "path.parquet"));
      expect(Object.keys(path.columns)).toEqual([
        "date",
        "variant",
        "date_",
        "country",
        "metric",
        "bin",
        "n",
        "y",
        "yy"
      ]);
      const back = cubeTableFromColumns(path.columns, options);
      for (const selection of [{metric: "m"}, {metric: "m", by: ["date", "country"]}]) {
        const [written, read] = [table, back].map((each) => momentsAsOf(each, selection));
        expect(read).toHaveLength(written?.length ?? 0);
        expect(read).toEqual(expect.arrayContaining(written ?? []));
      }
      const traffic = await columns(join(folder, "traffic.parquet"));
      expect(traffic.objects).toEqual([{hour: "2026-01-01T10:00", variant: "a", units: 12}]);
    }));

  it("writes equal bytes of equal rows, and files without rows", () =>
    withFiles({}, async (folder) => {
      await writePublication(folder, publication);
      const first = readFileSync(join(folder, "path.parquet"));
      await writePublication(folder, publication);
      expect(readFileSync(join(folder, "path.parquet")).equals(first)).toBe(true);
      await writePublication(folder, {...publication, path: [], entries: [], traffic: []});
      expect(await read(join(folder, "path.parquet"))).toEqual([]);
    }));
});

describe("dimensionColumn(name)", () => {
  it("keeps out of the way of the cube's own columns", () => {
    expect(["country", "date", "N", "yy", "date_"].map(dimensionColumn)).toEqual([
      "country",
      "date_",
      "N_",
      "yy_",
      "date__"
    ]);
  });
});
