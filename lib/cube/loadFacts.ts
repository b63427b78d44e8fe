import type {Definitions, Experiment, Fact} from "../experiment/definition/definition.ts";
import type {Column, Dialect} from "./dialects/dialect.ts";
import type {Engine} from "./engines/engine.ts";
import type {Plan, Stream} from "./plan.ts";
import type {Reason} from "./reasons.ts";
import type {ExcludedRows} from "./row.ts";
import type {Relation} from "./scan.ts";
import {reading} from "./scan.ts";
import type {Source} from "./sql/stage.ts";
import {conditionsOf, stageEvents, stageExposures, valuesOf} from "./sql/stage.ts";
import type {UnitNumbers} from "./sql/unitNumbers.ts";
import type {Steps} from "./steps.ts";
import type {StoredFact} from "./store/factStore.ts";
import {StoreFullError} from "./store/factStore.ts";
import type {HeldRows} from "./arrays/rows/eventRows.ts";
import {findEqualRows} from "./arrays/rows/findEqualRows.ts";
import {readEventRows} from "./arrays/rows/readEventRows.ts";
import {haveNoTime, mergeProfiles} from "./arrays/rows/profileRows.ts";
import {mostRows} from "./arrays/route.ts";
import type {ShardThreads, Shards} from "./arrays/threads/shards.ts";
import {profileOf, storedEvents, storedExposures} from "./store/readStored.ts";
import type {StatePlace, StateRecord, UnitState} from "./store/unitState.ts";
import {isAsKept} from "./store/unitState.ts";
import {numberOf} from "./steps.ts";
import type {Offset} from "./zone.ts";
import {dateOfDay, localTime, zoneOffsets} from "./zone.ts";
import {day} from "./dialects/dialect.ts";

/** A staged fact: its table, and what was found in it. */
export interface Loaded {
  readonly name: string;
  readonly fact: Fact;
  readonly table: string;
  /** What to read it from: the table, or stored rows that are as the table's would be. */
  readonly from: string;
  readonly rows: number;
  /** Whether no timestamp has a time of day. */
  readonly calendar: boolean;
  /** The offsets that give the day of a row: of the experiment's timezone, or of the fact's own with dates only. */
  readonly offsets: readonly Offset[];
  readonly excluded: readonly ExcludedRows[];
  /** The streams that it was staged for. */
  readonly staged: readonly Stream[];
  /** Of exposures: whether no unit is known to have several; default: not asked. */
  readonly once?: boolean;
  /** Of exposures: whether those until the kept day are as they were. */
  readonly asKept?: boolean;
  /** Its rows, where they were read into typed arrays and no table was made. */
  readonly inArrays?: HeldRows;
  /** Where it is stored: the fact, and what to read some of its days (in UTC) from; null without such a day. */
  readonly stored?: {readonly fact: StoredFact; readonly part: (days: (day: string) => boolean) => string | null};
}

export interface LoadContext {
  readonly engine: Engine;
  readonly steps: Steps;
  readonly definitions: Definitions;
  /** Whether ids of units are compared as whole numbers: those of all facts are. */
  readonly wholeUnits?: boolean;
  /** Opens a fact where the engine can read it. */
  readonly relationOf: (name: string, fact: Fact) => Promise<Relation>;
  /** Returns the rows of a fact that are stored, with all that its source has now; null where it is not stored. */
  readonly storedOf?: (name: string) => Promise<StoredFact | null>;
  /** Where the state of the experiment's units is kept; default: nowhere. */
  readonly statePlace?: StatePlace;
  /** The state that this build goes on from, or that is to be kept. */
  readonly state?: UnitState;
  /** The hits by unit where they are in typed arrays: then sums over units are taken from these. */
  readonly shards?: Shards;
  /** With them, the place of each number of a unit. */
  readonly places?: Int32Array;
  /** Where events are read into typed arrays at once: how units are numbered, and what looks at the rows. */
  readonly atOnce?: {readonly numbers: UnitNumbers; readonly threads: ShardThreads};
  /** Hits from which on they are brought there; default: as many as make it quicker than SQL. */
  readonly leastHits?: number;
  /** Threads that the units are shared among; default: one per core, and one alone for few events. */
  readonly shardThreads?: number;
}

/**
 * Reads the exposures of the experiment into `exposure_rows`; where they are as they were until the kept day, that reads
 * them where they are stored, since few are asked for.
 */
export async function loadExposures(context: LoadContext, plan: Plan, record: StateRecord | null): Promise<Loaded> {
  const {engine, steps} = context;
  const {dialect} = engine;
  const {experiment} = plan;
  const name = experiment.exposures;
  const source = await open(context, name);
  const own = plan.attributes.filter(({fact}) => fact === name);
  const select = stageExposures(dialect, source, experiment, own, context);
  const kept = await storedFact(context, name);
  const rowsOf = (days?: (day: string) => boolean): string | null =>
    kept === null ? null : storedExposures(dialect, kept, experiment, own, {...context, ...(days && {days})});
  const instead = rowsOf();
  const stored = instead === null ? null : kept;
  const asKept = stored !== null && record !== null && isAsKept(record, name, stored);
  await reading(name, () =>
    asKept && instead !== null
      ? steps.view("exposure_rows", instead, {told: select})
      : steps.table("exposure_rows", select, instead === null ? {} : {instead})
  );
  const found = await profile(steps, "exposure_rows", source.fact, experiment);
  // Rows of units that have no id of their own cannot be told apart.
  const ties = stored === null ? null : storedExposures(dialect, stored, experiment, own, {...context, where: "tie"});
  const among = ties === null ? "exposure_rows" : `(${ties}) AS ties`;
  // Where they are as they were, few are looked at, and nobody asks.
  const once = asKept ? undefined : await isOnce(context);
  const single = once === true || source.fact.unit === undefined || (stored !== null && profileOf(stored).ties === 0);
  const repeated = single ? 0 : await countEqual(steps, among, await engine.columns("exposure_rows"));
  const excluded = repeated > 0 ? [excludedRows("duplicated-row", name, repeated)] : [];
  const table = "exposure_rows";
  return {
    name,
    fact: source.fact,
    table,
    from: table,
    ...found,
    excluded,
    staged: [],
    ...(once !== undefined && {once}),
    asKept,
    ...(stored && {stored: {fact: stored, part: rowsOf}})
  };
}

/** Whether each unit is known to have one exposure: the embedded engine tells quickly, and that spares slower queries. */
export async function isOnce({engine, steps}: Pick<LoadContext, "engine" | "steps">): Promise<boolean> {
  if (engine.arrays === undefined) return false;
  const [row] = await steps.rows(
    "SELECT count(*), count(DISTINCT unit) FROM exposure_rows WHERE unit IS NOT NULL AND t IS NOT NULL"
  );
  return numberOf(row?.[0]) === numberOf(row?.[1]);
}

/** An events fact to load: the table to load it into, and what is looked at. */
interface EventsWanted {
  readonly name: string;
  readonly table: string;
  readonly streams: readonly Stream[];
  readonly plan: Plan;
}

/** Reads an events fact into a table of its own, equal rows once where timestamps have a time of day. */
export async function loadEvents(context: LoadContext, wanted: EventsWanted): Promise<Loaded> {
  const {engine, steps} = context;
  const {name, table, streams} = wanted;
  const {experiment} = wanted.plan;
  const source = await open(context, name);
  const {fact} = source;
  const select = stageEvents(engine.dialect, source, streams, context);
  const stored = await storedFact(context, name);
  const fromStore = stored === null ? null : await loadStored(context, wanted, {stored, select});
  if (fromStore !== null) return fromStore;
  const inArrays = await reading(name, () => loadArrays(context, wanted, {source, select}));
  if (inArrays !== null) return inArrays;
  await reading(name, () => steps.table(table, select));
  const found = await profile(steps, table, fact, experiment);
  const excluded: ExcludedRows[] = [];
  const [blank] = await steps.rows(
    `SELECT sum(CASE WHEN unit IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN unit IS NOT NULL AND t IS NULL THEN 1 ELSE 0 END) FROM ${table}`
  );
  push(excluded, "missing-unit", name, numberOf(blank?.[0]) ?? 0);
  push(excluded, "unparseable-timestamp", name, numberOf(blank?.[1]) ?? 0);

  const {columns, hash, repeated, candidates} = equalRowsSql(engine.dialect, fact, streams, table);
  const all = {name, fact, table, from: table, ...found, excluded, staged: streams};
  // Sorting large logs takes less time than finding what is distinct.
  const [twice] = await steps.rows(
    `SELECT count(*) FROM (SELECT h, lag(h) OVER (ORDER BY h) AS p FROM (SELECT ${hash} AS h FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL) AS s) AS r WHERE h = p`
  );
  if (numberOf(twice?.[0]) === 0) return all;
  const [equal] = await steps.rows(
    `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM (${candidates}) AS c GROUP BY ${columns.join(", ")}) AS g`
  );
  const rows = numberOf(equal?.[0]) ?? 0;
  const keep = (fact.duplicates ?? (found.calendar ? "keep" : "drop")) === "keep";
  push(excluded, keep ? "duplicated-row-kept" : "duplicated-row", name, rows);
  if (keep || rows === 0) return all;
  const once = `${table}_once`;
  await steps.table(once, onceSelect(table, {columns, hash, repeated, candidates}));
  return {...all, table: once, from: once};
}

/** The same in typed arrays, without a table; null where that is not asked for, or has too many rows. */
async function loadArrays(
  context: LoadContext,
  {name, table, streams, plan}: EventsWanted,
  {source: {fact, relation}, select}: {source: Source; select: string}
): Promise<Loaded | null> {
  const {engine, steps, atOnce} = context;
  const about = atOnce === undefined ? Infinity : ((await relation.rowsAbout?.()) ?? Infinity);
  if (atOnce === undefined || !(about <= mostRows)) return null;
  const joined = {
    dialect: engine.dialect,
    fact,
    table: `(${select})`,
    staged: streams,
    streams,
    offsets: [],
    calendar: false
  };
  const hashed = eventColumns(fact, streams);
  const {numbers, threads} = atOnce;
  const {rows, hashes} = await readEventRows(engine, plan, joined, {numbers, hashed, about});
  const {from, to, blank, timeless} = mergeProfiles(await threads.run("profileRows", rows));
  const own = zoneOffsets(fact.timezone ?? "UTC", from, to);
  const calendar = haveNoTime(rows, own);
  const {equal, spare} = await findEqualRows(threads, rows, hashes);
  const keep = (fact.duplicates ?? (calendar ? "keep" : "drop")) === "keep";
  const excluded: ExcludedRows[] = [];
  push(excluded, "missing-unit", name, blank);
  push(excluded, "unparseable-timestamp", name, timeless);
  push(excluded, keep ? "duplicated-row-kept" : "duplicated-row", name, equal.length);
  steps.told(table, select);
  const once = keep || equal.length === 0 ? table : `${table}_once`;
  if (once !== table) {
    for (const row of equal) rows.u[row] = -1;
    steps.told(once, onceSelect(table, equalRowsSql(engine.dialect, fact, streams, table)));
  }
  const offsets = calendar ? own : zoneOffsets(plan.experiment.timezone, from, to);
  const all = {name, fact, table: once, from: once, rows: rows.u.length, calendar, offsets, excluded};
  return {
    ...all,
    staged: streams,
    inArrays: {rows, spare, from, to}
  };
}

/** The same from the store: nothing is read but rows that may be equal; null where the store has no row at all. */
async function loadStored(
  {engine, steps, wholeUnits}: LoadContext,
  {name, table, streams, plan: {experiment}}: EventsWanted,
  {stored, select}: {stored: StoredFact; select: string}
): Promise<Loaded | null> {
  const {dialect} = engine;
  const {fact} = stored;
  const read = (options: Parameters<typeof storedEvents>[3] = {}): string | null =>
    storedEvents(dialect, stored, streams, {...options, ...(wholeUnits && {wholeUnits})});
  const rows = read();
  const ties = read({where: "tie"});
  const distinct = read({where: "tie", distinct: true});
  const single = read({where: "NOT tie AND unit IS NOT NULL AND t IS NOT NULL"});
  if (rows === null || ties === null || single === null || distinct === null) return null;
  steps.told(table, select);
  const {rows: count, calendar, from: least, to: most, blank, timeless, ties: suspects} = profileOf(stored);
  const offsets = zoneOffsets((calendar ? fact.timezone : experiment.timezone) ?? "UTC", least, most);
  const excluded: ExcludedRows[] = [];
  push(excluded, "missing-unit", name, blank);
  push(excluded, "unparseable-timestamp", name, timeless);
  const whole = (days: (day: string) => boolean): string | null => read({days});
  const all = {
    name,
    fact,
    table,
    from: `(${rows})`,
    rows: count,
    calendar,
    offsets,
    excluded,
    staged: streams,
    stored: {fact: stored, part: whole}
  };
  if (suspects === 0) return all;
  const equal = equalRowsSql(dialect, fact, streams, table);
  const [counted] = await steps.rows(
    `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM (${ties}) AS c GROUP BY ${equal.columns.join(", ")}) AS g`
  );
  const repeated = numberOf(counted?.[0]) ?? 0;
  const keep = (fact.duplicates ?? (calendar ? "keep" : "drop")) === "keep";
  push(excluded, keep ? "duplicated-row-kept" : "duplicated-row", name, repeated);
  if (keep || repeated === 0) return all;
  const once = `${table}_once`;
  steps.told(once, onceSelect(table, equal));
  // Equal rows are of one moment, and so of one day.
  const part = (days: (day: string) => boolean): string | null => {
    const where = "NOT tie AND unit IS NOT NULL AND t IS NOT NULL";
    const own = read({where, days});
    const tied = read({where: "tie", distinct: true, days});
    return own === null || tied === null ? null : `${own} UNION ALL ${tied}`;
  };
  return {...all, table: once, from: `(${single} UNION ALL ${distinct})`, stored: {fact: stored, part}};
}

/** SQL for the rows of a staged fact that equal another one: found by a hash, then compared. */
function equalRowsSql(dialect: Dialect, fact: Fact, streams: readonly Stream[], table: string) {
  const columns = eventColumns(fact, streams);
  const hash = dialect.hash(columns);
  const repeated = `SELECT ${hash} AS h FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL GROUP BY 1 HAVING count(*) > 1`;
  const candidates = `SELECT * FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL AND ${hash} IN (${repeated})`;
  return {columns, hash, repeated, candidates};
}

function onceSelect(table: string, {columns, hash, repeated, candidates}: ReturnType<typeof equalRowsSql>): string {
  return `SELECT ${columns.join(", ")} FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL AND ${hash} NOT IN (${repeated})\n  UNION ALL SELECT DISTINCT ${columns.join(", ")} FROM (${candidates}) AS c`;
}

/** Returns a stored fact; null where it is not stored, or cannot be: then it is read directly, and that may tell why. */
async function storedFact({storedOf}: LoadContext, name: string): Promise<StoredFact | null> {
  try {
    return (await storedOf?.(name)) ?? null;
  } catch (error) {
    if (error instanceof StoreFullError) throw error;
    return null;
  }
}

/** Opens a fact as something to read. */
export async function open({definitions, relationOf}: LoadContext, name: string): Promise<Source> {
  const fact = definitions.sources.facts[name];
  if (fact === undefined) throw new Error(`unknown fact: ${name}`);
  return {fact, relation: await relationOf(name, fact)};
}

/** Returns what to read the stored rows from that may be of a later day; null without any. */
export function partSince({stored, offsets}: Loaded, after: number): string | null {
  const ahead = Math.max(...offsets.map(({offset}) => offset));
  const first = dateOfDay(after + 1 - Math.ceil(Math.max(0, ahead) / day));
  return stored?.part((each) => each !== "none" && each >= first) ?? null;
}

/** Returns a line of what was left out. */
export function excludedRows(
  reason: Reason,
  fact: string | null,
  rows: number,
  units: number | null = null
): ExcludedRows {
  return {reason, fact, rows, units};
}

function push(to: ExcludedRows[], reason: Reason, fact: string, rows: number): void {
  if (rows > 0) to.push(excludedRows(reason, fact, rows));
}

function eventColumns(fact: Fact, streams: readonly Stream[]): string[] {
  return [
    "unit",
    "t",
    ...(fact.event === undefined ? [] : ["event"]),
    ...valuesOf(fact, streams).map((_, i) => `v${i}`),
    ...conditionsOf(streams).map((_, i) => `c${i}`)
  ];
}

async function countEqual(steps: Steps, table: string, found: readonly Column[]): Promise<number> {
  const columns = found.map(({name}) => name);
  const [row] = await steps.rows(
    `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM ${table} WHERE unit IS NOT NULL AND t IS NOT NULL GROUP BY ${columns.join(", ")} HAVING count(*) > 1) AS g`
  );
  return numberOf(row?.[0]) ?? 0;
}

async function profile(steps: Steps, table: string, fact: Fact, experiment: Experiment) {
  const [range] = await steps.rows(`SELECT count(*), min(t), max(t) FROM ${table}`);
  const rows = numberOf(range?.[0]) ?? 0;
  const from = numberOf(range?.[1]) ?? 0;
  const to = numberOf(range?.[2]) ?? 0;
  const own = zoneOffsets(fact.timezone ?? "UTC", from, to);
  const [timed] = await steps.rows(
    `SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE ${localTime("t", own)} % ${day} <> 0 LIMIT 1) AS r`
  );
  const calendar = numberOf(timed?.[0]) === 0;
  return {rows, calendar, offsets: calendar ? own : zoneOffsets(experiment.timezone, from, to)};
}
