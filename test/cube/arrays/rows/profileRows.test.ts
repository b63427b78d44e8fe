import {describe, expect, it} from "vitest";
import {dayStatistics, haveNoTime, mergeProfiles, profileRows} from "../../../../lib/cube/arrays/rows/profileRows.ts";
import {day, hour} from "../../../../lib/cube/dialects/dialect.ts";

const rows = {
  u: Int32Array.of(1, 0, -1, 2, 1),
  t: Float64Array.of(3 * day + hour, 3 * day + 2 * hour, 9 * day, NaN, 5 * day - hour),
  bits: new Int32Array(5),
  values: new Map<string, Float64Array>()
};
const utc = [{from: -Infinity, offset: 0}];
const [from, to] = [3 * day + hour, 9 * day];
const whole = [0, 1] as const;

describe("rows of events", () => {
  it("are looked at for their span, and for those without a unit or a moment", () => {
    expect(profileRows(rows, whole)).toEqual({from, to, blank: 1, timeless: 1});
    const halves = [0, 1].map((i) => profileRows(rows, [i, 2]));
    expect(mergeProfiles(halves)).toEqual(profileRows(rows, whole));
    expect(mergeProfiles([])).toEqual({from: 0, to: 0, blank: 0, timeless: 0});
  });

  it("are counted by day with the latest time of each, from the first day on", () => {
    const options = {from, to, offsets: utc, calendar: false, start: 0};
    expect(dayStatistics(rows, options, whole)).toEqual([
      {day: 3, rows: 2, latest: 2 * hour},
      {day: 4, rows: 1, latest: 23 * hour}
    ]);
    expect(dayStatistics(rows, {...options, start: 4}, whole).map((each) => each.day)).toEqual([4]);
    expect(dayStatistics(rows, {...options, calendar: true}, whole)[0]?.latest).toBeNull();
    const clocks = [
      {from: -Infinity, offset: 0},
      {from: 4 * day, offset: 2 * hour}
    ];
    expect(dayStatistics(rows, {...options, offsets: clocks}, whole).map((each) => each.day)).toEqual([3, 5]);
  });

  it("have no time of day if all of them are at midnight, by their own clock", () => {
    expect(haveNoTime(rows, utc)).toBe(false);
    const midnights = {...rows, t: Float64Array.of(day, NaN, 2 * day, day, day)};
    expect(haveNoTime(midnights, utc)).toBe(true);
    expect(haveNoTime(midnights, [{from: -Infinity, offset: hour}])).toBe(false);
  });
});
