import {momentsFromSums, type Moments, type Origin} from "../../lib/stats/moments.ts";
import type {Random} from "../random.ts";
import {row, type Measured, type ValidationRow} from "./row.ts";

/** What a method says of one simulated experiment; null where it cannot say. */
export type Said = {
  readonly pValue: number | null;
  readonly interval: readonly [number | null, number | null] | null;
};

/** One method on one kind of data. */
export type Judged<Sample> = Pick<Measured, "method" | "allowance" | "sides" | "expectedToFail" | "note"> & {
  judge: (sample: Sample) => Said;
  /** What the interval should hold when there is an effect; defaults to the cell's difference; null: coverage is not judged. */
  truth?: number | null;
};

/** One kind of data, with all the methods that are tried on it. */
export type Cell<Sample> = {
  data: string;
  n: number | string;
  /** Draws one experiment, with the true effect or without any. */
  draw: (random: Random, effect: boolean) => Sample;
  /** Treatment - control in the metric's unit, when there is an effect. */
  difference: number;
  methods: readonly Judged<Sample>[];
};

/**
 * Returns a row for each method of a cell: the share of experiments without an effect that it calls significant at 0.05,
 * and the share of as many experiments with the effect whose 95% interval holds it. An experiment that a method cannot
 * judge counts as not significant, and as not covered.
 */
export function simulate<Sample>(cell: Cell<Sample>, experiments: number, random: Random): ValidationRow[] {
  const {data, n, methods, draw, difference} = cell;
  const alarms = methods.map(() => 0);
  const covered = methods.map(() => 0);
  for (let i = 0; i < experiments; ++i) {
    const without = draw(random, false);
    methods.forEach(({judge}, m) => {
      const {pValue} = judge(without);
      if (pValue !== null && pValue < 0.05) alarms[m] = (alarms[m] ?? 0) + 1;
    });
    const withEffect = draw(random, true);
    methods.forEach(({judge, truth = difference}, m) => {
      const {interval} = judge(withEffect);
      if (interval === null || truth === null) return;
      if ((interval[0] ?? -Infinity) <= truth && truth <= (interval[1] ?? Infinity)) {
        covered[m] = (covered[m] ?? 0) + 1;
      }
    });
  }
  return methods.map(({judge: _judge, truth, ...method}, m) =>
    row({
      ...method,
      data,
      n,
      experiments,
      falsePositiveRate: (alarms[m] ?? 0) / experiments,
      coverage: truth === null ? null : (covered[m] ?? 0) / experiments
    })
  );
}

/** Returns the sums of n units that `unit` writes one after another, without keeping them; sums are about the origin. */
export function sumUnits(n: number, unit: (values: UnitSums) => void, origin: Origin = {}): Moments {
  const v: UnitSums = {y: 0, x: 0, w: 0, v: 0};
  const total = {y: 0, yy: 0, x: 0, xx: 0, xy: 0, w: 0, ww: 0, yw: 0, v: 0, vv: 0, yv: 0, xw: 0, vw: 0, xv: 0};
  const {y: oy = 0, x: ox = 0, w: ow = 0, v: ov = 0} = origin;
  for (let i = 0; i < n; ++i) {
    unit(v);
    const y = v.y - oy;
    const x = v.x - ox;
    const w = v.w - ow;
    const z = v.v - ov;
    total.y += y;
    total.yy += y * y;
    total.x += x;
    total.xx += x * x;
    total.xy += x * y;
    total.w += w;
    total.ww += w * w;
    total.yw += y * w;
    total.v += z;
    total.vv += z * z;
    total.yv += y * z;
    total.xw += x * w;
    total.vw += z * w;
    total.xv += x * z;
  }
  return momentsFromSums(n, total, origin);
}

/** The values of one unit, written over for the next. */
export type UnitSums = {y: number; x: number; w: number; v: number};
