import {describe, expect, it} from "vitest";
import {alwaysValidLooks} from "../../lib/sequential/alwaysValidLooks.ts";
import {alwaysValidPath} from "../../lib/sequential/alwaysValidPath.ts";
import type {Night} from "../../lib/sequential/ledgerLooks.ts";
import type {SequentialDesign} from "../../lib/sequential/sequentialDesign.ts";

const design: SequentialDesign = {method: "always-valid", alpha: 0.05, planned: 1000, mixing: 0.05};
const night = (day: number, z: number | null): Night => ({
  date: `2026-01-0${day}`,
  fraction: day / 10,
  z,
  standardError: 0.1 / Math.sqrt(day)
});
const days = [night(1, 0.5), night(2, 1.2), night(3, 4.2), night(4, 2)];
const all = new Set(days.map(({date}) => date));

describe("alwaysValidLooks(design, recorded, nights, taken)", () => {
  it("fills an empty ledger with every night, whose p-values are those of the path", () => {
    const {appended, crossed} = alwaysValidLooks(design, [], days, all);
    const {path, crossed: same} = alwaysValidPath(design, days);
    expect(appended.map(({date, pValue}) => [date, pValue])).toEqual(path.map(({date, pValue}) => [date, pValue]));
    expect(crossed).toEqual(same);
    expect(crossed).toEqual({date: "2026-01-03", side: "efficacy"});
  });

  it("keeps what was read: late data neither undo a crossing nor make one on a night that is past", () => {
    const {looks} = alwaysValidLooks(design, [], days.slice(0, 3), all);
    const late = [night(1, 6), night(2, 0.1), night(3, 0.2), night(4, 0.3)];
    const after = alwaysValidLooks(design, looks, late, new Set(["2026-01-04"]));
    expect(after.looks.slice(0, 3)).toEqual(looks);
    expect(after.crossed).toEqual({date: "2026-01-03", side: "efficacy"});
    expect(after.looks[3]?.pValue).toBe(looks[2]?.pValue);
    const quiet = alwaysValidLooks(design, [], days.slice(0, 2), all).looks;
    expect(alwaysValidLooks(design, quiet, late, new Set(["2026-01-04"])).crossed).toBe(null);
    expect(alwaysValidPath(design, late).crossed).toEqual({date: "2026-01-01", side: "efficacy"});
  });

  it("appends nothing again for the same night, nor for one that nobody looked at", () => {
    const {looks} = alwaysValidLooks(design, [], days, new Set(["2026-01-02"]));
    expect(looks.map(({date}) => date)).toEqual(["2026-01-02"]);
    expect(alwaysValidLooks(design, looks, days.slice(0, 2), all).appended).toEqual([]);
    expect(alwaysValidLooks(design, looks, days, new Set(["2026-01-01"])).appended).toEqual([]);
  });

  it("takes no look where there is no number, and gives a look its bound", () => {
    const {appended} = alwaysValidLooks(
      design,
      [],
      [night(1, null), {...night(2, 1), standardError: 0}, night(3, 1)],
      all
    );
    expect(appended.map(({date}) => date)).toEqual(["2026-01-03"]);
    const [{bound, pValue}] = appended as [(typeof appended)[0]];
    // A z on the bound has the p-value alpha, by the same test.
    const {path} = alwaysValidPath(design, [night(3, bound)]);
    expect(path[0]?.pValueToday).toBeCloseTo(0.05, 9);
    expect(pValue).toBeGreaterThan(0.05);
  });

  it("refuses an alpha that is none", () => {
    expect(() => alwaysValidLooks({...design, alpha: 2}, [], days, all)).toThrow(/invalid alpha/);
  });
});
