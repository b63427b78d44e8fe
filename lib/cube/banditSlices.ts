import type {BanditSums, BanditSlice} from "../experiment/sums.ts";
import type {Hits} from "./buildLogs.ts";
import {bitsOf, isCalendar} from "./increments.ts";
import type {LoadContext} from "./loadFacts.ts";
import type {MetricPlan, Plan} from "./plan.ts";
import type {Known} from "./sql/exposures.ts";
import {attributeSteps, isZeroOrOne, matureDay} from "./sql/increments.ts";
import type {Numbered} from "./sql/increments.ts";
import type {Scale} from "./sql/totals.ts";
import {partsOf} from "./sql/totals.ts";
import {numberOf} from "./steps.ts";
import {localTime} from "./zone.ts";

const minute = 60_000_000;

/** Lengths of a slice in minutes, from a day down: how often a bandit may have set its probabilities anew. */
const lengths = [1440, 720, 480, 360, 240, 180, 120, 60, 30, 15, 10, 5, 1];

export interface BanditSlicesOptions {
  scale: Scale;
  known: Known;
  /** Of the metrics that have one, in the metric's unit. */
  caps: Readonly<Record<string, number>>;
}

/**
 * Returns a bandit's units by slices of entry time, in order, with their rewards by metric as of the readout's day:
 * whole-number sums, so that they are the same at any number of threads. A slice is as long as it can be while every
 * variant has one logged probability in it. A variant that nobody got in a slice has what the others left, evenly.
 * Metrics that are not sums of a unit (ratios, quantiles, times) have no rewards.
 */
export async function banditSlices(
  context: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, known, caps}: BanditSlicesOptions
): Promise<BanditSums | null> {
  const {steps, engine} = context;
  if (plan.experiment.bandit === undefined) return null;
  const local = localTime("x.exposed", known.offsets);
  const sliceOf = (minutes: number): string => engine.dialect.floorDivide(local, minutes * minute);
  const {minutes, reason} = await chooseLength(context, plan, sliceOf, known.calendar);
  const probability = plan.propensity === null || reason !== null ? "NULL" : `max(x.${plan.propensity.id})`;
  const entered = await steps.rows(
    `SELECT ${sliceOf(minutes)} AS slice, x.variant, count(*), ${probability} FROM units AS x WHERE x.counts GROUP BY 1, 2 ORDER BY 1, 2`
  );
  const keys = plan.variants;
  const found = new Map<number, {units: number[]; chosen: (number | null)[]}>();
  for (const [slice, variant, n, p] of entered) {
    const own = found.get(Number(slice)) ?? {units: keys.map(() => 0), chosen: keys.map(() => null)};
    own.units[Number(variant)] = Number(n);
    own.chosen[Number(variant)] = numberOf(p);
    found.set(Number(slice), own);
  }
  const slices = [...found].map(([slice, {units, chosen}]): BanditSlice => ({
    time: timeOf(slice, minutes),
    units: named(keys, units),
    probabilities: reason === null ? completed(keys, chosen) : null
  }));
  const odd = slices.findIndex(({probabilities}) => probabilities === null);
  const why =
    reason ?? (odd < 0 ? null : `the probabilities of the variants do not add up to 1: ${slices[odd]?.time ?? ""}`);
  const order = new Map([...found.keys()].map((slice, i) => [slice, i]));
  const metrics: Record<string, BanditSums["metrics"][string]> = {};
  for (const [index, metric] of plan.metrics.entries()) {
    const reward = rewardOf(context, hits, {index, metric, cap: capIn(metric, caps, scale)}, {scale, known});
    if (reward === null) continue;
    const {value, from, mature, step} = reward;
    const rows = await steps.rows(
      `SELECT slice, variant, count(y), sum(y), sum(${engine.dialect.wide("y")} * y) FROM (SELECT ${sliceOf(minutes)} AS slice, x.variant, ${mature} AS day, ${value} AS y FROM units AS x${from} WHERE x.counts) AS r WHERE day <= ${scale.asOf} AND y IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`
    );
    const arms = slices.map(() =>
      named(
        keys,
        keys.map(() => ({n: 0, sum: 0, sumSquares: 0}))
      )
    );
    for (const [slice, variant, n, sum, squares] of rows) {
      const at = arms[order.get(Number(slice)) ?? -1];
      const key = keys[Number(variant)];
      if (at === undefined || key === undefined) continue;
      at[key] = {n: Number(n), sum: Number(sum) / step, sumSquares: Number(squares) / step ** 2};
    }
    metrics[metric.key] = {binary: isZeroOrOne(metric, "y"), arms};
  }
  return {
    minutes,
    reason: why,
    slices: why === null ? slices : slices.map((slice) => ({...slice, probabilities: null})),
    metrics
  };
}

/** The longest slice in which every variant has one probability; a day, with the reason, where there is none. */
async function chooseLength(
  {steps, engine}: LoadContext,
  {propensity, experiment}: Plan,
  sliceOf: (minutes: number) => string,
  calendar: boolean
): Promise<{minutes: number; reason: string | null}> {
  if (propensity === null) return {minutes: 1440, reason: "no probabilities were logged"};
  const p = `x.${propensity.id}`;
  const [bad] = await steps.rows(
    `SELECT count(*) FROM units AS x WHERE x.counts AND NOT coalesce(${engine.dialect.finite(p)} AND ${p} > 0 AND ${p} <= 1, false)`
  );
  const without = numberOf(bad?.[0]) ?? 0;
  if (without > 0)
    return {
      minutes: 1440,
      reason: `the logged probability of ${without === 1 ? "one unit" : `${without} units`} is missing or not above 0 and at most 1`
    };
  for (const minutes of calendar ? lengths.slice(0, 1) : lengths) {
    const [varied] = await steps.rows(
      `SELECT count(*) FROM (SELECT 1 FROM units AS x WHERE x.counts GROUP BY ${sliceOf(minutes)}, x.variant HAVING max(${p}) - min(${p}) > 1e-9) AS r`
    );
    if ((numberOf(varied?.[0]) ?? 0) === 0) return {minutes, reason: null};
  }
  return {
    minutes: 1440,
    reason: `the logged probabilities of ${experiment.id} differ between units of ${calendar ? "one day" : "one minute"}; only probabilities that hold for a while can be read`
  };
}

/** Every variant's probability: those that nobody got share what is left; null where they cannot add up to 1. */
function completed(keys: readonly string[], chosen: readonly (number | null)[]): Record<string, number> | null {
  const left = 1 - chosen.reduce<number>((total, p) => total + (p ?? 0), 0);
  const missing = chosen.filter((p) => p === null).length;
  if (missing === 0 ? Math.abs(left) > 1e-6 : left < -1e-6) return null;
  const total = missing === 0 ? 1 - left : 1;
  const share = missing === 0 ? 0 : Math.max(0, left) / missing;
  return named(
    keys,
    chosen.map((p) => (p ?? share) / total)
  );
}

function named<T>(keys: readonly string[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(keys.flatMap((key, i) => (values[i] === undefined ? [] : [[key, values[i]]])));
}

function timeOf(slice: number, minutes: number): string {
  const time = new Date(slice * minutes * 60_000).toISOString();
  return minutes % 1440 === 0 ? time.slice(0, 10) : time.slice(0, 16);
}

function capIn({key, sides}: MetricPlan, caps: Readonly<Record<string, number>>, scale: Scale): number | null {
  const cap = caps[key];
  return cap === undefined ? null : Math.round(cap * 2 ** (bitsOf(sides.y, scale) ?? 0));
}

interface Reward {
  /** SQL of a unit's reward in steps, null where it does not count; of the tables joined to `units AS x`. */
  readonly value: string;
  readonly from: string;
  /** SQL of the day on which it counts. */
  readonly mature: string;
  readonly step: number;
}

function rewardOf(
  {engine}: LoadContext,
  hits: readonly Hits[],
  numbered: Numbered,
  {scale, known}: Pick<BanditSlicesOptions, "scale" | "known">
): Reward | null {
  const {metric, index, cap} = numbered;
  const {y, w} = metric.sides;
  if (y === undefined || w !== undefined || metric.kind === "quantile" || metric.kind === "time-to-event") return null;
  const step = 2 ** (bitsOf(y, scale) ?? 0);
  const calendar = known.calendar || isCalendar(metric, hits);
  const after = metric.clock.running ? 0 : metric.clock.after;
  const mature = matureDay(engine.dialect, {after, offsets: known.offsets, calendar, events: false});
  if (y.of === "attribute") {
    const value = attributeSteps(engine.dialect, numbered, "y", scale);
    return value === null ? null : {value, from: "", mature, step};
  }
  const column = partsOf(metric, index).find(({letter}) => letter === "y")?.column;
  if (column === undefined) return null;
  const total = `coalesce(t.${column}, 0)`;
  const value = cap === null ? total : `least(${total}, ${cap})`;
  if (!metric.clock.running) return {value, from: " LEFT JOIN unit_totals AS t ON t.u = x.u", mature, step};
  const reduce = y.reduce === "any" ? "max" : "sum";
  const daily = `SELECT u, ${engine.dialect.integer(`${reduce}(${column})`)} AS ${column} FROM unit_days WHERE day <= ${scale.asOf} GROUP BY u`;
  return {value, from: ` LEFT JOIN (${daily}) AS t ON t.u = x.u`, mature, step};
}
