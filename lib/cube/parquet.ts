import {join} from "node:path";
import type {Sum} from "../stats/moments.ts";
import {sums} from "../stats/moments.ts";
import {dimensionColumn} from "./cubeTable.ts";
import {openDuckdb} from "./engines/duckdb.ts";
import type {Publication, PublishedRow, TrafficRow} from "./row.ts";
import {tenureColumns, tenureRows} from "./tenure/tenureRows.ts";

/** A column of a Parquet file: text, doubles, or whole numbers of 32 bits. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: "VARCHAR" | "DOUBLE" | "INTEGER";
}

/**
 * Writes the published rows as `path.parquet`, `entries.parquet`, `traffic.parquet` and `tenure.parquet` into a folder
 * that exists. The columns are `date`, `variant`, one per dimension (null for a variant as a whole), `metric`, `bin`, its
 * edges `lower` and `upper` where any row has them, `n` and the sums that any row has; of traffic `hour`, `variant`,
 * `units`; of tenure those of `tenureColumns`. Rows of one metric and cell stand together, by date, and those of tenure by
 * part: so they are packed best. Equal rows give equal bytes.
 *
 * @returns as soon as the first file is being packed, which needs nothing of this thread; `done` once all are written
 */
export async function startPublication(
  folder: string,
  {dimensions, path, entries, traffic, tenure}: Publication,
  writer: ParquetWriter
): Promise<{readonly done: Promise<void>}> {
  const present = sums.filter((sum) => path.some((row) => row[sum] !== 0) || entries.some((row) => row[sum] !== 0));
  const binned = path.some(({bin}) => bin !== null);
  const first = await writer.start(
    join(folder, "path.parquet"),
    cubeColumns(dimensions, present, binned),
    cubeRows(path, dimensions, present, binned),
    cubeOrder(dimensions)
  );
  const rest = async (): Promise<void> => {
    await first.done;
    await writer.write(
      join(folder, "entries.parquet"),
      cubeColumns(dimensions, present),
      cubeRows(entries, dimensions, present),
      cubeOrder(dimensions)
    );
    await writer.write(join(folder, "traffic.parquet"), trafficColumns, trafficRows(traffic));
    await writer.write(join(folder, "tenure.parquet"), tenureColumns, tenureRows(tenure), tenureOrder);
  };
  return {done: rest()};
}

/** Writes the published rows as `startPublication` does, and waits for them. */
export async function writePublication(folder: string, publication: Publication): Promise<void> {
  const writer = await openWriter();
  try {
    await (
      await startPublication(folder, publication, writer)
    ).done;
  } finally {
    await writer.close();
  }
}

/** A Parquet file: its path, its columns, its rows, and the columns that these are sorted by; default: they stand as given. */
type File = readonly [
  file: string,
  columns: readonly ParquetColumn[],
  rows: Iterable<readonly (string | number | null)[]>,
  order?: readonly string[]
];

/** Writes Parquet files, one after another. */
export interface ParquetWriter {
  /** Takes the rows of a file; it is packed meanwhile, and written once `done` is. */
  start(...file: File): Promise<{readonly done: Promise<void>}>;
  /** Writes a file. */
  write(...file: File): Promise<void>;
  close(): Promise<void>;
}

/** Opens a writer of Parquet files, for one file at a time. Close it to free its memory. */
export async function openWriter(): Promise<ParquetWriter> {
  // One thread: otherwise the row groups could come in any order.
  const engine = await openDuckdb({threads: 1, ordered: true, memory: "1GB"});
  const {identifier, literal} = engine.dialect;
  const start: ParquetWriter["start"] = async (file, columns, rows, order = []) => {
    const types = columns.map(({name, type}) => `${identifier(name)} ${type}`);
    await engine.run(`CREATE OR REPLACE TABLE written (${types.join(", ")})`);
    await engine.append("written", rows);
    const sorted = order.length === 0 ? "" : ` ORDER BY ${order.map(identifier).join(", ")}`;
    const done = engine.run(`COPY (SELECT * FROM written${sorted}) TO ${literal(file)} (FORMAT parquet, ${packing})`);
    // Whoever waits for it hears of what went wrong.
    done.catch(() => undefined);
    return {done};
  };
  return {
    start,
    write: async (...file) => (await start(...file)).done,
    close: () => engine.close()
  };
}

/** Calls back with a function that writes one Parquet file. */
export async function withWriter(task: (write: ParquetWriter["write"]) => Promise<void>): Promise<void> {
  const writer = await openWriter();
  try {
    await task(writer.write);
  } finally {
    await writer.close();
  }
}

// Names repeat and are worth a dictionary; most sums occur once, and a dictionary would only hide them from zstd. Higher
// levels take several times as long for a few percent. Filters by value help who reads a part; these files are read whole.
const packing = "COMPRESSION zstd, COMPRESSION_LEVEL 15, DICTIONARY_SIZE_LIMIT 128, WRITE_BLOOM_FILTER false";

const tenureOrder = ["part", "metric", "dimension", "value", "cohort", "k", "variant", "phase", "j"];

const trafficColumns: ParquetColumn[] = [
  {name: "hour", type: "VARCHAR"},
  {name: "variant", type: "VARCHAR"},
  {name: "units", type: "DOUBLE"}
];

function* trafficRows(rows: readonly TrafficRow[]) {
  for (const {hour, variant, units} of rows) yield [hour, variant, units];
}

function cubeColumns(dimensions: readonly string[], present: readonly Sum[], binned = false): ParquetColumn[] {
  return [
    {name: "date", type: "VARCHAR"},
    {name: "variant", type: "VARCHAR"},
    ...dimensions.map((name) => ({name: dimensionColumn(name), type: "VARCHAR"}) as const),
    {name: "metric", type: "VARCHAR"},
    {name: "bin", type: "INTEGER"},
    ...(binned ? (["lower", "upper"] as const) : []).map((name) => ({name, type: "DOUBLE"}) as const),
    {name: "n", type: "DOUBLE"},
    ...present.map((name) => ({name, type: "DOUBLE"}) as const)
  ];
}

function cubeOrder(dimensions: readonly string[]): string[] {
  return ["metric", ...dimensions.map(dimensionColumn), "variant", "bin", "date"];
}

function* cubeRows(
  rows: readonly PublishedRow[],
  dimensions: readonly string[],
  present: readonly Sum[],
  binned = false
) {
  for (const row of rows) {
    const cell = dimensions.map((_, i) => row.cell?.[i] ?? null);
    const edges = binned ? [row.lower ?? null, row.upper ?? null] : [];
    yield [row.date, row.variant, ...cell, row.metric, row.bin, ...edges, row.n, ...present.map((sum) => row[sum])];
  }
}
