import {
  alphaSpendingBoundaries,
  alwaysValidLooks,
  ledgerLooks,
  mixingDeviation,
  sequentialState
} from "../sequential/index.ts";
import type {AlwaysValidLooks, Look, Night, SequentialDesign, SequentialState} from "../sequential/index.ts";
import {bracketedRoot} from "../stats/bracketedRoot.ts";
import {normalTail} from "../stats/normalTail.ts";
import type {Comparison} from "../stats/index.ts";
import {pair} from "./comparisonOf.ts";
import type {Experiment} from "./definition/definition.ts";
import {effectOf} from "./effectOf.ts";
import type {Effect} from "./effectOf.ts";
import {formatChosen, formatDate, formatNumber, formatPercent, formatPercentInterval} from "./format.ts";
import {variantKeys} from "./health/healthInput.ts";
import type {LedgerLook} from "./history/memory.ts";
import {effectOptions} from "./metricResultOf.ts";
import type {MetricEffects} from "./metricResultOf.ts";
import {parseShare} from "./definition/parseShare.ts";
import type {LookResult, PathComparison, SequentialComparison, SequentialResult} from "./readout.ts";

/** What the sequential part of a metric is computed from, beside its sums. */
export interface SequentialInput {
  readonly experiment: Experiment;
  /** Alpha of one comparison, all sides, after the split over primary comparisons. */
  readonly alpha: number;
  /** The ledger of this experiment. */
  readonly ledger: readonly LedgerLook[];
  /** Whether the planned end is reached. */
  readonly ended: boolean;
  /** Hash of the definition, for new looks. */
  readonly definition: string;
  /** Whether this is the first build over past data, so that looks are reconstructed. */
  readonly firstBuild: boolean;
  /** The readout's day. */
  readonly asOf: string | null;
}

/** The sequential part of a metric, the looks to append, and what replaces the fixed-sample numbers. */
export interface SequentialPart {
  readonly result: SequentialResult;
  readonly added: LedgerLook[];
  /** By variant: tonight's comparison by the sequential method, its p-value and path. Absent for a fixed design. */
  readonly tonight: ReadonlyMap<string, SequentialTonight>;
}

/** Tonight's numbers of one comparison by the sequential method. */
export interface SequentialTonight {
  readonly comparison: Comparison;
  readonly path: readonly {readonly date: string; readonly comparison: PathComparison}[];
}

interface Day {
  readonly date: string;
  readonly units: number;
  readonly n: number;
  readonly effect: Effect;
  readonly comparison: Comparison;
}

/**
 * Returns the sequential part of a primary metric: every night's z against information (mature units / planned units),
 * the looks of the ledger with those of tonight, bounds to come, the confidence sequence by day. Intervals are those of
 * the comparison's own test at the critical value of the look, so that test and interval stay one method.
 */
export function sequentialOf(use: MetricEffects, input: SequentialInput): SequentialPart {
  const {experiment, alpha} = input;
  const {method} = experiment.design;
  const keys = variantKeys(experiment);
  const [control] = keys;
  const options = effectOptions(experiment, use.metric);
  const current = use.sums.days.at(-1);
  const unitsNow = keys.reduce((n, key) => n + (current?.arms[key]?.n ?? 0), 0);
  const planned = experiment.design.plannedUnits ?? null;
  const guaranteed = use.metric.window !== undefined && use.metric.mature !== false;
  const base = {
    method,
    spending: method === "group-sequential" ? spendingText(experiment.design.spending) : null,
    alpha,
    sides: experiment.alternative === "two-sided" ? (2 as const) : (1 as const),
    guaranteed: method === "fixed" ? true : guaranteed,
    plannedUnits: planned,
    tuneAt: experiment.design.tuneAt ?? null,
    fraction: planned === null ? null : unitsNow / planned
  };
  const parts = use.effects.map(({variant}) => {
    const days = use.sums.days.flatMap(({date, arms, strata}): Day[] => {
      const effect = effectOf([control ?? "", variant], strata, options);
      const comparison = effect.at(1 - alpha);
      if (comparison.statistic === null || comparison.difference === null) return [];
      const units = keys.reduce((n, key) => n + (arms[key]?.n ?? 0), 0);
      return [{date, units, n: (arms[control ?? ""]?.n ?? 0) + (arms[variant]?.n ?? 0), effect, comparison}];
    });
    const {comparison, ...part} =
      method === "always-valid"
        ? alwaysValid(variant, days, use, {...input, planned: planned ?? unitsNow})
        : method === "group-sequential" && planned !== null
          ? groupSequential(variant, days, use, {...input, planned})
          : fixed(variant, days.at(-1) ?? null, input);
    return {...part, comparison: {...comparison, nights: nightsOf(days), mixing: mixingOf(use.key, days, experiment)}};
  });
  return {
    result: {
      ...base,
      future: parts[0]?.future ?? [],
      comparisons: parts.map(({comparison}) => comparison),
      reason:
        guaranteed || method === "fixed"
          ? null
          : "no window: totals keep growing after exposure, so the error rate is not guaranteed"
    },
    added: parts.flatMap(({added}) => added),
    tonight: new Map(
      parts.flatMap(({comparison, tonight}) => (tonight === null ? [] : [[comparison.variant, tonight] as const]))
    )
  };
}

interface Part {
  comparison: Omit<SequentialComparison, "nights" | "mixing">;
  added: LedgerLook[];
  future: SequentialResult["future"];
  tonight: SequentialTonight | null;
}

function fixed(variant: string, last: Day | null, {experiment, ended, asOf}: SequentialInput): Part {
  const sentence = ended
    ? last === null
      ? "The planned end is reached, and there is nothing to compare."
      : `The planned end is reached: this one look may be read. ${relativeText(last.comparison)}`
    : `A fixed design allows one look, at the planned end${experiment.end === undefined ? "" : ` on ${formatDate(experiment.end)}`}. Until then nothing is called significant, whatever the numbers of ${formatDate(asOf)} say.`;
  return {
    comparison: {variant, looks: [], crossed: null, stop: null, conditionalPower: null, path: [], sentence},
    added: [],
    future: [],
    tonight: null
  };
}

function groupSequential(
  variant: string,
  days: readonly Day[],
  {key, metric}: MetricEffects,
  input: SequentialInput & {planned: number}
): Part {
  const {experiment, alpha, ledger, ended, definition, firstBuild, planned, asOf} = input;
  const design: SequentialDesign = {
    ...spendingOf(experiment.design),
    method: "group-sequential",
    alpha,
    alternative: experiment.alternative,
    direction: metric.direction,
    looks: experiment.design.looks,
    planned,
    power: experiment.power,
    ...futilityOf(experiment)
  };
  const recorded = ledger.filter((look) => look.metric === key && look.variant === variant);
  const nights = days
    .map((day, i) => nightOf(day, planned, ended && i === days.length - 1))
    // A night on which nothing was built is missed: nobody looked, so it spends nothing.
    .filter(({date}) => firstBuild || date === asOf);
  const {appended, looks, crossed} = ledgerLooks(design, recorded, nights);
  const added = appended.map((look): LedgerLook => ({
    metric: key,
    variant,
    ...look,
    definition,
    reconstructed: firstBuild && look.date !== asOf
  }));
  const state = sequentialState(design, looks, {stopped: experiment.status === "stopped"});
  const byDate = new Map(days.map((day) => [day.date, day]));
  const criticals = criticalByDay(days, looks);
  const last = days.at(-1) ?? null;
  const critical = last === null ? null : (criticals.get(last.date) ?? null);
  return {
    comparison: {
      variant,
      looks: looks.map((look) =>
        lookResult(look, recorded, [...recorded, ...added], byDate.get(look.date), experiment)
      ),
      crossed,
      stop: stopOf(state, looks, byDate),
      conditionalPower:
        state.conditionalPower === null
          ? null
          : {design: state.conditionalPower.design, trend: state.conditionalPower.trend},
      path: [],
      sentence: groupSentence(state, looks, last, crossed, critical, experiment)
    },
    added,
    future: state.futureBounds.flatMap(({fraction, bound, futilityBound}) => [
      {fraction, bound, ...(futilityBound === null ? {} : {futilityBound})}
    ]),
    tonight:
      last === null
        ? null
        : {
            comparison: atCritical(last, critical, experiment, repeatedPValue(design, looks, last)),
            path: days.map((day) => ({
              date: day.date,
              comparison: pathAt(variant, day, atCritical(day, criticals.get(day.date) ?? null, experiment, null))
            }))
          }
  };
}

function alwaysValid(
  variant: string,
  days: readonly Day[],
  {key, metric}: MetricEffects,
  {experiment, alpha, ledger, definition, firstBuild, planned, asOf}: SequentialInput & {planned: number}
): Part {
  const {tuneAt} = experiment.design;
  const mixing = mixingOf(key, days, experiment);
  const recorded = ledger.filter((look) => look.metric === key && look.variant === variant);
  const state = alwaysValidLooks(
    {
      method: "always-valid",
      alpha,
      alternative: experiment.alternative,
      direction: metric.direction,
      planned: Math.max(1, planned),
      ...(mixing !== null ? {mixing} : tuneAt !== undefined ? {tuneAt} : {})
    },
    recorded,
    days.map((day) => nightOf(day, Math.max(1, planned), false)),
    new Set(days.map(({date}) => date).filter((date) => firstBuild || date === asOf))
  );
  const comparisons = days.map((day, i) => {
    const {interval, estimate, pValueToday} = state.path[i]!;
    const night = nightOf(day, 1, false);
    const reach = interval === null || estimate === null ? null : (interval[1] ?? interval[0]);
    const critical =
      reach === null || estimate === null || !night.standardError
        ? null
        : Math.abs(reach - estimate) / night.standardError;
    return atCritical(day, critical, experiment, pValueToday);
  });
  const last = days.at(-1) ?? null;
  const tonight = comparisons.at(-1) ?? null;
  const read = readByDay(state, days);
  return {
    comparison: {
      variant,
      looks: [],
      crossed: state.crossed,
      stop: null,
      conditionalPower: null,
      path: days.map(({date, n}, i) => {
        const own = read[i]!;
        const now = state.path[i]!.pValue;
        return {
          date,
          n,
          interval: pair(comparisons[i]!.interval),
          relativeInterval: pair(comparisons[i]!.relativeInterval),
          pValue: own,
          ...(Math.abs(now - own) > 1e-9 * own ? {recomputedPValue: now} : {})
        };
      }),
      sentence: alwaysSentence(state, {alpha, p: read.at(-1) ?? null, tonight})
    },
    added: state.appended.map((look): LedgerLook => ({
      metric: key,
      variant,
      ...look,
      definition,
      reconstructed: firstBuild && look.date !== asOf
    })),
    future: [],
    tonight:
      last === null || tonight === null
        ? null
        : {
            comparison: tonight,
            path: days.map((day, i) => ({date: day.date, comparison: pathAt(variant, day, comparisons[i]!)}))
          }
  };
}

/** The p-value that could be read on each day: that of the last look until then; 1 before the first. */
function readByDay({looks}: AlwaysValidLooks, days: readonly Day[]): number[] {
  return days.map(({date}) => looks.findLast((look) => look.date <= date)?.pValue ?? 1);
}

/** The mixing of an always-valid design: its own, or where it is not tuned at some units, the minimum effect. */
function mixingOf(
  key: string,
  days: readonly Day[],
  {design: {mixing, tuneAt}, minimumEffect}: Experiment
): number | null {
  if (mixing !== undefined) return mixing;
  if (tuneAt !== undefined) return null;
  // The mixing must not follow the data: it rests on the first day with a hundred units, which later days leave alone.
  const baseline = days.find(({n}) => n >= 100)?.comparison.control.estimate ?? null;
  const declared = minimumEffect[key];
  if (declared === undefined || baseline === null || baseline === 0) return null;
  return mixingDeviation(parseShare(declared) * Math.abs(baseline));
}

function nightsOf(days: readonly Day[]): SequentialComparison["nights"] {
  return days.flatMap((day) => {
    const {z, standardError = null} = nightOf(day, 1, false);
    return z === null ? [] : [{date: day.date, units: day.units, z, standardError}];
  });
}

/** z and the standard error that gives back the difference: score tests pool under the hypothesis. */
function nightOf({date, units, comparison}: Day, planned: number, final: boolean): Night {
  const {difference, statistic, standardError} = comparison;
  const own = statistic === null || difference === null || statistic === 0 ? standardError : difference / statistic;
  return {date, fraction: units / planned, z: statistic, standardError: own, ...(final ? {final} : {})};
}

/** The critical value that holds on each day: that of its look, else of the look before. Null before the first finite one. */
function criticalByDay(days: readonly Day[], looks: readonly Look[]): Map<string, number | null> {
  let current: number | null = null;
  const bounds = new Map(looks.map(({date, bound}) => [date, bound]));
  return new Map(
    days.map(({date}) => {
      if (bounds.has(date)) current = bounds.get(date) ?? null;
      return [date, current];
    })
  );
}

/** The comparison whose intervals reach `critical` standard errors; without one the intervals are null. */
function atCritical(
  {effect, comparison}: Day,
  critical: number | null,
  {alternative}: Experiment,
  pValue: number | null
): Comparison {
  const tail = critical === null ? 0 : normalTail(critical) * (alternative === "two-sided" ? 2 : 1);
  if (!(tail > 1e-13 && tail < 1)) return {...comparison, interval: null, relativeInterval: null, pValue};
  return {...effect.at(1 - tail), pValue, level: comparison.level};
}

function pathAt(
  variant: string,
  {n}: Day,
  {difference, interval, relativeDifference, relativeInterval, pValue}: Comparison
): PathComparison {
  return {
    variant,
    n,
    difference,
    interval: pair(interval),
    relativeDifference,
    relativeInterval: pair(relativeInterval),
    pValue
  };
}

/** The smallest alpha at which tonight's z would lie on the bound of the last look: it inverts the repeated interval. */
function repeatedPValue(design: SequentialDesign, looks: readonly Look[], {comparison}: Day): number | null {
  const {statistic} = comparison;
  const last = looks.at(-1);
  if (statistic === null || last === undefined || last.bound === null) return null;
  const fractions = looks.map(({fraction}) => fraction);
  const sides = design.alternative === "two-sided" || design.alternative === undefined ? 2 : 1;
  const z = sides === 2 ? Math.abs(statistic) : design.alternative === "less" ? -statistic : statistic;
  const {spending, gamma, rho, table} = design;
  const boundAt = (alpha: number): number =>
    alphaSpendingBoundaries(fractions, {
      alpha,
      sides,
      spending,
      gamma,
      rho,
      table,
      lastLook: last.final ? "all" : "by-function"
    }).z.at(-1) ?? Infinity;
  const [low, high] = [Math.log(1e-8), Math.log(0.999)];
  const excess = (logAlpha: number): number => Math.min(40, boundAt(Math.exp(logAlpha))) - z;
  if (excess(low) <= 0) return 1e-8;
  if (excess(high) >= 0) return 1;
  return Math.exp(bracketedRoot(excess, [low, high], {tolerance: 1e-6}));
}

function lookResult(
  {date, fraction, z, bound, alphaSpent, futilityBound}: Look,
  recorded: readonly LedgerLook[],
  all: readonly LedgerLook[],
  day: Day | undefined,
  experiment: Experiment
): LookResult {
  const own = day === undefined ? null : atCritical(day, bound, experiment, null);
  const now = day?.comparison.statistic ?? null;
  const moved = recorded.some((look) => look.date === date) && now !== null && Math.abs(now - z) > 1e-9;
  return {
    date,
    fraction,
    z,
    bound,
    alphaSpent,
    repeatedInterval: pair(own?.interval ?? null),
    relativeRepeatedInterval: pair(own?.relativeInterval ?? null),
    ...(futilityBound == null ? {} : {futilityBound}),
    reconstructed: all.find((look) => look.date === date)?.reconstructed ?? false,
    ...(moved && now !== null ? {recomputedZ: now} : {})
  };
}

function stopOf(
  {stop}: SequentialState,
  looks: readonly Look[],
  days: ReadonlyMap<string, Day>
): SequentialComparison["stop"] {
  if (stop === null) return null;
  const control = days.get(stop.date)?.comparison.control.estimate ?? null;
  const relative = (value: number | null): number | null =>
    value === null || control === null || control === 0 ? null : value / control;
  return {
    pValue: stop.pValue,
    estimate: stop.estimate,
    interval: pair(stop.interval),
    relativeEstimate: relative(stop.estimate),
    relativeInterval:
      stop.interval === null || control === null || control === 0
        ? null
        : [stop.interval[0] / control, stop.interval[1] / control]
  };
}

function spendingOf({
  spending,
  parameter
}: Experiment["design"]): Pick<SequentialDesign, "spending" | "gamma" | "rho" | "table"> {
  if (typeof spending !== "string") return {spending: "table", table: spending};
  if (spending === "hwang-shih-decani") return {spending, gamma: parameter};
  if (spending === "kim-demets") return {spending, rho: parameter};
  return {spending};
}

function futilityOf({design: {futility}, power}: Experiment): Pick<SequentialDesign, "futility"> {
  if (futility === false) return {};
  return {futility: {beta: 1 - power, binding: futility.binding}};
}

function spendingText(spending: Experiment["design"]["spending"]): string {
  return typeof spending === "string" ? spending : "table";
}

function relativeText({relativeDifference, relativeInterval, level}: Comparison): string {
  return relativeDifference === null
    ? ""
    : `The relative difference is ${formatPercent(relativeDifference, {signed: true})} (${formatChosen(Math.round(level * 1000) / 1000)} interval ${formatPercentInterval(relativeInterval)}).`;
}

function groupSentence(
  {reason}: SequentialState,
  looks: readonly Look[],
  last: Day | null,
  crossed: SequentialState["crossed"],
  critical: number | null,
  {alpha}: Experiment
): string {
  const rate = formatPercent(alpha);
  const look = looks.at(-1);
  if (crossed !== null && look !== undefined)
    return `On ${formatDate(crossed.date)} z = ${formatNumber(look.z, {decimals: 2})} passed the boundary of ${formatNumber(look.bound, {decimals: 2})}: the test may stop, with a false-alarm rate of ${rate} over all looks. Nothing that arrives later can undo this look.`;
  if (look === undefined || last === null) return "No look has been taken: there is no mature unit in both arms yet.";
  if (critical === null)
    return `At ${formatPercent(look.fraction, {decimals: 0})} of the planned information nothing can be concluded yet: the boundary is out of reach by design.`;
  const z = `Tonight's z of ${formatNumber(last.comparison.statistic, {decimals: 2})} lies inside the boundary of ${formatNumber(critical, {decimals: 2})}`;
  return reason === "the planned end is reached without a crossing"
    ? `${z}, and the planned end is reached: no difference is shown.`
    : `${z}: nothing is shown yet. A z beyond the boundary on a coming night would change that; its height falls as information grows.`;
}

function alwaysSentence(
  {crossed, path}: AlwaysValidLooks,
  {alpha, p, tonight}: {alpha: number; p: number | null; tonight: Comparison | null}
): string {
  if (tonight === null || p === null) return "There are no units in both arms to compare yet.";
  const numbers = relativeText(tonight);
  if (crossed === null)
    return `The always-valid p-value is ${formatNumber(p)}, above ${alpha}: nothing is shown yet. ${numbers} It may be read every night; a p-value at or below ${alpha} would change the conclusion.`;
  const doubt =
    (path.at(-1)?.pValueToday ?? 0) > alpha
      ? " By itself tonight's interval would show nothing: the effect, or the data of earlier days, has changed since."
      : "";
  return `Since ${formatDate(crossed.date)} the always-valid p-value is at or below ${alpha}: a difference is shown, however often one has looked. ${numbers}${doubt}`;
}
