import {readdirSync, readFileSync} from "node:fs";
import {beforeAll, describe, expect, it} from "vitest";
import {parse} from "yaml";
import {experimentSchema} from "../../lib/experiment/definition/definition.ts";
import {parseDefinitions} from "../../lib/experiment/definition/parseDefinitions.ts";
import {DAY, planSimulation} from "../../lib/simulate/planSimulation.ts";
import {simulateDays} from "../../lib/simulate/simulateDays.ts";
import {correlation, mean, variance} from "./simulated.ts";

/** A unit of a demo log: what it did, in words that the stories need. */
interface Unit {
  readonly variant: string;
  readonly platform: string;
  /** Days that it was watched after its first exposure. */
  readonly watched: number;
  /** By event and day since the exposure: `purchase 0` is how often on the first 24 hours, `purchase -1` on those before. */
  readonly counts: Map<string, number>;
  spent: number;
}

interface Log {
  readonly units: Unit[];
  readonly latencies: Record<string, number[]>;
  readonly rows: number;
  /** Exposures of a unit in another arm than its first. */
  readonly crossed: number;
  readonly lastDate: string;
}

const folder = new URL("../../data/experiments/", import.meta.url);
const logs: Record<string, Log> = {};

beforeAll(() => {
  for (const file of readdirSync(folder)) {
    const id = file.replace(/\.yaml$/, "");
    const experiment = experimentSchema.parse(parse(readFileSync(new URL(file, folder), "utf8")));
    if (experiment.simulate) logs[id] = simulate(id, experiment);
  }
});

const log = (id: string) => logs[id] ?? {units: [], latencies: {}, rows: 0, crossed: 0, lastDate: ""};

/** How often units of an arm did something on days from to below to, of those that were watched so long. */
function counts(id: string, variant: string, event: string, from: number, to: number): number[] {
  return log(id)
    .units.filter((unit) => unit.variant === variant && unit.watched >= to)
    .map((unit) => {
      let sum = 0;
      for (let day = from; day < to; ++day) sum += unit.counts.get(`${event} ${day}`) ?? 0;
      return sum;
    });
}

const did = (values: readonly number[]) => values.map((count) => Number(count > 0));

/** Difference over its standard error (Welch). */
function zOf(control: readonly number[], treatment: readonly number[]): number {
  const error = Math.sqrt(variance(control) / control.length + variance(treatment) / treatment.length);
  return (mean(treatment) - mean(control)) / error;
}

function purchaseZ(id: string, control: string, treatment: string): number {
  return zOf(did(counts(id, control, "purchase", 0, 7)), did(counts(id, treatment, "purchase", 0, 7)));
}

function ratio95(id: string, treatment: string): number {
  const quantile = (values: readonly number[] = []) =>
    values.toSorted((a, b) => a - b)[Math.floor(0.95 * values.length)] ?? NaN;
  return quantile(log(id).latencies[treatment]) / quantile(log(id).latencies.control);
}

/** Chi-square, one degree of freedom, of two arms that should be alike. */
function mismatch(id: string, platform?: string): number {
  const units = log(id).units.filter((unit) => platform === undefined || unit.platform === platform);
  const control = units.filter(({variant}) => variant === "control").length;
  return (2 * control - units.length) ** 2 / units.length;
}

describe("the demo's definitions", () => {
  it("have no error, and name and explain every metric", () => {
    const data = new URL("../", folder);
    const paths = ["metrics.yaml", "sources.yaml", ...readdirSync(folder).map((file) => `experiments/${file}`)];
    const files = paths.map((path) => ({path: `data/${path}`, text: readFileSync(new URL(path, data), "utf8")}));
    const {definitions, errors} = parseDefinitions(files);
    expect(errors).toEqual([]);
    const used = definitions.experiments.flatMap(({metrics: {primary, secondary, guardrails}}) => [
      ...primary,
      ...secondary,
      ...guardrails.map(({metric}) => metric)
    ]);
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(definitions.metrics).toSorted());
    for (const {name, description} of Object.values(definitions.metrics)) {
      expect(name).toBeTruthy();
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe("the demo's logs", () => {
  it("are seven, of 20,000 to 200,000 units each, under 1.6 million events in all, until the same day", () => {
    expect(Object.keys(logs)).toHaveLength(7);
    for (const {units, lastDate} of Object.values(logs)) {
      expect(units.length).toBeGreaterThanOrEqual(20_000);
      expect(units.length).toBeLessThanOrEqual(200_000);
      expect(lastDate).toBe("2026-01-28");
    }
    expect(Object.values(logs).reduce((sum, {rows}) => sum + rows, 0)).toBeLessThan(1_600_000);
  });

  it("button-texts: the traffic goes to the best of five texts", () => {
    const {units} = log("button-texts");
    const share = (own: readonly Unit[]) => own.filter(({variant}) => variant === "click").length / own.length;
    expect(share(units.filter(({watched}) => watched > 22))).toBeCloseTo(0.2, 1);
    expect(share(units.filter(({watched}) => watched < 4))).toBeGreaterThan(0.8);
  });

  it("green-checkout: more people buy, beyond the boundary at this fraction, and the server stays as fast", () => {
    // O'Brien-Fleming spending (Lan-DeMets), two-sided 5%: 2.67 at 0.6 of the information (R gsDesign 3.6, sfLDOF).
    expect(purchaseZ("green-checkout", "control", "green")).toBeGreaterThan(2.67 + 1);
    const mature = log("green-checkout").units.filter(({watched}) => watched >= 7).length;
    expect(mature / 120_000).toBeCloseTo(0.6, 1);
    expect(Math.abs(ratio95("green-checkout", "green") - 1)).toBeLessThan(0.05);
  });

  it("no-effect: nothing differs, before and after the exposure", () => {
    for (const [event, from, to] of [
      ["purchase", 0, 7],
      ["purchase", -14, 0],
      ["session", 0, 7],
      ["session", 7, 14],
      ["session", -14, 0]
    ] as const) {
      const [control, same] = ["control", "same"].map((variant) => counts("no-effect", variant, event, from, to));
      expect(Math.abs(zOf(control ?? [], same ?? []))).toBeLessThan(1.5);
    }
    const spent = (variant: string) =>
      log("no-effect").units.flatMap((unit) => (unit.variant === variant ? [unit.spent] : []));
    expect(Math.abs(zOf(spent("control"), spent("same")))).toBeLessThan(1.5);
    expect(mismatch("no-effect")).toBeLessThan(2);
  });

  it("no-effect: the two weeks before tell much about a customer's sessions", () => {
    const before = counts("no-effect", "control", "session", -14, 0);
    // Watched for a week or more, as all are: the same units in the same order.
    const after = counts("no-effect", "control", "session", 0, 7);
    expect(before.length).toBe(after.length);
    expect(correlation(before, after)).toBeGreaterThan(0.4);
  });

  it("three-arms: the checklist works, the video does not", () => {
    expect(purchaseZ("three-arms", "control", "checklist")).toBeGreaterThan(4);
    expect(Math.abs(purchaseZ("three-arms", "control", "video"))).toBeLessThan(1.96);
    const back = (variant: string) => did(counts("three-arms", variant, "session", 7, 14));
    expect(zOf(back("control"), back("checklist"))).toBeGreaterThan(4);
  });

  it("win-breaks-latency: more people buy, and the slowest answers take more than 25% longer", () => {
    expect(purchaseZ("win-breaks-latency", "control", "large")).toBeGreaterThan(4);
    expect(ratio95("win-breaks-latency", "large")).toBeGreaterThan(1.35);
  });

  it("broken-split: exposures are missing, on one platform only; some units were in both arms", () => {
    // The 1 - 1e-6 quantile of chi-square with one degree of freedom is 23.93 (R: qchisq(1e-6, 1, lower = FALSE)).
    expect(mismatch("broken-split")).toBeGreaterThan(23.93);
    expect(mismatch("broken-split", "android")).toBeGreaterThan(23.93);
    expect(mismatch("broken-split", "ios")).toBeLessThan(3.84);
    expect(mismatch("broken-split", "web")).toBeLessThan(3.84);
    expect(log("broken-split").crossed).toBeGreaterThan(5);
    for (const id of Object.keys(logs)) if (id !== "broken-split") expect(log(id).crossed).toBe(0);
  });

  it("fading-banner: everybody was watched for four weeks; the lift of the first is gone in the last, relatively too", () => {
    const clicks = (variant: string, from: number, to: number) => counts("fading-banner", variant, "click", from, to);
    expect(clicks("banner", 0, 28).length + clicks("control", 0, 28).length).toBe(24_000);
    const logRatio = (from: number, to: number) => {
      const [control, banner] = [clicks("control", from, to), clicks("banner", from, to)];
      const part = (values: number[]) => variance(values) / values.length / mean(values) ** 2;
      return {value: Math.log(mean(banner) / mean(control)), variance: part(control) + part(banner)};
    };
    const [early, late] = [logRatio(0, 7), logRatio(21, 28)];
    expect(early.value).toBeGreaterThan(0.15);
    expect(Math.abs(late.value)).toBeLessThan(2 * Math.sqrt(late.variance));
    // Weeks of one unit correlate positively, so the standard error of the change is smaller than this.
    expect((late.value - early.value) / Math.sqrt(early.variance + late.variance)).toBeLessThan(-4);
    expect(zOf(clicks("control", 0, 28), clicks("banner", 0, 28))).toBeGreaterThan(3);
  });
});

function simulate(id: string, experiment: ReturnType<typeof experimentSchema.parse>): Log {
  const plan = planSimulation({...experiment, id});
  const units = new Map<number, Unit & {entry: number}>();
  const latencies: Record<string, number[]> = {};
  let rows = 0;
  let crossed = 0;
  let lastDate = "";
  const platform = plan.dimensions.findIndex(({name}) => name === "platform");
  // Exposures first: what came before them then finds its unit.
  const days = [...simulateDays(plan)];
  for (const {exposures, date} of days) {
    lastDate = date;
    for (let i = 0; i < exposures.length; ++i) {
      const unit = exposures.unit[i] ?? -1;
      const variant = plan.variants[exposures.variant[i] ?? -1] ?? "";
      const known = units.get(unit);
      if (known && known.variant !== variant) ++crossed;
      if (known) continue;
      const entry = exposures.time[i] ?? NaN;
      units.set(unit, {
        variant,
        platform: plan.dimensions[platform]?.values[exposures.dimensions[platform]?.[i] ?? -1] ?? "",
        watched: plan.days - entry / DAY,
        counts: new Map(),
        spent: 0,
        entry
      });
    }
  }
  for (const {events} of days) {
    rows += events.length;
    for (let i = 0; i < events.length; ++i) {
      const unit = units.get(events.unit[i] ?? -1);
      if (!unit) continue;
      const event = plan.events[events.event[i] ?? -1]?.name ?? "";
      const day = Math.floor(((events.time[i] ?? NaN) - unit.entry) / DAY);
      if (event === "inference") (latencies[unit.variant] ??= []).push(events.value[i] ?? NaN);
      else unit.counts.set(`${event} ${day}`, (unit.counts.get(`${event} ${day}`) ?? 0) + 1);
      if (event === "purchase" && 0 <= day && day < 7) unit.spent += events.value[i] ?? NaN;
    }
  }
  return {units: [...units.values()], latencies, rows, crossed, lastDate};
}
