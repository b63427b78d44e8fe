import {describe, expect, it} from "vitest";
import {formatPercent} from "../../lib/experiment/format.ts";
import {noveltyOf} from "../../lib/experiment/novelty/index.ts";
import {tenureView} from "../../src/components/blocks/tenure.ts";
import {createRandom} from "../random.ts";
import {tenureSumsOf} from "../experiment/novelty/tenureSumsOf.ts";
import {fixtureReadouts} from "./fixtures.ts";

const [readout] = fixtureReadouts();
const [metric] = readout!.metrics;
const random = createRandom(3);

/** The words of the block for units that entered over so many days and were watched for three weeks. */
function words({entries, value}: {entries: number; value: (day: number) => number}): string {
  const units = Array.from({length: 240}, (_, i) => ({
    variant: i % 2 ? "green" : "control",
    entry: i % entries,
    y: Array.from({length: 22}, (_, day) => value(day))
  }));
  const [result] = noveltyOf(tenureSumsOf(units, {asOf: 21}), {control: "control", treatments: ["green"]});
  return String(tenureView({result: result!, metric: metric!, readout: readout!}))
    .replace(/<details[\s\S]*?<\/details>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

describe("tenureView(view)", () => {
  it("draws nothing of values that never vary, and says so", () => {
    const text = words({entries: 3, value: () => 2});
    expect(text).toMatch("Cannot tell. No variance in either arm.");
    expect(text).toMatch(
      "Cannot tell by days since exposure, because no day has an interval: no variance in either arm."
    );
    expect(text).toMatch("Cannot tell weekdays apart, because a weekday has no interval: no variance in either arm.");
    expect(text).toMatch("fewer than seven days since exposure have an effect with an interval");
  });
  it("says that the control is zero where nothing happened", () => {
    const text = words({entries: 3, value: () => 0});
    expect(text).toMatch("Cannot lay cohorts over one another, because the control is zero in all of them.");
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
  it("has a table of the triangle: a row for each cohort, a column for each day", () => {
    const units = Array.from({length: 240}, (_, i) => ({
      variant: i % 2 ? "green" : "control",
      entry: i % 3,
      y: Array.from({length: 22}, () => random.uniform())
    }));
    const [result] = noveltyOf(tenureSumsOf(units, {asOf: 21}), {control: "control", treatments: ["green"]});
    const rows = Array.from(
      /<table[^>]*>\s*<caption[^>]*>\s*Effect by cohort[^]*?<\/table>/
        .exec(String(tenureView({result: result!, metric: metric!, readout: readout!})))![0]
        .matchAll(/<tr>([^]*?)<\/tr>/g),
      ([, row = ""]) => Array.from(row.matchAll(/<t[hd][^>]*>([^<]*)</g), ([, text]) => text)
    );
    expect(rows.map((row) => row.length)).toEqual([23, 23, 23, 23]);
    expect(rows[0]!.slice(0, 4)).toEqual(["Entered from", "Units", "Day 0", "1"]);
    expect(rows[1]!.slice(0, 2)).toEqual(["5\u00a0Jan", "80"]);
    const [first] = result!.triangle;
    expect(rows[1]!.slice(2)).toEqual(first!.relativeDifferences.map((value) => formatPercent(value, {signed: true})));
    expect(rows[3]!.slice(-2)).toEqual(["", ""]);
  });
  it("counts the days without an interval", () => {
    const text = words({entries: 3, value: (day) => (day < 4 ? 1 : 1 + random.uniform())});
    expect(text).toMatch("4 of 21 days have no interval, because no variance in either arm.");
  });
  it("says that weekdays are kept of primary metrics only", () => {
    const units = Array.from({length: 240}, (_, i) => ({
      variant: i % 2 ? "green" : "control",
      entry: i % 3,
      y: Array.from({length: 22}, () => random.uniform())
    }));
    const weekdaysOf = (asOf: number) =>
      noveltyOf({...tenureSumsOf(units, {asOf}), weekdays: []}, {control: "control", treatments: ["green"]})[0]!
        .weekdayTest?.reason;
    expect(weekdaysOf(21)).toBe("weekdays are kept of primary metrics only, with enough units");
    expect(weekdaysOf(6)).toBe("no units in both arms have lived through a whole week");
  });
  it("tells one entry cohort from others that have lived through no day yet", () => {
    expect(words({entries: 1, value: () => random.uniform()})).toMatch("because there is one entry cohort only.");
  });
});
