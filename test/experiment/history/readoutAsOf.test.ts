import {appendFile, readFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {PublishedRun} from "../../../lib/experiment/history/memory.ts";
import {readoutAsOf} from "../../../lib/experiment/history/readoutAsOf.ts";
import type {Readout} from "../../../lib/experiment/readout.ts";
import {readoutSchema} from "../../../lib/experiment/readout.ts";
import {smallDefinitions, smallLog} from "../../commands/nightly.ts";
import {workplace} from "../../commands/realExperiments.ts";
import type {Workplace} from "../../commands/realExperiments.ts";

let place: Workplace;
let early: Readout;
let readout: Readout;
let runs: PublishedRun[];

beforeAll(async () => {
  const log = smallLog({units: 400});
  place = await workplace(smallDefinitions());
  for (const night of [8, 10]) {
    await log.write(place.dataDir, night);
    await place.build();
    if (night === 8) early = await place.readout("one");
  }
  await log.write(place.dataDir, 12);
  // A purchase of 5 January that arrives after the 14th.
  await appendFile(join(place.dataDir, "events.csv"), "u1,2026-01-05T09:00:00Z,buy,400\n");
  await place.build();
  readout = await place.readout("one");
  runs = JSON.parse(await readFile(join(place.outDir, "one", "runs.json"), "utf8"));
});
afterAll(() => place?.remove());

const numbers = ({metrics}: Readout) =>
  metrics.map(({comparisons}) => comparisons.map(({difference, interval, pValue}) => [difference, interval, pValue]));

describe("readoutAsOf(readout, runs, date, options)", () => {
  it("shows verdict, numbers, units and traffic as they were published on that day, late data or not", () => {
    const past = readoutAsOf(readout, runs, "2026-01-12");
    expect(past.asOf).toBe("2026-01-12");
    expect(past.runId).toBe(early.runId);
    expect(numbers(past)).toEqual(numbers(early));
    expect(numbers(past)).not.toEqual(numbers(readout));
    expect(past.decision).toMatchObject({verdict: early.decision.verdict, label: early.decision.label});
    expect(past.traffic).toEqual(early.traffic);
    expect(past.input.units).toBe(early.input.units);
    expect(past.timeline).toEqual(early.timeline);
    expect(past.health.status).toBe(early.health.status);
  });

  it("takes today's numbers of a day on which nothing was published, and says so where nothing was before", () => {
    const between = readoutAsOf(readout, runs, "2026-01-13");
    const row = readout.metrics[0]!.path.find(({date}) => date === "2026-01-13")!;
    expect(between.metrics[0]!.comparisons[0]!.difference).toBe(row.comparisons[0]!.difference);
    expect(between.decision.sentence).toMatch(/data until 12.Jan/);
    const before = readoutAsOf(readout, runs, "2026-01-09");
    expect(before.decision).toMatchObject({verdict: "incomplete", label: "Nothing published"});
    expect(before.health.checks).toEqual([]);
  });

  it("keeps looks of later days as looks to come", () => {
    const past = readoutAsOf(readout, runs, "2026-01-12");
    const own = (of: Readout) => of.metrics[0]!.sequential!;
    const all = own(readout).comparisons[0]!.looks;
    const taken = own(past).comparisons[0]!.looks;
    expect(taken).toEqual(all.filter(({date}) => date <= "2026-01-12"));
    expect(taken.length).toBeGreaterThan(0);
    expect(own(past).future).toHaveLength(all.length - taken.length + own(readout).future.length);
  });

  it("takes units and means from the cube, but no mean beside a published number that late data changed", () => {
    const asked: string[] = [];
    const arms = (metric: string, date: string) => {
      asked.push(`${metric} ${date}`);
      return [{variant: "a", n: 7, mean: 0.25}];
    };
    const late = readoutAsOf(readout, runs, "2026-01-12", {arms});
    expect(asked).toContain("bought 2026-01-12");
    expect(late.metrics[1]!.arms[0]).toMatchObject({variant: "a", n: 7, mean: null});
    const same = readoutAsOf(readout, runs, "2026-01-16", {arms});
    expect(same.metrics[1]!.arms[0]).toMatchObject({n: 7, mean: 0.25});
    expect(same.metrics[1]!.arms[1]).toMatchObject({n: 0, mean: null});
  });

  it("is a readout that the schema accepts, and leaves its input as it was", () => {
    const before = JSON.stringify(readout);
    for (const date of ["2026-01-05", "2026-01-12", "2030-01-01"])
      expect(readoutSchema.safeParse(readoutAsOf(readout, runs, date)).error).toBe(undefined);
    expect(JSON.stringify(readout)).toBe(before);
    expect(() => readoutAsOf(readout, runs, "2026-01-04")).toThrow(/invalid date; .*2026-01-04$/);
    expect(() => readoutAsOf(readout, [], "yesterday")).toThrow(RangeError);
  });
});
