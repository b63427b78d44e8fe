import {describe, expect, it} from "vitest";
import {effectWithin, entriesOf, planOf, powerWithin} from "../../lib/experiment/planOf.ts";
import type {PlanQuestion} from "../../lib/experiment/planOf.ts";
import {alphaSpendingBoundaries, asymptoticConfidenceSequence} from "../../lib/sequential/index.ts";
import {createRandom} from "../random.ts";

const question: PlanQuestion = {
  kind: "share",
  mean: 0.1,
  standardDeviation: 0.3,
  varianceReduction: 0,
  effect: 0.2,
  alpha: 0.05,
  power: 0.8,
  traffic: [1000],
  share: 1,
  maturity: 0
};
const by = (asked: PlanQuestion = question) => {
  const [fixed, groupSequential, alwaysValid] = planOf(asked);
  return {fixed: fixed!, groupSequential: groupSequential!, alwaysValid: alwaysValid!};
};

/** Share of simulated paths that cross above, and the mean of the fraction and of the look at which they stop. */
function simulate(fractions: readonly number[], bounds: readonly number[], drift: number, runs = 6000) {
  const random = createRandom(5, fractions.length);
  let [crossed, used, look] = [0, 0, 0];
  for (let run = 0; run < runs; ++run) {
    let [sum, before, stop] = [0, 0, fractions.length - 1];
    for (const [k, t] of fractions.entries()) {
      sum += drift * (t - before) + Math.sqrt(t - before) * random.normal();
      before = t;
      const z = sum / Math.sqrt(t);
      if (Math.abs(z) < bounds[k]!) continue;
      if (z > 0) ++crossed;
      stop = k;
      break;
    }
    used += fractions[stop]!;
    look += stop + 1;
  }
  return {power: crossed / runs, fraction: used / runs, look: look / runs};
}

describe("planOf(question)", () => {
  it("plans a fixed design like statsmodels: NormalIndPower().solve_power(proportion_effectsize(0.12, 0.1), alpha=0.05, power=0.8) = 3834.6", () => {
    const {fixed} = by();
    expect(fixed).toMatchObject({method: "fixed", units: 2 * 3835, days: 8, looks: 1, inflation: 1, reason: null});
    expect(fixed.expected).toEqual({effect: {units: 7670, days: 8}, none: {units: 7670, days: 8}});
  });

  it("plans a mean like statsmodels: TTestIndPower().solve_power(0.3, alpha=0.05, power=0.8) = 175.38, and less with a covariate", () => {
    const mean = {...question, kind: "mean" as const, mean: 10, standardDeviation: 10, effect: 0.3, traffic: [50]};
    expect(by(mean).fixed.units).toBe(2 * 176);
    expect(by({...mean, effect: -0.3}).fixed.units).toBe(2 * 176);
    // half of the variance gone: half of the units, and a little for the t distribution
    expect(by({...mean, varianceReduction: 0.5}).fixed.units).toBe(2 * 89);
  });

  it("gives the sequential designs the power asked for, and says when they stop, as simulated paths do", () => {
    const {groupSequential, alwaysValid, fixed} = by();
    for (const design of [groupSequential, alwaysValid]) {
      const {units, days, looks, expected, inflation} = design;
      const fractions = Array.from({length: looks}, (_, k) => Math.min(1, ((k + 1) * 1000) / units!));
      const bounds =
        design === groupSequential
          ? alphaSpendingBoundaries(fractions).z
          : fractions.map((t) => asymptoticConfidenceSequence(0, 1, t * units!, {tuneAt: units!}).multiplier);
      const drift = (1.959964 + 0.841621) * Math.sqrt(inflation!);
      const effect = simulate(fractions, bounds, drift);
      const none = simulate(fractions, bounds, 0);
      // four standard errors of a share of 0.8 in 6,000 runs are 0.02
      expect(Math.abs(effect.power - 0.8)).toBeLessThan(0.021);
      expect(2 * none.power).toBeLessThan(0.06);
      expect(Math.abs(expected!.effect.units - effect.fraction * units!)).toBeLessThan(0.02 * units!);
      expect(Math.abs(expected!.effect.days - effect.look)).toBeLessThan(0.02 * days!);
      expect(Math.abs(expected!.none.days - none.look)).toBeLessThan(0.02 * days!);
      expect(units!).toBeGreaterThan(fixed.units!);
      expect(expected!.effect.units).toBeLessThan(expected!.none.units);
    }
    expect(groupSequential.expected!.effect.units).toBeLessThan(fixed.units!);
    expect(alwaysValid.units!).toBeGreaterThan(groupSequential.units!);
  });

  it("adds the days until units count, to the end and to every look", () => {
    const {fixed, groupSequential} = by({...question, maturity: 7});
    expect(fixed.days).toBe(15);
    expect(groupSequential.stopped[0]?.day).toBe(8);
    expect(groupSequential.stopped.at(-1)).toEqual({day: groupSequential.days, effect: 1, none: 1});
    const chances = groupSequential.stopped.map(({effect}) => effect);
    expect([...chances].sort((a, b) => a - b)).toEqual(chances);
  });

  it("goes back and forth: the effect and the power of the days that it plans are those asked for", () => {
    const asked = {...question, effect: 0.05, maturity: 2};
    for (const {method, days} of planOf(asked)) {
      expect(effectWithin(method, days!, asked)).toBeGreaterThan(0.0485);
      expect(effectWithin(method, days!, asked)).toBeLessThan(0.0502);
      expect(powerWithin(method, days!, asked)).toBeGreaterThan(0.797);
      expect(powerWithin(method, days!, asked)).toBeLessThan(0.815);
    }
    expect(effectWithin("fixed", 2, asked)).toBe(null);
    expect(powerWithin("fixed", 2, asked)).toBe(null);
  });

  it("takes a share of the traffic, which goes on as its weekdays did", () => {
    expect(entriesOf({traffic: [10, 20, 30, 40, 50, 60, 70], share: 0.5}, 9)).toEqual([
      5, 15, 30, 50, 75, 105, 140, 145, 155
    ]);
  });

  it("says why there is no plan", () => {
    const reasons = (asked: Partial<PlanQuestion>) =>
      planOf({...question, ...asked}).map(({reason, units}) => [units, reason]);
    const all = (reason: string) => [1, 2, 3].map(() => [null, reason]);
    expect(reasons({traffic: []})).toEqual(all("no traffic to forecast from"));
    expect(reasons({traffic: [0]})).toEqual(all("no traffic to forecast from"));
    expect(reasons({traffic: [1]})).toEqual(all("not within 730 days"));
    expect(reasons({effect: 12})).toEqual(all("the effect leads to a share that is not in [0, 1]: 1.3"));
    expect(reasons({kind: "mean", standardDeviation: 0})).toEqual(all("zero variance"));
    expect(reasons({effect: 0})[0]?.[0]).toBe(null);
    expect(() => planOf({...question, alpha: NaN})).toThrow("alpha");
  });
});
