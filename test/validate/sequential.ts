import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import type {AlphaSpendingOptions} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {asymptoticConfidenceSequence} from "../../lib/sequential/asymptoticConfidenceSequence.ts";
import {driftedDensities} from "../../lib/sequential/exits.ts";
import type {Looks} from "../../lib/sequential/exits.ts";
import {ledgerLooks} from "../../lib/sequential/ledgerLooks.ts";
import type {Night} from "../../lib/sequential/ledgerLooks.ts";
import {msprt} from "../../lib/sequential/msprt.ts";
import {exitProbability, start} from "../../lib/sequential/recursion.ts";
import {runningSampleRatioMismatch} from "../../lib/sequential/runningSampleRatioMismatch.ts";
import {sequentialInference} from "../../lib/sequential/sequentialInference.ts";
import {mixtureSprtLogRatio} from "../../lib/sequential/sequentialSrmMixtureSprt.ts";
import {chiSquare} from "../../lib/stats/distributions.ts";
import {createRandom} from "../random.ts";
import type {Random} from "../random.ts";
import {row} from "./row.ts";
import type {Measured, ValidationOptions, ValidationRow} from "./row.ts";
import {
  ALPHA,
  equalEntry,
  frontEntry,
  look,
  NIGHTS,
  proportionWorld,
  revenueWorld,
  treatedOf
} from "./sequentialWorlds.ts";
import type {Look, World} from "./sequentialWorlds.ts";

const CRITICAL = 1.959963984540054;

/**
 * Simulates A/A experiments with 28 nightly looks, at the level of units but kept as daily sums: how often each method
 * calls a difference, how often its interval at the stop holds the true one, and how far estimates at the stop are off.
 */
export async function validate({quick, seed}: ValidationOptions): Promise<ValidationRow[]> {
  const experiments = quick ? 500 : 5000;
  const uniform = equalEntry(NIGHTS);
  const front = frontEntry(NIGHTS);
  const proportion = (entry: readonly number[], name: string) =>
    proportionWorld(entry, `proportion 10%, 7-day window, ${name}`);
  const revenue = (entry: readonly number[], name: string) =>
    revenueWorld(entry, {data: `skewed revenue, 7-day window, ${name}`, window: 7});
  const growing = (entry: readonly number[], name: string) =>
    revenueWorld(entry, {data: `revenue without a window, ${name}`, window: null});
  let stream = 0;
  const random = () => createRandom(seed, 4000 + stream++);
  return [
    ...judgeWorld(proportion(uniform, "uniform entry"), experiments, random()),
    ...judgeWorld(proportion(front, "front-loaded entry"), experiments, random()),
    ...judgeWorld(revenue(uniform, "uniform entry"), experiments, random()),
    ...judgeWorld(revenue(front, "front-loaded entry"), experiments, random()),
    ...warnOfGrowth(growing(uniform, "uniform entry"), experiments, random()),
    ...warnOfGrowth(growing(front, "front-loaded entry"), experiments, random()),
    ledgerRow(experiments, random()),
    ...splitRows(experiments, random())
  ];
}

type Stop = {look: number; interval: [number, number] | null};
type Method = Pick<Measured, "method" | "sides" | "expectedToFail" | "note" | "allowance"> & {
  /** The night on which it stops, from 0, with its interval then; null where it goes through without a crossing. */
  stop: (looks: readonly Look[]) => Stop | null;
  /** The interval at the end where it did not stop. */
  atEnd: (looks: readonly Look[]) => [number, number] | null;
};

function peeking(): Method {
  return {
    method: "t-test every night, no correction",
    sides: "upper",
    expectedToFail: "every night is a look that nobody paid for",
    ...byBounds(Array.from({length: NIGHTS}, () => CRITICAL))
  };
}

function once(): Method {
  const bounds = Array.from({length: NIGHTS}, (_, k) => (k === NIGHTS - 1 ? CRITICAL : Infinity));
  return {method: "fixed: one look at the planned end", sides: "two", ...byBounds(bounds)};
}

function groupSequential(name: string, fractions: readonly number[], options: AlphaSpendingOptions): Method {
  const {z} = alphaSpendingBoundaries(fractions, {alpha: ALPHA, ...options});
  return {method: `group-sequential, ${name}, 28 looks`, sides: "two", ...byBounds(z)};
}

/** Stops at the first |z| on or beyond its bound; the interval is the repeated one. */
function byBounds(bounds: readonly number[]): Pick<Method, "stop" | "atEnd"> {
  const interval = (looks: readonly Look[], k: number): [number, number] | null => {
    const {difference, standardError} = looks[k] ?? {difference: 0, standardError: 0};
    const bound = bounds[k] ?? Infinity;
    return bound === Infinity ? null : [difference - bound * standardError, difference + bound * standardError];
  };
  return {
    stop(looks) {
      const look = looks.findIndex(
        (l, k) => Math.abs(l.difference) >= (bounds[k] ?? Infinity) * l.standardError && l.standardError > 0
      );
      return look < 0 ? null : {look, interval: interval(looks, look)};
    },
    atEnd: (looks) => interval(looks, looks.length - 1)
  };
}

/** Stops at the first night whose interval leaves 0 out. */
function byIntervals(
  intervalAt: (look: Look, k: number) => [number, number | null] | null
): Pick<Method, "stop" | "atEnd"> {
  const at = (look: Look | undefined, k: number): [number, number] | null => {
    const interval = look === undefined || !(look.standardError > 0) ? null : intervalAt(look, k);
    return interval === null || interval[1] === null ? null : [interval[0], interval[1]];
  };
  return {
    stop(looks) {
      for (let k = 0; k < looks.length; ++k) {
        const interval = at(looks[k], k);
        if (interval !== null && (interval[0] > 0 || interval[1] < 0)) return {look: k, interval};
      }
      return null;
    },
    atEnd: (looks) => at(looks.at(-1), looks.length - 1)
  };
}

function alwaysValid({units, difference}: World): Method[] {
  const planned = units.at(-1) ?? NaN;
  return [
    {
      method: "always-valid, mSPRT, mixing = minimum effect",
      sides: "upper",
      ...byIntervals((look) => msprt(look.difference, look.standardError, {tau: difference, alpha: ALPHA}).interval)
    },
    {
      method: "always-valid, confidence sequence tuned at the plan",
      sides: "upper",
      ...byIntervals(
        (look, k) =>
          asymptoticConfidenceSequence(look.difference, look.standardError, units[k] ?? NaN, {
            tuneAt: planned,
            alpha: ALPHA
          }).interval
      )
    }
  ];
}

function judgeWorld(world: World, experiments: number, random: Random): ValidationRow[] {
  const planned = world.units.at(-1) ?? NaN;
  const fractions = world.units.map((n) => n / planned);
  const methods = [
    peeking(),
    groupSequential("O'Brien-Fleming", fractions, {}),
    {...groupSequential("Pocock", fractions, {spending: "pocock"}), ...world.early},
    groupSequential("Hwang-Shih-DeCani -4", fractions, {spending: "hwang-shih-decani", gamma: -4}),
    groupSequential("Kim-DeMets 3", fractions, {spending: "kim-demets", rho: 3}),
    ...alwaysValid(world),
    once()
  ];
  const alarms = methods.map(() => 0);
  const covered = methods.map(() => 0);
  const spent = alphaSpendingBoundaries(fractions, {alpha: ALPHA});
  const afterStop = estimatesAfterStop(fractions, spent.z, world.difference);
  for (let i = 0; i < experiments; ++i) {
    const without = world.draw(random, 0);
    const effect = world.draw(random, 1);
    methods.forEach(({stop, atEnd}, m) => {
      if (stop(without) !== null) alarms[m] = (alarms[m] ?? 0) + 1;
      const interval = (stop(effect) ?? {interval: atEnd(effect)}).interval;
      if (interval !== null && interval[0] <= world.difference && world.difference <= interval[1]) {
        covered[m] = (covered[m] ?? 0) + 1;
      }
    });
    afterStop.add(effect, i < 200);
  }
  const {data, n} = world;
  const common = {data, n, experiments};
  return [
    ...methods
      .map(({stop: _stop, atEnd: _atEnd, ...names}, m) => {
        const falsePositiveRate = (alarms[m] ?? 0) / experiments;
        const coverage = (covered[m] ?? 0) / experiments;
        // A repeated interval promises at least 95% at any stop; its test promises 5% exactly: two rows, two promises.
        if (!names.method.startsWith("group-sequential")) {
          return [row({...names, ...common, nominal: ALPHA, falsePositiveRate, coverage})];
        }
        const interval = {
          ...names,
          method: names.method.replace(/, 28 looks$/, ": repeated interval"),
          sides: "upper"
        } as const;
        return [
          row({...names, ...common, nominal: ALPHA, falsePositiveRate, coverage: null}),
          row({...interval, ...common, nominal: ALPHA, falsePositiveRate: null, coverage})
        ];
      })
      .flat(),
    ...afterStop.rows(common)
  ];
}

/** Interval and estimates after O'Brien-Fleming stops: stage-wise beside naive. */
function estimatesAfterStop(fractions: readonly number[], z: readonly number[], difference: number) {
  const looks: Looks = {fractions, lower: z.map((bound) => -bound), upper: z};
  const densitiesUnder = driftedDensities(looks);
  // How high a stop ranks under a drift: the estimate is above the truth exactly when this is below one half there.
  const rank = (look: number, stopZ: number, drift: number) => {
    const densities = densitiesUnder(drift);
    let total = 0;
    for (let k = 0; k <= look; ++k) {
      const time = fractions[k] ?? NaN;
      const bound = k === look ? stopZ : (z[k] ?? Infinity);
      total += exitProbability(densities[k] ?? start, time, bound * Math.sqrt(time), 1, drift);
    }
    return total;
  };
  let [experiments, stageWiseCovers, stageWiseBelow, naiveCovers, naiveBelow] = [0, 0, 0, 0, 0];
  let [sampled, stageWiseBias, naiveBias] = [0, 0, 0];
  return {
    add(path: readonly Look[], withEstimate: boolean) {
      const crossing = path.findIndex((l, k) => Math.abs(l.difference) >= (z[k] ?? Infinity) * l.standardError);
      const look = crossing < 0 ? path.length - 1 : crossing;
      const {difference: estimate, standardError} = path[look] ?? {difference: 0, standardError: 1};
      const scale = standardError * Math.sqrt(fractions[look] ?? NaN);
      const p = rank(look, estimate / standardError, difference / scale);
      ++experiments;
      if (p >= 0.025 && p <= 0.975) ++stageWiseCovers;
      if (p >= 0.5) ++stageWiseBelow;
      if (Math.abs(estimate - difference) <= CRITICAL * standardError) ++naiveCovers;
      if (estimate <= difference) ++naiveBelow;
      if (!withEstimate) return;
      const {medianUnbiasedDrift} = sequentialInference(fractions, z, {
        stopLook: look + 1,
        stopZ: estimate / standardError
      });
      ++sampled;
      stageWiseBias += (medianUnbiasedDrift * scale) / difference - 1;
      naiveBias += estimate / difference - 1;
    },
    rows(common: Pick<Measured, "data" | "n" | "experiments">): ValidationRow[] {
      const bias = (sum: number) =>
        `mean of ${sampled} estimates ${((100 * sum) / sampled).toFixed(1)}% off the true effect`;
      const none = {falsePositiveRate: null};
      const early = "an early stop picks the high estimates";
      return [
        row({
          ...common,
          ...none,
          method: "stage-wise interval after the stop",
          coverage: stageWiseCovers / experiments
        }),
        row({
          ...common,
          ...none,
          method: "naive interval after the stop",
          coverage: naiveCovers / experiments,
          expectedToFail: early
        }),
        row({
          ...common,
          ...none,
          method: "median-unbiased estimate below the truth",
          nominal: 0.5,
          coverage: stageWiseBelow / experiments,
          note: bias(stageWiseBias)
        }),
        row({
          ...common,
          ...none,
          method: "naive estimate below the truth",
          nominal: 0.5,
          coverage: naiveBelow / experiments,
          expectedToFail: early,
          note: bias(naiveBias)
        })
      ];
    }
  };
}

function warnOfGrowth(world: World, experiments: number, random: Random): ValidationRow[] {
  const planned = world.units.at(-1) ?? NaN;
  const fractions = world.units.map((n) => n / planned);
  const reason = "totals keep growing after exposure: a later look is no sum of independent increments";
  const methods: Method[] = [
    peeking(),
    {...groupSequential("O'Brien-Fleming", fractions, {}), expectedToFail: reason},
    {...groupSequential("Pocock", fractions, {spending: "pocock"}), expectedToFail: reason},
    ...alwaysValid(world).map((method) => ({...method, note: `no guarantee here, though it holds: ${reason}`}))
  ];
  const alarms = methods.map(() => 0);
  for (let i = 0; i < experiments; ++i) {
    const looks = world.draw(random, 0);
    methods.forEach(({stop}, m) => {
      if (stop(looks) !== null) alarms[m] = (alarms[m] ?? 0) + 1;
    });
  }
  return methods.map(({stop: _stop, atEnd: _atEnd, ...names}, m) =>
    row({
      ...names,
      sides: "upper",
      data: world.data,
      n: world.n,
      experiments,
      falsePositiveRate: (alarms[m] ?? 0) / experiments,
      coverage: null
    })
  );
}

/** Random traffic, every fifth night missed, an end that is short of or past the plan: all through the ledger. */
function ledgerRow(experiments: number, random: Random): ValidationRow {
  const expected = 200;
  const planned = expected * NIGHTS;
  let alarms = 0;
  for (let i = 0; i < experiments; ++i) {
    const pace = 0.8 + 0.4 * random.uniform();
    const nights: Night[] = [];
    let [c, t, cy, ty] = [0, 0, 0, 0];
    for (let day = 0; day < NIGHTS; ++day) {
      const arrivals = Math.max(4, Math.round(expected * pace * (1 + 0.3 * random.normal())));
      const treated = treatedOf(random, arrivals);
      c += arrivals - treated;
      t += treated;
      cy += random.binomial(arrivals - treated, 0.1);
      ty += random.binomial(treated, 0.1);
      const final = day === NIGHTS - 1;
      if (!final && random.uniform() < 0.2) continue;
      const {difference, standardError} = look(c, cy, cy, t, ty, ty);
      const z = standardError > 0 ? difference / standardError : null;
      nights.push({date: `night ${day + 1}`, fraction: (c + t) / planned, z, standardError, final});
    }
    if (ledgerLooks({method: "group-sequential", alpha: ALPHA}, [], nights).crossed !== null) ++alarms;
  }
  return row({
    method: "group-sequential, O'Brien-Fleming, by the ledger",
    data: "proportion 10%, random traffic, a fifth of nights missed",
    n: `about ${planned / 2}`,
    experiments,
    falsePositiveRate: alarms / experiments,
    coverage: null
  });
}

/** The sequential tests of a sample ratio mismatch beside a chi-square test every night. */
function splitRows(experiments: number, random: Random): ValidationRow[] {
  const alpha = 0.01;
  const perDay = 400;
  const expected = chiSquare.upperQuantile(alpha, 1);
  let [running, sprt, nightly] = [0, 0, 0];
  for (let i = 0; i < experiments; ++i) {
    let [control, treatment] = [0, 0];
    let [crossed, alarmed] = [false, false];
    const days = Array.from({length: NIGHTS}, (_, day) => {
      const treated = treatedOf(random, perDay);
      control += perDay - treated;
      treatment += treated;
      if (mixtureSprtLogRatio(control, treatment) >= -Math.log(alpha)) crossed = true;
      if ((control - treatment) ** 2 / (control + treatment) >= expected) alarmed = true;
      return {date: `night ${day + 1}`, units: [perDay - treated, treated]};
    });
    if (runningSampleRatioMismatch(days, [1, 1], {alpha}).crossed !== null) ++running;
    if (crossed) ++sprt;
    if (alarmed) ++nightly;
  }
  const common = {
    data: "a right 50:50 split, 28 nights",
    n: (perDay * NIGHTS) / 2,
    experiments,
    nominal: alpha,
    coverage: null
  };
  return [
    row({
      ...common,
      method: "mismatch, Dirichlet-multinomial, any time",
      sides: "upper",
      falsePositiveRate: running / experiments
    }),
    row({...common, method: "mismatch, mixture SPRT, two arms", sides: "upper", falsePositiveRate: sprt / experiments}),
    row({
      ...common,
      method: "mismatch, chi-square every night",
      sides: "upper",
      expectedToFail: "every night is a look that nobody paid for",
      falsePositiveRate: nightly / experiments
    })
  ];
}
