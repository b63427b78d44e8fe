import {createHash} from "node:crypto";
import {createWriteStream} from "node:fs";
import type {WriteStream} from "node:fs";
import {mkdir, readFile, rename, rm, stat} from "node:fs/promises";
import {join} from "node:path";
import {finished} from "node:stream/promises";
import {DuckDBInstance} from "@duckdb/node-api";
import type {Definitions, Experiment} from "../experiment/definition/definition.ts";
import {nearestName} from "../experiment/definition/nearestName.ts";
import {createCsvEncoder} from "../simulate/encodeCsv.ts";
import {planSimulation} from "../simulate/planSimulation.ts";
import type {SimulationPlan} from "../simulate/planSimulation.ts";
import {simulateDays} from "../simulate/simulateDays.ts";
import {writeBeside} from "./atomic.ts";
import {UserError} from "./errors.ts";

/** Of the event log; exposures are always CSV, which one can look at. */
export type LogFormat = "csv" | "parquet";

/** What became of one experiment's logs. */
export interface SimulatedLogs {
  readonly id: string;
  readonly folder: string;
  /** Whether they were there already, made from the same block. */
  readonly skipped: boolean;
  /** Rows. */
  readonly exposures: number;
  readonly events: number;
}

export interface SimulateOptions {
  /** Folder of the definitions; default data. */
  dataDir?: string;
  /** Folder that gets one folder of logs for each experiment; default demo in the folder of the definitions. */
  outDir?: string;
  /** Only these experiments; default all that have a `simulate:` block. */
  ids?: readonly string[];
  /** Whether to make logs again that are there already; default false. */
  force?: boolean;
  /** Default: what the event facts of sources.yaml read (a path that ends in .parquet), else CSV. */
  format?: LogFormat | undefined;
  /** Is called with the id of an experiment before it is made. */
  onStart?: (id: string) => void;
  /** Is called after each experiment, also one that was left as it is. */
  onDone?: (logs: SimulatedLogs) => void;
}

/** Raised when the simulator changes what it writes, so that logs of an older one are made again. */
const VERSION = 1;

/**
 * Writes the logs of experiments that have a `simulate:` block, `<out>/<id>/exposures.csv` and `events.csv` or
 * `events.parquet`, the same bytes for the same block. Each is written beside and renamed when it is whole; a stamp,
 * `simulated.json`, is written last and says what they were made from. Logs with the stamp of the same block are left.
 * @returns a record for each experiment, in the order of the definitions
 * @throws {UserError} if an id is unknown or has no `simulate:` block, or a block is wrong; then nothing is written
 */
export async function simulateExperiments(
  definitions: Pick<Definitions, "experiments"> & Partial<Pick<Definitions, "sources">>,
  options: SimulateOptions = {}
): Promise<SimulatedLogs[]> {
  const {dataDir = "data", outDir = join(dataDir, "demo"), ids = [], force = false, onStart, onDone} = options;
  const format = options.format ?? formatOf(definitions.sources);
  const plans = choose(definitions.experiments, ids).map(
    (experiment) => [planOf(experiment, dataDir), hashOf(experiment, format)] as const
  );
  const all: SimulatedLogs[] = [];
  for (const [plan, hash] of plans) {
    const folder = join(outDir, plan.id);
    const stamp = force ? null : await readStamp(folder, hash, format);
    if (!stamp) onStart?.(plan.id);
    const {exposures, events} = stamp ?? (await writeLogs(plan, folder, hash, format));
    const logs = {id: plan.id, folder, skipped: stamp !== null, exposures, events};
    onDone?.(logs);
    all.push(logs);
  }
  return all;
}

function choose(experiments: readonly Experiment[], ids: readonly string[]): Experiment[] {
  if (ids.length === 0) return experiments.filter(({simulate}) => simulate !== undefined);
  const known = experiments.map(({id}) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    const nearest = nearestName(id, known);
    throw new UserError(`unknown experiment: ${id}${nearest ? `; did you mean ${nearest}?` : ""}`);
  }
  return experiments.filter(({id}) => ids.includes(id));
}

function planOf(experiment: Experiment, dataDir: string): SimulationPlan {
  try {
    return planSimulation(experiment);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const file = join(dataDir, "experiments", `${experiment.id}.yaml`);
    throw new UserError(error.message.replace(/^/gm, `${file}: `), {cause: error});
  }
}

function formatOf(sources: Definitions["sources"] | undefined): LogFormat {
  const paths = Object.values(sources?.facts ?? {}).flatMap((fact) =>
    fact.shape === "events" ? (fact.path ?? []) : []
  );
  return paths.some((path) => path.endsWith(".parquet")) ? "parquet" : "csv";
}

function hashOf(experiment: Experiment, format: LogFormat): string {
  const {id, start, end, variants, phases, simulate} = experiment;
  const shares = Object.entries(variants).map(([key, {weight, values}]) => [key, weight, values ?? null]);
  const made = {VERSION, format, id, experiment: experiment.experiment, start, end, shares, phases, simulate};
  return createHash("sha256").update(JSON.stringify(made)).digest("hex");
}

interface Stamp {
  readonly hash: string;
  readonly exposures: number;
  readonly events: number;
  /** Bytes by file name. */
  readonly files: Readonly<Record<string, number>>;
}

async function readStamp(folder: string, hash: string, format: LogFormat): Promise<Stamp | null> {
  try {
    const stamp: unknown = JSON.parse(await readFile(join(folder, "simulated.json"), "utf8"));
    if (!isStamp(stamp) || stamp.hash !== hash) return null;
    for (const name of ["exposures.csv", `events.${format}`]) {
      if ((await stat(join(folder, name))).size !== stamp.files[name]) return null;
    }
    return stamp;
  } catch {
    return null;
  }
}

function isStamp(value: unknown): value is Stamp {
  return typeof value === "object" && value !== null && "hash" in value && "files" in value && "events" in value;
}

async function writeLogs(plan: SimulationPlan, folder: string, hash: string, format: LogFormat): Promise<Stamp> {
  const path = (name: string) => join(folder, name);
  // Hidden, and unlike anything that a glob of data files matches.
  const beside = (name: string) => join(folder, `.${name}.${process.pid}.tmp`);
  await mkdir(folder, {recursive: true});
  await rm(path("simulated.json"), {force: true});
  const encoder = createCsvEncoder(plan);
  const exposures = createWriteStream(beside("exposures.csv"));
  const events = createWriteStream(beside("events.csv"));
  const done = Promise.all([finished(exposures), finished(events)]);
  // A failed write is thrown where it is awaited; until then it must not end the process.
  done.catch(() => {});
  const rows = {exposures: 0, events: 0};
  try {
    await write(exposures, encoder.exposureHeader());
    await write(events, encoder.eventHeader());
    for (const day of simulateDays(plan)) {
      rows.exposures += day.exposures.length;
      rows.events += day.events.length;
      await write(exposures, encoder.exposures(day));
      await write(events, encoder.events(day));
    }
    exposures.end();
    events.end();
    await done;
    if (format === "parquet") await csvToParquet(plan, beside("events.csv"), beside("events.parquet"));
    const names = ["exposures.csv", `events.${format}`];
    const files: Record<string, number> = {};
    for (const name of names) {
      files[name] = (await stat(beside(name))).size;
      await rename(beside(name), path(name));
    }
    await rm(path(format === "csv" ? "events.parquet" : "events.csv"), {force: true});
    const stamp = {hash, ...rows, files};
    await writeBeside(path("simulated.json"), `${JSON.stringify(stamp, null, 2)}\n`);
    return stamp;
  } finally {
    exposures.destroy();
    events.destroy();
    for (const name of ["exposures.csv", "events.csv", "events.parquet"]) await rm(beside(name), {force: true});
  }
}

/** Waits until the bytes are handed over: the encoder uses their memory again. */
function write(stream: WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function csvToParquet(plan: SimulationPlan, from: string, to: string): Promise<void> {
  // With the order of rows kept, row groups are cut at the same rows at any number of threads: the same bytes.
  const instance = await DuckDBInstance.create(":memory:", {preserve_insertion_order: "true"});
  const connection = await instance.connect();
  const types = ["'user_id': 'VARCHAR'", "'ts': 'TIMESTAMP'", "'event': 'VARCHAR'"];
  for (const column of plan.columns) types.push(`'${column}': 'DOUBLE'`);
  if (plan.faults.late) types.push("'arrived': 'TIMESTAMP'");
  const text = (path: string) => `'${path.replaceAll("'", "''")}'`;
  try {
    await connection.run(
      `COPY (SELECT * FROM read_csv(${text(from)}, header = true, auto_detect = false, delim = ',', quote = '"', columns = {${types.join(", ")}}))
       TO ${text(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
