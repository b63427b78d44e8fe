import {describe, expect, it} from "vitest";
import {ratioChange} from "../../../lib/experiment/novelty/ratioChange.ts";
import type {SpanMeans} from "../../../lib/experiment/novelty/ratioChange.ts";
import {chiSquare, normal} from "../../../lib/stats/distributions.ts";

const control: SpanMeans = {early: 2, late: 1.5, earlyVariance: 0.04, lateVariance: 0.05, covariance: 0.01};
const treatment: SpanMeans = {early: 3, late: 1.4, earlyVariance: 0.05, lateVariance: 0.03, covariance: 0.005};

/** The delta-method variance of log(late / early). */
const wald = ({early, late, earlyVariance, lateVariance, covariance}: SpanMeans) =>
  earlyVariance / early ** 2 + lateVariance / late ** 2 - (2 * covariance) / (early * late);
const scaled = (arm: SpanMeans, by: number): SpanMeans => ({
  ...arm,
  earlyVariance: by * arm.earlyVariance,
  lateVariance: by * arm.lateVariance,
  covariance: by * arm.covariance
});

describe("ratioChange(arms, error)", () => {
  it("is the test of the log ratios where means are known well", () => {
    const arms = [scaled(control, 1e-6), scaled({...treatment, late: 2.248}, 1e-6)] as const;
    const error = Math.sqrt(wald(arms[0]) + wald(arms[1]));
    const change = Math.log(2.248 / 3) - Math.log(1.5 / 2);
    const {pValue, interval} = ratioChange(arms, error);
    expect(pValue).toBeCloseTo(2 * normal.sf(Math.abs(change) / error), 3);
    expect(interval[0]! / (change - 1.959964 * error)).toBeCloseTo(1, 2);
    expect(interval[1]! / (change + 1.959964 * error)).toBeCloseTo(1, 2);
  });
  it("is Fieller's test of one ratio where the other arm does not vary", () => {
    const fixed = scaled(control, 0);
    const ratio = 0.75;
    const {late, early, lateVariance, covariance, earlyVariance} = treatment;
    const off = (late - ratio * early) ** 2 / (lateVariance - 2 * ratio * covariance + ratio ** 2 * earlyVariance);
    expect(ratioChange([fixed, treatment], Math.sqrt(wald(treatment))).pValue).toBeCloseTo(chiSquare.sf(off, 1), 6);
  });
  it("has the interval of all changes that it does not refuse", () => {
    const error = Math.sqrt(wald(control) + wald(treatment));
    for (const alpha of [0.05, 0.2]) {
      const {interval} = ratioChange([control, treatment], error, {alpha});
      for (const bound of interval) {
        // A treatment whose late values are that many times smaller has no change left but the bound's distance.
        const by = Math.exp(-bound!);
        const moved = {
          ...treatment,
          late: by * treatment.late,
          lateVariance: by * by * treatment.lateVariance,
          covariance: by * treatment.covariance
        };
        expect(ratioChange([control, moved], error).pValue).toBeCloseTo(alpha, 6);
      }
      expect(interval[0]).toBeLessThan(interval[1]!);
    }
  });
  it("turns the interval when the arms change places", () => {
    const [one, other] = [ratioChange([control, treatment], 0.2), ratioChange([treatment, control], 0.2)];
    expect(other.pValue).toBeCloseTo(one.pValue, 9);
    expect(other.interval[0]).toBeCloseTo(-one.interval[1]!, 7);
  });
  it("has an open bound where the data set none", () => {
    const {interval} = ratioChange([control, {...treatment, early: 0.2}], 1);
    expect(interval[0]).not.toBeNull();
    expect(interval[1]).toBeNull();
  });
});
