import {createHash} from "node:crypto";
import {mkdir, readFile, readdir, rename, rm, stat} from "node:fs/promises";
import {join} from "node:path";
import type {DayStatistics} from "../asOf.ts";
import type {Loaded} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import type {Pins} from "../row.ts";
import {day as dayLength} from "../dialects/dialect.ts";
import type {Experiment} from "../../experiment/definition/definition.ts";
import {dateOfDay, dayOfDate, zoneOffsets} from "../zone.ts";
import type {Engine} from "../engines/engine.ts";
import {rowsOf} from "../engines/engine.ts";
import type {StoredFact} from "./factStore.ts";
import {isFull} from "./factStore.ts";

/** Where the state of an experiment's units is kept from build to build. */
export interface StatePlace {
  readonly folder: string;
  /** What tells one version of the code that computes from another. */
  readonly code: string;
  /** Runs one statement that returns nothing. */
  readonly run: (sql: string) => Promise<void>;
  /** Writes a file whole or not at all. */
  readonly write: (path: string, bytes: string) => Promise<void>;
  /** Rows of events of the experiment's units below which computing anew is as quick, and nothing is kept. */
  readonly least: number;
}

/** A kept table; its `wide` columns have numbers of more than 64 bits, which the files have no type for: they are texts there. */
export interface StateTable {
  readonly file: string;
  readonly bytes: number;
  readonly wide: readonly string[];
}

/** What is kept beside the tables: all that they depend on, and what is no table. */
export interface StateRecord {
  readonly version: 1;
  /** Hash of code, definition and kinds of time. */
  readonly key: string;
  /** Days until which the rows of events are in it, since 1970. */
  readonly day: number;
  /** The largest number of a unit. */
  readonly base: number;
  /** What a unit did on its own day k is kept where k <= day - entry day - lag. */
  readonly lag: number;
  readonly tables: Readonly<Record<string, StateTable>>;
  /** By fact: the stored days that hold its rows. */
  readonly partitions: Readonly<Record<string, readonly (readonly [day: string, file: string])[]>>;
  readonly bits: Readonly<Record<string, number>>;
  readonly exponents: Readonly<Record<string, number>>;
  readonly caps: Readonly<Record<string, number>>;
  /** The values of each dimension that stand for themselves. */
  readonly tops: Pins["tops"];
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly firstDays: Readonly<Record<string, number | null>>;
  /** Days of whole weeks in the kept sums of weekdays, by entry day. */
  readonly lived: Readonly<Record<string, number>>;
  readonly statistics: Readonly<Record<string, readonly DayStatistics[]>>;
}

/** What was kept does not fit what is computed now: all is computed from the stored rows. */
export class UnfitStateError extends Error {
  override readonly name = "UnfitStateError";
}

/** The state of one build: what was kept before, if anything, and what is to be kept. */
export interface UnitState {
  readonly place: StatePlace;
  readonly kept: StateRecord | null;
  /** The day until which rows are in what is kept now: of the record, or the one to be written. */
  readonly day: number;
  /** What a unit did on its own day k is kept where k <= day - entry day - lag. */
  readonly lag: number;
  /** What may stand after FROM for a kept table. */
  from(name: string): string;
  /** What may stand after FROM for the rows per unit of a kept table, of units that are as they were. */
  live(name: string): string;
  /** Whether there are units that are not as they were. */
  gone: boolean;
  /** Whether there are units under a new number. */
  fresh: boolean;
  /** Names of tables of the tenure that were made. */
  readonly made: Set<string>;
  /** What the record to be written gains on the way. */
  readonly gained: {
    exponents: Record<string, number>;
    counts: Record<string, number[]>;
    firstDays: Record<string, number | null>;
    lived: Record<string, number>;
  };
}

/**
 * Returns how many days before a kept one a unit's own day has to begin to be over then: one, or two where clocks change. A
 * day of its own begins at the time of day of its entry, so that one that begins on the kept day goes on.
 */
export function lagOf({start, timezone}: Experiment, {calendar}: Loaded, day: number): number {
  if (calendar) return 1;
  const offsets = zoneOffsets(timezone ?? "UTC", (dayOfDate(start) - 1) * dayLength, (day + 2) * dayLength);
  return offsets.length === 1 ? 1 : 2;
}

/** Whether the state of an experiment's units can be kept: sums of stored events, all with the same kind of time. */
export function isKeepable(plan: Plan, exposures: Loaded, events: readonly Loaded[]): boolean {
  const {experiment, metrics} = plan;
  if (experiment.activation !== undefined || experiment.bandit !== undefined || events.length === 0) return false;
  if (metrics.some(({kind}) => kind === "quantile")) return false;
  const zone = ({fact: {timezone}}: Loaded): string => timezone ?? "UTC";
  return events.every(
    (loaded) =>
      loaded.stored !== undefined &&
      loaded.calendar === exposures.calendar &&
      (!exposures.calendar || zone(loaded) === zone(exposures))
  );
}

/** Returns the hash of all that kept tables depend on beside the rows. */
export function stateKey(plan: Plan, exposures: Loaded, {code}: StatePlace): string {
  const {experiment, facts} = plan;
  const text = JSON.stringify([
    code,
    experiment,
    plan.metrics,
    plan.streams,
    plan.attributes,
    facts,
    exposures.calendar
  ]);
  return createHash("sha256").update(text).digest("hex");
}

const recordFile = "state.json";

/** Returns what was kept; null where there is nothing that is whole. */
export async function readState({folder}: StatePlace): Promise<StateRecord | null> {
  try {
    const found: StateRecord = JSON.parse(await readFile(join(folder, recordFile), "utf8"));
    for (const {file, bytes} of Object.values(found.tables))
      if ((await stat(join(folder, file))).size !== bytes) return null;
    return found.version === 1 ? found : null;
  } catch {
    return null;
  }
}

/** Returns the stored days that hold the rows until a day of any timezone. */
export function partitionsUntil({checkpoint}: StoredFact, day: number): [string, string][] {
  const last = dateOfDay(day + 1);
  return Object.entries(checkpoint.partitions).flatMap(([each, {file}]): [string, string][] =>
    each !== "none" && each <= last ? [[each, file]] : []
  );
}

/** Whether the rows of a fact until the kept day are those that were kept. */
export function isAsKept({partitions, day}: StateRecord, name: string, stored: StoredFact | undefined): boolean {
  const now = stored === undefined ? null : partitionsUntil(stored, day);
  return JSON.stringify(now) === JSON.stringify(partitions[name]);
}

/** Whether units are formed of their exposures alone, so that those that were kept need no second look. */
export function isOfExposures({experiment, attributes}: Plan): boolean {
  const own = attributes.every(({fact}) => fact === experiment.exposures);
  return own && Object.values(experiment.dimensions).every(({fact}) => fact === undefined);
}

/** Returns the state of a build that goes on from a record, or begins one. */
export function openState(
  {dialect}: Engine,
  place: StatePlace,
  {kept, day, lag}: {kept: StateRecord | null; day: number; lag: number}
): UnitState {
  const from = (name: string): string => {
    const table = kept?.tables[name];
    if (table === undefined) throw new UnfitStateError(`missing table: ${name}`);
    const rows = `read_parquet(${dialect.literal(join(place.folder, table.file))})`;
    if (table.wide.length === 0) return rows;
    const cast = table.wide.map((column) => `${dialect.wide(column)} AS ${column}`);
    return `(SELECT * REPLACE (${cast.join(", ")}) FROM ${rows})`;
  };
  const state: UnitState = {
    place,
    kept,
    day,
    lag,
    gone: false,
    fresh: false,
    made: new Set(),
    from,
    live: (name) =>
      state.gone ? `(SELECT * FROM ${from(name)} WHERE u NOT IN (SELECT u FROM kept_gone)) AS live` : from(name),
    gained: {exponents: {}, counts: {}, firstDays: {}, lived: {}}
  };
  return state;
}

/**
 * Writes tables and record: the tables under names of their own, the record last, then what no record names goes. A
 * disk that is full only costs time.
 */
export async function writeState(
  engine: Engine,
  {folder, run, write}: StatePlace,
  record: Omit<StateRecord, "tables" | "version">,
  selects: Readonly<Record<string, string>>
): Promise<void> {
  const {dialect, columns} = engine;
  await mkdir(folder, {recursive: true});
  const tables: Record<string, StateTable> = {};
  const mark = createHash("sha256").update(JSON.stringify(record)).digest("hex").slice(0, 12);
  try {
    for (const [name, select] of Object.entries(selects)) {
      const part = join(folder, "part.parquet");
      const large = (await columns(`(${select}) AS w`)).flatMap((column) =>
        column.type === "HUGEINT" ? [column.name] : []
      );
      const narrow = await fitting(engine, select, large);
      const wide = large.filter((column) => !narrow.includes(column));
      const casts = large.map((column) =>
        narrow.includes(column) ? `${dialect.integer(column)} AS ${column}` : `CAST(${column} AS VARCHAR) AS ${column}`
      );
      const rows = large.length === 0 ? select : `SELECT * REPLACE (${casts.join(", ")}) FROM (${select}) AS w`;
      await run(`COPY (${rows}) TO ${dialect.literal(part)} (FORMAT parquet, COMPRESSION lz4)`);
      const file = `${name}-${mark}.parquet`;
      await rename(part, join(folder, file));
      tables[name] = {file, bytes: (await stat(join(folder, file))).size, wide};
    }
    await write(join(folder, recordFile), `${JSON.stringify({version: 1, ...record, tables} satisfies StateRecord)}\n`);
  } catch (error) {
    if (!isFull(error instanceof Error ? error.message : String(error))) throw error;
  }
  await sweepState(folder);
}

/** The columns of 128 bits whose numbers all fit into 64, which are read much faster than texts. */
async function fitting(engine: Engine, select: string, columns: readonly string[]): Promise<string[]> {
  if (columns.length === 0) return [];
  const fits = columns.map((name) => `coalesce(max(abs(${name})) < 9223372036854775807, true)`);
  const [row] = await rowsOf(engine, `SELECT ${fits.join(", ")} FROM (${select}) AS w`);
  return columns.filter((_, i) => row?.[i] === true);
}

async function sweepState(folder: string): Promise<void> {
  const record = await readState({folder} as StatePlace);
  const files = new Set([recordFile, ...Object.values(record?.tables ?? {}).map(({file}) => file)]);
  for (const name of await readdir(folder)) if (!files.has(name)) await rm(join(folder, name), {force: true});
}

/** Returns a SELECT of the sums of a kept table by keys and present cell. */
export function keptCells(
  state: UnitState,
  {
    table,
    keys,
    names,
    dimensions
  }: {table: string; keys: readonly string[]; names: readonly string[]; dimensions: number}
): string {
  const same = Array.from({length: dimensions}, (_, i) => `c.d${i} = k.d${i}`).join(" AND ");
  const columns = [...keys.map((key) => `k.${key}`), "c.cell AS cell", ...names.map((name) => `k.${name}`)];
  return `SELECT ${columns.join(", ")} FROM ${state.from(table)} AS k JOIN cells AS c ON ${same === "" ? "true" : same}`;
}
