import {describe, expect, it} from "vitest";
import {mostRows, mostRowsFor} from "../../../lib/cube/arrays/route.ts";

describe("rows in typed arrays", () => {
  it("take a quarter of a machine's memory at most, 60 bytes each, and are 64 million at most", () => {
    const gigabyte = 2 ** 30;
    expect([1, 4, 8, 16, 64].map((size) => mostRowsFor(size * gigabyte))).toEqual([
      4_473_924, 17_895_697, 35_791_394, 64_000_000, 64_000_000
    ]);
  });

  it("are limited on any machine that runs this", () => {
    expect(mostRows).toBeGreaterThan(1_000_000);
    expect(mostRows).toBeLessThanOrEqual(64_000_000);
  });
});
