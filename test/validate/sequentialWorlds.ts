import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {driftForPower} from "../../lib/sequential/driftForPower.ts";
import type {Random} from "../random.ts";

/** The nightly looks of every simulated experiment. */
export const NIGHTS = 28;
/** The error that every design promises. */
export const ALPHA = 0.05;

/** One night of one experiment: the difference and its standard error, both cumulative. */
export type Look = {difference: number; standardError: number};

/** One kind of experiment: how many units count each night, and how its looks are drawn. */
export type World = {
  data: string;
  n: string;
  /** Units of both arms that count, cumulative by night. */
  units: readonly number[];
  /** The true difference where there is an effect. */
  difference: number;
  /** What is granted to a design that spends alpha on the first few units, and why. */
  early?: {allowance: number; note: string};
  /** Draws one experiment, with the effect times `lift`. */
  draw: (random: Random, lift: number) => Look[];
};

/** A share of units are customers; they buy at exponential rates of their own, for lognormal amounts. */
const customers = {share: 0.5, dailyRate: 0.03, logMean: 3, logDeviation: 1};

/** Returns the share of units that enters on each day: the same on all. */
export function equalEntry(days: number): number[] {
  return Array.from({length: days}, () => 1 / days);
}

/** Half of all units within the first five days. */
export function frontEntry(days: number): number[] {
  const weights = Array.from({length: days}, (_, day) => Math.exp(-day / 7));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Whole units per entry day. */
function dailyUnits(entry: readonly number[], total: number): number[] {
  let [share, given] = [0, 0];
  return entry.map((weight) => {
    share += weight;
    const until = Math.round(share * total);
    const units = until - given;
    given = until;
    return units;
  });
}

function cumulative(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** A conversion within the window; units count from the night on which their window has passed. */
export function proportionWorld(entry: readonly number[], data: string): World {
  const perArm = 5000;
  const rate = 0.1;
  const daily = dailyUnits(entry, 2 * perArm);
  const units = cumulative(daily);
  const difference = effectFor(units, Math.sqrt((2 * rate * (1 - rate)) / perArm));
  return {
    data,
    n: `${perArm}`,
    units,
    difference,
    draw(random, lift) {
      let [c, t, cy, ty] = [0, 0, 0, 0];
      return daily.map((arrivals) => {
        const treated = treatedOf(random, arrivals);
        c += arrivals - treated;
        t += treated;
        cy += random.binomial(arrivals - treated, rate);
        ty += random.binomial(treated, rate + lift * difference);
        return look(c, cy, cy, t, ty, ty);
      });
    }
  };
}

/**
 * What customers spend. With a window a unit's total counts once, on the night on which its window has passed; without
 * one every unit counts from its entry on with what it has spent so far, which keeps growing.
 */
export function revenueWorld(entry: readonly number[], {data, window}: {data: string; window: number | null}): World {
  const perArm = 2000;
  const {share, dailyRate, logMean, logDeviation} = customers;
  const daily = dailyUnits(entry, 2 * perArm);
  const units = cumulative(daily);
  const amount = Math.exp(logMean + logDeviation ** 2 / 2);
  const days = window ?? NIGHTS / 2;
  const mean = share * dailyRate * days * amount;
  // Second moment of a customer's total: a Poisson number of amounts, at a rate that is exponential among customers.
  const square =
    share * (dailyRate * days * Math.exp(2 * logMean + 2 * logDeviation ** 2) + 2 * (dailyRate * days * amount) ** 2);
  const difference = effectFor(units, Math.sqrt((2 * (square - mean ** 2)) / perArm));
  const relative = difference / mean;
  return {
    data,
    n: `${perArm}`,
    units,
    difference,
    early: {
      allowance: 0.01,
      note: "it spends at looks with a few hundred units at most, where tests of so skewed means are conservative"
    },
    draw(random, lift) {
      const sums = [0, 1].map(() => ({
        n: new Float64Array(NIGHTS),
        y: new Float64Array(NIGHTS),
        yy: new Float64Array(NIGHTS)
      }));
      daily.forEach((arrivals, day) => {
        const treated = treatedOf(random, arrivals);
        [arrivals - treated, treated].forEach((count, arm) => {
          const into = sums[arm];
          if (into === undefined) return;
          into.n[day] = (into.n[day] ?? 0) + count;
          const factor = 1 + (arm === 1 ? lift * relative : 0);
          const buyers = random.binomial(count, share);
          for (let b = 0; b < buyers; ++b) {
            const rate = -dailyRate * Math.log(random.uniform());
            const end = window ?? NIGHTS - day;
            let total = 0;
            for (let when = wait(random, rate); when < end; when += wait(random, rate)) {
              const value = factor * Math.exp(logMean + logDeviation * random.normal());
              // With a window everything is booked on its last night, which is this cohort's look.
              const night = window === null ? day + Math.floor(when) : day;
              into.y[night] = (into.y[night] ?? 0) + value;
              into.yy[night] = (into.yy[night] ?? 0) + value * (2 * total + value);
              total += value;
            }
          }
        });
      });
      const [control, treatment] = sums.map(({n, y, yy}) => ({
        n: cumulative([...n]),
        y: cumulative([...y]),
        yy: cumulative([...yy])
      }));
      return daily.map((_, k) =>
        look(
          control?.n[k] ?? 0,
          control?.y[k] ?? 0,
          control?.yy[k] ?? 0,
          treatment?.n[k] ?? 0,
          treatment?.y[k] ?? 0,
          treatment?.yy[k] ?? 0
        )
      );
    }
  };
}

/** Returns how many of so many units a fair coin sends to the treatment. */
export function treatedOf(random: Random, units: number): number {
  let treated = 0;
  for (let left = units; left > 0; left -= 30) {
    let bits = random.integer(2 ** Math.min(30, left));
    for (; bits !== 0; bits &= bits - 1) ++treated;
  }
  return treated;
}

/** Days until the next purchase. */
function wait(random: Random, rate: number): number {
  return -Math.log(random.uniform()) / rate;
}

/** The effect that nightly O'Brien-Fleming looks find with a power of 80%. */
function effectFor(units: readonly number[], standardError: number): number {
  const planned = units.at(-1) ?? NaN;
  const fractions = units.map((n) => n / planned);
  const {z} = alphaSpendingBoundaries(fractions, {alpha: ALPHA});
  return driftForPower(fractions, z, {power: 0.8}).drift * standardError;
}

/** Difference of means with its unpooled standard error, from sums. */
export function look(c: number, cy: number, cyy: number, t: number, ty: number, tyy: number): Look {
  const noise = (n: number, y: number, yy: number) => Math.max(0, yy - (y * y) / n) / (n - 1) / n;
  return {difference: ty / t - cy / c, standardError: Math.sqrt(noise(c, cy, cyy) + noise(t, ty, tyy))};
}
