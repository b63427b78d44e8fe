import type {z} from "zod";
import type {Fact, Metric} from "./definition.ts";
import {describeIssues} from "./describeIssues.ts";
import type {Report} from "./readYaml.ts";

type Path = readonly (string | number)[];

/** A definition as far as it could be read. */
export interface Entry<T> {
  readonly raw: Readonly<Record<string, unknown>>;
  /** What is left when the faulty parts are taken out or replaced; null if nothing useful is. */
  readonly value: T | null;
  readonly valid: boolean;
  /** Whether anything at, above or below a path is faulty, so that its value must not be judged further. */
  readonly faulty: (...path: Path) => boolean;
}

/** Named definitions of one kind, in one file; null stands for a file that could not be read. */
export type Table<T> = ReadonlyMap<string, Entry<T>> | null;

/** The other definitions that an experiment refers to, and where mistakes in them are reported. */
export interface Surroundings {
  readonly metrics: Table<Metric>;
  readonly facts: Table<Fact>;
  readonly reportMetric: Report;
  readonly reportSource: Report;
}

/**
 * Returns a definition checked against its schema, its mistakes reported below `path`. What is faulty is taken out, so
 * that the rest can still be checked against the other definitions: all mistakes show at once.
 *
 * @param options.placeholders what stands in for required keys that are missing or faulty
 * @param options.shown the raw value as messages may show it
 */
export function readEntry<S extends z.ZodType>(
  schema: S,
  raw: unknown,
  report: Report,
  {
    path = [],
    what,
    placeholders = {},
    shown = raw
  }: {path?: Path; what: string; placeholders?: Readonly<Record<string, unknown>>; shown?: unknown}
): Entry<z.output<S>> {
  const findings = describeIssues(schema, raw, {what, shown});
  for (const {path: below, message, at} of findings) report([...path, ...below], message, at);
  const paths = findings.map((finding) => finding.path);
  // A key that was meant by a typo is there, though under another name.
  const touched = [
    ...paths,
    ...findings.flatMap(({path: below, meant}) => (meant ? [[...below.slice(0, -1), meant]] : []))
  ];
  const faulty = (...at: Path) => touched.some((each) => at.every((step, i) => i >= each.length || each[i] === step));
  const record = isRecord(raw) ? raw : {};
  for (const shorten of [(each: Path) => each, upToList, (each: Path) => each.slice(0, 1)]) {
    const result = schema.safeParse(findings.length === 0 ? raw : without(record, paths.map(shorten), placeholders));
    if (result.success) return {raw: record, value: result.data, valid: findings.length === 0, faulty};
  }
  return {raw: record, value: null, valid: false, faulty};
}

/** Returns the entries of a map of definitions; empty if it is no map, which is reported elsewhere. */
export function readTable<S extends z.ZodType>(
  schema: S,
  raw: unknown,
  report: Report,
  {
    path = [],
    what,
    placeholders,
    shown = raw
  }: {path?: Path; what: string; placeholders?: Readonly<Record<string, unknown>>; shown?: unknown}
): ReadonlyMap<string, Entry<z.output<S>>> {
  const seen = isRecord(shown) ? shown : {};
  return new Map(
    Object.entries(isRecord(raw) ? raw : {}).map(([name, each]) => [
      name,
      readEntry(schema, each, report, {path: [...path, name], what, placeholders, shown: seen[name]})
    ])
  );
}

/** Whether a value is a map of YAML. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function upToList(path: Path): Path {
  const list = path.findIndex((step) => typeof step === "number");
  return list < 0 ? path : path.slice(0, list);
}

function without(
  raw: Readonly<Record<string, unknown>>,
  paths: readonly Path[],
  placeholders: Readonly<Record<string, unknown>>
): Record<string, unknown> {
  const kept = structuredClone(raw);
  for (const path of paths) {
    let at: unknown = kept;
    for (const step of path.slice(0, -1)) at = typeof at === "object" && at !== null ? Reflect.get(at, step) : null;
    const last = path.at(-1);
    if (last !== undefined && isRecord(at)) Reflect.deleteProperty(at, last);
  }
  return {...placeholders, ...kept};
}
