import {readFileSync} from "node:fs";
import {describe, expect, it} from "vitest";
import type {Purpose} from "../../lib/assign/index.ts";
import {bucket, murmur3} from "../../lib/assign/index.ts";

describe("bucket(purpose, salt, unit)", () => {
  // From a Python program of twelve lines that follows the four steps of the docstring and shares no code with this one.
  it.each<[Purpose, string, string, number]>([
    ["variant", "green-checkout", "user-42", 2625],
    ["variant", "green-checkout", "42", 7987],
    ["ramp", "green-checkout", "user-42", 5256],
    ["group", "checkout", "user-42", 1558],
    ["holdout", "2026-q1", "user-42", 373],
    ["variant", "green-checkout", "é", 447],
    ["variant", "green-checkout", "e\u0301", 5471],
    ["variant", "green-checkout", "用户-1", 9680],
    ["variant", "green-checkout", "👩‍🚀", 9354],
    ["variant", "green-checkout", "user-42".repeat(300), 5646]
  ])("agrees with another language: %s %s %s", (purpose, salt, unit, expected) => {
    expect(bucket(purpose, salt, unit)).toBe(expected);
  });

  it("gives the test vectors that the methods page publishes", () => {
    const page = readFileSync(new URL("../../src/methods.md", import.meta.url), "utf8");
    const vectors = [...page.matchAll(/^\| `(variant|ramp|group|holdout):(\S+?):(\S+)` \| `(\w{8})` \| (\d+) \|$/gm)];
    expect(vectors.length).toBeGreaterThan(5);
    for (const [, purpose, salt = "", unit = "", hash, place] of vectors) {
      expect(murmur3(`${purpose}:${salt}:${unit}`).toString(16).padStart(8, "0")).toBe(hash);
      // The purpose is one of those that the pattern names.
      expect(bucket(purpose as Purpose, salt, unit)).toBe(Number(place));
    }
  });

  const kinds: readonly (readonly [string, (i: number) => string])[] = [
    ["running numbers", String],
    ["user-N", (i) => `user-${i}`],
    ["long ids with a common start", (i) => `00000000-0000-4000-8000-${i.toString(16).padStart(12, "0")}`]
  ];

  it.each(kinds)("is uniform over a million ids: %s", (_, id) => {
    const counts = new Float64Array(10_000);
    for (let i = 0; i < 1e6; ++i) {
      const b = bucket("variant", "green-checkout", id(i));
      counts[b] = (counts[b] ?? NaN) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    expect(Math.abs(toZ(chiSquare, 9_999))).toBeLessThan(3.5);
  });

  it.each(kinds)(
    "of one experiment says nothing about the next, the ramp, the group or the holdout, over a million ids: %s",
    (_, id) => {
      const pairs: readonly (readonly [Purpose, string, Purpose, string])[] = [
        ["variant", "exp-1", "variant", "exp-2"],
        ["variant", "a", "variant", "b"],
        ["variant", "exp-1", "ramp", "exp-1"],
        ["variant", "exp-1", "group", "exp-1"],
        ["holdout", "exp-1", "ramp", "exp-1"]
      ];
      for (const [purpose, salt, otherPurpose, otherSalt] of pairs) {
        const table = new Float64Array(400);
        for (let i = 0; i < 1e6; ++i) {
          const cell =
            Math.floor(bucket(purpose, salt, id(i)) / 500) * 20 +
            Math.floor(bucket(otherPurpose, otherSalt, id(i)) / 500);
          table[cell] = (table[cell] ?? NaN) + 1;
        }
        const rows = Array.from({length: 20}, (_, r) => table.subarray(r * 20, r * 20 + 20).reduce((a, b) => a + b, 0));
        const columns = Array.from({length: 20}, (_, c) =>
          table.filter((_, i) => i % 20 === c).reduce((a, b) => a + b, 0)
        );
        const chiSquare = table.reduce((sum, count, i) => {
          const expected = ((rows[Math.floor(i / 20)] ?? NaN) * (columns[i % 20] ?? NaN)) / 1e6;
          return sum + (count - expected) ** 2 / expected;
        }, 0);
        expect(Math.abs(toZ(chiSquare, 19 * 19))).toBeLessThan(4);
      }
    }
  );
});

/** Fisher's normal approximation of a chi-square statistic; at these degrees of freedom it is good to the second digit. */
function toZ(chiSquare: number, df: number): number {
  return Math.sqrt(2 * chiSquare) - Math.sqrt(2 * df - 1);
}
