import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import {gunzipSync} from "node:zlib";
import {describe, expect, it} from "vitest";
import type {ModelledRow} from "../../lib/bandit/index.ts";
import {
  addReward,
  doublyRobust,
  emptyArms,
  inversePropensity,
  selfNormalized,
  shrunkMeans
} from "../../lib/bandit/index.ts";

const rows = [
  {reward: 1, logged: 0.5, target: 0.25},
  {reward: 0, logged: 0.25, target: 0.5},
  {reward: 2, logged: 1, target: 1}
];

describe("inversePropensity(rows, options)", () => {
  it("averages reward x target / logged", () => {
    // Scores 0.5, 0, 2: mean 5/6, variance 13/12 over n = 3.
    const {mean, standardError, effectiveSampleSize, largestWeight} = inversePropensity(rows);
    expect(mean).toBeCloseTo(5 / 6, 12);
    expect(standardError).toBeCloseTo(Math.sqrt(13 / 12 / 3), 12);
    expect(effectiveSampleSize).toBeCloseTo(3.5 ** 2 / 5.25, 12);
    expect(largestWeight).toBe(2);
    expect(inversePropensity(rows, {clip: 0.5}).mean).toBeCloseTo(0.5, 12);
  });

  it("has no interval for one row, nothing for none, and never NaN", () => {
    expect(inversePropensity([])).toEqual({
      n: 0,
      mean: null,
      standardError: null,
      lower: null,
      upper: null,
      effectiveSampleSize: 0,
      largestWeight: 0,
      reason: "no rows"
    });
    expect(inversePropensity(rows.slice(0, 1))).toMatchObject({
      mean: 0.5,
      standardError: null,
      reason: "fewer than two rows"
    });
    expect(inversePropensity(rows.map((row) => ({...row, reward: 0})))).toMatchObject({
      mean: 0,
      standardError: null,
      reason: "the scores do not vary"
    });
    expect(selfNormalized(rows.map((row) => ({...row, target: 0})))).toMatchObject({
      mean: null,
      reason: "the policy would have chosen nothing of what was logged"
    });
    expect(selfNormalized([])).toMatchObject({n: 0, mean: null});
  });

  it.each([
    [{reward: NaN}, "invalid reward; not finite: NaN"],
    [{logged: 0}, "invalid logged; not in (0, 1]: 0"],
    [{logged: 1.2}, "invalid logged; not in (0, 1]: 1.2"],
    [{target: -0.1}, "invalid target; not in [0, 1]: -0.1"]
  ])("refuses a row with %j", (change, message) => {
    expect(() => inversePropensity([{...rows[0]!, ...change}])).toThrow(message);
    expect(() => selfNormalized([{...rows[0]!, ...change}])).toThrow(message);
  });

  it("refuses options out of range and predictions that are not finite", () => {
    expect(() => inversePropensity(rows, {confidence: 1})).toThrow("invalid confidence; not in (0, 1): 1");
    expect(() => inversePropensity(rows, {clip: 0})).toThrow("invalid clip; not a positive number: 0");
    expect(() => doublyRobust([{...rows[0]!, predicted: NaN, expected: 0}])).toThrow(
      "invalid prediction; not finite: NaN, 0"
    );
  });
});

describe("doublyRobust(rows, options)", () => {
  it("is inverse propensity scoring with a model that says nothing, and the model where it is right", () => {
    expect(doublyRobust(rows.map((row) => ({...row, predicted: 0, expected: 0}))).mean).toBe(
      inversePropensity(rows).mean
    );
    expect(doublyRobust(rows.map((row) => ({...row, predicted: row.reward, expected: 0.7}))).mean).toBeCloseTo(0.7, 12);
  });
});

const folder = resolve(process.env["READOUT_SHARED_DATA"] ?? "../shared/data", "open_bandit");
const absent = !existsSync(folder);
if (absent) console.warn(`skipping the Open Bandit tests: no folder ${folder}`);

describe.skipIf(absent)("off-policy evaluation of the Open Bandit data, men's campaign", () => {
  interface Click {
    readonly item: number;
    readonly position: string;
    readonly click: number;
    readonly propensity: number;
  }
  const read = (file: string): Click[] => {
    const [header = "", ...lines] = gunzipSync(readFileSync(resolve(folder, file)))
      .toString("utf8")
      .trimEnd()
      .split(/\r?\n/);
    const column = (name: string) => header.split(",").indexOf(name);
    const [item, position, click, propensity] = ["item_id", "position", "click", "propensity_score"].map(column);
    return lines.map((line) => {
      const cells = line.split(",");
      return {
        item: Number(cells[item!]),
        position: cells[position!]!,
        click: Number(cells[click!]),
        propensity: Number(cells[propensity!])
      };
    });
  };
  const [random, thompson] = absent ? [[], []] : [read("men_random.csv.gz"), read("men_bts.csv.gz")];
  const expected: {
    random: {rows: number; clicks: number; ctr: number};
    bts: {rows: number; clicks: number; ctr: number};
  } = absent
    ? {random: {rows: 0, clicks: 0, ctr: 0}, bts: {rows: 0, clicks: 0, ctr: 0}}
    : JSON.parse(readFileSync(resolve(folder, "../expected.json"), "utf8")).open_bandit;

  /** How often the Thompson policy showed an item at a position, over the log: its average policy. */
  const shown = new Map<string, number>();
  for (const {item, position} of thompson) {
    shown.set(`${item}@${position}`, (shown.get(`${item}@${position}`) ?? 0) + 1);
    shown.set(position, (shown.get(position) ?? 0) + 1);
  }
  const averageThompson = (item: number, position: string) =>
    (shown.get(`${item}@${position}`) ?? 0) / (shown.get(position) ?? 1);
  const uniform = () => 1 / 34;

  const model = (log: readonly Click[], target: (item: number, position: string) => number): ModelledRow[] => {
    const fits = [0, 1].map((fold) =>
      shrunkMeans(
        log
          .filter((_, i) => i % 2 !== fold)
          .reduce((arms, {item, click}) => addReward(arms, item, click), emptyArms(34))
      )
    );
    return log.map(({item, position, click, propensity}, i) => {
      const fit = fits[i % 2]!;
      return {
        reward: click,
        logged: propensity,
        target: target(item, position),
        predicted: fit[item]!,
        expected: fit.reduce((sum, mean, other) => sum + target(other, position) * mean, 0)
      };
    });
  };

  it("gives each policy its own click rate from its own log, as published", () => {
    for (const [log, {rows: count, ctr}] of [
      [random, expected.random],
      [thompson, expected.bts]
    ] as const) {
      const own = log.map(({click, propensity}) => ({reward: click, logged: propensity, target: propensity}));
      expect(own).toHaveLength(count);
      expect(inversePropensity(own).mean).toBeCloseTo(ctr, 12);
      expect(selfNormalized(own).mean).toBeCloseTo(ctr, 12);
    }
  });

  // Estimates and standard errors from a Python program (standard library only) written apart from this one.
  it("evaluates the Thompson policy from the random log, within reach of its own click rate", () => {
    const modelled = model(random, averageThompson);
    const values = [inversePropensity(modelled), selfNormalized(modelled), doublyRobust(modelled)];
    const reference = [
      [0.005656266700835461, 0.0013975995323738768],
      [0.0057398647019513424, 0.0014152379700714786],
      [0.005765829567078276, 0.0013994999180854321]
    ];
    values.forEach(({mean, standardError, lower, upper}, i) => {
      expect(mean).toBeCloseTo(reference[i]![0]!, 12);
      expect(standardError).toBeCloseTo(reference[i]![1]!, 12);
      expect(lower! < expected.bts.ctr && expected.bts.ctr < upper!).toBe(true);
    });
    expect(values[1]!.effectiveSampleSize).toBeCloseTo(2869.2752717879634, 6);
    expect(values[1]!.largestWeight).toBeCloseTo(7.484276729559749, 10);
  });

  it("evaluates the random policy from the Thompson log, within both logs' errors of its own click rate", () => {
    const modelled = model(thompson, uniform);
    const values = [inversePropensity(modelled), selfNormalized(modelled), doublyRobust(modelled)];
    const reference = [
      [0.0030086263272564827, 0.0007739354628865946],
      [0.0031894231622774096, 0.0008278231141916969],
      [0.0031299338118462496, 0.0007881513731697709]
    ];
    values.forEach(({mean, standardError}, i) => {
      expect(mean).toBeCloseTo(reference[i]![0]!, 12);
      expect(standardError).toBeCloseTo(reference[i]![1]!, 12);
      const ownError = Math.sqrt((expected.random.ctr * (1 - expected.random.ctr)) / expected.random.rows);
      expect(Math.abs(mean! - expected.random.ctr)).toBeLessThan(1.96 * Math.hypot(standardError!, ownError));
    });
  });
});
