import {day, hour} from "./dialects/dialect.ts";
import {banditSlices} from "./banditSlices.ts";
import {chooseAsOf} from "./asOf.ts";
import type {DayStatistics} from "./asOf.ts";
import {assemble, compareRows} from "./assemble.ts";
import {formUnits, loadActivation} from "./formUnits.ts";
import {increments} from "./increments.ts";
import type {Loaded, LoadContext} from "./loadFacts.ts";
import {excludedRows, loadEvents, loadExposures} from "./loadFacts.ts";
import {chooseScale} from "./chooseScale.ts";
import type {Plan, Stream} from "./plan.ts";
import {quantileRows} from "./quantiles.ts";
import type {Reason} from "./reasons.ts";
import type {Cube, ExcludedRows, Pins, TrafficRow} from "./row.ts";
import type {Known} from "./sql/exposures.ts";
import {dayOf, validExposures} from "./sql/exposures.ts";
import type {EventsContext} from "./sql/events.ts";
import {countValues, hits} from "./sql/events.ts";
import {numberOf} from "./steps.ts";
import {buildTenure} from "./tenure/buildTenure.ts";
import {activeUnits, largestShares} from "./unitShares.ts";
import {dateOfDay, dayOfDate, localTime} from "./zone.ts";

export interface BuildLogsOptions {
  /** The last complete day, if it is not to be chosen from the data. */
  asOf?: string;
  pins?: Partial<Pins>;
}

/** The hits of one fact: its table and the streams in it. */
export interface Hits {
  readonly table: string;
  readonly streams: readonly Stream[];
  readonly calendar: boolean;
  readonly fact: string;
}

/** Builds the cube of an experiment from logs of exposures (or one row per unit) and of events. */
export async function buildLogs(context: LoadContext, plan: Plan, options: BuildLogsOptions = {}): Promise<Cube> {
  const {engine, steps} = context;
  const {dialect} = engine;
  const {experiment} = plan;
  const exposures = await loadExposures(context, plan);
  const start = dayOfDate(experiment.start);
  const events: Loaded[] = [];
  for (const [i, name] of [...new Set(plan.streams.map(({fact}) => fact))].entries()) {
    const streams = plan.streams.filter(({fact}) => fact === name);
    events.push(await loadEvents(context, {name, table: `events_${i}`, streams, experiment}));
  }
  const activation = await loadActivation(context, plan, events);
  const all = activation === null || events.includes(activation.loaded) ? events : [...events, activation.loaded];

  const statistics: DayStatistics[] = [];
  const everything = {start, asOf: Number.MAX_SAFE_INTEGER, offsets: exposures.offsets, calendar: exposures.calendar};
  statistics.push(...(await days(context, exposures, `(${validExposures(dialect, everything)}) AS v`, start)));
  const exposed = statistics.length > 0;
  for (const loaded of all) statistics.push(...(await days(context, loaded, loaded.from, start)));
  const chosen = options.asOf === undefined ? chooseAsOf(statistics) : dayOfDate(options.asOf);
  const asOf = exposed && chosen !== null ? chosen : start - 1;
  const known = {start, asOf, offsets: exposures.offsets, calendar: exposures.calendar};
  const units = await formUnits(context, plan, known, {...(options.pins && {pins: options.pins}), activation});

  const excluded: ExcludedRows[] = [...exposures.excluded, ...units.excluded];
  const found: Hits[] = [];
  for (const [i, loaded] of events.entries()) {
    const calendar = exposures.calendar || loaded.calendar;
    const streams = plan.streams.filter(({fact}) => fact === loaded.name);
    const joined: EventsContext = {dialect, ...loaded, streams, calendar};
    const table = `hits_${i}`;
    const stored = {...joined, table: loaded.from};
    await steps.table(table, hits(joined), {instead: hits(stored)});
    found.push({table, streams, calendar, fact: loaded.name});
    excluded.push(
      ...loaded.excluded,
      ...(await eventsOut(context, plan, {joined: stored, name: loaded.name, table, asOf}))
    );
  }
  if (activation !== null && !events.includes(activation.loaded)) excluded.push(...activation.loaded.excluded);

  const scale = await chooseScale(context, plan, found, {asOf, units: units.count});
  const parts = await increments(context, plan, found, {scale, known, pins: options.pins ?? {}});
  const traffic = await trafficOf(context, plan, known);
  const tenure = await buildTenure(context, plan, found, {scale, cells: units.cells});
  const cube = assemble(plan, parts.groups, {cells: units.cells, origins: options.pins?.origins ?? {}});
  const quantiles = await quantileRows(context, plan, found, {scale, known});
  return {
    ...cube,
    path: quantiles.length === 0 ? cube.path : [...cube.path, ...quantiles].sort(compareRows(plan)),
    quantiles: Object.fromEntries(
      plan.metrics.flatMap(({key, kind, metric}) => (kind === "quantile" ? [[key, metric.quantile ?? 0.5]] : []))
    ),
    bandit: await banditSlices(context, plan, found, {scale, known, caps: parts.caps}),
    asOf: exposed && chosen !== null ? dateOfDay(asOf) : null,
    traffic,
    tenure,
    activeUnits: await activeUnits(context, plan, found, scale),
    largestShare: await largestShares(context, plan),
    excluded: excluded.filter(({rows}) => rows > 0),
    rows: exposures.rows + all.reduce((sum, {rows}) => sum + rows, 0),
    units: units.count,
    sql: steps.sql(),
    pins: {caps: parts.caps, tops: units.tops, origins: cube.origins}
  };
}

/** Rows and latest time of each day from the experiment's start on. */
async function days(
  {engine, steps}: LoadContext,
  loaded: Loaded,
  from: string,
  start: number
): Promise<DayStatistics[]> {
  const local = localTime("t", loaded.offsets);
  const dated = dayOf(engine.dialect, "t", loaded.offsets);
  const rows = await steps.rows(
    `SELECT d, count(*), max(${engine.dialect.integer("l")} - d * ${day}) FROM (SELECT ${dated} AS d, ${local} AS l FROM ${from} WHERE t IS NOT NULL AND unit IS NOT NULL) AS r WHERE d >= ${start} GROUP BY d`
  );
  return rows.map(([date, count, latest]) => ({
    day: Number(date),
    rows: Number(count),
    latest: loaded.calendar ? null : numberOf(latest)
  }));
}

/** Counts the relevant rows of an events fact that do not count, by reason. */
async function eventsOut(
  {steps}: LoadContext,
  plan: Plan,
  {joined, name, table, asOf}: {joined: EventsContext; name: string; table: string; asOf: number}
): Promise<ExcludedRows[]> {
  const [values] = await steps.rows(countValues(joined));
  const [counts] = await steps.rows(
    `SELECT count(*), sum(CASE WHEN u IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN u IS NOT NULL AND day > ${asOf} THEN 1 ELSE 0 END), sum(CASE WHEN u IS NOT NULL AND day <= ${asOf} AND since < 0 AND NOT (before > 0 AND before <= ${plan.before}) THEN 1 ELSE 0 END) FROM ${table}`
  );
  const [relevant, notNumeric, missing, negative] = [0, 1, 2, 3].map((i) => numberOf(values?.[i]) ?? 0);
  const [matched, outside, late, early] = [0, 1, 2, 3].map((i) => numberOf(counts?.[i]) ?? 0);
  const lines: [Reason, number | undefined][] = [
    ["without-exposure", (relevant ?? 0) - (matched ?? 0)],
    ["excluded-unit", outside],
    ["before-exposure", early],
    ["after-as-of", late],
    ["not-numeric", notNumeric],
    ["missing-value", missing],
    ["negative-value", negative]
  ];
  return lines.map(([reason, rows]) => excludedRows(reason, name, rows ?? 0));
}

/** Exposures of units that count, per hour of the experiment's timezone and variant. */
async function trafficOf({engine, steps}: LoadContext, plan: Plan, {offsets}: Known): Promise<TrafficRow[]> {
  const hours = engine.dialect.floorDivide(localTime("exposed", offsets), hour);
  const rows = await steps.rows(
    `SELECT ${hours} AS h, variant, count(*) FROM units WHERE counts GROUP BY 1, 2 ORDER BY 1, 2`
  );
  return rows.map(([at, variant, units]) => ({
    hour: `${new Date(Number(at) * 3_600_000).toISOString().slice(0, 13)}:00`,
    variant: plan.variants[Number(variant)] ?? "",
    units: Number(units)
  }));
}
