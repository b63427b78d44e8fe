import {describe, expect, it} from "vitest";
import {mixWord, RandomStream, textToWord} from "../../lib/simulate/random.ts";
import {createRandom} from "../random.ts";

describe("RandomStream", () => {
  it("gives the numbers of the other sfc32 in this house, written apart from it", () => {
    const other = createRandom(42, 7);
    const stream = new RandomStream().start(42, 7, 0x9e3779b9);
    for (let i = 0; i < 100; ++i) expect(stream.uniform()).toBe(other.uniform());
    for (let i = 0; i < 101; ++i) expect(stream.normal()).toBeCloseTo(other.normal(), 14);
  });

  it("start(seed, unit, purpose) forgets what was drawn before, a spare normal number too", () => {
    const stream = new RandomStream();
    const fresh = [stream.start(1, 2, 3).normal(), stream.normal()];
    stream.start(9, 9, 9).normal();
    stream.start(1, 2, 3);
    expect([stream.normal(), stream.normal()]).toEqual(fresh);
  });

  it("has the moments of its distributions over neighbouring streams, one number of each", () => {
    const n = 40_000;
    const stream = new RandomStream();
    const sums = {uniform: 0, exponential: 0, normal: 0, square: 0, lag: 0};
    let last = 0;
    for (let unit = 0; unit < n; ++unit) {
      const u = stream.start(5, unit, 1).uniform();
      sums.lag += (u - 0.5) * (last - 0.5);
      last = u;
      sums.uniform += u;
      sums.exponential += stream.start(5, unit, 2).exponential();
      const z = stream.start(5, unit, 3).normal();
      sums.normal += z;
      sums.square += z * z;
    }
    // Five standard errors each: sqrt(1/12), 1, 1, sqrt(2), 1/12 over sqrt(n) = 200.
    expect(Math.abs(sums.uniform / n - 0.5)).toBeLessThan((5 * 0.289) / 200);
    expect(Math.abs(sums.exponential / n - 1)).toBeLessThan(5 / 200);
    expect(Math.abs(sums.normal / n)).toBeLessThan(5 / 200);
    expect(Math.abs(sums.square / n - 1)).toBeLessThan((5 * 1.42) / 200);
    expect(Math.abs(sums.lag / n)).toBeLessThan((5 * 0.0834) / 200);
  });
});

describe("mixWord(word)", () => {
  it("is MurmurHash3 of nothing with that seed: 0, 0x514E28B7 and 0x81F16F39 as published", () => {
    // The test vectors of https://stackoverflow.com/a/31929528 (Ian Boyd): empty input, seeds 0, 1, 0xffffffff.
    expect([mixWord(0), mixWord(1), mixWord(0xffffffff)]).toEqual([0, 0x514e28b7, 0x81f16f39]);
  });

  it("gives no word twice", () => {
    expect(new Set(Array.from({length: 100_000}, (_, i) => mixWord(i))).size).toBe(100_000);
  });
});

describe("textToWord(text)", () => {
  it("is FNV-1a: the vectors of its authors", () => {
    // https://datatracker.ietf.org/doc/html/draft-eastlake-fnv, test values of 32-bit FNV-1a.
    expect(["", "a", "foobar"].map((text) => textToWord(text) >>> 0)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });
});
