import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {compareCuped, compareCupedRatios} from "../../lib/stats/compareCuped.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareProportions, type ProportionMethod} from "../../lib/stats/compareProportions.ts";
import {compareRatios} from "../../lib/stats/compareRatios.ts";
import type {Comparison, ComparisonOptions} from "../../lib/stats/comparison.ts";
import {momentsFromSums, momentsOf, type Moments, type UnitValues} from "../../lib/stats/moments.ts";

type Compare = (control: Moments, treatment: Moments, options?: ComparisonOptions) => Comparison;

const proportionMethods: ProportionMethod[] = ["score", "miettinen-nurminen", "wald", "agresti-caffo", "newcombe"];

const value = fc.double({min: -100, max: 100, noNaN: true}).map((x) => Math.round(x * 1000) / 1000);
const unit = fc.record({y: value, w: fc.integer({min: 1, max: 9}), x: value, v: fc.integer({min: 1, max: 9})});
const units = fc.array(unit, {minLength: 5, maxLength: 25});
const binomial = fc
  .integer({min: 1, max: 500})
  .chain((n) => fc.integer({min: 0, max: n}).map((y) => momentsFromSums(n, {y, yy: y})));

const byUnits: [string, Compare][] = [
  ["means", compareMeans],
  ["ratios", compareRatios],
  ["CUPED", compareCuped],
  ["CUPED ratios", compareCupedRatios]
];
const byCounts = proportionMethods.map((method): [string, Compare] => [
  `proportions, ${method}`,
  (control, treatment, options) => compareProportions(control, treatment, {...options, method})
]);

const cases: {name: string; compare: Compare; arm: fc.Arbitrary<Moments>}[] = [
  ...byUnits.map(([name, compare]) => ({name, compare, arm: units.map((rows) => momentsOf(rows))})),
  ...byCounts.map(([name, compare]) => ({name, compare, arm: binomial}))
];

// The same cases in every run.
fc.configureGlobal({seed: 20260105});

const levels = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999];

/** Whether a comparison has no digits to compare: where outcome and covariate are in proportion, all is rounding. */
function isRounding({standardError}: Comparison): boolean {
  return standardError === null || standardError < 1e-5;
}

function near(a: number | null, b: number | null, scale: number) {
  if (a === null || b === null) expect(a).toBe(b);
  else expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-8 * scale + 1e-12);
}

describe.each(cases)("a comparison of $name", ({compare, arm}) => {
  it("flips its signs when the arms are swapped", () => {
    fc.assert(
      fc.property(arm, arm, (control, treatment) => {
        const there = compare(control, treatment);
        const back = compare(treatment, control);
        near(back.difference, there.difference === null ? null : -there.difference, 100);
        if (isRounding(there)) return;
        const scale = Math.max(Math.abs(there.difference ?? 0), there.standardError ?? 0);
        near(back.standardError, there.standardError, scale);
        near(back.pValue, there.pValue, 1);
        near(back.interval?.[0] ?? null, there.interval ? -(there.interval[1] ?? NaN) : null, scale);
        near(back.interval?.[1] ?? null, there.interval ? -(there.interval[0] ?? NaN) : null, scale);
      })
    );
  });

  it("has one-sided tests that mirror when the arms are swapped", () => {
    fc.assert(
      fc.property(arm, arm, (control, treatment) => {
        const greater = compare(control, treatment, {alternative: "greater"});
        const less = compare(treatment, control, {alternative: "less"});
        if (isRounding(greater)) return;
        near(greater.pValue, less.pValue, 1);
        if (greater.interval) near(greater.interval[0], -(less.interval?.[1] ?? NaN), 100);
      })
    );
  });

  it("has intervals that nest in the level and hold the difference", () => {
    fc.assert(
      fc.property(arm, arm, (control, treatment) => {
        let [innerLower, innerUpper] = [Infinity, -Infinity];
        for (const level of levels) {
          const {interval, difference} = compare(control, treatment, {level});
          if (interval === null) return;
          const [lower, upper] = [interval[0] ?? NaN, interval[1] ?? NaN];
          const slack = 1e-9 * (1 + Math.abs(difference ?? 0));
          expect(lower).toBeLessThanOrEqual(Math.min(innerLower, upper) + slack);
          expect(upper).toBeGreaterThanOrEqual(innerUpper - slack);
          [innerLower, innerUpper] = [lower, upper];
        }
      })
    );
  });

  it("is significant exactly if its interval leaves out 0", () => {
    fc.assert(
      fc.property(
        arm,
        arm,
        fc.constantFrom(...levels),
        fc.constantFrom("two-sided", "greater", "less"),
        (control, treatment, level, alternative) => {
          const {pValue, interval, relativeInterval} = compare(control, treatment, {level, alternative});
          // At equality either may round either way.
          if (pValue === null || Math.abs(pValue - (1 - level)) < 1e-9) return;
          const excludes = (bounds: readonly [number | null, number | null]) =>
            (bounds[0] ?? -Infinity) > 0 || (bounds[1] ?? Infinity) < 0;
          if (interval) expect(excludes(interval)).toBe(pValue < 1 - level);
          if (relativeInterval) expect(excludes(relativeInterval)).toBe(pValue < 1 - level);
        }
      ),
      {numRuns: 300}
    );
  });

  it("never says NaN or Infinity", () => {
    const finite = (value: unknown): boolean =>
      typeof value === "number"
        ? Number.isFinite(value)
        : typeof value !== "object" || value === null || Object.values(value).every(finite);
    fc.assert(
      fc.property(arm, arm, (control, treatment) => {
        expect(finite(compare(control, treatment))).toBe(true);
      })
    );
  });
});

describe.each(byUnits)("a comparison of %s", (_, compare) => {
  it("scales with the outcome: difference and interval do, statistic and p-value do not", () => {
    fc.assert(
      fc.property(units, units, fc.constantFrom(0.001, 0.5, 8, 1000), (control, treatment, factor) => {
        const scaled = (rows: readonly UnitValues[]) => momentsOf(rows.map((row) => ({...row, y: row.y * factor})));
        const own = compare(momentsOf(control), momentsOf(treatment));
        const other = compare(scaled(control), scaled(treatment));
        const scale = 100 * factor;
        near(other.difference, own.difference === null ? null : own.difference * factor, scale);
        if (isRounding(own)) return;
        near(other.interval?.[0] ?? null, own.interval?.[0] == null ? null : own.interval[0] * factor, scale);
        near(other.pValue, own.pValue, 1);
      })
    );
  });
});

describe("a comparison of means", () => {
  it("does not change when a constant is added to every unit", () => {
    fc.assert(
      fc.property(units, units, fc.integer({min: -1e6, max: 1e6}), (control, treatment, constant) => {
        const moved = (rows: readonly UnitValues[]) =>
          momentsOf(
            rows.map((row) => ({...row, y: row.y + constant})),
            {y: constant}
          );
        const own = compareMeans(momentsOf(control), momentsOf(treatment));
        const other = compareMeans(moved(control), moved(treatment));
        near(other.difference, own.difference, 100);
        near(other.standardError, own.standardError, 100);
      })
    );
  });
});
