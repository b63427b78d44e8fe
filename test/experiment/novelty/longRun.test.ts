import {describe, expect, it} from "vitest";
import {fitDecay} from "../../../lib/experiment/novelty/longRun.ts";
import {steadyCovariance} from "../../../lib/experiment/novelty/steadyCovariance.ts";

const days = Array.from({length: 28}, (_, k) => k);
const errors = (error: number) =>
  Float64Array.from({length: 28 * 28}, (_, at) => (Math.floor(at / 28) === at % 28 ? error : 0));

describe("fitDecay(days, effects, factor)", () => {
  it("finds a curve that the effects lie on", () => {
    const fit = fitDecay(
      days,
      days.map((k) => 0.02 + 0.3 * Math.exp(-k / 4)),
      errors(0.01)
    );
    if ("reason" in fit) throw new Error(fit.reason);
    expect(fit.a).toBeCloseTo(0.02, 4);
    expect(fit.b).toBeCloseTo(0.3, 3);
    expect(fit.tau).toBeCloseTo(4, 1);
    expect(fit.interval[0]).toBeLessThan(0.02);
    expect(fit.interval[1]).toBeGreaterThan(0.02);
  });
  it("gives b as of day 0 also where days begin later", () => {
    const fit = fitDecay(
      days.map((k) => k + 1),
      days.map((k) => 0.3 * Math.exp(-(k + 1) / 4)),
      errors(0.01)
    );
    expect(fit).toMatchObject({b: expect.closeTo(0.3, 3)});
  });
  it("has an interval at least as wide as if tau were known", () => {
    const curve = days.map((k) => Math.exp(-k / 4));
    const fit = fitDecay(
      days,
      curve.map((e) => 0.02 + 0.3 * e),
      errors(0.05)
    );
    if ("reason" in fit) throw new Error(fit.reason);
    const [n, s, ss] = [28, curve.reduce((a, e) => a + e), curve.reduce((a, e) => a + e * e, 0)];
    const error = 0.05 * Math.sqrt(ss / (n * ss - s * s));
    expect(fit.interval[1] - fit.interval[0]).toBeGreaterThan(2 * 1.96 * error);
  });
  it("refuses a level, a steady line and a bend that is no decay", () => {
    const zigzag = (k: number) => (k % 2 ? 0.005 : -0.005);
    const reasons = [
      days.map((k) => 0.1 + zigzag(k)),
      days.map((k) => 0.3 - 0.01 * k + zigzag(k)),
      days.map((k) => 0.1 * Math.sin(k / 2) + 0.3 * Math.exp(-k / 4))
    ].map((effects) => {
      const fit = fitDecay(days, effects, errors(0.01));
      return "reason" in fit ? fit.reason : null;
    });
    expect(reasons[0]).toMatch("a level effect fits as well");
    expect(reasons[1]).toMatch("a steady line fits as well");
    expect(reasons[2]).toMatch("no curve of this kind fits");
  });
});

describe("steadyCovariance(covariance, ratios, units)", () => {
  it("leaves what is smooth as it is, and keeps correlations", () => {
    const size = 10;
    const error = Array.from({length: size}, (_, k) => Math.exp(0.01 * k * k) * 0.1);
    const covariance = Float64Array.from(
      {length: size * size},
      (_, at) =>
        error[Math.floor(at / size)]! * error[at % size]! * 0.8 ** Math.abs(Math.floor(at / size) - (at % size))
    );
    const even = new Array<number>(size).fill(1);
    const steady = steadyCovariance(covariance, even, even);
    steady.forEach((value, at) => expect(value).toBeCloseTo(covariance[at]!, 10));
    const doubled = steadyCovariance(
      covariance,
      even,
      even,
      even.map(() => 2)
    );
    doubled.forEach((value, at) => expect(value).toBeCloseTo(4 * covariance[at]!, 10));
  });
});
