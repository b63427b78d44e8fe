import {describe, expect, it} from "vitest";
import {parseCap} from "../../lib/experiment/definition/parseCap.ts";
import {parseDays} from "../../lib/experiment/definition/parseDays.ts";
import {parseDuration} from "../../lib/experiment/definition/parseDuration.ts";
import {parseShare} from "../../lib/experiment/definition/parseShare.ts";

describe("parseShare(share)", () => {
  it.each([
    ["2%", 0.02],
    ["25%", 0.25],
    ["0.1%", 0.001],
    ["0.7%", 0.007],
    ["100%", 1],
    [0.25, 0.25]
  ])("reads %s as the double nearest to it", (share, fraction) => {
    expect(parseShare(share)).toBe(fraction);
  });

  it.each(["2", "-2%", "2 %", "%", "", "1e2%"])("refuses %j", (share) => {
    expect(() => parseShare(share)).toThrow(new TypeError(`invalid share; not a percentage: ${share}`));
  });
});

describe("parseDays(days)", () => {
  it("reads days", () => {
    expect(parseDays("7d")).toBe(7);
    expect(parseDays("365d")).toBe(365);
  });

  it.each(["7", "0d", "-1d", "1.5d", "1w", "10000d", ""])("refuses %j", (days) => {
    expect(() => parseDays(days)).toThrow(TypeError);
  });
});

describe("parseCap(cap)", () => {
  it("tells values from percentiles", () => {
    expect(parseCap(100)).toEqual({kind: "value", value: 100});
    expect(parseCap("p99.9")).toEqual({kind: "percentile", share: 0.999});
    expect(parseCap("p100")).toEqual({kind: "percentile", share: 1});
  });

  it("refuses what is neither", () => {
    expect(() => parseCap("99.9%")).toThrow(TypeError);
    expect(() => parseCap("p101")).toThrow(TypeError);
    expect(() => parseCap(NaN)).toThrow(new RangeError("invalid cap; not a finite number: NaN"));
  });
});

describe("parseDuration(duration)", () => {
  it("reads milliseconds, seconds and minutes", () => {
    expect([parseDuration("500ms"), parseDuration("30s"), parseDuration("10m")]).toEqual([500, 30_000, 600_000]);
  });

  it.each(["10", "10h", "0s", "1.5s", ""])("refuses %j", (duration) => {
    expect(() => parseDuration(duration)).toThrow(TypeError);
  });
});
