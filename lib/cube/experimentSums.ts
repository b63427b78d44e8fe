import type {Experiment} from "../experiment/definition/definition.ts";
import {phaseAt, phasesOf} from "../experiment/definition/phasesOf.ts";
import type {ArmMoments as Arms, ExperimentSums, MetricSums, Stratum, TrafficDay} from "../experiment/sums.ts";
import type {CubeTable} from "./cubeTable.ts";
import {cubeTable} from "./cubeTable.ts";
import type {ArmMoments, DatedMoments} from "./reader.ts";
import {momentsAsOf, momentsByDate, sketchesByDate, valuesOf} from "./reader.ts";
import {reasons} from "./reasons.ts";
import type {Reason} from "./reasons.ts";
import type {Cube, Publication} from "./row.ts";

/** The dimension that the cube adds where weights change mid-run: the phase of a unit's entry. */
export const phaseDimension = "phase";

/**
 * Returns all that a readout is computed from: the published rows, added up by the reader that the browser uses too, so
 * that no shown number knows more than the files say.
 *
 * @param hash content hash of the published rows
 */
export function experimentSums(
  experiment: Experiment,
  cube: Pick<Cube, "excluded" | "rows" | "sql" | "activeUnits" | "largestShare" | "bandit">,
  publication: Publication,
  {hash}: {hash: string}
): ExperimentSums {
  const {dimensions, origins, traffic, asOf, coarser} = publication;
  const table = cubeTable(publication.path, {dimensions, origins});
  const shown = dimensions.filter((name) => name !== phaseDimension);
  const metrics = Object.fromEntries(
    table.metrics.values.map((metric) => [metric, metricSums(experiment, table, publication, metric, shown)])
  );
  const units = new Map<string, number>();
  for (const {variant, units: n} of traffic) units.set(variant, (units.get(variant) ?? 0) + n);
  return {
    asOf,
    units: Object.fromEntries(units),
    metrics,
    tenure: publication.tenure,
    traffic: trafficDays(publication),
    entryHours: entryHours(publication),
    segmentUnits: segmentUnits(table, shown),
    ...(cube.bandit ? {bandit: cube.bandit} : {}),
    activeUnits: cube.activeUnits,
    largestShare: cube.largestShare,
    excluded: cube.excluded.map((row) => ({...row, words: wordsOf(row.reason)})),
    rows: cube.rows,
    hash,
    sql: cube.sql,
    coarsened: coarser.length === 0 ? null : coarser.join(" ")
  };
}

function metricSums(
  experiment: Experiment,
  table: CubeTable,
  {asOf, carried}: Publication,
  metric: string,
  dimensions: readonly string[]
): MetricSums {
  // A sketch is of a variant as a whole: its quantile is not stratified.
  const sketches = sketchesByDate(table, metric);
  const sketched = sketches.some((day) => Object.values(day.sketches).some(({count}) => count.length > 0));
  const sketchesAt = (date: string) =>
    sketched ? {sketches: sketches.findLast((day) => day.date <= date)?.sketches ?? {}} : {};
  const phased = table.dimensions.has(phaseDimension) && !sketched;
  const whole = everyDay(momentsByDate(table, {metric}), experiment.start, asOf);
  const byPhase = phased ? everyDay(momentsByDate(table, {metric, by: [phaseDimension]}), experiment.start, asOf) : [];
  const days = whole.map(({date, arms}, i) => ({
    date,
    arms: armsOf(arms),
    strata: phased ? strataOf(byPhase[i]?.arms ?? []) : [{phase: "start", arms: armsOf(arms), ...sketchesAt(date)}]
  }));
  const last = days.at(-1);
  const lagging = carried.filter((row) => row.table === "path" && row.metric === metric && row.cell === null);
  return {
    arms: last?.arms ?? {},
    days,
    segments: dimensions.flatMap((dimension) => {
      const arms = momentsAsOf(table, {metric, by: [dimension]});
      const phases = phased ? momentsAsOf(table, {metric, by: [dimension, phaseDimension]}) : [];
      const of = (list: readonly ArmMoments[], value: string) => list.filter(({cell}) => cell[dimension] === value);
      return valuesOf(table, {metric, dimension}).map((value) => ({
        dimension,
        value,
        arms: armsOf(of(arms, value)),
        ...(phased ? {strata: strataOf(of(phases, value))} : {})
      }));
    }),
    strata: last?.strata ?? [{phase: phaseAt(phasesOf(experiment), experiment.start), arms: {}}],
    exactFrom: lagging.reduce<string | null>(
      (latest, {until}) => (latest === null || until > latest ? until : latest),
      null
    )
  };
}

/** The moments as of every day from the first with rows to the last day, days without rows as the day before. */
function everyDay(dated: readonly DatedMoments[], start: string, asOf: string | null): DatedMoments[] {
  const [first] = dated;
  if (first === undefined || asOf === null) return [];
  const days: DatedMoments[] = [];
  let next = 0;
  let arms: readonly ArmMoments[] = [];
  const from = Date.parse(first.date < start ? first.date : start);
  for (let time = from; time <= Date.parse(asOf); time += 86_400_000) {
    const date = new Date(time).toISOString().slice(0, 10);
    for (; next < dated.length && dated[next]!.date <= date; ++next) arms = dated[next]!.arms;
    if (arms.length > 0) days.push({date, arms});
  }
  return days;
}

function armsOf(arms: readonly ArmMoments[]): Arms {
  return Object.fromEntries(arms.map(({variant, moments}) => [variant, moments]));
}

function strataOf(arms: readonly ArmMoments[]): Stratum[] {
  const phases = [...new Set(arms.map(({cell}) => cell[phaseDimension] ?? ""))].sort();
  return phases.map((phase) => ({phase, arms: armsOf(arms.filter(({cell}) => cell[phaseDimension] === phase))}));
}

function trafficDays({traffic}: Publication): TrafficDay[] {
  const days = new Map<string, Record<string, number>>();
  for (const {hour, variant, units} of traffic) {
    const date = hour.slice(0, 10);
    const day = days.get(date) ?? {};
    day[variant] = (day[variant] ?? 0) + units;
    days.set(date, day);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([date, units]) => ({date, units}));
}

function wordsOf(reason: string): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason as Reason] : reason;
}

/** Empty where no exposure has a time of day. */
function entryHours({traffic}: Publication): ExperimentSums["entryHours"] {
  const hours = Array.from({length: 24}, (): Record<string, number> => ({}));
  for (const {hour, variant, units} of traffic) {
    const row = hours[Number(hour.slice(11, 13))];
    if (row !== undefined) row[variant] = (row[variant] ?? 0) + units;
  }
  const listed = hours.map((units, hour) => ({hour, units})).filter(({units}) => Object.keys(units).length > 0);
  return listed.length < 2 ? [] : listed;
}

/** Units by segment, from the metric that most units count for. */
function segmentUnits(table: CubeTable, dimensions: readonly string[]): ExperimentSums["segmentUnits"] {
  const sizes = table.metrics.values.map((metric) => ({
    metric,
    n: momentsAsOf(table, {metric}).reduce((sum, {moments}) => sum + moments.n, 0)
  }));
  const largest = sizes.reduce<(typeof sizes)[number] | null>((a, b) => (a === null || b.n > a.n ? b : a), null);
  if (largest === null) return [];
  const {metric} = largest;
  return dimensions.flatMap((dimension) => {
    const arms = momentsAsOf(table, {metric, by: [dimension]});
    return valuesOf(table, {metric, dimension}).map((value) => ({
      dimension,
      value,
      units: Object.fromEntries(
        arms.filter(({cell}) => cell[dimension] === value).map(({variant, moments}) => [variant, moments.n])
      )
    }));
  });
}
