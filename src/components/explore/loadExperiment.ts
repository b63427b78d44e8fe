import * as z from "zod";
import type {CubeTable} from "../../lib/cube/cubeTable.ts";
import {cubeTableFromColumns, dimensionColumn} from "../../lib/cube/cubeTable.ts";
import type {Cubes} from "../../lib/cube/exploreCells.ts";
import type {Explorable} from "../../lib/experiment/exploreState.ts";
import {formatBytes} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {readoutSchema, schemaVersion} from "../../lib/experiment/readout.ts";
import {unpacked} from "../page/unpacked.ts";
import {fetchBytes} from "./fetchBytes.ts";
import type {ExploreFile, FileLink} from "./files.ts";
import type {ParquetColumns} from "./parquetColumns.ts";
import {parquetColumns} from "./parquetColumns.ts";

// The page's policy forbids compiled text; zod would try it and be refused.
z.config({jitless: true});

/** An experiment's published files, read. */
export type LoadedExperiment = {
  readout: Readout;
  /** Null where path.parquet could not be had; `notes` then say why. */
  cubes: Cubes | null;
  /** The files as tables, for the SQL console. */
  tables: Record<string, ParquetColumns>;
  explorable: Explorable;
  /** What could not be read, in words. */
  notes: string[];
};

const tables = {path: "path.parquet", entries: "entries.parquet", traffic: "traffic.parquet"} as const;

/**
 * Loads an experiment's files, telling of the progress in words. A cube that cannot be read is a note, not an end.
 *
 * @throws {Error} in words for a reader if there is no readout that this page understands
 */
export async function loadExperiment(
  links: Partial<Record<ExploreFile, FileLink>>,
  {onProgress = () => {}}: {onProgress?: (words: string) => void} = {}
): Promise<LoadedExperiment> {
  const link = links["readout.json"];
  if (!link) throw new Error("there is no experiment of this name");
  const read = await settle(
    fetchBytes(link.url, {fresh: true}).then(async (bytes) => readoutFrom(await unpacked(bytes).text()))
  );
  if (read.error !== null) throw new Error(`readout.json: ${read.error}`);
  const readout = read.value;
  const loaded = new Map<string, number>();
  const total = Object.values(tables).reduce((sum, file) => sum + (links[file]?.bytes ?? 0), 0);
  const got = await Promise.all(
    Object.entries(tables).map(async ([name, file]) => {
      const own = links[file];
      if (!own) return {name, file, value: null, error: "the file was not published"};
      const read = async () => {
        const bytes = await fetchBytes(own.url, {
          expected: own.bytes,
          fresh: true,
          onProgress: (progress) => {
            loaded.set(name, progress.loaded);
            const sum = [...loaded.values()].reduce((a, b) => a + b, 0);
            onProgress(`Loading the cube: ${formatBytes(sum)}${total >= sum ? ` of ${formatBytes(total)}` : ""}`);
          }
        });
        return parquetColumns(bytes);
      };
      return {name, file, ...(await settle(read()))};
    })
  );
  onProgress("Reading the cube");
  const notes = got.flatMap(({file, error}) => (error === null ? [] : [`${file}: ${error}.`]));
  const columns = Object.fromEntries(got.flatMap(({name, value}) => (value === null ? [] : [[name, value]])));
  const path = tableOf(columns.path, readout, (error) => notes.push(`path.parquet: ${error}.`));
  const entries = tableOf(columns.entries, readout, (error) => notes.push(`entries.parquet: ${error}.`));
  return {
    readout,
    cubes: path === null ? null : {path, entries},
    tables: {...columns, metrics: metricsTable(readout)},
    explorable: explorableOf(readout, path, entries),
    notes
  };
}

/** Returns a readout from its text; an error in words where it is none, or one of a newer site. */
export function readoutFrom(text: string): Readout {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("the file is damaged: it is not JSON");
  }
  const version = typeof value === "object" && value !== null && "schemaVersion" in value ? value.schemaVersion : null;
  if (typeof version === "number" && version > schemaVersion)
    throw new Error(`it is of a newer version (${version}) than this page reads (${schemaVersion}); reload the page`);
  const parsed = readoutSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`the file is damaged: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Returns the dimensions that the cube's rows have: the readout's, and the entry phase where weights changed. */
function dimensionsIn(readout: Readout, columns: ParquetColumns["columns"]): string[] {
  const keys = readout.dimensions.map(({key}) => key);
  const phased = readout.phases.length > 1 && "phase" in columns && !keys.includes("phase");
  return phased ? [...keys, "phase"] : keys;
}

function tableOf(
  read: ParquetColumns | undefined,
  readout: Readout,
  onError: (error: string) => void
): CubeTable | null {
  if (read === undefined) return null;
  const dimensions = dimensionsIn(readout, read.columns);
  const origins = Object.fromEntries(readout.metrics.map(({key, origin}) => [key, origin]));
  try {
    return cubeTableFromColumns(read.columns, {dimensions, origins});
  } catch (error) {
    const missing = dimensions.find((name) => !(dimensionColumn(name) in read.columns));
    onError(missing === undefined ? messageOf(error) : `it does not belong to this readout: no column ${missing}`);
    return null;
  }
}

function explorableOf(readout: Readout, path: CubeTable | null, entries: CubeTable | null): Explorable {
  const days = [...(path?.dates.values ?? []), ...(entries?.dates.values ?? [])].sort();
  const asOf = readout.asOf ?? days.at(-1) ?? null;
  return {
    metrics: readout.metrics.map(({key}) => key),
    dimensions: Object.fromEntries(
      readout.dimensions.map(({key, values}) => [
        key,
        [...new Set([...values, ...(path?.dimensions.get(key)?.values ?? [])])]
      ])
    ),
    first: days[0] ?? null,
    asOf,
    correction: readout.correction
  };
}

function metricsTable({metrics}: Readout): ParquetColumns {
  return {
    length: metrics.length,
    columns: {
      metric: metrics.map(({key}) => key),
      name: metrics.map(({name}) => name),
      role: metrics.map(({role}) => role),
      kind: metrics.map(({kind}) => kind),
      unit: metrics.map(({unit}) => unit ?? ""),
      origin_y: metrics.map(({origin}) => origin.y ?? 0)
    }
  };
}

type Settled<Value> = {value: Value; error: null} | {value: null; error: string};

async function settle<Value>(promise: Promise<Value>): Promise<Settled<Value>> {
  try {
    return {value: await promise, error: null};
  } catch (error) {
    return {value: null, error: messageOf(error)};
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
