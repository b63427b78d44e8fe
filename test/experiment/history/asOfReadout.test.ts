import {appendFile, readFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {asOfReadout} from "../../../lib/experiment/history/asOfReadout.ts";
import type {PublishedRun} from "../../../lib/experiment/history/memory.ts";
import type {Readout} from "../../../lib/experiment/readout.ts";
import {smallDefinitions, smallLog} from "../../commands/nightly.ts";
import {workplace} from "../../commands/realExperiments.ts";
import type {Workplace} from "../../commands/realExperiments.ts";

let place: Workplace;
let early: Readout;
let readout: Readout;
let runs: PublishedRun[];

beforeAll(async () => {
  const log = smallLog({units: 200});
  place = await workplace(smallDefinitions());
  for (const night of [8, 10]) {
    await log.write(place.dataDir, night);
    await place.build();
    if (night === 8) early = await place.readout("one");
  }
  await log.write(place.dataDir, 12);
  // A purchase of 9 January that arrives after the 16th.
  await appendFile(join(place.dataDir, "events.csv"), "u1,2026-01-05T09:00:00Z,buy,400\n");
  await place.build();
  readout = await place.readout("one");
  runs = JSON.parse(await readFile(join(place.outDir, "one", "runs.json"), "utf8"));
});
afterAll(() => place?.remove());

describe("asOfReadout(readout, runs, date)", () => {
  it("shows what was published on a day, and that late data changed it", () => {
    const shown = asOfReadout(readout, runs, "2026-01-12");
    expect(shown.run?.runId).toBe(early.runId);
    const spent = shown.comparisons.find(({metric}) => metric === "spent")!;
    expect(spent.published?.difference).toBe(early.metrics[1]?.comparisons[0]?.difference);
    expect(spent.recomputed?.difference).not.toBe(spent.published?.difference);
    expect(shown.differs).toBe(true);
    expect(shown.sentence).toMatch(/Today's numbers for that day differ, because data arrived late: .*spent/);
  });

  it("agrees with what was published where nothing arrived late", () => {
    const shown = asOfReadout(readout, runs, "2026-01-16");
    expect(shown).toMatchObject({differs: false, date: "2026-01-16"});
    expect(shown.sentence).toMatch(/same numbers/);
    expect(asOfReadout(readout, runs, "2030-01-01")).toEqual(shown);
  });

  it("falls back to the last run before a day without one, and says so where there is none", () => {
    const between = asOfReadout(readout, runs, "2026-01-13");
    expect(between.run?.date).toBe("2026-01-12");
    expect(between.differs).toBe(false);
    const before = asOfReadout(readout, runs, "2026-01-07");
    expect(before.run).toBe(null);
    expect(before.comparisons[0]?.published).toBe(null);
    expect(before.sentence).toMatch(/Nothing was published/);
  });

  it("refuses what is no day of the experiment", () => {
    for (const date of ["", "yesterday", "2026-13-01", "2026-01-04"])
      expect(() => asOfReadout(readout, runs, date)).toThrow(RangeError);
  });
});
