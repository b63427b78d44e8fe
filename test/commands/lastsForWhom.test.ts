import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {duration} from "../../src/components/blocks/duration.ts";
import {segments} from "../../src/components/blocks/segments.ts";
import {createRandom} from "../random.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

type Unit = {variant: string; platform: string; entry: number; buys: number[]};

const start = Date.parse("2026-01-05T00:00:00Z");
const hour = 3_600_000;
const day = 24 * hour;

/** Units that enter over some days and buy on one in sixteen of the days they live. */
function units(count: number, {days, lives}: {days: number; lives: number}, change: (unit: Unit, i: number) => void) {
  const random = createRandom(count + days);
  return Array.from({length: count}, (_, i): Unit => {
    const entry = random.integer(days) * day + random.integer(20 * 60) * 60_000;
    const buys = Array.from({length: lives}, (_, k) =>
      random.uniform() < 0.06 ? [entry + k * day + 60_000] : []
    ).flat();
    const unit = {variant: i % 2 === 0 ? "control" : "green", platform: random.integer(3) ? "web" : "ios", entry, buys};
    change(unit, i);
    return unit;
  });
}

const cases: Record<string, Unit[]> = {
  "one-cohort": units(600, {days: 1, lives: 24}, () => {}),
  "one-day": units(600, {days: 1, lives: 1}, () => {}),
  "one-value": units(600, {days: 6, lives: 24}, (unit) => (unit.platform = "web")),
  "many-values": units(12_000, {days: 4, lives: 3}, (unit, i) => (unit.platform = `kind ${i % 10_000}`)),
  "no-control": units(900, {days: 6, lives: 24}, (unit, i) => {
    if (i % 10 === 1) unit.platform = "new app";
  }),
  "no-variance": units(900, {days: 6, lives: 24}, (unit) => {
    if (unit.platform === "ios") unit.buys = [unit.entry + 60_000];
  }),
  // Each platform gains; most of the treatment sits where few buy.
  reversal: units(6000, {days: 3, lives: 1}, (unit, i) => {
    const phone = (i >> 1) % 10 < (unit.variant === "green" ? 8 : 2);
    unit.platform = phone ? "phone" : "desktop";
    const share = (phone ? 10 : 60) + (unit.variant === "green" ? 12 : 0);
    unit.buys = ((i >> 1) * 37) % 100 < share ? [unit.entry + 60_000] : [];
  })
};

function definitions(): Record<string, string> {
  const stamp = (time: number) => new Date(start + time).toISOString().replace("T", " ").slice(0, 19);
  const files: Record<string, string> = {
    "metrics.yaml": Object.keys(cases)
      .map(
        (id) =>
          `${id}_bought: {kind: proportion, fact: ${id}_events, event: buy, direction: increase}\n${id}_buys: {kind: mean, fact: ${id}_events, event: buy, direction: increase}\n`
      )
      .join(""),
    "sources.yaml": `facts:\n${Object.keys(cases)
      .map(
        (id) =>
          `  ${id}_exposures: {shape: exposures, path: ${id}-exposures.csv, unit: unit, variant: variant, timestamp: ts, dimensions: [platform]}\n  ${id}_events: {shape: events, path: ${id}-events.csv, unit: unit, timestamp: ts, event: event}\n`
      )
      .join("")}`
  };
  for (const [id, list] of Object.entries(cases)) {
    files[`experiments/${id}.yaml`] =
      `title: ${id}\nstatus: running\nstart: 2026-01-05\nexposures: ${id}_exposures\nvariants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}\ndimensions: [platform]\nmetrics: {primary: [${id}_bought], secondary: [${id}_buys]}\ndesign: {method: fixed, plannedUnits: 12000}\n`;
    files[`${id}-exposures.csv`] = `unit,variant,ts,platform\n${list
      .map(({variant, entry, platform}, i) => `u${i},${variant},${stamp(entry)},${platform}\n`)
      .join("")}`;
    const last = Math.max(...list.flatMap(({entry, buys}) => [entry, ...buys]));
    files[`${id}-events.csv`] =
      `unit,ts,event\n${list.flatMap(({buys}, i) => buys.map((time) => `u${i},${stamp(time)},buy\n`)).join("")}nobody,${stamp(Math.floor(last / day) * day + 23.99 * hour)},buy\n`;
  }
  return files;
}

describe("builds of awkward experiments", () => {
  let place: Workplace;
  const pages = new Map<string, {readout: Readout; lasts: string; whom: string}>();

  beforeAll(async () => {
    place = await workplace(definitions());
    const {failed} = await place.build();
    expect(failed).toEqual([]);
    for (const id of Object.keys(cases)) {
      const readout = await place.readout(id);
      pages.set(id, {
        readout,
        lasts: words(duration(readout, "../").value),
        whom: words(segments(readout, "../").value)
      });
    }
  }, 120_000);
  afterAll(() => place?.remove());

  const of = (id: string) => {
    const page = pages.get(id)!;
    return {...page, metric: page.readout.metrics[0] as MetricResult};
  };

  it.each(Object.keys(cases))("%s: shows no number that is none, and no chart without anything", (id) => {
    const {readout, lasts, whom} = of(id);
    for (const text of [lasts, whom, JSON.stringify(readout)]) expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(readout.metrics.map(({novelty}) => novelty?.length)).toEqual([1, 1]);
  });
  it("says that one cohort has nothing to be compared with, and tests the rest", () => {
    const {metric, lasts} = of("one-cohort");
    expect(metric.novelty![0]!.test!.pValue).not.toBeNull();
    expect(metric.novelty![0]!.cohorts).toMatchObject({
      pValue: null,
      reason: "one cohort has nothing to be compared with"
    });
    expect(lasts).toMatch("Cannot lay cohorts over one another, because there is one entry cohort only.");
    expect(lasts).toMatch(/Entrants Cannot tell, because one cohort has nothing to be compared with\./);
  });
  it("says of one day that no day has been lived through", () => {
    const {metric, lasts} = of("one-day");
    expect(metric.novelty![0]).toMatchObject({verdict: "not-enough-days", test: {pValue: null}});
    expect(lasts).toMatch(/Cannot tell yet: no cohort has lived through a whole day since exposure/);
    expect(lasts).toMatch(/Cannot tell by days since exposure, because/);
    expect(lasts).toMatch(/Cannot tell weekdays apart, because/);
  });
  it("cannot compare the segments of a dimension with one value", () => {
    const {metric, whom} = of("one-value");
    expect(metric.segmentSummaries[0]).toMatchObject({interactionPValue: null});
    expect(whom).toMatch(/Cannot tell whether platform segments differ: there is one only, web/i);
  });
  it("shows the most frequent of ten thousand values and the rest together", () => {
    const {metric, readout, whom} = of("many-values");
    expect(metric.segments.length).toBeLessThanOrEqual(22);
    expect(metric.segments.some(({value}) => value === "other")).toBe(true);
    expect(readout.dimensions[0]!.values.length).toBeLessThanOrEqual(22);
    expect(whom.length).toBeLessThan(10_000);
  });
  it("says which segment has no control units", () => {
    const {metric, whom} = of("no-control");
    const segment = metric.segments.find(({value}) => value === "new app")!;
    expect(segment).toMatchObject({difference: null, pValue: null, reason: "no units in control"});
    expect(metric.segmentSummaries[0]!.reason).toBe("new app has no units in control");
    expect(whom).toMatch("Cannot tell for platform new app, because no units in control.");
    expect(whom).toMatch("By platform it cannot be taken apart, because new app has no units in control.");
    expect(whom).toMatch("The split is broken in platform new app");
  });
  it("says of a segment without variance that it has none", () => {
    expect(of("no-variance").whom).toMatch("Cannot tell for platform ios, because no failures in either arm.");
    const segment = of("no-variance").readout.metrics[1]!.segments.find(({value}) => value === "ios")!;
    expect(segment).toMatchObject({pValue: null, shrunkRelativeDifference: null, reason: "no variance in either arm"});
  });
  it("names a Simpson reversal in readout.json and on the page", () => {
    const {metric, whom} = of("reversal");
    const [summary] = metric.segmentSummaries;
    expect(metric.segments.every(({difference}) => difference! > 0)).toBe(true);
    expect(metric.comparisons[0]!.difference).toBeLessThan(0);
    expect(summary).toMatchObject({simpson: true});
    expect(summary!.within).toBeGreaterThan(0);
    expect(summary!.mix).toBeLessThan(summary!.within! * -1);
    expect(whom).toMatch(/Simpson.s reversal: every platform segment points up and the total points the other way/);
    expect(whom).toMatch("different shares in the arms");
  });
});

function words(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, " ")
    .replace(/ ([.,:;)])/g, "$1");
}
