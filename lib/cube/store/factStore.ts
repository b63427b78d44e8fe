import {createHash} from "node:crypto";
import {mkdir, readFile, readdir, rename, rm} from "node:fs/promises";
import {extname, join, relative, resolve} from "node:path";
import type {Definitions, Fact} from "../../experiment/definition/definition.ts";
import {day as dayLength} from "../dialects/dialect.ts";
import type {Column} from "../dialects/dialect.ts";
import type {DuckdbEngine} from "../engines/duckdb.ts";
import {rowsOf} from "../engines/engine.ts";
import {withRetries} from "../engines/retries.ts";
import type {Pull, Watermark} from "../pull/pull.ts";
import type {Relation} from "../scan.ts";
import {formatOf, reading, scanFact} from "../scan.ts";
import {numberOf} from "../steps.ts";
import {dateOfDay, dayOfDate, localTime, zoneOffsets} from "../zone.ts";
import type {Checkpoint, Partition, Piece} from "./checkpoint.ts";
import {byName, checkpointFile, readCheckpoint, rowsHash} from "./checkpoint.ts";
import {isAppendable, prefixOf, sizeOf, writeTail} from "./sourcePieces.ts";
import type {StoredColumns} from "./storedColumns.ts";
import type {StatePlace} from "./unitState.ts";
import {neededColumns, physicalName, sourceIdentity, stageStored} from "./storedColumns.ts";

export interface FactStoreOptions {
  /** Folder of the stored facts, a folder each. */
  readonly folder: string;
  readonly engine: DuckdbEngine;
  readonly definitions: Definitions;
  /** Folder that paths are relative to. */
  readonly dataDir: string;
  /** What tells one version of the code that reads from another. */
  readonly code: string;
  /** Returns the SHA-256 of a file. */
  readonly hashOf: (path: string) => Promise<string>;
  /** Returns what tells whether a fact that is no list of files has changed; null where nothing can tell. */
  readonly identityOf: (name: string) => Promise<string | null>;
  /** Writes a file whole or not at all. */
  readonly write: (path: string, bytes: string) => Promise<void>;
  /** Returns how a fact in another system is read; null for facts that the engine reads itself. */
  readonly pullOf?: (name: string, fact: Fact, columns: readonly string[]) => Promise<Pull | null>;
  /** Where the state of units is kept; default: nowhere. */
  readonly state?: Pick<StatePlace, "folder" | "code" | "least">;
  /** Whether rows of files are kept, and the state of units; else only what has to come over from elsewhere is. Default: true. */
  readonly keepsFiles?: boolean;
}

/** A fact in the store: its checkpoint and files. */
export interface StoredFact {
  readonly fact: Fact;
  readonly folder: string;
  readonly checkpoint: Checkpoint;
  /** Hash of its rows and columns. */
  readonly hash: string;
}

/** Rows per fact, read once for all experiments. */
export interface FactStore {
  /** Returns a fact as its source has it, looked at once. */
  relation(name: string, fact: Fact): Promise<Relation>;
  /**
   * Returns a fact with the rows that its source has now; null for what is not stored. The first call of a build reads
   * what is new, the others return the same.
   *
   * @throws {Error} if the source cannot be read or the store not be written; what was stored stays
   */
  fact(name: string): Promise<StoredFact | null>;
  /** Where the state of an experiment's units is kept; null where it is not. */
  statePlace(id: string): StatePlace | null;
}

/** Returns the store of facts of one build. Nobody else may write to its folder meanwhile. */
export function openFactStore(options: FactStoreOptions): FactStore {
  const facts = new Map<string, Promise<StoredFact | null>>();
  const relations = new Map<string, Promise<Relation>>();
  const {engine, dataDir, definitions, keepsFiles = true} = options;
  const factOf = async (name: string): Promise<StoredFact | null> => {
    const fact = definitions.sources.facts[name];
    if (!keepsFiles && (fact === undefined || !isElsewhere(fact, definitions))) return null;
    const found = facts.get(name) ?? withRetries(() => refresh(name, options));
    facts.set(name, found);
    return found;
  };
  const look = async (name: string, fact: Fact): Promise<Relation> => {
    const {connections} = definitions.sources;
    const stored = isElsewhere(fact, definitions) ? await factOf(name) : null;
    if (stored === null) return scanFact(engine, name, fact, {dataDir, connections, definitions});
    // The rows came over already: their source is named, not asked again.
    const columns = Object.entries(stored.checkpoint.relation).map(([column, type]) => ({name: column, type}));
    return {fact: name, sql: engine.dialect.identifier(name), columns, files: []};
  };
  return {
    relation(name, fact) {
      const found = relations.get(name) ?? look(name, fact);
      relations.set(name, found);
      return found;
    },
    fact: factOf,
    statePlace(id) {
      const {state, write} = options;
      return state === undefined || !keepsFiles
        ? null
        : {...state, folder: join(state.folder, id), run: engine.run, write};
    }
  };
}

/** Whether a fact lies in a database that is not DuckDB's. */
function isElsewhere({connection}: Fact, {sources}: Definitions): boolean {
  const engine = connection === undefined ? undefined : sources.connections[connection]?.engine;
  return engine !== undefined && engine !== "duckdb";
}

/** Where rows come from, and the files that are read for them. */
interface Reading {
  readonly sources: readonly {readonly relation: Relation; readonly file: string}[];
  readonly relation: Checkpoint["relation"];
  readonly pieces: Checkpoint["pieces"];
  readonly watermark: Watermark | null;
  /** Which stored rows stay: those of the files that are not named here, and of days before one. */
  readonly replaced: readonly string[];
  readonly since: string | null;
}

async function refresh(name: string, options: FactStoreOptions): Promise<StoredFact | null> {
  const {definitions, engine, code} = options;
  const fact = definitions.sources.facts[name];
  const needed = neededColumns(name, definitions);
  if (fact === undefined || needed === null) return null;
  const folder = join(options.folder, name);
  const written = definitions.written ?? definitions.sources;
  const source = sourceIdentity(
    written.facts[name] ?? fact,
    fact.connection === undefined ? null : (written.connections[fact.connection] ?? null)
  );
  const before = await readCheckpoint(folder);
  const same = before !== null && before.code === code && before.source === source && covers(before.columns, needed);
  const columns = same ? before.columns : needed;
  const kept = same ? before : null;

  await mkdir(folder, {recursive: true});
  await sweep(folder, before);
  const context: Context = {...options, name, fact, folder, columns, kept};
  let found: Reading | null;
  if (isElsewhere(fact, definitions)) {
    const raw = [...new Set(Object.values(rawColumns(fact, columns)))];
    const pull = await options.pullOf?.(name, fact, raw);
    if (pull === undefined || pull === null) return null;
    try {
      found = await readPull(context, pull);
      if (found !== null) return await rewrite(context, source, found);
    } finally {
      await pull.close();
      await engine.drop("store_rows");
      await sweep(folder, await readCheckpoint(folder));
    }
  } else {
    try {
      found = isFiles(fact) ? await readFiles(context) : await readWhole(context);
      if (found !== null) return await rewrite(context, source, found);
    } finally {
      await engine.drop("store_rows");
      await sweep(folder, await readCheckpoint(folder));
    }
  }
  if (kept === null) return null;
  return {fact, folder, checkpoint: kept, hash: rowsHash(kept)};
}

interface Context extends FactStoreOptions {
  readonly name: string;
  readonly fact: Fact;
  readonly folder: string;
  readonly columns: StoredColumns;
  /** What is stored and holds still. */
  readonly kept: Checkpoint | null;
}

function covers(stored: StoredColumns, needed: StoredColumns): boolean {
  return Object.entries(needed).every(([name, meaning]) => stored[name] === meaning);
}

/** The source's own columns that stored columns are made of; conditions and expressions may name any. */
function rawColumns(fact: Fact, columns: StoredColumns): Record<string, string> {
  const entries = Object.entries(columns).map(([name, meaning]) => [name, name === "t" ? fact.timestamp : meaning]);
  return Object.fromEntries(entries.filter(([name]) => !/^(where|expression) /.test(name ?? "")));
}

function isFiles({path, sql, table}: Fact): boolean {
  if (path === undefined || sql !== undefined || table !== undefined) return false;
  return [path].flat().every((each) => !/\.(duckdb|ddb)$/i.test(each));
}

/** Finds the files that are new, changed or gone; null if there are none. */
async function readFiles(context: Context): Promise<Reading | null> {
  const {name, fact, engine, dataDir, kept, hashOf} = context;
  const paths = await listFiles(context);
  const nameOf = (path: string): string => relative(resolve(dataDir), path);
  const hashes = new Map(await Promise.all(paths.map(async (path) => [nameOf(path), await hashOf(path)] as const)));
  const changed = paths.filter((path) => kept?.pieces[nameOf(path)]?.hash !== hashes.get(nameOf(path)));
  const gone = Object.keys(kept?.pieces ?? {}).filter((known) => !hashes.has(known));
  if (kept !== null && changed.length === 0 && gone.length === 0) return null;

  const {connections} = context.definitions.sources;
  const all = await scanFact(engine, name, fact, {dataDir, connections});
  const types = Object.fromEntries(all.columns.map(({name: column, type}) => [column, type]));
  // Text reads differently where a column has another type than before.
  const retyped = Object.entries(kept?.relation ?? {}).some(([column, type]) => types[column] !== type);
  if (kept !== null && retyped) return readFiles({...context, kept: null});

  const pieces: Record<string, Piece> = {};
  for (const path of paths) {
    const own = nameOf(path);
    const before = changed.includes(path) ? [] : (kept?.pieces[own]?.days ?? []);
    pieces[own] = {hash: hashes.get(own) ?? "", bytes: await sizeOf(path), days: before};
  }
  const sources: Reading["sources"][number][] = [];
  const replaced = [...gone];
  const whole: string[] = [];
  for (const path of changed) {
    const own = nameOf(path);
    const before = kept?.pieces[own];
    const tail = before === undefined ? null : await tailOf(context, path, before, sources.length);
    if (tail === null || before === undefined) {
      whole.push(path);
      if (before !== undefined) replaced.push(own);
      continue;
    }
    pieces[own] = {...pieces[own]!, days: before.days};
    sources.push({relation: await scanAs(context, [tail], all.columns), file: engine.dialect.literal(own)});
  }
  if (whole.length > 0) {
    const filename = "readout store file";
    const relation = await scanAs(context, whole, all.columns, filename);
    const prefix = `${resolve(dataDir)}/`;
    const column = engine.dialect.identifier(filename);
    // Files elsewhere keep their own path; the name is the same wherever the data folder lies.
    const file = `CASE WHEN starts_with(${column}, ${engine.dialect.literal(prefix)}) THEN substr(${column}, ${[...prefix].length + 1}) ELSE ${column} END`;
    const outside = whole.some((path) => nameOf(path).startsWith(".."));
    const cases = whole.map(
      (path) => `WHEN ${engine.dialect.literal(path)} THEN ${engine.dialect.literal(nameOf(path))}`
    );
    sources.push({relation, file: outside ? `CASE ${column} ${cases.join(" ")} END` : file});
  }
  return {sources, relation: types, pieces, watermark: null, replaced, since: null};
}

async function listFiles({fact, dataDir, engine, name}: Context): Promise<string[]> {
  const found: string[] = [];
  for (const each of [fact.path ?? []].flat()) {
    const path = resolve(dataDir, each);
    if (!/[*?[\]{}]/.test(path)) found.push(path);
    else
      for (const [file] of await rowsOf(engine, `SELECT file FROM glob(${engine.dialect.literal(path)})`))
        found.push(resolve(dataDir, String(file)));
  }
  if (found.length === 0) throw new Error(`missing file of fact ${name}: ${[fact.path ?? []].flat().join(", ")}`);
  return [...new Set(found)].toSorted();
}

/** Files as a relation with the columns and types of all of them. */
async function scanAs(
  {name, fact, engine, dataDir}: Context,
  paths: readonly string[],
  columns: readonly Column[],
  filename?: string
): Promise<Relation> {
  const {identifier} = engine.dialect;
  // All files have the format of the first one.
  const format = fact.format ?? formatOf(name, [fact.path ?? []].flat()[0] ?? "");
  const some = {...fact, path: [...paths], format};
  const relation = await scanFact(engine, name, some, {dataDir, ...(filename === undefined ? {} : {filename})});
  const there = new Map(relation.columns.map((column) => [column.name, column.type]));
  const listed = columns.map(({name: column, type}) => {
    if (there.get(column) === type) return identifier(column);
    return `CAST(${there.has(column) ? identifier(column) : "NULL"} AS ${type}) AS ${identifier(column)}`;
  });
  const named = filename === undefined ? [] : [identifier(filename)];
  const all = filename === undefined ? columns : [...columns, {name: filename, type: "VARCHAR"}];
  return {...relation, columns: all, sql: `(SELECT ${[...listed, ...named].join(", ")} FROM ${relation.sql}) AS s`};
}

/** A file with what was added to the end of one; null where it has changed otherwise. */
async function tailOf({fact, folder}: Context, path: string, before: Piece, number: number): Promise<string | null> {
  if (!isAppendable(fact, path) || (await sizeOf(path)) <= before.bytes) return null;
  const prefix = await prefixOf(path, before.bytes);
  if (prefix.hash !== before.hash || !prefix.whole) return null;
  const to = join(folder, `tail-${number}${extname(path)}`);
  await writeTail(path, before.bytes, {header: prefix.header, to});
  return to;
}

/** Reads a table or a SELECT as a whole, unless it is known to be the same. */
async function readWhole(context: Context): Promise<Reading | null> {
  const {name, fact, engine, dataDir, kept, identityOf} = context;
  const identity = await identityOf(name);
  if (kept !== null && identity !== null && kept.pieces[""]?.hash === identity) return null;
  const {connections} = context.definitions.sources;
  const relation = await scanFact(engine, name, fact, {dataDir, connections});
  return {
    sources: [{relation, file: "''"}],
    relation: Object.fromEntries(relation.columns.map((column) => [column.name, column.type])),
    pieces: {"": {hash: identity ?? "", bytes: 0, days: []}},
    watermark: null,
    replaced: [""],
    since: null
  };
}

/** Reads what came since the watermark, less the stated overlap, in whole days; all if rows are missing then. */
async function readPull(context: Context, pull: Pull): Promise<Reading | null> {
  const {name, fact, folder, kept} = context;
  const now = await reading(name, () => pull.watermark());
  const known = kept?.watermark ?? null;
  if (known !== null && known.rows === now.rows && known.latest === now.latest) return null;
  const types = Object.fromEntries(pull.columns.map((column) => [column.name, column.type]));
  const retyped = Object.entries(kept?.relation ?? {}).some(([column, type]) => types[column] !== type);
  const read = async (since: string | null): Promise<{fetched: Relation; rows: number}> => {
    const options = since === null ? {} : {since: dayOfDate(since) * dayLength};
    const to = join(folder, "pulled");
    await rm(to, {recursive: true, force: true});
    await mkdir(to, {recursive: true});
    const {sql, rows} = await reading(name, () => pull.fetch(to, options));
    return {fetched: {fact: name, sql, columns: pull.columns, files: []}, rows};
  };
  const readingOf = (fetched: Relation, since: string | null): Reading => ({
    sources: [{relation: fetched, file: "''"}],
    relation: types,
    pieces: {"": {hash: "", bytes: 0, days: []}},
    watermark: now,
    replaced: since === null ? [""] : [],
    since
  });
  if (kept !== null && known?.latest != null && !retyped) {
    const late = Number.parseInt(fact.lateness, 10);
    const since = dateOfDay(Math.floor(known.latest / dayLength) - late);
    const {fetched, rows} = await read(since);
    const older = Object.entries(kept.partitions).filter(([day]) => day !== "none" && day < since);
    // Rows that came later than the overlap, or went away, show in the number of rows.
    if (older.reduce((sum, [, partition]) => sum + partition.rows, rows) === now.rows) return readingOf(fetched, since);
  }
  const {fetched} = await read(null);
  return readingOf(fetched, null);
}

/** Stages what was read, and rewrites the days that it touches. */
async function rewrite(context: Context, source: string, found: Reading): Promise<StoredFact> {
  const {name, fact, engine, folder, columns, kept, code, write} = context;
  const {dialect} = engine;
  const names = [...Object.keys(columns).map(physicalName), "file"];
  const selects = found.sources.map(({relation, file}) => stageStored(dialect, {fact, relation}, columns, file));
  const day = `CASE WHEN t IS NOT NULL THEN ${dialect.floorDivide("t", dayLength)} END AS day`;
  const rows = selects.length === 0 ? null : selects.join(" UNION ALL ");
  const touched = new Map<string, Set<string>>();
  if (rows !== null) {
    // Day by day, so that each file is written from its own rows and not from a look at all.
    await reading(name, () => engine.table("store_rows", `SELECT *, ${day} FROM (${rows}) AS s ORDER BY day`));
    for (const [at, file] of await rowsOf(engine, "SELECT day, file FROM store_rows GROUP BY 1, 2")) {
      const key = at === null ? "none" : dateOfDay(Number(at));
      touched.set(key, (touched.get(key) ?? new Set()).add(String(file)));
    }
  }
  const stays = (each: string): boolean => found.since === null || (each !== "none" && each < found.since);
  const stored = Object.entries(kept?.partitions ?? {});
  const gone = stored.filter(
    ([each]) => !stays(each) || found.replaced.some((file) => kept?.pieces[file]?.days.includes(each))
  );
  const days = [...new Set([...touched.keys(), ...gone.map(([each]) => each)])].toSorted();
  const partitions: Record<string, Partition> = {...kept?.partitions};
  const fresh: [string, string][] = [];
  for (const each of days) {
    const old = stays(each) ? kept?.partitions[each] : undefined;
    delete partitions[each];
    const parts: string[] = [];
    if (touched.has(each)) {
      const own = each === "none" ? "day IS NULL" : `day = ${dayOfDate(each)}`;
      parts.push(`SELECT ${names.join(", ")} FROM store_rows WHERE ${own}`);
    }
    if (old !== undefined) {
      const out = found.replaced.map(dialect.literal).join(", ");
      const left = out === "" ? "" : ` WHERE file NOT IN (${out})`;
      parts.push(`SELECT ${names.join(", ")} FROM read_parquet(${dialect.literal(join(folder, old.file))})${left}`);
    }
    if (parts.length === 0) continue;
    const part = join(folder, "part.parquet");
    await storing(name, folder, () =>
      engine.run(copyStatement(parts.join(" UNION ALL "), names, dialect.literal(part)))
    );
    const file = `${each}-${createHash("sha256")
      .update(await readFile(part))
      .digest("hex")
      .slice(0, 16)}.parquet`;
    await rename(part, join(folder, file));
    fresh.push([each, file]);
  }
  for (const [each, partition] of await profiles(context, fresh)) if (partition.rows > 0) partitions[each] = partition;
  const pieces = Object.fromEntries(
    Object.entries(found.pieces).map(([file, piece]): [string, Piece] => {
      const own = [...touched].flatMap(([each, files]) => (files.has(file) ? [each] : []));
      const before = piece.days.filter((each) => each in partitions);
      return [file, {...piece, days: [...new Set([...before, ...own])].toSorted()}];
    })
  );
  const checkpoint: Checkpoint = {
    version: 1,
    code,
    source,
    relation: found.relation,
    columns,
    pieces: Object.fromEntries(Object.entries(pieces).toSorted(byName)),
    watermark: found.watermark,
    partitions: Object.fromEntries(Object.entries(partitions).toSorted(byName))
  };
  await storing(name, folder, () => write(join(folder, checkpointFile), `${JSON.stringify(checkpoint)}\n`));
  await sweep(folder, checkpoint);
  return {fact, folder, checkpoint, hash: rowsHash(checkpoint)};
}

/** One day, in an order that does not depend on the order of reading. */
function copyStatement(rows: string, names: readonly string[], to: string): string {
  const repeated =
    "SELECT hash(unit, t) FROM r WHERE unit IS NOT NULL AND t IS NOT NULL GROUP BY 1 HAVING count(*) > 1";
  const order = ["unit", "t", ...names.filter((name) => name !== "unit" && name !== "t")];
  return `COPY (WITH r AS MATERIALIZED (${rows}) SELECT ${names.join(", ")}, unit IS NOT NULL AND t IS NOT NULL AND hash(unit, t) IN (${repeated}) AS tie FROM r ORDER BY ${order.join(", ")}) TO ${to} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`;
}

/** What is in new files. */
async function profiles(
  {engine, fact, folder}: Context,
  fresh: readonly (readonly [string, string])[]
): Promise<[string, Partition][]> {
  if (fresh.length === 0) return [];
  const {literal} = engine.dialect;
  const paths = fresh.map(([, file]) => literal(join(folder, file))).join(", ");
  const from = `read_parquet([${paths}], filename = 'readout store file')`;
  const [range] = await rowsOf(engine, `SELECT min(t), max(t) FROM ${from}`);
  const offsets = zoneOffsets(fact.timezone ?? "UTC", numberOf(range?.[0]) ?? 0, numberOf(range?.[1]) ?? 0);
  const timed = `sum(CASE WHEN ${localTime("t", offsets)} % ${dayLength} <> 0 THEN 1 ELSE 0 END)`;
  const rows = await rowsOf(
    engine,
    `SELECT "readout store file", count(*), sum(CASE WHEN unit IS NULL THEN 1 ELSE 0 END), min(t), max(t), ${timed}, sum(CASE WHEN tie THEN 1 ELSE 0 END) FROM ${from} GROUP BY 1`
  );
  const found = new Map(rows.map(([path, ...values]) => [String(path), values.map((value) => numberOf(value))]));
  return Promise.all(
    fresh.map(async ([each, file]): Promise<[string, Partition]> => {
      const path = join(folder, file);
      const [count = 0, blank = 0, least = null, most = null, times = 0, ties = 0] = found.get(path) ?? [];
      const partition = {file, bytes: await sizeOf(path), rows: count ?? 0, blank: blank ?? 0, from: least, to: most};
      return [each, {...partition, timed: (times ?? 0) > 0, ties: ties ?? 0}];
    })
  );
}

/** Removes what no checkpoint names: what a killed build left, and days that were rewritten. */
async function sweep(folder: string, checkpoint: Checkpoint | null): Promise<void> {
  const files = new Set(Object.values(checkpoint?.partitions ?? {}).map(({file}) => file));
  for (const name of await readdir(folder))
    if (name !== checkpointFile && !files.has(name)) await rm(join(folder, name), {recursive: true, force: true});
}

/** Says what to do where the store cannot be written. */
async function storing<T>(fact: string, folder: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (!isFull(text)) throw error;
    throw new StoreFullError(
      `no space left on the disk for the rows of fact ${fact}; free some, or move the folder that holds .readout: ${folder}`,
      {cause: error}
    );
  }
}

/** Whether an error says that a disk or a quota is full. */
export function isFull(text: string): boolean {
  return /ENOSPC|EDQUOT|no space left|disk quota exceeded/i.test(text);
}

/** The store has no room. Nothing is lost: what was stored and published stays. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}
