import {day as dayLength, hour} from "./dialects/dialect.ts";
import {banditSlices} from "./banditSlices.ts";
import {chooseAsOf} from "./asOf.ts";
import {entryTables, keepState} from "./store/keepState.ts";
import {hitsSince} from "./store/hitsSince.ts";
import {unitTables} from "./store/keptUnits.ts";
import type {StatePlace, StateRecord} from "./store/unitState.ts";
import {isAsKept, isKeepable, lagOf, openState, partitionsUntil, readState, stateKey} from "./store/unitState.ts";
import type {DayStatistics} from "./asOf.ts";
import {allDone} from "./allDone.ts";
import {assemble, compareRows} from "./assemble.ts";
import {formUnits, loadActivation} from "./formUnits.ts";
import {increments} from "./increments.ts";
import type {Loaded, LoadContext} from "./loadFacts.ts";
import {excludedRows, loadEvents, loadExposures, partSince} from "./loadFacts.ts";
import {chooseScale} from "./chooseScale.ts";
import type {Fact} from "../experiment/definition/definition.ts";
import type {Plan, Stream} from "./plan.ts";
import type {JoinedFact} from "./arrays/hits/readHits.ts";
import {readHits} from "./arrays/hits/readHits.ts";
import {isReadAtOnce, rowsInArrays, threadsFor} from "./arrays/route.ts";
import type {Relevant} from "./arrays/rows/placeRows.ts";
import type {Reached} from "./arrays/hits/reachedHits.ts";
import {mergeReached} from "./arrays/hits/reachedHits.ts";
import type {ShardThreads} from "./arrays/threads/shards.ts";
import {createShardThreads} from "./arrays/threads/shards.ts";
import {quantileRows} from "./quantiles.ts";
import type {Reason} from "./reasons.ts";
import type {Cube, ExcludedRows, Pins, TrafficRow} from "./row.ts";
import type {Known} from "./sql/exposures.ts";
import {dayOf, validExposures} from "./sql/exposures.ts";
import type {EventsContext} from "./sql/events.ts";
import {countValues, hits} from "./sql/events.ts";
import {numberOf} from "./steps.ts";
import {numberUnits} from "./numberUnits.ts";
import {haveWholeUnits} from "./wholeUnits.ts";
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
  /** The first day of any hit, null without one; default: not known. */
  readonly firstDay?: number | null;
}

/**
 * Builds the cube of an experiment from logs of exposures (or one row per unit) and of events. Where the state of its
 * units is kept, it goes on from there; the cube is the same to the last bit.
 */
export async function buildLogs(context: LoadContext, plan: Plan, options: BuildLogsOptions = {}): Promise<Cube> {
  const {statePlace} = context;
  const kept = statePlace === undefined ? null : await readState(statePlace);
  const threads = createShardThreads();
  try {
    return await build(context, plan, {...options, threads}, kept);
  } catch (error) {
    // Whatever is wrong with what was kept: all is computed from the stored rows, and kept anew.
    if (kept === null) throw error;
    await context.steps.restart();
    return await build(context, plan, {...options, threads}, null);
  } finally {
    await threads.close();
    if (statePlace !== undefined) for (const name of stateTables) await context.engine.drop(name);
  }
}

async function build(
  loading: LoadContext,
  plan: Plan,
  options: BuildLogsOptions & {readonly threads: ShardThreads},
  record: StateRecord | null
): Promise<Cube> {
  let context: LoadContext = {...loading, wholeUnits: await haveWholeUnits(loading, plan)};
  const {engine, steps} = context;
  const {dialect} = engine;
  const {experiment} = plan;
  const exposures = await loadExposures(context, plan, record);
  const start = dayOfDate(experiment.start);
  if (await isReadAtOnce(context, plan, exposures)) {
    options.threads.start(threadsFor(context, Infinity));
    context = {...context, atOnce: {numbers: await numberUnits(context, exposures), threads: options.threads}};
  }
  const events: Loaded[] = [];
  for (const [i, name] of [...new Set(plan.streams.map(({fact}) => fact))].entries()) {
    const streams = plan.streams.filter(({fact}) => fact === name);
    events.push(await loadEvents(context, {name, table: `events_${i}`, streams, plan}));
  }
  const activation = await loadActivation(context, plan, events);
  const all = activation === null || events.includes(activation.loaded) ? events : [...events, activation.loaded];

  const place = isKeepable(plan, exposures, events) ? context.statePlace : undefined;
  const kept = place === undefined || record === null ? null : fitting(record, plan, {exposures, events, place});
  const statistics: DayStatistics[] = [];
  const found: Record<string, DayStatistics[]> = {};
  const everything = {start, asOf: Number.MAX_SAFE_INTEGER, offsets: exposures.offsets, calendar: exposures.calendar};
  statistics.push(...(await days(context, exposures, `(${validExposures(dialect, everything)}) AS v`, start)));
  const exposed = statistics.length > 0;
  for (const loaded of all) {
    const before = kept?.statistics[loaded.name] ?? [];
    const since = kept === null ? loaded.from : partSince(loaded, kept.day);
    const from = kept === null || since === null ? since : `(${since})`;
    const later = from === null ? [] : await days(context, loaded, from, Math.max(start, (kept?.day ?? start - 1) + 1));
    found[loaded.name] = [...before, ...later];
    statistics.push(...before, ...later);
  }
  const chosen = options.asOf === undefined ? chooseAsOf(statistics) : dayOfDate(options.asOf);
  const asOf = exposed && chosen !== null ? chosen : start - 1;
  const near = kept !== null && kept.day < asOf && asOf - kept.day <= mostDays ? kept : null;
  if (place !== undefined) {
    // A file for each day is seldom written again; where it is, that shows, and nothing kept is used.
    const late = Math.max(...events.map(({fact}) => (isDaily(fact) ? 1 : Number.parseInt(fact.lateness, 10))));
    const day = near?.day ?? asOf - late;
    const many = near !== null || events.reduce((sum, {rows}) => sum + rows, 0) >= place.least;
    const lag = near?.lag ?? lagOf(experiment, exposures, day);
    if (many && day >= start) context = {...context, state: openState(engine, place, {kept: near, day, lag})};
  }
  const {state} = context;
  const calendars = events.map((loaded) => exposures.calendar || loaded.calendar);
  const rows = await rowsInArrays(context, plan, {exposures, events, calendars});
  const inArrays = rows !== null;
  if (!inArrays && events.some((loaded) => loaded.inArrays !== undefined)) {
    await steps.restart();
    return build({...loading, leastHits: Infinity}, plan, options, record);
  }
  if (inArrays) options.threads.start(threadsFor(context, rows));
  const {offsets, calendar: dated, once} = exposures;
  const known = {start, asOf, offsets, calendar: dated, once};
  const units = await formUnits(context, plan, known, {
    exposures,
    ...(options.pins && {pins: options.pins}),
    activation
  });

  const excluded: ExcludedRows[] = [...exposures.excluded, ...units.excluded];
  let made: Hits[] = [];
  const facts: JoinedFact[] = [];
  for (const [i, loaded] of events.entries()) {
    const calendar = calendars[i] === true;
    const streams = plan.streams.filter(({fact}) => fact === loaded.name);
    const joined: EventsContext = {dialect, ...loaded, streams, calendar};
    const table = `hits_${i}`;
    const stored = {...joined, table: loaded.from, owned: state !== undefined};
    const told = hits(joined);
    if (inArrays) steps.told(table, told);
    else if (state?.kept == null) await steps.table(table, told, {instead: hits(stored)});
    else await hitsSince(context, {...state, kept: state.kept}, loaded, {joined: stored, told, table});
    made.push({table, streams, calendar, fact: loaded.name});
    facts.push({loaded, joined: stored});
  }
  let counted: readonly CountedHits[] = [];
  if (inArrays) {
    const {all: sorted, counts} = await readHits({...context, threads: options.threads}, plan, facts);
    const shards = await options.threads.open(sorted);
    const reached = await shards.ask("reached", {facts: facts.length, asOf, before: plan.before});
    counted = counts.map((each, i) => ({...each, ...mergeReached(reached, i)}));
    context = {...context, shards, places: sorted.placeOf};
    made = made.map((each, i) => ({...each, firstDay: firstDayOf(counted[i])}));
  }
  for (const [i, {loaded, joined}] of facts.entries()) {
    const table = `hits_${i}`;
    const out = await eventsOut(context, plan, {joined, loaded, table, asOf, known: counted[i]});
    excluded.push(...loaded.excluded, ...out);
  }
  if (activation !== null && !events.includes(activation.loaded)) excluded.push(...activation.loaded.excluded);

  const scale = await chooseScale(context, plan, made, {asOf, units: units.count});
  await context.shards?.ask("inSteps", scale);
  const parts = await increments(context, plan, made, {scale, known, pins: options.pins ?? {}});
  const traffic = await trafficOf(context, plan, known);
  // Rows are put together on this thread while the engine adds up on its own.
  const [tenure, cube] = await allDone([
    buildTenure(context, plan, made, {scale, cells: units.cells}),
    assemble(plan, parts.groups, {cells: units.cells, origins: options.pins?.origins ?? {}})
  ]);
  const quantiles = await quantileRows(context, plan, made, {scale, known});
  const result: Cube = {
    ...cube,
    path: quantiles.length === 0 ? cube.path : [...cube.path, ...quantiles].sort(compareRows(plan)),
    quantiles: Object.fromEntries(
      plan.metrics.flatMap(({key, kind, metric}) => (kind === "quantile" ? [[key, metric.quantile ?? 0.5]] : []))
    ),
    bandit: await banditSlices(context, plan, made, {scale, known, caps: parts.caps}),
    asOf: exposed && chosen !== null ? dateOfDay(asOf) : null,
    traffic,
    tenure,
    activeUnits: await activeUnits(context, plan, made, scale),
    largestShare: await largestShares(context, plan, scale),
    excluded: excluded.filter(({rows}) => rows > 0),
    rows: exposures.rows + all.reduce((sum, {rows}) => sum + rows, 0),
    units: units.count,
    sql: steps.sql(),
    pins: {caps: parts.caps, tops: units.tops, origins: cube.origins}
  };
  const matched = Object.values(state?.gained.counts ?? {}).reduce((sum, counts) => sum + (counts[4] ?? 0), 0);
  if (state !== undefined && state.kept === null && place !== undefined && matched >= place.least)
    await keepState(context, plan, made, {
      scale,
      known,
      caps: parts.caps,
      tops: units.tops,
      increments: parts.made,
      key: stateKey(plan, exposures, place),
      partitions: Object.fromEntries(
        [exposures, ...events].flatMap(({name, stored}) =>
          stored ? [[name, partitionsUntil(stored.fact, state.day)]] : []
        )
      ),
      statistics: Object.fromEntries(
        events.map(({name}) => [name, (found[name] ?? []).filter(({day: each}) => each <= state.day)])
      )
    });
  return result;
}

/** What is known of the hits of a fact that are in typed arrays. */
type CountedHits = Relevant & Reached;

/** The first day of any hit, of units that do not count too; null without any. */
function firstDayOf(hits: CountedHits | undefined): number | null {
  const first = hits === undefined ? Infinity : Math.min(hits.firstDay, hits.firstOutside);
  return Number.isFinite(first) ? first : null;
}

/** Tables that are made beside those that are told. */
const stateTables = [...unitTables, "gone_totals", "gone_days", "gone_tenure", ...entryTables];

/** Days after which the state is kept anew. */
const mostDays = 10;

/** Whether a fact is made of many files. */
function isDaily({path}: Fact): boolean {
  return path !== undefined && (Array.isArray(path) ? path.length > 1 : /[*?[\]{}]/.test(path));
}

/** Returns the record if it stands for the same definition and the same rows until its day; null otherwise. */
function fitting(
  record: StateRecord,
  plan: Plan,
  {exposures, events, place}: {exposures: Loaded; events: readonly Loaded[]; place: StatePlace}
): StateRecord | null {
  if (record.key !== stateKey(plan, exposures, place)) return null;
  return events.every(({name, stored}) => isAsKept(record, name, stored?.fact)) ? record : null;
}

/** Rows and latest time of each day from the experiment's start on. */
async function days(
  {engine, steps, atOnce}: LoadContext,
  loaded: Loaded,
  from: string,
  start: number
): Promise<DayStatistics[]> {
  if (loaded.inArrays !== undefined && atOnce !== undefined) {
    const {rows, from: first, to} = loaded.inArrays;
    const {offsets, calendar} = loaded;
    const range = {from: first, to, offsets, calendar, start};
    return rows === null ? [] : (await atOnce.threads.run("dayStatistics", rows, range)).flat();
  }
  const local = localTime("t", loaded.offsets);
  const dated = dayOf(engine.dialect, "t", loaded.offsets);
  const rows = await steps.rows(
    `SELECT d, count(*), max(l) FROM (SELECT ${dated} AS d, ${local} AS l FROM ${from} WHERE t IS NOT NULL AND unit IS NOT NULL) AS r WHERE d >= ${start} GROUP BY d`
  );
  return rows.map(([date, count, latest]) => ({
    day: Number(date),
    rows: Number(count),
    latest: loaded.calendar ? null : Number(latest) - Number(date) * dayLength
  }));
}

/** Counts the relevant rows of an events fact that do not count, by reason. */
async function eventsOut(
  {engine, steps, state}: LoadContext,
  plan: Plan,
  {
    joined,
    loaded,
    table,
    asOf,
    known
  }: {joined: EventsContext; loaded: Loaded; table: string; asOf: number; known: CountedHits | undefined}
): Promise<ExcludedRows[]> {
  const {name} = loaded;
  const day = dayOf(engine.dialect, "t", loaded.offsets);
  const valued = async (from: string | null, where: string): Promise<number[]> => {
    if (from === null) return [0, 0, 0, 0];
    const rows = where === "" ? from : `(SELECT * FROM (${from}) AS f WHERE ${where}) AS f`;
    const [row] = await steps.rows(countValues({...joined, table: rows}));
    return [0, 1, 2, 3].map((i) => numberOf(row?.[i]) ?? 0);
  };
  const valuedUntil = async (until: number): Promise<[number[], number[]]> => {
    const rows = await steps.rows(countValues({...joined, table: loaded.from}, {until}));
    const counts = (is: boolean): number[] => {
      const row = rows.find(([key]) => key === is);
      return [1, 2, 3, 4].map((i) => numberOf(row?.[i]) ?? 0);
    };
    return [counts(true), counts(false)];
  };
  const reached = async (from: string): Promise<number[]> => {
    const [row] = await steps.rows(
      `SELECT count(*), sum(CASE WHEN u IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN u IS NOT NULL AND day > ${asOf} THEN 1 ELSE 0 END), sum(CASE WHEN u IS NOT NULL AND day <= ${asOf} AND since < 0 AND NOT (before > 0 AND before <= ${plan.before}) THEN 1 ELSE 0 END) FROM ${from}`
    );
    return [0, 1, 2, 3].map((i) => numberOf(row?.[i]) ?? 0);
  };
  const sum = (a: readonly number[], b: readonly number[], sign = 1): number[] =>
    a.map((n, i) => n + sign * (b[i] ?? 0));
  let values: number[];
  let counts: number[];
  if (known !== undefined) {
    values = [known.relevant, known.notNumeric, known.missing, known.negative];
    counts = [known.rows, known.outside, known.late, known.early];
  } else if (state === undefined) {
    values = await valued(loaded.from, "");
    counts = await reached(table);
  } else if (state.kept === null) {
    const [old, later] = await valuedUntil(state.day);
    values = sum(old, later);
    counts = await reached(table);
    const before = await reached(`(SELECT * FROM ${table} WHERE day <= ${state.day} AND entered <= ${state.day}) AS h`);
    state.gained.counts[name] = [...old, ...before];
    const first = await steps.rows(`SELECT min(day) FROM ${table} WHERE entered <= ${state.day}`);
    state.gained.firstDays[name] = numberOf(first[0]?.[0]);
  } else {
    const old = state.kept.counts[name] ?? [];
    values = sum(old.slice(0, 4), await valued(partSince(loaded, state.day), `${day} > ${state.day}`));
    counts = sum(old.slice(4), await reached(table));
    if (state.gone) counts = sum(counts, await reached(`${table}_gone`), -1);
  }
  const [relevant, notNumeric, missing, negative] = values;
  const [matched, outside, late, early] = counts;
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
