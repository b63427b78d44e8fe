import {t as student} from "../../lib/stats/distributions.ts";
import {changePower, changeUnits, halving, noveltyOf} from "../../lib/experiment/novelty/index.ts";
import type {NoveltyOptions} from "../../lib/experiment/novelty/index.ts";
import {spanTests} from "../../lib/experiment/novelty/spanTests.ts";
import type {NoveltyResult} from "../../lib/experiment/readout.ts";
import {createRandom} from "../random.ts";
import {drawTenure} from "./noveltyWorlds.ts";
import type {NoveltyWorld} from "./noveltyWorlds.ts";
import {row} from "./row.ts";
import type {ValidationOptions, ValidationRow} from "./row.ts";

const alpha = 0.05;
const variants = {control: "control", treatments: ["banner"]};
const habits = "habits that drift, half the days empty";

/** Does an effect last: tests along tenure, entrants and dates, bands, the long run, and their power. */
export async function validate({quick, seed}: ValidationOptions): Promise<ValidationRow[]> {
  const many = quick ? 300 : 3000;
  const some = quick ? 150 : 1000;
  const falling = (day: number) => Math.exp(-day / 15);
  const constant: NoveltyWorld = {
    units: {control: 400, banner: 400},
    cohorts: 1,
    asOf: 14,
    base: falling,
    lift: () => 0.05,
    products: false
  };
  const lifted = "a constant 5% lift on a baseline that falls by 60%";
  const still = draw(constant, many, {seed, stream: 1});
  const changes = still.map(({test}) => test?.pValue ?? 1);
  const heavy: NoveltyWorld = {...constant, units: {control: 500, banner: 500}, base: () => 1, active: 0.1, noise: 1.4};
  const skewed = draw(heavy, many, {seed, stream: 9});
  const untold = share(skewed, ({test}) => test?.pValue === null);
  const rows = [
    row({
      method: "novelty, log ratio late - early",
      data: `${lifted}; ${habits}`,
      n: 400,
      experiments: many,
      falsePositiveRate: share(still, ({test}) => below(test?.pValue, alpha)),
      coverage: share(still, ({test}) => holds(test?.interval, 0)),
      note: `distance of p-values from uniform (Kolmogorov-Smirnov) ${distance(changes).toFixed(3)}; 5% limit ${(1.358 / Math.sqrt(many)).toFixed(3)}`
    }),
    row({
      method: "novelty, log ratio late - early, at 20%",
      data: `${lifted}; ${habits}`,
      n: 400,
      experiments: many,
      falsePositiveRate: share(still, ({test}) => below(test?.pValue, 0.2)),
      coverage: null,
      nominal: 0.2
    }),
    row({
      method: "novelty, log ratio late - early",
      data: "a constant 5% lift on 10% of days with lognormal amounts, sigma 1.5",
      n: 500,
      experiments: many,
      falsePositiveRate: share(skewed, ({test}) => below(test?.pValue, alpha)) / (1 - untold),
      coverage: share(skewed, ({test}) => holds(test?.interval, 0)) / (1 - untold),
      allowance: 0.01,
      note: `cannot tell in ${(100 * untold).toFixed(1)}%, where an arm is too near zero; of the others`
    }),
    row({
      method: "absolute contrast late - early, as a test of lasting",
      data: `a constant 30% lift on a baseline that falls by 60%; ${habits}`,
      n: 400,
      experiments: some,
      falsePositiveRate: share(draw({...constant, lift: () => 0.3}, some, {seed, stream: 2}), ({absolute}) =>
        below(absolute?.pValue, alpha)
      ),
      coverage: null,
      expectedToFail: "a constant relative effect on a falling baseline is a falling absolute one"
    }),
    row({
      method: "naive regression of daily effects on the day",
      data: `${lifted}; ${habits}`,
      n: 400,
      experiments: many,
      falsePositiveRate: share(still, (result) => naive(result) < alpha),
      coverage: null,
      expectedToFail: "days share units whose habits drift: the days are not independent, the units are"
    })
  ];

  const shifted = draw({...constant, base: () => 1, lift: () => 0, shift: 0.1}, many, {seed, stream: 3});
  rows.push(
    row({
      method: "absolute contrast late - early, Welch",
      data: `a constant absolute effect; ${habits}`,
      n: 400,
      experiments: many,
      falsePositiveRate: share(shifted, ({absolute}) => below(absolute?.pValue, alpha)),
      coverage: share(shifted, ({absolute}) => holds(absolute?.interval, 0))
    }),
    row({
      method: "trend over tenure, Welch on units' slopes",
      data: `a constant absolute effect; ${habits}`,
      n: 400,
      experiments: many,
      falsePositiveRate: share(shifted, ({trend}) => below(trend?.pValue, alpha)),
      coverage: share(shifted, ({trend}) => holds(trend?.interval, 0))
    })
  );

  const lift = (day: number) => 0.05 + 0.3 * Math.exp(-day / 5);
  const truth = Math.log(meanOf(7, 13, lift, falling) / meanOf(0, 6, lift, falling));
  const fading = draw({...constant, lift}, many, {seed, stream: 4});
  rows.push(
    row({
      method: "novelty, log ratio late - early, interval",
      data: `a lift that fades from 35% to 5%; ${habits}`,
      n: 400,
      experiments: many,
      falsePositiveRate: null,
      coverage: share(fading, ({test}) => holds(test?.interval, truth))
    })
  );

  const staggered: NoveltyWorld = {
    units: {control: 2400, banner: 2400},
    cohorts: 12,
    asOf: 24,
    base: (day, cohort) => Math.exp(-day / 30) * (1 + 0.2 * Math.sin((2 * Math.PI * (day + cohort)) / 7)),
    lift: (day) => 0.1 + 0.2 * Math.exp(-day / 5)
  };
  const cohorts = draw(staggered, some, {seed, stream: 5});
  const triangle = "12 cohorts, a lift that fades alike in all, weekdays";
  rows.push(
    row({
      method: "cohorts respond alike, Cochran Q",
      data: triangle,
      n: 2400,
      experiments: some,
      falsePositiveRate: share(cohorts, ({cohorts: q}) => below(q?.pValue, alpha)),
      coverage: null,
      note: `missing in ${share(cohorts, ({cohorts: q}) => q?.pValue === null)}`
    }),
    row({
      method: "dates beyond tenure and cohorts",
      data: triangle,
      n: 2400,
      experiments: some,
      falsePositiveRate: share(cohorts, ({calendar}) => below(calendar?.pValue, alpha)),
      coverage: null,
      allowance: 0.01,
      note: "the covariance between days is estimated and counts as known"
    }),
    row({
      method: "weekdays differ, Wald",
      data: "12 cohorts, a constant lift, weekdays in the baseline",
      n: 2400,
      experiments: some,
      falsePositiveRate: share(
        draw({...staggered, lift: () => 0.1, products: false}, some, {seed, stream: 6}),
        ({weekdayTest}) => below(weekdayTest?.pValue, alpha)
      ),
      coverage: null
    })
  );

  const curved: NoveltyWorld = {
    units: {control: 1000, banner: 1000},
    cohorts: 1,
    asOf: 28,
    base: falling,
    lift: (day) => 0.1 + 0.4 * Math.exp(-day / 4)
  };
  const drawn = draw(curved, some, {seed, stream: 7, bands: "joint"});
  const curves = drawn.filter(({longRun}) => longRun?.interval);
  rows.push(
    row({
      method: "effect by tenure, all 28 days together",
      data: `a lift that fades from 50% to 10%; ${habits}`,
      n: 1000,
      experiments: some,
      falsePositiveRate: null,
      coverage: share(drawn, ({byTenure}) =>
        byTenure.every(({day, simultaneousInterval}) => holds(simultaneousInterval, curved.lift!(day, 0)))
      ),
      allowance: 0.01,
      note: "the lattice is good to 0.02 standard errors"
    }),
    row({
      method: "effect by tenure, each day by itself",
      data: `a lift that fades from 50% to 10%; ${habits}`,
      n: 1000,
      experiments: some,
      falsePositiveRate: null,
      coverage: share(drawn, ({byTenure}) => holds(byTenure[20]?.relativeInterval, curved.lift!(20, 0)))
    }),
    row({
      method: "long run, a of a + b exp(-k / tau)",
      data: `a lift that fades from 50% to 10%; ${habits}`,
      n: 1000,
      experiments: curves.length,
      falsePositiveRate: null,
      coverage: share(curves, ({longRun}) => holds(longRun?.interval, 0.1)),
      allowance: 0.03,
      note: `refused in ${(100 * (1 - curves.length / drawn.length)).toFixed(0)}% of the experiments, which selects; the covariance between days is estimated`
    }),
    row({
      method: "long run, a curve claimed",
      data: `a constant 10% lift; ${habits}`,
      n: 1000,
      experiments: some,
      falsePositiveRate: share(
        draw({...curved, lift: () => 0.1}, some, {seed, stream: 8}),
        ({longRun}) => longRun?.a !== null
      ),
      coverage: null,
      sides: "upper"
    })
  );

  rows.push(...powers(many, seed));
  return rows;
}

/** Planted halvings: the share that is found against the power that the design predicts from another experiment's spread. */
function powers(experiments: number, seed: number): ValidationRow[] {
  const early = 0.4;
  const halved: NoveltyWorld = {
    units: {control: 20000, banner: 20000},
    cohorts: 1,
    asOf: 14,
    lift: (day) => (day < 7 ? early : early / 2),
    products: false
  };
  const pilot = spanTests(drawTenure(createRandom(seed, 90), halved), ["control", "banner"]);
  const change = halving(Math.log1p(early));
  const error = pilot.change.standardError ?? NaN;
  const units = changeUnits(change, error, pilot.n);
  return [units, Math.round(units / 2)].map((n, i) => {
    const own = Math.round(n / 2);
    const predicted = changePower(change, error * Math.sqrt(pilot.n / (2 * own)));
    const found = draw({...halved, units: {control: own, banner: own}}, experiments, {seed, stream: 10 + i});
    return row({
      method: `power: a halving found, predicted ${(100 * predicted).toFixed(0)}%`,
      data: `a lift of ${100 * early}% that halves in the second week; ${habits}`,
      n: own,
      experiments,
      falsePositiveRate: null,
      coverage: share(found, ({verdict}) => verdict === "fading"),
      nominal: 1 - predicted,
      allowance: 0.01,
      note: "coverage is the share called fading; units as the design asks for 80%, and half of them"
    });
  });
}

function draw(
  world: NoveltyWorld,
  experiments: number,
  {seed, stream, bands = "none"}: {seed: number; stream: number} & Pick<NoveltyOptions, "bands">
): NoveltyResult[] {
  const random = createRandom(seed, 1000 + stream);
  return Array.from({length: experiments}, () => {
    const [result] = noveltyOf(drawTenure(random, world), variants, {alpha, bands});
    if (result === undefined) throw new Error("no result");
    return result;
  });
}

function share<T>(list: readonly T[], is: (item: T) => boolean): number {
  return list.filter(is).length / list.length;
}

function below(p: number | null | undefined, level: number): boolean {
  return p !== null && p !== undefined && p < level;
}

function holds(interval: readonly [number | null, number | null] | null | undefined, value: number): boolean {
  const [lower, upper] = interval ?? [null, null];
  return (lower ?? Infinity) <= value && value <= (upper ?? -Infinity);
}

function meanOf(from: number, to: number, lift: (day: number) => number, base: (day: number) => number): number {
  let [treated, plain] = [0, 0];
  for (let day = from; day <= to; day++) {
    treated += base(day) * (1 + lift(day));
    plain += base(day);
  }
  return treated / plain;
}

/** The two-sided p-value of the slope of an ordinary regression of the daily effects on the day. */
function naive({byTenure}: NoveltyResult): number {
  const rows = byTenure.flatMap(({day, relativeDifference}) =>
    relativeDifference === null ? [] : [{x: day, y: relativeDifference}]
  );
  const n = rows.length;
  const [mx, my] = [rows.reduce((sum, {x}) => sum + x, 0) / n, rows.reduce((sum, {y}) => sum + y, 0) / n];
  const sxx = rows.reduce((sum, {x}) => sum + (x - mx) ** 2, 0);
  const slope = rows.reduce((sum, {x, y}) => sum + (x - mx) * (y - my), 0) / sxx;
  const rest = rows.reduce((sum, {x, y}) => sum + (y - my - slope * (x - mx)) ** 2, 0);
  return 2 * student.sf(Math.abs(slope) / Math.sqrt(rest / (n - 2) / sxx), n - 2);
}

/** The largest distance of the values from the uniform distribution. */
function distance(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return Math.max(...sorted.map((p, i) => Math.max(p - i / n, (i + 1) / n - p)));
}
