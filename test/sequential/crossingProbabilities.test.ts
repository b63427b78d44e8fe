import {describe, expect, it} from "vitest";
import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {crossingProbabilities} from "../../lib/sequential/crossingProbabilities.ts";
import {driftForPower} from "../../lib/sequential/driftForPower.ts";
import {expectedFraction} from "../../lib/sequential/expectedFraction.ts";
import {createRandom} from "../random.ts";

const fractions = [0.2, 0.4, 0.6, 0.8, 1];
const z = alphaSpendingBoundaries(fractions).z;

describe("crossingProbabilities(fractions, z, options)", () => {
  it("gives back what was spent, under no drift", () => {
    const {cumulativeAlphaPerSide} = alphaSpendingBoundaries(fractions);
    const {upper, lower, none} = crossingProbabilities(fractions, z);
    let total = 0;
    upper.forEach((p, k) => expect((total += p)).toBeCloseTo(cumulativeAlphaPerSide[k] ?? 0, 12));
    expect(lower).toEqual(upper.map((p) => expect.closeTo(p, 14)));
    expect(none).toBeCloseTo(0.95, 12);
  });
  it("mirrors for a drift of the other sign", () => {
    const up = crossingProbabilities(fractions, z, {drift: 2.5});
    const down = crossingProbabilities(fractions, z, {drift: -2.5});
    down.lower.forEach((p, k) => expect(p).toBeCloseTo(up.upper[k] ?? 0, 12));
  });
  it("agrees with 40,000 simulated paths", () => {
    const random = createRandom(11);
    const counts = fractions.map(() => 0);
    for (let i = 0; i < 40_000; ++i) {
      let score = 0;
      let before = 0;
      for (let k = 0; k < fractions.length; ++k) {
        const t = fractions[k] ?? 0;
        score += 2 * (t - before) + Math.sqrt(t - before) * random.normal();
        before = t;
        if (Math.abs(score / Math.sqrt(t)) >= (z[k] ?? 0)) {
          if (score > 0) counts[k] = (counts[k] ?? 0) + 1;
          break;
        }
      }
    }
    const {upper} = crossingProbabilities(fractions, z, {drift: 2});
    upper.forEach((p, k) => {
      expect(Math.abs((counts[k] ?? 0) / 40_000 - p)).toBeLessThan(4 * Math.sqrt(p / 40_000) + 1e-5);
    });
  });
  it("counts no exit at a look with the bound Infinity, and none below for a one-sided test", () => {
    const {upper, lower} = crossingProbabilities([0.001, 1], [Infinity, 1.96], {sides: 1, drift: 1});
    expect(upper[0]).toBe(0);
    expect(lower).toEqual([0, 0]);
  });
  it("stops every path where lower and upper bound meet", () => {
    const {none} = crossingProbabilities([0.5, 1], [2.5, 2], {lower: [0, 2], drift: 1});
    expect(none).toBeCloseTo(0, 12);
  });
  it("is exact for drifts far from 0", () => {
    expect(crossingProbabilities(fractions, z, {drift: 40}).power).toBeCloseTo(1, 12);
    expect(crossingProbabilities(fractions, z, {drift: -40}).power).toBeLessThan(1e-100);
  });
  it("rejects bounds that are not numbers, too few, or crossed", () => {
    expect(() => crossingProbabilities([0.5, 1], [2])).toThrow("invalid z; not one per fraction (2): 1");
    expect(() => crossingProbabilities([0.5, 1], [2, NaN])).toThrow("invalid z; not a number: NaN");
    expect(() => crossingProbabilities([0.5, 1], [2, 2], {lower: [3, 2]})).toThrow(
      "invalid lower; above the upper bound 2: 3"
    );
    expect(() => crossingProbabilities([0.5, 1], [2, 2], {drift: Infinity})).toThrow(RangeError);
  });
});

describe("driftForPower(fractions, z, options)", () => {
  it("finds the drift that has the power, by exits above", () => {
    for (const power of [0.01, 0.5, 0.8, 0.999999]) {
      const {drift} = driftForPower(fractions, z, {power});
      expect(crossingProbabilities(fractions, z, {drift}).power).toBeCloseTo(power, 9);
    }
  });
  it("inflates a single look by nothing", () => {
    expect(driftForPower([1], [1.959963984540054], {power: 0.9}).inflation).toBeCloseTo(1, 9);
  });
  it("rejects a power outside (0, 1) and bounds that are all infinite", () => {
    expect(() => driftForPower(fractions, z, {power: 1})).toThrow("invalid power; not in (0, 1): 1");
    expect(() => driftForPower([0.5, 1], [Infinity, Infinity])).toThrow(
      "invalid z; requires at least one finite bound: 0"
    );
  });
});

describe("expectedFraction(fractions, z, options)", () => {
  it("is the last fraction where nothing stops before, less under a drift", () => {
    expect(expectedFraction([0.5, 1.2], [Infinity, 2])).toBe(1.2);
    const none = expectedFraction(fractions, z);
    const some = expectedFraction(fractions, z, {drift: 3});
    expect(some).toBeLessThan(none);
    expect(none).toBeLessThan(1);
  });
});
