import {compareCuped, compareCupedRatios} from "../../lib/stats/compareCuped.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {comparePostStratified} from "../../lib/stats/comparePostStratified.ts";
import {compareProportions, type ProportionMethod} from "../../lib/stats/compareProportions.ts";
import {compareQuantiles} from "../../lib/stats/compareQuantiles.ts";
import {compareRatios} from "../../lib/stats/compareRatios.ts";
import {compareWinsorized} from "../../lib/stats/compareWinsorized.ts";
import type {Comparison} from "../../lib/stats/comparison.ts";
import {addMoments, emptyMoments, momentsFromSums, type Moments} from "../../lib/stats/moments.ts";
import {binsOfEvents, binsOfValues, type UnitEvent} from "../../lib/stats/quantileBins.ts";
import {relativeDifference, type RelativeOptions} from "../../lib/stats/relativeDifference.ts";
import {createRandom, type Random} from "../random.ts";
import type {Validate, ValidationRow} from "./row.ts";
import {simulate, sumUnits, type Cell, type Judged, type Said} from "./simulate.ts";

/** Comparisons of two arms: means, proportions, ratios and quantiles over four kinds of data. */
export const validate: Validate = async ({quick, seed}) => {
  const experiments = quick ? 200 : 10_000;
  let stream = 0;
  const run = <Sample>(cell: Cell<Sample>): ValidationRow[] =>
    simulate(cell, experiments, createRandom(seed, ++stream));
  return [
    ...run(normalCell(50)),
    ...run(normalCell(1000)),
    ...run(normalQuantileCell(500)),
    ...run(skewedCell(1000)),
    ...run(skewedCell(quick ? 2000 : 10_000)),
    ...run(skewedUnequalCell(1000, 9000)),
    ...run(skewedQuantileCell(1000)),
    ...run(proportionCell(0.1, 0.12, 1000, 1000)),
    ...run(proportionCell(0.001, 0.0015, 10_000, 10_000)),
    ...run(proportionCell(0.001, 0.0015, 100_000, 100_000)),
    ...run(veryRareCell(9000, 1000)),
    ...run(veryRareCell(1000, 1000)),
    ...run(clusteredCell(1000)),
    ...run(clusteredQuantileCell(200))
  ];
};

type Arms<Arm> = {control: Arm; treatment: Arm};

function relative(comparison: Comparison, method: RelativeOptions["method"]): Said {
  return relativeDifference(comparison, {method});
}

/** Outcomes with mean 10 and sd 2, a covariate that correlates by 0.6 with them, and four strata by that covariate. */
function normalCell(n: number): Cell<Arms<Moments[]>> {
  const shift = 0.1;
  const origin = {y: 10};
  const draw = (random: Random, mean: number): Moments[] => {
    const sums = Array.from({length: 4}, () => ({n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0}));
    for (let i = 0; i < n; ++i) {
      const x = random.normal();
      const y = mean + 2 * (0.6 * x + 0.8 * random.normal()) - 10;
      const stratum = sums[x < 0 ? (x < -0.6745 ? 0 : 1) : x < 0.6745 ? 2 : 3];
      if (stratum === undefined) continue;
      stratum.n += 1;
      stratum.y += y;
      stratum.yy += y * y;
      stratum.x += x;
      stratum.xx += x * x;
      stratum.xy += x * y;
    }
    return sums.map(({n, ...known}) => momentsFromSums(n, known, origin));
  };
  const whole = (strata: readonly Moments[]) => strata.reduce(addMoments, emptyMoments(origin));
  const welch = ({control, treatment}: Arms<Moments[]>) => compareMeans(whole(control), whole(treatment));
  const small = n < 100 ? 0.005 : 0;
  return {
    data: "normal, sd 0.2 x mean",
    n,
    difference: shift,
    draw: (random, effect) => ({control: draw(random, 10), treatment: draw(random, effect ? 10 + shift : 10)}),
    methods: [
      {method: "Welch", judge: welch},
      {method: "relative difference, delta method", judge: (s) => relative(welch(s), "delta"), truth: shift / 10},
      {method: "relative difference, Fieller", judge: (s) => relative(welch(s), "fieller"), truth: shift / 10},
      {
        method: "CUPED",
        judge: ({control, treatment}) => compareCuped(whole(control), whole(treatment)),
        allowance: small,
        note: small ? "the slope is estimated from the same 100 units" : undefined
      },
      {
        method: "post-stratified, 4 strata",
        judge: ({control, treatment}) => comparePostStratified(control, treatment),
        allowance: small,
        note: small ? "strata of some 12 units an arm" : undefined
      }
    ]
  };
}

/** The same outcomes unit by unit, for what needs the values themselves. */
function normalQuantileCell(n: number): Cell<Arms<number[]>> {
  const shift = 0.2;
  const draw = (random: Random, mean: number) => Array.from({length: n}, () => mean + 2 * random.normal());
  return {
    data: "normal, sd 0.2 x mean",
    n,
    difference: shift,
    draw: (random, effect) => ({control: draw(random, 10), treatment: draw(random, effect ? 10 + shift : 10)}),
    methods: [
      {
        method: "winsorized at 1% and 99%",
        judge: ({control, treatment}) => compareWinsorized(control, treatment, {lower: 0.01, upper: 0.99}),
        truth: null,
        note: "no coverage: capped means differ by less than the means do"
      },
      quantile(0.5, 0.005),
      quantile(0.95, 0.005)
    ]
  };
}

function quantile(p: number, allowance: number): Judged<Arms<number[]>> {
  return {
    method: `quantile ${p}, Woodruff`,
    judge: ({control, treatment}) => compareQuantiles(binsOfValues(control), binsOfValues(treatment), p),
    allowance,
    note: "the error of a quantile is itself estimated from few values near it"
  };
}

/** A lognormal with sd 3 x mean has skewness 36: ln y has variance ln 10. */
const LOG_SD = Math.sqrt(Math.log(10));

/** A lognormal of mean 1 and sd 3, with a pre-period value whose logarithm correlates by 0.7. */
function skewedCell(n: number): Cell<Arms<Moments>> {
  const lift = 0.2;
  const arm = (random: Random, scale: number): Moments =>
    sumUnits(n, (unit) => {
      const before = random.normal();
      unit.x = Math.exp(LOG_SD * before - LOG_SD ** 2 / 2);
      unit.y = scale * Math.exp(LOG_SD * (0.7 * before + Math.sqrt(0.51) * random.normal()) - LOG_SD ** 2 / 2);
    });
  const welch = ({control, treatment}: Arms<Moments>) => compareMeans(control, treatment);
  const allowance = n < 5000 ? 0.005 : 0;
  const note = allowance ? "skewness 36: a few units make the variance" : undefined;
  return {
    data: "lognormal, sd 3 x mean",
    n,
    difference: lift,
    draw: (random, effect) => ({control: arm(random, 1), treatment: arm(random, effect ? 1 + lift : 1)}),
    methods: [
      {method: "Welch", judge: welch, allowance, note},
      {
        method: "relative difference, delta method",
        judge: (s) => relative(welch(s), "delta"),
        truth: lift,
        allowance,
        note
      },
      {
        method: "relative difference, Fieller",
        judge: (s) => relative(welch(s), "fieller"),
        truth: lift,
        allowance,
        note
      },
      {method: "CUPED", judge: ({control, treatment}) => compareCuped(control, treatment), allowance, note}
    ]
  };
}

/** The same with one unit in the treatment for nine in the control, where skewness does not cancel. */
function skewedUnequalCell(nTreatment: number, nControl: number): Cell<Arms<Moments>> {
  const lift = 0.2;
  const arm = (random: Random, n: number, scale: number): Moments =>
    sumUnits(n, (unit) => {
      unit.y = scale * Math.exp(LOG_SD * random.normal() - LOG_SD ** 2 / 2);
    });
  return {
    data: "lognormal, sd 3 x mean",
    n: `${nTreatment} against ${nControl}`,
    difference: lift,
    draw: (random, effect) => ({
      control: arm(random, nControl, 1),
      treatment: arm(random, nTreatment, effect ? 1 + lift : 1)
    }),
    methods: [
      {
        method: "Welch",
        judge: ({control, treatment}) => compareMeans(control, treatment),
        expectedToFail:
          "with unequal arms skewness 36 does not cancel, and 1,000 units are too few for the normal limit"
      }
    ]
  };
}

function skewedQuantileCell(n: number): Cell<Arms<number[]>> {
  const lift = 0.2;
  const draw = (random: Random, scale: number) =>
    Array.from({length: n}, () => scale * Math.exp(LOG_SD * random.normal() - LOG_SD ** 2 / 2));
  return {
    data: "lognormal, sd 3 x mean",
    n,
    // the median of a lognormal of mean 1 is exp(-variance / 2)
    difference: lift * Math.exp(-(LOG_SD ** 2) / 2),
    draw: (random, effect) => ({control: draw(random, 1), treatment: draw(random, effect ? 1 + lift : 1)}),
    methods: [
      {
        method: "winsorized at 99%",
        judge: ({control, treatment}) => compareWinsorized(control, treatment),
        truth: null,
        allowance: 0.005,
        note: "no coverage: capped means differ by less than the means do; the caps are taken as known"
      },
      quantile(0.5, 0.005)
    ]
  };
}

const proportionMethods: readonly ProportionMethod[] = [
  "score",
  "miettinen-nurminen",
  "wald",
  "agresti-caffo",
  "newcombe"
];

function proportionCell(p: number, treated: number, nControl: number, nTreatment: number): Cell<Arms<Moments>> {
  const arm = (random: Random, n: number, p: number): Moments => {
    const successes = random.binomial(n, p);
    return momentsFromSums(n, {y: successes, yy: successes});
  };
  const events = Math.min(nControl, nTreatment) * p;
  const allowance = events < 50 ? 0.005 : 0;
  return {
    data: p < 0.01 ? `rare event, p = ${p}` : `proportion, p = ${p}`,
    n: nControl === nTreatment ? nControl : `${nTreatment} against ${nControl}`,
    difference: treated - p,
    draw: (random, effect) => ({
      control: arm(random, nControl, p),
      treatment: arm(random, nTreatment, effect ? treated : p)
    }),
    methods: proportionMethods.map((method) => ({
      method: `proportions, ${method}`,
      judge: ({control, treatment}) => compareProportions(control, treatment, {method}),
      allowance,
      note: allowance ? `counts are whole: ${events} expected in an arm` : undefined
    }))
  };
}

/** One expected success in the treatment, and as few or nine in the control: methods may be careful, not careless. */
function veryRareCell(nControl: number, nTreatment: number): Cell<Arms<Moments>> {
  const cell = proportionCell(0.001, 0.003, nControl, nTreatment);
  return {
    ...cell,
    methods: cell.methods.map((method, i) => ({
      ...method,
      allowance: 0,
      sides: proportionMethods[i] === "wald" ? "two" : "upper",
      expectedToFail:
        proportionMethods[i] === "wald"
          ? "Wald's interval shrinks to nothing where the treatment has no success or one"
          : undefined
    }))
  };
}

/** Units with 1 to some 20 events each; the share of successes and their number vary from unit to unit. */
function clusteredCell(n: number): Cell<Arms<Moments>> {
  const lift = 0.1;
  const arm = (random: Random, scale: number): Moments =>
    sumUnits(n, (unit) => {
      const own = random.normal();
      const activity = random.normal();
      const events = () => 1 + Math.floor(3 * Math.exp(0.8 * activity + 0.3 * random.normal()));
      // at most 0.3 x 1.1 x 2.7, so the lift is on the probability itself
      const p = 0.3 * Math.min(2.7, Math.exp(0.6 * own - 0.18));
      unit.w = events();
      unit.v = events();
      unit.y = successes(random, unit.w, scale * p);
      unit.x = successes(random, unit.v, p);
    });
  return {
    data: "clustered, 1 to 20 events a unit",
    n,
    difference: lift * clusteredRate,
    draw: (random, effect) => ({control: arm(random, 1), treatment: arm(random, effect ? 1 + lift : 1)}),
    methods: [
      {
        method: "ratio, delta method",
        judge: ({control, treatment}) => compareRatios(control, treatment)
      },
      {
        method: "ratio, relative, Fieller",
        judge: ({control, treatment}) => relative(compareRatios(control, treatment), "fieller"),
        truth: lift
      },
      {
        method: "ratio, CUPED",
        judge: ({control, treatment}) => compareCupedRatios(control, treatment)
      },
      {
        method: "events counted as units, pooled z",
        judge: ({control, treatment}) => compareProportions(events(control), events(treatment)),
        expectedToFail: "events of one unit are alike, so there is less information than events"
      }
    ]
  };
}

/** E min(2.7, exp(0.6 Z - 0.18)) x 0.3: the events' share of successes, since a unit's number of events is independent of it. */
const clusteredRate = 0.3 * cappedLognormalMean(0.6, 2.7);

function cappedLognormalMean(sd: number, cap: number): number {
  let [sum, total] = [0, 0];
  for (let z = -9; z <= 9; z += 1e-4) {
    const density = Math.exp(-(z * z) / 2);
    sum += density * Math.min(cap, Math.exp(sd * z - (sd * sd) / 2));
    total += density;
  }
  return sum / total;
}

function successes(random: Random, n: number, p: number): number {
  let count = 0;
  for (let i = 0; i < n; ++i) if (random.uniform() < p) ++count;
  return count;
}

function events({w, y}: Moments): Moments {
  return momentsFromSums(w, {y, yy: y});
}

/** Latencies: 1 to some 20 a unit, lognormal about the unit's own level. */
function clusteredQuantileCell(n: number): Cell<Arms<UnitEvent[]>> {
  const lift = 0.1;
  const draw = (random: Random, scale: number): UnitEvent[] => {
    const all: UnitEvent[] = [];
    for (let unit = 0; unit < n; ++unit) {
      const own = 0.4 * random.normal();
      const count = 1 + Math.floor(2 * Math.exp(0.8 * random.normal()));
      for (let k = 0; k < count; ++k) all.push({unit, value: scale * Math.exp(own + 0.3 * random.normal())});
    }
    return all;
  };
  // Levels and scatter of logarithms add up to a standard deviation of 0.5 for every event.
  const z90 = 1.2815515655446004;
  return {
    data: "clustered, 1 to 20 events a unit",
    n,
    difference: lift * Math.exp(0.5 * z90),
    draw: (random, effect) => ({control: draw(random, 1), treatment: draw(random, effect ? 1 + lift : 1)}),
    methods: [
      {
        method: "quantile 0.9 of events, units as clusters",
        judge: ({control, treatment}) => compareQuantiles(binsOfEvents(control), binsOfEvents(treatment), 0.9),
        allowance: 0.005,
        note: "the error of a quantile is itself estimated from few values near it"
      },
      {
        method: "quantile 0.9 of events, events as units",
        judge: ({control, treatment}) =>
          compareQuantiles(
            binsOfValues(control.map(({value}) => value)),
            binsOfValues(treatment.map(({value}) => value)),
            0.9
          ),
        expectedToFail: "events of one unit are alike, so there is less information than events"
      }
    ]
  };
}
