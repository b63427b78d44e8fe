import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {segmentSchema, segmentSummarySchema} from "../../lib/experiment/readout.ts";
import {segmentsOf} from "../../lib/experiment/segmentsOf.ts";
import type {SegmentOptions, Segments} from "../../lib/experiment/segmentsOf.ts";
import type {ArmMoments, MetricSums} from "../../lib/experiment/sums.ts";
import {addMoments, emptyMoments, momentsFromSums, momentsOf} from "../../lib/stats/moments.ts";
import type {Moments} from "../../lib/stats/moments.ts";
import {share} from "./sums.ts";

type Written = Record<string, Record<string, Moments>>;

const usual: SegmentOptions = {
  kind: "proportion",
  alternative: "two-sided",
  covariate: false,
  level: 0.95,
  weights: () => ({control: 0.5, treatment: 0.5})
};

/** Sums with one dimension, `device`; the arms are what the segments add up to, unless given. */
function sumsOf(segments: Written, arms?: ArmMoments): MetricSums {
  const total: Record<string, Moments> = {};
  for (const own of Object.values(segments))
    for (const [variant, moments] of Object.entries(own))
      total[variant] = addMoments(total[variant] ?? emptyMoments(), moments);
  return {
    arms: arms ?? total,
    days: [],
    segments: Object.entries(segments).map(([value, own]) => ({dimension: "device", value, arms: own})),
    strata: [{phase: "all", arms: arms ?? total}],
    exactFrom: null
  };
}

function judge(segments: Written, options: Partial<SegmentOptions> = {}, arms?: ArmMoments): Segments {
  const result = segmentsOf(sumsOf(segments, arms), ["control", "treatment"], {...usual, ...options});
  for (const segment of result.segments) segmentSchema.parse(segment);
  for (const summary of result.summaries) segmentSummarySchema.parse(summary);
  return result;
}

function both(control: Moments, treatment: Moments): Record<string, Moments> {
  return {control, treatment};
}

/** Every segment gains 5 points; most of the treatment sits where few buy. */
const reversal = {
  phone: both(share(2000, 200), share(8000, 1200)),
  desktop: both(share(8000, 4000), share(2000, 1100))
};

describe("segmentsOf(sums, variants, options)", () => {
  it("takes a difference apart exactly: contributions add up to within, within and mix to the total", () => {
    const arm = fc
      .integer({min: 1, max: 400})
      .chain((n) => fc.integer({min: 0, max: n}).map((successes) => share(n, successes)));
    const segment = fc.record({control: arm, treatment: arm});
    fc.assert(
      fc.property(fc.array(segment, {minLength: 1, maxLength: 8}), (list) => {
        const written = Object.fromEntries(list.map((own, i) => [`value ${i}`, own]));
        const {arms} = sumsOf(written);
        const {segments, summaries} = judge(written);
        const [c, t] = [arms["control"]!, arms["treatment"]!];
        const {within, mix} = summaries[0]!;
        expect(within! + mix!).toBeCloseTo(t.y / t.n - c.y / c.n, 10);
        expect(segments.reduce((sum, {contribution}) => sum + contribution!, 0)).toBeCloseTo(within!, 10);
        expect(segments.reduce((sum, own) => sum + own.share!, 0)).toBeCloseTo(1, 10);
      })
    );
  });
  it("has no mix where both arms hold the same shares, and nothing but mix where no segment has an effect", () => {
    const same = judge({a: both(share(100, 10), share(200, 40)), b: both(share(300, 90), share(600, 200))});
    expect(same.summaries[0]!.mix).toBeCloseTo(0, 12);
    const none = judge({a: both(share(100, 10), share(900, 90)), b: both(share(900, 450), share(100, 50))});
    expect(none.summaries[0]!.within).toBeCloseTo(0, 12);
    expect(none.summaries[0]!.mix).toBeCloseTo(0.14 - 0.46, 12);
  });
  it("does not depend on the order of the segments", () => {
    const turned = Object.fromEntries(Object.entries(reversal).reverse());
    const [one, other] = [judge(reversal).summaries[0]!, judge(turned).summaries[0]!];
    expect(other.within).toBeCloseTo(one.within!, 12);
    expect(other.cochranQ).toBeCloseTo(one.cochranQ!, 9);
    expect(other.simpson).toBe(one.simpson);
  });
  it("names a Simpson reversal, up and down", () => {
    const {segments, summaries} = judge(reversal);
    expect(segments.every(({difference}) => difference! > 0)).toBe(true);
    expect(summaries[0]).toMatchObject({
      simpson: true,
      within: expect.closeTo(0.05, 10),
      mix: expect.closeTo(-0.24, 10)
    });
    expect(summaries[0]!.sentence).toMatch(
      /^Simpson's reversal: every device segment points up and the total points the other way/
    );
    const down = Object.fromEntries(
      Object.entries(reversal).map(([value, own]) => [value, both(own["treatment"]!, own["control"]!)])
    );
    expect(judge(down).summaries[0]!.sentence).toMatch(/every device segment points down/);
  });
  it("does not call it one if a segment agrees with the total, or the total shown is stratified and agrees", () => {
    expect(judge({...reversal, tablet: both(share(100, 50), share(100, 40))}).summaries[0]!.simpson).toBe(false);
    const sums = sumsOf(reversal);
    const strata = Object.entries(reversal).map(([phase, arms]) => ({phase, arms}));
    const {summaries} = segmentsOf({...sums, strata}, ["control", "treatment"], usual);
    expect(summaries[0]!.simpson).toBe(false);
  });
  it("does not call it one where the arms hold the same shares but for chance", () => {
    // 10.2% against 10% and 60.1% against 60%, and in total less, for 30 units more are in the phone segment.
    const {summaries} = judge({
      phone: both(share(1000, 100), share(1030, 105)),
      desktop: both(share(1000, 600), share(970, 583))
    });
    expect(summaries[0]!.within).toBeGreaterThan(0);
    expect(summaries[0]!.within! + summaries[0]!.mix!).toBeLessThan(0);
    expect(summaries[0]!.simpson).toBe(false);
  });
  it("names the reversal of kidney stones, and that the segments alone do not tell an effect", () => {
    // Charig et al. (1986), https://doi.org/10.1136/bmj.292.6524.879: nephrolithotomy against surgery, by the stones' size.
    const {summaries} = judge({
      small: both(share(270, 234), share(87, 81)),
      large: both(share(80, 55), share(263, 192))
    });
    expect(summaries[0]!.simpson).toBe(true);
    expect(summaries[0]!.sentence).toMatch("the segments by themselves do not tell an effect from zero");
  });
  it("takes each entry phase for itself, its effect, its decomposition and its split", () => {
    // A ramp: one in ten is treated first, half later, when everybody buys more. No segment gains anything.
    const ramp = ({first, later}: {first: Record<string, Moments>; later: Record<string, Moments>}) => ({
      arms: both(
        addMoments(first["control"]!, later["control"]!),
        addMoments(first["treatment"]!, later["treatment"]!)
      ),
      strata: [
        {phase: "ramp", arms: first},
        {phase: "full", arms: later}
      ]
    });
    const phone = ramp({
      first: both(share(9000, 900), share(1000, 100)),
      later: both(share(5000, 1500), share(5000, 1500))
    });
    const desktop = ramp({
      first: both(share(1800, 360), share(200, 40)),
      later: both(share(1000, 400), share(1000, 400))
    });
    const [first, later] = ["ramp", "full"].map((name, i) => ({
      phase: name,
      arms: both(
        addMoments(phone.strata[i]!.arms["control"]!, desktop.strata[i]!.arms["control"]!),
        addMoments(phone.strata[i]!.arms["treatment"]!, desktop.strata[i]!.arms["treatment"]!)
      )
    }));
    const sums: MetricSums = {
      ...sumsOf({phone: phone.arms, desktop: desktop.arms}),
      segments: [
        {dimension: "device", value: "phone", ...phone},
        {dimension: "device", value: "desktop", ...desktop}
      ],
      strata: [first!, later!]
    };
    const declared = {ramp: {control: 0.9, treatment: 0.1}, full: {control: 0.5, treatment: 0.5}};
    const weights = (phase: string) => declared[phase === "ramp" ? "ramp" : "full"];
    const {segments, summaries} = segmentsOf(sums, ["control", "treatment"], {...usual, weights});
    for (const segment of segments) {
      expect(segment.difference).toBeCloseTo(0, 12);
      expect(segment.contribution).toBeCloseTo(0, 12);
      expect(segment.sampleRatioPValue).toBe(1);
    }
    expect(summaries[0]!.within).toBeCloseTo(0, 12);
    expect(summaries[0]!.mix).toBeCloseTo(0, 12);
    expect(summaries[0]!.reason).toBeNull();
    // Held to half and half throughout, the ramp would look like a broken split.
    const pooled = segmentsOf(sums, ["control", "treatment"], usual).segments;
    expect(pooled[0]!.sampleRatioPValue).toBeLessThan(1e-9);
  });
  it("says where a difference comes from, if there is one", () => {
    const {summaries} = judge({
      phone: both(share(6000, 600), share(6000, 900)),
      desktop: both(share(4000, 800), share(4000, 800))
    });
    expect(summaries[0]!.whereFrom).toBe(
      "Of the total difference comes, by device: 100% from phone (60% of units), 0% from desktop (40% of units); none from arms that hold different shares."
    );
    const still = judge({a: both(share(100, 10), share(100, 11)), b: both(share(100, 10), share(100, 10))});
    expect(still.summaries[0]!.whereFrom).toMatch("not told from zero");
  });
  it("gives no decomposition of a ratio, but sees its reversal", () => {
    const ratio = (n: number, y: number, w: number) =>
      momentsFromSums(n, {y, yy: (1.1 * y * y) / n, w, ww: (1.1 * w * w) / n, yw: (1.05 * y * w) / n});
    const {segments, summaries} = judge(
      {a: both(ratio(500, 100, 1000), ratio(500, 1200, 8000)), b: both(ratio(500, 4000, 8000), ratio(500, 550, 1000))},
      {kind: "ratio"}
    );
    expect(segments[0]!.means).toEqual([0.1, 0.15]);
    expect(segments[0]!.contribution).toBeNull();
    expect(summaries[0]).toMatchObject({
      within: null,
      mix: null,
      simpson: true,
      whereFrom: null,
      reason: "a ratio's difference is no sum of shares times effects"
    });
  });
  it("keeps the reversal's arithmetic with means about an origin", () => {
    const values = (list: number[]) =>
      momentsOf(
        list.map((y) => ({y})),
        {y: 100}
      );
    const {summaries} = judge(
      {a: both(values([101, 103]), values([104, 108, 103])), b: both(values([90, 92, 97]), values([99, 95]))},
      {kind: "mean"}
    );
    const total = (104 + 108 + 103 + 99 + 95) / 5 - (101 + 103 + 90 + 92 + 97) / 5;
    expect(summaries[0]!.within! + summaries[0]!.mix!).toBeCloseTo(total, 10);
  });
  it("adjusts p-values over all segments of all treatments", () => {
    const arms = (n: number) => both(share(1000, 100), share(1000, n));
    const sums = sumsOf({
      a: {...arms(140), second: share(1000, 100)},
      b: {...arms(100), second: share(1000, 101)}
    });
    const {segments} = segmentsOf(sums, ["control", "treatment", "second"], usual);
    expect(segments.map(({variant, value}) => `${variant} ${value}`)).toEqual([
      "treatment a",
      "treatment b",
      "second a",
      "second b"
    ]);
    expect(segments[0]!.adjustedPValue).toBeCloseTo(4 * segments[0]!.pValue!, 12);
  });
  it("finds the segment whose split is broken", () => {
    const {segments} = judge({
      ios: both(share(5000, 500), share(5050, 500)),
      web: both(share(5000, 500), share(3000, 300))
    });
    expect(segments[0]!.sampleRatioPValue).toBeGreaterThan(0.3);
    expect(segments[1]!.sampleRatioPValue).toBeLessThan(1e-50);
  });
  it("draws segments together by as much as chance explains, and tests that they differ at the level asked for", () => {
    const differ = {
      a: both(share(10000, 1000), share(10000, 1100)),
      b: both(share(10000, 1000), share(10000, 1000)),
      c: both(share(10000, 1000), share(10000, 950))
    };
    const {segments, summaries} = judge(differ);
    const [a, , c] = segments;
    expect(a!.shrunkRelativeDifference).toBeLessThan(a!.relativeDifference!);
    expect(c!.shrunkRelativeDifference).toBeGreaterThan(c!.relativeDifference!);
    expect(summaries[0]!.sentence).toMatch(/^device segments differ \(p.*\): from .* in c to .* in a, after shrinkage/);
    expect(judge(differ, {level: 0.9999}).summaries[0]!.sentence).toMatch("do not differ more than chance explains");
  });
});

describe("bad input to segmentsOf", () => {
  it("says which segment has no control units, and judges the others", () => {
    const {segments, summaries} = judge({
      a: both(share(1000, 100), share(1000, 120)),
      b: both(share(1000, 100), share(1000, 110)),
      new: {treatment: share(50, 20)}
    });
    expect(segments[2]).toMatchObject({
      n: [0, 50],
      difference: null,
      pValue: null,
      adjustedPValue: null,
      contribution: null,
      reason: expect.stringMatching(/no units/)
    });
    expect(segments[0]!.pValue).not.toBeNull();
    expect(summaries[0]).toMatchObject({
      within: null,
      mix: null,
      simpson: false,
      reason: "new has no units in control"
    });
    expect(summaries[0]!.interactionPValue).not.toBeNull();
  });
  it("cannot tell differences with one value", () => {
    const {summaries} = judge({all: both(share(1000, 100), share(1000, 130))});
    expect(summaries[0]).toMatchObject({cochranQ: null, interactionPValue: null, simpson: false, mix: 0});
    expect(summaries[0]!.sentence).toBe("Cannot tell whether device segments differ: there is one only, all.");
    expect(summaries[0]!.whereFrom).toBe("All units are in one device segment, all.");
    const merged = judge({other: both(share(1000, 100), share(1000, 130))});
    expect(merged.summaries[0]!.sentence).toMatch("each value has too few units, so all stand together as other");
    expect(summaries[0]!.reason).not.toBeNull();
  });
  it("leaves a segment that does not vary out of the test, with a reason", () => {
    const {segments, summaries} = judge(
      {
        a: both(momentsOf([{y: 2}, {y: 2}]), momentsOf([{y: 3}, {y: 3}])),
        b: both(momentsOf([{y: 2}, {y: 4}, {y: 3}]), momentsOf([{y: 3}, {y: 5}, {y: 5}]))
      },
      {kind: "mean"}
    );
    expect(segments[0]).toMatchObject({
      difference: 1,
      interval: null,
      pValue: null,
      reason: "no variance in either arm"
    });
    expect(segments[0]!.shrunkRelativeDifference).toBeNull();
    expect(summaries[0]!.interactionPValue).toBeNull();
    expect(summaries[0]!.within).not.toBeNull();
  });
  it("has no number that is not finite with zeros, no units, or no segments", () => {
    const zeros = judge({a: both(share(10, 0), share(10, 0)), b: both(share(0, 0), share(0, 0))});
    const text = JSON.stringify(zeros, (_, value: unknown) =>
      typeof value === "number" && !Number.isFinite(value) ? "not finite" : value
    );
    expect(text).not.toMatch(/not finite|NaN|undefined/);
    expect(zeros.segments[1]!.share).toBe(0);
    expect(judge({})).toEqual({segments: [], summaries: []});
  });
  it("takes 2,000 values of a dimension", () => {
    const many = Object.fromEntries(
      Array.from({length: 2000}, (_, i) => [`value ${i}`, both(share(50, 5 + (i % 3)), share(50, 6))])
    );
    const {segments, summaries} = judge(many);
    expect(segments).toHaveLength(2000);
    expect(summaries[0]!.sentence.length).toBeLessThan(300);
  });
});

const folder = resolve(process.env["READOUT_SHARED_DATA"] ?? "../shared/data");

describe.skipIf(!existsSync(resolve(folder, "globox/groups.csv")))("globox by device", () => {
  it("agrees with expected.json of the data: counts and differences", () => {
    const lines = (name: string) =>
      readFileSync(resolve(folder, "globox", name), "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(","));
    const buyers = new Set(lines("activity.csv").map(([uid]) => uid));
    const counts = new Map<string, {n: number; y: number}>();
    for (const [uid, group, , device] of lines("groups.csv")) {
      const key = `${device} ${group}`;
      const {n, y} = counts.get(key) ?? {n: 0, y: 0};
      counts.set(key, {n: n + 1, y: y + (buyers.has(uid) ? 1 : 0)});
    }
    const arm = (device: string, group: string) => {
      const {n, y} = counts.get(`${device} ${group}`) ?? {n: 0, y: 0};
      return share(n, y);
    };
    const {segments} = judge({A: both(arm("A", "A"), arm("A", "B")), I: both(arm("I", "A"), arm("I", "B"))});
    expect(segments.map(({n}) => n)).toEqual([
      [15054, 15235],
      [9142, 9218]
    ]);
    expect(segments[0]!.difference).toBeCloseTo(0.007547505710652675, 12);
    expect(segments[1]!.difference).toBeCloseTo(0.006134996261345366, 12);
    // The pooled z-test of expected.json; ours is the score test, which is the same for a difference of 0.
    expect(segments[0]!.pValue).toBeCloseTo(0.00016968988855187064, 5);
    expect(segments[1]!.pValue).toBeCloseTo(0.08385664935327657, 4);
  });
});
