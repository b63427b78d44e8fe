import {describe, expect, it} from "vitest";
import {distributionOf} from "../../lib/experiment/distributionOf.ts";
import {binsOfValues} from "../../lib/stats/index.ts";

const oneTo = (n: number) => binsOfValues(Array.from({length: n}, (_, i) => i + 1));

describe("distributionOf(sketches, options)", () => {
  it("gives every variant the same edges, and shares that add up to one", () => {
    const found = distributionOf({a: oneTo(100), b: oneTo(50)}, {bins: 10, through: 1}) ?? [];
    expect(found.map(({variant}) => variant)).toEqual(["a", "b"]);
    const [a, b] = found.map(({bins}) => bins);
    expect(a?.map(([from, to]) => [from, to])).toEqual(b?.map(([from, to]) => [from, to]));
    for (const bins of [a, b]) expect(bins?.reduce((sum, [, , share]) => sum + share, 0)).toBeCloseTo(1, 12);
    // 1 to 100 in ten bins of 9.9: the first holds 1 to 10.
    expect(a?.[0]).toEqual([1, 10.9, 0.1]);
    expect(b?.at(-1)?.[2]).toBe(0);
  });

  it("puts the long tail into the last bin", () => {
    const values = [...Array.from({length: 99}, (_, i) => i / 10), 1e6];
    const [only] = distributionOf({a: binsOfValues(values)}, {bins: 5, through: 0.99}) ?? [];
    expect(only?.bins.at(-1)?.[1]).toBeLessThan(10);
    expect(only?.bins.reduce((sum, [, , share]) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it("spreads the values of a wide bin evenly over it", () => {
    const wide = {n: 8, events: 8, kk: 8, lower: [0], upper: [8], count: [8], mm: [8], mk: [8]};
    const [only] = distributionOf({a: wide}, {bins: 4}) ?? [];
    expect(only?.bins).toEqual([
      [0, 2, 0.25],
      [2, 4, 0.25],
      [4, 6, 0.25],
      [6, 8, 0.25]
    ]);
  });

  it("is one bin where all values are the same, and null without values", () => {
    expect(distributionOf({a: binsOfValues([3, 3, 3])})).toEqual([{variant: "a", bins: [[3, 3, 1]]}]);
    expect(distributionOf({a: binsOfValues([])})).toBeNull();
    expect(distributionOf({})).toBeNull();
  });

  it("leaves out an arm without values", () => {
    expect(distributionOf({a: oneTo(4), b: binsOfValues([])}, {bins: 2})?.map(({variant}) => variant)).toEqual(["a"]);
  });
});
