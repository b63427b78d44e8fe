import {existsSync} from "node:fs";
import {mkdir, readFile, readdir, rm} from "node:fs/promises";
import {dirname, join, resolve, sep} from "node:path";
import type {Command} from "commander";
import {openDuckdb} from "../cube/engines/duckdb.ts";
import type {DuckdbEngine} from "../cube/engines/duckdb.ts";
import {rowsOf} from "../cube/engines/engine.ts";
import type {ParquetWriter} from "../cube/parquet.ts";
import {openWriter} from "../cube/parquet.ts";
import {pullOf} from "../cube/pull/pullOf.ts";
import type {FactStore} from "../cube/store/factStore.ts";
import {openFactStore} from "../cube/store/factStore.ts";
import type {Definitions, Experiment} from "../experiment/definition/definition.ts";
import {indexEntryOf} from "../experiment/indexEntryOf.ts";
import {nearestName} from "../experiment/definition/nearestName.ts";
import {parseDays} from "../experiment/definition/parseDays.ts";
import type {IndexEntry, Readout, ReadoutIndex} from "../experiment/readout.ts";
import {schemaVersion} from "../experiment/readout.ts";
import {recoverFolder, swapFolder, writeBeside} from "./atomic.ts";
import {isOrphan, withLock} from "./buildLock.ts";
import {buildOne, freshFolder} from "./buildOne.ts";
import {isIntact, readRecord, writeRecord} from "./builtRecord.ts";
import {codeHash, stagingHash} from "./codeHash.ts";
import {dataOption} from "./dataOption.ts";
import {UserError, describeError} from "./errors.ts";
import type {ExitCode} from "./exitCodes.ts";
import {exitCodes} from "./exitCodes.ts";
import type {FileHashes} from "./fileHashes.ts";
import {openFileHashes} from "./fileHashes.ts";
import {hashOf} from "./hash.ts";
import type {InputHashOptions} from "./inputHash.ts";
import {factHash, inputHash} from "./inputHash.ts";
import {loadDefinitions} from "./loadDefinitions.ts";
import {appendMemory, memoryHash, readMemory, readPins} from "./memoryFiles.ts";
import type {Progress} from "./progress.ts";
import {createProgress} from "./progress.ts";
import {redacted} from "./secrets.ts";
import {storeFolder} from "./storeFolder.ts";

/** What `readout build` is asked for. */
export interface BuildOptions {
  readonly dataDir: string;
  readonly outDir: string;
  /** Ids to build; default: all. */
  readonly only?: readonly string[];
  /** Folder of the memory; default: that of sources.yaml, else history/ beside the data folder. */
  readonly historyDir?: string;
  readonly threads?: number;
  readonly asOf?: string;
  /** Whether to compute what did not change, too; the bytes are the same. */
  readonly force?: boolean;
  /** Whether the rows of files are kept for the next build, which then reads what is new; default: true. The bytes are the same. */
  readonly keepsFiles?: boolean;
  readonly progress?: Progress;
}

/** What was built. */
export interface BuildResult {
  readonly exitCode: ExitCode;
  /** Experiments that are published as their logs and definitions stand. */
  readonly built: readonly string[];
  /** Those among them of which nothing had changed, so that nothing was computed. */
  readonly unchanged: readonly string[];
  readonly failed: readonly {readonly id: string; readonly reason: string}[];
}

/** Adds the options and the action of `readout build`. */
export function register(command: Command): void {
  command
    .addOption(dataOption())
    .option("--out <dir>", "folder of the published readouts", join("src", "readouts"))
    .option("--only <id...>", "build these experiments only")
    .option("--history <dir>", "folder of the memory (default: that of sources.yaml, else history/ beside the data)")
    .option("--threads <n>", "threads to work with (default: one per core)", Number)
    .option("--as-of <date>", "last complete day, if it is not to be chosen from the data")
    .option("--force", "compute experiments of which nothing changed, too")
    .option("--no-store", "read files once, and keep none of their rows for the next build")
    .addHelpText(
      "after",
      "\nReads the logs, computes the readouts and writes one folder each, whole or not at all.\n" +
        "Ends with 0 if all were built, 3 if some are stale or failed, 1 if none was built, 2 if it could not run."
    )
    .action(async (options: Flags) => {
      const {exitCode} = await buildReadouts({
        dataDir: options.data,
        outDir: options.out,
        ...(options.only === undefined ? {} : {only: options.only}),
        ...(options.history === undefined ? {} : {historyDir: options.history}),
        ...(options.threads === undefined ? {} : {threads: options.threads}),
        ...(options.asOf === undefined ? {} : {asOf: options.asOf}),
        ...(options.force === undefined ? {} : {force: options.force}),
        keepsFiles: options.store
      });
      process.exitCode = exitCode;
    });
}

interface Flags {
  readonly data: string;
  readonly out: string;
  readonly only?: string[];
  readonly history?: string;
  readonly threads?: number;
  readonly asOf?: string;
  readonly force?: boolean;
  readonly store: boolean;
}

/**
 * Builds experiments into `<outDir>/<id>/` and lists all in `<outDir>/index.json`. Each folder is swapped in whole. An
 * experiment of which nothing changed (code, definition, bytes of its files, memory, published files) is left as it is.
 * One that fails does not stop the others: its last good readout stays, marked stale with the reason; without one the
 * index names the error. Another build of the same folders is waited for.
 *
 * @throws {UserError} if the definitions cannot be read or an id is unknown
 */
export async function buildReadouts(options: BuildOptions): Promise<BuildResult> {
  const {dataDir, only} = options;
  const definitions = await loadDefinitions(dataDir);
  choose(definitions.experiments, only);
  const outDir = resolve(options.outDir);
  const historyDir = resolve(options.historyDir ?? historyOf(dataDir, definitions));
  await mkdir(outDir, {recursive: true});
  const progress = options.progress ?? createProgress(only?.length ?? definitions.experiments.length);
  let waited = false;
  const task = async (): Promise<BuildResult> => {
    // The definitions may have changed while another build was at work.
    const now = waited ? await loadDefinitions(dataDir) : definitions;
    return buildAll(now, {...options, outDir, historyDir, progress});
  };
  return withLock([outDir, historyDir, storeFolder(dataDir)], task, {
    onWait: (holder) => {
      waited = true;
      progress.note(`waiting for another build: ${holder}`);
    }
  });
}

interface Places extends BuildOptions {
  readonly historyDir: string;
  readonly progress: Progress;
}

async function buildAll(definitions: Definitions, options: Places): Promise<BuildResult> {
  const {dataDir, outDir, historyDir, only, progress} = options;
  const chosen = choose(definitions.experiments, only);
  await sweep(outDir);
  await sweep(historyDir);
  for (const {id} of definitions.experiments) await recoverFolder(join(outDir, id));
  const engine = await openDuckdb({
    directory: resolve(dataDir),
    ...(options.threads === undefined ? {} : {threads: options.threads})
  });
  const store = storeFolder(dataDir);
  const files = await openFileHashes(store);
  const glob = globOf(engine, dataDir);
  const code = await codeHash();
  const facts = await openFacts(definitions, {...options, store, files, engine, glob, code});
  const storedHash = async (name: string): Promise<string | null> => (await facts.fact(name))?.hash ?? null;
  const keys = keysOf(definitions, {...options, files, glob, storedHash, code});
  const entries = new Map<string, IndexEntry>();
  const failed: {id: string; reason: string}[] = [];
  const built: string[] = [];
  const unchanged: string[] = [];
  let writer: Promise<ParquetWriter> | undefined;
  try {
    for (const experiment of chosen) {
      const {id} = experiment;
      progress.start(id);
      try {
        const {input, keyOf} = await keys.of(experiment);
        const record = input === null || options.force ? null : await readRecord(store, outDir, id);
        if (record !== null && record.key === (await keyOf()) && (await isIntact(outDir, record))) {
          entries.set(id, record.entry);
          unchanged.push(id);
        } else {
          // One for all: it takes longer to open than to write with.
          if (writer === undefined) {
            writer = openWriter();
            // Whoever writes hears of what went wrong.
            writer.catch(() => undefined);
          }
          const entry = await buildAndSwap(experiment, definitions, {...options, engine, writer, facts});
          entries.set(id, entry);
          if (input !== null) await writeRecord(store, outDir, {key: await keyOf(), entry});
        }
        built.push(id);
        progress.step(id);
      } catch (error) {
        const reason = reasonOf(error);
        failed.push({id, reason});
        // Readers need not know where the build runs; paths in definitions start from the data folder, too.
        const shown = reason.replaceAll(resolve(dataDir) + sep, "");
        entries.set(id, await staleEntry(experiment, definitions, outDir, shown));
        progress.step(`${id}: failed`);
        progress.note(`${id}: ${reason}`);
      }
    }
  } finally {
    progress.done();
    await files.save();
    await writer?.then(
      (open) => open.close(),
      () => undefined
    );
    await engine.close();
  }
  for (const experiment of definitions.experiments)
    if (!entries.has(experiment.id)) {
      const entry = await publishedEntry(experiment, definitions, outDir);
      if (entry !== null) entries.set(experiment.id, entry);
    }
  if (only === undefined) await removeOthers(outDir, definitions.experiments);
  await writeBeside(join(outDir, "index.json"), `${JSON.stringify(indexOf(definitions.experiments, entries))}\n`);
  const exitCode = failed.length === 0 ? exitCodes.fine : built.length === 0 ? exitCodes.nothing : exitCodes.partly;
  return {exitCode, built, unchanged, failed};
}

/** Returns what lists the files that match a pattern, as the engine that reads them sees it. */
function globOf(engine: DuckdbEngine, dataDir: string): (pattern: string) => Promise<readonly string[]> {
  const globs = new Map<string, Promise<string[]>>();
  return (pattern) => {
    const found =
      globs.get(pattern) ??
      rowsOf(engine, `SELECT file FROM glob(${engine.dialect.literal(pattern)})`).then((rows) =>
        rows.map(([file]) => resolve(dataDir, String(file)))
      );
    globs.set(pattern, found);
    return found;
  };
}

/** Returns what tells whether an experiment must be computed: its input now, and the key with the memory as it stands. */
function keysOf(
  definitions: Definitions,
  {
    dataDir,
    historyDir,
    files,
    glob,
    storedHash,
    code,
    asOf
  }: Places & Omit<InputHashOptions, "dataDir"> & {readonly code: string}
) {
  return {
    async of(experiment: Experiment) {
      const input = await inputHash(experiment, definitions, {dataDir, files, glob, storedHash});
      const keyOf = async (): Promise<string> =>
        hashOf(code, input ?? "", asOf ?? "", await memoryHash(historyDir, experiment.id));
      return {input, keyOf};
    }
  };
}

interface FactsOptions extends Places {
  readonly store: string;
  readonly files: FileHashes;
  readonly engine: DuckdbEngine;
  readonly glob: (pattern: string) => Promise<readonly string[]>;
  readonly code: string;
}

/** The rows of facts, kept from build to build and read once for all experiments. */
async function openFacts(
  definitions: Definitions,
  {dataDir, store, files, engine, glob, code, keepsFiles}: FactsOptions
): Promise<FactStore> {
  const {facts, connections} = definitions.sources;
  return openFactStore({
    folder: join(store, "facts"),
    engine,
    definitions,
    dataDir,
    code: await stagingHash(),
    hashOf: files.hashOf,
    async identityOf(name) {
      const fact = facts[name];
      if (fact === undefined) return null;
      const connection = fact.connection === undefined ? undefined : connections[fact.connection];
      return factHash(name, fact, connection, {dataDir, files, glob, storedHash: async () => null});
    },
    write: writeBeside,
    state: {folder: join(store, "state"), code, least: 1_000_000},
    ...(keepsFiles === undefined ? {} : {keepsFiles}),
    async pullOf(name, fact, columns) {
      const connection = fact.connection === undefined ? undefined : connections[fact.connection];
      // What a database may compute itself does not come over.
      if (connection?.engine !== "sqlite" && connection?.mode !== "pull") return null;
      return pullOf(name, fact, columns, {definitions, dataDir});
    }
  });
}

async function buildAndSwap(
  experiment: Experiment,
  definitions: Definitions,
  {
    dataDir,
    outDir,
    historyDir,
    engine,
    writer,
    facts,
    threads,
    asOf
  }: Places & {engine: DuckdbEngine; writer: Promise<ParquetWriter>; facts: FactStore}
): Promise<IndexEntry> {
  const {id} = experiment;
  const folder = await freshFolder(join(outDir, `.${id}.part`));
  try {
    const {
      readout,
      looks,
      run,
      pins,
      definitions: locked
    } = await buildOne(experiment, definitions, {
      dataDir,
      folder,
      memory: await readMemory(historyDir, id),
      pins: await readPins(historyDir, id),
      published: await readReadout(outDir, id),
      engine,
      writer,
      store: facts,
      ...(threads === undefined ? {} : {threads}),
      ...(asOf === undefined ? {} : {asOf})
    });
    // These come first: if the process is killed here, the next build finds them and makes the same readout.
    await appendMemory(historyDir, id, {pins, looks, definitions: locked});
    await swapFolder(folder, join(outDir, id));
    const {runs} = await readMemory(historyDir, id);
    if (runs.at(-1)?.runId !== run.runId) await appendMemory(historyDir, id, {runs: [run]});
    return indexEntryOf(readout, {schedule: scheduleOf(experiment, definitions)});
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/** Removes what a killed build was writing; nobody else writes here while the lock is held. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/^\..*\.(?:tmp|dead)$/.test(name) || isOrphan(name)) await rm(join(folder, name), {force: true});
}

function choose(experiments: readonly Experiment[], only: readonly string[] | undefined): Experiment[] {
  if (only === undefined) return [...experiments];
  return only.map((id) => {
    const found = experiments.find((experiment) => experiment.id === id);
    if (found !== undefined) return found;
    const names = experiments.map((experiment) => experiment.id);
    const near = nearestName(id, names);
    throw new UserError(
      `unknown experiment: ${id}${near === null ? "" : `; did you mean ${near}?`} (defined: ${names.join(", ")})`
    );
  });
}

/** Returns the folder of the memory: named in sources.yaml (relative to the data folder), else history/ beside it. */
export function historyOf(dataDir: string, {sources}: Definitions): string {
  return sources.history === undefined ? join(dirname(resolve(dataDir)), "history") : resolve(dataDir, sources.history);
}

function scheduleOf({exposures}: Experiment, {sources}: Definitions): number {
  return parseDays(sources.facts[exposures]?.schedule ?? "1d");
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && !(error instanceof UserError) && !("code" in error)) return redacted(error.message);
  return describeError(error);
}

/** The last good readout, marked stale; without one an entry that names the error. */
async function staleEntry(
  experiment: Experiment,
  definitions: Definitions,
  outDir: string,
  reason: string
): Promise<IndexEntry> {
  const old = await readReadout(outDir, experiment.id);
  if (old === null) return failedEntry(experiment, reason, {schedule: scheduleOf(experiment, definitions)});
  const readout: Readout = {...old, stale: {since: old.asOf, reason}};
  await writeBeside(join(outDir, experiment.id, "readout.json"), `${JSON.stringify(readout)}\n`);
  return indexEntryOf(readout, {schedule: scheduleOf(experiment, definitions)});
}

async function publishedEntry(
  experiment: Experiment,
  definitions: Definitions,
  outDir: string
): Promise<IndexEntry | null> {
  const readout = await readReadout(outDir, experiment.id);
  return readout === null ? null : indexEntryOf(readout, {schedule: scheduleOf(experiment, definitions)});
}

/** Returns the published readout of an experiment, or null where there is none that this version can read. */
export async function readReadout(outDir: string, id: string): Promise<Readout | null> {
  const path = join(outDir, id, "readout.json");
  if (!existsSync(path)) return null;
  try {
    const readout: Readout = JSON.parse(await readFile(path, "utf8"));
    return readout.schemaVersion === schemaVersion ? readout : null;
  } catch {
    return null;
  }
}

function failedEntry(
  {id, title, owner, tags, status, start, end}: Experiment,
  error: string,
  {schedule}: {schedule: number}
): IndexEntry {
  return {
    id,
    title,
    owner: owner ?? null,
    tags,
    status,
    verdict: null,
    label: null,
    sentence: null,
    health: null,
    start,
    end: end ?? null,
    asOf: null,
    units: 0,
    plannedUnits: null,
    days: 0,
    plannedDays: null,
    schedule,
    runId: null,
    stale: null,
    error,
    primary: null,
    alerts: []
  };
}

function indexOf(experiments: readonly Experiment[], entries: ReadonlyMap<string, IndexEntry>): ReadoutIndex {
  const listed = experiments.flatMap(({id}) => entries.get(id) ?? []);
  const asOf = listed.reduce<string | null>((a, {asOf: b}) => (a === null || (b !== null && b > a) ? b : a), null);
  return {schemaVersion, asOf, experiments: listed};
}

/** Folders of experiments that are no longer defined, and what a killed build left. */
async function removeOthers(outDir: string, experiments: readonly Experiment[]): Promise<void> {
  const kept = new Set(experiments.map(({id}) => id));
  for (const entry of await readdir(outDir, {withFileTypes: true})) {
    if (!entry.isDirectory() || kept.has(entry.name) || entry.name.startsWith("[")) continue;
    const ours = entry.name.endsWith(".part") || existsSync(join(outDir, entry.name, "readout.json"));
    if (ours) await rm(join(outDir, entry.name), {recursive: true, force: true});
  }
}
