import {alphaSpendingBoundaries, asymptoticConfidenceSequence, crossingProbabilities} from "../sequential/index.ts";
import {driftForPower, expectedFraction} from "../sequential/index.ts";
import {
  cohensHMinimumEffect,
  cohensHSampleSize,
  forecastUnits,
  meanMinimumEffect,
  meanSampleSize,
  normal
} from "../stats/index.ts";
import type {SampleSize} from "../stats/index.ts";
import type {Method} from "./words.ts";

/** What is known before the start: the metric, the traffic, and what is asked. */
export interface PlanQuestion {
  /** `share` for 0 or 1 per unit (planned by Cohen's h), `mean` for everything else (t-test). */
  readonly kind: "share" | "mean";
  /** The control's mean and the standard deviation of one unit, without a covariate. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** Share of the variance that a covariate takes away, in [0, 1). */
  readonly varianceReduction: number;
  /** Relative effect worth finding; not 0, below 0 for a metric that should fall. */
  readonly effect: number;
  /** Two-sided, in (0, 1). */
  readonly alpha: number;
  readonly power: number;
  /** New units a day, oldest first, and the share of them that enters the experiment, in (0, 1]. */
  readonly traffic: readonly number[];
  readonly share: number;
  /** Days until a unit counts. */
  readonly maturity: number;
}

/** One way to read the experiment, and what it takes. Units are those of two equal arms together. */
export interface PlannedDesign {
  readonly method: Method;
  /** Units at the planned end, mature by then, and the day on which that is. */
  readonly units: number | null;
  readonly days: number | null;
  /** Looks that may stop it: one a night, 60 at most. */
  readonly looks: number;
  /** Units over those of the fixed design. */
  readonly inflation: number | null;
  /** Expected when it stops: mature units and days, if the effect is as asked and if there is none. */
  readonly expected: {readonly effect: Expected; readonly none: Expected} | null;
  /** Chance that it has stopped by then, by day of its looks, under both. */
  readonly stopped: readonly {readonly day: number; readonly effect: number; readonly none: number}[];
  /** Why numbers are null, or null. */
  readonly reason: string | null;
}

export interface Expected {
  readonly units: number;
  readonly days: number;
}

/** No experiment is planned for longer. */
export const MOST_DAYS = 730;
const MOST_LOOKS = 60;
const methods: readonly Method[] = ["fixed", "group-sequential", "always-valid"];

/**
 * Returns what the question takes under each design: fixed (one look at the end), group-sequential (O'Brien-Fleming spending, a look a
 * night) and always-valid (a confidence sequence tuned at the planned units, stopped when it leaves 0 out). All have the power asked for
 * by their planned end. The two sequential ones pay for that with more units at most, and get it back by stopping early.
 *
 * No effect, no variance, no traffic, or more than 730 days: nulls with the reason.
 *
 * @throws {RangeError} if a number is out of range
 * @see Jennison & Turnbull (2000), Group Sequential Methods, chapters 2, 7 and 19
 */
export function planOf(question: PlanQuestion): PlannedDesign[] {
  return methods.map((method) => designOf(method, question));
}

/** Returns the relative effect that a design finds with the power asked for within so many days, as a size above 0; null if none. */
export function effectWithin(method: Method, days: number, question: PlanQuestion): number | null {
  const units = unitsBy(question, days - question.maturity);
  if (!(units >= 4)) return null;
  const {inflation} = roughInflation(method, days - question.maturity, question);
  const {mean, standardDeviation, alpha, power, varianceReduction, effect} = question;
  const options = {alpha, power, varianceReduction, alternative: effect < 0 ? ("less" as const) : ("greater" as const)};
  const perArm = units / inflation / 2;
  // One side at half of alpha: the two-sided test without the tail that nobody plans for.
  const oneSide = {...options, alpha: alpha / 2};
  const {relative} =
    question.kind === "share"
      ? cohensHMinimumEffect(mean, perArm, oneSide)
      : meanMinimumEffect({mean, standardDeviation}, perArm, oneSide);
  return relative === null ? null : Math.abs(relative);
}

/** Returns the power of a design within so many days for the effect asked about; null without units or variance. */
export function powerWithin(method: Method, days: number, question: PlanQuestion): number | null {
  const units = unitsBy(question, days - question.maturity);
  const fixed = fixedUnits(question).nTotalCeil;
  if (!(units >= 4) || fixed === null) return null;
  const shift = shiftOf(question) * Math.sqrt(units / fixed);
  if (method === "fixed") return normal.sf(normal.upperQuantile(question.alpha / 2) - shift);
  const fractions = equalLooks(days - question.maturity);
  return crossingProbabilities(fractions, boundsOf(method, fractions, question.alpha), {drift: shift}).power;
}

/** Returns the units that have entered the experiment by the end of each day. */
export function entriesOf({traffic, share}: Pick<PlanQuestion, "traffic" | "share">, days = MOST_DAYS): number[] {
  return forecastUnits(traffic, days).map((n) => n * share);
}

function designOf(method: Method, question: PlanQuestion): PlannedDesign {
  const {alpha, power, maturity} = question;
  const nothing = {method, units: null, days: null, looks: 0, inflation: null, expected: null, stopped: []};
  const fixed = fixedUnits(question);
  if (fixed.nTotalCeil === null) return {...nothing, reason: fixed.reason ?? "no effect to detect"};
  const entries = entriesOf(question);
  if (!((entries.at(-1) ?? 0) > 0)) return {...nothing, reason: "no traffic to forecast from"};
  const lastDay = (units: number) => {
    const day = entries.findIndex((n) => n >= units * (1 - 1e-12));
    return day < 0 || day + 1 + maturity > MOST_DAYS ? null : day + 1;
  };
  const tooLong = `not within ${MOST_DAYS} days`;
  let units = fixed.nTotalCeil;
  let inflation = 1;
  let looks: readonly Night[] = [];
  let solved: {drift: number; bounds: number[]} | null = null;
  // The looks depend on the days, these on the units, and the units a little on the looks: the second round settles it.
  for (let round = 0; round < 3; ++round) {
    const last = lastDay(units);
    if (last === null) return {...nothing, reason: tooLong};
    looks = method === "fixed" ? [{day: last, fraction: 1}] : nightsOf(entries, last, units);
    const fractions = looks.map(({fraction}) => fraction);
    const bounds = boundsOf(method, fractions, alpha);
    const {drift} = driftForPower(fractions, bounds, {power, alphaPerSide: alpha / 2});
    solved = {drift, bounds};
    inflation = (drift / shiftOf(question)) ** 2;
    const needed = Math.ceil(fixed.nTotalCeil * inflation - 1e-6);
    if (needed === units) break;
    units = needed;
  }
  const last = lastDay(units);
  if (last === null || solved === null) return {...nothing, reason: tooLong};
  const {drift, bounds} = solved;
  const fractions = looks.map(({fraction}) => fraction);
  const under = (d: number) => {
    const exits = crossingProbabilities(fractions, bounds, {drift: d});
    const at = fractions.map((_, k) => (exits.upper[k] ?? 0) + (exits.lower[k] ?? 0));
    const early = at.slice(0, -1);
    const days = early.reduce((sum, p, k) => sum - p * (last - (looks[k]?.day ?? last)), last + maturity);
    let sum = 0;
    return {
      expected: {units: units * expectedFraction(fractions, bounds, {drift: d}), days},
      by: at.map((p, k) => (k === at.length - 1 ? 1 : (sum += p)))
    };
  };
  const [effect, none] = [under(drift), under(0)];
  return {
    method,
    units,
    days: last + maturity,
    looks: looks.length,
    inflation,
    expected: {effect: effect.expected, none: none.expected},
    stopped: looks.map(({day}, k) => ({day: day + maturity, effect: effect.by[k] ?? 1, none: none.by[k] ?? 1})),
    reason: null
  };
}

/** A night on which a look is taken: the day on which its youngest units entered, and its information. */
type Night = {readonly day: number; readonly fraction: number};

function nightsOf(entries: readonly number[], last: number, units: number): Night[] {
  const count = Math.min(MOST_LOOKS, last);
  const nights: Night[] = [];
  for (let k = 1; k <= count; ++k) {
    const day = Math.round((k * last) / count);
    const fraction = k === count ? 1 : (entries[day - 1] ?? 0) / units;
    if (fraction > (nights.at(-1)?.fraction ?? 0) * (1 + 1e-6) && (k === count || fraction < 1 - 1e-6))
      nights.push({day, fraction});
  }
  return nights;
}

function boundsOf(method: Method, fractions: readonly number[], alpha: number): number[] {
  if (method === "fixed") return [normal.upperQuantile(alpha / 2)];
  if (method === "group-sequential") return alphaSpendingBoundaries(fractions, {alpha}).z;
  return fractions.map((t) => asymptoticConfidenceSequence(0, 1, t, {alpha, tuneAt: 1}).multiplier);
}

const known = new Map<string, number>();

/** What the looks cost, for equally spaced ones; remembered, since a slider asks for the same ones over and over. */
function roughInflation(method: Method, days: number, question: PlanQuestion): {inflation: number} {
  if (method === "fixed") return {inflation: 1};
  const {alpha, power} = question;
  const fractions = equalLooks(days);
  const key = `${method} ${fractions.length} ${alpha} ${power}`;
  let inflation = known.get(key);
  if (inflation === undefined) {
    const {drift} = driftForPower(fractions, boundsOf(method, fractions, alpha), {power, alphaPerSide: alpha / 2});
    known.set(key, (inflation = (drift / shiftOf(question)) ** 2));
  }
  return {inflation};
}

function equalLooks(days: number): number[] {
  const count = Math.max(1, Math.min(MOST_LOOKS, Math.floor(days)));
  return Array.from({length: count}, (_, k) => (k + 1) / count);
}

function unitsBy(question: PlanQuestion, days: number): number {
  return days >= 1 ? (entriesOf(question, Math.min(MOST_DAYS, Math.floor(days))).at(-1) ?? 0) : 0;
}

/** E(Z) of a fixed test with the power asked for, in the direction of the effect. */
function shiftOf({alpha, power}: PlanQuestion): number {
  return normal.upperQuantile(alpha / 2) + normal.quantile(power);
}

function fixedUnits({
  kind,
  mean,
  standardDeviation,
  effect,
  varianceReduction,
  alpha,
  power
}: PlanQuestion): SampleSize {
  const options = {
    alpha: alpha / 2,
    power,
    varianceReduction,
    alternative: effect * mean < 0 ? ("less" as const) : ("greater" as const)
  };
  if (kind === "mean") return meanSampleSize({mean, standardDeviation}, effect, options);
  const target = mean * (1 + effect);
  if (!(0 <= target && target <= 1)) {
    const reason = `the effect leads to a share that is not in [0, 1]: ${target}`;
    return {nControl: null, nTreatment: null, nControlCeil: null, nTreatmentCeil: null, nTotalCeil: null, reason};
  }
  return cohensHSampleSize(mean, target, options);
}
