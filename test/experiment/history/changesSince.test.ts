import {describe, expect, it} from "vitest";
import {changesSince, daysOf, definitionChanges} from "../../../lib/experiment/history/changesSince.ts";
import type {PublishedRun} from "../../../lib/experiment/history/memory.ts";
import {metricOf, readoutWith, share, sumsWith} from "../sums.ts";

const run = (date: string, runId: string, lift: number, more: Partial<PublishedRun> = {}): PublishedRun => ({
  date,
  runId,
  verdict: "keep-running",
  label: "Keep running",
  health: "ok",
  alerts: [],
  comparisons: [
    {
      metric: "bought",
      variant: "b",
      difference: lift / 10,
      interval: [null, null],
      relativeDifference: lift,
      relativeInterval: null,
      pValue: 0.5
    }
  ],
  rows: 1000,
  units: 500,
  excluded: {},
  definition: "d1",
  ...more
});
const words = {primary: ["bought"], names: (key: string) => key};
const then =
  (lift: number, units: number | null = 500) =>
  () => ({
    comparisons: [{metric: "bought", variant: "b", difference: lift / 10, relativeDifference: lift}],
    units
  });
const texts = (...args: Parameters<typeof changesSince>) =>
  changesSince(...args).map(({text}) => text.replaceAll("\u00a0", " "));

describe("changesSince(runs, now, words)", () => {
  const before = run("2026-01-09", "r1", 0.02);
  const now = run("2026-01-10", "r2", 0.03, {units: 560});

  it("says nothing of a first build, nor of the same run again", () => {
    expect(changesSince([], now, words)).toEqual([]);
    expect(changesSince([now], now, words)).toEqual([]);
  });

  it("tells the numbers, the units and the day", () => {
    expect(texts([before], now, words)).toEqual(["bought, b: +2.0% → +3.0%.", "60 more units, data to 10 Jan 2026."]);
  });

  it("tells what data that arrived late did to the day that was published, though the days went on", () => {
    expect(texts([before], now, {...words, then: then(0.025, 512)})).toContain(
      "Data of 9 Jan 2026 and before arrived late, 12 units among them. As of that day: bought, b: +2.00% → +2.50%."
    );
    expect(texts([before], now, {...words, then: then(0.025, null)}).join(" ")).toContain("arrived late. As of");
  });

  it("tells of no late data where the published day is as it was, to the last digits of a sum", () => {
    expect(texts([before], now, {...words, then: then(0.02 * (1 + 1e-12))})).toHaveLength(2);
  });

  it("blames the definition, not the data, where that changed in between", () => {
    const changed = {...now, definition: "d2"};
    expect(texts([before], changed, {...words, then: then(0.025)}).join(" ")).not.toContain("late");
  });

  it("counts rows that came or went without a new day", () => {
    const same = (rows: number) => run("2026-01-09", "r2", 0.02, {rows});
    expect(texts([before], same(1010), words)).toEqual(["10 rows arrived late."]);
    expect(texts([before], same(990), words)).toEqual(["10 rows are gone."]);
  });
});

describe("daysOf(readout)", () => {
  it("gives the comparisons and units of a day, of the last day before it where it has none, of no day before the first", () => {
    const readout = readoutWith({
      sums: sumsWith({metrics: {purchase: metricOf({control: share(500, 50), treatment: share(500, 60)})}})
    });
    const path = [
      {date: "2026-01-06", comparisons: [{...readout.metrics[0]!.path[0]!.comparisons[0]!, difference: 0.01}]},
      {date: "2026-01-08", comparisons: [{...readout.metrics[0]!.path[0]!.comparisons[0]!, difference: 0.03}]}
    ];
    const metrics = [{...readout.metrics[0]!, exactFrom: null, path}];
    const traffic = [
      {date: "2026-01-06", units: [3, 4]},
      {date: "2026-01-08", units: [5, 6]}
    ];
    const of = daysOf({metrics, traffic});
    expect(of("2026-01-05")).toEqual({comparisons: [], units: 0});
    expect(of("2026-01-07")).toMatchObject({comparisons: [{difference: 0.01}], units: 7});
    expect(of("2026-01-09")).toMatchObject({comparisons: [{difference: 0.03}], units: 18});
    expect(daysOf({metrics: [{...metrics[0]!, exactFrom: "2026-01-09"}], traffic: []})("2026-01-08")).toEqual({
      comparisons: [],
      units: null
    });
  });
});

describe("definitionChanges(definitions, now)", () => {
  const first = {date: "2026-01-05", hash: "h1", parts: {alpha: "0.05", "metric bought": "kind proportion"}};

  it("lists each part that changed with the day, and nothing where the hash is the same", () => {
    const now = {date: "2026-01-18", hash: "h2", parts: {...first.parts, alpha: "0.01"}};
    expect(definitionChanges([first], now)).toEqual([
      {date: "2026-01-18", what: "definition", text: "Definition, alpha: 0.05 → 0.01."}
    ]);
    expect(definitionChanges([first], first)).toEqual([]);
    expect(definitionChanges([], first)).toEqual([]);
  });

  it("lists a metric that is new or gone, but no part that was not kept at the time", () => {
    const now = {
      date: "2026-01-18",
      hash: "h2",
      parts: {alpha: "0.05", end: "2026-02-01", "metric spent": "kind mean"}
    };
    expect(definitionChanges([first], now).map(({text}) => text.split(":")[0])).toEqual([
      "Definition, metric bought",
      "Definition, metric spent"
    ]);
  });
});
