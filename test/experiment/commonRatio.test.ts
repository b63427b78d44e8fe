import {describe, expect, it} from "vitest";
import {commonRatio} from "../../lib/experiment/commonRatio.ts";
import type {RatioPair} from "../../lib/experiment/commonRatio.ts";
import {segmentShrinkage} from "../../lib/stats/index.ts";

const pair = (control: number, treatment: number, errors: readonly [number, number], covariance = 0): RatioPair => ({
  control,
  treatment,
  spread: () => ({control: errors[0] ** 2, treatment: errors[1] ** 2, covariance})
});
const pairs = [
  pair(1, 1.3, [0.2, 0.3]),
  pair(20, 21, [2, 3], 1.5),
  pair(0.4, 0.2, [0.3, 0.1]),
  pair(-0.05, 0.3, [0.2, 0.2])
];

/** The sum of squared distances from a ratio. */
const distance = (ratio: number) =>
  pairs.reduce((sum, {control, treatment, spread}) => {
    const {control: c, treatment: t, covariance} = spread(ratio);
    return sum + (treatment - ratio * control) ** 2 / (t - 2 * ratio * covariance + ratio * ratio * c);
  }, 0);

describe("commonRatio(pairs)", () => {
  it("finds the ratio with the smallest distance, and effects whose Cochran Q is that distance", () => {
    const {ratio, effects, standardErrors} = commonRatio(pairs);
    const nearest = Math.min(...Array.from({length: 4001}, (_, i) => distance(0.5 + i / 4000)));
    expect(distance(ratio!)).toBeCloseTo(nearest, 6);
    const {cochranQ, mean, tauSquared} = segmentShrinkage(effects, standardErrors);
    expect(cochranQ).toBeCloseTo(nearest, 6);
    expect(tauSquared).toBe(0);
    expect(mean).toBeCloseTo(ratio! - 1, 9);
  });
  it("gives the plain relative effects and their errors where arms are known well", () => {
    const {effects, standardErrors} = commonRatio([pair(1, 1.1, [0.001, 0.001]), pair(5, 5.51, [0.004, 0.005]), null]);
    expect(effects[0]).toBeCloseTo(0.1, 4);
    expect(effects[1]).toBeCloseTo(0.102, 4);
    // sqrt(0.005^2 + 1.102^2 0.004^2) / 5
    expect(standardErrors[1]).toBeCloseTo(0.00133, 4);
    expect(effects[2]).toBeNull();
  });
  it("has finite numbers where a control is all that a pair has, and the ratio is far from it", () => {
    const share = (xc: number, nc: number, xt: number, nt: number): RatioPair => ({
      control: xc / nc,
      treatment: xt / nt,
      spread: (ratio) => {
        const p = Math.min(1, (xc + xt) / (nc + ratio * nt));
        const q = Math.min(1, ratio * p);
        return {control: (p * (1 - p)) / nc, treatment: (q * (1 - q)) / nt, covariance: 0};
      }
    });
    const {effects, standardErrors} = commonRatio([share(1, 151, 21, 127), share(101, 394, 0, 1)]);
    const {mean, shrunk} = segmentShrinkage(effects, standardErrors);
    for (const value of [mean, ...shrunk]) expect(value === null || Number.isFinite(value)).toBe(true);
  });
  it("leaves out what has no variance, and is null with nothing left", () => {
    expect(commonRatio([pair(1, 2, [0, 0]), pair(1, 1.5, [0.1, 0.1])])).toMatchObject({
      ratio: expect.closeTo(1.5, 9),
      effects: [null, expect.closeTo(0.5, 9)]
    });
    expect(commonRatio([null, pair(0, 0, [0.1, 0.1])])).toEqual({
      ratio: null,
      effects: [null, null],
      standardErrors: [null, null]
    });
    expect(commonRatio([])).toEqual({ratio: null, effects: [], standardErrors: []});
  });
});
