import {describe, expect, it} from "vitest";
import {chooseAsOf} from "../../lib/cube/asOf.ts";
import {dateOfDay, dayOfDate, localTime, zoneOffsets} from "../../lib/cube/zone.ts";

const hour = 3_600_000_000;
const day = (number: number, rows: number, latest: number | null = 23.9) => ({
  day: number,
  rows,
  latest: latest === null ? null : latest * hour
});

describe("chooseAsOf(statistics)", () => {
  it("is the last day of the data", () => {
    expect(chooseAsOf([day(3, 10), day(1, 10), day(2, 12)])).toBe(3);
    expect(chooseAsOf([day(7, 1)])).toBe(7);
    expect(chooseAsOf([])).toBeNull();
  });
  it("is the day before one that is plainly cut off", () => {
    expect(chooseAsOf([day(1, 10), day(2, 10), day(3, 12), day(4, 4, 9)])).toBe(3);
  });
  it("keeps a last day that is only short, or only ends early, or has too few days to be held against", () => {
    expect(chooseAsOf([day(1, 10), day(2, 10), day(3, 12), day(4, 4)])).toBe(4);
    expect(chooseAsOf([day(1, 10), day(2, 10), day(3, 12), day(4, 5, 9)])).toBe(4);
    expect(chooseAsOf([day(1, 10), day(2, 10), day(3, 1, 9)])).toBe(3);
    expect(chooseAsOf([day(1, 10), day(2, 10, 8), day(3, 12), day(4, 4, 9)])).toBe(4);
  });
  it("adds up the rows of several facts, and judges by those with a time of day", () => {
    const exposures = [day(1, 10), day(2, 10), day(3, 10), day(4, 2, 9)];
    expect(chooseAsOf([...exposures, day(4, 8, 22)])).toBe(4);
    expect(chooseAsOf([...exposures, day(4, 100, null)])).toBe(3);
    expect(chooseAsOf([...exposures, day(5, 1, null)])).toBe(5);
    expect(chooseAsOf([day(1, 9, null), day(2, 9, null), day(3, 9, null), day(4, 1, null)])).toBe(4);
  });
});

describe("zoneOffsets(timezone, from, to)", () => {
  const microseconds = (text: string) => Date.parse(text) * 1000;
  it("finds when the clocks change, to the second", () => {
    const found = zoneOffsets(
      "Europe/Berlin",
      microseconds("2026-01-01T00:00:00Z"),
      microseconds("2026-12-31T00:00:00Z")
    );
    expect(found).toEqual([
      {from: -Infinity, offset: hour},
      {from: microseconds("2026-03-29T01:00:00Z"), offset: 2 * hour},
      {from: microseconds("2026-10-25T01:00:00Z"), offset: hour}
    ]);
  });
  it("knows zones that are off by half an hour, or skip a whole day", () => {
    const [india] = zoneOffsets("Asia/Kolkata", 0, 0);
    expect(india?.offset).toBe(5.5 * hour);
    // Samoa went over the date line on 30 December 2011.
    const samoa = zoneOffsets(
      "Pacific/Apia",
      microseconds("2011-12-20T00:00:00Z"),
      microseconds("2012-01-05T00:00:00Z")
    );
    expect(samoa.map(({offset}) => offset / hour)).toEqual([-10, 14]);
    expect(samoa[1]?.from).toBe(microseconds("2011-12-30T10:00:00Z"));
  });
  it("refuses a zone that does not exist", () => {
    expect(() => zoneOffsets("Mars/Olympus", 0, 0)).toThrow(RangeError);
  });
  it("becomes SQL that leaves UTC alone", () => {
    expect(localTime("t", zoneOffsets("UTC", 0, microseconds("2026-01-01T00:00:00Z")))).toBe("t");
    expect(localTime("t", zoneOffsets("Asia/Kolkata", 0, 0))).toBe(`(t + ${5.5 * hour})`);
  });
});

describe("dateOfDay and dayOfDate", () => {
  it("are each other's inverse, before 1970 too", () => {
    for (const date of ["1969-12-31", "1970-01-01", "2024-02-29", "2026-12-31"])
      expect(dateOfDay(dayOfDate(date))).toBe(date);
    expect(dayOfDate("1970-01-02")).toBe(1);
  });
});
