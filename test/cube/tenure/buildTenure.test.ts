import {describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import {cohortsOf} from "../../../lib/cube/tenure/cohortsOf.ts";
import type {TenureSums} from "../../../lib/experiment/novelty/tenureSums.ts";
import {createRandom} from "../../random.ts";
import {define} from "../define.ts";
import {csv, stamp, withFiles} from "../logs.ts";

const day = 86_400_000;
const start = Date.parse("2026-01-05T00:00:00Z");
const variants = ["control", "green"];

interface Unit {
  unit: string;
  variant: string;
  entry: number;
  platform: string;
  events: {time: number; amount: number}[];
}

/** Units that enter over eight days and are watched for twenty-four, with events before and after. */
function units(seed: number, {calendar = false} = {}): Unit[] {
  const random = createRandom(seed);
  const whole = (time: number): number => (calendar ? Math.floor(time / day) * day : time);
  return Array.from({length: 160}, (_, i) => {
    const entry = whole(start + random.integer(8 * day));
    const events = Array.from({length: random.integer(12)}, () => ({
      time: whole(entry + random.integer(26 * day) - 4 * day),
      amount: random.integer(400) / 4
    }));
    return {
      unit: `u${i}`,
      variant: variants[random.integer(2)]!,
      entry,
      platform: random.integer(3) ? "web" : "ios",
      events
    };
  });
}

async function tenureOf(all: readonly Unit[], metric: object, {calendar = false} = {}): Promise<TenureSums> {
  return (await tenuresOf(all, {metric}, {calendar}))["metric"]!;
}

async function tenuresOf(
  all: readonly Unit[],
  metrics: Readonly<Record<string, object>>,
  {calendar = false} = {}
): Promise<Readonly<Record<string, TenureSums>>> {
  const write = (time: number): string => (calendar ? stamp(time).slice(0, 10) : stamp(time));
  const {experiment, definitions} = define({
    experiment: {
      start: "2026-01-05",
      variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
      dimensions: ["platform"],
      metrics: {primary: Object.keys(metrics).slice(0, 1), secondary: Object.keys(metrics).slice(1)}
    },
    metrics,
    facts: {
      exposures: {shape: "exposures", path: "exposures.csv", unit: "unit", variant: "variant", timestamp: "ts"},
      events: {
        shape: "events",
        path: "events.csv",
        unit: "unit",
        timestamp: "ts",
        event: "event",
        values: ["amount"],
        duplicates: "keep"
      }
    }
  });
  const exposures = csv([
    ["unit", "variant", "ts", "platform"],
    ...all.map(({unit, variant, entry, platform}) => [unit, variant, write(entry), platform])
  ]);
  const rows = all.flatMap(({unit, events}) => events.map(({time, amount}) => [unit, write(time), "buy", amount]));
  // A row on the last day keeps the log's end where the test knows it.
  const events = csv([
    ["unit", "ts", "event", "amount"],
    ...rows,
    ["nobody", write(start + 24 * day + 80_000_000), "buy", 1]
  ]);
  const {tenure} = await withFiles({"exposures.csv": exposures, "events.csv": events}, (dataDir) =>
    buildCube(experiment, definitions, {dataDir, asOf: "2026-01-29"})
  );
  return tenure;
}

const asOfDay = (start + 24 * day) / day;

/** What a unit did on its k-th day, by reading its events. */
function valueOn({entry, events}: Unit, k: number, kind: string, calendar: boolean): number {
  const mine = events.filter(({time}) => {
    const since = calendar ? Math.floor(time / day) - Math.floor(entry / day) : Math.floor((time - entry) / day);
    return since === k && Math.floor(time / day) <= asOfDay;
  });
  if (kind === "proportion") return mine.length > 0 ? 1 : 0;
  return mine.reduce((sum, {amount}) => sum + amount, 0);
}

/** Each event counts, and each weighs its amount. */
const ratio = {
  kind: "ratio",
  numerator: {fact: "events", event: "buy", value: "amount"},
  denominator: {fact: "events", event: "buy"}
};

describe("the tenure sums of several metrics", () => {
  const mean = {kind: "mean", fact: "events", event: "buy", value: "amount"};
  const share = {kind: "proportion", fact: "events", event: "buy"};

  it("are those that each has alone, but for the weekdays of secondary metrics", async () => {
    const all = units(19);
    const together = await tenuresOf(all, {share, mean, ratio});
    expect(Object.keys(together)).toEqual(["share", "mean", "ratio"]);
    expect(together["share"]).toEqual(await tenureOf(all, share));
    expect(together["mean"]).toEqual({...(await tenureOf(all, mean)), weekdays: []});
    expect(together["ratio"]).toEqual(await tenureOf(all, ratio));
  });

  it("hold a ratio's denominator and products, as reading the events gives", async () => {
    const all = units(23);
    const tenure = await tenureOf(all, ratio);
    const w = (unit: Unit, k: number): number =>
      unit.events.filter(({time}) => Math.floor((time - unit.entry) / day) === k && Math.floor(time / day) <= asOfDay)
        .length;
    const y = (unit: Unit, k: number): number => valueOn(unit, k, "mean", false);
    const sum = (list: readonly Unit[], of: (unit: Unit) => number): number =>
      list.reduce((total, unit) => total + of(unit), 0);
    for (const row of tenure.days) {
      const members = membersOf(tenure, all, row.cohort, row.variant);
      expect(row.w).toBe(sum(members, (unit) => w(unit, row.day)));
      expect(row.ww).toBe(sum(members, (unit) => w(unit, row.day) ** 2));
      expect(row.yw).toBeCloseTo(
        sum(members, (unit) => y(unit, row.day) * w(unit, row.day)),
        6
      );
    }
    for (const {variant, j, k, wv, yv, wz} of tenure.products) {
      const members = tenure.cohorts
        .filter(({lastDay}) => lastDay >= k)
        .flatMap(({cohort}) => membersOf(tenure, all, cohort, variant));
      expect(wv).toBe(sum(members, (unit) => w(unit, j) * w(unit, k)));
      expect(yv).toBeCloseTo(
        sum(members, (unit) => y(unit, j) * w(unit, k)),
        6
      );
      expect(wz).toBeCloseTo(
        sum(members, (unit) => w(unit, j) * y(unit, k)),
        6
      );
    }
    const {early, late} = tenure.spans!;
    const over = (value: typeof y, unit: Unit, [from, to]: readonly [number, number]): number => {
      let total = 0;
      for (let k = from; k <= to; ++k) total += value(unit, k);
      return total / (to - from + 1);
    };
    for (const {cohort, variant, f, m, fm, ef, lm, em, lf} of tenure.both) {
      const members = membersOf(tenure, all, cohort, variant);
      const product = (a: typeof y, first: readonly [number, number], b: typeof y, second: readonly [number, number]) =>
        sum(members, (unit) => over(a, unit, first) * over(b, unit, second));
      expect(f).toBeCloseTo(
        sum(members, (unit) => over(w, unit, early)),
        9
      );
      expect(m).toBeCloseTo(
        sum(members, (unit) => over(w, unit, late)),
        9
      );
      expect(fm).toBeCloseTo(product(w, early, w, late), 9);
      expect(ef).toBeCloseTo(product(y, early, w, early), 6);
      expect(lm).toBeCloseTo(product(y, late, w, late), 6);
      expect(em).toBeCloseTo(product(y, early, w, late), 6);
      expect(lf).toBeCloseTo(product(y, late, w, early), 6);
    }
  });

  it("hold each value of a dimension: of its units alone, in runs of cohorts", async () => {
    const all = units(29);
    const {segments = [], cohorts, spans} = await tenureOf(all, mean);
    expect(segments.map(({dimension, value}) => `${dimension} ${value}`)).toEqual(["platform web", "platform ios"]);
    for (const {value, cohorts: runs, days, both} of segments) {
      expect(runs.every(({cohort}) => cohorts.some((whole) => whole.cohort === cohort))).toBe(true);
      const own = all.filter(({platform}) => platform === value);
      const within = (cohort: string, variant: string): Unit[] => {
        const {until} = runs.find((run) => run.cohort === cohort)!;
        return own.filter((unit) => {
          const date = stamp(unit.entry).slice(0, 10);
          return unit.variant === variant && cohort <= date && date <= until;
        });
      };
      for (const {cohort, variant, day: k, n, y, yy} of days) {
        const members = within(cohort, variant);
        expect(n).toBe(members.length);
        expect(n).toBeGreaterThanOrEqual(10);
        expect(y).toBeCloseTo(
          members.reduce((sum, unit) => sum + valueOn(unit, k, "mean", false), 0),
          9
        );
        expect(yy).toBeCloseTo(
          members.reduce((sum, unit) => sum + valueOn(unit, k, "mean", false) ** 2, 0),
          6
        );
      }
      const [from, to] = spans!.late;
      for (const {cohort, variant, l} of both) {
        let late = 0;
        for (const unit of within(cohort, variant))
          for (let k = from; k <= to; ++k) late += valueOn(unit, k, "mean", false) / (to - from + 1);
        expect(l).toBeCloseTo(late, 9);
      }
    }
  });
});

function membersOf(tenure: TenureSums, all: readonly Unit[], name: string, variant: string): Unit[] {
  const {cohort, until} = tenure.cohorts.find(({cohort}) => cohort === name)!;
  return all.filter((unit) => {
    const date = stamp(unit.entry).slice(0, 10);
    return unit.variant === variant && cohort <= date && date <= until;
  });
}

describe.each([
  [
    "a mean by hours since exposure",
    {kind: "mean", fact: "events", event: "buy", value: "amount", window: "3d"},
    false
  ],
  ["a proportion by hours since exposure", {kind: "proportion", fact: "events", event: "buy"}, false],
  ["a mean by dates", {kind: "mean", fact: "events", event: "buy", value: "amount"}, true]
] as const)("the tenure sums of %s", (_, metric, calendar) => {
  it("are what reading each unit's events gives", async () => {
    const all = units(calendar ? 7 : 3, {calendar});
    const tenure = await tenureOf(all, metric, {calendar});
    const value = (unit: Unit, k: number): number => valueOn(unit, k, metric.kind, calendar);
    expect(tenure.calendarOnly).toBe(calendar);
    expect(tenure.days.some((row) => row.day === 0)).toBe(!calendar);
    for (const {cohort, variant, day: k, n, y, yy} of tenure.days) {
      const members = membersOf(tenure, all, cohort, variant);
      expect(n).toBe(members.length);
      expect(y).toBeCloseTo(
        members.reduce((sum, unit) => sum + value(unit, k), 0),
        9
      );
      expect(yy).toBeCloseTo(
        members.reduce((sum, unit) => sum + value(unit, k) ** 2, 0),
        6
      );
    }
    const lived = (k: number, variant: string): Unit[] =>
      tenure.cohorts.filter(({lastDay}) => lastDay >= k).flatMap(({cohort}) => membersOf(tenure, all, cohort, variant));
    for (const {variant, j, k, n, y, z, yz} of tenure.products) {
      const members = lived(k, variant);
      expect(n).toBe(members.length);
      expect(y).toBeCloseTo(
        members.reduce((sum, unit) => sum + value(unit, j), 0),
        9
      );
      expect(z).toBeCloseTo(
        members.reduce((sum, unit) => sum + value(unit, k), 0),
        9
      );
      expect(yz).toBeCloseTo(
        members.reduce((sum, unit) => sum + value(unit, j) * value(unit, k), 0),
        6
      );
    }
    const {early, late, trend} = tenure.spans!;
    const over = (unit: Unit, [from, to]: readonly [number, number]): number => {
      let sum = 0;
      for (let k = from; k <= to; ++k) sum += value(unit, k);
      return sum / (to - from + 1);
    };
    expect(tenure.both.length).toBeGreaterThan(0);
    for (const {cohort, variant, n, e, l, el, ee} of tenure.both) {
      const members = membersOf(tenure, all, cohort, variant);
      expect(n).toBe(members.length);
      expect(e).toBeCloseTo(
        members.reduce((sum, unit) => sum + over(unit, early), 0),
        9
      );
      expect(l).toBeCloseTo(
        members.reduce((sum, unit) => sum + over(unit, late), 0),
        9
      );
      expect(ee).toBeCloseTo(
        members.reduce((sum, unit) => sum + over(unit, early) ** 2, 0),
        6
      );
      expect(el).toBeCloseTo(
        members.reduce((sum, unit) => sum + over(unit, early) * over(unit, late), 0),
        6
      );
    }
    const slope = (unit: Unit): number => {
      const [from, to] = trend;
      const middle = (from + to) / 2;
      let [top, bottom] = [0, 0];
      for (let k = from; k <= to; ++k) {
        top += (k - middle) * value(unit, k);
        bottom += (k - middle) ** 2;
      }
      return top / bottom;
    };
    for (const {cohort, variant, y, yy} of tenure.slopes) {
      const members = membersOf(tenure, all, cohort, variant);
      expect(y).toBeCloseTo(
        members.reduce((sum, unit) => sum + slope(unit), 0),
        9
      );
      expect(yy).toBeCloseTo(
        members.reduce((sum, unit) => sum + slope(unit) ** 2, 0),
        8
      );
    }
  });
});

describe("the tenure sums of large logs", () => {
  it("hold the slopes of many units that all do the same on the same day", async () => {
    const all = Array.from({length: 60_000}, (_, i): Unit => {
      const entry = start + (i % 24) * 3_600_000;
      const events = [{time: entry + 20 * day, amount: 15.75}];
      return {unit: `u${i}`, variant: variants[i % 2]!, entry, platform: "web", events};
    });
    const {spans, slopes} = await tenureOf(all, {kind: "mean", fact: "events", event: "buy", value: "amount"});
    const [from, to] = spans?.trend ?? [0, 0];
    expect([from, to]).toEqual([0, 20]);
    const days = Array.from({length: to - from + 1}, (_, i) => from + i);
    const middle = (from + to) / 2;
    const slope = (15.75 * (20 - middle)) / days.reduce((sum, k) => sum + (k - middle) ** 2, 0);
    expect(slopes).toHaveLength(2);
    for (const {n, y, yy} of slopes) {
      expect(n).toBe(30_000);
      expect(y / n).toBeCloseTo(slope, 12);
      expect(yy / n).toBeCloseTo(slope ** 2, 12);
    }
  });
});

describe("the tenure sums of weekdays and entrants", () => {
  it("give each unit's mean on each weekday of its whole weeks", async () => {
    const all = units(11);
    const tenure = await tenureOf(all, {kind: "mean", fact: "events", event: "buy", value: "amount"});
    const mean = (unit: Unit, weeks: number, weekday: number): number => {
      const entered = Math.floor(unit.entry / day);
      const dates = unit.events.filter(({time, amount}) => {
        const date = Math.floor(time / day);
        return (
          amount >= 0 && date > entered && date <= entered + 7 * weeks && (new Date(time).getUTCDay() || 7) === weekday
        );
      });
      return dates.reduce((sum, {amount}) => sum + amount, 0) / weeks;
    };
    const lived = tenure.cohorts.map(({cohort, until}) => ({
      cohort,
      weeks: Math.floor((asOfDay - Date.parse(until) / day) / 7)
    }));
    expect(tenure.weekdays).toHaveLength(2 * 28);
    for (const {variant, j, k, y, yz} of tenure.weekdays) {
      const members = lived.flatMap(({cohort, weeks}) =>
        membersOf(tenure, all, cohort, variant).map((unit) => ({unit, weeks}))
      );
      expect(y).toBeCloseTo(
        members.reduce((sum, {unit, weeks}) => sum + mean(unit, weeks, j), 0),
        9
      );
      expect(yz).toBeCloseTo(
        members.reduce((sum, {unit, weeks}) => sum + mean(unit, weeks, j) * mean(unit, weeks, k), 0),
        6
      );
    }
  });

  it("count the entrants of each cohort by segment", async () => {
    const all = units(5);
    const tenure = await tenureOf(all, {kind: "proportion", fact: "events", event: "buy"});
    for (const {cohort, units: own} of tenure.cohorts) {
      const entrants = tenure.entrants.filter((row) => row.cohort === cohort);
      const total = Object.values(own).reduce((a, b) => a + b, 0);
      if (entrants.length > 0) expect(entrants.reduce((sum, {n}) => sum + n, 0)).toBe(total);
      for (const {n} of entrants) expect(n).toBeGreaterThanOrEqual(10);
    }
  });
});

describe("cohortsOf(experiment, entries, options)", () => {
  const experiment = {
    start: "2026-01-05",
    minimumUnits: 10,
    phases: [],
    variants: {control: {role: "control" as const, weight: 0.5}, green: {role: "treatment" as const, weight: 0.5}}
  };
  const first = start / day;

  it("merges entry dates until every variant has enough units, the rest into the last", () => {
    const entries = [
      {day: first, units: {control: 12, green: 9}},
      {day: first + 1, units: {control: 3, green: 4}},
      {day: first + 2, units: {control: 20, green: 20}},
      {day: first + 3, units: {control: 1, green: 0}}
    ];
    expect(cohortsOf(experiment, entries, {asOf: first + 10, calendarOnly: false})).toEqual([
      {cohort: "2026-01-05", until: "2026-01-06", phase: "start", lastDay: 8, units: {control: 15, green: 13}},
      {cohort: "2026-01-07", until: "2026-01-08", phase: "start", lastDay: 6, units: {control: 21, green: 20}}
    ]);
  });

  it("gives no cohort where a variant never has enough", () => {
    const entries = [{day: first, units: {control: 100, green: 9}}];
    expect(cohortsOf(experiment, entries, {asOf: first + 10, calendarOnly: true})).toEqual([]);
  });
});
