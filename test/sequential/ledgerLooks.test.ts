import {describe, expect, it} from "vitest";
import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {crossingProbabilities} from "../../lib/sequential/crossingProbabilities.ts";
import {ledgerLooks} from "../../lib/sequential/ledgerLooks.ts";
import type {Look, Night} from "../../lib/sequential/ledgerLooks.ts";
import {nextLook} from "../../lib/sequential/nextLook.ts";
import type {SequentialDesign} from "../../lib/sequential/sequentialDesign.ts";

const design: SequentialDesign = {method: "group-sequential"};
const night = (i: number, fraction: number | null, z: number | null = 0, more: Partial<Night> = {}): Night => ({
  date: `night ${i}`,
  fraction,
  z,
  ...more
});
const nights = (count: number) => Array.from({length: count}, (_, i) => night(i + 1, (i + 1) / count));

describe("ledgerLooks(design, recorded, nights)", () => {
  it("takes a look every night with the bounds of the design", () => {
    const {appended, crossed} = ledgerLooks(design, [], nights(28));
    const {z, alphaSpent} = alphaSpendingBoundaries(Array.from({length: 28}, (_, i) => (i + 1) / 28));
    expect(appended.map(({bound}) => bound)).toEqual(z);
    expect(appended.map((look) => look.alphaSpent)).toEqual(alphaSpent);
    expect(crossed).toBeNull();
  });
  it("gives the same looks night by night as over past data at once", () => {
    let looks: Look[] = [];
    for (const tonight of nights(28)) looks = [...looks, ...ledgerLooks(design, looks, [tonight]).appended];
    const atOnce = ledgerLooks(design, [], nights(28)).looks;
    looks.forEach((look, k) => expect(look.bound).toBeCloseTo(atOnce[k]?.bound ?? 0, 9));
    expect(looks).toHaveLength(28);
  });
  it("spends nothing on missed nights, and all of alpha by the end", () => {
    const some = nights(28).filter((_, i) => i % 5 === 2 || i === 27);
    const {appended} = ledgerLooks(design, [], some);
    const fractions = appended.map(({fraction}) => fraction);
    const {upper} = crossingProbabilities(
      fractions,
      appended.map(({bound}) => bound ?? Infinity)
    );
    expect(upper.reduce((a, b) => a + b)).toBeCloseTo(0.025, 10);
    expect(appended.at(-1)?.alphaSpent).toBe(0.05);
  });
  it("ends at a crossing: later nights are no looks, whatever they show", () => {
    const {appended, skipped, crossed} = ledgerLooks(
      design,
      [],
      [night(1, 0.4, 1), night(2, 0.6, -3.2), night(3, 0.8, 5)]
    );
    expect(crossed).toEqual({date: "night 2", side: "harm"});
    expect(appended).toHaveLength(2);
    expect(skipped).toEqual([{date: "night 3", reason: "crossed for harm on night 2: a crossing is final"}]);
    const again = nextLook(design, appended, night(4, 0.9, 0));
    expect(again.look).toBeNull();
    expect(again.crossed).toEqual({date: "night 2", side: "harm"});
  });
  it("calls the good direction efficacy, by direction or alternative", () => {
    const side = (more: Partial<SequentialDesign>, z: number) =>
      ledgerLooks({...design, ...more}, [], [night(1, 1, z)]).crossed?.side ?? null;
    expect(side({}, 3)).toBe("efficacy");
    expect(side({direction: "decrease"}, -3)).toBe("efficacy");
    expect(side({direction: "decrease"}, 3)).toBe("harm");
    expect(side({alternative: "less"}, -3)).toBe("efficacy");
    expect(side({alternative: "less"}, 3)).toBeNull();
    expect(side({alternative: "greater"}, -3)).toBeNull();
  });
  it("has a null bound, and never a crossing, where nothing can be spent yet", () => {
    const {appended, crossed} = ledgerLooks(design, [], [night(1, 0.001, 60), night(2, 0.5, 1)]);
    expect(appended[0]).toMatchObject({bound: null, alphaSpent: 0});
    expect(crossed).toBeNull();
    expect(appended[1]?.bound).toBeCloseTo(2.9625880427, 6);
    expect(JSON.parse(JSON.stringify(appended))).toEqual(appended);
  });
  it("keeps spent alpha and rescales fractions when the plan changes", () => {
    const first = ledgerLooks({...design, planned: 1000}, [], [night(1, 0.5), night(2, 0.8)]).looks;
    const longer = nextLook({...design, planned: 2000}, first, night(3, 0.45)).look;
    // 900 of 2000 units: the function would allow less than the 0.024 already spent.
    expect(longer).toMatchObject({bound: null, alphaSpent: first[1]?.alphaSpent, planned: 2000});
    const end = nextLook({...design, planned: 2000}, first, night(4, 1)).look;
    expect(end?.alphaSpent).toBe(0.05);
    const shorter = nextLook({...design, planned: 700}, first, night(3, 900 / 700)).look;
    expect(shorter?.alphaSpent).toBe(0.05);
    expect(shorter?.bound).toBeGreaterThan(1.9);
  });
  it("lets the final night spend all that is left, short of 1, and takes nothing after it", () => {
    const end = ledgerLooks(design, [], [night(1, 0.4), night(2, 0.7, 0, {final: true}), night(3, 0.8)]);
    expect(end.appended[1]).toMatchObject({alphaSpent: 0.05, final: true});
    expect(end.skipped).toEqual([{date: "night 3", reason: "all planned looks are taken: no alpha is left"}]);
  });
  it("spends all at the first look past 1, and takes no more", () => {
    const {appended, skipped} = ledgerLooks(design, [], [night(1, 0.9), night(2, 1.1), night(3, 1.2)]);
    expect(appended.map(({alphaSpent}) => alphaSpent)).toEqual([expect.closeTo(0.0382, 2), 0.05]);
    expect(skipped).toHaveLength(1);
  });
  it("takes planned looks only when their fraction is reached, and no more than planned", () => {
    const planned = {...design, looks: 4};
    const {appended, skipped} = ledgerLooks(planned, [], nights(28).slice(0, 27));
    expect(appended.map(({date}) => date)).toEqual(["night 7", "night 14", "night 21"]);
    expect(skipped[0]?.reason).toBe("the next planned look is at information fraction 0.25");
    const list = {...design, looks: [0.5, 0.8]};
    const all = ledgerLooks(list, [], nights(28));
    expect(all.appended.map(({date}) => date)).toEqual(["night 14", "night 23"]);
    expect(all.skipped.at(-1)?.reason).toBe("all planned looks are taken: no alpha is left");
  });
  it("takes one look where several planned ones were missed", () => {
    const {appended} = ledgerLooks({...design, looks: 4}, [], [night(1, 0.8), night(2, 0.9), night(3, 1)]);
    expect(appended.map(({fraction}) => fraction)).toEqual([0.8, 1]);
  });
  it("holds the one look of a fixed design back until the planned end", () => {
    const fixed: SequentialDesign = {method: "fixed"};
    const {appended, skipped} = ledgerLooks(fixed, [], [night(1, 0.5, 9), night(2, 0.9, 9, {final: true})]);
    expect(skipped[0]?.reason).toBe(
      "fixed design: nothing is called significant before the planned end (information fraction 0.5)"
    );
    expect(appended).toHaveLength(1);
    expect(appended[0]?.bound).toBeCloseTo(1.959963984540054, 12);
  });
  it("stops for futility where that is binding, and only marks it where not", () => {
    const futility = {beta: 0.2};
    const open = ledgerLooks({...design, futility}, [], [night(1, 0.5, -1), night(2, 0.9, 2.6)]);
    expect(open.appended[0]?.futilityBound).toBeGreaterThan(0);
    expect(open.crossed).toEqual({date: "night 2", side: "efficacy"});
    const closed = ledgerLooks(
      {...design, alternative: "greater", futility: {...futility, binding: true}},
      [],
      [night(1, 0.5, -1), night(2, 0.9, 2.6)]
    );
    expect(closed.crossed).toEqual({date: "night 1", side: "futility"});
    expect(closed.appended).toHaveLength(1);
  });
  it("gives the same futility bound on the night as over past data", () => {
    const futile = {...design, futility: {beta: 0.1}};
    const atOnce = ledgerLooks(futile, [], nights(14)).looks;
    const tonight = nextLook(futile, atOnce.slice(0, 6), nights(14)[6] ?? night(0, null)).look;
    expect(tonight?.futilityBound).toBeCloseTo(atOnce[6]?.futilityBound ?? 0, 8);
  });
  it("has no ledger for always-valid", () => {
    const {appended, skipped} = ledgerLooks({method: "always-valid"}, [], [night(1, 0.5, 9)]);
    expect(appended).toEqual([]);
    expect(skipped[0]?.reason).toBe("always-valid: every night counts, and none spends");
  });
  it("does not change what is recorded, further fields included", () => {
    const recorded = Object.freeze([
      Object.freeze({date: "night 1", fraction: 0.4, z: 1, bound: 3.36, alphaSpent: 0.0008, reconstructed: true})
    ]);
    expect(ledgerLooks(design, recorded, [night(2, 0.5)]).looks[0]).toBe(recorded[0]);
  });
});

describe("nextLook(design, looks, tonight)", () => {
  const {looks} = ledgerLooks(design, [], [night(1, 0.2), night(2, 0.4)]);
  const reason = (tonight: Night) => nextLook(design, looks, tonight).reason;
  it("says why no look is taken", () => {
    expect(reason(night(2, 0.5))).toBe("a look is recorded for night 2");
    expect(reason(night(3, 0.4))).toBe("no new information since the last look");
    expect(reason(night(3, 0.4 * (1 + 1e-8)))).toBe("no new information since the last look");
    expect(reason(night(3, 0.3))).toBe("less information than at the last look (0.3 after 0.4): late corrections");
    expect(reason(night(3, 0.5, NaN))).toBe("z is not a finite number: NaN");
    expect(reason(night(3, 0.5, null))).toBe("z is not a finite number: null");
    expect(reason(night(3, null))).toBe("no information yet: null");
    expect(reason(night(3, NaN))).toBe("no information yet: NaN");
    expect(reason(night(3, 0))).toBe("no information yet: 0");
    expect(reason(night(3, 0.5))).toBeNull();
  });
  it("rejects a design out of range, and a ledger whose fractions do not increase", () => {
    expect(() => nextLook({...design, alpha: 1.5}, looks, night(3, 0.5))).toThrow("invalid alpha; not in (0, 1): 1.5");
    expect(() => nextLook({...design, nights: 0}, looks, night(3, 0.5))).toThrow(RangeError);
    // @ts-expect-error a call from plain JavaScript
    expect(() => nextLook({method: "peeking"}, looks, night(3, 0.5))).toThrow("unknown method: peeking");
    expect(() => nextLook(design, [...looks].reverse(), night(3, 0.5))).toThrow(RangeError);
  });
});
