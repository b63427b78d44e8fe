import {describe, expect, it} from "vitest";
import {betaBinomial, betaBinomialBest} from "../../lib/stats/betaBinomial.ts";
import {effectPosterior, normalBest, normalPosterior} from "../../lib/stats/normalPosterior.ts";

/** Relative closeness: these numbers go down to 1e-33. */
function near(actual: number | undefined, expected: number, tolerance = 1e-9) {
  expect(Math.abs((actual ?? NaN) / expected - 1)).toBeLessThan(tolerance);
}

describe("betaBinomial(control, treatment, options)", () => {
  // mpmath 1.3, 30 digits: quad of beta densities times betainc
  it("agrees with integrals in 30 digits where events are rare", () => {
    const {probabilityTreatmentBeatsControl, expectedLossTreatment, expectedLossControl} = betaBinomial(
      {successes: 10, n: 1_000_000},
      {successes: 25, n: 1_000_000}
    );
    near(probabilityTreatmentBeatsControl, 0.99433486854582);
    near(expectedLossTreatment, 1.11882517798671e-8);
    near(expectedLossControl, 1.50111582518399e-5);
  });

  it("agrees with integrals in 30 digits under an informative prior", () => {
    const {probabilityTreatmentBeatsControl, expectedLossTreatment, expectedLossControl} = betaBinomial(
      {successes: 3, n: 50},
      {successes: 9, n: 60},
      {prior: [2, 38]}
    );
    near(probabilityTreatmentBeatsControl, 0.921079699741433);
    near(expectedLossTreatment, 0.00146110716871338);
    near(expectedLossControl, 0.0559055516131578);
  });

  it("agrees with integrals in 30 digits where a density is infinite at 0", () => {
    const {probabilityTreatmentBeatsControl, expectedLossTreatment, expectedLossControl} = betaBinomial(
      {successes: 0, n: 10},
      {successes: 1, n: 10},
      {prior: [0.5, 0.5]}
    );
    near(probabilityTreatmentBeatsControl, 0.826364549790886);
    near(expectedLossTreatment, 0.0110587965005863);
    near(expectedLossControl, 0.101967887409677);
  });

  it("keeps its digits where the loss is 1e-33", () => {
    const {expectedLossTreatment, expectedLossControl} = betaBinomial(
      {successes: 100, n: 1000},
      {successes: 300, n: 1000}
    );
    near(expectedLossTreatment, 4.42850336022068e-33, 1e-7);
    near(expectedLossControl, 0.199600798403194);
    const reversed = betaBinomial({successes: 300, n: 1000}, {successes: 100, n: 1000});
    near(reversed.probabilityTreatmentBeatsControl, 2.80642492854215e-30, 1e-7);
  });

  it("gives the closed forms of two uniform posteriors", () => {
    const {probabilityTreatmentBeatsControl, expectedLossTreatment, difference, control} = betaBinomial(
      {successes: 0, n: 0},
      {successes: 0, n: 0}
    );
    near(probabilityTreatmentBeatsControl, 0.5);
    near(expectedLossTreatment, 1 / 6);
    near(control.standardDeviation, Math.sqrt(1 / 12));
    // P(difference <= d) = (1 + d)² / 2 below 0
    near(difference.interval[0], Math.sqrt(0.05) - 1);
    near(difference.interval[1], 1 - Math.sqrt(0.05));
  });

  it("agrees with the normal approximation for 10 million units", () => {
    const [control, treatment] = [
      {successes: 5_000_000, n: 10_000_000},
      {successes: 5_002_000, n: 10_000_000}
    ] as const;
    const exact = betaBinomial(control, treatment);
    const arm = ({successes, n}: {successes: number; n: number}) => {
      const mean = (successes + 1) / (n + 2);
      return {mean, standardError: Math.sqrt((mean * (1 - mean)) / (n + 3))};
    };
    const approximate = normalPosterior(arm(control), arm(treatment));
    near(exact.probabilityTreatmentBeatsControl, approximate.probabilityTreatmentBeatsControl, 1e-6);
    near(exact.expectedLossTreatment, approximate.expectedLossTreatment, 1e-6);
    near(exact.difference.interval[1], approximate.difference.interval[1], 1e-5);
  });

  it("mirrors when the arms are swapped", () => {
    const a = {successes: 12, n: 97};
    const b = {successes: 31, n: 180};
    const there = betaBinomial(a, b);
    const back = betaBinomial(b, a);
    near(there.probabilityTreatmentBeatsControl, 1 - back.probabilityTreatmentBeatsControl);
    near(there.expectedLossTreatment, back.expectedLossControl);
    near(there.difference.interval[0], -back.difference.interval[1], 1e-7);
  });

  it("has a mean difference that is the difference of the two losses", () => {
    const {difference, expectedLossControl, expectedLossTreatment} = betaBinomial(
      {successes: 120, n: 1000},
      {successes: 141, n: 1000}
    );
    near(expectedLossControl - expectedLossTreatment, difference.mean);
  });

  it.each([
    [0, 10, 0, 12],
    [10, 10, 12, 12],
    [0, 1, 1, 1],
    [0, 1_000_000, 1_000_000, 1_000_000],
    [1, 1e7, 0, 1]
  ])("gives finite numbers for %d of %d against %d of %d", (successes, n, others, m) => {
    const result = betaBinomial({successes, n}, {successes: others, n: m});
    const {control, treatment, difference} = result;
    for (const {mean, standardDeviation, interval} of [control, treatment, difference]) {
      for (const value of [mean, standardDeviation, ...interval]) expect(Number.isFinite(value)).toBe(true);
      expect(interval[0]).toBeLessThan(interval[1]);
    }
    expect(result.probabilityTreatmentBeatsControl).toBeGreaterThanOrEqual(0);
    expect(result.probabilityTreatmentBeatsControl).toBeLessThanOrEqual(1);
    expect(result.expectedLossTreatment).toBeGreaterThanOrEqual(0);
  });

  it("refuses counts, priors and levels out of range", () => {
    const arm = {successes: 1, n: 2};
    expect(() => betaBinomial({successes: 3, n: 2}, arm)).toThrow(
      new RangeError("invalid successes; not an integer in [0, 2]: 3")
    );
    expect(() => betaBinomial({successes: -1, n: 2}, arm)).toThrow(RangeError);
    expect(() => betaBinomial({successes: 0.5, n: 2}, arm)).toThrow(RangeError);
    expect(() => betaBinomial(arm, {successes: 0, n: NaN})).toThrow(
      new RangeError("invalid n; not an integer of at least 0: NaN")
    );
    expect(() => betaBinomial(arm, arm, {prior: [0, 1]})).toThrow(
      new RangeError("invalid prior; not positive and finite: 0")
    );
    expect(() => betaBinomial(arm, arm, {prior: [1, Infinity]})).toThrow(RangeError);
    expect(() => betaBinomial(arm, arm, {level: 95})).toThrow(new RangeError("invalid level; not in (0, 1): 95"));
  });
});

describe("betaBinomialBest(arms, options)", () => {
  // mpmath 1.3, 30 digits
  it("agrees with the expected losses of three arms in 30 digits", () => {
    const {expectedLoss, probabilityBest} = betaBinomialBest([
      {successes: 50, n: 400},
      {successes: 61, n: 400},
      {successes: 66, n: 410}
    ]);
    near(expectedLoss[0], 0.042584688305547);
    near(expectedLoss[1], 0.015221504225945);
    near(expectedLoss[2], 0.00682900072403711);
    near(
      probabilityBest.reduce((sum, p) => sum + p, 0),
      1
    );
  });

  it("shares the probability between equal arms", () => {
    for (const p of betaBinomialBest(Array.from({length: 8}, () => ({successes: 3, n: 10}))).probabilityBest)
      near(p, 1 / 8);
  });

  it("agrees with betaBinomial for two arms", () => {
    const arms = [
      {successes: 5, n: 50},
      {successes: 9, n: 50}
    ] as const;
    const two = betaBinomial(...arms);
    const many = betaBinomialBest(arms);
    near(many.probabilityBest[1], two.probabilityTreatmentBeatsControl);
    near(many.expectedLoss[1], two.expectedLossTreatment);
  });

  it("gives one arm certainty, and none an empty list", () => {
    expect(betaBinomialBest([{successes: 1, n: 3}])).toMatchObject({probabilityBest: [1], expectedLoss: [0]});
    expect(betaBinomialBest([])).toMatchObject({probabilityBest: [], expectedLoss: [], arms: []});
  });
});

describe("normalPosterior(control, treatment, options)", () => {
  it("draws both means towards an informative prior by precision", () => {
    const {control, treatment} = normalPosterior(
      {mean: 4, standardError: 1},
      {mean: 6, standardError: 2},
      {prior: {mean: 0, standardDeviation: 2}}
    );
    // precisions 1 and 1/4; 1/4 and 1/4
    near(control.mean, 3.2);
    near(control.standardDeviation, Math.sqrt(0.8));
    near(treatment.mean, 3);
    near(treatment.standardDeviation, Math.SQRT2);
  });

  it("keeps a loss 35 standard errors out", () => {
    // mpmath: npdf(35) - 35 ncdf(-35)
    near(
      normalPosterior({mean: 0, standardError: 3}, {mean: 175, standardError: 4}).expectedLossTreatment / 5,
      3.5e-270,
      1
    );
    const steps = [29.9, 30.1].map(
      (z) => normalPosterior({mean: 0, standardError: 3}, {mean: 5 * z, standardError: 4}).expectedLossTreatment
    );
    // the closed form below 30 and the series above it continue one another: log-slope -(z + 2 / z) there
    near(Math.log((steps[0] ?? 0) / (steps[1] ?? 1)), 0.2 * (30 + 2 / 30), 1e-4);
  });

  it("refuses an arm without a standard error", () => {
    const arm = {mean: 0, standardError: 1};
    expect(() => normalPosterior(arm, {mean: 0, standardError: 0})).toThrow(
      new RangeError("invalid standardError; not positive and finite: 0")
    );
    expect(() => normalPosterior({mean: NaN, standardError: 1}, arm)).toThrow(
      new RangeError("invalid mean; not finite: NaN")
    );
    expect(() => normalPosterior(arm, arm, {prior: {mean: 0, standardDeviation: 0}})).toThrow(RangeError);
    expect(() => normalPosterior(arm, arm, {prior: {mean: NaN, standardDeviation: 1}})).toThrow(RangeError);
    expect(() => normalPosterior(arm, arm, {level: 0})).toThrow(RangeError);
  });
});

describe("effectPosterior(effect, options)", () => {
  it("halves an effect that is as uncertain as the prior is wide", () => {
    const {difference} = effectPosterior({mean: 2, standardError: 1}, {prior: {mean: 0, standardDeviation: 1}});
    near(difference.mean, 1);
    near(difference.standardDeviation, Math.SQRT1_2);
  });

  it("is the flat posterior under a very wide prior", () => {
    const flat = effectPosterior({mean: 2, standardError: 1});
    const wide = effectPosterior({mean: 2, standardError: 1}, {prior: {mean: 0, standardDeviation: 1e200}});
    expect(wide).toEqual(flat);
  });
});

describe("normalBest(arms, options)", () => {
  it("agrees with integrals in 30 digits for arms of very different width", () => {
    const arms = [
      {mean: 0, standardError: 1},
      {mean: 5, standardError: 0.001},
      {mean: -3, standardError: 4}
    ];
    const {probabilityBest} = normalBest(arms);
    near(probabilityBest[0], 2.80794343252647e-7);
    near(probabilityBest[1], 0.977249584543563);
    near(probabilityBest[2], 0.0227501346620934);
    const far = normalBest(arms.map(({mean, standardError}) => ({mean: mean + 2 ** 30, standardError})));
    near(far.probabilityBest[0], probabilityBest[0] ?? 0, 1e-6);
  });

  it("agrees with the closed form for two arms", () => {
    const control = {mean: 10, standardError: 0.3};
    const treatment = {mean: 10.5, standardError: 0.35};
    const {probabilityTreatmentBeatsControl, expectedLossTreatment} = normalPosterior(control, treatment);
    const {probabilityBest, expectedLoss} = normalBest([control, treatment]);
    near(probabilityBest[1], probabilityTreatmentBeatsControl);
    near(expectedLoss[1], expectedLossTreatment);
  });

  it("gives 0, not NaN, to an arm that is 1,000 standard errors behind", () => {
    const {probabilityBest, expectedLoss} = normalBest([
      {mean: 0, standardError: 1},
      {mean: 1000, standardError: 1}
    ]);
    expect(probabilityBest).toEqual([0, 1]);
    near(expectedLoss[0], 1000);
    expect(expectedLoss[1]).toBe(0);
  });
});
