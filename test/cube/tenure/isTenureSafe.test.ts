import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {isTenureSafe} from "../../../lib/cube/tenure/isTenureSafe.ts";
import type {TenureAtom} from "../../../lib/cube/tenure/isTenureSafe.ts";

/** Two whole cohorts (0, 1), then values a and b of a dimension over both. */
const table = (a1: number, b1: number, a2: number, b2: number): TenureAtom[] => [
  {groups: [0, 2], n: a1},
  {groups: [0, 3], n: b1},
  {groups: [1, 2], n: a2},
  {groups: [1, 3], n: b2}
];

/** The fewest units, above none, that some combination with these factors stands for. */
function fewest(atoms: readonly TenureAtom[], groups: number, factors: readonly number[]): number {
  let least = Infinity;
  for (let i = 0; i < factors.length ** groups; ++i) {
    let units = 0;
    for (const {groups: own, n} of atoms) {
      const factor = own.reduce(
        (sum, group) => sum + factors[Math.floor(i / factors.length ** group) % factors.length]!,
        0
      );
      if (factor !== 0) units += n;
    }
    if (units > 0) least = Math.min(least, units);
  }
  return least;
}

describe("isTenureSafe(atoms, options)", () => {
  it("sees that three of four known cells give the fourth", () => {
    expect(isTenureSafe(table(100, 100, 100, 100), {groups: 4, minimum: 10})).toBe(true);
    // a whole, minus the first cohort, leaves 3 units of the second.
    expect(isTenureSafe(table(100, 0, 3, 100), {groups: 4, minimum: 10})).toBe(false);
  });
  it("sees small groups on both sides of a difference", () => {
    expect(isTenureSafe(table(4, 100, 100, 4), {groups: 4, minimum: 10})).toBe(false);
    expect(isTenureSafe(table(5, 100, 100, 5), {groups: 4, minimum: 10})).toBe(true);
  });
  it("lets a small cell pass that no difference brings back", () => {
    expect(isTenureSafe(table(3, 100, 100, 100), {groups: 4, minimum: 10})).toBe(true);
  });
  it("has nothing against no units", () => {
    expect(isTenureSafe([], {groups: 0, minimum: 10})).toBe(true);
    expect(isTenureSafe([{groups: [0], n: 0}], {groups: 1, minimum: 10})).toBe(true);
  });
  it("never says yes where a combination stands for fewer units", () => {
    const atom = fc.record({
      cohort: fc.integer({min: 0, max: 1}),
      first: fc.integer({min: 2, max: 3}),
      second: fc.integer({min: 4, max: 5}),
      n: fc.integer({min: 0, max: 14})
    });
    fc.assert(
      fc.property(fc.array(atom, {maxLength: 8}), (list) => {
        const atoms = list.map(({cohort, first, second, n}) => ({groups: [cohort, first, second], n}));
        if (isTenureSafe(atoms, {groups: 6, minimum: 10}))
          expect(fewest(atoms, 6, [-2, -1, 0, 1, 2])).toBeGreaterThanOrEqual(10);
      }),
      {numRuns: 60}
    );
  });
});
