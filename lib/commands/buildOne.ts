import {mkdir, rm, stat, writeFile} from "node:fs/promises";
import {basename, join} from "node:path";
import {setImmediate} from "node:timers/promises";
import {allDone} from "../cube/allDone.ts";
import {buildCube} from "../cube/buildCube.ts";
import type {DuckdbEngine} from "../cube/engines/duckdb.ts";
import {experimentSums} from "../cube/experimentSums.ts";
import type {ParquetWriter} from "../cube/parquet.ts";
import {openWriter, startPublication} from "../cube/parquet.ts";
import {publishable} from "../cube/publish.ts";
import type {FactStore} from "../cube/store/factStore.ts";
import {tenureRows} from "../cube/tenure/tenureRows.ts";
import type {Pins, Publication} from "../cube/row.ts";
import {conflictsOf} from "../experiment/definition/conflictsOf.ts";
import type {Definitions, Experiment} from "../experiment/definition/definition.ts";
import {definitionHash, definitionText} from "../experiment/definition/definitionHash.ts";
import {lockedDefinition} from "../experiment/history/lockedDefinition.ts";
import type {LedgerLook, LockedDefinition, Memory, PublishedRun} from "../experiment/history/memory.ts";
import type {Readout} from "../experiment/readout.ts";
import {publishedRun} from "../experiment/history/changesSince.ts";
import type {PinnedReadout} from "../experiment/history/pinOf.ts";
import {differencesOf, pinOf, withPublished} from "../experiment/history/pinOf.ts";
import {readoutOf} from "../experiment/readoutOf.ts";
import {readoutText} from "../experiment/readoutText.ts";
import {buildHoldout} from "./buildHoldout.ts";
import {hashOf} from "./hash.ts";
import {writeMemo} from "./memo.ts";

/** What one experiment is built with. */
export interface BuildOneOptions {
  /** Folder of the definitions, which paths are relative to. */
  readonly dataDir: string;
  /** Empty folder that the files are written to. */
  readonly folder: string;
  readonly memory: Memory;
  /** What pins kept before; default: nothing. */
  readonly pins?: readonly PinnedReadout[];
  /** The readout that is published now; default: none. A new pin keeps it. */
  readonly published?: Readout | null;
  readonly engine?: DuckdbEngine;
  /** What writes its Parquet files; default: one of its own. */
  readonly writer?: Promise<ParquetWriter>;
  /** Where rows are kept from build to build. */
  readonly store?: FactStore;
  readonly threads?: number;
  /** The last complete day, if it is not to be chosen from the data. */
  readonly asOf?: string;
}

/** One built experiment: its readout, and what its memory gains, to be appended by the caller. */
export interface BuiltOne {
  readonly readout: Readout;
  readonly looks: readonly LedgerLook[];
  readonly definitions: readonly LockedDefinition[];
  readonly run: PublishedRun;
  readonly pins: readonly PinnedReadout[];
}

/**
 * Builds one experiment from its sources into a folder: `readout.json`, `runs.json` (what was published until now), the
 * memo and the Parquet files. The same input gives the same bytes, at any number of threads. Writes nothing else; the
 * memory is only read.
 */
export async function buildOne(
  experiment: Experiment,
  definitions: Definitions,
  options: BuildOneOptions
): Promise<BuiltOne> {
  if (options.writer !== undefined) return buildWith(experiment, definitions, {...options, writer: options.writer});
  // It opens while the cube is built.
  const writer = openWriter();
  try {
    return await buildWith(experiment, definitions, {...options, writer});
  } finally {
    await writer.then(
      (open) => open.close(),
      () => undefined
    );
  }
}

async function buildWith(
  experiment: Experiment,
  definitions: Definitions,
  {
    dataDir,
    folder,
    memory,
    pins: keptBefore = [],
    published = null,
    engine,
    writer,
    store,
    threads,
    asOf: asked
  }: BuildOneOptions & {readonly writer: Promise<ParquetWriter>}
): Promise<BuiltOne> {
  const pin = experiment.status === "stopped" ? experiment.pin : false;
  const holdout = await buildHoldout(experiment, definitions, {
    dataDir,
    ...(engine === undefined ? {} : {engine}),
    ...(store === undefined ? {} : {store}),
    ...(threads === undefined ? {} : {threads}),
    ...(asked === undefined ? {} : {asOf: asked})
  });
  // Units that come after the launch are the holdout's, not the experiment's.
  const asOf = typeof pin === "string" ? pin : (holdout?.lastDay ?? asked);
  const locked = memory.definitions.at(-1);
  const hash = definitionHash(experiment, definitions);
  const pins = keptPins(locked, lockedDefinition(experiment, definitions.metrics, {date: null, hash}));
  const cube = await buildCube(experiment, definitions, {
    dataDir,
    ...(engine === undefined ? {} : {engine}),
    ...(store === undefined ? {} : {store}),
    ...(threads === undefined ? {} : {threads}),
    ...(asOf === undefined ? {} : {asOf}),
    ...(pins === undefined ? {} : {pins})
  });
  const {minimumUnits, budget} = experiment;
  const publication = publishable(cube, {minimumUnits, budget});
  await mkdir(folder, {recursive: true});
  // DuckDB packs the files on a thread of its own while the numbers are computed on this one.
  const packing = await startPublication(folder, publication, await writer);
  const compute = async () => {
    const contents = hashOf(
      JSON.stringify(publication),
      JSON.stringify([cube.excluded, cube.rows, ...(cube.bandit ? [cube.bandit] : [])])
    );
    const sums = experimentSums(experiment, cube, publication, {hash: contents});
    const definition = lockedDefinition(experiment, definitions.metrics, {date: sums.asOf, hash});
    const text = definitionText(experiment, definitions);
    const conflicts = conflictsOf(experiment, definitions);
    const readoutAs = (runId: string) =>
      readoutOf({
        experiment,
        metrics: definitions.metrics,
        sums,
        memory,
        runId,
        definition: {...definition, text},
        conflicts
      });
    const inputId = hashOf(
      hash,
      text,
      contents,
      ...conflicts.map((conflict) => JSON.stringify(conflict)),
      ...(holdout ? [JSON.stringify(holdout)] : [])
    ).slice(0, 32);
    // So that the next file is packed.
    await setImmediate();
    const first = readoutAs(inputId);
    const runId = runIdOf(inputId, first.run, memory);
    return {...(runId === inputId ? first : readoutAs(runId)), definition};
  };
  const [{readout, looks, run, definition}] = await allDone([compute(), packing.done]);
  readout.holdout = holdout?.holdout ?? null;
  const hours = trafficHours(publication.traffic, readout.variants);
  if (hours !== null) readout.hours = hours;
  readout.files = await filesOf(folder, publication, tenureRows(publication.tenure).length);
  const unchanged = locked?.hash === hash && JSON.stringify(locked.pins) === JSON.stringify(cube.pins);
  const gained = unchanged ? [] : [{...definition, pins: cube.pins}];
  if (pin === false) {
    await writeRuns(folder, memory, run);
    await writeReadout(readout, folder);
    return {readout, looks, run, definitions: gained, pins: []};
  }
  const found = keptBefore.findLast((kept) => isSamePin(kept, pin, memory));
  const kept = found ?? {pin, readout: keptNow(readout, {pin, memory, published})};
  const shown = pinOf(kept.readout, readout);
  const shownRun = memory.runs.findLast(({runId}) => runId === shown.runId) ?? publishedRun(shown);
  await writeRuns(folder, memory, shownRun);
  await writeReadout(shown, folder);
  return {
    readout: shown,
    // What is pinned takes no more looks; without a history the pin is on what was computed now.
    looks: memory.runs.length === 0 ? looks : [],
    run: shownRun,
    definitions: gained,
    // A build that was killed may have kept it already.
    pins: found !== undefined || JSON.stringify(keptBefore.at(-1)) === JSON.stringify(kept) ? [] : [kept]
  };
}

/**
 * The id of a run: a hash of its input and its definition. Where these were published before with other numbers, which
 * other code had made of them, it is another run, so that history keeps both and readers are told what moved.
 */
function runIdOf(inputId: string, run: PublishedRun, {runs}: Memory): string {
  const last = runs.at(-1);
  const {runId: _, ...numbers} = run;
  const own = hashOf(inputId, JSON.stringify(numbers)).slice(0, 32);
  if (last?.runId === own) return own;
  return last?.runId === inputId && differencesOf(last, run).length > 0 ? own : inputId;
}

/** What was published before and is now, each run once: what a page needs to show an earlier day. */
function writeRuns(folder: string, {runs}: Memory, now: PublishedRun): Promise<void> {
  const all = [...runs.filter(({runId}) => runId !== now.runId), now];
  return writeFile(join(folder, "runs.json"), `${JSON.stringify(all)}\n`);
}

/** A pin on a date stands for good; a pin on what is published stands as long as that was published last. */
function isSamePin(kept: PinnedReadout, pin: boolean | string, {runs}: Memory): boolean {
  if (kept.pin !== pin) return false;
  const last = runs.at(-1);
  return typeof pin === "string" || last === undefined || last.runId === kept.readout.runId;
}

/**
 * The readout that a new pin keeps: today's, with the verdict of a stopped experiment, where its numbers are those that
 * were published; else what was published, as exactly as it is still known.
 */
function keptNow(
  readout: Readout,
  {pin, memory, published}: {pin: boolean | string; memory: Memory; published: Readout | null}
): Readout {
  const run = memory.runs.findLast(({date}) => typeof pin !== "string" || date <= pin);
  if (run === undefined) return readout;
  const {verdict, label} = run;
  if (differencesOf(run, {...publishedRun(readout), verdict, label}).length === 0) return readout;
  if (published?.runId === run.runId) return {...published, stale: null, pin: null};
  return withPublished(readout, run);
}

/** What was fixed under a definition stays, for the metrics that are still defined alike. */
function keptPins(locked: LockedDefinition | undefined, now: LockedDefinition): Partial<Pins> | undefined {
  const pins = locked?.pins as Pins | undefined;
  if (locked === undefined || pins === undefined) return undefined;
  const same = (key: string): boolean => locked.parts[`metric ${key}`] === now.parts[`metric ${key}`];
  const pick = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([key]) => same(key)));
  return {caps: pick(pins.caps), origins: pick(pins.origins), tops: pins.tops};
}

/** Writes the memo, lists its files with the others, and then the readout itself. */
async function writeReadout(readout: Readout, folder: string): Promise<void> {
  const paths = await writeMemo(readout, folder);
  const memos = await Promise.all(
    paths.map(async (path) => ({name: basename(path), bytes: (await stat(path)).size, rows: null}))
  );
  readout.files = [...readout.files.filter(({name}) => !memos.some((memo) => memo.name === name)), ...memos];
  await writeFile(join(folder, "readout.json"), readoutText(readout));
}

/** New units by hour on a launch day and the next, where days are too coarse to see anything; later null. */
function trafficHours(rows: Publication["traffic"], variants: Readout["variants"]): Readout["hours"] | null {
  const hours = [...new Set(rows.map(({hour}) => hour))].sort();
  const dates = new Set(hours.map((hour) => hour.slice(0, 10)));
  if (dates.size > 2 || hours.length <= dates.size) return null;
  return hours.map((hour) => ({
    hour,
    units: variants.map(({key}) =>
      rows.reduce((n, row) => (row.hour === hour && row.variant === key ? n + row.units : n), 0)
    )
  }));
}

async function filesOf(
  folder: string,
  {path, entries, traffic}: Publication,
  tenure: number
): Promise<Readout["files"]> {
  const rows: [string, number][] = [
    ["path.parquet", path.length],
    ["entries.parquet", entries.length],
    ["tenure.parquet", tenure],
    ["traffic.parquet", traffic.length]
  ];
  return Promise.all(
    rows.map(async ([name, count]) => ({name, bytes: (await stat(join(folder, name))).size, rows: count}))
  );
}

/** Returns an empty folder for a build, whatever a killed one left there. */
export async function freshFolder(path: string): Promise<string> {
  await rm(path, {recursive: true, force: true});
  await mkdir(path, {recursive: true});
  return path;
}
