import {adjustedLevels} from "../../lib/stats/adjustedLevels.ts";
import {betaBinomial} from "../../lib/stats/betaBinomial.ts";
import {beta, normal} from "../../lib/stats/distributions.ts";
import {effectTrend} from "../../lib/stats/effectTrend.ts";
import {multiplicityMethods, type MultiplicityMethod} from "../../lib/stats/multiplicity.ts";
import {segmentShrinkage} from "../../lib/stats/segmentShrinkage.ts";
import {createRandom, type Random} from "../random.ts";
import {row, type Validate, type ValidationRow} from "./row.ts";

/** What is judged over a family: corrections for multiplicity, trends and segments; and the calibration of posteriors. */
export const validate: Validate = async ({quick, seed}) => {
  const experiments = quick ? 300 : 10_000;
  return [
    ...multiplicityMethods.flatMap((method, i) => [
      family(method, 0, experiments, createRandom(seed, 101 + i)),
      family(method, 5, experiments, createRandom(seed, 111 + i))
    ]),
    trend(experiments, createRandom(seed, 121)),
    heterogeneity(experiments, createRandom(seed, 122)),
    interaction(experiments, createRandom(seed, 123)),
    shrunkIntervals(experiments, createRandom(seed, 124)),
    credibleIntervals(quick ? 100 : 2000, createRandom(seed, 125))
  ];
};

const METRICS = 10;

/**
 * Ten z statistics that correlate by 0.5, some with a true effect of 3 standard errors. The rate of false positives is the
 * family-wise error, or the false discovery rate for the two methods that hold that; coverage is what the intervals promise.
 */
function family(method: MultiplicityMethod, effects: number, experiments: number, random: Random): ValidationRow {
  let [errors, misses] = [0, 0];
  const discovery = method === "benjamini-hochberg" || method === "benjamini-yekutieli";
  let kind = "";
  for (let i = 0; i < experiments; ++i) {
    const common = random.normal();
    const truth = Array.from({length: METRICS}, (_, k) => (k < effects ? 3 : 0));
    const z = truth.map((effect) => effect + Math.SQRT1_2 * (common + random.normal()));
    const result = adjustedLevels(
      z.map((value) => 2 * normal.sf(Math.abs(value))),
      method
    );
    kind = result.kind;
    const rejected = result.rejected.filter(Boolean).length;
    const falsely = result.rejected.filter((is, k) => is && k >= effects).length;
    errors += discovery ? falsely / Math.max(1, rejected) : Math.min(1, falsely);
    const missed = result.levels.map(
      (level, k) => Math.abs((z[k] ?? 0) - (truth[k] ?? 0)) > normal.upperQuantile((1 - (level ?? 0)) / 2)
    );
    if (kind === "simultaneous") misses += missed.some(Boolean) ? 1 : 0;
    if (kind === "false-coverage-rate") {
      misses += missed.filter((is, k) => is && result.rejected[k]).length / Math.max(1, rejected);
    }
  }
  return row({
    method: `multiplicity, ${method}`,
    data: `${METRICS} z statistics, correlation 0.5, ${effects} true`,
    n: "known variance",
    experiments,
    falsePositiveRate: errors / experiments,
    coverage: kind === "decision-matching" ? null : 1 - misses / experiments,
    sides: "upper",
    note: `${discovery ? "false discovery rate" : "family-wise error"}; intervals: ${kind}`
  });
}

/** Effects of 14 days of new units with known standard errors, all the same. */
function trend(experiments: number, random: Random): ValidationRow {
  const result = days(experiments, random, -0.001, (said, slope) => ({
    alarm: (said.slopeP ?? 1) < 0.05,
    held: Math.abs((said.slope ?? 0) - slope) <= 1.959963984540054 * (said.slopeStandardError ?? 0)
  }));
  return row({
    method: "trend of effects, slope",
    data: "14 independent days",
    n: "known variance",
    experiments,
    ...result
  });
}

function heterogeneity(experiments: number, random: Random): ValidationRow {
  const {falsePositiveRate} = days(experiments, random, 0, (said) => ({
    alarm: (said.heterogeneityP ?? 1) < 0.05,
    held: true
  }));
  const names = {method: "heterogeneity of effects, Cochran's Q", data: "14 independent days", n: "known variance"};
  return row({...names, experiments, falsePositiveRate, coverage: null});
}

function days(
  experiments: number,
  random: Random,
  trueSlope: number,
  judge: (said: ReturnType<typeof effectTrend>, slope: number) => {alarm: boolean; held: boolean}
): {falsePositiveRate: number; coverage: number} {
  const time = Array.from({length: 14}, (_, day) => day);
  const errors = time.map((day) => 0.005 * (1 + (day % 7) / 3));
  const draw = (slope: number) =>
    effectTrend(
      time,
      errors.map((error, day) => 0.03 + slope * day + error * random.normal()),
      errors
    );
  let [alarms, held] = [0, 0];
  for (let i = 0; i < experiments; ++i) {
    if (judge(draw(0), 0).alarm) ++alarms;
    if (judge(draw(trueSlope), trueSlope).held) ++held;
  }
  return {falsePositiveRate: alarms / experiments, coverage: held / experiments};
}

const segments = Array.from({length: 12}, (_, k) => 0.01 + 0.002 * k);

function interaction(experiments: number, random: Random): ValidationRow {
  let alarms = 0;
  for (let i = 0; i < experiments; ++i) {
    const effects = segments.map((error) => 0.02 + error * random.normal());
    if ((segmentShrinkage(effects, segments).interactionP ?? 1) < 0.05) ++alarms;
  }
  const names = {method: "segments, interaction", data: "12 segments, same effect", n: "known variance"};
  return row({...names, experiments, falsePositiveRate: alarms / experiments, coverage: null});
}

/** True effects scatter by 0.02 between segments; the coverage is that of a segment's shrunk interval, over segments. */
function shrunkIntervals(experiments: number, random: Random): ValidationRow {
  let held = 0;
  for (let i = 0; i < experiments; ++i) {
    const truth = segments.map(() => 0.02 + 0.02 * random.normal());
    const effects = truth.map((effect, k) => effect + (segments[k] ?? 0) * random.normal());
    const {intervals} = segmentShrinkage(effects, segments);
    const inside = intervals.filter((interval, k) => {
      const effect = truth[k] ?? NaN;
      return interval !== null && interval[0] <= effect && effect <= interval[1];
    });
    held += inside.length / segments.length;
  }
  return row({
    method: "segments, shrunk intervals",
    data: "12 segments, effects scatter by 0.02",
    n: "known variance",
    experiments,
    falsePositiveRate: null,
    coverage: held / experiments,
    allowance: 0.01,
    note: "Morris's variance is approximate where segments differ in size"
  });
}

/** Shares drawn from the prior itself: then, and only then, a credible interval has a frequency to keep. */
function credibleIntervals(experiments: number, random: Random): ValidationRow {
  const prior = [2, 18] as const;
  let held = 0;
  for (let i = 0; i < experiments; ++i) {
    const [p, q] = [beta.quantile(random.uniform(), ...prior), beta.quantile(random.uniform(), ...prior)];
    const {interval} = betaBinomial(
      {successes: random.binomial(40, p), n: 40},
      {successes: random.binomial(60, q), n: 60},
      {prior}
    ).difference;
    if (interval[0] <= q - p && q - p <= interval[1]) ++held;
  }
  return row({
    method: "beta-binomial, credible interval",
    data: "shares drawn from the prior",
    n: "40 and 60",
    experiments,
    falsePositiveRate: null,
    coverage: held / experiments
  });
}
