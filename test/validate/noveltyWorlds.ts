import {tenureSpans} from "../../lib/experiment/novelty/tenureSpans.ts";
import type {TenurePairRow, TenureRow, TenureSpanRow, TenureSums} from "../../lib/experiment/novelty/tenureSums.ts";
import type {Random} from "../random.ts";

/** Units that come back: habits differ between units, drift over days, and many days are empty. */
export type NoveltyWorld = {
  /** Units of each variant, by key; the first is the control. */
  units: Readonly<Record<string, number>>;
  /** Entry dates, one cohort each; units enter evenly. */
  cohorts: number;
  /** Complete days since the first entry date. */
  asOf: number;
  /** Mean of control on tenure day k of a cohort; defaults to 1. */
  base?: (day: number, cohort: number) => number;
  /** Relative lift of the treatments. */
  lift?: (day: number, cohort: number) => number;
  /** A constant in the unit of the metric that treatments add to every day; defaults to 0. */
  shift?: number;
  /** Share of days with activity; defaults to 0.5. */
  active?: number;
  /** How much of a habit is left on the next day; defaults to 0.9. */
  drift?: number;
  /** Standard deviation of the logarithm of a value beside the habits, that keep its mean; defaults to 0. */
  noise?: number;
  products?: boolean;
};

/** Returns the tenure sums of units drawn at random, without keeping a unit. */
export function drawTenure(
  random: Random,
  {
    units,
    cohorts: count,
    asOf,
    base = () => 1,
    lift = () => 0,
    shift = 0,
    active = 0.5,
    drift = 0.9,
    noise = 0,
    products = true
  }: NoveltyWorld
): TenureSums {
  const variants = Object.keys(units);
  const perCohort = variants.map((variant) => Math.floor(units[variant]! / count));
  const cohorts = Array.from({length: count}, (_, c) => ({
    cohort: dateOf(c),
    until: dateOf(c),
    phase: "all",
    lastDay: asOf - c - 1,
    units: Object.fromEntries(variants.map((variant, v) => [variant, perCohort[v]!]))
  }));
  const spans = tenureSpans(
    cohorts.map(({lastDay}) => ({lastDay, n: 1})),
    {calendarOnly: false}
  );
  const length = asOf;
  const days: TenureSums["days"][number][] = [];
  const early: TenureRow[] = [];
  const both: TenureSpanRow[] = [];
  const slopes: TenureRow[] = [];
  const pairRows: TenurePairRow[] = [];
  const weekdays: TenurePairRow[] = [];
  const y = new Float64Array(length);
  const stay = Math.sqrt(1 - drift * drift);
  variants.forEach((variant, v) => {
    const cross = new Float64Array(length * length);
    const weekday = new Float64Array(64);
    const weekdayMean = new Float64Array(8);
    let [weekdayUnits, own] = [0, 0];
    const total = new Float64Array(length * length);
    const lived = new Float64Array(length);
    for (let c = 0; c < count; c++) {
      const {cohort, lastDay} = cohorts[c]!;
      const sum = new Float64Array(length);
      const square = new Float64Array(length);
      const e = {cohort, variant, n: 0, y: 0, yy: 0};
      const b = {cohort, variant, n: 0, e: 0, l: 0, ee: 0, ll: 0, el: 0};
      const s = {cohort, variant, n: 0, y: 0, yy: 0};
      const means = Array.from(
        {length: lastDay + 1},
        (_, k) => (base(k, c) * (v === 0 ? 1 : 1 + lift(k, c))) / active / Math.exp(0.34)
      );
      const weeks = Math.floor(lastDay / 7);
      for (let u = 0; u < perCohort[v]!; u++) {
        own++;
        const habit = 0.6 * random.normal();
        let mood = random.normal();
        for (let k = 0; k <= lastDay; k++) {
          mood = drift * mood + stay * random.normal();
          const amount = noise === 0 ? 0 : noise * random.normal() - (noise * noise) / 2;
          const value = random.uniform() < active ? means[k]! * Math.exp(habit + 0.5657 * mood + amount) : 0;
          y[k] = v === 0 ? value : value + shift;
          sum[k]! += y[k]!;
          square[k]! += y[k]! * y[k]!;
        }
        if (products)
          for (let j = 0; j <= lastDay; j++) for (let k = j; k <= lastDay; k++) cross[j * length + k]! += y[j]! * y[k]!;
        if (weeks >= 1) {
          weekdayUnits++;
          const mean = new Float64Array(8);
          for (let k = 1; k <= 7 * weeks; k++) mean[1 + ((c + k) % 7)]! += y[k]! / weeks;
          for (let j = 1; j <= 7; j++) {
            weekdayMean[j]! += mean[j]!;
            for (let k = j; k <= 7; k++) weekday[j * 8 + k]! += mean[j]! * mean[k]!;
          }
        }
        if (spans === null) continue;
        const meanOf = ([from, to]: readonly [number, number]) => {
          let m = 0;
          for (let k = from; k <= to; k++) m += y[k]! / (to - from + 1);
          return m;
        };
        if (lastDay < spans.early[1]) continue;
        const first = meanOf(spans.early);
        e.n++;
        e.y += first;
        e.yy += first * first;
        if (lastDay < spans.late[1]) continue;
        const last = meanOf(spans.late);
        b.n++;
        b.e += first;
        b.l += last;
        b.ee += first * first;
        b.ll += last * last;
        b.el += first * last;
        const [from, to] = spans.trend;
        let [top, bottom] = [0, 0];
        for (let k = from; k <= to; k++) {
          top += (k - (from + to) / 2) * y[k]!;
          bottom += (k - (from + to) / 2) ** 2;
        }
        s.n++;
        s.y += top / bottom;
        s.yy += (top / bottom) ** 2;
      }
      for (let k = 0; k <= lastDay; k++) {
        days.push({cohort, variant, day: k, n: perCohort[v]!, y: sum[k]!, yy: square[k]!});
        lived[k]! += perCohort[v]!;
        for (let j = 0; j <= k; j++) {
          total[j * length + k]! += sum[j]!;
          if (j !== k) total[k * length + j]! += sum[k]!;
        }
      }
      if (e.n > 0) early.push(e);
      if (b.n === 0) continue;
      both.push(b);
      slopes.push(s);
    }
    if (products)
      for (let j = 0; j < length; j++)
        for (let k = j; k < length; k++)
          if (lived[k]! > 0)
            pairRows.push({
              phase: "all",
              variant,
              j,
              k,
              n: lived[k]!,
              y: total[j * length + k]!,
              z: total[k * length + j]!,
              yz: cross[j * length + k]!
            });
    if (weekdayUnits > 0 && own > 0)
      for (let j = 1; j <= 7; j++)
        for (let k = j; k <= 7; k++)
          weekdays.push({
            phase: "all",
            variant,
            j,
            k,
            n: weekdayUnits,
            y: weekdayMean[j]!,
            z: weekdayMean[k]!,
            yz: weekday[j * 8 + k]!
          });
  });
  return {
    kind: "mean",
    origin: {},
    calendarOnly: false,
    cohorts,
    spans,
    days,
    products: pairRows,
    early,
    both,
    slopes,
    weekdays,
    entrants: []
  };
}

function dateOf(days: number): string {
  return new Date(Date.UTC(2026, 0, 5 + days)).toISOString().slice(0, 10);
}
