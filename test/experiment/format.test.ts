import {describe, expect, it} from "vitest";
import {
  daysBetween,
  formatAmount,
  formatBytes,
  formatChosen,
  formatCount,
  formatDate,
  formatDifference,
  formatDifferenceInterval,
  formatList,
  formatNumber,
  formatPercent,
  formatPercentInterval,
  formatPValue,
  formatShort,
  plural,
  sayPValue
} from "../../lib/experiment/format.ts";

const share = {kind: "proportion", unit: null} as const;
const money = {kind: "mean", unit: "USD"} as const;
const time = {kind: "quantile", unit: "ms"} as const;

describe("numbers", () => {
  it("formatNumber writes a true minus, groups thousands and gives about two significant digits", () => {
    expect([3.14159, -0.0314, 12345.6, 0].map((x) => formatNumber(x))).toEqual(["3.1", "\u22120.031", "12,346", "0"]);
  });
  it("formatNumber gives no sign to what rounds to zero", () => {
    expect(formatNumber(-0.0001, {decimals: 1, signed: true})).toBe("0.0");
  });
  it("formatNumber shows what cannot be had as a dash", () => {
    expect([null, NaN, Infinity].map((x) => formatNumber(x))).toEqual(["\u2013", "\u2013", "\u2013"]);
  });
  it("formatCount and formatShort write counts whole and short", () => {
    expect([formatCount(200412), formatShort(200412), formatShort(1_234_567), formatShort(999_600)]).toEqual([
      "200,412",
      "200k",
      "1.2M",
      "1M"
    ]);
  });
  it("formatBytes uses decimal sizes", () => {
    expect([812, 30_400, 7_600_000].map(formatBytes)).toEqual(["812\u202fB", "30\u202fkB", "7.6\u202fMB"]);
  });
});

describe("effects and their intervals", () => {
  it("formatPercent multiplies and signs", () => {
    expect([0.0314, -0.123, 2.345].map((x) => formatPercent(x, {signed: true}))).toEqual([
      "+3.1%",
      "\u221212%",
      "+235%"
    ]);
  });
  it("formatChosen adds no digits to what a person chose", () => {
    expect([0.02, 0.005, 0.25, -0.1, null].map(formatChosen)).toEqual(["2%", "0.5%", "25%", "\u221210%", "\u2013"]);
  });
  it("formatPercentInterval gives both bounds the decimals that the width deserves", () => {
    expect(formatPercentInterval([0.01401, 0.04789])).toBe("+1.4% to +4.8%");
    expect(formatPercentInterval([0.0140123, 0.0147])).toBe("+1.40% to +1.47%");
    expect(formatPercentInterval([-0.1, 0.31], {signed: false})).toBe("\u221210% to 31%");
    expect(formatPercentInterval([0.4597, 0.4785])).toBe("+46.0% to +47.9%");
    expect(formatPercentInterval([0.46911, 0.46913])).toBe("+46.911% to +46.913%");
    expect(formatPercentInterval([0.003, 0.22])).toBe("+0.3% to +22.0%");
    expect(formatPercentInterval([-0.19, -0.0002])).toBe("\u221219.00% to \u22120.02%");
  });
  it("formatPercentInterval says which side is open", () => {
    expect(formatPercentInterval([0.014, null])).toBe("above +1.4%");
    expect(formatPercentInterval([null, 0.048])).toBe("below +4.8%");
    expect(formatPercentInterval(null)).toBe("\u2013");
  });
  it("formatDifferenceInterval names the unit of proportions once", () => {
    expect(formatDifferenceInterval([0.0012, 0.0062], share)).toBe("+0.12 to +0.62\u00a0points");
  });
});

describe("amounts", () => {
  it("formatAmount follows the metric's kind and unit", () => {
    expect(formatAmount(0.12, share, {decimals: 2})).toBe("12.00%");
    expect(formatAmount(6.412, money)).toBe("$6.41");
    expect(formatAmount(-6.412, money)).toBe("\u2212$6.41");
    expect(formatAmount(212.4, time)).toBe("212\u202fms");
    expect(formatAmount(0, {kind: "mean", unit: null})).toBe("0");
  });
  it("formatDifference speaks of points for shares", () => {
    expect(formatDifference(0.0037, share)).toBe("+0.37\u00a0points");
    expect(formatDifference(0.113, money)).toBe("+$0.11");
  });
});

describe("p-values, dates and words", () => {
  it("formatPValue keeps two digits and stops at the ends", () => {
    expect([0.6123, 0.000412, 0.00001, 0.9999, 1, null].map(formatPValue)).toEqual([
      "0.61",
      "0.0004",
      "<\u00a00.0001",
      ">\u00a00.99",
      "1",
      "\u2013"
    ]);
    expect(sayPValue(0.61)).toBe("p\u00a0=\u00a00.61");
    expect(sayPValue(0)).toBe("p\u00a0<\u00a00.0001");
  });
  it("formatDate writes days as people do and leaves the rest alone", () => {
    expect(formatDate("2026-02-01")).toBe("1\u00a0Feb\u00a02026");
    expect(formatDate("2026-02-01", {year: false})).toBe("1\u00a0Feb");
    expect(formatDate("soon")).toBe("soon");
    expect(formatDate(null)).toBe("\u2013");
  });
  it("daysBetween counts both ends", () => {
    expect(daysBetween("2026-01-05", "2026-02-01")).toBe(28);
    expect(daysBetween("2026-02-01", "2026-01-05")).toBe(0);
    expect(daysBetween(null, "2026-01-05")).toBe(0);
  });
  it("plural and formatList read as English", () => {
    expect([plural(1, "unit"), plural(2000, "unit"), plural(2, "entry", "entries")]).toEqual([
      "1\u00a0unit",
      "2,000\u00a0units",
      "2\u00a0entries"
    ]);
    expect([formatList([]), formatList(["a"]), formatList(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  });
});
