import {describe, expect, it} from "vitest";
import {asymptoticConfidenceSequence} from "../../lib/sequential/asymptoticConfidenceSequence.ts";
import {
  meanConfidenceSequence,
  proportionConfidenceSequence,
  relativeConfidenceSequence
} from "../../lib/sequential/confidenceSequences.ts";
import {mixingDeviation} from "../../lib/sequential/mixingDeviation.ts";
import {msprt} from "../../lib/sequential/msprt.ts";
import {msprtLogLambda} from "../../lib/sequential/msprtLogLambda.ts";

describe("msprtLogLambda(difference, tau)", () => {
  it("does not overflow at a billion units", () => {
    const logLambda = msprtLogLambda({n: 1e9, meanDifference: 1, variance: 2}, 0.1);
    // (z² / 2 - ln(1 + tau² / v) / 2) with v = 2e-9: 2.5e8 less a few
    expect(logLambda).toBeCloseTo(249999942.29, 1);
    expect(Number.isFinite(logLambda)).toBe(true);
  });
  it("agrees with the mixture integral, by midpoints", () => {
    const [n, d, variance, tau] = [50, 0.4, 2, 0.3];
    let sum = 0;
    for (let i = -4000; i < 4000; ++i) {
      const theta = ((i + 0.5) / 4000) * 8 * tau;
      const prior = Math.exp((-0.5 * theta * theta) / (tau * tau)) / (tau * Math.sqrt(2 * Math.PI));
      sum += (prior * Math.exp((n / variance) * (d * theta - (theta * theta) / 2)) * 8 * tau) / 4000;
    }
    expect(msprtLogLambda({n, meanDifference: d, variance}, tau)).toBeCloseTo(Math.log(sum), 8);
  });
  it("rejects what is out of range", () => {
    expect(() => msprtLogLambda({n: 0, meanDifference: 1, variance: 2}, 0.1)).toThrow(
      "invalid n; not a positive number: 0"
    );
    expect(() => msprtLogLambda({n: 10, meanDifference: NaN, variance: 2}, 0.1)).toThrow(RangeError);
    expect(() => msprtLogLambda({n: 10, meanDifference: 1, variance: 2}, 0)).toThrow(
      "invalid tau; not a positive number: 0"
    );
  });
});

describe("msprt(difference, standardError, options)", () => {
  it("has an interval that leaves 0 out exactly when the p-value is at most alpha", () => {
    for (const difference of [0.0152, 0.0153, 0.0154, 0.0155, 0.0156, 0.0157, 0.02]) {
      const {pValue, interval} = msprt(difference, 0.005, {tau: 0.02});
      expect((interval?.[0] ?? 0) > 0).toBe((pValue ?? 1) < 0.05);
    }
  });
  it("gives nulls and a reason for a standard error of 0", () => {
    expect(msprt(0, 0, {tau: 1})).toEqual({
      logLambda: null,
      pValue: null,
      interval: null,
      reason: "the standard error is 0: all units are equal"
    });
  });
  it("has the p-value 1 for no difference", () => {
    expect(msprt(0, 1, {tau: 1}).pValue).toBe(1);
  });
  it("rejects a negative standard error and alpha out of range", () => {
    expect(() => msprt(1, -1, {tau: 1})).toThrow("invalid standardError; not a positive number: -1");
    expect(() => msprt(1, 1, {tau: 1, alpha: 0})).toThrow("invalid alpha; not in (0, 1): 0");
  });
});

describe("mixingDeviation(minimumEffect)", () => {
  it("is near the mixing that crosses first under that effect", () => {
    // Evidence at information x (effect 1, variance 1 / x) crosses where x z-squared beats the boundary.
    const crossing = (tau: number) => {
      let x = 1;
      while ((msprt(1, 1 / Math.sqrt(x), {tau}).pValue ?? 1) > 0.05) x += 0.01;
      return x;
    };
    const own = crossing(mixingDeviation(-1));
    for (const tau of [0.5, 2]) expect(crossing(tau) / own).toBeGreaterThan(1.07);
    for (const tau of [0.8, 1.25]) expect(crossing(tau) / own).toBeGreaterThan(0.99);
    expect(crossing(5) / own).toBeCloseTo(1.27, 2);
    expect(crossing(0.2) / own).toBeCloseTo(1.78, 2);
  });
  it("rejects 0", () => {
    expect(() => mixingDeviation(0)).toThrow("invalid minimumEffect; not a positive number: 0");
  });
});

describe("asymptoticConfidenceSequence(difference, standardError, n, options)", () => {
  it("is close to tightest, relative to the fixed-sample interval, where it is tuned", () => {
    const at = (n: number) => asymptoticConfidenceSequence(0, 1, n, {tuneAt: 10000}).multiplier;
    expect(at(10000)).toBeLessThan(at(1000));
    expect(at(10000)).toBeLessThan(at(100000));
    for (const n of [8000, 12000]) expect(at(n) / at(10000)).toBeGreaterThan(0.998);
  });
  it("has a p-value that inverts the interval", () => {
    const {multiplier} = asymptoticConfidenceSequence(0, 1, 5000, {tuneAt: 10000});
    expect(asymptoticConfidenceSequence(multiplier, 1, 5000, {tuneAt: 10000}).pValue).toBeCloseTo(0.05, 12);
  });
  it("rejects no units, and a planned number that is none", () => {
    expect(() => asymptoticConfidenceSequence(0, 1, 0, {tuneAt: 10})).toThrow("invalid n; not a positive number: 0");
    expect(() => asymptoticConfidenceSequence(0, 1, 9, {tuneAt: NaN})).toThrow(RangeError);
  });
});

describe("confidence sequences of proportions, means and relative differences", () => {
  const control = {n: 1000, mean: 0.1, variance: (0.1 * 0.9 * 1000) / 999};
  const treatment = {n: 1000, mean: 0.15, variance: (0.15 * 0.85 * 1000) / 999};
  it("agree with each other on proportions, but for n - 1", () => {
    const counts = proportionConfidenceSequence({n: 1000, successes: 100}, {n: 1000, successes: 150}, {tuneAt: 2000});
    const means = meanConfidenceSequence(control, treatment, {tuneAt: 2000});
    expect(counts.estimate).toBeCloseTo(0.05, 12);
    expect(counts.interval?.[0]).toBeCloseTo(means.interval?.[0] ?? 0, 4);
  });
  it("give the relative difference by the delta method", () => {
    const {estimate, standardError} = relativeConfidenceSequence(control, treatment, {tuneAt: 2000});
    expect(estimate).toBeCloseTo(0.5, 12);
    // Var(t / c) = (Var t + (t / c)² Var c) / c²
    expect(standardError).toBeCloseTo(Math.sqrt(0.1275 / 999 + 2.25 * (0.09 / 999)) / 0.1, 12);
  });
  it("are null with a reason where there is nothing to say", () => {
    expect(proportionConfidenceSequence({n: 0, successes: 0}, {n: 5, successes: 1}, {tuneAt: 10}).reason).toBe(
      "an arm has no units"
    );
    expect(proportionConfidenceSequence({n: 5, successes: 0}, {n: 5, successes: 0}, {tuneAt: 10})).toMatchObject({
      estimate: 0,
      interval: null,
      reason: "the standard error is 0: all units are equal"
    });
    expect(meanConfidenceSequence({n: 1, mean: 5, variance: NaN}, treatment, {tuneAt: 10}).reason).toBe(
      "an arm has fewer than two units"
    );
    expect(relativeConfidenceSequence({n: 10, mean: 0, variance: 1}, treatment, {tuneAt: 10}).reason).toBe(
      "the control mean is 0"
    );
  });
  it("reject impossible counts and variances", () => {
    expect(() => proportionConfidenceSequence({n: 5, successes: 6}, {n: 5, successes: 1}, {tuneAt: 10})).toThrow(
      "invalid successes; not an integer in [0, 5]: 6"
    );
    expect(() => meanConfidenceSequence({n: 5, mean: 1, variance: -1}, treatment, {tuneAt: 10})).toThrow(
      "invalid variance; not a number from 0 up: -1"
    );
  });
});
