import {existsSync} from "node:fs";
import {resolve} from "node:path";
import {conflictsOf} from "../experiment/definition/conflictsOf.ts";
import type {Connection, Definitions, Experiment, Fact} from "../experiment/definition/definition.ts";
import {definitionParts} from "../experiment/definition/definitionHash.ts";
import type {FileHashes} from "./fileHashes.ts";
import {hashOf} from "./hash.ts";

/** What the hash of an input is made with. */
export interface InputHashOptions {
  readonly dataDir: string;
  readonly files: FileHashes;
  /** Returns the files that a pattern matches, as the engine that reads them sees it. */
  readonly glob: (pattern: string) => Promise<readonly string[]>;
  /** Returns the hash of the stored rows of a fact, with all that its source has now; null where none are stored. */
  readonly storedHash: (name: string) => Promise<string | null>;
}

/** What gives other rows at another time, or names files in a way that only the engine understands. */
const volatile =
  /\|\||\b(?:concat\w*|format|printf|replace|getenv|getvariable|now|today|current_\w+|localtime\w*|random|uuid|gen_random_uuid|get_current_\w+|nextval|query|query_table|http\w*|s3|gs|azure)\b/i;

/**
 * Returns the SHA-256 of all that an experiment is computed from, apart from its memory: its definition with words,
 * place in life and pin, and the bytes of the files of its facts. Null where that cannot be known without asking: a
 * server, or a SELECT without a file or with a clock in it.
 */
export async function inputHash(
  experiment: Experiment,
  definitions: Definitions,
  options: InputHashOptions
): Promise<string | null> {
  const parts = definitionParts(experiment, definitions);
  const {facts, connections} = definitions.sources;
  const hashes: string[] = [];
  for (const name of Object.keys(parts.facts).toSorted()) {
    const fact = facts[name];
    const connection = fact?.connection === undefined ? undefined : connections[fact.connection];
    const found = fact === undefined ? null : await factHash(name, fact, connection, options);
    if (found === null) return null;
    hashes.push(name, JSON.stringify(fact), JSON.stringify(connection ?? null), found);
  }
  return hashOf(JSON.stringify(parts), JSON.stringify(conflictsOf(experiment, definitions)), ...hashes);
}

/** Returns the hash of all bytes that a fact is made of; null where that cannot be known without asking. */
export async function factHash(
  name: string,
  fact: Fact,
  connection: Connection | undefined,
  {dataDir, files, glob, storedHash}: InputHashOptions
): Promise<string | null> {
  if (connection !== undefined && connection.engine !== "duckdb") return storedHash(name);
  const paths = [fact.path ?? [], connection?.path ?? []].flat().map((path) => resolve(dataDir, path));
  if (fact.sql !== undefined) {
    const named = quotedFiles(fact.sql);
    if (volatile.test(fact.sql) || (paths.length === 0 && named.length === 0)) return null;
    paths.push(...named.map((path) => resolve(dataDir, path)), ...named);
  }
  const found: string[] = [];
  for (const path of paths) {
    if (existsSync(path)) found.push(path, `${path}.wal`);
    else if (/[*?[\]{}]/.test(path)) found.push(...(await glob(path)));
    else found.push(path);
  }
  const listed = [...new Set(found)].toSorted();
  const hashes = await Promise.all(listed.map((path) => files.hashOf(path)));
  return hashOf(...listed.flatMap((path, i) => [path, hashes[i] ?? "missing"]));
}

/** Returns the texts in quotes of a SELECT that may name a file. */
export function quotedFiles(sql: string): string[] {
  return Array.from(sql.matchAll(/'((?:[^']|'')*)'|"((?:[^"]|"")*)"/g), ([, single, double]) =>
    single === undefined ? (double ?? "").replaceAll('""', '"') : single.replaceAll("''", "'")
  ).filter((text) => /[./\\*]/.test(text));
}
