import {describe, expect, it} from "vitest";
import type {Attributes} from "../../lib/assign/index.ts";
import {parseRule, RuleError} from "../../lib/assign/index.ts";
import {compareVersions, parseVersion} from "../../lib/assign/tools.ts";

const test = (rule: string, attributes: Attributes) => parseRule(rule).test(attributes);

describe("parseRule(text)", () => {
  it("reads lists, and, not, parentheses, versions and numbers together", () => {
    const rule = "country in [US, CA] and not (version < 2.10.0 or age >= 18)";
    expect(test(rule, {country: "US", version: "2.10.0", age: 17})).toBe(true);
    expect(test(rule, {country: "CA", version: "2.9.9", age: 17})).toBe(false);
    expect(test(rule, {country: "US", version: "2.10.0", age: 18})).toBe(false);
    expect(test(rule, {country: "NO", version: "2.10.0", age: 17})).toBe(false);
    expect(parseRule(rule).attributes).toEqual(["age", "country", "version"]);
  });

  it("gives and precedence over or, and not over both", () => {
    expect(test("a = 1 or b = 1 and c = 1", {a: 1, b: 0, c: 0})).toBe(true);
    expect(test("(a = 1 or b = 1) and c = 1", {a: 1, b: 0, c: 0})).toBe(false);
    expect(test("not a = 1 or b = 1", {a: 0, b: 0})).toBe(true);
    expect(test("not not a = 1", {a: 1})).toBe(true);
  });

  it("compares numbers as numbers, also those written as text", () => {
    expect(test("age >= 18", {age: "18"})).toBe(true);
    expect(test("age > 9", {age: 10})).toBe(true);
    expect(test("age < -1.5", {age: -2})).toBe(true);
    expect(test("age != 18", {age: 18})).toBe(false);
    expect(test("plan in [1, 2]", {plan: "2"})).toBe(true);
  });

  it("compares versions part by part, and a bare 2.10 as the number 2.1", () => {
    expect(test("version < 2.10.0", {version: "2.9.12"})).toBe(true);
    expect(test("version >= v2.10", {version: "2.9"})).toBe(false);
    expect(test("version >= 2.10", {version: "2.9"})).toBe(true);
    expect(test("version < 2.0.0", {version: "2.0.0-beta.1"})).toBe(true);
    expect(test("version >= 2.0.0-beta.2", {version: "2.0.0-beta.11"})).toBe(true);
  });

  it("compares text by case, quoted or not, and true and false as truth", () => {
    expect(test('city = "New York"', {city: "New York"})).toBe(true);
    expect(test("city = 'São Paulo'", {city: "São Paulo"})).toBe(true);
    expect(test("country = us", {country: "US"})).toBe(false);
    expect(test("country not in [US, CA]", {country: "FR"})).toBe(true);
    expect(test("member = true", {member: true})).toBe(true);
    expect(test("member = true", {member: "false"})).toBe(false);
    expect(test('word = "and"', {word: "and"})).toBe(true);
    expect(test('id = "007"', {id: 7})).toBe(false);
  });

  it("answers unknown, as SQL does, when an attribute is missing or cannot be read as the value asks", () => {
    expect(test("age >= 18", {})).toBe(null);
    expect(test("not (age >= 18)", {})).toBe(null);
    expect(test("age >= 18", {age: "abc"})).toBe(null);
    expect(test("age >= 18", {age: ""})).toBe(null);
    expect(test("age >= 18", {age: NaN})).toBe(null);
    expect(test("age >= 18", {age: null})).toBe(null);
    expect(test("version > 1.0.0", {version: "latest"})).toBe(null);
    expect(test("member = true", {member: "yes"})).toBe(null);
    expect(test("age >= 18 or country = US", {country: "US"})).toBe(true);
    expect(test("age >= 18 and country = US", {country: "CA"})).toBe(false);
    expect(test("age >= 18 or country = US", {country: "CA"})).toBe(null);
    expect(test("country not in [US]", {})).toBe(null);
    expect(test("constructor = x", {})).toBe(null);
  });

  it.each([
    ["", "expected an attribute at position 1"],
    ["   ", "expected an attribute at position 4"],
    ["country", "expected an operator at position 8"],
    ["country =", "expected a value at position 10"],
    ["country in US", "expected [ at position 12"],
    ["country in [US, ]", "expected a value at position 17"],
    ["country in [US", "expected ] at position 15"],
    ["country = US and", "expected an attribute at position 17"],
    ["country = US CA", "expected and, or at position 14"],
    ["(country = US", "expected ) at position 14"],
    ["country = US)", "expected and, or at position 13"],
    ["country < US", "expected a number or version at position 11"],
    ["age => 18", "expected a value at position 6"],
    ["age >= 18a", "unexpected character at position 8"],
    ["city = 'New York", "unexpected character at position 8"],
    ["age & 1", "unexpected character at position 5"],
    ["and = 1", "expected an attribute at position 1"],
    ["1 = age", "expected an attribute at position 1"]
  ])("refuses %j and says where", (rule, reason) => {
    expect(() => parseRule(rule)).toThrow(
      new RuleError(reason.replace(/ at position \d+$/, ""), Number(/\d+$/.exec(reason)), rule)
    );
    expect(() => parseRule(rule)).toThrow(`invalid rule; ${reason}: ${rule}`);
  });

  it("refuses endless nesting in place of running out of stack", () => {
    expect(() => parseRule("(".repeat(1e5))).toThrow(/nested too deep at position 101/);
    expect(test(`${"(".repeat(99)}a = 1${")".repeat(99)}`, {a: 1})).toBe(true);
  });
});

describe("compareVersions(a, b)", () => {
  it("orders the examples of Semantic Versioning 2.0.0, items 11.2 and 11.4", () => {
    const ordered = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "2.0.0",
      "2.1.0",
      "2.1.1"
    ];
    const versions = ordered.map((text) => parseVersion(text) ?? {numbers: [], labels: []});
    for (const [i, a] of versions.entries())
      for (const [j, b] of versions.entries()) expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(i - j));
  });

  it("treats missing numbers as 0 and ignores build metadata", () => {
    expect(compareVersions(parseVersion("2")!, parseVersion("v2.0.0+build.7")!)).toBe(0);
  });
});

describe("parseVersion(text)", () => {
  it.each(["", "latest", "1..2", "1.2.x", "-1", "1.0-"])("returns null for %j", (text) => {
    expect(parseVersion(text)).toBe(null);
  });
});
