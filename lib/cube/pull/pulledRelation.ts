import {mkdir} from "node:fs/promises";
import {join} from "node:path";
import type {Connection, Definitions, Fact} from "../../experiment/definition/definition.ts";
import type {DuckdbEngine} from "../engines/duckdb.ts";
import type {Relation} from "../scan.ts";
import {mappedColumns, pullOf} from "./pullOf.ts";

export interface PulledOptions {
  readonly connection: Connection;
  readonly dataDir: string;
  /** All definitions that use the fact, which say what is needed of it; default: everything is. */
  readonly definitions?: Definitions;
}

/** What came over already, for the life of an engine. */
const pulled = new WeakMap<DuckdbEngine, Map<string, Promise<Relation>>>();

/** Returns a fact of another system as DuckDB reads it: its rows come over once, for all that ask the same engine. */
export function pulledRelation(
  engine: DuckdbEngine,
  name: string,
  fact: Fact,
  {connection, dataDir, definitions}: PulledOptions
): Promise<Relation> {
  const known = pulled.get(engine) ?? new Map<string, Promise<Relation>>();
  pulled.set(engine, known);
  const columns = definitions === undefined ? null : mappedColumns(name, fact, definitions);
  const key = JSON.stringify([name, fact, connection, columns]);
  const found = known.get(key) ?? fetched(engine, name, fact, {connection, dataDir, columns, definitions});
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}

async function fetched(
  engine: DuckdbEngine,
  name: string,
  fact: Fact,
  {
    connection,
    dataDir,
    columns,
    definitions
  }: Omit<PulledOptions, "definitions"> & {
    columns: string[] | null;
    definitions: Definitions | undefined;
  }
): Promise<Relation> {
  const of = definitions ?? {
    experiments: [],
    metrics: {},
    sources: {connections: {[fact.connection ?? ""]: connection}, facts: {}, webhooks: {}}
  };
  const pull = await pullOf(name, fact, columns, {definitions: of, dataDir});
  if (pull === null) throw new Error(`unknown engine of fact ${name}; not pulled: ${connection.engine}`);
  try {
    const folder = join(engine.scratch, "pulled");
    await mkdir(folder, {recursive: true});
    const {sql} = await pull.fetch(folder);
    return {fact: name, sql, columns: pull.columns, files: []};
  } finally {
    await pull.close();
  }
}
