import type {Comparison} from "../stats/index.ts";
import {adjustedLevels, estimateQuantile, mean} from "../stats/index.ts";
import type {Moments} from "../stats/moments.ts";
import type {QuantileBins} from "../stats/quantileBins.ts";
import {effectOf} from "../experiment/effectOf.ts";
import type {EffectOptions} from "../experiment/effectOf.ts";
import type {ExploreState} from "../experiment/exploreState.ts";
import type {Interval} from "../experiment/format.ts";
import type {MetricResult, Readout} from "../experiment/readout.ts";
import type {Kind} from "../experiment/words.ts";
import {cellLag} from "./cellLag.ts";
import type {CellLag} from "./cellLag.ts";
import type {CubeTable} from "./cubeTable.ts";
import type {ArmMoments} from "./reader.ts";
import {momentsAsOf, momentsByDate, momentsOfEntries, sketchesAsOf, sketchesByDate} from "./reader.ts";
import {phaseDimension} from "./row.ts";

/** The published tables of an experiment; entries are null where their file could not be had. */
export interface Cubes {
  readonly path: CubeTable;
  readonly entries: CubeTable | null;
}

/** What an answer needs to know of the metric; a quantile is had where it is said which. */
export type Asked = Pick<MetricResult, "key" | "kind"> & Partial<Pick<MetricResult, "quantile">>;

/** What an answer needs to know of the experiment. */
export type Registered = Pick<Readout, "alpha" | "alternative" | "minimumUnits" | "phases" | "variants">;

/** One treatment against the control, in one cell of the crossing. */
export interface CellResult {
  /** The value of each crossed dimension; empty for all units that the filters leave. */
  readonly cell: Readonly<Record<string, string>>;
  readonly variant: string;
  readonly baseline: string;
  /** Units, control first. */
  readonly n: readonly [number, number];
  /** Means as they are, without the covariate, control first. */
  readonly means: readonly [number | null, number | null];
  readonly difference: number | null;
  readonly interval: Interval;
  readonly relativeDifference: number | null;
  readonly relativeInterval: Interval;
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
  /** Share of the variance that the covariate took away; null where it was not used. */
  readonly varianceReduction: number | null;
  readonly test: string;
  /** Why a number is missing. */
  readonly reason: string | null;
  /** Why the cell is too small to lean on; null where it is not. */
  readonly small: string | null;
}

/** The answer to a view. */
export interface CellResults {
  /** Most units first. */
  readonly cells: readonly CellResult[];
  /** Comparisons with a p-value: what the correction counts. */
  readonly family: number;
  /** Cells left out because there are more than can be read. */
  readonly more: number;
  readonly level: number;
  /** Units in the cells. */
  readonly units: number;
  /** Where the cells lag behind the variants as a whole on the days asked for; null where they do not. */
  readonly lag: CellLag | null;
}

/** The effects as of one day, or of the units that entered on one day. */
export interface DayResult {
  readonly date: string;
  readonly results: readonly Omit<CellResult, "adjustedPValue" | "cell">[];
}

/** Cells that are computed and shown at most. */
export const maximumCells = 300;

/**
 * Returns the effect of every treatment in every cell of a view, by the functions that the build uses: where the question
 * is one that the readout answers too (all units, or one dimension, with the covariate), the digits are the same. The
 * correction is over the comparisons returned. Where weights changed mid-run, every cell is stratified by entry phase. A
 * quantile is that of whole variants, from their sketch: it has no cells and no entry dates.
 *
 * @throws {RangeError} if the state names a dimension that the cube does not have; check it before
 */
export function exploreCells(
  {path, entries}: Cubes,
  metric: Asked,
  state: ExploreState,
  readout: Registered
): CellResults {
  const level = 1 - readout.alpha;
  const {where, by, asOf, entered} = state;
  const table = entered === null ? path : (entries ?? path);
  const sketched = isSketched(metric, state);
  const phases = sketched ? [] : strataIn(table, readout);
  const selection = {metric: metric.key, where, by: [...by, ...phases]};
  const arms =
    entered === null
      ? momentsAsOf(table, asOf === null ? selection : {...selection, date: asOf})
      : momentsOfEntries(table, {...selection, ...entered});
  const groups = groupBy(arms, ({cell}) => JSON.stringify(by.map((dimension) => cell[dimension])));
  const sized = [...groups.values()]
    .map((group) => ({group, n: group.reduce((sum, {moments}) => sum + moments.n, 0)}))
    .filter(({n}) => n > 0)
    .sort((a, b) => b.n - a.n);
  const shown = sized.slice(0, maximumCells);
  const compare = comparer(metric, state, readout);
  const sketches = sketched
    ? sketchesAsOf(path, asOf === null ? {metric: metric.key} : {metric: metric.key, date: asOf})
    : undefined;
  const found = shown.flatMap(({group}) => {
    const cell = Object.fromEntries(by.map((dimension) => [dimension, group[0]?.cell[dimension] ?? ""]));
    return compare(group, sketches).map((result) => ({cell, ...result}));
  });
  const adjusted =
    state.correction === null || state.correction === "none"
      ? null
      : adjustedLevels(
          found.map(({comparison}) => comparison.pValue),
          state.correction,
          {level}
        ).adjustedPValues;
  const ofCells = selection.by.length > 0 || Object.keys(where).length > 0;
  const span = entered ?? {from: null, to: asOf};
  return {
    cells: found.map(({comparison, ...rest}, i) => ({
      ...rest,
      ...numbers(comparison),
      adjustedPValue: adjusted === null ? comparison.pValue : (adjusted[i] ?? null)
    })),
    family: found.filter(({comparison}) => comparison.pValue !== null).length,
    more: sized.length - shown.length,
    level,
    units: sized.reduce((sum, {n}) => sum + n, 0),
    lag: ofCells ? cellLag(table, metric.key, span) : null
  };
}

/**
 * Returns the effects of all units that the filters leave, day by day: as of the end of each day, or with entry dates
 * those of the units that entered on each day. The crossing is not used.
 */
export function exploreDays(
  {path, entries}: Cubes,
  metric: Asked,
  state: ExploreState,
  readout: Registered
): DayResult[] {
  const byEntry = state.entered !== null && entries !== null;
  const table = byEntry ? entries : path;
  const sketched = isSketched(metric, state);
  const by = sketched ? [] : strataIn(table, readout);
  const selection = {metric: metric.key, where: state.where, by};
  const compare = comparer(metric, state, readout);
  const sketches = sketched ? sketchesByDate(path, metric.key) : [];
  const days = byEntry
    ? table.dates.values.map((date) => ({
        date,
        arms: momentsOfEntries(table, {...selection, from: date, to: date})
      }))
    : momentsByDate(table, selection);
  return days.flatMap(({date, arms}) => {
    const results = compare(arms, sketches.findLast((day) => day.date <= date)?.sketches)
      .map(({comparison, ...rest}) => ({...rest, ...numbers(comparison)}))
      .filter(({difference}) => difference !== null);
    return results.length === 0 ? [] : [{date, results}];
  });
}

function strataIn({dimensions}: CubeTable, {phases}: Registered): string[] {
  return phases.length > 1 && dimensions.has(phaseDimension) ? [phaseDimension] : [];
}

/** Whether a view is one of whole variants, whose values a quantile metric has a sketch of. */
function isSketched({kind, quantile}: Asked, {by, where, entered}: ExploreState): boolean {
  const whole = by.length === 0 && Object.keys(where).length === 0 && entered === null;
  return kind === "quantile" && quantile != null && whole;
}

/** Returns the comparisons of all treatments from the moments of one cell, phase by phase, or from the sketches. */
function comparer(
  {kind, quantile}: Asked,
  {adjust}: ExploreState,
  {alpha, alternative, minimumUnits, variants}: Registered
) {
  const control = variants.find(({role}) => role === "control")?.key ?? "";
  const treatments = variants.filter(({key}) => key !== control).map(({key}) => key);
  // Without a sketch of values no quantile comes back, whichever is asked for.
  const options: EffectOptions = {
    kind,
    alternative,
    covariate: adjust,
    ...(kind === "quantile" ? {quantile: quantile ?? 0.5} : {})
  };
  return (arms: readonly ArmMoments[], sketches?: Readonly<Record<string, QuantileBins>>) => {
    // In the order of the build: which phase is added first decides the last bit.
    const byPhase = [...groupBy(arms, ({cell}) => cell[phaseDimension] ?? "")].sort(([a], [b]) => (a < b ? -1 : 1));
    const strata = byPhase.map(([, group]) => ({
      arms: Object.fromEntries(group.map(({variant, moments}) => [variant, moments])),
      ...(sketches === undefined ? {} : {sketches})
    }));
    const sketchOf = (key: string) => (sketches === undefined ? undefined : sketches[key]);
    return treatments.map((variant) => {
      const effect = effectOf([control, variant], strata, options);
      const comparison = effect.at(1 - alpha);
      const pair = [control, variant].map((key) =>
        strata.flatMap((stratum) => (stratum.arms[key] === undefined ? [] : [stratum.arms[key]]))
      );
      const [c = [], t = []] = pair;
      const n = [unitsIn(c), unitsIn(t)] as const;
      return {
        variant,
        baseline: control,
        n,
        means: [
          quantileOf(sketchOf(control), options) ?? meanOf(c, kind),
          quantileOf(sketchOf(variant), options) ?? meanOf(t, kind)
        ] as const,
        varianceReduction: effect.adjusted ? effect.varianceReduction : null,
        test: comparison.method,
        small: smallness([c, t], kind, minimumUnits),
        reason:
          kind === "quantile" && sketches === undefined ? noQuantile : (comparison.reason ?? comparison.relativeReason),
        comparison
      };
    });
  };
}

/** Why a quantile is not there in a view that is not one of whole variants. */
export const noQuantile =
  "a quantile is known of whole variants only: it is no sum over segments, so it cannot be filtered, crossed or taken by entry date";

function quantileOf(sketch: QuantileBins | undefined, {quantile}: EffectOptions): number | null {
  return sketch === undefined || quantile === undefined ? null : estimateQuantile(sketch, quantile).estimate;
}

function numbers({difference, interval, relativeDifference, relativeInterval, pValue}: Comparison) {
  return {difference, interval, relativeDifference, relativeInterval, pValue};
}

/** Why nobody should lean on the numbers of a cell: too few units, or too few of them differ. */
function smallness(arms: readonly (readonly Moments[])[], kind: Kind, minimumUnits: number): string | null {
  const fewest = Math.min(...arms.map(unitsIn));
  if (fewest === 0) return "no units in an arm";
  if (fewest < minimumUnits) return `fewer than ${minimumUnits} units in an arm`;
  if (kind === "proportion" || kind === "retention") {
    const counts = arms.flatMap((arm) => {
      const events = arm.reduce((sum, {y, n, origin}) => sum + y + n * (origin.y ?? 0), 0);
      return [events, unitsIn(arm) - events];
    });
    return Math.min(...counts) < 4.5 ? "fewer than 5 units with, or without, the event in an arm" : null;
  }
  return fewest < 30 ? "fewer than 30 units in an arm, too few for this interval" : null;
}

function unitsIn(arm: readonly Moments[]): number {
  return arm.reduce((sum, {n}) => sum + n, 0);
}

/** The plain mean over all strata of an arm; of a ratio the ratio of its means; null for a quantile. */
function meanOf(arm: readonly Moments[], kind: Kind): number | null {
  if (unitsIn(arm) === 0 || kind === "quantile") return null;
  const [y, w] = [meanOver(arm, "y"), meanOver(arm, "w")];
  return kind !== "ratio" ? y : w === 0 ? null : y / w;
}

function meanOver(arm: readonly Moments[], letter: "y" | "w"): number {
  const [first] = arm;
  if (arm.length === 1 && first !== undefined) return mean(first, letter) ?? 0;
  return arm.reduce((sum, m) => sum + (mean(m, letter) ?? 0) * m.n, 0) / unitsIn(arm);
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
