import {sampleRatioMismatch} from "../../lib/stats/index.ts";
import {contracts} from "../../lib/experiment/health/contracts.ts";
import {crossovers} from "../../lib/experiment/health/crossovers.ts";
import {prePeriod} from "../../lib/experiment/health/prePeriod.ts";
import {sampleRatio} from "../../lib/experiment/health/sampleRatio.ts";
import type {HealthInput} from "../../lib/experiment/health/healthInput.ts";
import {phasesOf} from "../../lib/experiment/definition/phasesOf.ts";
import type {MetricResult} from "../../lib/experiment/readout.ts";
import type {ArmMoments, ExperimentSums, MetricSums, TrafficDay} from "../../lib/experiment/sums.ts";
import {addMoments, emptyMoments, momentsFromSums} from "../../lib/stats/moments.ts";
import type {Moments} from "../../lib/stats/moments.ts";
import {createRandom} from "../random.ts";
import type {Random} from "../random.ts";
import {day, experimentWith, metricsWith, readoutWith, sumsWith} from "../experiment/sums.ts";
import {row} from "./row.ts";
import type {ValidationOptions, ValidationRow} from "./row.ts";

/** The checks that may block: what a clean experiment must survive. */
const blockers = [contracts, sampleRatio, prePeriod, crossovers];

const nights = 28;
const keys = ["m1", "m2", "m3"];
const metrics = metricsWith(Object.fromEntries(keys.map((key) => [key, {kind: "mean", fact: "events", value: "v"}])));

/** One kind of clean experiment: its weights, new units a night, and what the covariates look like. */
interface World {
  readonly data: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly perNight: number;
  /** Returns the sums of n new units' covariate. */
  readonly covariate: (random: Random, n: number) => Moments;
}

/** Sums of n normal values of mean 10 and standard deviation 5, drawn as sums: their spread is a chi-square's. */
function normalSums(random: Random, n: number): Moments {
  if (n < 30) return sumsOfUnits(random, n, () => 10 + 5 * random.normal());
  const x = n * 10 + Math.sqrt(n) * 5 * random.normal();
  // Wilson and Hilferty's cube of a normal is a chi-square within 1e-3 from 29 degrees of freedom on.
  const c = 2 / (9 * (n - 1));
  const spread = (n - 1) * (1 - c + Math.sqrt(c) * random.normal()) ** 3;
  return momentsFromSums(n, {x, xx: (x * x) / n + 25 * spread});
}

/** Sums of n lognormal values with a standard deviation three times the mean, unit by unit. */
function lognormalSums(random: Random, n: number): Moments {
  const sigma = Math.sqrt(Math.log(10));
  return sumsOfUnits(random, n, () => Math.exp(sigma * random.normal()));
}

/** Sums of n counts of which most are zero: a tenth of the units was active, each 1 to 9 times. */
function sparseSums(random: Random, n: number): Moments {
  return sumsOfUnits(random, n, () => (random.uniform() < 0.1 ? 1 + random.integer(9) : 0));
}

function sumsOfUnits(random: Random, n: number, value: () => number): Moments {
  let [x, xx] = [0, 0];
  for (let i = 0; i < n; ++i) {
    const drawn = value();
    x += drawn;
    xx += drawn * drawn;
  }
  return momentsFromSums(n, {x, xx});
}

const halves = {control: 0.5, treatment: 0.5};
const thirds = {control: 1 / 3, a: 1 / 3, b: 1 / 3};

const worlds: readonly World[] = [
  {data: "2 arms, normal covariates, 2,000 a night", weights: halves, perNight: 2000, covariate: normalSums},
  {data: "3 arms, normal covariates, 900 a night", weights: thirds, perNight: 900, covariate: normalSums},
  {data: "2 arms, lognormal covariates, 50 a night", weights: halves, perNight: 50, covariate: lognormalSums},
  {data: "3 arms, sparse counts, 60 a night", weights: thirds, perNight: 60, covariate: sparseSums},
  {
    data: "90/10, lognormal covariates, 100 a night",
    weights: {control: 0.9, treatment: 0.1},
    perNight: 100,
    covariate: lognormalSums
  }
];

/**
 * Simulates the checks that may block: how many clean experiments of 28 nights are ever blocked, and how soon a split of
 * 51/49 that was declared 50/50 is.
 */
export async function validate({quick, seed}: ValidationOptions): Promise<ValidationRow[]> {
  const clean = quick ? 60 : 2000;
  const rows = worlds.map((world, i) => cleanRow(world, clean, createRandom(seed, 7000 + i)));
  return [
    ...rows,
    brokenRow(quick ? 40 : 2000, createRandom(seed, 7100)),
    nightlyRow(quick ? 200 : 10_000, createRandom(seed, 7200))
  ];
}

function cleanRow(world: World, experiments: number, random: Random): ValidationRow {
  const make = inputOf(world);
  const by = blockers.map(() => 0);
  let blocked = 0;
  for (let i = 0; i < experiments; ++i) {
    const input = make(random);
    const found = blockers.map((check) => check(input).status === "blocked");
    found.forEach((each, k) => (by[k]! += each ? 1 : 0));
    if (found.includes(true)) blocked += 1;
  }
  return row({
    method: "health checks, any block in 28 nights",
    data: world.data,
    n: `${world.perNight} a night`,
    experiments,
    falsePositiveRate: blocked / experiments,
    coverage: null,
    nominal: 0.01,
    sides: "upper",
    note: `split test ${by[1]}, pre-period test ${by[2]}; checks judge every night, so one call sees the whole life`
  });
}

/** Returns what makes the checks' input of one clean experiment, with three covariates. */
function inputOf({weights, perNight, covariate}: World): (random: Random) => HealthInput {
  const arms = Object.keys(weights);
  const experiment = experimentWith({
    variants: Object.fromEntries(
      arms.map((key) => [key, {role: key === "control" ? "control" : "treatment", weight: weights[key]}])
    ),
    metrics: {primary: keys}
  });
  const phases = phasesOf(experiment);
  // The checks read names and kinds of the results only, which are the same for every draw.
  const {metrics: results}: {metrics: MetricResult[]} = readoutWith({
    experiment,
    metrics,
    sums: sumsWith({metrics: Object.fromEntries(keys.map((key) => [key, metricOfNights([], arms)]))})
  });
  return (random) => {
    const traffic: TrafficDay[] = Array.from({length: nights}, (_, k) => ({
      date: day(k),
      units: drawUnits(random, perNight, arms, weights)
    }));
    const sums: ExperimentSums = sumsWith({
      traffic,
      metrics: Object.fromEntries(
        keys.map((key) => [
          key,
          metricOfNights(
            traffic.map(({units}) => Object.fromEntries(arms.map((arm) => [arm, covariate(random, units[arm] ?? 0)]))),
            arms
          )
        ])
      )
    });
    return {experiment, definitions: metrics, phases, sums, metrics: results, definitionChanges: [], conflicts: []};
  };
}

function drawUnits(
  random: Random,
  perNight: number,
  arms: readonly string[],
  weights: Readonly<Record<string, number>>
): Record<string, number> {
  // Nights differ in size; the split within a night is multinomial.
  let left = Math.max(1, Math.round(perNight * (1 + 0.2 * random.normal())));
  let share = 1;
  const units: Record<string, number> = {};
  for (const arm of arms) {
    const weight = weights[arm] ?? 0;
    const n = weight >= share - 1e-12 ? left : random.binomial(left, weight / share);
    units[arm] = n;
    left -= n;
    share -= weight;
  }
  return units;
}

function metricOfNights(added: readonly ArmMoments[], arms: readonly string[]): MetricSums {
  let total: ArmMoments = Object.fromEntries(arms.map((arm) => [arm, emptyMoments()]));
  const days = added.map((night, k) => {
    total = Object.fromEntries(arms.map((arm) => [arm, addMoments(total[arm]!, night[arm]!)]));
    return {date: day(k), arms: total, strata: [{phase: "start", arms: total}]};
  });
  return {arms: total, days, segments: [], strata: [{phase: "start", arms: total}], exactFrom: null};
}

/** A split of 51/49 that was declared 50/50: 2,000 units a night, 100 nights. `coverage` is the share that is blocked. */
function brokenRow(experiments: number, random: Random): ValidationRow {
  const experiment = experimentWith();
  const phases = phasesOf(experiment);
  const delays: number[] = [];
  for (let i = 0; i < experiments; ++i) {
    const traffic = Array.from({length: 100}, (_, k): TrafficDay => {
      const control = random.binomial(2000, 0.51);
      return {date: day(k), units: {control, treatment: 2000 - control}};
    });
    const sums = sumsWith({traffic});
    const found = sampleRatio({
      experiment,
      definitions: metrics,
      phases,
      sums,
      metrics: [],
      definitionChanges: [],
      conflicts: []
    });
    if (found.status !== "blocked") continue;
    delays.push(2000 * (1 + traffic.findIndex(({date}) => date === found.date)));
  }
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toLocaleString("en-US");
  return row({
    method: "health checks, broken split blocked",
    data: "51/49 declared 50/50, to 200,000 units",
    n: "2000 a night",
    experiments,
    falsePositiveRate: null,
    coverage: delays.length / experiments,
    nominal: 0.05,
    sides: "upper",
    note: `share blocked stands under coverage; units until then: median ${at(0.5)}, 90% of them by ${at(0.9)}`
  });
}

/** Why the chi-square may only warn: at p < 0.001 on each of 28 nights. */
function nightlyRow(experiments: number, random: Random): ValidationRow {
  let alarms = 0;
  for (let i = 0; i < experiments; ++i) {
    const units = [0, 0];
    let alarm = false;
    for (let k = 0; k < nights; ++k) {
      const control = random.binomial(1000, 0.5);
      units[0]! += control;
      units[1]! += 1000 - control;
      alarm ||= (sampleRatioMismatch(units, [0.5, 0.5]).pValue ?? 1) < 0.001;
    }
    if (alarm) alarms += 1;
  }
  return row({
    method: "chi-square of the split, nightly at 0.001",
    data: "2 arms, 28 nights, clean",
    n: "1000 a night",
    experiments,
    falsePositiveRate: alarms / experiments,
    coverage: null,
    nominal: 0.001,
    sides: "upper",
    expectedToFail: "28 looks without correction; this is why it warns and never blocks",
    note: "nominal is that of one night"
  });
}
