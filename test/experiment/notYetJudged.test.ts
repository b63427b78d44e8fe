import {describe, expect, it} from "vitest";
import {notYetJudged} from "../../lib/experiment/notYetJudged.ts";
import {momentsFromSums} from "../../lib/stats/moments.ts";
import {binsOfEvents} from "../../lib/stats/quantileBins.ts";
import {day, experimentWith, metricOverDays, metricsWith, readoutWith, share, sumsWith} from "./sums.ts";

describe("notYetJudged(strata, minimum)", () => {
  const arms = {control: momentsFromSums(10, {y: 30, yy: 100}), treatment: momentsFromSums(10, {y: 12.5, yy: 20})};
  it("adds up the outcome over arms and phases", () => {
    expect(notYetJudged([{arms}], 42.5)).toBeNull();
    expect(notYetJudged([{arms}], 43)).toMatch(/^not judged before a total of 43 over all arms; 4[23] so far$/);
    expect(notYetJudged([{arms}, {arms}], 85)).toBeNull();
  });
  it("counts what is left out of the sums by an origin", () => {
    const about = {control: {...momentsFromSums(10, {y: 0, yy: 1}), origin: {y: 5}}};
    expect(notYetJudged([{arms: about}], 50)).toBeNull();
    expect(notYetJudged([{arms: about}], 51)).toMatch(/50 so far/);
  });
  it("counts the values of a quantile", () => {
    const sketches = {control: binsOfEvents([1, 2, 2].map((value, unit) => ({unit, value})))};
    expect(notYetJudged([{arms: {}, sketches}], 3)).toBeNull();
    expect(notYetJudged([{arms: {}, sketches}], 4)).toMatch(/3.* so far/);
  });
  it("is null without a minimum, and without units, which have a reason of their own", () => {
    expect(notYetJudged([{arms}], undefined)).toBeNull();
    expect(notYetJudged([], 10)).toBeNull();
  });
});

describe("a metric with a minimum total", () => {
  const metric = metricOverDays(
    [60, 90, 140].map((successes, k) => ({
      date: day(k),
      arms: {control: share(1000, successes), treatment: share(1000, 2 * successes)}
    })),
    {segments: [{dimension: "platform", value: "ios", arms: {control: share(500, 70), treatment: share(500, 140)}}]}
  );
  const readout = (minimumTotal?: number) => {
    const purchase = {kind: "proportion", fact: "events", event: "purchase", minimumTotal};
    const sums = sumsWith({asOf: day(2), metrics: {purchase: metric}});
    const experiment = experimentWith({design: {method: "always-valid"}});
    return readoutWith({experiment, metrics: metricsWith({purchase}), sums}).metrics[0]!;
  };
  it("has no difference, test or crossing before, and says so; its arms are shown", () => {
    const {comparisons, path, segments, sequential, arms, reason} = readout(421);
    expect(reason).toBe("not judged before a total of 421 over all arms; 420 so far");
    expect(comparisons[0]).toMatchObject({
      difference: null,
      interval: null,
      pValue: null,
      adjustedPValue: null,
      reason
    });
    expect(path).toEqual([]);
    expect(segments).toEqual([]);
    expect(sequential?.comparisons[0]?.crossed).toBeNull();
    expect(arms.map(({mean}) => mean)).toEqual([0.14, 0.28]);
  });
  it("is judged from the day on that reaches it, and no day before", () => {
    const judged = readout(200);
    expect(judged.path.map(({date}) => date)).toEqual([day(1), day(2)]);
    expect(judged.reason).toBeNull();
    expect(judged.comparisons).toEqual(readout().comparisons);
    expect(judged.segments).toHaveLength(1);
    expect(readout().path).toHaveLength(3);
  });
});
