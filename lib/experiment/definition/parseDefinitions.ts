import type {z} from "zod";
import {checkExperiment} from "./checkExperiment.ts";
import {checkMetric} from "./checkMetric.ts";
import {checkConnection, checkFact} from "./checkSources.ts";
import {completeExperiment, factsOf} from "./completeExperiment.ts";
import type {Connection, Definitions, Experiment, Fact, Metric, Sources, WrittenExperiment} from "./definition.ts";
import {
  connectionSchema,
  experimentSchema,
  factSchema,
  idPattern,
  metricSchema,
  metricsSchema,
  sourcesSchema,
  webhookSchema
} from "./definition.ts";
import type {DefinitionError} from "./definitionErrors.ts";
import {byPlace, showFound} from "./definitionErrors.ts";
import type {Entry} from "./definitionTables.ts";
import {isRecord, readEntry, readTable} from "./definitionTables.ts";
import {describeIssues} from "./describeIssues.ts";
import type {Filled, Secret} from "./environment.ts";
import {fillEnvironment, passwordOf, redact} from "./environment.ts";
import type {Report, YamlFile} from "./readYaml.ts";
import {readYaml} from "./readYaml.ts";

/** A file of definitions. Its path tells what it is: `experiments/<id>.yaml`, `metrics.yaml` or `sources.yaml`. */
export interface DefinitionFile {
  /** As messages should name it; with / or \ between folders. */
  readonly path: string;
  readonly text: string;
  /** Why the text could not be read at all; it is reported in the place of everything else about the file. */
  readonly problem?: string;
}

/** What the files say, and all that is wrong with them. */
export interface ParsedDefinitions {
  /** Experiments whose files have no error, and whatever else is valid by itself; trust it as a whole only if `errors` is empty. */
  readonly definitions: Definitions;
  /** In the order of the files, then of the lines. */
  readonly errors: readonly DefinitionError[];
  /** Values that must not show up in any output: see `redact`. */
  readonly secrets: readonly Secret[];
}

/** File names that some system keeps for itself. */
const reservedFiles = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Returns the definitions of one data folder, checked in themselves and against each other. All mistakes of all files
 * are found at once; each says file, line and column, what was found, what was expected, and the nearest valid name for
 * a typo. Weights that add up to 1 within 0.001 are accepted (thirds are written 0.333) and divided by their sum.
 *
 * `${NAME}` in sources.yaml stands for an environment variable. One that is not set is an error where an experiment
 * uses its fact or connection; else its text stays as it is. No message holds the value of a variable.
 *
 * @param files at least one experiment, metrics.yaml and sources.yaml; other names are errors
 * @param options.environment variables for `${NAME}`; default: none
 */
export function parseDefinitions(
  files: readonly DefinitionFile[],
  {environment = {}}: {environment?: Readonly<Record<string, string | undefined>>} = {}
): ParsedDefinitions {
  const stray: DefinitionError[] = [];
  const roles = files.map((file) => ({file, ...roleOf(file.path)}));
  const read = new Map<DefinitionFile, YamlFile>(files.map((file) => [file, readFile(file)]));

  const experimentFiles: {id: string; yaml: YamlFile}[] = [];
  const single: {metrics?: YamlFile; sources?: YamlFile} = {};
  for (const {file, role, id} of roles) {
    const yaml = read.get(file);
    if (!yaml) continue;
    if (role === "experiment") {
      checkId(id, yaml, experimentFiles);
      experimentFiles.push({id, yaml});
    } else if (role === null) {
      yaml.report([], "unknown file; expected experiments/<id>.yaml, metrics.yaml or sources.yaml");
    } else if (single[role]) {
      yaml.report([], `duplicate file; ${single[role].file} is there already`);
    } else single[role] = yaml;
  }
  const folder = files[0] ? folderOf(files[0].path) : "";
  for (const role of ["metrics", "sources"] as const) {
    if (!single[role]) stray.push(missingFile(`${folder}${role}.yaml`, hints[role]));
  }

  const metricsFile = single.metrics ?? null;
  const metrics = metricsFile && !metricsFile.broken ? readMetrics(metricsFile) : null;
  const sourcesFile = single.sources ?? null;
  const sources = sourcesFile && !sourcesFile.broken ? readSources(sourcesFile, environment) : null;

  const around = {
    metrics,
    facts: sources?.facts ?? null,
    reportMetric: once(metricsFile?.report),
    reportSource: once(sourcesFile?.report)
  };
  const used = new Map<string, string>();
  const experiments: {id: string; yaml: YamlFile; entry: Entry<WrittenExperiment>}[] = [];
  for (const {id, yaml} of experimentFiles) {
    if (yaml.broken) continue;
    if (yaml.value === null) {
      yaml.report([], `empty file; expected an experiment: ${hints.experiment}`);
      continue;
    }
    const entry = readEntry(experimentSchema, yaml.value, yaml.report, {
      what: "an experiment",
      placeholders: experimentPlaceholders
    });
    if ("id" in entry.raw) yaml.report(["id"], `the id of an experiment is its file's name: ${showFound(id)}`, "key");
    checkExperiment(id, entry, around, yaml.report);
    if (entry.value) {
      const readable = valuesOf(metrics ?? new Map<string, Entry<Metric>>());
      const shape = sources?.facts.get(entry.value.exposures)?.value?.shape;
      for (const fact of factsOf(completeExperiment(id, entry.value), readable, shape))
        if (!used.has(fact)) used.set(fact, id);
    }
    experiments.push({id, yaml, entry});
  }

  for (const [name, metric] of metrics ?? []) checkMetric(name, metric, around.facts, around.reportMetric);
  if (sources) {
    for (const [name, fact] of sources.facts) checkFact(name, fact, sources.connections, around.reportSource);
    for (const [name, each] of sources.connections) checkConnection(name, each, around.reportSource);
    checkEnvironment(sources, used, around.reportSource);
  }

  const secrets = sources?.secrets ?? [];
  const errors = [...stray, ...files.flatMap((file) => [...(read.get(file)?.errors ?? [])].toSorted(byPlace))];
  const filled = sources ? sourcesOf(sources) : emptySources();
  return {
    definitions: {
      experiments: experiments.flatMap(({id, yaml, entry}): Experiment[] =>
        yaml.errors.length === 0 && entry.value ? [completeExperiment(id, entry.value)] : []
      ),
      metrics: validOf(metrics ?? new Map()),
      sources: filled,
      written: sources ? asWritten(filled, sources.raw) : emptySources()
    },
    errors: errors.map((error) => ({...error, message: redact(error.message, secrets)})),
    secrets
  };
}

const hints = {
  experiment: "title, start, exposures, variants and metrics",
  metrics: "metrics by name, such as purchase: {kind: proportion, fact: events, event: purchase, direction: increase}",
  sources: "facts by name, such as exposures: {shape: exposures, path: exposures.csv, unit: user_id, …}"
} as const;

const experimentPlaceholders = {
  title: "-",
  start: "0001-01-01",
  exposures: "none",
  variants: {},
  metrics: {primary: ["none"]}
};

interface ReadSources {
  readonly raw: unknown;
  readonly facts: ReadonlyMap<string, Entry<Fact>>;
  readonly connections: ReadonlyMap<string, Entry<Connection>>;
  readonly webhooks: ReadonlyMap<string, Entry<Sources["webhooks"][string]>>;
  readonly history: string | undefined;
  readonly filled: Filled;
  readonly secrets: readonly Secret[];
}

function readFile({path, text, problem}: DefinitionFile): YamlFile {
  const yaml = readYaml(path, problem === undefined ? text : "");
  if (problem === undefined) return yaml;
  yaml.report([], problem);
  return {...yaml, broken: true};
}

function readMetrics(file: YamlFile): ReadonlyMap<string, Entry<Metric>> | null {
  if (file.value === null) {
    file.report([], `empty file; expected ${hints.metrics}`);
    return null;
  }
  reportKeys(metricsSchema, file.value, file.report, "metrics.yaml");
  return readTable(metricSchema, file.value, file.report, {what: "a metric", placeholders: {kind: "mean"}});
}

function readSources(file: YamlFile, environment: Readonly<Record<string, string | undefined>>): ReadSources | null {
  if (file.value === null) {
    file.report([], `empty file; expected ${hints.sources}`);
    return null;
  }
  const raw = file.value;
  const filled = fillEnvironment(raw, environment);
  for (const {path, text} of filled.invalid) {
    file.report(path, `invalid environment reference: ${text}; expected \${NAME} of letters, digits and _`);
  }
  reportKeys(sourcesSchema, filled.value, file.report, "sources.yaml");
  const value = isRecord(filled.value) ? filled.value : {};
  const written = isRecord(raw) ? raw : {};
  const section = <S extends z.ZodType>(
    key: string,
    schema: S,
    what: string,
    placeholders: Readonly<Record<string, unknown>>
  ) => readTable(schema, value[key], file.report, {path: [key], what, placeholders, shown: hideUrls(written[key])});
  return {
    raw,
    filled,
    facts: section("facts", factSchema, "a fact", {shape: "units"}),
    connections: section("connections", connectionSchema, "a connection", {engine: "duckdb"}),
    webhooks: section("webhooks", webhookSchema, "a webhook", {url: "-"}),
    history: typeof value.history === "string" ? value.history : undefined,
    secrets: [...filled.secrets, ...plainSecrets(written)]
  };
}

/** Reports what a schema of named entries has against the names and the map itself; entries are checked one by one. */
function reportKeys(schema: z.ZodType, value: unknown, report: Report, what: string): void {
  const sections = schema === sourcesSchema ? new Set(["facts", "connections", "webhooks"]) : null;
  for (const {path, at, message} of describeIssues(schema, value, {what})) {
    const inEntry = sections === null ? path.length > 1 : path.length > 2 && sections.has(String(path[0]));
    const isEntry = at === "value" && path.length === (sections === null ? 1 : 2);
    if (!inEntry && !isEntry) report(path, message, at);
  }
}

function checkId(id: string, yaml: YamlFile, before: readonly {id: string; yaml: YamlFile}[]): void {
  if (!idPattern.test(id) || reservedFiles.test(id)) {
    const expected = "a file name of letters, digits, - and _ (at most 80) that no system reserves";
    yaml.report([], `invalid id; expected ${expected}, found: ${showFound(id)}`);
  }
  const twin = before.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (!twin) return;
  const why = twin.id === id ? "" : ", and some systems do not tell upper from lower case";
  yaml.report([], `duplicate experiment: ${showFound(id)}; ${twin.yaml.file} is there already${why}`);
}

/** Reports variables that are not set but needed: by a fact that an experiment reads, or by its connection. */
function checkEnvironment({filled, facts}: ReadSources, used: ReadonlyMap<string, string>, report: Report): void {
  const connections = new Map<string, string>();
  for (const [fact, experiment] of used) {
    const connection = facts.get(fact)?.value?.connection;
    if (connection !== undefined && !connections.has(connection)) connections.set(connection, experiment);
  }
  for (const {path, name} of filled.missing) {
    const [section, owner] = path.map(String);
    const experiment = (section === "facts" ? used : section === "connections" ? connections : null)?.get(owner ?? "");
    if (experiment !== undefined) {
      const noun = section === "facts" ? "fact" : "connection";
      report(path, `missing environment variable: ${name}; ${noun} ${owner} needs it for experiment ${experiment}`);
    } else if (section === "history") report(path, `missing environment variable: ${name}; history needs it`);
  }
}

function sourcesOf({facts, connections, webhooks, history}: ReadSources): Sources {
  return {
    connections: validOf(connections),
    facts: validOf(facts),
    webhooks: validOf(webhooks),
    ...(history === undefined ? {} : {history})
  };
}

function emptySources(): Sources {
  return {connections: {}, facts: {}, webhooks: {}};
}

function valuesOf<T>(table: ReadonlyMap<string, Entry<T>>): Record<string, T> {
  return Object.fromEntries([...table].flatMap(([name, {value}]) => (value === null ? [] : [[name, value]])));
}

function validOf<T>(table: ReadonlyMap<string, Entry<T>>): Record<string, T> {
  const valid: Record<string, T> = {};
  for (const [name, {value, valid: whole}] of table) if (whole && value !== null) valid[name] = value;
  return valid;
}

/** Returns the sources with the texts as they were written and plain passwords and webhook addresses starred. */
function asWritten(sources: Sources, raw: unknown): Sources {
  const written = structuredClone(sources);
  putBack(written, raw);
  for (const connection of Object.values(written.connections)) {
    if (connection.url !== undefined) connection.url = redact(connection.url, passwordOf(connection.url));
  }
  for (const webhook of Object.values(written.webhooks)) if (!webhook.url.includes("${")) webhook.url = "***";
  return written;
}

function putBack(to: object, from: unknown): void {
  if (typeof from !== "object" || from === null) return;
  for (const [key, value] of Object.entries(to)) {
    const before: unknown = Reflect.get(from, key);
    if (typeof value === "string" && typeof before === "string") Reflect.set(to, key, before);
    else if (typeof value === "object" && value !== null) putBack(value, before);
  }
}

/** Secrets that stand in sources.yaml as they are: passwords in addresses, and the addresses of webhooks. */
function plainSecrets(sources: Record<string, unknown>): Secret[] {
  const urls = (section: unknown) =>
    Object.values(isRecord(section) ? section : {}).flatMap((each) =>
      isRecord(each) && typeof each.url === "string" && !each.url.includes("${") ? [each.url] : []
    );
  return [
    ...urls(sources.connections).flatMap((url) => passwordOf(url)),
    ...urls(sources.webhooks).map((value) => ({name: null, value}))
  ];
}

/** The entries of a section as messages may show them: an address may hold a password. */
function hideUrls(section: unknown): unknown {
  if (!isRecord(section)) return section;
  return Object.fromEntries(
    Object.entries(section).map(([name, each]) => [
      name,
      isRecord(each) && "url" in each ? {...each, url: "***"} : each
    ])
  );
}

/** Several experiments find the same mistake in a metric or fact: it is reported once. */
function once(report: Report | undefined): Report {
  const seen = new Set<string>();
  return (path, message, at) => {
    const key = JSON.stringify([path, message]);
    if (seen.has(key)) return;
    seen.add(key);
    report?.(path, message, at);
  };
}

function roleOf(path: string): {role: "experiment" | "metrics" | "sources" | null; id: string} {
  const match = /(?:^|[/\\])(experiments[/\\])?([^/\\]*)\.ya?ml$/i.exec(path);
  const name = match?.[2] ?? "";
  if (match?.[1]) return {role: "experiment", id: name};
  return {role: name === "metrics" || name === "sources" ? name : null, id: name};
}

function folderOf(path: string): string {
  return path.replace(/(experiments[/\\])?[^/\\]*$/, "");
}

function missingFile(file: string, hint: string): DefinitionError {
  return {file, line: 1, column: 1, path: [], message: `missing file; expected ${hint}`};
}
