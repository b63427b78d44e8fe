import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {adjustedIntervals} from "../../lib/stats/adjustedIntervals.ts";
import {betaBinomial, betaBinomialBest} from "../../lib/stats/betaBinomial.ts";
import {forecastUnits, daysNeeded} from "../../lib/stats/duration.ts";
import {effectTrend} from "../../lib/stats/effectTrend.ts";
import {normal} from "../../lib/stats/distributions.ts";
import {tTestMinimumEffectSize, tTestPower} from "../../lib/stats/meanPower.ts";
import {adjustPValues, multiplicityMethods} from "../../lib/stats/multiplicity.ts";
import {cohensHSampleSize} from "../../lib/stats/proportionPower.ts";
import {segmentShrinkage} from "../../lib/stats/segmentShrinkage.ts";

// The same cases in every run.
fc.configureGlobal({seed: 20260105});

const pValue = fc.oneof(fc.double({min: 0, max: 1, noNaN: true}), fc.constantFrom(0, 0.01, 0.05, 1));
const pValues = fc.array(fc.oneof({weight: 9, arbitrary: pValue}, {weight: 1, arbitrary: fc.constant(null)}), {
  maxLength: 12
});
const effect = fc.double({min: -5, max: 5, noNaN: true});
const error = fc.double({min: 0.01, max: 5, noNaN: true});
const measured = fc.array(fc.tuple(effect, error), {minLength: 1, maxLength: 12});

describe("adjusted p-values", () => {
  it("are at least their own, in [0, 1], and in the same order", () => {
    fc.assert(
      fc.property(pValues, fc.constantFrom(...multiplicityMethods), (list, method) => {
        const adjusted = adjustPValues(list, method);
        list.forEach((p, i) => {
          const a = adjusted[i] ?? null;
          if (p === null || a === null) return expect(a).toBe(p);
          expect(a).toBeGreaterThanOrEqual(p);
          expect(a).toBeLessThanOrEqual(1);
          list.forEach((q, j) => {
            if (q !== null && q >= p) expect(adjusted[j]).toBeGreaterThanOrEqual(a);
          });
        });
      })
    );
  });

  it("are strictest by Bonferroni, then Holm, then Hochberg, then Benjamini-Hochberg", () => {
    fc.assert(
      fc.property(fc.array(pValue, {maxLength: 12}), (list) => {
        const [bonferroni, holm, hochberg, benjamini, yekutieli] = multiplicityMethods.map((m) =>
          adjustPValues(list, m)
        );
        list.forEach((_, i) => {
          const slack = 1 + 1e-12;
          expect(holm?.[i]).toBeLessThanOrEqual((bonferroni?.[i] ?? NaN) * slack);
          expect(hochberg?.[i]).toBeLessThanOrEqual((holm?.[i] ?? NaN) * slack);
          expect(benjamini?.[i]).toBeLessThanOrEqual((hochberg?.[i] ?? NaN) * slack);
          expect(benjamini?.[i]).toBeLessThanOrEqual((yekutieli?.[i] ?? NaN) * slack);
        });
      })
    );
  });

  it("have intervals that leave out 0 exactly where they are below alpha, and nest in the level", () => {
    fc.assert(
      fc.property(measured, fc.constantFrom(...multiplicityMethods), (list, method) => {
        const family = list.map(([difference, standardError]) => ({
          pValue: 2 * normal.sf(Math.abs(difference) / standardError),
          intervalAt: (level: number): [number, number] => {
            const reach = normal.upperQuantile((1 - level) / 2) * standardError;
            return [difference - reach, difference + reach];
          }
        }));
        const [narrow, wide] = [0.9, 0.99].map((level) => adjustedIntervals(family, method, {level}));
        narrow?.forEach(({adjustedPValue, interval, level}, i) => {
          if (Math.abs((adjustedPValue ?? 1) - 0.1) > 1e-9 && interval) {
            expect(interval[0] > 0 || interval[1] < 0).toBe((adjustedPValue ?? 1) < 0.1);
          }
          expect(wide?.[i]?.level ?? 0).toBeGreaterThanOrEqual(level ?? 1);
        });
      })
    );
  });
});

const counts = fc
  .integer({min: 0, max: 400})
  .chain((n) => fc.integer({min: 0, max: n}).map((successes) => ({successes, n})));
const prior = fc.constantFrom<[number, number]>([1, 1], [0.5, 0.5], [3, 40]);

describe("posteriors", () => {
  it("mirror when the arms are swapped", () => {
    fc.assert(
      fc.property(counts, counts, prior, (control, treatment, shapes) => {
        const there = betaBinomial(control, treatment, {prior: shapes});
        const back = betaBinomial(treatment, control, {prior: shapes});
        expect(there.probabilityTreatmentBeatsControl + back.probabilityTreatmentBeatsControl).toBeCloseTo(1, 9);
        expect(there.expectedLossTreatment).toBeCloseTo(back.expectedLossControl, 12);
        const width = there.difference.interval[1] - there.difference.interval[0];
        expect(Math.abs(there.difference.interval[0] + back.difference.interval[1])).toBeLessThan(1e-6 * width);
        expect(there.expectedLossControl - there.expectedLossTreatment).toBeCloseTo(there.difference.mean, 10);
      }),
      {numRuns: 40}
    );
  });

  it("share one probability of being best among the arms, and lose least where they are best on average", () => {
    fc.assert(
      fc.property(fc.array(counts, {minLength: 2, maxLength: 6}), prior, (arms, shapes) => {
        const {probabilityBest, expectedLoss, arms: beliefs} = betaBinomialBest(arms, {prior: shapes});
        expect(probabilityBest.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        const means = beliefs.map(({mean}) => mean);
        const top = means.indexOf(Math.max(...means));
        // the losses differ by the means, exactly
        expectedLoss.forEach((loss, i) => {
          expect(loss - (expectedLoss[top] ?? NaN)).toBeCloseTo((means[top] ?? NaN) - (means[i] ?? NaN), 9);
        });
      }),
      {numRuns: 40}
    );
  });
});

describe("trends and segments", () => {
  it("move with the effects and scale with them", () => {
    fc.assert(
      fc.property(measured, fc.constantFrom(0.01, 1, 100), effect, (list, factor, shift) => {
        const time = list.map((_, i) => i);
        const errors = list.map(([, e]) => e);
        const own = effectTrend(
          time,
          list.map(([y]) => y),
          errors
        );
        const other = effectTrend(
          time,
          list.map(([y]) => (y + shift) * factor),
          errors.map((e) => e * factor)
        );
        expect(other.pooled).toBeCloseTo(((own.pooled ?? NaN) + shift) * factor, 6);
        if (own.slopeP !== null) expect(other.slopeP).toBeCloseTo(own.slopeP, 6);
        if (own.heterogeneityP !== null) expect(other.heterogeneityP).toBeCloseTo(own.heterogeneityP, 6);
      })
    );
  });

  it("shrink every segment to between its own effect and the mean", () => {
    fc.assert(
      fc.property(measured, (list) => {
        const {shrunk, mean} = segmentShrinkage(
          list.map(([y]) => y),
          list.map(([, e]) => e)
        );
        list.forEach(([own], i) => {
          const [low, high] = [Math.min(own, mean ?? NaN), Math.max(own, mean ?? NaN)];
          expect(shrunk[i]).toBeGreaterThanOrEqual(low - 1e-9);
          expect(shrunk[i]).toBeLessThanOrEqual(high + 1e-9);
        });
      })
    );
  });
});

describe("plans", () => {
  const share = fc.double({min: 0.001, max: 0.95, noNaN: true});

  it("need more units for more power, a smaller alpha and a smaller effect", () => {
    fc.assert(
      fc.property(share, share, fc.double({min: 0.3, max: 0.9, noNaN: true}), (a, b, power) => {
        if (Math.abs(a - b) < 1e-3) return;
        const n = cohensHSampleSize(a, b, {power}).nControl ?? NaN;
        expect(cohensHSampleSize(a, b, {power: power + 0.05}).nControl).toBeGreaterThan(n);
        expect(cohensHSampleSize(a, b, {power, alpha: 0.01}).nControl).toBeGreaterThan(n);
        expect(cohensHSampleSize(a, (a + b) / 2, {power}).nControl).toBeGreaterThan(n);
      })
    );
  });

  it("find with the power asked for the smallest effect they name", () => {
    fc.assert(
      fc.property(fc.integer({min: 3, max: 5000}), fc.double({min: 0.2, max: 0.99, noNaN: true}), (n, power) => {
        const {effectSize} = tTestMinimumEffectSize(n, {power});
        expect(tTestPower(effectSize ?? NaN, n)).toBeCloseTo(power, 8);
      }),
      {numRuns: 30}
    );
  });

  it("take the days that the forecast needs to reach the units, and not one more", () => {
    const traffic = fc.array(fc.integer({min: 0, max: 1000}), {minLength: 1, maxLength: 20});
    fc.assert(
      fc.property(traffic, fc.integer({min: 1, max: 20_000}), (series, units) => {
        const {days} = daysNeeded(series, units);
        const reached = forecastUnits(series, 730);
        if (days === null) expect(reached.at(-1)).toBeLessThan(units);
        else {
          expect(reached[days - 1]).toBeGreaterThanOrEqual(units * (1 - 1e-9));
          expect(reached[days - 2] ?? 0).toBeLessThan(units);
        }
      })
    );
  });
});
