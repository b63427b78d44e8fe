import {describe, expect, it} from "vitest";
import {readoutSchema} from "../../../lib/experiment/readout.ts";
import {guessMapping} from "../../../lib/experiment/tryout/guessMapping.ts";
import type {TryMapping} from "../../../lib/experiment/tryout/mapping.ts";
import {profileColumns} from "../../../lib/experiment/tryout/profileColumns.ts";
import type {TryTable} from "../../../lib/experiment/tryout/profileColumns.ts";
import {hasDecimalComma, readNumber} from "../../../lib/experiment/tryout/readNumber.ts";
import {tryReadout} from "../../../lib/experiment/tryout/tryReadout.ts";
import {compareCuped, compareMeans, compareProportions, compareRatios, momentsOf} from "../../../lib/stats/index.ts";
import {createRandom} from "../../random.ts";

const file = {name: "results.csv", today: "2026-03-01"};

function tableOf(columns: Record<string, unknown[]>): TryTable {
  return {length: Object.values(columns)[0]?.length ?? 0, columns};
}

function mappingOf(table: TryTable): TryMapping {
  const mapping = guessMapping(table);
  if (!mapping) throw new Error("no mapping");
  return mapping;
}

const random = createRandom(3);
const units = Array.from({length: 400}, (_, i) => {
  const pre = 10 + 3 * random.normal();
  const treated = i % 2;
  return {
    user_id: `u${i}`,
    variant: treated ? "new" : "control",
    signup_date: `2026-02-0${1 + (i % 5)}`,
    country: ["US", "DE", "FR"][i % 3],
    bought: String(random.uniform() < 0.3 + 0.1 * treated ? 1 : 0),
    revenue: (1e6 + 5 * treated + pre + random.normal()).toFixed(6),
    pre_revenue: pre.toFixed(6),
    clicks: String(1 + random.integer(5))
  };
});
const unitTable = tableOf(
  Object.fromEntries(
    Object.keys(units[0] ?? {}).map((key) => [key, units.map((unit) => unit[key as keyof (typeof units)[number]])])
  )
);
const summaryTable = tableOf({
  group: ["A", "B"],
  visitors: ["10,000", "10,100"],
  conversions: ["1000", "1120"],
  conversion_rate: ["10.0%", "11.1%"],
  revenue_mean: ["25.5", "26.1"],
  revenue_sd: ["60.2", "61.0"]
});

describe("readNumber(value)", () => {
  it.each([
    ["1,234.5", 1234.5],
    ["$3.40", 3.4],
    ["12%", 0.12],
    [" \u22125 ", -5],
    ["TRUE", 1],
    ["no", 0],
    ["1e3", 1000],
    ["", null],
    ["1.2.3", null],
    ["abc", null],
    ["1,2", null],
    ["Infinity", null],
    [NaN, null],
    [null, null]
  ])("reads %s as %s", (value, number) => {
    expect(readNumber(value)).toBe(number);
  });

  it("reads a decimal comma where the column has one", () => {
    expect(hasDecimalComma(["3,5", "1.234,5", "7"])).toBe(true);
    expect(hasDecimalComma(["1,234", "7"])).toBe(false);
    expect(hasDecimalComma(["3,5", "3.5"])).toBe(false);
    expect(readNumber("1.234,5", {decimalComma: true})).toBe(1234.5);
  });
});

describe("guessMapping(table)", () => {
  it("sees a summary: variant, units, conversions, a mean with its spread, and no rate twice", () => {
    const mapping = mappingOf(summaryTable);
    expect(mapping).toMatchObject({shape: "summary", variant: "group", control: "A", count: "visitors", unit: null});
    expect(mapping.metrics).toMatchObject([
      {column: "conversions", kind: "proportion", form: "total", role: "primary"},
      {column: "revenue_mean", kind: "mean", form: "mean", spread: {column: "revenue_sd", form: "standard-deviation"}}
    ]);
    expect(mapping.weights).toEqual({A: 0.5, B: 0.5});
  });

  it("sees one row per unit: id, date, dimensions, covariate", () => {
    const mapping = mappingOf(unitTable);
    expect(mapping).toMatchObject({
      shape: "units",
      variant: "variant",
      control: "control",
      unit: "user_id",
      date: "signup_date",
      dimensions: ["country"]
    });
    expect(mapping.metrics).toMatchObject([
      {column: "bought", kind: "proportion", role: "primary"},
      {column: "revenue", kind: "mean", covariate: "pre_revenue"},
      {column: "clicks", kind: "mean", covariate: null}
    ]);
  });

  it("takes arms that are far from equal as planned so", () => {
    const variant = Array.from({length: 100}, (_, i) => (i < 90 ? "control" : "new"));
    expect(mappingOf(tableOf({variant, y: variant.map((_, i) => i % 7)})).weights).toEqual({control: 0.9, new: 0.1});
  });

  it("finds nothing where no column can be a variant", () => {
    expect(guessMapping(tableOf({x: [1, 2, 3], y: ["a", "b", "c"].map((v) => v.repeat(1))}))).not.toBeNull();
    expect(guessMapping(tableOf({x: [1, 1, 1]}))).toBeNull();
    expect(guessMapping(tableOf({}))).toBeNull();
  });

  it("does not change the table", () => {
    const frozen = Object.freeze({length: 2, columns: Object.freeze({variant: Object.freeze(["a", "b"])})});
    expect(profileColumns(frozen)[0]).toMatchObject({name: "variant", numeric: false, values: ["a", "b"]});
  });
});

describe("tryReadout(table, mapping, file)", () => {
  it("compares the shares of a summary as the library does", () => {
    const readout = tryReadout(summaryTable, mappingOf(summaryTable), file);
    expect(readoutSchema.safeParse(readout).error).toBeUndefined();
    const expected = compareProportions(
      momentsOf(Array.from({length: 10_000}, (_, i) => ({y: i < 1000 ? 1 : 0}))),
      momentsOf(Array.from({length: 10_100}, (_, i) => ({y: i < 1120 ? 1 : 0})))
    );
    const [comparison] = readout.metrics[0]?.comparisons ?? [];
    expect(comparison?.difference).toBeCloseTo(expected.difference ?? NaN, 14);
    expect(comparison?.pValue).toBeCloseTo(expected.pValue ?? NaN, 14);
    expect(readout.decision.verdict).toBe("ship");
    expect(readout.asOf).toBe("2026-03-01");
    expect(readout.input.excluded).toEqual([]);
  });

  it("compares the means of a summary by Welch's test: R 4.2.2, from the formula with n, mean and sd", () => {
    const {metrics} = tryReadout(summaryTable, mappingOf(summaryTable), file);
    const [comparison] = metrics[1]?.comparisons ?? [];
    const standardError = Math.sqrt(60.2 ** 2 / 10_000 + 61 ** 2 / 10_100);
    expect(comparison?.difference).toBeCloseTo(0.6, 10);
    expect(comparison?.standardError).toBeCloseTo(standardError, 12);
  });

  it("compares units as the library does: shares, means with the covariate around a large mean, ratios", () => {
    const guessed = mappingOf(unitTable);
    const mapping: TryMapping = {
      ...guessed,
      metrics: guessed.metrics.map((m) => (m.column === "clicks" ? {...m, kind: "ratio", denominator: "bought"} : m))
    };
    const readout = tryReadout(unitTable, mapping, file);
    expect(readoutSchema.safeParse(readout).error).toBeUndefined();
    const arm = (variant: string, value: (unit: (typeof units)[number]) => {y: number; x?: number; w?: number}) =>
      momentsOf(units.filter((u) => u.variant === variant).map(value), {y: 1e6});
    const bought = readout.metrics.find((m) => m.key === "bought")?.comparisons[0];
    const shares = ["control", "new"].map((v) =>
      momentsOf(units.filter((u) => u.variant === v).map((u) => ({y: Number(u.bought)})))
    );
    if (!shares[0] || !shares[1]) throw new Error("missing arm");
    expect(bought?.pValue).toBeCloseTo(compareProportions(shares[0], shares[1]).pValue ?? NaN, 12);
    const revenue = readout.metrics.find((m) => m.key === "revenue")?.comparisons[0];
    const withCovariate = (u: (typeof units)[number]) => ({y: Number(u.revenue), x: Number(u.pre_revenue)});
    const cuped = compareCuped(arm("control", withCovariate), arm("new", withCovariate));
    expect(revenue?.difference).toBeCloseTo(cuped.difference ?? NaN, 8);
    expect(revenue?.standardError).toBeCloseTo(cuped.standardError ?? NaN, 8);
    expect(revenue?.adjustment.covariate).toBe("pre_revenue");
    const clicks = readout.metrics.find((m) => m.key === "clicks")?.comparisons[0];
    const ratio = (u: (typeof units)[number]) => ({y: Number(u.clicks), w: Number(u.bought)});
    const [c, t] = ["control", "new"].map((v) => momentsOf(units.filter((u) => u.variant === v).map(ratio)));
    if (!c || !t) throw new Error("missing arm");
    expect(clicks?.difference).toBeCloseTo(compareRatios(c, t).difference ?? NaN, 10);
    expect(readout.start).toBe("2026-02-01");
    expect(readout.asOf).toBe("2026-02-05");
    expect(readout.metrics[0]?.path.length).toBe(5);
    expect(readout.metrics[0]?.segments.length).toBe(3);
  });

  it("gives the same from units and from their summary", () => {
    const stats = (variant: string) => {
      const own = units.filter((u) => u.variant === variant).map((u) => Number(u.revenue) - 1e6);
      const mean = own.reduce((a, b) => a + b, 0) / own.length;
      const squares = own.reduce((a, b) => a + (b - mean) ** 2, 0);
      return {n: own.length, mean: mean + 1e6, sd: Math.sqrt(squares / (own.length - 1))};
    };
    const [c, t] = [stats("control"), stats("new")];
    const table = tableOf({
      variant: ["control", "new"],
      users: [c.n, t.n],
      revenue: [c.mean, t.mean],
      revenue_sd: [c.sd, t.sd]
    });
    const summary = tryReadout(table, mappingOf(table), file).metrics[0]?.comparisons[0];
    const arms = ["control", "new"].map((v) =>
      momentsOf(
        units.filter((u) => u.variant === v).map((u) => ({y: Number(u.revenue)})),
        {y: 1e6}
      )
    );
    if (!arms[0] || !arms[1]) throw new Error("missing arm");
    expect(summary?.pValue).toBeCloseTo(compareMeans(arms[0], arms[1]).pValue ?? NaN, 8);
  });

  it("counts every row that it leaves out, with its reason", () => {
    const table = tableOf({
      user: ["a", "b", "c", "d", "d", "e", "e", "f", "", "g"],
      variant: ["A", "A", "A", "B", "B", "A", "B", "B", "B", ""],
      value: ["1", "2", "x", "3", "9", "1", "1", "4", "5", "6"]
    });
    const base = mappingOf(table);
    const readout = tryReadout(
      table,
      {...base, unit: "user", metrics: [{...base.metrics[0]!, column: "value", kind: "mean", role: "primary"}]},
      file
    );
    expect(readout.input.excluded.map(({reason, rows}) => [reason, rows])).toEqual([
      ["without a variant", 1],
      ["without a unit", 1],
      ["two-variants", 2],
      ["repeated-unit", 1],
      ["value: empty or not a number", 1]
    ]);
    expect(readout.metrics[0]?.arms.map(({n}) => n)).toEqual([2, 2]);
    expect(readout.variants.map(({units}) => units)).toEqual([3, 2]);
  });

  it("blocks a summary that cannot be: more conversions than units", () => {
    const table = tableOf({variant: ["A", "B"], users: [100, 100], conversions: [10, 120]});
    const mapping = {
      ...mappingOf(tableOf({variant: ["A", "B"], users: [100, 100], conversions: [10, 20]}))
    };
    const readout = tryReadout(table, mapping, file);
    expect(readout.decision.verdict).toBe("blocked");
    expect(readout.health.checks.find((c) => c.key === "contracts")?.message).toContain("120");
  });

  it.each([
    ["missing column: nope", {variant: "nope"}],
    ["no row is of the control: Z", {control: "Z"}],
    ["the planned shares do not add up to 100%", {weights: {A: 0.5, B: 0.4}}],
    ["a variant or column cannot be called constructor", {control: "constructor", weights: {A: 0.5, constructor: 0.5}}],
    ["no column is chosen as a metric", {metrics: []}],
    ["no column is chosen for the number of units", {count: null}]
  ])("refuses a mapping in words: %s", (message, change) => {
    expect(() => tryReadout(summaryTable, {...mappingOf(summaryTable), ...change}, file)).toThrow(message);
  });

  it("keeps hostile names as text, and merges rare values of a dimension", () => {
    const variant = Array.from({length: 90}, (_, i) =>
      i % 2 ? "<img src=x>" : "\u05e9\u05dc\u05d5\u05dd \ud83d\ude00"
    );
    const table = tableOf({
      variant,
      city: variant.map((_, i) => `city ${i % 30}`),
      value: variant.map((_, i) => i % 4)
    });
    const base = mappingOf(table);
    const readout = tryReadout(table, {...base, dimensions: ["city"]}, file);
    expect(readout.variants.map(({key}) => key).sort()).toEqual([
      "<img src=x>",
      "\u05e9\u05dc\u05d5\u05dd \ud83d\ude00"
    ]);
    expect(readout.dimensions[0]?.values.length).toBe(20);
    expect(readout.metrics[0]?.arms.every(({n}) => n === 45)).toBe(true);
  });
});
