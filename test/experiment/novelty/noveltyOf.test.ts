import {describe, expect, it} from "vitest";
import {noveltyOf, triangleCells} from "../../../lib/experiment/novelty/index.ts";
import type {NoveltyOptions, TenureSums} from "../../../lib/experiment/novelty/index.ts";
import {noveltySchema} from "../../../lib/experiment/readout.ts";
import type {NoveltyResult} from "../../../lib/experiment/readout.ts";
import {compareMeans} from "../../../lib/stats/compareMeans.ts";
import {momentsOf} from "../../../lib/stats/moments.ts";
import {createRandom} from "../../random.ts";
import {tenureSumsOf} from "./tenureSumsOf.ts";
import type {TenureSumsOfOptions, TenureUnit} from "./tenureSumsOf.ts";

type World = {
  n?: number;
  entries?: number;
  asOf?: number;
  seed?: number;
  lift?: (day: number, entry: number) => number;
  base?: (day: number, entry: number) => number;
  noise?: number;
};

function unitsOf({
  n = 1200,
  entries = 7,
  asOf = 35,
  seed = 1,
  lift = () => 0,
  base = () => 1,
  noise = 0.3
}: World): TenureUnit[] {
  const random = createRandom(seed, 62);
  return Array.from({length: n}, (_, i) => {
    const entry = Math.floor((i * entries) / n);
    const treated = i % 2 === 1;
    const habit = Math.exp(0.3 * random.normal());
    return {
      variant: treated ? "banner" : "control",
      entry,
      y: Float64Array.from(
        {length: asOf - entry},
        (_, k) =>
          habit * base(k, entry) * (1 + (treated ? lift(k, entry) : 0)) + noise * random.normal() * base(k, entry)
      )
    };
  });
}

function judge(world: World, options: NoveltyOptions = {}, how: Partial<TenureSumsOfOptions> = {}): NoveltyResult {
  return judgeSums(tenureSumsOf(unitsOf(world), {asOf: world.asOf ?? 35, ...how}), options);
}

function judgeSums(sums: TenureSums, options: NoveltyOptions = {}): NoveltyResult {
  const [result] = noveltyOf(sums, {control: "control", treatments: ["banner"]}, {bands: "none", ...options});
  if (result === undefined) throw new Error("no result");
  noveltySchema.parse(result);
  return result;
}

const falling = (day: number) => Math.exp(-day / 15);

describe("noveltyOf(sums, variants, options)", () => {
  it("calls a constant lift on a falling baseline stable, though the absolute difference falls", () => {
    const {verdict, absolute, test, sentence, power} = judge({lift: () => 0.15, base: falling});
    expect(verdict).toBe("stable");
    expect(test?.pValue).toBeGreaterThan(0.05);
    expect(absolute?.pValue).toBeLessThan(0.001);
    expect(power).toBeGreaterThan(0.8);
    expect(sentence).toMatch(/a halving of \+1\d% would have been seen with .*% power\.$/);
  });
  it("calls a lift that decays fading, and says what to expect in the long run", () => {
    const {verdict, sentence, longRun, spans} = judge({lift: (k) => 0.05 + 0.4 * Math.exp(-k / 4)});
    expect(verdict).toBe("fading");
    expect(spans?.early).toEqual([0, 6]);
    expect(sentence).toMatch(/^The gain went from \+2\d% on days 0\u20136 to \+/);
    expect(longRun?.interval?.[0]).toBeLessThan(0.05);
    expect(longRun?.interval?.[1]).toBeGreaterThan(0.05);
    expect(longRun?.sentence).toMatch(/looks beyond the data/);
  });
  it("names by the effect's own direction: a loss that shrinks fades, one that deepens grows", () => {
    expect(judge({lift: (k) => -0.05 - 0.3 * Math.exp(-k / 6)}).verdict).toBe("fading");
    expect(judge({lift: (k) => -0.1 - 0.01 * k}).verdict).toBe("growing");
    expect(judge({lift: (k) => 0.1 + 0.01 * k}).verdict).toBe("growing");
    expect(judge({lift: (k) => -0.05 - 0.3 * Math.exp(-k / 6)}).sentence).toMatch(/^The loss went/);
    expect(judge({lift: (k) => -0.05 - 0.3 * Math.exp(-k / 6)}, {direction: "decrease"}).sentence).toMatch(/^The gain/);
  });
  it("calls an effect that goes through zero fading, one that appears late growing", () => {
    const past = judge({lift: (k) => 0.3 - 0.03 * k});
    expect(past.verdict).toBe("fading");
    expect(past.sentence).toMatch(/past zero/);
    expect(judge({lift: (k) => (k < 10 ? 0 : 0.2)}).verdict).toBe("growing");
    const gone = judge({lift: (k) => 0.4 * Math.exp(-k / 3) - 0.002});
    expect(gone.verdict).toBe("fading");
    expect(gone.sentence).not.toMatch(/past zero/);
  });
  it("says how many days it takes while nobody has lived through both spans", () => {
    const {verdict, daysNeeded, unitsNeeded, sentence, test} = judge({lift: () => 0.15, asOf: 9});
    expect(verdict).toBe("not-enough-days");
    expect(test?.pValue).toBeNull();
    expect(unitsNeeded).toBeGreaterThan(10);
    expect(daysNeeded).toBeGreaterThanOrEqual(15);
    expect(sentence).toMatch(
      /^Cannot tell yet: the oldest cohort has lived through 9.days since exposure.* up to day 13/
    );
  });
  it("does not call stable what it could not have seen halve", () => {
    const {verdict, power, daysNeeded, unitsNeeded, sentence} = judge({n: 400, lift: () => 0.25, noise: 2, seed: 4});
    expect(verdict).toBe("not-enough-days");
    expect(power).toBeLessThan(0.8);
    expect(unitsNeeded).toBeGreaterThan(400);
    expect(daysNeeded).toBeGreaterThan(35);
    expect(sentence).toMatch(/needs [\d,]+ units through both spans/);
    const closed = judge({n: 400, lift: () => 0.25, noise: 2, seed: 4}, {entering: false});
    expect(closed.daysNeeded).toBeNull();
    expect(closed.sentence).toMatch(/more than there will be/);
  });
  it("holds the minimum effect in place of an effect that is not told from zero", () => {
    const none = {seed: 3, n: 600};
    expect(judge(none, {minimumEffect: 0.01}).verdict).toBe("not-enough-days");
    expect(judge(none, {minimumEffect: 0.01}).sentence).toMatch(/a halving of an effect of \+1\.0%/);
    expect(judge(none).unitsNeeded).toBe(judge(none, {minimumEffect: 0.1}).unitsNeeded);
    expect(judge(none, {minimumEffect: 0.3}).verdict).toBe("stable");
    expect(judge(none, {minimumEffect: 0.3}).sentence).toMatch(/^No effect that could fade/);
  });
  it("gives on each day what Welch's test gives on the units of that day", () => {
    const units = unitsOf({lift: () => 0.1});
    const {byTenure} = judgeSums(tenureSumsOf(units, {asOf: 35, products: false}));
    expect(byTenure.map(({day}) => day)).toEqual(Array.from({length: 35}, (_, k) => k));
    const of = (variant: string) =>
      momentsOf(units.filter((unit) => unit.variant === variant && unit.entry <= 1).map(({y}) => ({y: y[33]!})));
    const {difference, interval, relativeInterval} = compareMeans(of("control"), of("banner"));
    expect(byTenure[33]!.difference).toBeCloseTo(difference!, 10);
    expect(byTenure[33]!.interval![0]).toBeCloseTo(interval![0]!, 8);
    expect(byTenure[33]!.relativeInterval![1]).toBeCloseTo(relativeInterval![1]!, 8);
  });
  it("has simultaneous intervals wider than pointwise ones, by Sidak's rule without products", () => {
    const units = unitsOf({n: 400, lift: () => 0.1, asOf: 20});
    const width = (sums: TenureSums) => {
      const {simultaneousInterval} = judgeSums(sums, {bands: "joint"}).byTenure[5]!;
      return simultaneousInterval![1]! - simultaneousInterval![0]!;
    };
    const [own, without] = [tenureSumsOf(units, {asOf: 20}), tenureSumsOf(units, {asOf: 20, products: false})];
    const [lower, upper] = judgeSums(own).byTenure[5]!.relativeInterval!;
    expect(width(own)).toBeGreaterThan(1.2 * (upper! - lower!));
    expect(width(without)).toBeGreaterThan(width(own));
    expect(judgeSums(without).longRun?.reason).toBe("the products between days are missing");
    expect(judgeSums(without).calendar?.reason).toBe("the products between days are missing");
  });
  it("shows days before the exposure, and leaves day 0 of calendar-only data out", () => {
    const units = unitsOf({n: 200}).map((unit, i) => ({...unit, before: [1 + (i % 7), 2, 3 + (i % 5)]}));
    const timed = judgeSums(tenureSumsOf(units, {asOf: 35, products: false}));
    expect(timed.byTenure.slice(0, 4).map(({day}) => day)).toEqual([-3, -2, -1, 0]);
    const dated = judgeSums(
      tenureSumsOf(
        units.map((unit) => ({...unit, y: [...Array.from(unit.y), 1]})),
        {asOf: 35, calendarOnly: true}
      )
    );
    expect(dated.byTenure.map(({day}) => day)).toEqual([-3, -2, -1, ...Array.from({length: 35}, (_, k) => k + 1)]);
    expect(dated.spans?.early).toEqual([1, 7]);
    expect(dated.triangle.every(({day}) => day >= 1)).toBe(true);
  });
  it("judges ratios on days, spans and the triangle", () => {
    const random = createRandom(9);
    const units = unitsOf({lift: (k) => 0.05 + 0.4 * Math.exp(-k / 4)}).map((unit) => {
      const w = Float64Array.from(unit.y, () => 1 + random.integer(5));
      return {...unit, w, y: Array.from(unit.y, (value, k) => value * w[k]!)};
    });
    const result = judgeSums(tenureSumsOf(units, {asOf: 35, kind: "ratio"}));
    expect(result.verdict).toBe("fading");
    expect(result.byTenure[0]!.relativeDifference).toBeCloseTo(0.45, 1);
    expect(triangleCells(result).length).toBeGreaterThan(10);
    expect(result.longRun?.a).toBeLessThan(0.15);
    expect(result.trend?.reason).toMatch("a ratio has no slope");
    expect(result.weekdays).toEqual([]);
  });
  it("tests each treatment against the same control", () => {
    const units = unitsOf({n: 600}).map((unit, i) => (i % 4 === 3 ? {...unit, variant: "second"} : unit));
    const sums = tenureSumsOf(units, {asOf: 35});
    const both = noveltyOf(sums, {control: "control", treatments: ["banner", "second"]}, {bands: "none"});
    expect(both.map(({variant}) => variant)).toEqual(["banner", "second"]);
    expect(both[0]).toEqual(judgeSums(sums));
  });
});

describe("the triangle of cohorts by tenure", () => {
  const wide = {n: 4000, entries: 14, asOf: 36};

  it("reads a change along tenure as one that later entrants repeat from the start", () => {
    const {cohorts, calendar, reading} = judge({...wide, lift: (k) => 0.05 + 0.5 * Math.exp(-k / 4)});
    expect(cohorts?.pValue).toBeGreaterThan(0.05);
    expect(calendar?.pValue).toBeGreaterThan(0.01);
    expect(reading).toMatch(/Entrants: units of different entry dates respond alike/);
  });
  it("reads a change along dates as one that later entrants are already in", () => {
    const {reading, cohorts} = judge({...wide, lift: (k, entry) => 0.5 - 0.02 * (k + entry)});
    expect(cohorts?.pValue).toBeLessThan(0.05);
    expect(reading).toMatch(/a change along dates rather than along tenure/);
  });
  it("reads entrants that differ as such", () => {
    const {reading, test, cohorts} = judge({...wide, lift: (_, entry) => (entry < 7 ? 0.05 : 0.4)});
    expect(test?.pValue).toBeGreaterThan(0.05);
    expect(cohorts?.pValue).toBeLessThan(0.001);
    expect(reading).toMatch(/Entrants: units of different entry dates differ at the same tenure/);
  });
  it("finds dates on which the effect is another for everyone", () => {
    const {calendar, reading} = judge({...wide, lift: (k, entry) => (k + entry >= 15 && k + entry < 20 ? 0.6 : 0.1)});
    expect(calendar?.pValue).toBeLessThan(0.001);
    expect(reading).toMatch(/Dates: the effect differs between dates/);
  });
  it("has a cell of one date and day, or of more where there are too many", () => {
    const units = unitsOf({n: 280, entries: 7, asOf: 20});
    const result = judgeSums(tenureSumsOf(units, {asOf: 20, products: false}));
    expect(result.triangleDays).toBe(1);
    const mean = (variant: string) => {
      const own = units.filter((unit) => unit.variant === variant && unit.entry === 2);
      return own.reduce((sum, {y}) => sum + y[4]!, 0) / own.length;
    };
    const cell = triangleCells(result).find(({cohort, day}) => cohort === "2026-01-07" && day === 4);
    expect(cell?.relativeDifference).toBeCloseTo(mean("banner") / mean("control") - 1, 10);
    expect(cell?.n).toBe(40);
    expect(judge({n: 280, entries: 40, asOf: 60}, {}, {products: false}).triangleDays).toBe(3);
  });
  it("shows weekdays over whole weeks, and finds that they differ", () => {
    const weekend = (k: number, entry: number) => ((k + entry) % 7 >= 5 ? 0.8 : 0.1);
    const {weekdays, weekdayTest} = judge({lift: weekend}, {}, {products: false});
    expect(weekdays.map(({weekday}) => weekday)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(weekdays[5]!.relativeDifference).toBeGreaterThan(0.6);
    expect(weekdays[0]!.relativeDifference).toBeLessThan(0.3);
    expect(weekdayTest?.pValue).toBeLessThan(0.001);
    expect(judge({lift: () => 0.1, seed: 5}, {}, {products: false}).weekdayTest?.pValue).toBeGreaterThan(0.01);
  });
});

describe("bad input to noveltyOf", () => {
  const flat = (value: number) => (unit: TenureUnit) => ({...unit, y: Float64Array.from(unit.y, () => value)});
  const plain = unitsOf({n: 200, asOf: 20});
  it.each<[string, TenureUnit[], number, RegExp]>([
    ["nothing at all", [], 5, /no cohort has lived through a whole day/],
    ["one day only", plain.map((unit) => ({...unit, entry: 0})), 1, /has lived through 1.day since exposure/],
    ["no day yet", plain.map((unit) => ({...unit, entry: 0})), 0, /no cohort has lived through a whole day/],
    ["no treatment units", plain.filter(({variant}) => variant === "control"), 20, /because no units in treatment/],
    ["no control units", plain.filter(({variant}) => variant !== "control"), 20, /because no units in control/],
    ["zero variance", plain.map(flat(0.1)), 20, /because no variance in either arm/],
    ["zeros everywhere", plain.map(flat(0)), 20, /because control is too near zero/],
    [
      "a control at zero",
      plain.map((unit) => (unit.variant === "control" ? flat(0)(unit) : unit)),
      20,
      /because control is too near zero/
    ]
  ])("says why it cannot tell with %s", (_, units, asOf, sentence) => {
    const result = judgeSums(tenureSumsOf(units, {asOf}), {bands: "joint"});
    expect(result.verdict).toBe("not-enough-days");
    expect(result.sentence).toMatch(sentence);
    expect(result.reason).not.toBeNull();
    expectFinite(result);
  });
  it("says of one cohort that cohorts and dates cannot be told apart", () => {
    const {cohorts, calendar, mix, test} = judge({n: 400, entries: 1, lift: () => 0.1});
    expect(test?.pValue).not.toBeNull();
    expect(cohorts?.reason).toMatch("one cohort");
    expect(calendar?.reason).toMatch("one cohort");
    expect(mix?.reason).toMatch("no dimension with two values");
  });
  it("has no number that is not finite when a day or a cell does not vary", () => {
    const units = plain.map((unit) => ({
      ...unit,
      y: Array.from(unit.y, (value, k) => (k === 3 || unit.entry === 2 ? 1 : value))
    }));
    const result = judgeSums(tenureSumsOf(units, {asOf: 20}), {bands: "joint"});
    expect(result.byTenure[3]!.simultaneousInterval).toBeNull();
    expect(result.byTenure[3]!.reason).toBe("no variance in either arm");
    expect(result.byTenure[4]!.simultaneousInterval).not.toBeNull();
    expectFinite(result);
  });
  it("does not change what it is given", () => {
    const sums = tenureSumsOf(plain, {asOf: 20});
    const before = JSON.stringify(sums);
    judgeSums(sums, {bands: "joint"});
    expect(JSON.stringify(sums)).toBe(before);
  });
});

function expectFinite(value: unknown, path = ""): void {
  if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
  if (typeof value === "string") expect(value, path).not.toMatch(/NaN|Infinity|undefined|null/);
  if (typeof value === "object" && value !== null)
    for (const [key, part] of Object.entries(value)) expectFinite(part, `${path}.${key}`);
}
