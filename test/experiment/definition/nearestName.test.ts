import {describe, expect, it} from "vitest";
import {damerauLevenshtein, nearestName} from "../../../lib/experiment/definition/nearestName.ts";

describe("damerauLevenshtein(a, b)", () => {
  it.each([
    // Wagner and Fischer's and Damerau's own kinds of slips, counted by hand.
    ["", "", 0],
    ["", "abc", 3],
    ["purchase", "purchase", 0],
    ["purchse", "purchase", 1],
    ["purchasee", "purchase", 1],
    ["purchaze", "purchase", 1],
    ["purhcase", "purchase", 1],
    ["kitten", "sitting", 3],
    // The restricted form: CA to ABC takes 3, where the unrestricted takes 2.
    ["ca", "abc", 3]
  ])("of %j and %j is %i, either way round", (a, b, distance) => {
    expect(damerauLevenshtein(a, b)).toBe(distance);
    expect(damerauLevenshtein(b, a)).toBe(distance);
  });
});

describe("nearestName(name, candidates)", () => {
  const names = ["purchase", "revenue", "latency", "of"];

  it.each([
    ["purchse", "purchase"],
    ["Purchase", "purchase"],
    ["REVENUE", "revenue"],
    ["lateny", "latency"],
    ["if", "of"],
    ["purch", "purchase"]
  ])("takes %s for %s", (name, meant) => {
    expect(nearestName(name, names)).toBe(meant);
  });

  it.each(["clicks", "", "pu", "xyzzy"])("finds nothing near %j", (name) => {
    expect(nearestName(name, names)).toBeNull();
  });

  it("returns null without candidates", () => {
    expect(nearestName("purchase", [])).toBeNull();
  });

  it("does not guess between two that begin alike", () => {
    expect(nearestName("lat", ["latency_p95", "latency_p99"])).toBeNull();
  });

  it("prefers the name that differs only in case", () => {
    expect(nearestName("ab", ["aa", "AB"])).toBe("AB");
  });
});
